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

static size_t allocations;       /* asked for since counting began */
static size_t fail_at;           /* which of them fails; 0: none */
static long live;                /* blocks */

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
        return result;           /* as the core does: not wiped by the backend */
    result = crypto->aes_apply(crypto->ctx, state, out, text, sizeof(text));
    crypto->aes_wipe(crypto->ctx, state);
    return result;
}

static const struct operation {
    const char *name;
    int (*run)(void);
} operations[] = {
    { "new", start_backend },       { "oaep_encrypt", encrypt },
    { "key_prepare", prepare },     { "oaep_decrypt", decrypt },
    { "prepared", decrypt_prepared }, { "hashes", hash },
    { "AES", cipher },
};

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

/* With a prepared key of its own each time: OpenSSL 3.0 makes the blinding of a key anew every 32
 * times, and if it has no memory then, it does not notice, and decrypts to something else. */
START_TEST(test_each_allocation)
{
    const struct operation *o = &operations[_i];
    int done = 0;

    for (size_t n = 1; !done; n++) {
        long before = live;
        prepare_anew();
        done = fail_one(o, n);
        if (o->run() != 0)
            ck_abort_msg("%s after allocation %zu failed: does not recover", o->name, n);
        forget();
        if (live != before)
            ck_abort_msg("%s, allocation %zu: %ld blocks left", o->name, n, live - before);
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
