/* SPDX-License-Identifier: ISC */
/* Finding the next header in decrypted bytes, when it is not known where it lies: one was lost, or damaged, or
 * keys came late. */
#include "observer_internal.h"

enum {
    USUAL_BODY = 1 << 16, /* a body that is larger than this and any before is not believed in */
    FITS_NOT,
    FITS,
    FITS_WITH_NEXT
};

static int band_fits(const sw_observer *o, unsigned end, unsigned band, uint32_t size)
{
    int is_client = end == o->client;

    switch (band) {
    case SW_BAND_AWAITING_DATA:
    case SW_BAND_EXIT_SUCCESS:
    case SW_BAND_EXIT_FAILURE: return !is_client && size == 0;
    case SW_BAND_COMMAND: return is_client && o->ends[end].greeted <= swi_observer_is_sealed(o) && size > 0;
    case SW_BAND_BLOB_DATA: return is_client;
    default: return !is_client && band >= SW_BAND_OUTPUT && band <= SW_BAND_EMERG_LOG && size > 0;
    }
}

int swi_observer_header_fits(const sw_observer *o, unsigned end, const uint8_t p[SW_HEADER_SIZE])
{
    const sw_observer_end *s = &o->ends[end];
    uint32_t size = swi_read_length(p);
    uint32_t max = s->largest > USUAL_BODY ? s->largest : USUAL_BODY;

    return size <= max && band_fits(o, end, p[SW_HEADER_SIZE - 1], size);
}

/* How well does what begins at data[at] fit? -1: that depends on what follows. */
static int judge(const sw_observer *o, unsigned end, const sw_observer_input *in, size_t at)
{
    uint64_t next = (uint64_t)at + SW_HEADER_SIZE + swi_read_length(in->data + at);

    if (!swi_observer_header_fits(o, end, in->data + at))
        return FITS_NOT;
    if (next == in->len && in->ended && in->missing == 0)
        return FITS_WITH_NEXT;
    if (next + SW_HEADER_SIZE <= in->len)
        return swi_observer_header_fits(o, end, in->data + next) ? FITS_WITH_NEXT : FITS_NOT;
    return swi_observer_is_final(in) || in->full ? FITS : -1;
}

/* Passes over the bytes before `at`. */
static int pass_over(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event, size_t at)
{
    if (at == 0)
        return 0;
    swi_observer_tell(o, end, event, SW_OBSERVED_UNDECODED);
    return swi_observer_give(&o->ends[end], in, event, at);
}

int swi_observe_search(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event)
{
    sw_observer_end *s = &o->ends[end];
    int fit = FITS_NOT;
    size_t at = 0;

    if (swi_observer_decrypt(o, end, in, event) != 0)
        return 1;
    for (; at + SW_HEADER_SIZE <= in->len; at++) {
        fit = judge(o, end, in, at);
        if (fit != FITS_NOT)
            break;
    }
    if (fit == FITS_NOT && (swi_observer_is_final(in) || in->full))
        at = in->len;
    if (at > 0 || fit < FITS)
        return pass_over(o, end, in, event, at);
    s->state = END_PACKETS;
    s->greeted = 1;
    o->proved |= fit == FITS_WITH_NEXT;
    swi_observer_tell(o, end, event, SW_OBSERVED_RESUMED);
    event->sure = fit == FITS_WITH_NEXT;
    return 1;
}
