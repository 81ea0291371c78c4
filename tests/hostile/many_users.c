/* SPDX-License-Identifier: ISC */
#include "many_users.h"

#include "key_builder.h"
#include "scratch.h"

#include <sidewire/ssh.h>

#include <check.h>

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

/* ---- keys ---- */

/* Uniform from sqrt(1/2) to 1, as a part of the next power of two [FIPS 186-4, B.3]; odd. */
static void draw_factor(uint8_t *out, size_t size)
{
    static const uint8_t least[] = { 0xb5, 0x04, 0xf3, 0x33, 0xf9, 0xde, 0x64, 0x85 };

    do
        ck_assert_int_eq(getrandom(out, size, 0), (ssize_t)size);
    while (memcmp(out, least, sizeof(least)) < 0);
    out[size - 1] |= 1;
}

/* out[0..2 * size) = a * b, all of them big-endian. */
static void multiply(uint8_t *out, const uint8_t *a, const uint8_t *b, size_t size)
{
    memset(out, 0, 2 * size);
    for (size_t i = size; i-- > 0;) {
        unsigned carry = 0;
        for (size_t k = size; k-- > 0;) {
            carry += out[i + k + 1] + (unsigned)a[i] * b[k];
            out[i + k + 1] = (uint8_t)carry;
            carry >>= 8;
        }
        out[i] = (uint8_t)carry;
    }
}

void write_public_key(const char *path, const sw_public_key *key)
{
    uint8_t bytes[SW_SSH_KEY_MAX];
    blob body = { bytes, 0, 0 };
    blob text;

    ck_assert_int_eq(sw_ssh_key_write(key, bytes, sizeof(bytes), &body.len), SW_OK);
    text = base64_encode(&body, 0);
    scratch_write_text(path, scratch_format("ssh-%s %.*s\n", key->type == SW_KEY_RSA ? "rsa" : "ed25519",
                                            (int)text.len, (char *)text.data));
    blob_free(&text);
}

static void write_key(const char *path, const user_kind *kind)
{
    sw_public_key key = { .type = SW_KEY_RSA, .bits = (uint16_t)kind->bits, .n_size = (uint16_t)(kind->bits / 8) };
    uint8_t p[SW_RSA_MAX_SIZE / 2], q[SW_RSA_MAX_SIZE / 2];
    size_t size = kind->bits / 16;

    do {
        draw_factor(p, size);
        draw_factor(q, size);
        multiply(key.n, p, q, size);
    } while (key.n[0] < kind->least);
    for (int shift = 24; shift >= 0; shift -= 8)
        if (kind->exponent >> shift != 0)
            key.e[key.e_size++] = (uint8_t)(kind->exponent >> shift);
    write_public_key(path, &key);
}

/* ---- lists ---- */

const char *known_name(int i)
{
    return scratch_format("user%04dk", i);
}

const char *unknown_name(int i)
{
    return scratch_format("user%04du", i);
}

const char *many_users_key(int i)
{
    return scratch_format("key%04d.pub", i);
}

static const user_kind *kind_of(const user_kind *kinds, int kind_count, int i)
{
    int all = 0;
    int at = 0;

    for (int k = 0; k < kind_count; k++)
        all += kinds[k].weight;
    for (i %= all; i >= kinds[at].weight; at++)
        i -= kinds[at].weight;
    return &kinds[at];
}

void many_users_write(const user_kind *kinds, int kind_count, int first, int count)
{
    size_t cap = (size_t)count * 64 + 1;
    char *list = scratch_allocate(cap);
    size_t len = 0;

    for (int i = first; i < first + count; i++) {
        write_key(many_users_key(i), kind_of(kinds, kind_count, i));
        len += (size_t)snprintf(list + len, cap - len, "user %s %s VSS_READ\n", known_name(i), many_users_key(i));
    }
    scratch_write_text("users", list);
}
