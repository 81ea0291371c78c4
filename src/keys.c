#include <sidewire/keys.h>

#include <string.h>

#include "key_formats.h"
#include "secret.h"

/* ---- numbers ---- */

/* Reads a positive number and returns its size without the byte that may precede it for the
 * sign's sake; 0: failed. Of a number larger than cap only the first byte is stored. */
static size_t read_number(key_reader *r, key_open *open, uint8_t *out, size_t cap)
{
    size_t outer = open(r);
    size_t size = r->end - r->count;

    sw_reader_read(r, out, 1);
    sw_reader_require(r, out[0] < 0x80);        /* else negative */
    if (out[0] == 0) {
        size--;
        sw_reader_read(r, out, 1);
        sw_reader_require(r, out[0] >= 0x80);   /* else not in the shortest form */
    }
    sw_reader_read(r, size <= cap ? out + 1 : NULL, size - 1);
    sw_reader_close(r, outer);
    return r->error.code < 0 ? 0 : size;
}

void sw_key_modulus(key_reader *r, key_open *open, const key_public_fields *fields)
{
    size_t size = read_number(r, open, fields->n, SW_RSA_MAX_SIZE);
    uint64_t bits = (uint64_t)size * 8;

    if (size == 0)
        return;
    for (unsigned top = fields->n[0]; top < 0x80; top <<= 1)
        bits--;
    if (bits < SW_RSA_MIN_BITS)
        sw_reader_fail(r, SW_E_KEY_SMALL, bits, SW_RSA_MIN_BITS);
    else if (bits > SW_RSA_MAX_BITS)
        sw_reader_fail(r, SW_E_KEY_LARGE, bits, SW_RSA_MAX_BITS);
    else
        sw_reader_require(r, fields->n[size - 1] & 1);
    *fields->n_size = (uint16_t)size;
    *fields->bits = (uint16_t)bits;
}

void sw_key_exponent(key_reader *r, key_open *open, const key_public_fields *fields)
{
    size_t size = read_number(r, open, fields->e, SW_RSA_MAX_EXPONENT_SIZE);

    if (size == 0)
        return;
    sw_reader_require(r, size <= SW_RSA_MAX_EXPONENT_SIZE && (fields->e[size - 1] & 1) == 1 &&
                         (size > 1 || fields->e[0] > 1));
    *fields->e_size = (uint16_t)size;
}

uint16_t sw_key_secret(key_reader *r, key_open *open, uint8_t *out, size_t cap)
{
    size_t size = read_number(r, open, out, cap);

    sw_reader_require(r, size <= cap);
    return (uint16_t)size;
}

/* ---- checks of a private key ---- */

/* p * q == n, from the lowest byte up. The product is never stored, and the time depends on the
 * sizes only. A column's sum stays below 2^26. */
static int product_is_modulus(const sw_private_key *key)
{
    size_t p_size = key->p_size;
    size_t q_size = key->q_size;
    uint32_t sum = 0;
    uint32_t differ = p_size + q_size < key->n_size;

    for (size_t k = 0; k < p_size + q_size; k++) {
        for (size_t i = k < q_size ? 0 : k - q_size + 1; i <= k && i < p_size; i++)
            sum += (uint32_t)key->p[p_size - 1 - i] * key->q[q_size - 1 - (k - i)];
        differ |= (sum & 0xff) ^ (k < key->n_size ? key->n[key->n_size - 1 - k] : 0u);
        sum >>= 8;
    }
    return differ == 0;
}

static int d_is_below_modulus(const sw_private_key *key)
{
    unsigned borrow = 0;

    if (key->d_size != key->n_size)
        return key->d_size < key->n_size;
    for (size_t i = key->n_size; i > 0; i--)
        borrow = ((unsigned)key->d[i - 1] - key->n[i - 1] - borrow) >> 8 & 1;
    return borrow != 0;
}

/* That d belongs to e and that p and q are primes is left to the backend. */
static void check_private(key_reader *r, const sw_private_key *key)
{
    if (r->error.code < 0)
        return;
    /* a factor as long as the modulus would leave 1, or little more, for the other one */
    sw_reader_require(r, key->p_size < key->n_size && key->q_size < key->n_size);
    sw_reader_require(r, product_is_modulus(key));
    sw_reader_require(r, d_is_below_modulus(key) && (key->d[key->d_size - 1] & 1) == 1);
}

/* ---- interface ---- */

static void start(key_reader *r, void *key, size_t size, const char *text, size_t len)
{
    if (key != NULL)
        memset(key, 0, size);
    sw_reader_init(r, text, text != NULL ? len : 0);
    if (key == NULL || (text == NULL && len > 0))
        sw_reader_fail(r, SW_E_NULL, 0, 0);
}

static int finish(key_reader *r, void *key, size_t size, sw_error *error)
{
    sw_error result = r->error;

    if (result.code < 0 && key != NULL)
        sw_secret_wipe(key, size);
    if (error != NULL)
        *error = result;
    sw_secret_wipe(r, sizeof(*r));
    return result.code;
}

/* Reads a private key if `key` is given, else a public one. */
static void read_key(key_reader *r, const key_public_fields *fields, sw_private_key *key)
{
    if (key != NULL && r->kind >= KEY_FIRST_PUBLIC && r->kind < KEY_FIRST_PRIVATE)
        sw_reader_fail(r, SW_E_KEY_IS_PUBLIC, 0, 0);
    if (key == NULL && r->kind >= KEY_FIRST_PRIVATE)
        sw_reader_fail(r, SW_E_KEY_IS_PRIVATE, 0, 0);
    if (r->error.code < 0)
        return;
    switch (r->kind) {
    case KEY_UNKNOWN:
        sw_reader_fail(r, SW_E_KEY_FORMAT, 0, 0);
        break;
    case KEY_NOT_RSA:
        sw_reader_fail(r, SW_E_KEY_NOT_RSA, 0, 0);
        break;
    case KEY_SSH_LINE:
        sw_ssh_public(r, fields);
        break;
    case KEY_SPKI:
        sw_der_spki(r, fields);
        break;
    case KEY_PKCS1_PUBLIC:
        sw_der_pkcs1_public(r, fields);
        break;
    case KEY_PKCS1:
        sw_der_pkcs1(r, fields, key);
        break;
    case KEY_PKCS8:
        sw_der_pkcs8(r, fields, key);
        break;
    case KEY_OPENSSH:
        sw_ssh_private(r, fields, key);
        break;
    case KEY_ENCRYPTED:
        sw_reader_fail(r, SW_E_KEY_PASSPHRASE, 0, 0);
        break;
    }
    sw_reader_finish(r);
}

int sw_public_key_parse(sw_public_key *key, const char *text, size_t len, sw_error *error)
{
    key_reader r;

    start(&r, key, sizeof(*key), text, len);
    if (key != NULL) {
        key_public_fields fields = { key->n, key->e, &key->n_size, &key->e_size, &key->bits };
        read_key(&r, &fields, NULL);
    }
    return finish(&r, key, sizeof(*key), error);
}

int sw_private_key_parse(sw_private_key *key, const char *text, size_t len, sw_error *error)
{
    key_reader r;

    start(&r, key, sizeof(*key), text, len);
    if (key != NULL) {
        key_public_fields fields = { key->n, key->e, &key->n_size, &key->e_size, &key->bits };
        read_key(&r, &fields, key);
        check_private(&r, key);
    }
    return finish(&r, key, sizeof(*key), error);
}

void sw_private_key_wipe(sw_private_key *key)
{
    if (key != NULL)
        sw_secret_wipe(key, sizeof(*key));
}

sw_rsa_public sw_public_key_view(const sw_public_key *key)
{
    sw_rsa_public view = { NULL, NULL, 0, 0 };

    if (key != NULL) {
        view.n = key->n;
        view.e = key->e;
        view.n_size = key->n_size;
        view.e_size = key->e_size;
    }
    return view;
}

sw_rsa_private sw_private_key_view(const sw_private_key *key)
{
    sw_rsa_private view = { NULL, NULL, NULL, NULL, NULL, 0, 0, 0, 0, 0 };

    if (key != NULL) {
        view.n = key->n;
        view.e = key->e;
        view.d = key->d;
        view.p = key->p;
        view.q = key->q;
        view.n_size = key->n_size;
        view.e_size = key->e_size;
        view.d_size = key->d_size;
        view.p_size = key->p_size;
        view.q_size = key->q_size;
    }
    return view;
}
