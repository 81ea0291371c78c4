/* Packets, and the decrypted text of legacy sessions [protocol, sections 7 to 9]. */
#include "session_internal.h"

#include <sidewire/command.h>

#include <string.h>

/* ---- packets ---- */

void packet_set_kept(session *s, item *it, side *of)
{
    item_set_kept(s, it, of);
    if (!(s->agreed->features & SW_FEATURE_SIDEBAND))
        return;
    it->band = of->band;
    it->size = of->size;
    it->offset = of->offset;
    if (of->offset == 0) {
        it->header = SW_HEADER_SIZE;
        it->len -= SW_HEADER_SIZE;
    }
}

/* The decoder keeps the header to itself. */
static void keep_header(side *s)
{
    uint8_t header[SW_HEADER_SIZE];
    sw_encoder encoder;

    sw_encoder_init(&encoder);
    sw_encoder_begin(&encoder, (uint8_t)s->band, s->size, header);
    g_byte_array_append(s->kept, header, sizeof(header));
}

/* The only band that this side's next packet may have, or SW_BAND_ANY. */
static unsigned expected_band(const side *s, from who)
{
    if (s->state == SIDE_PROOF)
        return who == FROM_SERVER ? SW_BAND_CHALLENGE : SW_BAND_CHALLENGE_RESPONSE;
    return who == FROM_SERVER && !s->greeted ? SW_BAND_PROCEED : SW_BAND_ANY;
}

/* A wrong band is how decryption with a wrong key shows. */
static sw_error check_header(const side *s, from who)
{
    unsigned expected = expected_band(s, who);
    sw_error error = { SW_OK, s->band, expected };

    if (expected != SW_BAND_ANY && s->band != expected) {
        error.code = SW_E_BAND;
    } else if (s->band == SW_BAND_ANY || s->band >= SW_BAND_COUNT) {
        error.code = SW_E_UNEXPECTED;
    } else if (s->band == SW_BAND_PROCEED && s->size > 0) {
        error.code = SW_E_NOT_EMPTY;
        error.value = s->size;
    }
    return error;
}

static item_kind packet_kind(unsigned band)
{
    if (band == SW_BAND_PROCEED)
        return ITEM_PROCEED;
    return band == SW_BAND_COMMAND ? ITEM_COMMAND : ITEM_DATA;
}

/* Shows what is kept: a packet, or a part of it. */
static item *show_packet(session *s, from who)
{
    side *me = &s->sides[who];
    item *it = item_add(s, who, packet_kind(me->band));

    packet_set_kept(s, it, me);
    me->offset += (uint32_t)it->len;
    g_byte_array_set_size(me->kept, 0);
    me->shown = 0;
    return it;
}

static void packet_complete(session *s, from who)
{
    side *me = &s->sides[who];

    if (me->state == SIDE_PROOF) {
        proof_complete(s, who);
        return;
    }
    me->greeted = 1;
    show_packet(s, who);
}

static void take_chunk(session *s, from who, const sw_chunk *chunk)
{
    side *me = &s->sides[who];

    if (sw_chunk_is_first(chunk)) {
        sw_error error;

        me->band = chunk->band;
        me->size = chunk->size;
        keep_header(me);
        error = check_header(me, who);
        if (error.code < 0) {
            show_packet(s, who)->error = error;
            side_break(s, who, NULL, NULL);
            return;
        }
    }
    g_byte_array_append(me->kept, chunk->data, chunk->len);
    if (sw_chunk_is_last(chunk))
        packet_complete(s, who);
    else if (me->kept->len >= PART_SIZE)
        show_packet(s, who);
}

int take_packets(session *s, from who)
{
    side *me = &s->sides[who];
    sw_chunk chunk;
    size_t len, used;
    uint8_t *data = input_bytes(me, &len);
    int result;

    if (sw_decoder_end(&me->decoder).code == SW_OK)
        kept_start(s, me, me->state == SIDE_PROOF);
    result = sw_decoder_next(&me->decoder, data, len, &used, &chunk);
    input_skip(me, used);
    if (result < 0) {
        sw_error error = sw_decoder_error(&me->decoder);

        side_break(s, who, &error, NULL);
    } else if (result > 0) {
        take_chunk(s, who, &chunk);
    }
    return 1;
}

/* ---- legacy text ---- */

/* How much of the input belongs to PROCEED, or to the command, and whether that ends there. */
static size_t message_size(const side *s, from who, int *ends)
{
    static const size_t proceed_len = sizeof(SW_LEGACY_PROCEED) - 1;
    GByteArray *text;
    size_t len;
    const uint8_t *data = input_bytes(s, &len);

    *ends = 0;
    if (who == FROM_SERVER) {
        size_t left = proceed_len - s->kept->len;

        *ends = len >= left;
        return *ends ? left : len;
    }
    text = g_byte_array_append(g_byte_array_new(), s->kept->data, s->kept->len);
    for (size_t i = 0; i < len && !*ends; i++) {
        g_byte_array_append(text, data + i, 1);
        if (data[i] == '\n' && sw_command_legacy_complete(text->data, text->len)) {
            *ends = 1;
            len = i + 1;
        }
    }
    g_byte_array_free(text, TRUE);
    return len;
}

/* The first message of either side: PROCEED, or the command. */
static void take_message(session *s, from who)
{
    side *me = &s->sides[who];
    sw_error error = { SW_OK, 0, 0 };
    int ends;

    if (me->kept->len == 0)
        kept_start(s, me, 0);
    kept_take(me, message_size(me, who, &ends));
    if (me->kept->len > SW_COMMAND_MAX) {
        error.code = SW_E_COMMAND_SIZE;
        error.value = me->kept->len;
        error.limit = SW_COMMAND_MAX;
    } else if (ends && who == FROM_SERVER &&
               memcmp(me->kept->data, SW_LEGACY_PROCEED, me->kept->len) != 0) {
        error.code = SW_E_PROCEED;
    }
    if (error.code < 0) {
        side_break(s, who, &error, NULL);
    } else if (ends) {
        me->greeted = 1;
        item_set_kept(s, item_add(s, who, who == FROM_SERVER ? ITEM_PROCEED : ITEM_COMMAND),
                      me);
        kept_start(s, me, 0);
    }
}

int take_text(session *s, from who)
{
    side *me = &s->sides[who];
    size_t len;
    uint8_t *data = input_bytes(me, &len);
    sw_error error = { SW_OK, 0, 0 };

    error.code = sw_cipher_apply(&me->cipher, data, data, len);
    if (error.code < 0) {
        side_break(s, who, &error, NULL);
        return 1;
    }
    me->place = NO_PLACE; /* what lies in the frame is something else now */
    if (!me->greeted)
        take_message(s, who);
    input_bytes(me, &len);
    if (len > 0) {
        item_set_input(s, item_add(s, who, ITEM_DATA), me, len);
        input_skip(me, len);
    }
    return 1;
}
