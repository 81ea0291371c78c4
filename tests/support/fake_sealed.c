/* SPDX-License-Identifier: ISC */
/* What sealed sessions need of the fake backend. */
#include "fake_crypto.h"

#include <string.h>

/* ---- SHA-256 in pieces: as in one piece, whatever the cuts ---- */

typedef struct sha256_state {
    const void *self; /* where it was started, NULL when wiped */
    uint64_t sum, size;
} sha256_state;

static int sha256_start(void *ctx, void *state)
{
    fake_crypto *fake = ctx;
    sha256_state *s = state;

    memset(s, 0, sizeof(*s));
    if (fake_crypto_call(fake, FAKE_SHA256_START, 0) < 0)
        return -1;
    s->self = s;
    s->sum = 256;
    fake->sha256_states++;
    return 0;
}

static int sha256_update(void *ctx, void *state, const uint8_t *in, size_t size)
{
    sha256_state *s = state;

    if (fake_crypto_call(ctx, FAKE_SHA256_UPDATE, size) < 0 || s->self != s)
        return -1;
    for (size_t i = 0; i < size; i++)
        s->sum = fake_crypto_digest(s->sum, in + i, 1);
    s->size += size;
    return 0;
}

static void sha256_wipe(void *ctx, void *state)
{
    fake_crypto *fake = ctx;
    sha256_state *s = state;

    if (s->self == s)
        fake->sha256_states--;
    memset(s, 0, sizeof(*s));
}

static int sha256_finish(void *ctx, void *state, uint8_t out[SW_SHA256_SIZE])
{
    sha256_state *s = state;
    int failed = fake_crypto_call(ctx, FAKE_SHA256_FINISH, 0) < 0 || s->self != s;

    fake_crypto_fill(out, SW_SHA256_SIZE, s->sum ^ s->size);
    sha256_wipe(ctx, state);
    return failed ? -1 : 0;
}

/* ---- X25519 ---- */

static int x25519_public(void *ctx, uint8_t out[SW_X25519_SIZE], const uint8_t secret[SW_X25519_SIZE])
{
    if (fake_crypto_call(ctx, FAKE_X25519_PUBLIC, SW_X25519_SIZE) < 0)
        return -1;
    for (size_t i = 0; i < SW_X25519_SIZE; i++)
        out[i] = (uint8_t)(secret[i] ^ 0x55);
    return 0;
}

static int x25519(void *ctx, uint8_t out[SW_X25519_SIZE], const sw_x25519_key *own,
                  const uint8_t peer[SW_X25519_SIZE])
{
    static const uint8_t zeros[SW_X25519_SIZE];
    uint8_t half[SW_X25519_SIZE];
    uint64_t sum;

    if (fake_crypto_call(ctx, FAKE_X25519, SW_X25519_SIZE) < 0)
        return -1;
    for (size_t i = 0; i < SW_X25519_SIZE; i++)
        half[i] = (uint8_t)(own->secret[i] ^ 0x55);
    sum = fake_crypto_digest(1, half, sizeof(half)) + fake_crypto_digest(1, peer, SW_X25519_SIZE);
    if (memcmp(peer, zeros, sizeof(zeros)) == 0)
        memset(out, 0, SW_X25519_SIZE);
    else
        fake_crypto_fill(out, SW_X25519_SIZE, sum);
    return 0;
}

/* ---- AEADs ---- */

typedef struct aead_state {
    const void *self;
    uint64_t key;
} aead_state;

static int aead_start(void *ctx, void *state, sw_aead kind, const uint8_t key[SW_AEAD_KEY_SIZE])
{
    fake_crypto *fake = ctx;
    aead_state *s = state;

    if (fake_crypto_call(fake, FAKE_AEAD_START, SW_AEAD_KEY_SIZE) < 0)
        return -1;
    s->self = s;
    s->key = fake_crypto_digest(kind, key, SW_AEAD_KEY_SIZE);
    fake->aead_states++;
    return 0;
}

static void xor_stream(uint64_t seed, uint8_t *text, size_t size)
{
    uint8_t piece[64];

    for (size_t at = 0; at < size; at += sizeof(piece)) {
        fake_crypto_fill(piece, sizeof(piece), seed + at);
        for (size_t i = 0; i < sizeof(piece) && at + i < size; i++)
            text[at + i] ^= piece[i];
    }
}

static uint64_t stream_of(const aead_state *s, const uint8_t nonce[SW_AEAD_NONCE_SIZE])
{
    return fake_crypto_digest(s->key, nonce, SW_AEAD_NONCE_SIZE);
}

static void make_tag(uint8_t tag[SW_AEAD_TAG_SIZE], uint64_t stream, const uint8_t *ad, size_t ad_size,
                     const uint8_t *text, size_t size)
{
    fake_crypto_fill(tag, SW_AEAD_TAG_SIZE,
                     fake_crypto_digest(fake_crypto_digest(stream, ad, ad_size), text, size));
}

static int aead_seal(void *ctx, void *state, const uint8_t nonce[SW_AEAD_NONCE_SIZE], const uint8_t *ad,
                     size_t ad_size, uint8_t *text, size_t size)
{
    const aead_state *s = state;

    if (fake_crypto_call(ctx, FAKE_AEAD_SEAL, size) < 0 || s->self != s)
        return -1;
    xor_stream(stream_of(s, nonce), text, size);
    make_tag(text + size, stream_of(s, nonce), ad, ad_size, text, size);
    return 0;
}

/* The same call to those who count them. */
static int aead_seal_from(void *ctx, void *state, const uint8_t nonce[SW_AEAD_NONCE_SIZE], const uint8_t *ad,
                          size_t ad_size, uint8_t *text, size_t head, const uint8_t *data, size_t size)
{
    fake_crypto *fake = ctx;

    if (head % SW_AEAD_BLOCK_SIZE != 0 || size == 0)
        return -1;
    fake->sealed_from = data;
    memcpy(text + head, data, size);
    return aead_seal(ctx, state, nonce, ad, ad_size, text, head + size);
}

static int aead_open(void *ctx, void *state, const uint8_t nonce[SW_AEAD_NONCE_SIZE], const uint8_t *ad,
                     size_t ad_size, uint8_t *text, size_t size)
{
    const aead_state *s = state;
    uint8_t tag[SW_AEAD_TAG_SIZE];

    if (fake_crypto_call(ctx, FAKE_AEAD_OPEN, size) < 0 || s->self != s)
        return -1;
    make_tag(tag, stream_of(s, nonce), ad, ad_size, text, size);
    xor_stream(stream_of(s, nonce), text, size);
    return memcmp(tag, text + size, sizeof(tag)) == 0 ? 0 : 1;
}

static void aead_wipe(void *ctx, void *state)
{
    fake_crypto *fake = ctx;
    aead_state *s = state;

    if (s->self == s)
        fake->aead_states--;
    memset(s, 0, sizeof(*s));
}

/* ---- signatures ---- */

static void make_signature(uint8_t *out, size_t size, const uint8_t *key, size_t key_size, const uint8_t *message,
                           size_t message_size)
{
    fake_crypto_fill(out, size, fake_crypto_digest(fake_crypto_digest(4, key, key_size), message, message_size));
    out[0] &= 0x3f; /* below any modulus */
}

static int rsa_sign(const sw_crypto *crypto, const sw_rsa_private *key, const uint8_t hash[SW_SHA256_SIZE],
                    uint8_t *signature)
{
    if (fake_crypto_call(crypto->ctx, FAKE_RSA_SIGN, key->n_size) < 0)
        return -1;
    make_signature(signature, key->n_size, key->n, key->n_size, hash, SW_SHA256_SIZE);
    return 0;
}

static int rsa_verify(const sw_crypto *crypto, const sw_rsa_public *key, const uint8_t hash[SW_SHA256_SIZE],
                      const uint8_t *signature)
{
    uint8_t expected[SW_RSA_MAX_SIZE];

    if (fake_crypto_call(crypto->ctx, FAKE_RSA_VERIFY, key->n_size) < 0)
        return -1;
    make_signature(expected, key->n_size, key->n, key->n_size, hash, SW_SHA256_SIZE);
    return memcmp(expected, signature, key->n_size) == 0 ? 0 : 1;
}

static int ed25519_public(void *ctx, uint8_t out[SW_ED25519_PUBLIC_SIZE],
                          const uint8_t secret[SW_ED25519_SECRET_SIZE])
{
    return x25519_public(ctx, out, secret);
}

static int ed25519_sign(void *ctx, const sw_ed25519_key *key, const uint8_t *message, size_t size,
                        uint8_t signature[SW_ED25519_SIGNATURE_SIZE])
{
    if (fake_crypto_call(ctx, FAKE_ED25519_SIGN, size) < 0)
        return -1;
    make_signature(signature, SW_ED25519_SIGNATURE_SIZE, key->public_half, sizeof(key->public_half), message,
                   size);
    return 0;
}

static int ed25519_verify(void *ctx, const uint8_t key[SW_ED25519_PUBLIC_SIZE], const uint8_t *message,
                          size_t size, const uint8_t signature[SW_ED25519_SIGNATURE_SIZE])
{
    uint8_t expected[SW_ED25519_SIGNATURE_SIZE];

    if (fake_crypto_call(ctx, FAKE_ED25519_VERIFY, size) < 0)
        return -1;
    make_signature(expected, sizeof(expected), key, SW_ED25519_PUBLIC_SIZE, message, size);
    return memcmp(expected, signature, sizeof(expected)) == 0 ? 0 : 1;
}

void fake_crypto_fill_sealed(sw_crypto *table)
{
    table->sha256_state_size = sizeof(sha256_state);
    table->sha256_start = sha256_start;
    table->sha256_update = sha256_update;
    table->sha256_finish = sha256_finish;
    table->sha256_wipe = sha256_wipe;
    table->x25519_public = x25519_public;
    table->x25519 = x25519;
    table->aead_state_size = sizeof(aead_state);
    table->aead_start = aead_start;
    table->aead_seal = aead_seal;
    table->aead_seal_from = aead_seal_from;
    table->aead_open = aead_open;
    table->aead_wipe = aead_wipe;
    table->rsa_sign = rsa_sign;
    table->rsa_verify = rsa_verify;
    table->ed25519_public = ed25519_public;
    table->ed25519_sign = ed25519_sign;
    table->ed25519_verify = ed25519_verify;
}
