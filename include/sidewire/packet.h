/* Sideband packets: streaming decoder and encoder [protocol, section 8]. */
#ifndef SIDEWIRE_PACKET_H
#define SIDEWIRE_PACKET_H

#include <sidewire/cipher.h>
#include <sidewire/error.h>

SW_BEGIN_DECLS

enum { SW_HEADER_SIZE = 5 };

/* Bands [protocol, table of section 8]. */
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

/* A slice of one packet's body. A packet that is whole in the input is one
 * chunk; an empty body is one chunk of length 0. */
typedef struct sw_chunk {
    uint8_t band;
    uint32_t size;              /* of the whole body, bytes */
    uint32_t offset;            /* of this slice in the body; 0: the first */
    uint32_t len;               /* of this slice */
    uint8_t *data;              /* inside the caller's input; valid as long as that is */
} sw_chunk;

static inline int sw_chunk_is_first(const sw_chunk *c) { return c->offset == 0; }
static inline int sw_chunk_is_last(const sw_chunk *c) { return c->len == c->size - c->offset; }

/* Fields are private. At most 64 bytes. */
typedef struct sw_decoder {
    sw_cipher *cipher;
    uint32_t max_body, size, offset;
    uint8_t header[SW_HEADER_SIZE];
    uint8_t have;               /* header bytes seen; SW_HEADER_SIZE: in the body */
    uint8_t band;
    sw_error error;
} sw_decoder;

/* max_body: the largest body accepted, bytes. Bytes are clear until a cipher is set. */
SW_API void sw_decoder_init(sw_decoder *decoder, uint32_t max_body);

/* Sets cipher (NULL: clear) and limit for the packets to come. Allowed between packets
 * only: SW_E_STATE otherwise. The cipher must outlive its use here. */
SW_API int sw_decoder_set_cipher(sw_decoder *decoder, sw_cipher *cipher);
SW_API int sw_decoder_set_limit(sw_decoder *decoder, uint32_t max_body);

/* Takes bytes from in[0..len), decrypts in place exactly those it takes, and says in *used how
 * many. Returns 1 and a chunk; or 0 when more is needed, having taken everything; or
 * an error, which stays until the next init. SW_E_PACKET_SIZE comes with the header,
 * before any byte of the body is taken; *used then ends with that header.
 * SW_E_NULL, SW_E_CIPHER, SW_E_AES. The bytes not taken are untouched: they may be
 * under the next key. */
SW_API int sw_decoder_next(sw_decoder *decoder, uint8_t *in, size_t len, size_t *used,
                           sw_chunk *chunk);

/* Bytes to the end of this header or body; at least 1. 0 after an error. */
SW_API size_t sw_decoder_hint(const sw_decoder *decoder);

/* The error that happened, with its values; its code is SW_OK if there was none. */
SW_API sw_error sw_decoder_error(const sw_decoder *decoder);

/* The peer closed: what that means here. The code is SW_OK between packets; SW_E_TRUNCATED within
 * one (value: bytes of it that came, limit: bytes it has, header included); or the error that
 * happened before. Nothing is changed by asking. */
SW_API sw_error sw_decoder_end(const sw_decoder *decoder);

/* Fields are private. */
typedef struct sw_encoder {
    sw_cipher *cipher;
    uint32_t size, offset;
    sw_error error;
} sw_encoder;

/* Encoded bytes have spent key stream: send each once, in the order encoded. */
SW_API void sw_encoder_init(sw_encoder *encoder);

/* As sw_decoder_set_cipher. */
SW_API int sw_encoder_set_cipher(sw_encoder *encoder, sw_cipher *cipher);

/* Writes the header of a packet whose body of `size` bytes follows through
 * sw_encoder_body, in as many calls as wanted. SW_E_STATE while the body before is not complete. */
SW_API int sw_encoder_begin(sw_encoder *encoder, uint8_t band, uint32_t size,
                            uint8_t *header /* SW_HEADER_SIZE */);

/* Encrypts n bytes of the body from in to out. out equals in or does not overlap it.
 * SW_E_BODY beyond the announced size. */
SW_API int sw_encoder_body(sw_encoder *encoder, uint8_t *out, const uint8_t *in, size_t n);

/* A whole packet, header and body, into out[0..cap). Returns 1 and *len = SW_HEADER_SIZE + size;
 * or 0 if it does not fit, with nothing encoded; or an error. body may be
 * out + SW_HEADER_SIZE, or outside of what is written. */
SW_API int sw_encoder_packet(sw_encoder *encoder, uint8_t band, const uint8_t *body, uint32_t size,
                             uint8_t *out, size_t cap, size_t *len);

SW_API sw_error sw_encoder_error(const sw_encoder *encoder);

SW_END_DECLS
#endif
