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

    sw_reader_require(r, sw_reader_byte(r) == tag);
    size = sw_reader_byte(r);
    if (size >= 0x80) {
        uint32_t n = size - 0x80;
        sw_reader_require(r, n <= sizeof(size));
        size = sw_reader_number(r, n);
        /* else not the shortest form or, of no bytes, an indefinite length */
        sw_reader_require(r, size >= 0x80 && size >> 8 * (n - 1) != 0);
    }
    sw_reader_open(r, size);
}

void sw_der_open_integer(key_reader *r)
{
    der_open(r, DER_INTEGER);
}

static void skip_element(key_reader *r, unsigned tag)
{
    der_open(r, tag);
    sw_reader_skip(r);
}

static void expect_zero(key_reader *r)
{
    sw_der_open_integer(r);
    sw_reader_require(r, sw_reader_matches(r, "", 1));
}

static void expect_rsa_algorithm(key_reader *r)
{
    der_open(r, DER_SEQUENCE);
    der_open(r, DER_OID);
    if (!sw_reader_matches(r, rsa_oid, sizeof(rsa_oid)))
        sw_reader_fail(r, SW_E_KEY_NOT_RSA, 0, 0);
    der_open(r, DER_NULL);
    sw_reader_close(r);
    sw_reader_close(r);
}

void sw_der_pkcs1_public(key_reader *r)
{
    der_open(r, DER_SEQUENCE);
    sw_key_modulus(r);
    sw_key_exponent(r);
    sw_reader_close(r);
}

void sw_der_spki(key_reader *r)
{
    der_open(r, DER_SEQUENCE);
    expect_rsa_algorithm(r);
    der_open(r, DER_BIT_STRING);
    sw_reader_require(r, sw_reader_byte(r) == 0);   /* unused bits of the last byte */
    sw_der_pkcs1_public(r);
    sw_reader_close(r);
    sw_reader_close(r);
}

void sw_der_pkcs1(key_reader *r)
{
    der_open(r, DER_SEQUENCE);
    expect_zero(r);                 /* the version; others have more than two primes */
    sw_key_modulus(r);
    sw_key_exponent(r);
    sw_key_secret_exponent(r);
    sw_key_primes(r);
    for (unsigned i = 0; i < 3; i++)    /* d mod p-1, d mod q-1, 1/q mod p follow from these */
        skip_element(r, DER_INTEGER);
    sw_reader_close(r);
}

void sw_der_pkcs8(key_reader *r)
{
    der_open(r, DER_SEQUENCE);
    expect_zero(r);
    expect_rsa_algorithm(r);
    der_open(r, DER_OCTET_STRING);
    sw_der_pkcs1(r);
    sw_reader_close(r);
    if (r->count < r->end)
        skip_element(r, DER_ATTRIBUTES);
    sw_reader_close(r);
}
