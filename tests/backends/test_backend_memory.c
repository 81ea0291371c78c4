/* SPDX-License-Identifier: ISC */
/* Every allocation of a backend failing in turn: an error, no crash, nothing left behind. Not for
 * libgcrypt, which ends the process when it has no memory. */
#include <sidewire/keys.h>

#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "support.h"
#include "tested_backend.h"

/* ---- malloc, which fails on demand; the rest of it is glibc's ---- */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void __libc_free(void *block);

static size_t allocations; /* asked for since counting began */
static size_t fail_at;     /* which of them fails; 0: none */
static long live;          /* blocks */

static int fails(void)
{
    return ++allocations == fail_at;
}

static void *counted(void *block)
{
    live += block != NULL;
    return block;
}

void *malloc(size_t size)
{
    return fails() ? NULL : counted(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : counted(__libc_calloc(count, size));
}

void *realloc(void *old, size_t size)
{
    void *block = fails() ? NULL : __libc_realloc(old, size);

    live += block != NULL && old == NULL;
    return block;
}

void free(void *block)
{
    live -= block != NULL;
    __libc_free(block);
}

/* ---- operations ---- */

static sw_crypto *crypto;
static sw_private_key key;
static uint8_t text[64], block[SW_RSA_MAX_SIZE];

static int start_backend(void)
{
    sw_crypto *other = sw_backend_new(crypto->name);

    sw_backend_free(other);
    return other != NULL ? 0 : -1;
}

static int encrypt(void)
{
    sw_rsa_public public = { key.n, key.e, key.n_size, key.e_size };

    return crypto->oaep_encrypt(crypto, &public, text, sizeof(text), block);
}

static int prepare(void)
{
    sw_rsa_private private = sw_private_key_view(&key);
    void *made = crypto->key_prepare(crypto->ctx, &private);

    if (made == NULL)
        return -1;
    crypto->key_forget(crypto->ctx, made);
    return 0;
}

static int decrypt_with(const sw_rsa_private *private)
{
    uint8_t out[sizeof(text)];
    size_t size = 0;
    int result = crypto->oaep_decrypt(crypto, private, block, out, sizeof(out), &size);

    if (result == 0 && (size != sizeof(text) || memcmp(out, text, size) != 0))
        ck_abort_msg("decrypted to something else");
    return result;
}

static int decrypt(void)
{
    sw_rsa_private private = sw_private_key_view(&key);

    return decrypt_with(&private);
}

static void *prepared;

static int decrypt_prepared(void)
{
    sw_rsa_private private = sw_private_key_view(&key);

    private.prepared = prepared;
    return decrypt_with(&private);
}

static void prepare_anew(void)
{
    sw_rsa_private private = sw_private_key_view(&key);

    prepared = crypto->key_prepare(crypto->ctx, &private);
    ck_assert(prepared != NULL);
}

static void forget(void)
{
    crypto->key_forget(crypto->ctx, prepared);
}

static int hash(void)
{
    uint8_t out[SW_SHA256_SIZE];
    int result = crypto->sha1(crypto->ctx, out, text, sizeof(text));

    return result < 0 ? result : crypto->sha256(crypto->ctx, out, text, sizeof(text));
}

static int cipher(void)
{
    static uint64_t state[SW_AES_STATE_SIZE / sizeof(uint64_t)];
    uint8_t out[sizeof(text)];
    int result = crypto->aes_init(crypto->ctx, state, text, text);

    if (result < 0)
        return result; /* as the core does: not wiped by the backend */
    result = crypto->aes_apply(crypto->ctx, state, out, text, sizeof(text));
    crypto->aes_wipe(crypto->ctx, state);
    return result;
}

/* ---- of sealed sessions ---- */

static uint64_t state[SW_AEAD_STATE_SIZE / sizeof(uint64_t)];

static int hash_pieces(void)
{
    uint8_t out[SW_SHA256_SIZE];

    if (crypto->sha256_start(crypto->ctx, state) < 0 ||
        crypto->sha256_update(crypto->ctx, state, text, sizeof(text)) < 0) {
        crypto->sha256_wipe(crypto->ctx, state);
        return -1;
    }
    return crypto->sha256_finish(crypto->ctx, state, out);
}

static sw_x25519_key pair;

static int agree(void)
{
    uint8_t shared[SW_X25519_SIZE], zeros[SW_X25519_SIZE] = { 0 };
    int result = crypto->x25519_public(crypto->ctx, pair.public_half, text);

    if (result < 0)
        return result;
    memcpy(pair.secret, text, sizeof(pair.secret));
    result = crypto->x25519(crypto->ctx, shared, &pair, pair.public_half);
    if (result == 0 && memcmp(shared, zeros, sizeof(zeros)) == 0)
        ck_abort_msg("a failure was taken for a point of low order");
    return result;
}

static int aead_of_kind(sw_aead kind)
{
    uint8_t sealed[sizeof(text) + SW_AEAD_TAG_SIZE];
    int result = crypto->aead_start(crypto->ctx, state, kind, text);

    if (result < 0)
        return result;
    memcpy(sealed, text, sizeof(text));
    result = crypto->aead_seal(crypto->ctx, state, text, NULL, 0, sealed, sizeof(text));
    if (result == 0)
        result = crypto->aead_open(crypto->ctx, state, text, NULL, 0, sealed, sizeof(text));
    crypto->aead_wipe(crypto->ctx, state);
    return result;
}

static int aes_gcm(void)
{
    return aead_of_kind(SW_AEAD_AES256_GCM);
}

static int chacha_poly(void)
{
    return aead_of_kind(SW_AEAD_CHACHA20_POLY1305);
}

static uint8_t signature[SW_RSA_MAX_SIZE];

static int sign(void)
{
    sw_rsa_private private = sw_private_key_view(&key);

    return crypto->rsa_sign(crypto, &private, text, signature);
}

static int verify(void)
{
    sw_rsa_public public = { key.n, key.e, key.n_size, key.e_size };

    return crypto->rsa_verify(crypto, &public, text, signature);
}

static const sw_ed25519_key ed25519_key = {
    { 0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4,
      0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60 },
    { 0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a,
      0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a }
};

static int ed25519(void)
{
    uint8_t made[SW_ED25519_SIGNATURE_SIZE];
    int result;

    if (crypto->ed25519_sign == NULL)
        return 0;
    result = crypto->ed25519_sign(crypto->ctx, &ed25519_key, text, sizeof(text), made);
    if (result == 0)
        result = crypto->ed25519_verify(crypto->ctx, ed25519_key.public_half, text, sizeof(text), made);
    /* OpenSSL 3.0 takes a signature that it had no memory to check for a wrong one */
    return result > 0 ? -1 : result;
}

/* clang-format off */
static const struct operation {
    const char *name;
    int (*run)(void);
} operations[] = {
    { "new", start_backend },       { "oaep_encrypt", encrypt },
    { "key_prepare", prepare },     { "oaep_decrypt", decrypt },
    { "prepared", decrypt_prepared }, { "hashes", hash },
    { "AES", cipher },              { "SHA-256 in pieces", hash_pieces },
    { "X25519", agree },            { "AES-256-GCM", aes_gcm },
    { "ChaCha20-Poly1305", chacha_poly }, { "rsa_sign", sign },
    { "rsa_verify", verify },       { "Ed25519", ed25519 },
};
/* clang-format on */

/* ---- the test ---- */

static void setup(void)
{
    crypto = tested_backend();
    vector_private_key("bob", &key);
    ck_assert_int_eq(crypto->random(crypto->ctx, text, sizeof(text)), 0);
    prepare_anew();
    for (int i = 0; i < COUNT(operations); i++) /* what is made at first use stays */
        ck_assert_msg(operations[i].run() == 0, "%s", operations[i].name);
    forget();
}

static void teardown(void)
{
    sw_backend_free(crypto);
}

/* Runs it with one allocation failing. 1: there was none left to fail. */
static int fail_one(const struct operation *o, size_t n)
{
    int result;

    allocations = 0;
    fail_at = n;
    result = o->run();
    fail_at = 0;
    if (allocations < n) {
        ck_assert_msg(result == 0, "%s: %d", o->name, result);
        return 1;
    }
    if (result > 0)
        ck_abort_msg("%s, allocation %zu: taken for the peer's fault", o->name, n);
    return 0;
}

/* An operation with bignums has thousands of allocations, all alike: of those, one in so many. */
enum { EACH = 120, STRIDE = 53 };

/* Blocks that are left of an operation with one allocation failing, and of another one that recovers. A prepared key is made
 * anew each time: OpenSSL 3.0 makes the blinding of a key anew every 32 times, and if it has no memory then, it does not
 * notice, and decrypts to something else. */
static long left_behind(const struct operation *o, size_t n, int *done)
{
    long before = live;

    if (o->run == decrypt_prepared)
        prepare_anew();
    *done = fail_one(o, n);
    if (o->run() != 0)
        ck_abort_msg("%s after allocation %zu failed: does not recover", o->name, n);
    if (o->run == decrypt_prepared)
        forget();
    return live - before;
}

/* What OpenSSL 3.5 makes at the first error of a kind stays: it is not made again. */
START_TEST(test_each_allocation)
{
    const struct operation *o = &operations[_i];
    int done = 0;

    for (size_t n = 1; !done; n += n < EACH ? 1 : STRIDE) {
        long left = left_behind(o, n, &done);
        if (left != 0)
            left = left_behind(o, n, &done);
        if (left != 0)
            ck_abort_msg("%s, allocation %zu: %ld blocks left", o->name, n, left);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("backend memory");
    TCase *tcase = suite_case(suite, "failing");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, test_each_allocation, 0, COUNT(operations));
    return run_suite(suite);
}
