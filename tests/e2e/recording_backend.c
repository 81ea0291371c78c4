/* SPDX-License-Identifier: ISC */
/* In place of one of the backend libraries, by LD_PRELOAD and its name: the backend itself, with each call written down,
 * a line each: operation and bytes. So a test sees which work a real server does, and in which order. */
#include <sidewire/crypto.h>

#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static sw_crypto *backend;
static int calls = -1;

static void record(const char *operation, size_t size)
{
    dprintf(calls, "%s %zu\n", operation, size);
}

static int record_random(void *ctx, uint8_t *out, size_t size)
{
    record("random", size);
    return backend->random(ctx, out, size);
}

static int record_sha1(void *ctx, uint8_t out[SW_SHA1_SIZE], const uint8_t *in, size_t size)
{
    record("sha1", size);
    return backend->sha1(ctx, out, in, size);
}

static int record_sha256(void *ctx, uint8_t out[SW_SHA256_SIZE], const uint8_t *in, size_t size)
{
    record("sha256", size);
    return backend->sha256(ctx, out, in, size);
}

static int record_oaep_encrypt(const sw_crypto *crypto, const sw_rsa_public *key, const uint8_t *in, size_t size,
                               uint8_t *out)
{
    record("oaep_encrypt", key->n_size);
    return backend->oaep_encrypt(crypto, key, in, size, out);
}

static int record_sha256_update(void *ctx, void *state, const uint8_t *in, size_t size)
{
    record("sha256_update", size);
    return backend->sha256_update(ctx, state, in, size);
}

static int record_x25519_public(void *ctx, uint8_t out[SW_X25519_SIZE], const uint8_t secret[SW_X25519_SIZE])
{
    record("x25519_public", SW_X25519_SIZE);
    return backend->x25519_public(ctx, out, secret);
}

static int record_x25519(void *ctx, uint8_t out[SW_X25519_SIZE], const sw_x25519_key *own,
                         const uint8_t peer[SW_X25519_SIZE])
{
    record("x25519", SW_X25519_SIZE);
    return backend->x25519(ctx, out, own, peer);
}

static int record_aead_seal(void *ctx, void *state, const uint8_t nonce[SW_AEAD_NONCE_SIZE], const uint8_t *ad,
                            size_t ad_size, uint8_t *text, size_t size)
{
    record("aead_seal", size);
    return backend->aead_seal(ctx, state, nonce, ad, ad_size, text, size);
}

static int record_aead_open(void *ctx, void *state, const uint8_t nonce[SW_AEAD_NONCE_SIZE], const uint8_t *ad,
                            size_t ad_size, uint8_t *text, size_t size)
{
    record("aead_open", size);
    return backend->aead_open(ctx, state, nonce, ad, ad_size, text, size);
}

static int record_rsa_verify(const sw_crypto *crypto, const sw_rsa_public *key, const uint8_t hash[SW_SHA256_SIZE],
                             const uint8_t *signature)
{
    record("rsa_verify", key->n_size);
    return backend->rsa_verify(crypto, key, hash, signature);
}

static int record_ed25519_verify(void *ctx, const uint8_t key[SW_ED25519_PUBLIC_SIZE], const uint8_t *message,
                                 size_t size, const uint8_t signature[SW_ED25519_SIGNATURE_SIZE])
{
    record("ed25519_verify", size);
    return backend->ed25519_verify(ctx, key, message, size, signature);
}

static void *find(const char *name)
{
    void *library = dlopen(REAL_LIBRARY, RTLD_NOW | RTLD_LOCAL);

    return library != NULL ? dlsym(library, name) : NULL;
}

static void fill(sw_crypto *table)
{
    *table = *backend;
    table->random = record_random;
    table->sha1 = record_sha1;
    table->sha256 = record_sha256;
    table->oaep_encrypt = record_oaep_encrypt;
    table->sha256_update = record_sha256_update;
    table->x25519_public = record_x25519_public;
    table->x25519 = record_x25519;
    table->aead_seal = record_aead_seal;
    table->aead_open = record_aead_open;
    table->rsa_verify = record_rsa_verify;
    if (backend->ed25519_verify != NULL)
        table->ed25519_verify = record_ed25519_verify;
}

/* The names of the library's own functions. */
__attribute__((visibility("default"))) sw_crypto *NAME_NEW(void);
__attribute__((visibility("default"))) void NAME_FREE(sw_crypto *crypto);

sw_crypto *NAME_NEW(void)
{
    static sw_crypto table;
    sw_crypto *(*start)(void) = (sw_crypto * (*)(void))(uintptr_t)find(REAL_NEW);
    const char *path = getenv("RECORDED_CALLS");

    calls = path != NULL ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    backend = start != NULL && calls >= 0 ? start() : NULL;
    if (backend == NULL)
        return NULL;
    fill(&table);
    return &table;
}

void NAME_FREE(sw_crypto *crypto)
{
    void (*end)(sw_crypto *) = (void (*)(sw_crypto *))(uintptr_t)find(REAL_FREE);

    if (crypto != NULL && end != NULL)
        end(backend);
}
