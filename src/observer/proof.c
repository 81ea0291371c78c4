/* SPDX-License-Identifier: ISC */
/* Challenge, response, and whether keys fit [protocol, sections 4 to 7]. */
#include "observer_internal.h"

#include "../cipher_internal.h"

#include <string.h>

enum { PROCEED_LEN = sizeof(SW_LEGACY_PROCEED) - 1 };

static int is_sideband(const sw_observer *o)
{
    return (o->features & SW_FEATURE_SIDEBAND) != 0;
}

/* Has the other end to be seen first, as far as its proof goes? Not if nothing of it comes at all. */
static int has_to_wait(const sw_observer *o, unsigned end, const sw_observer_input *in)
{
    const sw_observer_end *other = &o->ends[!end];

    return !in->full && other->offered > 0 && other->state < END_LOCKED;
}

void swi_observer_lock(sw_observer_end *s)
{
    s->state = END_LOCKED;
    s->encrypted_from = s->clear_until = s->at;
}

void swi_observer_proof_over(sw_observer *o, unsigned end, sw_observer_event *event)
{
    int is_whole = event->first && event->last;

    if (end == o->client && is_whole && o->has_keys && o->has_response && !swi_observer_is_sealed(o)) {
        size_t size = o->keys.response_size;

        event->verdict = event->size == size && memcmp(event->data, o->keys.response, size) == 0
                             ? SW_VERDICT_RIGHT
                             : SW_VERDICT_WRONG;
    }
    swi_observer_lock(&o->ends[end]);
}

/* ---- legacy ---- */

/* Nothing but the client's answer shows where a bare block ends, or a key that opens it. */
static int tell_block(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event)
{
    sw_observer_end *s = &o->ends[end];
    uint64_t answered = swi_observer_reached(o, end, o->request_end);
    size_t n = in->len;

    if (o->assumed && o->block > 0 && o->block <= in->len)
        n = o->block;
    else if (answered > s->at && answered - s->at <= in->len)
        n = (size_t)(answered - s->at);
    else if (!in->full && !swi_observer_is_final(in) && n <= SW_RSA_MAX_SIZE)
        return 0;
    if (n == 0)
        return 0;
    if (n > SW_RSA_MAX_SIZE && !in->full)
        return swi_observer_break(o, end, in, event, (sw_error){ SW_E_CHALLENGE_SIZE, n, SW_RSA_MAX_SIZE });
    if (n > SW_RSA_MAX_SIZE)
        n = SW_RSA_MAX_SIZE;
    s->state = END_BLOCK_TOLD;
    s->size = (uint32_t)n;
    swi_observer_tell(o, end, event, SW_OBSERVED_CHALLENGE);
    event->size = s->size;
    event->first = event->last = 1;
    event->data = in->data;
    event->len = n;
    return 1;
}

int swi_observe_block_told(sw_observer *o, unsigned end, sw_observer_input *in)
{
    sw_observer_end *s = &o->ends[end];
    size_t n = o->block > 0 && o->block < s->size ? o->block : s->size;

    swi_observer_take(s, in, n < in->len ? n : in->len);
    swi_observer_lock(s);
    return 0;
}

/* A bare hash, whose size is known. */
static int take_bare_response(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event)
{
    static const sw_error no_error = { SW_OK, 0, 0 };
    size_t size = sw_features_response_size(o->features);

    if (in->len < size && !swi_observer_is_final(in))
        return 0;
    if (o->assumed && o->has_response && (in->len < size || memcmp(in->data, o->keys.response, size) != 0))
        return swi_observer_break(o, end, in, event, no_error); /* it begins elsewhere */
    swi_observer_message(&o->ends[end], SW_BAND_ANY, (uint32_t)size);
    return swi_observe_body(o, end, in, event);
}

/* ---- both ---- */

/* Has the server's side no whole challenge, as far as that can be told? */
static int begins_inside(const sw_observer *o, const sw_observer_input *in)
{
    if (!o->assumed || !o->has_keys)
        return 0;
    return is_sideband(o) ? in->len >= SW_HEADER_SIZE && !swi_observer_is_challenge(in->data) : o->block == 0;
}

/* Is the message that begins here all there, or as much of it as will ever be? */
static int is_complete(const sw_observer_input *in)
{
    uint32_t size;

    if (swi_observer_is_final(in))
        return 1;
    if (in->len < SW_HEADER_SIZE)
        return 0;
    size = swi_read_length(in->data);
    return size > SW_CHALLENGE_MAX || in->len - SW_HEADER_SIZE >= size;
}

int swi_observe_proof(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event)
{
    static const sw_error no_error = { SW_OK, 0, 0 };
    sw_observer_end *s = &o->ends[end];
    int is_client = end == o->client;

    if (!o->requested) { /* it is not over, or was lost or wrong: nobody knows what was agreed on */
        int is_late = o->ends[o->client].state != END_OPENING || in->full;
        int assumed = is_late ? swi_observer_assume(o, end, in) : 0;

        if (assumed < 0)
            return swi_observer_break(o, end, in, event, no_error);
        if (assumed == 0)
            return swi_observer_wait(s, SW_WAIT_OTHER);
    }
    if (swi_observer_is_sealed(o))
        return swi_observe_noise(o, end, in, event);
    if (s->in_message)
        return swi_observe_body(o, end, in, event);
    if (!is_client && begins_inside(o, in))
        return swi_observe_challenge_rest(o, end, in, event);
    if (is_client && has_to_wait(o, end, in))
        return swi_observer_wait(s, SW_WAIT_OTHER);
    if (is_sideband(o))
        return is_complete(in) ? swi_observe_packets(o, end, in, event) : 0;
    if (!is_client)
        return tell_block(o, end, in, event);
    return take_bare_response(o, end, in, event);
}

/* ---- keys ---- */

static int start_cipher(sw_observer *o, unsigned end)
{
    return sw_cipher_init(&o->ends[end].channel.cipher, sw_features_cipher(o->features), o->crypto,
                          end == o->client ? o->keys.client_key : o->keys.server_key);
}

/* Bytes were passed over meanwhile. */
static int catch_up(sw_observer *o, unsigned end)
{
    sw_observer_end *s = &o->ends[end];

    s->state = is_sideband(o) ? END_SEARCH : END_TEXT;
    s->greeted |= !is_sideband(o);
    s->clear_until = s->at;
    return swi_observer_skip(s, s->at - s->encrypted_from);
}

void swi_observer_wipe_channel(const sw_observer *o, sw_observer_end *s)
{
    if (swi_observer_is_sealed(o))
        sw_record_wipe(&s->channel.record);
    else
        sw_cipher_wipe(&s->channel.cipher);
}

/* Whether keys fit is shown by the server, which goes on first, or by the client if what would show it is lost. Is it
 * still to come? Not if nothing of the other end is seen. */
static int other_has_to_show(const sw_observer *o, unsigned end, const sw_observer_input *in)
{
    const sw_observer_end *other = &o->ends[!end];

    if (o->proved || in->full || (end != o->client && !o->ends[end].unseen))
        return 0;
    return !other->unseen && other->state <= END_FIRST && other->offered > 0;
}

static int use_keys(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event)
{
    sw_observer_end *s = &o->ends[end];
    sw_error error = { start_cipher(o, end), 0, 0 };

    if (error.code == SW_OK && s->at > s->encrypted_from)
        error.code = catch_up(o, end);
    else
        s->state = END_FIRST;
    return error.code < 0 ? swi_observer_break(o, end, in, event, error) : 0;
}

int swi_observe_locked(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event)
{
    sw_observer_end *s = &o->ends[end];

    if (o->has_keys && !s->refused)
        return other_has_to_show(o, end, in) ? swi_observer_wait(s, SW_WAIT_OTHER) : use_keys(o, end, in, event);
    if (s->state == END_LOCKED) {
        if (!in->full)
            return swi_observer_wait(s, SW_WAIT_KEYS);
        s->state = END_ENCRYPTED;
    }
    if (in->len == 0)
        return 0;
    swi_observer_tell(o, end, event, SW_OBSERVED_ENCRYPTED);
    return swi_observer_give(s, in, event, in->len);
}

/* ---- do they fit? ---- */

/* How many bytes show it. */
static size_t probe_size(const sw_observer *o, unsigned end)
{
    if (is_sideband(o))
        return SW_HEADER_SIZE;
    return end == o->client ? 1 : PROCEED_LEN;
}

static int probe_fits(const sw_observer *o, unsigned end, const uint8_t *clear)
{
    int is_client = end == o->client;

    if (!is_sideband(o))
        return is_client ? clear[0] == '\n' : memcmp(clear, SW_LEGACY_PROCEED, PROCEED_LEN) == 0;
    if (is_client)
        return clear[SW_HEADER_SIZE - 1] == SW_BAND_COMMAND && swi_read_length(clear) < 1 << 20;
    return clear[SW_HEADER_SIZE - 1] == SW_BAND_PROCEED && swi_read_length(clear) == 0;
}

/* Might a peer have said it all the same? */
static int is_sayable(const sw_observer *o, const uint8_t *clear)
{
    return !is_sideband(o) || swi_read_length(clear) < 1 << 20;
}

/* The request was not seen, so the cipher is not known before one fits. Both ends begin once more, with the other one. 0: that
 * was it. */
static int change_cipher(sw_observer *o)
{
    if (!o->assumed || o->proved || !(o->features & SW_FEATURE_AES_CTR128))
        return 0;
    o->features &= ~(unsigned)SW_FEATURE_AES_CTR128;
    for (unsigned i = 0; i < 2; i++)
        if (o->ends[i].state == END_FIRST) {
            swi_observer_wipe_channel(o, &o->ends[i]);
            o->ends[i].state = END_LOCKED;
        }
    return 1;
}

/* Keys that did not fit one end are of no use for the other. */
int swi_observer_wrong_keys(sw_observer *o, unsigned end, sw_observer_event *event)
{
    for (unsigned i = 0; i < 2; i++) {
        swi_observer_wipe_channel(o, &o->ends[i]);
        o->ends[i].refused = o->ends[i].unseen = 0;
        if (o->ends[i].state >= END_FIRST && o->ends[i].state < END_BROKEN && o->ends[i].state != END_ENCRYPTED) {
            o->ends[i].state = END_LOCKED;
            o->ends[i].in_message = 0; /* a response that goes on behind a hole is not under these keys */
        }
    }
    sw_secrets_wipe(&o->keys);
    o->has_keys = o->has_response = 0;
    if (o->assumed && is_sideband(o))
        o->features |= SW_FEATURE_AES_CTR128;
    return swi_observer_tell(o, end, event, SW_OBSERVED_WRONG_KEYS);
}

/* Nothing is left to show whether they fit this end. */
static int is_unseen(const sw_observer *o, sw_observer_end *s)
{
    swi_observer_wipe_channel(o, s);
    s->unseen = 1;
    s->state = END_LOCKED;
    return 0;
}

/* They fit the other end: only this one is passed over. */
static int does_not_fit(const sw_observer *o, sw_observer_end *s)
{
    swi_observer_wipe_channel(o, s);
    s->refused = 1;
    s->state = END_ENCRYPTED;
    return 0;
}

int swi_observe_first(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event)
{
    sw_observer_end *s = &o->ends[end];
    size_t size = probe_size(o, end);
    uint8_t clear[PROCEED_LEN];
    sw_error error = { SW_OK, 0, 0 };

    if (in->len < size && !swi_observer_is_final(in))
        return 0;
    if (in->len < size && !s->unseen)
        return is_unseen(o, s);
    if (in->len >= size) { /* not in place: if they do not fit, others may be tried */
        error.code = swi_cipher_run(&s->channel.cipher, clear, in->data, size, 0);
        if (error.code < 0)
            return swi_observer_break(o, end, in, event, error);
        if (probe_fits(o, end, clear))
            o->proved = 1;
        else if (change_cipher(o))
            return 0;
        else if (!o->proved)
            return swi_observer_wrong_keys(o, end, event);
        else if (!is_sayable(o, clear))
            return does_not_fit(o, s);
        memcpy(in->data, clear, size);
        s->clear_until = s->at + size;
    }
    s->state = is_sideband(o) ? END_PACKETS : END_TEXT;
    return 0;
}
