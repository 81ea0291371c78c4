/* SPDX-License-Identifier: ISC */
/* The decrypted text of a legacy session [protocol, sections 7 and 9]. */
#include "observer_internal.h"

#include <sidewire/command.h>

#include <string.h>

enum { PROCEED_LEN = sizeof(SW_LEGACY_PROCEED) - 1 };

/* Where a command's end mark ends. 0: it has not come. */
static size_t command_size(const uint8_t *text, size_t len)
{
    const uint8_t *end = text + len;

    for (const uint8_t *lf = text; (lf = memchr(lf, '\n', (size_t)(end - lf))) != NULL; lf++)
        if (sw_command_legacy_complete(text, (size_t)(lf - text) + 1))
            return (size_t)(lf - text) + 1;
    return 0;
}

static int take_message(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event, size_t size)
{
    sw_observer_end *s = &o->ends[end];
    int is_client = end == o->client;

    s->greeted = 1;
    swi_observer_tell(o, end, event, is_client ? SW_OBSERVED_COMMAND : SW_OBSERVED_PROCEED);
    event->first = 1;
    event->last = size > 0;
    event->size = (uint32_t)(size > 0 ? size : in->len);
    if (!is_client)
        event->size = PROCEED_LEN;
    return swi_observer_give(s, in, event, size > 0 ? size : in->len);
}

int swi_observe_text(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event)
{
    static const sw_error too_long = { SW_E_COMMAND_SIZE, SW_COMMAND_MAX + 1, SW_COMMAND_MAX };
    sw_observer_end *s = &o->ends[end];
    int is_client = end == o->client;
    size_t size;

    /* RC4, which does not fail: where there is AES there is sideband */
    swi_observer_decrypt(o, end, in, event);
    if (in->len == 0)
        return 0;
    if (s->greeted) {
        swi_observer_tell(o, end, event, SW_OBSERVED_TEXT);
        return swi_observer_give(s, in, event, in->len);
    }
    if (!is_client)
        size = in->len >= PROCEED_LEN ? PROCEED_LEN : 0;
    else
        size = command_size(in->data, in->len < SW_COMMAND_MAX ? in->len : SW_COMMAND_MAX);
    if (size == 0 && in->len > SW_COMMAND_MAX)
        return swi_observer_break(o, end, in, event, too_long);
    if (size == 0 && !swi_observer_is_final(in) && !in->full)
        return 0;
    return take_message(o, end, in, event, size);
}
