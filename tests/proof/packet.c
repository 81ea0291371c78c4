/* The packet codec under any sequence of calls. */
#include "any.h"

#include <sidewire/packet.h>

enum { SIZE = 70000, SMALL = 16 };

static uint8_t bytes[SIZE], out[SIZE];
static sw_cipher cipher;

static void use_decoder_wrongly(sw_decoder *decoder)
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
    case 8: sw_decoder_set_cipher(NULL, &cipher); break;
    }
}

static void decode_any(sw_decoder *decoder)
{
    sw_chunk chunk;
    size_t used, len = 0;
    uint8_t *in = NULL;
    int result;

    any_bytes(bytes, SIZE);
    if (any_int) {               /* what is behind the input is no memory of ours */
        len = any_size(SMALL);
        /*@ split len; */
        in = bytes + (SIZE - len);
    } else if (any_int) {
        len = any_size(SIZE);
        in = bytes;
    }
    /*@ split decoder->have; */
    result = sw_decoder_next(decoder, in, len, &used, &chunk);
    if (result == 1) {
        /*@ assert chunk.len == 0 || \valid(chunk.data + (0 .. chunk.len - 1)); */
        (void)sw_chunk_is_first(&chunk);
        (void)sw_chunk_is_last(&chunk);
    }
}

void prove_decoder(void)
{
    sw_decoder decoder;

    sw_decoder_init(&decoder, any_unsigned);
    /*@ loop unroll 0; */
    while (any_int) {
        switch (any_int) {
        case 0: sw_decoder_set_cipher(&decoder, any_int ? &cipher : NULL); break;
        case 1: sw_decoder_set_limit(&decoder, any_unsigned); break;
        case 2: (void)sw_decoder_hint(&decoder); break;
        case 3: (void)sw_decoder_end(&decoder); break;
        case 4: (void)sw_decoder_error(&decoder); break;
        case 5: sw_decoder_init(&decoder, any_unsigned); break;
        case 6: (void)sw_band_name(any_unsigned); break;
        case 7: use_decoder_wrongly(&decoder); break;
        default: decode_any(&decoder);
        }
    }
}

static void encode_any(sw_encoder *encoder)
{
    size_t len, n = any_size(SIZE);

    switch (any_int) {
    case 0:
        sw_encoder_packet(encoder, (uint8_t)any_int, bytes, (uint32_t)n, out, any_size(SIZE),
                          any_int ? &len : NULL);
        break;
    case 1:                      /* in place */
        n = any_size(SIZE - SW_HEADER_SIZE);
        sw_encoder_packet(encoder, (uint8_t)any_int, bytes + SW_HEADER_SIZE, (uint32_t)n, bytes,
                          SIZE, &len);
        break;
    default:                     /* nothing is left of the room */
        n = any_size(SMALL);
        /*@ split n; */
        sw_encoder_packet(encoder, (uint8_t)any_int, bytes, (uint32_t)n,
                          out + (SIZE - SW_HEADER_SIZE - n), n + SW_HEADER_SIZE, &len);
    }
}

void prove_encoder(void)
{
    sw_encoder encoder;
    uint8_t header[SW_HEADER_SIZE];

    sw_encoder_init(&encoder);
    while (any_int) {
        any_bytes(bytes, SIZE);
        switch (any_int) {
        case 0: sw_encoder_set_cipher(&encoder, any_int ? &cipher : NULL); break;
        case 1:
            sw_encoder_begin(&encoder, (uint8_t)any_int, any_unsigned, any_int ? header : NULL);
            break;
        case 2: sw_encoder_body(&encoder, out, bytes, any_size(SIZE)); break;
        case 3:
            sw_encoder_body(&encoder, bytes, any_int ? bytes : NULL, any_size(SIZE));
            break;
        case 4: (void)sw_encoder_error(&encoder); break;
        case 5: sw_encoder_init(&encoder); break;
        default: encode_any(&encoder);
        }
    }
}
