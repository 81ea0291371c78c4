/* SPDX-License-Identifier: ISC */
/* What functions forget: each runs on a stack of its own, and afterwards no part of a secret is on it. The backend has
 * one secret, which is whatever it draws, decrypts, agrees on or hashes with a key. */
#include <sidewire/handshake.h>
#include <sidewire/keys.h>
#include <sidewire/messages.h>
#include <sidewire/noise.h>
#include <sidewire/record.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"

enum { STACK_SIZE = 1 << 18, SECRET_SIZE = SW_CHALLENGE_SIZE, SAMPLE = 8, BLOCK_SIZE = 64 };

static uint8_t secret[SECRET_SIZE];

/* ---- the backend ---- */

static int is_keyed; /* what is hashed begins with a whole block, as HMAC's keys are */
static int is_first;
/* What fails has written its result all the same. */
static int fails_to_agree, fails_to_draw, fails_to_stretch;

static int draw(void *ctx, uint8_t *out, size_t size)
{
    (void)ctx;
    memcpy(out, secret, size);
    return fails_to_draw ? -1 : 0;
}

static int hash(void *ctx, uint8_t *out, const uint8_t *in, size_t size)
{
    (void)ctx;
    (void)in;
    (void)size;
    memset(out, 0, SW_SHA1_SIZE);
    return 0;
}

/* What a decoy is made of: of more than one block's bytes, so that names alone are none. */
static int hash_secret(void *ctx, uint8_t *out, const uint8_t *in, size_t size)
{
    (void)ctx;
    (void)in;
    if (size > SW_SHA256_SIZE)
        memcpy(out, secret, SW_SHA256_SIZE);
    else
        memset(out, 0, SW_SHA256_SIZE);
    return fails_to_stretch && size == SW_SHA256_SIZE + 1 ? -1 : 0;
}

static int encrypt(const sw_crypto *crypto, const sw_rsa_public *key, const uint8_t *in, size_t size, uint8_t *out)
{
    (void)crypto;
    (void)in;
    (void)size;
    memset(out, 0, key->n_size);
    return 0;
}

static int decrypt(const sw_crypto *crypto, const sw_rsa_private *key, const uint8_t *in, uint8_t *out, size_t cap,
                   size_t *size)
{
    (void)crypto;
    (void)key;
    (void)in;
    memcpy(out, secret, cap);
    *size = cap;
    return 0;
}

static int start_stream(void *ctx, void *state, const uint8_t key[SW_AES_KEY_SIZE],
                        const uint8_t counter[SW_AES_BLOCK_SIZE])
{
    (void)ctx;
    (void)state;
    (void)key;
    (void)counter;
    return 0;
}

static int apply_stream(void *ctx, void *state, uint8_t *out, const uint8_t *in, size_t size)
{
    (void)ctx;
    (void)state;
    memmove(out, in, size);
    return 0;
}

static int hash_start(void *ctx, void *state)
{
    (void)ctx;
    (void)state;
    is_first = 1;
    return 0;
}

static int hash_update(void *ctx, void *state, const uint8_t *in, size_t size)
{
    (void)ctx;
    (void)state;
    (void)in;
    if (is_first)
        is_keyed = size == BLOCK_SIZE;
    is_first = 0;
    return 0;
}

static int hash_finish(void *ctx, void *state, uint8_t out[SW_SHA256_SIZE])
{
    (void)ctx;
    (void)state;
    if (is_keyed)
        memcpy(out, secret, SW_SHA256_SIZE);
    else
        memset(out, 0, SW_SHA256_SIZE);
    return 0;
}

static int halve(void *ctx, uint8_t out[SW_X25519_SIZE], const uint8_t own[SW_X25519_SIZE])
{
    (void)ctx;
    (void)own;
    memset(out, 0, SW_X25519_SIZE);
    return 0;
}

static int agree(void *ctx, uint8_t out[SW_X25519_SIZE], const sw_x25519_key *own,
                 const uint8_t peer[SW_X25519_SIZE])
{
    (void)ctx;
    (void)own;
    (void)peer;
    memcpy(out, secret, SW_X25519_SIZE);
    return fails_to_agree ? -1 : 0;
}

static int start_key(void *ctx, void *state, sw_aead kind, const uint8_t key[SW_AEAD_KEY_SIZE])
{
    (void)ctx;
    (void)state;
    (void)kind;
    (void)key;
    return 0;
}

static int seal(void *ctx, void *state, const uint8_t nonce[SW_AEAD_NONCE_SIZE], const uint8_t *ad, size_t ad_size,
                uint8_t *text, size_t size)
{
    (void)ctx;
    (void)state;
    (void)nonce;
    (void)ad;
    (void)ad_size;
    memcpy(text, secret, size < SECRET_SIZE ? size : SECRET_SIZE);
    return 0;
}

static int open_sealed(void *ctx, void *state, const uint8_t nonce[SW_AEAD_NONCE_SIZE], const uint8_t *ad,
                       size_t ad_size, uint8_t *text, size_t size)
{
    (void)ctx;
    (void)state;
    (void)nonce;
    (void)ad;
    (void)ad_size;
    (void)text;
    (void)size;
    return 0;
}

static void wipe(void *ctx, void *state)
{
    (void)ctx;
    (void)state;
}

static const sw_crypto backend = { .name = "one secret",
                                   .random = draw,
                                   .sha1 = hash,
                                   .sha256 = hash_secret,
                                   .oaep_encrypt = encrypt,
                                   .oaep_decrypt = decrypt,
                                   .aes_init = start_stream,
                                   .aes_apply = apply_stream,
                                   .aes_wipe = wipe,
                                   .sha256_start = hash_start,
                                   .sha256_update = hash_update,
                                   .sha256_finish = hash_finish,
                                   .sha256_wipe = wipe,
                                   .x25519_public = halve,
                                   .x25519 = agree,
                                   .aead_start = start_key,
                                   .aead_seal = seal,
                                   .aead_open = open_sealed,
                                   .aead_wipe = wipe };

/* ---- what is run ---- */

static uint8_t number[256], block[256];

static int create_challenge(void)
{
    static sw_secrets made;
    const sw_rsa_public key = { number, number, sizeof(number), 1 };

    return sw_challenge_create(&made, &backend, &key, SW_FEATURES_ALL, block);
}

static int open_challenge(void)
{
    static sw_secrets opened;
    static sw_rsa_private key;

    key.n_size = sizeof(block);
    return sw_challenge_open(&opened, &backend, &key, SW_FEATURES_ALL, block, sizeof(block), NULL);
}

/* The last record under a key: the next one is made. */
static int seal_record(void)
{
    static sw_record record;
    static uint8_t bytes[SW_RECORD_OVERHEAD + 1];
    int result = sw_record_init(&record, &backend, SW_SUITE_AESGCM, number, SW_RECORD_LIMIT_MIN);

    record.counter = 65535;
    return result < 0 ? result : sw_record_seal(&record, bytes, 1);
}

/* The second message: two keys are agreed on, and mixed into others; at the end there are two more. */
static int shake_hands(void)
{
    static sw_noise noise;
    static uint8_t message[512], keys[2][SW_NOISE_KEY_SIZE];
    uint8_t *text;
    size_t len;
    int result = sw_noise_initiator(&noise, &backend, SW_SUITE_AESGCM);

    if (result == SW_OK)
        result = sw_noise_write(&noise, NULL, 0, message, sizeof(message), &len);
    memset(message, 1, sizeof(message));
    if (result == SW_OK)
        result = sw_noise_read(&noise, message, sizeof(message), &text, &len);
    return result < 0 ? result : sw_noise_split(&noise, keys[0], keys[1]);
}

/* An unknown user's request: the decoy is seeded with the server's secret, and stretched when he is known to be unknown;
 * then nothing is drawn. */
static sw_handshake server;

static int hear_request(void)
{
    static uint8_t request[] = "auth rsa eve sideband,aes_ctr128,sha256\n";
    static sw_server_config config;
    static uint8_t scratch[SW_SCRATCH_MIN];
    size_t len, used;

    config.crypto = &backend;
    config.policy.features = SW_FEATURES_ALL;
    memcpy(config.decoy_secret, secret, sizeof(config.decoy_secret));
    if (sw_handshake_server(&server, &config, scratch, sizeof(scratch)) < 0)
        return SW_E_STATE;
    (void)sw_handshake_output(&server, &len);
    (void)sw_handshake_sent(&server, len);
    return sw_handshake_recv(&server, request, sizeof(request) - 1, &used);
}

static int answer_request(void)
{
    int result = hear_request();

    fails_to_draw = 1;
    if (result == SW_OK)
        result = sw_handshake_key(&server, NULL);
    fails_to_draw = 0;
    return result == SW_E_RANDOM ? SW_OK : SW_E_STATE;
}

/* In the four that follow nothing else is done with the stack afterwards. */
static int fail_to_stretch(void)
{
    int result = hear_request();

    fails_to_stretch = 1;
    if (result == SW_OK)
        result = sw_handshake_key(&server, NULL);
    fails_to_stretch = 0;
    return result == SW_E_HASH ? SW_OK : SW_E_STATE;
}

static int write_server_key(void)
{
    static sw_x25519_key key;
    static char text[SW_SERVER_KEY_FILE_SIZE];

    memcpy(key.secret, secret, sizeof(key.secret));
    sw_server_key_write(&key, text);
    return SW_OK;
}

/* Reads it, last of all the secret. */
static int read_server_key(void)
{
    static sw_x25519_key key;
    static char text[SW_SERVER_KEY_FILE_SIZE];

    memcpy(key.secret, secret, sizeof(key.secret));
    sw_server_key_write(&key, text);
    return sw_server_key_parse(&key, &backend, text, sizeof(text), NULL);
}

static int fail_to_agree(void)
{
    int result;

    fails_to_agree = 1;
    result = shake_hands();
    fails_to_agree = 0;
    return result == SW_E_X25519 ? SW_OK : SW_E_STATE;
}

/* ---- on which stack ---- */

typedef struct job {
    int (*run)(void);
    int result;
} job;

static void *do_job(void *context)
{
    job *j = context;

    j->result = j->run();
    return NULL;
}

/* As it is, or with a pad of HMAC. */
static void check_absent(const uint8_t *stack, uint8_t pad)
{
    uint8_t part[SAMPLE];

    for (size_t at = 0; at + SAMPLE <= SECRET_SIZE; at += SAMPLE) {
        for (size_t i = 0; i < SAMPLE; i++)
            part[i] = secret[at + i] ^ pad;
        ck_assert_msg(!holds_bytes(stack, STACK_SIZE, part, SAMPLE), "byte %zu and on, pad %#x", at, pad);
    }
}

/* The last 32 bits that a reader of keys decoded, in the order of this machine's numbers. */
static void check_bits_absent(const uint8_t *stack)
{
    const uint8_t *last = secret + SW_X25519_SIZE - 4;
    uint32_t bits = (uint32_t)last[0] << 24 | (uint32_t)last[1] << 16 | (uint32_t)last[2] << 8 | last[3];

    ck_assert(!holds_bytes(stack, STACK_SIZE, &bits, sizeof(bits)));
}

static int (*const jobs[])(void) = { create_challenge, open_challenge, seal_record,    shake_hands,
                                     fail_to_agree,    hear_request,   answer_request, fail_to_stretch,
                                     write_server_key, read_server_key };

static void run_on_own_stack(job *j, uint8_t *stack)
{
    pthread_attr_t attributes;
    pthread_t thread;

    memset(stack, 0, STACK_SIZE);
    ck_assert_int_eq(pthread_attr_init(&attributes), 0);
    ck_assert_int_eq(pthread_attr_setstack(&attributes, stack, STACK_SIZE), 0);
    ck_assert_int_eq(pthread_create(&thread, &attributes, do_job, j), 0);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert_int_eq(j->result, SW_OK);
    pthread_attr_destroy(&attributes);
}

/* The second time: at the first call of a library's function the loader may put registers on the stack, with what was
 * copied last. */
START_TEST(test_stack)
{
    job j = { jobs[_i], -1 };
    uint8_t *stack = NULL;

    for (size_t i = 0; i < SECRET_SIZE; i++)
        secret[i] = (uint8_t)(0x80 | (i * 37 + 11));
    ck_assert_int_eq(posix_memalign((void **)&stack, 1 << 16, STACK_SIZE), 0);
    run_on_own_stack(&j, stack);
    run_on_own_stack(&j, stack);
    check_absent(stack, 0);
    check_absent(stack, 0x36);
    check_absent(stack, 0x5c);
    check_bits_absent(stack);
    free(stack);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stack wiped");
    TCase *tcase = suite_case(suite, "stack");

    tcase_add_loop_test(tcase, test_stack, 0, COUNT(jobs));
    return run_suite(suite);
}
