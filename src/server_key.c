/* SPDX-License-Identifier: ISC */
/* The key of a server that seals, as files and people have it. */
#include <sidewire/keys.h>

#include <string.h>

#include "error_internal.h"
#include "key_formats.h"
#include "secret.h"

static const char begin_line[] = "-----BEGIN PRIVATE KEY-----\n";
static const char end_line[] = "-----END PRIVATE KEY-----\n";
static const char fingerprint_prefix[] = "SHA256:";

/* PKCS#8 around the 32 bytes of an X25519 secret (RFC 8410, section 7): version 0, the algorithm
 * 1.3.101.110, and the secret as a string within a string. */
static const uint8_t pkcs8[] = { 0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06,
                                 0x03, 0x2b, 0x65, 0x6e, 0x04, 0x22, 0x04, 0x20 };

enum { PKCS8_SIZE = sizeof(pkcs8) + SW_X25519_SIZE };

/* ---- base64 ---- */

/* Neither a table nor a branch: the digits of a private key are secret. */
static char digit_of(unsigned value)
{
    unsigned digit = value + 'A';

    digit += (25u - value) >> 8 & 6u;  /* a to z */
    digit -= (51u - value) >> 8 & 75u; /* 0 to 9 */
    digit -= (61u - value) >> 8 & 15u; /* + */
    digit += (62u - value) >> 8 & 3u;  /* / */
    return (char)digit;
}

/* Writes all bytes, of which one is never left over, with = at the end as needed, and returns behind them. */
static char *encode(char *out, const uint8_t *in, size_t size)
{
    for (; size > 0; in += 3) {
        size_t n = size < 3 ? size : 3;
        unsigned group = (unsigned)in[0] << 16 | (unsigned)in[1] << 8;
        group |= n > 2 ? in[2] : 0u;
        for (unsigned i = 0; i < 4; i++)
            *out++ = i <= n ? digit_of(group >> (18 - 6 * i) & 63) : '=';
        size -= n;
    }
    return out;
}

/* The value of a digit of something public, or 64. */
static unsigned value_of(char digit)
{
    unsigned value = 0;

    while (value < 64 && digit_of(value) != digit)
        value++;
    return value;
}

/* ---- files ---- */

int sw_server_key_parse(sw_x25519_key *key, const sw_crypto *crypto, const char *text, size_t len, sw_error *error)
{
    key_fields fields = { 0 };
    int result;

    if (key == NULL || crypto == NULL)
        return swi_error_set(error, SW_E_NULL, 0, 0);
    fields.x25519 = key->secret;
    result = swi_key_parse(&fields, 1, key, sizeof(*key), text, len, error);
    if (result == SW_OK && crypto->x25519_public(crypto->ctx, key->public_half, key->secret) < 0) {
        swi_secret_wipe(key, sizeof(*key));
        result = swi_error_set(error, SW_E_X25519, 0, 0);
    }
    return result;
}

int sw_server_key_make(sw_x25519_key *key, const sw_crypto *crypto)
{
    int result = SW_OK;

    if (key == NULL || crypto == NULL)
        return SW_E_NULL;
    if (crypto->random(crypto->ctx, key->secret, sizeof(key->secret)) < 0)
        result = SW_E_RANDOM;
    else if (crypto->x25519_public(crypto->ctx, key->public_half, key->secret) < 0)
        result = SW_E_X25519;
    if (result < 0)
        sw_server_key_wipe(key);
    return result;
}

void sw_server_key_write(const sw_x25519_key *key, char out[SW_SERVER_KEY_FILE_SIZE])
{
    uint8_t der[PKCS8_SIZE];

    memcpy(der, pkcs8, sizeof(pkcs8));
    memcpy(der + sizeof(pkcs8), key->secret, SW_X25519_SIZE);
    memcpy(out, begin_line, sizeof(begin_line) - 1);
    out = encode(out + sizeof(begin_line) - 1, der, sizeof(der));
    *out++ = '\n';
    memcpy(out, end_line, sizeof(end_line) - 1);
    swi_secret_wipe(der, sizeof(der));
}

void sw_server_key_wipe(sw_x25519_key *key)
{
    if (key != NULL)
        swi_secret_wipe(key, sizeof(*key));
}

/* ---- texts of the public half ---- */

void sw_server_key_text(const uint8_t public_half[SW_X25519_SIZE], char out[SW_SERVER_KEY_TEXT_SIZE])
{
    (void)encode(out, public_half, SW_X25519_SIZE);
}

int sw_server_key_read(uint8_t public_half[SW_X25519_SIZE], const char *text, size_t len)
{
    enum { DIGITS = SW_SERVER_KEY_TEXT_SIZE - 1 };
    uint32_t bits = 0;
    unsigned bit_count = 0;
    size_t n = 0;

    if (public_half == NULL || text == NULL)
        return SW_E_NULL;
    if (len != SW_SERVER_KEY_TEXT_SIZE || text[DIGITS] != '=')
        return SW_E_KEY_FORMAT;
    for (size_t i = 0; i < DIGITS; i++) {
        unsigned value = value_of(text[i]);
        if (value == 64)
            return SW_E_KEY_FORMAT;
        bits = bits << 6 | value;
        bit_count += 6;
        if (bit_count >= 8) {
            bit_count -= 8;
            public_half[n++] = (uint8_t)(bits >> bit_count);
        }
    }
    return (bits & ((1u << bit_count) - 1)) == 0 ? SW_OK : SW_E_KEY_FORMAT;
}

int sw_fingerprint(const sw_crypto *crypto, const uint8_t *bytes, size_t size, char out[SW_FINGERPRINT_SIZE + 1])
{
    uint8_t hash[SW_SHA256_SIZE];
    char digits[SW_SERVER_KEY_TEXT_SIZE];

    if (crypto == NULL || out == NULL || (bytes == NULL && size > 0))
        return SW_E_NULL;
    if (crypto->sha256(crypto->ctx, hash, bytes, size) < 0)
        return SW_E_HASH;
    (void)encode(digits, hash, sizeof(hash));
    memcpy(out, fingerprint_prefix, sizeof(fingerprint_prefix) - 1);
    memcpy(out + sizeof(fingerprint_prefix) - 1, digits, sizeof(digits) - 1);
    out[SW_FINGERPRINT_SIZE] = '\0';
    return SW_OK;
}
