#include <sidewire/packet.h>

#include <string.h>

#include "overlap.h"

static const char *const band_names[SW_BAND_COUNT] = {
    "ANY", "CHALLENGE", "CHALLENGE_RESPONSE", "PROCEED", "COMMAND", "AWAITING_DATA", "OUTPUT",
    "DEBUG_LOG", "INFO_LOG", "NOTICE_LOG", "WARNING_LOG", "ERROR_LOG", "CRIT_LOG", "EMERG_LOG",
    "EXIT__SUCCESS", "EXIT__FAILURE", "BLOB_DATA", "AFS_CB_FAILURE",
};

const char *sw_band_name(unsigned band)
{
    return band < SW_BAND_COUNT ? band_names[band] : NULL;
}

/* A length in a header: four bytes, little-endian. The one place that knows the order. */
static uint32_t read_length(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void write_length(uint8_t *p, uint32_t length)
{
    for (unsigned i = 0; i < 4; i++)
        p[i] = (uint8_t)(length >> 8 * i);
}

static int apply(sw_cipher *cipher, uint8_t *out, const uint8_t *in, size_t n)
{
    if (cipher != NULL)
        return sw_cipher_apply(cipher, out, in, n);
    if (out != in && n > 0)
        memcpy(out, in, n);
    return SW_OK;
}

/* ---- decoder ---- */

static int decoder_fail(sw_decoder *decoder, int code, uint64_t value, uint64_t limit)
{
    decoder->error.code = code;
    decoder->error.value = value;
    decoder->error.limit = limit;
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
    if (decoder == NULL)
        return SW_E_NULL;
    if (decoder->error.code < 0)
        return decoder->error.code;
    if (decoder->have > 0)
        return decoder_fail(decoder, SW_E_STATE, 0, 0);
    return SW_OK;
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

/* Takes what there is of the header. Returns 1 once it is complete and accepted. */
static int decode_header(sw_decoder *decoder, uint8_t *in, size_t len, size_t *used)
{
    size_t n = (size_t)SW_HEADER_SIZE - decoder->have;
    int result;

    if (n > len)
        n = len;
    result = apply(decoder->cipher, in, in, n);
    if (result < 0)
        return decoder_fail(decoder, result, 0, 0);
    if (n > 0)
        memcpy(decoder->header + decoder->have, in, n);
    decoder->have = (uint8_t)(decoder->have + n);
    *used = n;
    if (decoder->have < SW_HEADER_SIZE)
        return 0;
    decoder->size = read_length(decoder->header);
    decoder->offset = 0;
    if (decoder->size > decoder->max_body)
        return decoder_fail(decoder, SW_E_PACKET_SIZE, decoder->size, decoder->max_body);
    return 1;
}

static int decode_body(sw_decoder *decoder, uint8_t *in, size_t len, size_t *used, sw_chunk *chunk)
{
    uint32_t left = decoder->size - decoder->offset;
    uint32_t n = len < left ? (uint32_t)len : left;
    int result;

    if (n == 0 && left > 0)
        return 0;
    result = apply(decoder->cipher, in, in, n);
    if (result < 0)
        return decoder_fail(decoder, result, 0, 0);
    chunk->band = decoder->header[4];
    chunk->size = decoder->size;
    chunk->offset = decoder->offset;
    chunk->len = n;
    chunk->data = in;
    decoder->offset += n;
    if (decoder->offset == decoder->size)
        decoder->have = 0;
    *used += n;
    return 1;
}

int sw_decoder_next(sw_decoder *decoder, uint8_t *in, size_t len, size_t *used, sw_chunk *chunk)
{
    size_t header = 0;

    if (used != NULL)
        *used = 0;
    if (decoder == NULL)
        return SW_E_NULL;
    if (decoder->error.code < 0)
        return decoder->error.code;
    if (used == NULL || chunk == NULL || (in == NULL && len > 0))
        return decoder_fail(decoder, SW_E_NULL, 0, 0);
    if (decoder->have < SW_HEADER_SIZE) {
        int result = decode_header(decoder, in, len, used);
        if (result <= 0)
            return result;
        header = *used;
    }
    return decode_body(decoder, header > 0 ? in + header : in, len - header, used, chunk);
}

size_t sw_decoder_hint(const sw_decoder *decoder)
{
    if (decoder == NULL || decoder->error.code < 0)
        return 0;
    if (decoder->have < SW_HEADER_SIZE)
        return (size_t)SW_HEADER_SIZE - decoder->have;
    return decoder->size - decoder->offset;
}

int sw_decoder_end(const sw_decoder *decoder)
{
    if (decoder == NULL)
        return SW_E_NULL;
    if (decoder->error.code < 0)
        return decoder->error.code;
    return decoder->have > 0 ? SW_E_TRUNCATED : SW_OK;
}

sw_error sw_decoder_error(const sw_decoder *decoder)
{
    sw_error error = { SW_E_NULL, 0, 0 };

    return decoder == NULL ? error : decoder->error;
}

sw_error sw_decoder_truncation(const sw_decoder *decoder)
{
    sw_error error = sw_decoder_error(decoder);

    if (error.code < 0 || decoder->have == 0)
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

static int encoder_fail(sw_encoder *encoder, int code, uint64_t value, uint64_t limit)
{
    encoder->error.code = code;
    encoder->error.value = value;
    encoder->error.limit = limit;
    return code;
}

void sw_encoder_init(sw_encoder *encoder)
{
    if (encoder != NULL)
        memset(encoder, 0, sizeof(*encoder));
}

static int encoder_between_packets(sw_encoder *encoder)
{
    if (encoder == NULL)
        return SW_E_NULL;
    if (encoder->error.code < 0)
        return encoder->error.code;
    if (encoder->offset < encoder->size)
        return encoder_fail(encoder, SW_E_STATE, 0, 0);
    return SW_OK;
}

int sw_encoder_set_cipher(sw_encoder *encoder, sw_cipher *cipher)
{
    int result = encoder_between_packets(encoder);

    if (result == SW_OK)
        encoder->cipher = cipher;
    return result;
}

int sw_encoder_begin(sw_encoder *encoder, uint8_t band, uint32_t size, uint8_t *header)
{
    uint8_t plain[SW_HEADER_SIZE];
    int result = encoder_between_packets(encoder);

    if (result < 0)
        return result;
    if (header == NULL)
        return encoder_fail(encoder, SW_E_NULL, 0, 0);
    write_length(plain, size);
    plain[4] = band;
    result = apply(encoder->cipher, header, plain, SW_HEADER_SIZE);
    if (result < 0)
        return encoder_fail(encoder, result, 0, 0);
    encoder->size = size;
    encoder->offset = 0;
    return SW_OK;
}

int sw_encoder_body(sw_encoder *encoder, uint8_t *out, const uint8_t *in, size_t n)
{
    int result;

    if (encoder == NULL)
        return SW_E_NULL;
    if (encoder->error.code < 0)
        return encoder->error.code;
    if (n > 0 && (out == NULL || in == NULL))
        return encoder_fail(encoder, SW_E_NULL, 0, 0);
    if (n > encoder->size - encoder->offset)
        return encoder_fail(encoder, SW_E_BODY, n, encoder->size - encoder->offset);
    if (out != in && ranges_overlap(out, n, in, n))
        return encoder_fail(encoder, SW_E_OVERLAP, 0, 0);
    result = apply(encoder->cipher, out, in, n);
    if (result < 0)
        return encoder_fail(encoder, result, 0, 0);
    encoder->offset += (uint32_t)n;
    return SW_OK;
}

int sw_encoder_packet(sw_encoder *encoder, uint8_t band, const uint8_t *body, uint32_t size,
                      uint8_t *out, size_t cap, size_t *len)
{
    int result = encoder_between_packets(encoder);

    if (len != NULL)
        *len = 0;
    if (result < 0)
        return result;
    if (len == NULL || (out == NULL && cap > 0) || (body == NULL && size > 0))
        return encoder_fail(encoder, SW_E_NULL, 0, 0);
    if (cap < SW_HEADER_SIZE || cap - SW_HEADER_SIZE < size)
        return 0;
    /* checked before the header is written: it must not be spent in vain, nor over the body */
    if (body != out + SW_HEADER_SIZE &&
        ranges_overlap(out, (size_t)SW_HEADER_SIZE + size, body, size))
        return encoder_fail(encoder, SW_E_OVERLAP, 0, 0);
    result = sw_encoder_begin(encoder, band, size, out);
    if (result == SW_OK)
        result = sw_encoder_body(encoder, out + SW_HEADER_SIZE, body, size);
    if (result < 0)
        return result;
    *len = (size_t)SW_HEADER_SIZE + size;
    return 1;
}

sw_error sw_encoder_error(const sw_encoder *encoder)
{
    sw_error error = { SW_E_NULL, 0, 0 };

    return encoder == NULL ? error : encoder->error;
}
