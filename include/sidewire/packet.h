/* SPDX-License-Identifier: ISC */
/* Sideband packets, decoded and encoded [protocol, section 8].
 *
 * A packet is a header of five bytes (length of the body, band) and a body of up to 4 GiB. The decoder gives a body
 * in pieces (chunks) as it comes, so no buffer has to hold a packet, and decrypts where the bytes lie:
 *
 *     sw_decoder_init(&decoder, 32768);
 *     sw_decoder_set_cipher(&decoder, &cipher_in);               clear until then
 *     after each read:
 *         while ((result = sw_decoder_next(&decoder, bytes, len, &used, &chunk)) == 1)
 *             use chunk.data[0..chunk.len), go on behind the `used` bytes
 *     at the end of the stream: sw_decoder_end(&decoder) says whether a packet was cut
 *
 * The encoder writes whole packets (sw_encoder_packet), or headers whose bodies follow in pieces of the caller's
 * (sw_encoder_begin, sw_encoder_body). Bytes that it made have spent key stream: each is to be sent once, in order.
 *
 * Many small packets in one buffer cost less if encoder and decoder have no cipher, and sw_cipher_apply does the whole
 * buffer by one call, behind the encoder and before the decoder, as a session does.
 *
 * Both are machines: an error stays until the next init, and NULL where something is needed is SW_E_NULL, not
 * mentioned again below. Neither keeps a pointer to bytes; ciphers are lent for as long as they are set. All sizes
 * are in bytes. examples/by_hand.c shows both. */
#ifndef SIDEWIRE_PACKET_H
#define SIDEWIRE_PACKET_H

#include <sidewire/cipher.h>
#include <sidewire/error.h>

SW_BEGIN_DECLS

enum { SW_HEADER_SIZE = 5 };

/* What a packet is: the table of section 8 says which side sends it, and what its body is. */
typedef enum sw_band {
    SW_BAND_ANY = 0,
    SW_BAND_CHALLENGE = 1,
    SW_BAND_CHALLENGE_RESPONSE = 2,
    SW_BAND_PROCEED = 3,
    SW_BAND_COMMAND = 4,
    SW_BAND_AWAITING_DATA = 5,
    SW_BAND_OUTPUT = 6,
    SW_BAND_DEBUG_LOG = 7,
    SW_BAND_INFO_LOG = 8,
    SW_BAND_NOTICE_LOG = 9,
    SW_BAND_WARNING_LOG = 10,
    SW_BAND_ERROR_LOG = 11,
    SW_BAND_CRIT_LOG = 12,
    SW_BAND_EMERG_LOG = 13,
    SW_BAND_EXIT_SUCCESS = 14,
    SW_BAND_EXIT_FAILURE = 15,
    SW_BAND_BLOB_DATA = 16,
    SW_BAND_AFS_CB_FAILURE = 17,
    SW_BAND_COUNT = 18
} sw_band;

/* Name of a band ("OUTPUT"), or NULL from SW_BAND_COUNT on. Static. */
SW_API const char *sw_band_name(unsigned band);

/* A piece of one packet's body. A packet that is whole in the input is one chunk, an empty body is one chunk of
 * length 0, and no other chunk is empty. */
typedef struct sw_chunk {
    uint8_t band;
    uint32_t size;   /* of the whole body, bytes */
    uint32_t offset; /* of this slice in the body; 0: the first */
    uint32_t len;    /* of this slice */
    uint8_t *data;   /* inside the caller's input; valid as long as that is */
} sw_chunk;

static inline int sw_chunk_is_first(const sw_chunk *c)
{
    return c->offset == 0;
}
static inline int sw_chunk_is_last(const sw_chunk *c)
{
    return c->len == c->size - c->offset;
}

/* Fields are private. At most 64 bytes. */
typedef struct sw_decoder {
    sw_cipher *cipher;
    uint32_t max_body, size, offset;
    uint8_t header[SW_HEADER_SIZE];
    uint8_t have; /* header bytes seen; SW_HEADER_SIZE: in the body */
    uint8_t band;
    sw_error error;
} sw_decoder;

/* max_body: the largest body that is accepted. */
SW_API void sw_decoder_init(sw_decoder *decoder, uint32_t max_body);

/* Set the cipher (NULL: clear) and the limit for the packets to come. SW_OK; SW_E_STATE within a packet. */
SW_API int sw_decoder_set_cipher(sw_decoder *decoder, sw_cipher *cipher);
SW_API int sw_decoder_set_limit(sw_decoder *decoder, uint32_t max_body);

/* Takes bytes of in[0..len), decrypts in place exactly those that it takes, and says in *used how many. What is not
 * taken is untouched: it may be under another key. 1: *chunk is the next piece of a body; 0: all was taken, more is
 * needed; SW_E_PACKET_SIZE (value: the body's size, limit: max_body), as soon as the header is there: *used ends
 * with it, and no byte of the body was taken; SW_E_CIPHER, SW_E_AES. */
SW_API int sw_decoder_next(sw_decoder *decoder, uint8_t *in, size_t len, size_t *used, sw_chunk *chunk);

/* How many bytes are missing to the end of this header or body, for those who read no more than is needed: 1 or
 * more, but 0 after an error. */
SW_API size_t sw_decoder_hint(const sw_decoder *decoder);

/* The error with its values; its code is SW_OK if there was none. */
SW_API sw_error sw_decoder_error(const sw_decoder *decoder);

/* What it means that the peer closes now: SW_OK between packets; SW_E_TRUNCATED within one (value: bytes of it that
 * came, limit: bytes that it has, header included); or the error before. Asking changes nothing. */
SW_API sw_error sw_decoder_end(const sw_decoder *decoder);

/* Fields are private. */
typedef struct sw_encoder {
    sw_cipher *cipher;
    uint32_t size, offset;
    sw_error error;
} sw_encoder;

SW_API void sw_encoder_init(sw_encoder *encoder);

/* As sw_decoder_set_cipher. */
SW_API int sw_encoder_set_cipher(sw_encoder *encoder, sw_cipher *cipher);

/* Writes the header of a packet to header[0..SW_HEADER_SIZE). A body of `size` bytes has to follow by
 * sw_encoder_body, in as many calls as wanted. SW_OK; SW_E_STATE while the body before is not complete;
 * SW_E_CIPHER, SW_E_AES, here and below. */
SW_API int sw_encoder_begin(sw_encoder *encoder, uint8_t band, uint32_t size, uint8_t *header);

/* Encrypts the next n bytes of the body from in to out. out is in, or does not overlap it (SW_E_OVERLAP). SW_OK;
 * SW_E_BODY beyond the size that was announced (value: n, limit: what is left of it). */
SW_API int sw_encoder_body(sw_encoder *encoder, uint8_t *out, const uint8_t *in, size_t n);

/* Writes a whole packet to out[0..cap): 1, and *len is SW_HEADER_SIZE + size; 0: it does not fit, and nothing was
 * encoded; SW_E_STATE while a body is not complete; SW_E_OVERLAP, unless body is out + SW_HEADER_SIZE or outside
 * of what is written. */
SW_API int sw_encoder_packet(sw_encoder *encoder, uint8_t band, const uint8_t *body, uint32_t size, uint8_t *out,
                             size_t cap, size_t *len);

SW_API sw_error sw_encoder_error(const sw_encoder *encoder);

SW_END_DECLS
#endif
