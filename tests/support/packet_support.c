/* SPDX-License-Identifier: ISC */
#include "packet_support.h"

#include <stdlib.h>
#include <string.h>

/* ---- streams ---- */

void stream_append(stream *s, const void *data, size_t len)
{
    uint8_t *grown;

    if (len == 0)
        return;
    grown = realloc(s->data, s->len + len);
    if (grown == NULL)
        ck_abort_msg("no memory");
    memcpy(grown + s->len, data, len);
    s->data = grown;
    s->len += len;
}

void stream_header(stream *s, uint8_t band, uint32_t size)
{
    const uint8_t header[SW_HEADER_SIZE] = { (uint8_t)size, (uint8_t)(size >> 8), (uint8_t)(size >> 16),
                                             (uint8_t)(size >> 24), band };

    stream_append(s, header, sizeof(header));
}

void stream_packet(stream *s, uint8_t band, const void *body, uint32_t size)
{
    stream_header(s, band, size);
    stream_append(s, body, size);
}

void stream_free(stream *s)
{
    free(s->data);
    s->data = NULL;
    s->len = 0;
}

stream sample_packets(void)
{
    stream s = { NULL, 0 };

    stream_packet(&s, SW_BAND_OUTPUT, "hello, world", 12);
    stream_packet(&s, SW_BAND_PROCEED, NULL, 0);
    stream_packet(&s, 255, "\0", 1);
    stream_packet(&s, SW_BAND_ANY, NULL, 0);
    stream_packet(&s, SW_BAND_ERROR_LOG, "invalid command\n", 16);
    stream_packet(&s, 128, "\x80\xff\n", 3);
    stream_append(&s, "\x02\0", 2); /* and one that is cut in its header */
    ck_assert_uint_eq(s.len, 64);
    return s;
}

/* ---- reader ---- */

void reader_start(reader *r, uint32_t max_body, sw_cipher *cipher)
{
    memset(r, 0, sizeof(*r));
    sw_decoder_init(&r->decoder, max_body);
    ck_assert_int_eq(sw_decoder_set_cipher(&r->decoder, cipher), SW_OK);
}

static void reader_chunk(reader *r, const sw_chunk *c)
{
    if (r->offset == r->size) {
        stream_header(&r->seen, c->band, c->size);
        r->size = c->size;
        r->offset = 0;
    }
    if (c->size != r->size || c->offset != r->offset || c->len > r->size - r->offset)
        ck_abort_msg("chunk of size %u, offset %u, length %u; expected offset %u of %u", (unsigned)c->size,
                     (unsigned)c->offset, (unsigned)c->len, (unsigned)r->offset, (unsigned)r->size);
    if (sw_chunk_is_first(c) != (c->offset == 0) || sw_chunk_is_last(c) != (c->offset + c->len == c->size))
        ck_abort_msg("first or last chunk not told");
    stream_append(&r->seen, c->data, c->len);
    r->offset += c->len;
}

/* One call; returns how much it took. */
static size_t reader_step(reader *r, uint8_t *in, const uint8_t *original, size_t len)
{
    size_t hint = sw_decoder_hint(&r->decoder);
    size_t used = SIZE_MAX;
    sw_chunk chunk;
    int result = sw_decoder_next(&r->decoder, in, len, &used, &chunk);

    if (hint == 0 || result < 0 || result > 1 || used > len)
        ck_abort_msg("hint %zu, result %d, %zu of %zu bytes used", hint, result, used, len);
    if (result == 0 && used != len)
        ck_abort_msg("more is needed, but %zu of %zu bytes were taken", used, len);
    if (len > used && memcmp(in + used, original + used, len - used) != 0)
        ck_abort_msg("bytes not taken were touched");
    if (result == 1) {
        if (used == 0 || chunk.data + chunk.len != in + used)
            ck_abort_msg("chunk does not end where the used bytes do");
        reader_chunk(r, &chunk);
    }
    return used;
}

void reader_feed(reader *r, const uint8_t *piece, size_t len)
{
    uint8_t *in = exact_copy(piece, len);
    size_t pos = 0;

    do
        pos += reader_step(r, in + pos, piece + pos, len - pos);
    while (pos < len);
    free(in);
}

void reader_finish(reader *r, const stream *expected)
{
    size_t rest = expected->len - r->seen.len; /* of a header that is not complete */

    if (r->seen.len > expected->len || rest >= SW_HEADER_SIZE ||
        memcmp(r->seen.data, expected->data, r->seen.len) != 0)
        ck_abort_msg("other packets came out than went in");
    if (sw_decoder_hint(&r->decoder) != SW_HEADER_SIZE - rest ||
        sw_decoder_end(&r->decoder).code != (rest > 0 ? SW_E_TRUNCATED : SW_OK))
        ck_abort_msg("the end is not where it should be");
    stream_free(&r->seen);
}

/* ---- ciphers ---- */

void start_rc4(sw_cipher *cipher)
{
    static const uint8_t key[SW_CIPHER_KEY_SIZE] = "thirty-two bytes make one rc4key";

    ck_assert_int_eq(sw_cipher_init(cipher, SW_CIPHER_RC4, NULL, key), SW_OK);
}

stream encrypted(sw_cipher *cipher, const stream *s)
{
    stream out = { NULL, 0 };

    stream_append(&out, s->data, s->len);
    if (cipher != NULL)
        ck_assert_int_eq(sw_cipher_apply(cipher, out.data, out.data, out.len), SW_OK);
    return out;
}

static int failing_init(void *ctx, void *state, const uint8_t key[SW_AES_KEY_SIZE],
                        const uint8_t counter[SW_AES_BLOCK_SIZE])
{
    uint8_t *left = state;

    (void)ctx;
    (void)counter;
    *left = key[0];
    return 0;
}

static int failing_apply(void *ctx, void *state, uint8_t *out, const uint8_t *in, size_t n)
{
    uint8_t *left = state;

    (void)ctx;
    if (*left == 0)
        return -1;
    --*left;
    memmove(out, in, n);
    return 0;
}

static void failing_wipe(void *ctx, void *state)
{
    (void)ctx;
    (void)state;
}

void start_failing(sw_cipher *cipher, size_t good)
{
    static const sw_crypto crypto = {
        .aes_state_size = 1, .aes_init = failing_init, .aes_apply = failing_apply, .aes_wipe = failing_wipe
    };
    const uint8_t key[SW_CIPHER_KEY_SIZE] = { good > 0 };
    uint8_t spent[SW_AES_AHEAD_SIZE] = { 0 };

    ck_assert_uint_lt(good, SW_AES_AHEAD_SIZE);
    ck_assert_int_eq(sw_cipher_init(cipher, SW_CIPHER_AES_CTR128, &crypto, key), SW_OK);
    if (good > 0) /* all of one call's key stream but so much */
        ck_assert_int_eq(sw_cipher_apply(cipher, spent, spent, sizeof(spent) - good), SW_OK);
}
