/* SPDX-License-Identifier: ISC */
/* Sessions whose request was not seen [protocol, sections 3 and 4]: the capture begins behind it, or lacks it, or has nothing
 * of the client at all. What was agreed on is not known then. */
#include "observer_internal.h"

#include "../cipher_internal.h"

#include <string.h>

enum {
    BLOCK_MIN = SW_RSA_MIN_BITS / 8,
    PROCEED_MAX = sizeof(SW_LEGACY_PROCEED) - 1, /* bytes of it in any mode */
    REST_MAX = SW_HEADER_SIZE + SW_RSA_MAX_SIZE  /* and before it of the challenge */
};

int swi_observer_is_challenge(const uint8_t header[SW_HEADER_SIZE])
{
    uint32_t size = swi_read_length(header);

    return header[SW_HEADER_SIZE - 1] == SW_BAND_CHALLENGE && size >= BLOCK_MIN && size <= SW_RSA_MAX_SIZE;
}

static int is_response(const uint8_t *p)
{
    uint32_t size = swi_read_length(p);

    return p[SW_HEADER_SIZE - 1] == SW_BAND_CHALLENGE_RESPONSE && (size == SW_SHA1_SIZE || size == SW_SHA256_SIZE);
}

int sw_observer_is_proof(const uint8_t *data, size_t len)
{
    if (len < SW_HEADER_SIZE)
        return 0;
    return swi_observer_is_challenge(data) || is_response(data) ? 1 : -1;
}

/* AES, until it turns out that it is not. response: NULL if it was not seen. */
static void assume(sw_observer *o, const uint8_t *response)
{
    o->requested = o->assumed = 1;
    o->features = SW_FEATURE_SIDEBAND | SW_FEATURE_AES_CTR128;
    if (response != NULL && swi_read_length(response) == SW_SHA256_SIZE)
        o->features |= SW_FEATURE_SHA256;
}

int swi_observer_assume(sw_observer *o, unsigned end, const sw_observer_input *in)
{
    sw_observer_end *client = &o->ends[o->client];
    int is_client = end == o->client;

    if (in->len < SW_HEADER_SIZE)
        return in->full || swi_observer_is_final(in) ? -1 : 0;
    if (is_client ? !is_response(in->data) : !swi_observer_is_challenge(in->data))
        return -1;
    if (client->state == END_OPENING && client->offered > 0)
        return -1;
    if (!is_client && client->state != END_BROKEN && !in->full)
        return 0;
    assume(o, is_client ? in->data : NULL);
    if (!is_client && client->state == END_OPENING)
        client->state = END_BROKEN; /* nothing was seen of it, and if something comes nobody knows where it is */
    return 1;
}

int swi_observer_begins_with_proof(sw_observer *o, unsigned end, const sw_observer_input *in)
{
    sw_observer_end *s = &o->ends[end], *other = &o->ends[!end];

    s->late = swi_observer_is_challenge(in->data) || is_response(in->data) ? in->data[SW_HEADER_SIZE - 1] : 0;
    if (s->late == 0 || other->late == 0 || s->late == other->late)
        return 0;
    o->client = s->late == SW_BAND_CHALLENGE_RESPONSE ? end : !end;
    o->ends[0].state = o->ends[1].state = END_PROOF;
    return 1;
}

/* ---- one message, or none that has a header ---- */

int swi_observer_tell_candidate(sw_observer *o, unsigned end, const sw_observer_input *in,
                                sw_observer_event *event)
{
    sw_observer_end *s = &o->ends[end];
    const sw_observer_end *other = &o->ends[!end];
    int is_alone = in->full || swi_observer_is_final(in) || other->spoke_otherwise;
    uint32_t size = (uint32_t)in->len;

    if (s->candidate || s->at > 0 || in->len < SW_SHA1_SIZE)
        return 0;
    if (s->late != 0)
        size = swi_read_length(in->data);
    if (s->late != 0 && in->len - SW_HEADER_SIZE < size)
        return 0;
    is_alone |= other->offered == 0 && in->len - SW_HEADER_SIZE > size; /* it was answered */
    if (s->late == SW_BAND_CHALLENGE && !is_alone) /* a response will say more: which hash it is, too */
        return 0;
    s->candidate = 1;
    s->size = size;
    swi_observer_tell(o, end, event, SW_OBSERVED_CANDIDATE);
    event->band = s->late;
    event->size = size;
    event->data = in->data;
    event->len = in->len;
    return 1;
}

int sw_observer_believe(sw_observer *observer, unsigned end, int side)
{
    const sw_observer_end *s;

    if (observer == NULL)
        return SW_E_NULL;
    if (end > 1 || observer->rejected || observer->client != NO_CLIENT || !observer->ends[end].candidate)
        return SW_E_STATE;
    s = &observer->ends[end];
    observer->client = side == SW_FROM_CLIENT ? end : !end;
    observer->requested = observer->assumed = 1;
    if (s->late != 0)
        observer->features = SW_FEATURE_SIDEBAND | SW_FEATURE_AES_CTR128;
    if (s->late == SW_BAND_CHALLENGE_RESPONSE && s->size == SW_SHA256_SIZE)
        observer->features |= SW_FEATURE_SHA256;
    observer->ends[0].state = observer->ends[1].state = END_PROOF;
    return SW_OK;
}

/* ---- a challenge whose beginning was not seen ---- */

/* PROCEED as the first that the server's key encrypts. How many bytes, or an error. */
static int encrypt_proceed(const sw_observer *o, unsigned features, uint8_t out[PROCEED_MAX])
{
    static const uint8_t header[SW_HEADER_SIZE] = { 0, 0, 0, 0, SW_BAND_PROCEED };
    int is_sideband = (features & SW_FEATURE_SIDEBAND) != 0;
    const void *text = is_sideband ? (const void *)header : SW_LEGACY_PROCEED;
    int size = is_sideband ? SW_HEADER_SIZE : PROCEED_MAX;
    sw_cipher cipher;
    int result = sw_cipher_init(&cipher, sw_features_cipher(features), o->crypto, o->keys.server_key);

    if (result == SW_OK)
        result = swi_cipher_run(&cipher, out, text, (size_t)size, 0);
    sw_cipher_wipe(&cipher);
    return result == SW_OK ? size : result;
}

/* Where it is in the first bytes; -1: nowhere. */
static int find_proceed(const sw_observer *o, unsigned features, const sw_observer_input *in)
{
    uint8_t proceed[PROCEED_MAX];
    int size = encrypt_proceed(o, features, proceed);

    for (int at = 0; size > 0 && at <= REST_MAX && (size_t)at + (size_t)size <= in->len; at++)
        if (memcmp(in->data + at, proceed, (size_t)size) == 0)
            return at;
    return -1;
}

int swi_observe_challenge_rest(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event)
{
    static const sw_error no_error = { SW_OK, 0, 0 };
    int at = find_proceed(o, o->features, in);

    if (at < 0) /* the cipher is an assumption, too */
        at = find_proceed(o, o->features & ~(unsigned)SW_FEATURE_AES_CTR128, in);
    if (at < 0 && in->len < REST_MAX + PROCEED_MAX && !in->full && !swi_observer_is_final(in))
        return 0;
    if (at < 0)
        return swi_observer_break(o, end, in, event, no_error);
    if (at > 0) {
        swi_observer_tell(o, end, event, SW_OBSERVED_UNDECODED);
        swi_observer_give(&o->ends[end], in, event, (size_t)at);
    }
    swi_observer_lock(&o->ends[end]);
    return at > 0;
}
