/* SPDX-License-Identifier: ISC */
#include "event_lines.h"

#include <check.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SHOWN = 24 };

void event_lines_add(event_lines *lines, const char *format, ...)
{
    size_t room = sizeof(lines->text) - lines->len;
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(lines->text + lines->len, room, format, args);
    va_end(args);
    ck_assert_msg(n >= 0 && (size_t)n < room, "too many events");
    lines->len += (size_t)n;
}

static void add_number(event_lines *lines, const char *name, uint64_t value)
{
    if (value > 0)
        event_lines_add(lines, " %s %" PRIu64, name, value);
}

static void add_bytes(event_lines *lines, const char *name, const void *bytes, size_t len)
{
    const uint8_t *p = bytes;

    if (p == NULL)
        return;
    event_lines_add(lines, " %s \"", name);
    for (size_t i = 0; i < len && i < SHOWN; i++)
        event_lines_add(lines, p[i] >= ' ' && p[i] < 0x7f ? "%c" : "\\x%02x", p[i]);
    event_lines_add(lines, "\"");
}

static const char *kind_name(sw_observed kind)
{
    static const char *const names[] = {
        "?",         "GREETING", "REQUEST",   "NOISE",   "CHALLENGE", "RESPONSE",
        "PROCEED",   "COMMAND",  "PACKET",    "RECORD",  "TEXT",      "WRONG_KEYS",
        "ENCRYPTED", "LOST",     "UNDECODED", "RESUMED", "CANDIDATE",
    };

    ck_assert_uint_lt(kind, sizeof(names) / sizeof(names[0]));
    return names[kind];
}

static const char *side_name(int side)
{
    return side == SW_FROM_CLIENT ? "client" : side == SW_FROM_SERVER ? "server" : "nobody";
}

void event_lines_note(void *context, const sw_observer_event *event)
{
    event_lines *lines = context;

    event_lines_add(lines, "%s %s at %" PRIu64, side_name(event->side), kind_name(event->kind), event->at);
    if (event->message_at != event->at)
        event_lines_add(lines, " message %" PRIu64, event->message_at);
    add_number(lines, "len", event->len);
    add_bytes(lines, "data", event->data, event->len);
    add_number(lines, "size", event->size);
    add_number(lines, "offset", event->offset);
    if (event->band != SW_BAND_ANY)
        event_lines_add(lines, " band %s", sw_band_name(event->band));
    add_number(lines, "first", event->first);
    add_number(lines, "last", event->last);
    add_number(lines, "in", event->in_message);
    add_number(lines, "missing", event->missing);
    add_number(lines, "sure", event->sure);
    add_number(lines, "opened", event->opened);
    add_number(lines, "rekeyed", event->rekeyed);
    add_number(lines, "verdict", (uint64_t)event->verdict);
    add_number(lines, "number", event->number);
    add_bytes(lines, "user", event->request.user, event->request.user_len);
    add_number(lines, "features", event->request.features);
    if (event->error.code != SW_OK || event->error.value > 0 || event->error.limit > 0)
        event_lines_add(lines, " error %d, %" PRIu64 ", %" PRIu64, event->error.code, event->error.value,
                        event->error.limit);
    event_lines_add(lines, "\n");
}

void event_lines_expect(event_lines *lines, const char *what, const char *expected)
{
    ck_assert_msg(strcmp(lines->text, expected) == 0, "%s: told was\n%sand expected\n%s", what, lines->text,
                  expected);
    lines->len = 0;
    lines->text[0] = '\0';
}
