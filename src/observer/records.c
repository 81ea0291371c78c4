/* SPDX-License-Identifier: ISC */
/* Sealed sessions: the handshake's messages, records, and the packets in them [sealed, sections 2 to 4]. */
#include "observer_internal.h"

#include "../record_internal.h"

#include <string.h>

enum {
    LENGTH_SIZE = 2,  /* before a message or a record */
    PAYLOAD_SIZE = 2, /* of a message */
    CREDIT_MAX = 2 << 20,
    CHAIN_MAX = 8 /* headers that follow each other are enough */
};

static size_t read_n(const uint8_t *p)
{
    return (size_t)p[0] << 8 | p[1];
}

/* ---- handshake ---- */

static uint32_t message_size(const sw_observer *o, unsigned end)
{
    return PAYLOAD_SIZE + (uint32_t)(end == o->client ? SW_NOISE_OVERHEAD_1 : SW_NOISE_OVERHEAD_2);
}

/* Records follow from `border` on, or are under way. */
static void begin_records(sw_observer_end *s, uint64_t border)
{
    s->in_message = 0;
    s->border = border;
    s->passing = SW_OBSERVED_UNDECODED;
    swi_observer_lock(s);
}

int swi_observe_noise(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event)
{
    sw_observer_end *s = &o->ends[end];
    uint32_t size = message_size(o, end);
    int result;

    if (!s->in_message) {
        if (in->len >= LENGTH_SIZE && read_n(in->data) != size)
            return swi_observer_break(o, end, in, event, (sw_error){ SW_E_FRAME_SIZE, read_n(in->data), size });
        if (in->len < LENGTH_SIZE + size && !swi_observer_is_final(in))
            return 0;
        if (in->len < LENGTH_SIZE) { /* a half of its length */
            if (in->len > 0)
                begin_records(s, s->at + LENGTH_SIZE + size);
            return 0;
        }
        swi_observer_message(s, SW_BAND_ANY, size);
        swi_observer_take(s, in, LENGTH_SIZE);
    }
    result = swi_observe_body(o, end, in, event);
    if (s->state == END_LOCKED) /* it was the whole of it */
        begin_records(s, s->at);
    return result;
}

/* ---- holes ---- */

int swi_observe_sealed_hole(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event)
{
    sw_observer_end *s = &o->ends[end];

    if (s->state == END_PROOF)
        begin_records(s, (s->in_message ? s->message_at : s->at) + LENGTH_SIZE + message_size(o, end));
    swi_observer_tell(o, end, event, SW_OBSERVED_LOST);
    event->missing = in->missing;
    s->at += in->missing;
    s->behind_hole = s->at;
    in->missing = 0;
    return 1;
}

/* ---- keys ---- */

static int start(sw_observer *o, unsigned end)
{
    sw_observer_end *s = &o->ends[end];
    sw_suite suite = o->features & SW_FEATURE_NOISE_AESGCM ? SW_SUITE_AESGCM : SW_SUITE_CHACHAPOLY;
    const uint8_t *key = end == o->client ? o->keys.client_key : o->keys.server_key;

    s->state = END_RECORDS;
    s->credit = CREDIT_MAX;
    s->seeking = s->counter > 0 || s->at > s->border;
    return sw_record_init(&s->channel.record, o->crypto, suite, key, SW_RECORD_LIMIT_MAX);
}

/* Without keys a record is its size. */
static int pass_record(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event, size_t n,
                       sw_error error)
{
    sw_observer_end *s = &o->ends[end];

    swi_observer_tell(o, end, event, SW_OBSERVED_RECORD);
    event->size = (uint32_t)n;
    event->number = s->counter;
    event->rekeyed = s->counter > 0 && s->counter % 65536 == 0;
    event->error = error;
    s->passing = s->state == END_RECORDS ? SW_OBSERVED_UNDECODED : SW_OBSERVED_ENCRYPTED;
    swi_observer_take(s, in, LENGTH_SIZE);
    s->border = s->at + n;
    s->counter++;
    swi_observer_lose_text(s, event, n - SW_RECORD_TAG_SIZE);
    return 1;
}

/* ---- records ---- */

/* The other end's first record shows whether it is the keys or this record. */
static int refuse(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event)
{
    sw_observer_end *s = &o->ends[end];

    s->refused = 1;
    if (!o->ends[!end].refused && !in->full)
        return swi_observer_wait(s, SW_WAIT_OTHER);
    return swi_observer_wrong_keys(o, end, event);
}

/* A whole record. */
static int open_record(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event, size_t n)
{
    static const sw_error damaged = { SW_E_RECORD, 0, 0 };
    sw_observer_end *s = &o->ends[end];
    sw_record *record = &s->channel.record;
    uint8_t *text = in->data + LENGTH_SIZE;
    sw_error error = { .code = SW_OK };
    int fits = 1;

    error.code = swi_record_seek(record, s->counter);
    if (error.code == SW_OK && !s->opened && !o->proved)
        fits = s->refused ? 0 : swi_record_fits(record, s->counter, text, n);
    if (fits == 0)
        return refuse(o, end, in, event);
    if (fits < 0)
        error.code = fits;
    if (error.code == SW_OK)
        error.code = swi_record_unseal(record, text, n);
    if (error.code < 0)
        return swi_observer_break(o, end, in, event, error);
    if (error.code > 0)
        return pass_record(o, end, in, event, n, damaged);
    o->proved = s->opened = 1;
    s->credit = s->credit + n < CREDIT_MAX ? s->credit + (uint32_t)n : CREDIT_MAX;
    if (n > s->usual)
        s->usual = (uint32_t)n;
    swi_observer_tell(o, end, event, SW_OBSERVED_RECORD);
    event->size = (uint32_t)n;
    event->number = s->counter;
    event->rekeyed = s->counter > 0 && s->counter % 65536 == 0;
    event->opened = 1;
    s->text = (uint32_t)(n - SW_RECORD_TAG_SIZE);
    s->passing = 0;
    swi_observer_take(s, in, LENGTH_SIZE);
    s->border = s->at + n;
    s->counter++;
    return 1;
}

/* A record begins here, if there are bytes. */
static int next_record(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event)
{
    sw_observer_end *s = &o->ends[end];
    sw_error error = { .code = SW_OK };
    size_t n;

    if (s->state == END_LOCKED && !in->full)
        return swi_observer_wait(s, SW_WAIT_KEYS);
    if (s->state == END_LOCKED)
        s->state = END_ENCRYPTED;
    if (in->len < LENGTH_SIZE) {
        if (in->len == 0 || !swi_observer_is_final(in))
            return 0;
        swi_observer_tell(o, end, event, SW_OBSERVED_UNDECODED);
        event->in_message = s->in_message;
        if (in->missing == 0)
            event->error = (sw_error){ SW_E_TRUNCATED, in->len, LENGTH_SIZE };
        return swi_observer_give(s, in, event, in->len);
    }
    n = read_n(in->data);
    if (n < SWI_RECORD_MIN) { /* where the next one begins is not known then */
        swi_observer_pass(o, end, in, event, LENGTH_SIZE, SW_OBSERVED_UNDECODED);
        event->error = (sw_error){ SW_E_RECORD_SIZE, n, SWI_RECORD_MIN };
        return 1;
    }
    if (s->state == END_ENCRYPTED)
        return pass_record(o, end, in, event, n, error);
    if (in->len - LENGTH_SIZE >= n)
        return open_record(o, end, in, event, n);
    if (!swi_observer_is_final(in) && !in->full)
        return 0;
    if (in->missing == 0 && in->ended)
        error = (sw_error){ SW_E_TRUNCATED, in->len, LENGTH_SIZE + n };
    return pass_record(o, end, in, event, n, error);
}

/* The rest of one that is not opened, or the tag of one that is. */
static int pass_rest(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event)
{
    sw_observer_end *s = &o->ends[end];
    size_t n = s->border - s->at < in->len ? (size_t)(s->border - s->at) : in->len;

    if (n == 0 && s->state == END_LOCKED && !in->full) /* a hole */
        return swi_observer_wait(s, SW_WAIT_KEYS);
    if (s->passing > 0)
        return swi_observer_pass(o, end, in, event, n, (sw_observed)s->passing);
    swi_observer_take(s, in, n);
    return 0;
}

/* ---- packets in them ---- */

/* Takes a header, which may lie in several records. */
static int take_header(sw_observer *o, unsigned end, sw_observer_input *text, sw_observer_event *event)
{
    sw_observer_end *s = &o->ends[end];
    size_t n = (size_t)SW_HEADER_SIZE - s->header_len;
    sw_error error;

    if (n > text->len)
        n = text->len;
    if (s->header_len == 0)
        s->header_at = s->at;
    memcpy(s->header + s->header_len, text->data, n);
    s->header_len += (uint8_t)n;
    swi_observer_take(s, text, n);
    if (s->header_len < SW_HEADER_SIZE)
        return 0;
    s->header_len = 0;
    error = swi_observer_check_header(o, end, s->header);
    if (error.code == SW_OK) {
        swi_observer_message(s, s->header[SW_HEADER_SIZE - 1], swi_read_length(s->header));
        s->message_at = s->header_at;
        return 0;
    }
    s->seeking = 1;
    swi_observer_tell(o, end, event, SW_OBSERVED_UNDECODED);
    event->at = s->header_at;
    event->len = SW_HEADER_SIZE;
    event->error = error;
    return 1;
}

/* Do headers follow each other from here to the end of the text? How sure that is: 0, 1 or 2. */
static int judge(const sw_observer *o, unsigned end, const sw_observer_input *text, size_t at)
{
    uint64_t next = at;

    for (int found = 0; found < CHAIN_MAX; found++) {
        if (next == text->len)
            return 2;
        if (next + SW_HEADER_SIZE > text->len)
            return found > 1 || (found == 1 && at == 0);
        if (!swi_observer_header_fits(o, end, text->data + next))
            return 0;
        next += SW_HEADER_SIZE + swi_read_length(text->data + next);
    }
    return 2;
}

/* Senders mostly begin a record with a header, and end one with a packet. */
static int seek(sw_observer *o, unsigned end, sw_observer_input *text, sw_observer_event *event)
{
    sw_observer_end *s = &o->ends[end];
    int sure = 0;
    size_t at = 0;

    while (at < text->len && (sure = judge(o, end, text, at)) == 0)
        at++;
    if (at > 0) {
        swi_observer_tell(o, end, event, SW_OBSERVED_UNDECODED);
        return swi_observer_give(s, text, event, at);
    }
    s->seeking = 0;
    s->greeted = 2;
    swi_observer_tell(o, end, event, SW_OBSERVED_RESUMED);
    event->sure = sure > 1;
    return 1;
}

static int take_text(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event)
{
    sw_observer_end *s = &o->ends[end];
    sw_observer_input text = { .data = in->data, .len = in->len < s->text ? in->len : s->text };
    size_t len = text.len;
    int result;

    if (len == 0)
        return 0;
    if (s->seeking)
        result = seek(o, end, &text, event);
    else if (s->in_message)
        result = swi_observe_body(o, end, &text, event);
    else
        result = take_header(o, end, &text, event);
    s->text -= (uint32_t)(len - text.len);
    in->data += len - text.len;
    in->len -= len - text.len;
    return result;
}

/* ---- all of it ---- */

int swi_observe_records(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event)
{
    sw_observer_end *s = &o->ends[end];
    sw_observer_input none = { .len = 0 };
    sw_error error = { .code = SW_OK };

    if (s->in_message && s->done == s->size)
        return swi_observe_body(o, end, &none, event);
    if (s->text > 0)
        return take_text(o, end, in, event);
    if (o->has_keys && s->state != END_RECORDS) {
        error.code = start(o, end);
        return error.code < 0 ? swi_observer_break(o, end, in, event, error) : 0;
    }
    if (s->at < s->border)
        return pass_rest(o, end, in, event);
    return s->at > s->border ? swi_observe_drift(o, end, in, event) : next_record(o, end, in, event);
}
