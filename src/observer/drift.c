/* SPDX-License-Identifier: ISC */
/* Records that are lost with their headers [sealed, section 3]: the next one is where one opens. Its number then tells how
 * much text was lost. */
#include "observer_internal.h"

#include "../record_internal.h"

enum {
    LENGTH_SIZE = SW_RECORD_HEADER_SIZE,
    TRIES = 128 /* numbers that one record may have */
};

void swi_observer_lose_text(sw_observer_end *s, sw_observer_event *event, uint64_t n)
{
    if (s->in_message && n <= s->size - s->done) {
        event->in_message = 1;
        event->message_at = s->message_at;
        event->band = s->band;
        event->offset = s->done;
        event->missing = n;
        s->done += (uint32_t)n;
        return;
    }
    s->in_message = s->header_len = 0;
    s->seeking = 1;
}

int swi_observer_pass(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event, size_t n,
                      sw_observed kind)
{
    sw_observer_end *s = &o->ends[end];

    if (n == 0)
        return 0;
    swi_observer_tell(o, end, event, kind);
    event->in_message = s->in_message;
    swi_observer_give(s, in, event, n);
    event->data = NULL;
    return 1;
}

/* How many records lie before it: 1 or more; 0: it opens with no number; negative: the backend's error. Those that are
 * lost had about the usual size. */
static int64_t records_between(sw_observer *o, unsigned end, uint8_t *at, uint64_t gap, size_t n)
{
    sw_observer_end *s = &o->ends[end];
    uint64_t least = (gap + SW_RECORD_LIMIT_MAX + 1) / (SW_RECORD_LIMIT_MAX + LENGTH_SIZE);
    uint64_t most = gap / (SWI_RECORD_MIN + LENGTH_SIZE);
    uint64_t likely = s->usual > 0 ? (gap + s->usual / 2) / (s->usual + LENGTH_SIZE) : least;

    for (uint64_t i = 0; i < 2 * TRIES && s->credit >= n; i++) {
        uint64_t far = (i + 1) / 2;
        uint64_t k = i % 2 ? likely + far : likely - far; /* what is below zero is above `most` */
        int fits;

        if (k < least || k > most)
            continue;
        s->credit -= (uint32_t)n;
        fits = swi_record_fits(&s->channel.record, s->counter + k, at, n);
        if (fits != 0)
            return fits < 0 ? fits : (int64_t)k;
    }
    return 0;
}

/* The first place where a record may begin. Less than a header is behind it: there is none. */
static size_t next_candidate(const sw_observer_end *s, const sw_observer_input *in, size_t from)
{
    size_t i = from;

    for (; i + LENGTH_SIZE <= in->len; i++) {
        size_t n = (size_t)in->data[i] << 8 | in->data[i + 1];

        if (n >= SWI_RECORD_MIN && (n == s->usual || s->at + i == s->behind_hole))
            break;
    }
    return i;
}

static int found(sw_observer *o, unsigned end, sw_observer_event *event, uint64_t between)
{
    sw_observer_end *s = &o->ends[end];
    uint64_t text = s->at - s->border - between * SW_RECORD_OVERHEAD;

    swi_observer_tell(o, end, event, SW_OBSERVED_RESUMED);
    event->sure = 1;
    s->border = s->at;
    s->counter += between;
    swi_observer_lose_text(s, event, text);
    return 1;
}

static int look(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event)
{
    sw_observer_end *s = &o->ends[end];
    int final = swi_observer_is_final(in) || in->full;
    size_t i = next_candidate(s, in, 0);

    for (; i + LENGTH_SIZE <= in->len; i = next_candidate(s, in, i + 1)) {
        size_t n = (size_t)in->data[i] << 8 | in->data[i + 1];
        int64_t between;

        if (in->len - i - LENGTH_SIZE < n && !final)
            return swi_observer_pass(o, end, in, event, i, SW_OBSERVED_UNDECODED);
        if (in->len - i - LENGTH_SIZE < n)
            continue;
        between = records_between(o, end, in->data + i + LENGTH_SIZE, s->at + i - s->border, n);
        if (between > 0 && i == 0)
            return found(o, end, event, (uint64_t)between);
        if (between > 0) /* it is found again, as soon as what is before it is told */
            return swi_observer_pass(o, end, in, event, i, SW_OBSERVED_UNDECODED);
        if (between < 0 || s->credit < n)
            return swi_observer_break(o, end, in, event, (sw_error){ (int)between, 0, 0 });
    }
    return swi_observer_pass(o, end, in, event, final ? in->len : i, SW_OBSERVED_UNDECODED);
}

int swi_observe_drift(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event)
{
    sw_observer_end *s = &o->ends[end];

    if (s->state == END_LOCKED && !in->full)
        return swi_observer_wait(s, SW_WAIT_KEYS);
    if (s->state != END_RECORDS)
        return swi_observer_pass(o, end, in, event, in->len, SW_OBSERVED_ENCRYPTED);
    return look(o, end, in, event);
}
