#include "key_formats.h"

enum {
    DER_INTEGER = 0x02,
    DER_BIT_STRING = 0x03,
    DER_OCTET_STRING = 0x04,
    DER_NULL = 0x05,
    DER_OID = 0x06,
    DER_SEQUENCE = 0x30,
    DER_ATTRIBUTES = 0xa0
};

/* 1.2.840.113549.1.1.1, rsaEncryption */
static const uint8_t rsa_oid[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01 };

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

static void expect_zero(key_reader *r)
{
    swi_der_open_integer(r);
    swi_reader_require(r, swi_reader_matches(r, "", 1));
}

static void expect_rsa_algorithm(key_reader *r)
{
    der_open(r, DER_SEQUENCE);
    der_open(r, DER_OID);
    if (!swi_reader_matches(r, rsa_oid, sizeof(rsa_oid)))
        swi_reader_fail(r, SW_E_KEY_NOT_RSA, 0, 0);
    der_open(r, DER_NULL);
    swi_reader_close(r);
    swi_reader_close(r);
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
    der_open(r, DER_SEQUENCE);
    expect_rsa_algorithm(r);
    der_open(r, DER_BIT_STRING);
    swi_reader_require(r, swi_reader_byte(r) == 0);   /* unused bits of the last byte */
    swi_der_pkcs1_public(r);
    swi_reader_close(r);
    swi_reader_close(r);
}

void swi_der_pkcs1(key_reader *r)
{
    der_open(r, DER_SEQUENCE);
    expect_zero(r);                 /* the version; others have more than two primes */
    swi_key_modulus(r);
    swi_key_exponent(r);
    swi_key_secret_exponent(r);
    swi_key_primes(r);
    for (unsigned i = 0; i < 3; i++)    /* d mod p-1, d mod q-1, 1/q mod p follow from these */
        skip_element(r, DER_INTEGER);
    swi_reader_close(r);
}

void swi_der_pkcs8(key_reader *r)
{
    der_open(r, DER_SEQUENCE);
    expect_zero(r);
    expect_rsa_algorithm(r);
    der_open(r, DER_OCTET_STRING);
    swi_der_pkcs1(r);
    swi_reader_close(r);
    if (r->count < r->end)
        skip_element(r, DER_ATTRIBUTES);
    swi_reader_close(r);
}
