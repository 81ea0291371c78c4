/* SPDX-License-Identifier: ISC */
#include "fake_crypto.h"

#include <string.h>

/* ---- toy mathematics ---- */

/* Spreads each bit of x over the whole result. */
static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

/* Byte number `position` of the stream that belongs to a seed. */
static uint8_t stream_byte(uint64_t seed, uint64_t position)
{
    return (uint8_t)mix(seed + (position + 1) * 0x9e3779b97f4a7c15u);
}

void fake_crypto_fill(uint8_t *out, size_t size, uint64_t seed)
{
    for (size_t i = 0; i < size; i++)
        out[i] = stream_byte(seed, i);
}

uint64_t fake_crypto_digest(uint64_t start, const uint8_t *in, size_t size)
{
    for (size_t i = 0; i < size; i++)
        start = mix(start ^ in[i]) + 1;
    return mix(start ^ size);
}

/* ---- calls ---- */

static void record(fake_crypto *fake, fake_operation operation, size_t size)
{
    if (fake->logged < FAKE_LOG_MAX) {
        fake->log[fake->logged].operation = operation;
        fake->log[fake->logged].size = size;
    }
    fake->logged++;
    fake->counts[operation]++;
}

/* Counts a call. 0, or -1 if it is the one to fail. */
int fake_crypto_call(fake_crypto *fake, fake_operation operation, size_t size)
{
    record(fake, operation, size);
    return ++fake->calls == fake->fail_at ? -1 : 0;
}

int fake_crypto_same_work(const fake_crypto *a, const fake_crypto *b)
{
    if (a->logged != b->logged)
        return 0;
    for (size_t i = 0; i < a->logged && i < FAKE_LOG_MAX; i++)
        if (a->log[i].operation != b->log[i].operation || a->log[i].size != b->log[i].size)
            return 0;
    return 1;
}

/* ---- randomness and hashes ---- */

static int fake_random(void *ctx, uint8_t *out, size_t size)
{
    fake_crypto *fake = ctx;

    if (fake_crypto_call(fake, FAKE_RANDOM, size) < 0)
        return -1;
    for (size_t i = 0; i < size; i++)
        out[i] = stream_byte(fake->seed, fake->drawn++);
    return 0;
}

static int fake_sha1(void *ctx, uint8_t out[SW_SHA1_SIZE], const uint8_t *in, size_t size)
{
    if (fake_crypto_call(ctx, FAKE_SHA1, size) < 0)
        return -1;
    fake_crypto_fill(out, SW_SHA1_SIZE, fake_crypto_digest(1, in, size));
    return 0;
}

static int fake_sha256(void *ctx, uint8_t out[SW_SHA256_SIZE], const uint8_t *in, size_t size)
{
    if (fake_crypto_call(ctx, FAKE_SHA256, size) < 0)
        return -1;
    fake_crypto_fill(out, SW_SHA256_SIZE, fake_crypto_digest(256, in, size));
    return 0;
}

/* ---- RSA ---- */

enum { SEED_AT = 1, KEY_HASH_AT = SEED_AT + SW_SHA1_SIZE, FILLING_AT = KEY_HASH_AT + SW_SHA1_SIZE };

static void hash_modulus(uint8_t out[SW_SHA1_SIZE], const uint8_t *n, size_t n_size)
{
    fake_crypto_fill(out, SW_SHA1_SIZE, fake_crypto_digest(3, n, n_size));
}

static int fake_oaep_encrypt(const sw_crypto *crypto, const sw_rsa_public *key, const uint8_t *in, size_t size,
                             uint8_t *out)
{
    if (fake_crypto_call(crypto->ctx, FAKE_OAEP_ENCRYPT, key->n_size) < 0)
        return -1;
    if (key->n_size < SW_OAEP_OVERHEAD || size > key->n_size - SW_OAEP_OVERHEAD)
        return -1;
    memset(out, 0, key->n_size);
    if (crypto->random(crypto->ctx, out + SEED_AT, SW_SHA1_SIZE) < 0)
        return -1;
    hash_modulus(out + KEY_HASH_AT, key->n, key->n_size);
    out[key->n_size - size - 1] = 1;
    memcpy(out + key->n_size - size, in, size);
    return 0;
}

static int fake_oaep_decrypt(const sw_crypto *crypto, const sw_rsa_private *key, const uint8_t *in, uint8_t *out,
                             size_t cap, size_t *size)
{
    uint8_t hash[SW_SHA1_SIZE];
    size_t at = FILLING_AT;

    if (fake_crypto_call(crypto->ctx, FAKE_OAEP_DECRYPT, key->n_size) < 0)
        return -1;
    hash_modulus(hash, key->n, key->n_size);
    if (in[0] != 0 || memcmp(in + KEY_HASH_AT, hash, sizeof(hash)) != 0)
        return 1;
    while (at < key->n_size && in[at] == 0)
        at++;
    if (at == key->n_size || in[at] != 1 || key->n_size - at - 1 > cap)
        return 1;
    *size = key->n_size - at - 1;
    memcpy(out, in + at + 1, *size);
    return 0;
}

void fake_key_pair(sw_private_key *private_key, sw_public_key *public_key, unsigned bits, uint64_t seed)
{
    static const uint8_t exponent[] = { 1, 0, 1 };
    sw_private_key key;
    uint16_t size = (uint16_t)(bits / 8);

    memset(&key, 0, sizeof(key));
    key.type = SW_KEY_RSA;
    key.bits = (uint16_t)bits;
    key.n_size = key.d_size = size;
    key.p_size = key.q_size = (uint16_t)(size / 2);
    key.e_size = sizeof(exponent);
    memcpy(key.e, exponent, sizeof(exponent));
    fake_crypto_fill(key.n, size, seed);
    fake_crypto_fill(key.d, size, seed + 1);
    fake_crypto_fill(key.p, size / 2, seed + 2);
    fake_crypto_fill(key.q, size / 2, seed + 3);
    key.n[0] |= 0xc0;
    key.n[size - 1] |= 1;
    if (private_key != NULL)
        *private_key = key;
    if (public_key == NULL)
        return;
    memset(public_key, 0, sizeof(*public_key));
    public_key->type = key.type;
    public_key->bits = key.bits;
    public_key->n_size = key.n_size;
    public_key->e_size = key.e_size;
    memcpy(public_key->n, key.n, key.n_size);
    memcpy(public_key->e, key.e, key.e_size);
}

/* ---- AES ---- */

typedef struct aes_state {
    const void *self; /* where it was started, NULL when wiped */
    uint64_t stream, position;
} aes_state;

static int fake_aes_init(void *ctx, void *state, const uint8_t key[SW_AES_KEY_SIZE],
                         const uint8_t counter[SW_AES_BLOCK_SIZE])
{
    fake_crypto *fake = ctx;
    aes_state *s = state;

    if (fake_crypto_call(fake, FAKE_AES_INIT, SW_AES_KEY_SIZE) < 0)
        return -1;
    s->self = s;
    s->stream = fake_crypto_digest(fake_crypto_digest(0, key, SW_AES_KEY_SIZE), counter, SW_AES_BLOCK_SIZE);
    s->position = 0;
    fake->aes_states++;
    return 0;
}

static int fake_aes_apply(void *ctx, void *state, uint8_t *out, const uint8_t *in, size_t n)
{
    aes_state *s = state;

    if (fake_crypto_call(ctx, FAKE_AES_APPLY, n) < 0 || s->self != s)
        return -1;
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)(in[i] ^ stream_byte(s->stream, s->position++));
    return 0;
}

static void fake_aes_wipe(void *ctx, void *state)
{
    fake_crypto *fake = ctx;
    aes_state *s = state;

    record(fake, FAKE_AES_WIPE, sizeof(*s));
    if (s->self == s)
        fake->aes_states--;
    memset(s, 0, sizeof(*s));
}

void fake_crypto_init(fake_crypto *fake, uint64_t seed)
{
    memset(fake, 0, sizeof(*fake));
    fake->seed = seed;
    fake->table.name = "fake";
    fake->table.ctx = fake;
    fake->table.random = fake_random;
    fake->table.sha1 = fake_sha1;
    fake->table.sha256 = fake_sha256;
    fake->table.oaep_encrypt = fake_oaep_encrypt;
    fake->table.oaep_decrypt = fake_oaep_decrypt;
    fake->table.aes_state_size = sizeof(aes_state);
    fake->table.aes_init = fake_aes_init;
    fake->table.aes_apply = fake_aes_apply;
    fake->table.aes_wipe = fake_aes_wipe;
    fake_crypto_fill_sealed(&fake->table);
}
