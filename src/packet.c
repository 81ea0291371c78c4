/* SPDX-License-Identifier: ISC */
#include <sidewire/packet.h>

#include <string.h>

#include "cipher_internal.h"
#include "error_internal.h"
#include "packet_internal.h"

static const char *const band_names[SW_BAND_COUNT] = {
    "ANY",      "CHALLENGE", "CHALLENGE_RESPONSE", "PROCEED",       "COMMAND",     "AWAITING_DATA",
    "OUTPUT",   "DEBUG_LOG", "INFO_LOG",           "NOTICE_LOG",    "WARNING_LOG", "ERROR_LOG",
    "CRIT_LOG", "EMERG_LOG", "EXIT__SUCCESS",      "EXIT__FAILURE", "BLOB_DATA",   "AFS_CB_FAILURE",
};

const char *sw_band_name(unsigned band)
{
    return band < SW_BAND_COUNT ? band_names[band] : NULL;
}

/* ---- decoder ---- */

static int decoder_check(const sw_decoder *decoder)
{
    return decoder == NULL ? SW_E_NULL : decoder->error.code;
}

static int decoder_fail(sw_decoder *decoder, int code)
{
    decoder->error.code = code;
    return code;
}

void sw_decoder_init(sw_decoder *decoder, uint32_t max_body)
{
    if (decoder == NULL)
        return;
    memset(decoder, 0, sizeof(*decoder));
    decoder->max_body = max_body;
}

static int decoder_between_packets(sw_decoder *decoder)
{
    int result = decoder_check(decoder);

    if (result == SW_OK && decoder->have > 0)
        result = decoder_fail(decoder, SW_E_STATE);
    return result;
}

int sw_decoder_set_cipher(sw_decoder *decoder, sw_cipher *cipher)
{
    int result = decoder_between_packets(decoder);

    if (result == SW_OK)
        decoder->cipher = cipher;
    return result;
}

int sw_decoder_set_limit(sw_decoder *decoder, uint32_t max_body)
{
    int result = decoder_between_packets(decoder);

    if (result == SW_OK)
        decoder->max_body = max_body;
    return result;
}

size_t sw_decoder_hint(const sw_decoder *decoder)
{
    if (decoder_check(decoder) < 0)
        return 0;
    if (decoder->have < SW_HEADER_SIZE)
        return (size_t)SW_HEADER_SIZE - decoder->have;
    return decoder->size - decoder->offset;
}

/* Takes what there is of the header. Returns 1 once it is complete and accepted. */
static int take_header(sw_decoder *decoder, uint8_t *in, size_t len, size_t *used)
{
    size_t n = (size_t)SW_HEADER_SIZE - decoder->have;
    const uint8_t *header = in;
    int result;

    if (n > len)
        n = len;
    result = swi_cipher_pass(decoder->cipher, in, in, n, 0);
    if (result < 0)
        return decoder_fail(decoder, result);
    *used = n;
    if (n < SW_HEADER_SIZE) { /* it comes in parts */
        for (size_t i = 0; i < n; i++)
            decoder->header[decoder->have++] = in[i];
        if (decoder->have < SW_HEADER_SIZE)
            return 0;
        header = decoder->header;
    }
    decoder->have = SW_HEADER_SIZE;
    decoder->size = swi_read_length(header);
    decoder->band = header[4];
    decoder->offset = 0;
    if (decoder->size <= decoder->max_body)
        return 1;
    return swi_error_set(&decoder->error, SW_E_PACKET_SIZE, decoder->size, decoder->max_body);
}

/* The same for the body. Returns 1 and a chunk unless there is nothing where something should be. */
static int take_body(sw_decoder *decoder, uint8_t *in, size_t len, size_t *used, sw_chunk *chunk)
{
    uint32_t n = decoder->size - decoder->offset;
    int result;

    if (n > 0 && len == 0)
        return 0;
    if (n > len)
        n = (uint32_t)len;
    result = swi_cipher_pass(decoder->cipher, in, in, n, len - n);
    if (result < 0)
        return decoder_fail(decoder, result);
    *used += n;
    chunk->band = decoder->band;
    chunk->size = decoder->size;
    chunk->offset = decoder->offset;
    chunk->len = n;
    chunk->data = in;
    decoder->offset += n;
    if (decoder->offset == decoder->size)
        decoder->have = 0;
    return 1;
}

/* Is there a clear packet, whole in the input? Then there is nothing to remember, and no call to make. */
static inline int is_whole(const sw_decoder *decoder, const uint8_t *in, size_t len)
{
    uint32_t size;

    if (decoder->cipher != NULL || decoder->have > 0 || len < SW_HEADER_SIZE)
        return 0;
    size = swi_read_length(in);
    return size <= decoder->max_body && size <= len - SW_HEADER_SIZE;
}

static inline void take_whole(uint8_t *in, size_t *used, sw_chunk *chunk)
{
    uint32_t size = swi_read_length(in);

    *used = (size_t)SW_HEADER_SIZE + size;
    *chunk = (sw_chunk){ in[4], size, 0, size, in + SW_HEADER_SIZE };
}

/* What else there may be: a header or its rest, then of the body what is there. */
OUT_OF_LINE static int take_parts(sw_decoder *decoder, uint8_t *in, size_t len, size_t *used, sw_chunk *chunk)
{
    int result;

    if (decoder->have < SW_HEADER_SIZE) {
        result = take_header(decoder, in, len, used);
        if (result <= 0)
            return result;
        in += *used;
        len -= *used;
    }
    return take_body(decoder, in, len, used, chunk);
}

/* What sw_decoder_next does once it has looked at what it was given. */
static int take_next(sw_decoder *decoder, uint8_t *in, size_t len, size_t *used, sw_chunk *chunk)
{
    if (!is_whole(decoder, in, len))
        return take_parts(decoder, in, len, used, chunk);
    take_whole(in, used, chunk);
    return 1;
}

int sw_decoder_next(sw_decoder *decoder, uint8_t *in, size_t len, size_t *used, sw_chunk *chunk)
{
    int result;

    if (used != NULL)
        *used = 0;
    result = decoder_check(decoder);
    if (result < 0)
        return result;
    if (used == NULL || chunk == NULL || (in == NULL && len > 0))
        return decoder_fail(decoder, SW_E_NULL);
    return take_next(decoder, in, len, used, chunk);
}

sw_error sw_decoder_error(const sw_decoder *decoder)
{
    return swi_error_of(decoder != NULL ? &decoder->error : NULL);
}

sw_error sw_decoder_end(const sw_decoder *decoder)
{
    sw_error error = sw_decoder_error(decoder);

    if (decoder == NULL || error.code < 0 || decoder->have == 0)
        return error;
    error.code = SW_E_TRUNCATED;
    error.value = decoder->have;
    error.limit = SW_HEADER_SIZE;
    if (decoder->have == SW_HEADER_SIZE) {
        error.value += decoder->offset;
        error.limit += decoder->size;
    }
    return error;
}

/* ---- encoder ---- */

static int encoder_check(const sw_encoder *encoder)
{
    return encoder == NULL ? SW_E_NULL : encoder->error.code;
}

static int encoder_fail(sw_encoder *encoder, int code)
{
    encoder->error.code = code;
    return code;
}

void sw_encoder_init(sw_encoder *encoder)
{
    if (encoder != NULL)
        memset(encoder, 0, sizeof(*encoder));
}

static int encoder_between_packets(sw_encoder *encoder)
{
    int result = encoder_check(encoder);

    if (result == SW_OK && encoder->offset < encoder->size)
        result = encoder_fail(encoder, SW_E_STATE);
    return result;
}

int sw_encoder_set_cipher(sw_encoder *encoder, sw_cipher *cipher)
{
    int result = encoder_between_packets(encoder);

    if (result == SW_OK)
        encoder->cipher = cipher;
    return result;
}

static int encode_header(sw_encoder *encoder, uint8_t band, uint32_t size, uint8_t *header)
{
    int result;

    swi_write_length(header, size);
    header[4] = band;
    result = swi_cipher_pass(encoder->cipher, header, header, SW_HEADER_SIZE, 0);
    if (result < 0)
        return encoder_fail(encoder, result);
    encoder->size = size;
    encoder->offset = 0;
    return SW_OK;
}

static int encode_body(sw_encoder *encoder, uint8_t *out, const uint8_t *in, uint32_t n, size_t room)
{
    int result = swi_cipher_pass(encoder->cipher, out, in, n, room);

    if (result < 0)
        return encoder_fail(encoder, result);
    encoder->offset += n;
    return SW_OK;
}

int sw_encoder_begin(sw_encoder *encoder, uint8_t band, uint32_t size, uint8_t *header)
{
    int result = encoder_between_packets(encoder);

    if (result < 0)
        return result;
    if (header == NULL)
        return encoder_fail(encoder, SW_E_NULL);
    return encode_header(encoder, band, size, header);
}

int sw_encoder_body(sw_encoder *encoder, uint8_t *out, const uint8_t *in, size_t n)
{
    int result = encoder_check(encoder);

    if (result < 0)
        return result;
    if (n > encoder->size - encoder->offset)
        return swi_error_set(&encoder->error, SW_E_BODY, n, encoder->size - encoder->offset);
    result = swi_cipher_check(out, in, n);
    if (result < 0)
        return encoder_fail(encoder, result);
    return encode_body(encoder, out, in, (uint32_t)n, 0);
}

/* The header, and the body behind it. `room`: bytes of the caller's behind both. */
static int write_packet(sw_encoder *encoder, uint8_t band, const uint8_t *body, uint32_t size, uint8_t *out,
                        size_t room)
{
    int result = encode_header(encoder, band, size, out);

    return result < 0 ? result : encode_body(encoder, out + SW_HEADER_SIZE, body, size, room);
}

/* Would what is written spoil a body that is not where it goes? */
static int spoils_body(const uint8_t *out, const uint8_t *body, uint32_t size)
{
    return body != out + SW_HEADER_SIZE && swi_ranges_overlap(out, (size_t)SW_HEADER_SIZE + size, body, size);
}

/* What sw_encoder_packet does once it has looked at what it was given. */
static int put_packet(sw_encoder *encoder, uint8_t band, const uint8_t *body, uint32_t size, uint8_t *out,
                      size_t cap, size_t *len)
{
    int result;

    if (cap < SW_HEADER_SIZE || cap - SW_HEADER_SIZE < size)
        return 0;
    /* checked before the header is written: it must not be spent in vain, nor over the body */
    if (spoils_body(out, body, size))
        return encoder_fail(encoder, SW_E_OVERLAP);
    result = write_packet(encoder, band, body, size, out, cap - SW_HEADER_SIZE - size);
    if (result < 0)
        return result;
    *len = (size_t)SW_HEADER_SIZE + size;
    return 1;
}

int sw_encoder_packet(sw_encoder *encoder, uint8_t band, const uint8_t *body, uint32_t size, uint8_t *out,
                      size_t cap, size_t *len)
{
    int result = encoder_between_packets(encoder);

    if (len != NULL)
        *len = 0;
    if (result < 0)
        return result;
    if (len == NULL || (out == NULL && cap > 0) || (body == NULL && size > 0))
        return encoder_fail(encoder, SW_E_NULL);
    return put_packet(encoder, band, body, size, out, cap, len);
}

sw_error sw_encoder_error(const sw_encoder *encoder)
{
    return swi_error_of(encoder != NULL ? &encoder->error : NULL);
}
