/* SPDX-License-Identifier: ISC */
/* The packet codec under any sequence of calls, whatever its cipher makes of the bytes. */
#include "any.h"

#include "cipher_internal.h"
#include <sidewire/packet.h>

enum { SIZE = 5000, SMALL = 6, PIECE = 2 };

static uint8_t bytes[SIZE], out[SIZE];
static sw_cipher cipher;

/* Instead of src/cipher.c: fails at will, and looks at what it is given, but for `room`: Eva does not keep the relation that
 * it has to n. */
int swi_cipher_run(sw_cipher *c, uint8_t *to, const uint8_t *from, size_t n, size_t room)
{
    /*@ assert \valid(c); */
    /*@ assert n == 0 || \valid_read(from + (0 .. n - 1)); */
    any_bytes(to, n);
    return any_int ? SW_E_CIPHER : any_int ? SW_E_AES : SW_OK;
}

int swi_cipher_check(const uint8_t *to, const uint8_t *from, size_t n)
{
    if (n == 0 || (to == from && to != NULL))
        return SW_OK;
    if (to == NULL || from == NULL)
        return SW_E_NULL;
    return swi_ranges_overlap(to, n, from, n) ? SW_E_OVERLAP : SW_OK;
}

static void misuse(sw_decoder *decoder)
{
    sw_chunk chunk;
    size_t used;

    switch (any_int) {
    case 0: sw_decoder_next(NULL, bytes, SIZE, &used, &chunk); break;
    case 1: sw_decoder_next(decoder, bytes, SIZE, NULL, &chunk); break;
    case 2: sw_decoder_next(decoder, bytes, SIZE, &used, NULL); break;
    case 3: sw_decoder_next(decoder, NULL, SIZE, &used, &chunk); break;
    case 4: sw_decoder_init(NULL, any_unsigned); break;
    case 5: (void)sw_decoder_hint(NULL); break;
    case 6: (void)sw_decoder_end(NULL); break;
    case 7: (void)sw_decoder_error(NULL); break;
    default: sw_decoder_set_cipher(NULL, &cipher);
    }
}

/* That a chunk lies within its input is a relation, which Eva has of short ones alone; of any, WP proves it. */
static void take(sw_decoder *decoder, uint8_t *in, size_t len)
{
    sw_chunk chunk;
    size_t used;

    /*@ split decoder->have; */
    if (sw_decoder_next(decoder, in, len, &used, &chunk) == 1) {
        /*@ assert len > PIECE || chunk.len == 0 || \valid(chunk.data + (0 .. chunk.len - 1)); */
        (void)sw_chunk_is_first(&chunk);
        (void)sw_chunk_is_last(&chunk);
    }
    /*@ merge decoder->have; */
}

/* The input ends where its buffer does, or is large, or not there. */
static void next(sw_decoder *decoder)
{
    size_t len;

    any_bytes(bytes, SIZE);
    switch (any_int) {
    case 0:
        len = any_size(PIECE);
        /*@ split len; */
        take(decoder, bytes + (SIZE - len), len);
        /*@ merge len; */
        break;
    case 1: take(decoder, bytes, any_size(SIZE)); break;
    default: take(decoder, NULL, 0);
    }
}

void prove_decoder(void)
{
    sw_decoder decoder;

    sw_decoder_init(&decoder, any_unsigned);
    /*@ loop unroll 0; */
    while (any_int) {
        /*@ slevel merge; */
        switch (any_int) {
        case 0: sw_decoder_set_cipher(&decoder, any_int ? &cipher : NULL); break;
        case 1: sw_decoder_set_limit(&decoder, any_unsigned); break;
        case 2: (void)sw_decoder_hint(&decoder); break;
        case 3: (void)sw_decoder_end(&decoder); break;
        case 4: (void)sw_decoder_error(&decoder); break;
        case 5: sw_decoder_init(&decoder, any_unsigned); break;
        case 6: (void)sw_band_name(any_unsigned); break;
        case 7: misuse(&decoder); break;
        default: next(&decoder);
        }
    }
}

static void encode_packet(sw_encoder *encoder)
{
    size_t len, n;

    switch (any_int) {
    case 0: /* in place */
        n = any_size(SIZE - SW_HEADER_SIZE);
        sw_encoder_packet(encoder, (uint8_t)any_int, bytes + SW_HEADER_SIZE, (uint32_t)n, bytes, SIZE, &len);
        break;
    case 1:
        n = any_size(SIZE);
        sw_encoder_packet(encoder, (uint8_t)any_int, bytes, (uint32_t)n, out, any_size(SIZE),
                          any_int ? &len : NULL);
        break;
    case 2:
        sw_encoder_packet(encoder, (uint8_t)any_int, NULL, any_unsigned, any_int ? out : NULL, SIZE, &len);
        break;
    default: /* all of out is needed */
        n = any_size(SMALL);
        /*@ split n; */
        /* a body of no bytes is not compared with the end of out, which Eva takes for undefined, but C11, 6.5.9, does not */
        sw_encoder_packet(encoder, (uint8_t)any_int, n > 0 ? bytes : NULL, (uint32_t)n,
                          out + (SIZE - SMALL - SW_HEADER_SIZE) + (SMALL - n), n + SW_HEADER_SIZE, &len);
    }
}

void prove_encoder(void)
{
    sw_encoder encoder;
    uint8_t header[SW_HEADER_SIZE];

    sw_encoder_init(any_int ? NULL : &encoder);
    sw_encoder_init(&encoder);
    /*@ loop unroll 0; */
    while (any_int) {
        any_bytes(bytes, SIZE);
        switch (any_int) {
        case 0: sw_encoder_set_cipher(any_int ? &encoder : NULL, any_int ? &cipher : NULL); break;
        case 1:
            sw_encoder_begin(any_int ? &encoder : NULL, (uint8_t)any_int, any_unsigned, any_int ? header : NULL);
            break;
        case 2: sw_encoder_body(&encoder, out, bytes, any_size(SIZE)); break;
        case 3: sw_encoder_body(&encoder, bytes, any_int ? bytes : NULL, any_size(SIZE)); break;
        case 4: (void)sw_encoder_error(any_int ? &encoder : NULL); break;
        case 5: sw_encoder_init(&encoder); break;
        default: encode_packet(&encoder);
        }
    }
}
