/* SPDX-License-Identifier: ISC */
#include "remembering.h"

#include <string.h>

enum { QUESTION_MAX = SW_RSA_MAX_SIZE + SW_SHA256_SIZE + 512, ANSWER_MAX = SW_RSA_MAX_SIZE, MEMORIES = 32 };

/* What was asked, which begins with the operation's letter, and what came of it. */
typedef struct memory {
    uint8_t question[QUESTION_MAX];
    size_t question_len;
    uint8_t answer[ANSWER_MAX];
    int result;
} memory;

static const sw_crypto *backend;
static memory memories[MEMORIES];
static size_t known;
static memory asked; /* while it is asked */

static void ask(char operation)
{
    asked.question[0] = (uint8_t)operation;
    asked.question_len = 1;
}

static void ask_about(const void *data, size_t len)
{
    memcpy(asked.question + asked.question_len, data, len);
    asked.question_len += len;
}

/* The memory of what was asked; NULL: there is none. */
static const memory *remembered(void)
{
    for (const memory *m = memories; m < memories + known; m++)
        if (m->question_len == asked.question_len && memcmp(m->question, asked.question, asked.question_len) == 0)
            return m;
    return NULL;
}

static int remember(int result, const uint8_t *answer, size_t len)
{
    asked.result = result;
    if (len > 0)
        memcpy(asked.answer, answer, len);
    if (known < MEMORIES)
        memories[known++] = asked;
    return result;
}

static int x25519_public(void *ctx, uint8_t out[SW_X25519_SIZE], const uint8_t secret[SW_X25519_SIZE])
{
    const memory *m;

    ask('p');
    ask_about(secret, SW_X25519_SIZE);
    m = remembered();
    if (m == NULL)
        return remember(backend->x25519_public(ctx, out, secret), out, SW_X25519_SIZE);
    memcpy(out, m->answer, SW_X25519_SIZE);
    return m->result;
}

static int x25519(void *ctx, uint8_t out[SW_X25519_SIZE], const sw_x25519_key *own,
                  const uint8_t peer[SW_X25519_SIZE])
{
    const memory *m;

    ask('a');
    ask_about(own->secret, SW_X25519_SIZE);
    ask_about(peer, SW_X25519_SIZE);
    m = remembered();
    if (m == NULL)
        return remember(backend->x25519(ctx, out, own, peer), out, SW_X25519_SIZE);
    memcpy(out, m->answer, SW_X25519_SIZE);
    return m->result;
}

/* One private key at a time, so the hash is enough. */
static int rsa_sign(const sw_crypto *crypto, const sw_rsa_private *key, const uint8_t hash[SW_SHA256_SIZE],
                    uint8_t *signature)
{
    const memory *m;

    ask('s');
    ask_about(key->n, 64);
    ask_about(hash, SW_SHA256_SIZE);
    m = remembered();
    if (m == NULL)
        return remember(backend->rsa_sign(crypto, key, hash, signature), signature, key->n_size);
    memcpy(signature, m->answer, key->n_size);
    return m->result;
}

static int rsa_verify(const sw_crypto *crypto, const sw_rsa_public *key, const uint8_t hash[SW_SHA256_SIZE],
                      const uint8_t *signature)
{
    const memory *m;

    ask('v');
    ask_about(key->n, 64);
    ask_about(hash, SW_SHA256_SIZE);
    ask_about(signature, key->n_size);
    m = remembered();
    return m != NULL ? m->result : remember(backend->rsa_verify(crypto, key, hash, signature), NULL, 0);
}

static int ed25519_sign(void *ctx, const sw_ed25519_key *key, const uint8_t *message, size_t size,
                        uint8_t signature[SW_ED25519_SIGNATURE_SIZE])
{
    const memory *m;

    ask('d');
    ask_about(key->secret, SW_ED25519_SECRET_SIZE);
    ask_about(message, size);
    m = remembered();
    if (m == NULL)
        return remember(backend->ed25519_sign(ctx, key, message, size, signature), signature,
                        SW_ED25519_SIGNATURE_SIZE);
    memcpy(signature, m->answer, SW_ED25519_SIGNATURE_SIZE);
    return m->result;
}

static int ed25519_verify(void *ctx, const uint8_t key[SW_ED25519_PUBLIC_SIZE], const uint8_t *message,
                          size_t size, const uint8_t signature[SW_ED25519_SIGNATURE_SIZE])
{
    const memory *m;

    ask('e');
    ask_about(key, SW_ED25519_PUBLIC_SIZE);
    ask_about(message, size);
    ask_about(signature, SW_ED25519_SIGNATURE_SIZE);
    m = remembered();
    return m != NULL ? m->result : remember(backend->ed25519_verify(ctx, key, message, size, signature), NULL, 0);
}

sw_crypto remembering(const sw_crypto *real)
{
    sw_crypto table = *real;

    backend = real;
    known = 0;
    table.x25519_public = x25519_public;
    table.x25519 = x25519;
    table.rsa_sign = rsa_sign;
    table.rsa_verify = rsa_verify;
    if (real->ed25519_sign != NULL)
        table.ed25519_sign = ed25519_sign;
    if (real->ed25519_verify != NULL)
        table.ed25519_verify = ed25519_verify;
    return table;
}
