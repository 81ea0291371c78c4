/* SPDX-License-Identifier: ISC */
#include <sidewire/keys.h>

#include <string.h>

#include "error_internal.h"
#include "key_formats.h"
#include "secret.h"

/* ---- numbers ---- */

static void open_number(key_reader *r)
{
    if (r->form == KEY_SSH_RSA || r->form == KEY_SSH2 || r->form == KEY_OPENSSH)
        swi_ssh_open_string(r);
    else
        swi_der_open_integer(r);
}

/* Reads a positive number and returns its size without the zeros that may precede it: one for the
 * sign's sake, and more than that as ssh-keygen and openssl pass over them too. 0: failed. Of a number
 * larger than cap only the first byte is stored; without `out` nothing is. */
static size_t read_number(key_reader *r, uint8_t *out, size_t cap)
{
    uint8_t first;
    size_t rest;

    open_number(r);
    first = swi_reader_byte(r);
    swi_reader_require(r, first < 0x80); /* else negative */
    while (first == 0 && r->error.code == SW_OK)
        first = swi_reader_byte(r); /* fails at the end: zero is no number of a key */
    rest = swi_reader_left(r);
    if (out != NULL)
        out[0] = first;
    swi_reader_read(r, out != NULL && rest < cap ? out + 1 : NULL, rest);
    swi_reader_close(r);
    return r->error.code < 0 ? 0 : rest + 1;
}

void swi_key_modulus(key_reader *r)
{
    const key_fields *fields = r->fields;
    size_t size = read_number(r, fields->n, SW_RSA_MAX_SIZE);
    uint64_t bits = (uint64_t)size * 8;

    if (size == 0)
        return;
    for (unsigned top = fields->n[0]; top < 0x80; top <<= 1)
        bits--;
    if (bits < SW_RSA_MIN_BITS)
        swi_reader_fail(r, SW_E_KEY_SMALL, bits, SW_RSA_MIN_BITS);
    else if (bits > SW_RSA_MAX_BITS)
        swi_reader_fail(r, SW_E_KEY_LARGE, bits, SW_RSA_MAX_BITS);
    else
        swi_reader_require(r, fields->n[size - 1] & 1);
    *fields->type = SW_KEY_RSA;
    *fields->n_size = (uint16_t)size;
    *fields->bits = (uint16_t)bits;
}

void swi_key_exponent(key_reader *r)
{
    const key_fields *fields = r->fields;
    size_t size = read_number(r, fields->e, SW_RSA_MAX_EXPONENT_SIZE);

    if (size == 0)
        return;
    if (size > SW_RSA_MAX_EXPONENT_SIZE)
        swi_reader_fail(r, SW_E_KEY_UNSUPPORTED, 0, 0);
    else
        swi_reader_require(r, (fields->e[size - 1] & 1) == 1 && (size > 1 || fields->e[0] > 1));
    *fields->e_size = (uint16_t)size;
}

/* Likewise, but fails if there is no room for it. */
static uint16_t read_secret(key_reader *r, uint8_t *out, size_t cap)
{
    size_t size = read_number(r, out, cap);

    swi_reader_require(r, size <= cap);
    return (uint16_t)size;
}

void swi_key_secret_exponent(key_reader *r)
{
    sw_private_key *key = r->fields->secret;

    if (key != NULL)
        key->d_size = read_secret(r, key->d, sizeof(key->d));
    else
        (void)read_number(r, NULL, 0);
}

void swi_key_primes(key_reader *r)
{
    sw_private_key *key = r->fields->secret;

    if (key != NULL) {
        key->p_size = read_secret(r, key->p, sizeof(key->p));
        key->q_size = read_secret(r, key->q, sizeof(key->q));
    } else {
        (void)read_number(r, NULL, 0);
        (void)read_number(r, NULL, 0);
    }
}

/* ---- Ed25519 ---- */

void swi_key_ed25519_public(key_reader *r)
{
    swi_reader_require(r, swi_reader_left(r) == SW_ED25519_PUBLIC_SIZE);
    swi_reader_read(r, r->fields->ed25519, SW_ED25519_PUBLIC_SIZE);
    *r->fields->type = SW_KEY_ED25519;
    if (r->fields->secret != NULL)
        r->fields->secret->has_public_half = 1;
}

void swi_key_ed25519_secret(key_reader *r)
{
    sw_private_key *key = r->fields->secret;

    swi_reader_require(r, swi_reader_left(r) == SW_ED25519_SECRET_SIZE);
    swi_reader_read(r, key != NULL ? key->ed25519.secret : NULL, SW_ED25519_SECRET_SIZE);
    if (key != NULL)
        key->type = SW_KEY_ED25519;
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
        for (size_t i = 0; i < p_size && i <= k; i++)
            if (k - i < q_size)
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
static int is_consistent(const sw_private_key *key)
{
    /* a factor as long as the modulus would leave 1, or little more, for the other one */
    return key->p_size < key->n_size && key->q_size < key->n_size && product_is_modulus(key) &&
           d_is_below_modulus(key) && (key->d[key->d_size - 1] & 1) == 1;
}

/* ---- interface ---- */

static void (*const formats[])(key_reader *) = {
    [KEY_SSH_RSA] = swi_ssh_public, [KEY_SSH_ED25519] = swi_ssh_public,        [KEY_SSH2] = swi_ssh_public,
    [KEY_SPKI] = swi_der_spki,      [KEY_PKCS1_PUBLIC] = swi_der_pkcs1_public, [KEY_PKCS1] = swi_der_pkcs1,
    [KEY_PKCS8] = swi_der_pkcs8,    [KEY_OPENSSH] = swi_ssh_private,
};

/* Why a key of this form cannot be read, or SW_OK. */
static int check_form(key_form form, int want_private)
{
    int is_private = form >= KEY_FIRST_PRIVATE;

    if (form < KEY_FIRST_PUBLIC)
        return form == KEY_UNKNOWN ? SW_E_KEY_FORMAT : SW_E_KEY_OTHER;
    if (is_private != want_private)
        return is_private ? SW_E_KEY_IS_PRIVATE : SW_E_KEY_IS_PUBLIC;
    return form == KEY_ENCRYPTED ? SW_E_KEY_PASSPHRASE : SW_OK;
}

/* What can be said once all is read. */
static int is_whole(const key_fields *fields)
{
    const sw_private_key *key = fields->secret;

    return key == NULL || key->type == SW_KEY_ED25519 || is_consistent(key);
}

int swi_key_parse(const key_fields *fields, int want_private, void *key, size_t key_size, const char *text,
                  size_t len, sw_error *error)
{
    key_reader r;
    int result;

    swi_secret_wipe(key, key_size);
    if (text == NULL && len > 0)
        return swi_error_set(error, SW_E_NULL, 0, 0);
    swi_reader_init(&r, text, len);
    r.fields = fields;
    result = check_form(r.form, want_private);
    if (result == SW_OK && fields->type == NULL && r.form != KEY_PKCS8)
        result = SW_E_KEY_NOT_X25519;
    if (result == SW_OK)
        formats[r.form](&r);
    else
        swi_reader_fail(&r, result, 0, 0);
    swi_reader_finish(&r);
    if (r.error.code == SW_OK)
        swi_reader_require(&r, is_whole(fields));
    result = swi_error_set(error, r.error.code, r.error.value, r.error.limit);
    if (result < 0)
        swi_secret_wipe(key, key_size);
    swi_secret_wipe(&r, sizeof(r));
    return result;
}

key_fields swi_key_public_fields(sw_public_key *key)
{
    return (key_fields){ &key->type, key->n,       key->e, &key->n_size, &key->e_size,
                         &key->bits, key->ed25519, NULL,   NULL };
}

int sw_public_key_parse(sw_public_key *key, const char *text, size_t len, sw_error *error)
{
    key_fields fields;

    if (key == NULL)
        return swi_error_set(error, SW_E_NULL, 0, 0);
    fields = swi_key_public_fields(key);
    return swi_key_parse(&fields, 0, key, sizeof(*key), text, len, error);
}

int sw_private_key_parse(sw_private_key *key, const char *text, size_t len, sw_error *error)
{
    key_fields fields;

    if (key == NULL)
        return swi_error_set(error, SW_E_NULL, 0, 0);
    fields =
        (key_fields){ &key->type, key->n, key->e, &key->n_size, &key->e_size, &key->bits, key->ed25519.public_half,
                      key,        NULL };
    return swi_key_parse(&fields, 1, key, sizeof(*key), text, len, error);
}

void sw_private_key_wipe(sw_private_key *key)
{
    if (key != NULL)
        swi_secret_wipe(key, sizeof(*key));
}

sw_rsa_public sw_public_key_view(const sw_public_key *key)
{
    static const sw_rsa_public none = { NULL, NULL, 0, 0 };

    if (key == NULL)
        return none;
    return (sw_rsa_public){ key->n, key->e, key->n_size, key->e_size };
}

sw_rsa_private sw_private_key_view(const sw_private_key *key)
{
    static const sw_rsa_private none = { NULL, NULL, NULL, NULL, NULL, 0, 0, 0, 0, 0, NULL };

    if (key == NULL)
        return none;
    return (sw_rsa_private){ key->n,      key->e,      key->d,      key->p,      key->q, key->n_size,
                             key->e_size, key->d_size, key->p_size, key->q_size, NULL };
}
