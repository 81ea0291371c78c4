/* Decoding across bytes that are missing: the key stream moves on as if they had come. */
#include "observer_items.h"

enum {
    SCRATCH_SIZE = 4096,
    HOLE_CREDIT = 1 << 30,      /* bytes crossed in a capture, however few holes they are in */
    HOLE_CREDIT_EACH = 1 << 16  /* and what every hole adds: no packet is larger */
};

/* A few bytes in a capture can claim that gigabytes are missing. */
static int affordable(observer_setup *setup, uint64_t n)
{
    uint64_t credit = HOLE_CREDIT + (setup->holes + 1) * HOLE_CREDIT_EACH;

    if (n > credit - setup->crossed)
        return 0;
    setup->holes++;
    setup->crossed += n;
    return 1;
}

/* Moves the key stream on, if there is one. 0, or -1: this side was given up. */
static int skip_key_stream(observer *o, from who, uint64_t n)
{
    uint8_t scratch[SCRATCH_SIZE] = { 0 };
    sw_error error = { SW_OK, 0, 0 };

    while (n > 0) {
        size_t some = n < sizeof(scratch) ? (size_t)n : sizeof(scratch);

        error.code = sw_cipher_apply(&o->sides[who].cipher, scratch, scratch, some);
        if (error.code < 0) {
            side_fail(o, who, 0, error);
            return -1;
        }
        n -= some;
    }
    return 0;
}

/* Zeros take the place of the bytes that are missing. */
static void cross_body(observer *o, from who, int64_t time, uint64_t n)
{
    side *s = &o->sides[who];
    uint8_t scratch[SCRATCH_SIZE] = { 0 };
    uint64_t left = n;

    if (skip_key_stream(o, who, n) < 0) {
        show_count(o, who, ITEM_LOST, time, n);
        return;
    }
    while (left > 0) {
        size_t some = left < sizeof(scratch) ? (size_t)left : sizeof(scratch);
        sw_chunk chunk;
        size_t used;

        if (sw_decoder_next(&s->decoder, scratch, some, &used, &chunk) < 0) {
            side_fail(o, who, 0, sw_decoder_error(&s->decoder));
            break;
        }
        if (sw_chunk_is_first(&chunk) && !packet_begin(o, who, &chunk))
            break;
        if (left == n)
            show_hole(o, who, time, n);
        s->missing += chunk.len;
        left -= chunk.len;
        if (sw_chunk_is_last(&chunk))
            packet_complete(o, who);
    }
    if (left == n)
        show_count(o, who, ITEM_LOST, time, n);
}

/* Legacy: a bare hash, which is in the clear. */
static void cross_response(observer *o, int64_t time, uint64_t n)
{
    side *client = &o->sides[FROM_CLIENT];

    response_begin(o, time);
    show_hole(o, FROM_CLIENT, time, n);
    client->missing += n;
    if (item_position(client) == client->size)
        response_complete(o);
}

/* Legacy: text has no form that a hole could break. */
static void cross_text(observer *o, from who, int64_t time, uint64_t n)
{
    text_end_run(o, who);
    show_count(o, who, ITEM_LOST, time, n);
    skip_key_stream(o, who, n);
}

/* Bytes left of what is being received, if its size is known and no byte of a header is among
 * them. */
static uint64_t left_of_item(const observer *o, from who)
{
    const side *s = &o->sides[who];
    sw_error rest = sw_decoder_end(&s->decoder);

    if (s->state == SIDE_TEXT)
        return s->greeted ? UINT64_MAX : 0;
    if (s->state == SIDE_PROOF && !(o->info.features & SW_FEATURE_SIDEBAND)) {
        if (who == FROM_SERVER)
            return 0;
        return sw_features_response_size(o->info.features) -
               (s->collecting ? item_position(s) : 0);
    }
    if (rest.code != SW_E_TRUNCATED || rest.value < SW_HEADER_SIZE)
        return 0;
    return rest.limit - rest.value;
}

int cross_hole(observer *o, from who, int64_t time, uint64_t n)
{
    side_state state = o->sides[who].state;

    if (!o->info.request_seen || n > left_of_item(o, who) || !affordable(o->setup, n))
        return 0;
    if (state == SIDE_TEXT)
        cross_text(o, who, time, n);
    else if (state == SIDE_PROOF && !(o->info.features & SW_FEATURE_SIDEBAND))
        cross_response(o, time, n);
    else
        cross_body(o, who, time, n);
    return 1;
}
