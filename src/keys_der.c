/* SPDX-License-Identifier: ISC */
#include "key_formats.h"

#include <string.h>

enum {
    DER_INTEGER = 0x02,
    DER_BIT_STRING = 0x03,
    DER_OCTET_STRING = 0x04,
    DER_NULL = 0x05,
    DER_OID = 0x06,
    DER_SEQUENCE = 0x30,
    DER_ATTRIBUTES = 0xa0,
    DER_PUBLIC_HALF = 0x81
};

typedef enum algorithm { ALGORITHM_OTHER, ALGORITHM_RSA, ALGORITHM_ED25519, ALGORITHM_X25519 } algorithm;

static const struct {
    uint8_t size, bytes[9];
} oids[] = {
    /* 1.2.840.113549.1.1.1, rsaEncryption */
    [ALGORITHM_RSA] = { 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01 } },
    [ALGORITHM_ED25519] = { 3, { 0x2b, 0x65, 0x70 } }, /* 1.3.101.112 */
    [ALGORITHM_X25519] = { 3, { 0x2b, 0x65, 0x6e } },  /* 1.3.101.110 */
};

static void der_open(key_reader *r, unsigned tag)
{
    uint32_t size;

    swi_reader_require(r, swi_reader_byte(r) == tag);
    size = swi_reader_byte(r);
    if (size >= 0x80) {
        uint32_t n = size - 0x80;
        swi_reader_require(r, n <= sizeof(size));
        size = swi_reader_number(r, n);
        /* else not the shortest form or, of no bytes, an indefinite length */
        swi_reader_require(r, size >= 0x80 && size >> 8 * (n - 1) != 0);
    }
    swi_reader_open(r, size);
}

void swi_der_open_integer(key_reader *r)
{
    der_open(r, DER_INTEGER);
}

static void skip_element(key_reader *r, unsigned tag)
{
    der_open(r, tag);
    swi_reader_skip(r);
}

/* A version, which is one byte. */
static unsigned read_version(key_reader *r)
{
    unsigned version;

    swi_der_open_integer(r);
    version = swi_reader_byte(r);
    swi_reader_close(r);
    return version;
}

static algorithm read_oid(key_reader *r)
{
    uint8_t oid[sizeof(oids[0].bytes)] = { 0 };
    size_t size;

    der_open(r, DER_OID);
    size = swi_reader_left(r);
    swi_reader_read(r, size <= sizeof(oid) ? oid : NULL, size);
    swi_reader_close(r);
    for (unsigned i = ALGORITHM_RSA; i <= ALGORITHM_X25519; i++)
        if (size == oids[i].size && memcmp(oid, oids[i].bytes, size) == 0)
            return (algorithm)i;
    return ALGORITHM_OTHER;
}

/* RSA has a NULL for parameters, which some leave out; the others have none. Fails unless the kind of
 * key is one that is wanted; one that is not has no fields to go to, and is an other one from here on. */
static algorithm read_algorithm(key_reader *r)
{
    int want_x25519 = r->fields->type == NULL;
    algorithm kind;

    der_open(r, DER_SEQUENCE);
    kind = read_oid(r);
    if (kind == ALGORITHM_OTHER || (kind == ALGORITHM_X25519) != want_x25519) {
        swi_reader_fail(r, want_x25519 ? SW_E_KEY_NOT_X25519 : SW_E_KEY_OTHER, 0, 0);
        kind = ALGORITHM_OTHER;
    }
    if (kind == ALGORITHM_RSA && swi_reader_left(r) > 0) {
        der_open(r, DER_NULL);
        swi_reader_close(r);
    }
    swi_reader_close(r);
    return kind;
}

void swi_der_pkcs1_public(key_reader *r)
{
    der_open(r, DER_SEQUENCE);
    swi_key_modulus(r);
    swi_key_exponent(r);
    swi_reader_close(r);
}

void swi_der_spki(key_reader *r)
{
    algorithm kind;

    der_open(r, DER_SEQUENCE);
    kind = read_algorithm(r);
    der_open(r, DER_BIT_STRING);
    swi_reader_require(r, swi_reader_byte(r) == 0); /* unused bits of the last byte */
    if (kind == ALGORITHM_ED25519)
        swi_key_ed25519_public(r);
    else
        swi_der_pkcs1_public(r);
    swi_reader_close(r);
    swi_reader_close(r);
}

void swi_der_pkcs1(key_reader *r)
{
    enum { TWO_PRIMES = 0, MORE_PRIMES = 1 };
    unsigned version;

    der_open(r, DER_SEQUENCE);
    version = read_version(r);
    if (version == MORE_PRIMES)
        swi_reader_fail(r, SW_E_KEY_UNSUPPORTED, 0, 0);
    swi_reader_require(r, version == TWO_PRIMES);
    swi_key_modulus(r);
    swi_key_exponent(r);
    swi_key_secret_exponent(r);
    swi_key_primes(r);
    for (unsigned i = 0; i < 3; i++) /* d mod p-1, d mod q-1, 1/q mod p follow from these */
        skip_element(r, DER_INTEGER);
    swi_reader_close(r);
}

/* The secret half of a curve, a string within the string. */
static void read_curve_secret(key_reader *r, algorithm kind)
{
    der_open(r, DER_OCTET_STRING);
    if (kind == ALGORITHM_ED25519) {
        swi_key_ed25519_secret(r);
    } else {
        swi_reader_require(r, swi_reader_left(r) == SW_X25519_SIZE);
        swi_reader_read(r, r->fields->x25519, SW_X25519_SIZE);
    }
    swi_reader_close(r);
}

/* Version 1 (RFC 5958) may have the public half at its end. */
static void read_public_half(key_reader *r, algorithm kind)
{
    der_open(r, DER_PUBLIC_HALF);
    swi_reader_require(r, swi_reader_byte(r) == 0); /* unused bits */
    if (kind == ALGORITHM_ED25519)
        swi_key_ed25519_public(r);
    else
        swi_reader_read(r, NULL, swi_reader_left(r));
    swi_reader_close(r);
}

void swi_der_pkcs8(key_reader *r)
{
    unsigned version;
    algorithm kind;

    der_open(r, DER_SEQUENCE);
    version = read_version(r);
    swi_reader_require(r, version <= 1);
    kind = read_algorithm(r);
    der_open(r, DER_OCTET_STRING);
    if (kind == ALGORITHM_RSA)
        swi_der_pkcs1(r);
    else
        read_curve_secret(r, kind);
    swi_reader_close(r);
    if (swi_reader_next_is(r, DER_ATTRIBUTES))
        skip_element(r, DER_ATTRIBUTES);
    if (version == 1 && swi_reader_left(r) > 0)
        read_public_half(r, kind);
    swi_reader_close(r);
}
