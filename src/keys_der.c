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

static size_t der_open(key_reader *r, unsigned tag)
{
    uint32_t size;

    sw_reader_require(r, sw_reader_byte(r) == tag);
    size = sw_reader_byte(r);
    if (size >= 0x80) {
        uint32_t n = size - 0x80;
        uint32_t i;
        sw_reader_require(r, n <= sizeof(size));
        for (size = 0, i = n; i > 0 && r->error.code == SW_OK; i--)
            size = size << 8 | sw_reader_byte(r);
        /* else not the shortest form or, of no bytes, an indefinite length */
        sw_reader_require(r, size >= 0x80 && size >> 8 * (n - 1) != 0);
    }
    return sw_reader_open(r, size);
}

static size_t open_integer(key_reader *r)
{
    return der_open(r, DER_INTEGER);
}

static void skip_element(key_reader *r, unsigned tag)
{
    size_t outer = der_open(r, tag);

    sw_reader_skip(r);
    sw_reader_close(r, outer);
}

static void expect_zero(key_reader *r)
{
    size_t outer = open_integer(r);

    sw_reader_require(r, sw_reader_matches(r, "", 1));
    sw_reader_close(r, outer);
}

static void expect_rsa_algorithm(key_reader *r)
{
    size_t outer = der_open(r, DER_SEQUENCE);
    size_t inner = der_open(r, DER_OID);

    if (!sw_reader_matches(r, rsa_oid, sizeof(rsa_oid)))
        sw_reader_fail(r, SW_E_KEY_NOT_RSA, 0, 0);
    sw_reader_close(r, inner);
    sw_reader_close(r, der_open(r, DER_NULL));
    sw_reader_close(r, outer);
}

void sw_der_pkcs1_public(key_reader *r, const key_public_fields *fields)
{
    size_t outer = der_open(r, DER_SEQUENCE);

    sw_key_modulus(r, open_integer, fields);
    sw_key_exponent(r, open_integer, fields);
    sw_reader_close(r, outer);
}

void sw_der_spki(key_reader *r, const key_public_fields *fields)
{
    size_t outer = der_open(r, DER_SEQUENCE);
    size_t inner;

    expect_rsa_algorithm(r);
    inner = der_open(r, DER_BIT_STRING);
    sw_reader_require(r, sw_reader_byte(r) == 0);   /* unused bits of the last byte */
    sw_der_pkcs1_public(r, fields);
    sw_reader_close(r, inner);
    sw_reader_close(r, outer);
}

void sw_der_pkcs1(key_reader *r, const key_public_fields *fields, sw_private_key *key)
{
    size_t outer = der_open(r, DER_SEQUENCE);

    expect_zero(r);                 /* the version; others have more than two primes */
    sw_key_modulus(r, open_integer, fields);
    sw_key_exponent(r, open_integer, fields);
    key->d_size = sw_key_secret(r, open_integer, key->d, sizeof(key->d));
    key->p_size = sw_key_secret(r, open_integer, key->p, sizeof(key->p));
    key->q_size = sw_key_secret(r, open_integer, key->q, sizeof(key->q));
    skip_element(r, DER_INTEGER);   /* d mod p-1, d mod q-1, 1/q mod p follow from the others */
    skip_element(r, DER_INTEGER);
    skip_element(r, DER_INTEGER);
    sw_reader_close(r, outer);
}

void sw_der_pkcs8(key_reader *r, const key_public_fields *fields, sw_private_key *key)
{
    size_t outer = der_open(r, DER_SEQUENCE);
    size_t inner;

    expect_zero(r);
    expect_rsa_algorithm(r);
    inner = der_open(r, DER_OCTET_STRING);
    sw_der_pkcs1(r, fields, key);
    sw_reader_close(r, inner);
    if (r->count < r->end)
        skip_element(r, DER_ATTRIBUTES);
    sw_reader_close(r, outer);
}
