/* SPDX-License-Identifier: ISC */
#include "key_parse.h"

#include <stdlib.h>
#include <string.h>

#include "suite.h"

/* Checks pass without a word to Check, which takes its time to note each: calls are many. */
static void check_number(const char *name, const uint8_t *number, size_t size, size_t cap)
{
    if (size == 0 || size > cap || number[0] == 0)
        ck_abort_msg("%s has %zu bytes, the first one %u", name, size, number[0]);
}

static void check_good(const sw_private_key *key, int is_private)
{
    unsigned bits = key->n_size * 8u;

    if (key->type != SW_KEY_RSA)
        ck_abort_msg("type %d", (int)key->type);
    check_number("n", key->n, key->n_size, sizeof(key->n));
    check_number("e", key->e, key->e_size, sizeof(key->e));
    for (unsigned top = key->n[0]; top < 0x80; top <<= 1)
        bits--;
    if (key->bits != bits || bits < SW_RSA_MIN_BITS || bits > SW_RSA_MAX_BITS)
        ck_abort_msg("%u bits, told as %u", bits, key->bits);
    if (is_private) {
        check_number("d", key->d, key->d_size, sizeof(key->d));
        check_number("p", key->p, key->p_size, sizeof(key->p));
        check_number("q", key->q, key->q_size, sizeof(key->q));
    }
}

static void check_zero(const void *p, size_t size)
{
    const uint8_t *byte = p;

    for (size_t i = 0; i < size; i++)
        if (byte[i] != 0)
            ck_abort_msg("byte %zu of a failed key is left", i);
}

int parse_key(int is_private, const void *text, size_t len, sw_private_key *key, sw_error *error)
{
    char *copy = (char *)exact_copy(text, len);
    sw_public_key public;
    int result;

    memset(key, 0xa5, sizeof(*key));
    memset(&public, 0xa5, sizeof(public));
    memset(error, 0xa5, sizeof(*error));
    if (is_private) {
        result = sw_private_key_parse(key, copy, len, error);
    } else {
        result = sw_public_key_parse(&public, copy, len, error);
        memset(key, 0, sizeof(*key));
        memcpy(key->n, public.n, sizeof(key->n));
        memcpy(key->e, public.e, sizeof(key->e));
        key->type = public.type;
        key->bits = public.bits;
        key->n_size = public.n_size;
        key->e_size = public.e_size;
    }
    free(copy);
    if (error->code != result)
        ck_abort_msg("result %d, error %d", result, error->code);
    if (result == SW_OK) {
        check_good(key, is_private);
    } else {
        check_zero(key, sizeof(*key));
        if (!is_private)
            check_zero(&public, sizeof(public));
    }
    return result;
}

int parse_body(key_form form, blob *body, sw_private_key *key, sw_error *error)
{
    blob text = armour(form, body);
    int code = parse_key(form_is_private(form), text.data, text.len, key, error);

    blob_free(&text);
    blob_free(body);
    return code;
}

int parse_model(key_form form, const key_model *model, sw_private_key *key, sw_error *error)
{
    blob body = build_body(form, model);

    return parse_body(form, &body, key, error);
}
