/* SPDX-License-Identifier: ISC */
/* Sessions whose request was not seen [protocol, sections 3 and 4]: the capture begins behind it, or lacks it, or has nothing
 * of the client at all. What was agreed on is not known then. */
#include "observer_internal.h"

enum { BLOCK_MIN = SW_RSA_MIN_BITS / 8 };

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
