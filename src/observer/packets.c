/* SPDX-License-Identifier: ISC */
/* Sideband packets [protocol, section 8]. */
#include "observer_internal.h"

#include "../cipher_internal.h"

enum { SKIP_SIZE = 512 };

/* ---- decryption ---- */

int swi_observer_decrypt(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event)
{
    sw_observer_end *s = &o->ends[end];
    size_t done = s->clear_until > s->at ? (size_t)(s->clear_until - s->at) : 0;
    sw_error error = { SW_OK, 0, 0 };

    if (done >= in->len)
        return 0;
    error.code = swi_cipher_run(&s->channel.cipher, in->data + done, in->data + done, in->len - done, 0);
    if (error.code < 0)
        return swi_observer_break(o, end, in, event, error);
    s->clear_until = s->at + in->len;
    return 0;
}

int swi_observer_skip(sw_observer_end *s, uint64_t n)
{
    uint8_t scratch[SKIP_SIZE] = { 0 };
    int result = SW_OK;

    while (n > 0 && result == SW_OK) {
        size_t some = n < sizeof(scratch) ? (size_t)n : sizeof(scratch);

        result = swi_cipher_run(&s->channel.cipher, scratch, scratch, some, 0);
        n -= some;
    }
    return result;
}

/* ---- headers ---- */

/* The only band that the next packet may have, or SW_BAND_ANY. */
static unsigned expected_band(const sw_observer *o, unsigned end)
{
    static const uint8_t sealed_bands[] = { SW_BAND_CHALLENGE_RESPONSE, SW_BAND_COMMAND, SW_BAND_ANY };
    const sw_observer_end *s = &o->ends[end];
    int is_client = end == o->client;

    if (s->state == END_PROOF)
        return is_client ? SW_BAND_CHALLENGE_RESPONSE : SW_BAND_CHALLENGE;
    if (swi_observer_is_sealed(o) && is_client)
        return sealed_bands[s->greeted];
    if (s->greeted)
        return SW_BAND_ANY;
    return is_client ? SW_BAND_COMMAND : SW_BAND_PROCEED;
}

/* The first packet of a sealing server may be a refusal. */
static int is_refusal(const sw_observer *o, unsigned expected, unsigned band)
{
    return swi_observer_is_sealed(o) && expected == SW_BAND_PROCEED && band == SW_BAND_EXIT_FAILURE;
}

sw_error swi_observer_check_header(const sw_observer *o, unsigned end, const uint8_t header[SW_HEADER_SIZE])
{
    uint32_t size = swi_read_length(header);
    unsigned band = header[SW_HEADER_SIZE - 1];
    unsigned expected = expected_band(o, end);
    sw_error error = { SW_OK, band, expected };

    if (expected != SW_BAND_ANY && band != expected && !is_refusal(o, expected, band)) {
        error.code = SW_E_BAND;
    } else if (band == SW_BAND_ANY || band >= SW_BAND_COUNT) {
        error.code = SW_E_UNEXPECTED;
    } else if (band == SW_BAND_PROCEED && size > 0) {
        error = (sw_error){ SW_E_NOT_EMPTY, size, expected };
    } else if (o->ends[end].state == END_PROOF && size > SW_CHALLENGE_MAX) {
        error = (sw_error){ SW_E_PACKET_SIZE, size, SW_CHALLENGE_MAX };
    }
    return error;
}

/* Damage: what follows is looked through for a header that fits. */
static int bad_header(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event,
                      sw_error error)
{
    sw_observer_end *s = &o->ends[end];

    if (s->state == END_PROOF)
        return swi_observer_break(o, end, in, event, error);
    s->state = END_SEARCH;
    swi_observer_tell(o, end, event, SW_OBSERVED_UNDECODED);
    event->error = error;
    return swi_observer_give(s, in, event, SW_HEADER_SIZE);
}

void swi_observer_message(sw_observer_end *s, uint8_t band, uint32_t size)
{
    s->in_message = 1;
    s->begun = 0;
    s->band = band;
    s->size = size;
    s->done = 0;
    s->message_at = s->at;
}

/* The rest of a stream is less than a header. */
static int broken_header(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event)
{
    swi_observer_tell(o, end, event, SW_OBSERVED_UNDECODED);
    if (in->missing == 0)
        event->error = (sw_error){ SW_E_TRUNCATED, in->len, SW_HEADER_SIZE };
    return swi_observer_give(&o->ends[end], in, event, in->len);
}

/* Takes a header. 1 and an event; 0: it was taken, or there is too little of it. */
static int take_header(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event)
{
    sw_observer_end *s = &o->ends[end];
    sw_error error;

    if (in->len < SW_HEADER_SIZE)
        return in->len > 0 && swi_observer_is_final(in) ? broken_header(o, end, in, event) : 0;
    error = swi_observer_check_header(o, end, in->data);
    if (error.code < 0)
        return bad_header(o, end, in, event, error);
    swi_observer_message(s, in->data[SW_HEADER_SIZE - 1], swi_read_length(in->data));
    swi_observer_take(s, in, SW_HEADER_SIZE);
    return 0;
}

/* ---- bodies ---- */

static void message_over(sw_observer *o, unsigned end, sw_observer_event *event)
{
    sw_observer_end *s = &o->ends[end];

    s->in_message = 0;
    if (s->state == END_PROOF) {
        swi_observer_proof_over(o, end, event);
        return;
    }
    s->greeted = swi_observer_is_sealed(o) && s->band != SW_BAND_CHALLENGE_RESPONSE ? 2 : 1;
    if (s->size > s->largest)
        s->largest = s->size;
}

int swi_observe_body(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event)
{
    sw_observer_end *s = &o->ends[end];
    uint32_t n = s->size - s->done;
    int is_client = end == o->client;

    if (n > 0 && in->len == 0 && s->begun)
        return 0;
    if (n > in->len)
        n = (uint32_t)in->len;
    swi_observer_tell(o, end, event, SW_OBSERVED_PACKET);
    if (s->state == END_PROOF && swi_observer_is_sealed(o))
        event->kind = SW_OBSERVED_NOISE;
    else if (s->state == END_PROOF)
        event->kind = is_client ? SW_OBSERVED_RESPONSE : SW_OBSERVED_CHALLENGE;
    event->message_at = s->message_at;
    event->band = s->band;
    event->size = s->size;
    event->offset = s->done;
    event->first = !s->begun;
    swi_observer_give(s, in, event, n);
    s->begun = 1;
    s->done += n;
    event->last = s->done == s->size;
    if (event->last)
        message_over(o, end, event);
    return 1;
}

int swi_observe_packets(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event)
{
    sw_observer_end *s = &o->ends[end];

    if (s->state != END_PROOF && swi_observer_decrypt(o, end, in, event) != 0)
        return 1;
    if (!s->in_message)
        return take_header(o, end, in, event);
    return swi_observe_body(o, end, in, event);
}
