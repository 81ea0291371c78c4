/* SPDX-License-Identifier: ISC */
/* Run by valgrind: secrets are marked as undefined, so that each branch and each address that depends on one is
 * reported, but for verdicts, which everybody sees afterwards (verdicts.supp).
 *
 *     secrets PRIVATE_KEY     # PKCS #1, RSA of 2048 bits
 *
 * 0: no other reports, and all results were right. */
#include "fake_crypto.h"
#include "hmac.h"
#include "oaep.h"
#include "pkcs1.h"
#include "secret.h"

#include <sidewire/handshake.h>
#include <sidewire/noise.h>
#include <sidewire/record.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <valgrind/memcheck.h>

#define SECRET(p, n) VALGRIND_MAKE_MEM_UNDEFINED(p, n)
#define PUBLIC(p, n) VALGRIND_MAKE_MEM_DEFINED(p, n)

static unsigned long reports;
static int failed;

static void done(const char *what, int is_right)
{
    unsigned long now = VALGRIND_COUNT_ERRORS;

    printf("%-35s %lu reports%s\n", what, now - reports, is_right ? "" : ": WRONG");
    fflush(stdout);
    failed |= now > reports || !is_right;
    reports = now;
}

/* ---- bytes ---- */

static void compare(void)
{
    uint8_t a[32] = { 1 }, b[32] = { 1 };
    int result;

    for (int differ = 0; differ < 2; differ++) {
        b[31] = (uint8_t)(5 * differ);
        SECRET(a, sizeof(a));
        SECRET(b, sizeof(b));
        result = swi_secret_equal(a, b, sizeof(a));
        PUBLIC(&result, sizeof(result));
        PUBLIC(a, sizeof(a));
        PUBLIC(b, sizeof(b));
        done(differ ? "comparison, other bytes" : "comparison, equal bytes", result == !differ);
    }
    SECRET(a, sizeof(a));
    swi_secret_wipe(a, sizeof(a));
    done("wiping", a[0] == 0 && a[31] == 0);
}

/* ---- RSA ---- */

/* Without a branch of its own. */
static int plain_sha1(void *ctx, uint8_t *out, const uint8_t *in, size_t n)
{
    (void)ctx;
    fake_crypto_fill(out, SW_SHA1_SIZE, fake_crypto_digest(1, in, n));
    return 0;
}

/* A block as it is, with another first byte, with another byte of its middle, and zeros. */
static void decode(fake_crypto *fake)
{
    static const char *const blocks[] = { "OAEP, good block", "OAEP, first byte", "OAEP, damaged block",
                                          "OAEP, zeros" };
    uint8_t block[256], out[200];
    size_t size;

    for (int i = 0; i < 4; i++) {
        int result;
        memset(block, 0, sizeof(block));
        if (i < 3 &&
            swi_oaep_encode(&fake->table, plain_sha1, block, sizeof(block), (const uint8_t *)"hello", 5) != 0)
            abort();
        block[0] = i == 1;
        block[200] ^= i == 2 ? 4 : 0;
        SECRET(block, sizeof(block));
        result = swi_oaep_decode(NULL, plain_sha1, block, sizeof(block), out, sizeof(out), &size);
        PUBLIC(&result, sizeof(result));
        PUBLIC(block, sizeof(block));
        PUBLIC(out, sizeof(out));
        PUBLIC(&size, sizeof(size));
        done(blocks[i], i == 0 ? result == 0 && size == 5 && memcmp(out, "hello", 5) == 0 : result > 0);
    }
}

/* What is signed, of a message that is secret. */
static void sign(void)
{
    uint8_t hash[SW_SHA256_SIZE] = { 1 }, block[256];
    int result;

    SECRET(hash, sizeof(hash));
    result = swi_pkcs1_encode(block, sizeof(block), hash);
    done("signature, encoded hash", result == 0);
}

/* The digits that are wholly within d, of a key of 2048 bits. */
static void parse(const char *path)
{
    enum { FROM = 380, TO = 700 };
    static char text[8192];
    static sw_private_key key;
    FILE *file = fopen(path, "r");
    size_t len = file != NULL ? fread(text, 1, sizeof(text) - 1, file) : 0, digits = 0;
    char *line = strchr(text, '\n');
    int result;

    if (file != NULL)
        fclose(file);
    for (; line != NULL && *line != '\0' && *line != '-'; line++)
        if (*line != '\n' && digits++ >= FROM && digits < TO)
            SECRET(line, 1);
    result = sw_private_key_parse(&key, text, len, NULL);
    PUBLIC(&result, sizeof(result));
    PUBLIC(&key, sizeof(key));
    done("digits of a private key", result == SW_OK && key.bits == 2048);
    sw_private_key_wipe(&key);
}

/* ---- plain handshake ---- */

static void answer(int is_right, int is_known)
{
    static const char *const cases[] = { "wrong response, unknown", "wrong response, known", "response, unknown",
                                         "response, known" };
    enum { RESPONSE_AT = 5 };
    static fake_crypto fake;
    static sw_private_key private_key;
    static sw_public_key key;
    static sw_handshake h;
    static uint8_t scratch[SW_SCRATCH_FULL];
    uint8_t request[] = "auth rsa bob sideband,aes_ctr128,sha256\n";
    uint8_t packet[RESPONSE_AT + SW_SHA256_SIZE] = { SW_SHA256_SIZE, 0, 0, 0, SW_BAND_CHALLENGE_RESPONSE };
    sw_server_config config = { .crypto = &fake.table, .policy = { SW_FEATURES_ALL, 0, 0, 0, 0 } };
    size_t n, used;
    int result;

    fake_crypto_init(&fake, 2);
    fake_key_pair(&private_key, &key, 2048, 3);
    config.decoy_secret[0] = 1;
    result = sw_handshake_server(&h, &config, scratch, sizeof(scratch));
    sw_handshake_output(&h, &n);
    result |= sw_handshake_sent(&h, n);
    result |= sw_handshake_recv(&h, request, sizeof(request) - 1, &used);
    result |= sw_handshake_key(&h, is_known ? &key : NULL);
    sw_handshake_output(&h, &n);
    result |= sw_handshake_sent(&h, n);
    if (result != SW_OK)
        abort();
    memcpy(packet + RESPONSE_AT, h.challenge.response, SW_SHA256_SIZE);
    packet[30] ^= !is_right;
    SECRET(h.challenge.response, sizeof(h.challenge.response));
    SECRET(&h.known, sizeof(h.known));
    result = sw_handshake_recv(&h, packet, sizeof(packet), &used);
    PUBLIC(&result, sizeof(result));
    PUBLIC(&h, sizeof(h));
    done(cases[2 * is_right + is_known], (result == SW_OK) == (is_right && is_known));
    sw_handshake_wipe(&h);
}

/* ---- sealed sessions ---- */

static void derive(fake_crypto *fake)
{
    uint8_t salt[SW_SHA256_SIZE] = { 1 }, input[SW_X25519_SIZE] = { 2 };
    uint8_t first[SW_SHA256_SIZE], second[SW_SHA256_SIZE];
    int result;

    SECRET(salt, sizeof(salt));
    SECRET(input, sizeof(input));
    result = swi_hkdf(&fake->table, salt, input, sizeof(input), first, second);
    done("derived keys", result == 0);
}

/* An AEAD that tells nothing of its key: texts are as they were, and secret. */
static int start_open(void *ctx, void *state, sw_aead kind, const uint8_t *key)
{
    (void)ctx, (void)kind;
    memcpy(state, key, SW_AEAD_KEY_SIZE);
    return 0;
}

static int seal_or_open(void *ctx, void *state, const uint8_t *nonce, const uint8_t *ad, size_t ad_size,
                        uint8_t *text, size_t size)
{
    (void)ctx, (void)state, (void)nonce, (void)ad, (void)ad_size;
    SECRET(text, size);
    return 0;
}

static void wipe_state(void *ctx, void *state)
{
    (void)ctx;
    swi_secret_wipe(state, SW_AEAD_KEY_SIZE);
}

static void use_open_aead(fake_crypto *fake)
{
    fake->table.aead_start = start_open;
    fake->table.aead_seal = fake->table.aead_open = seal_or_open;
    fake->table.aead_seal_from = NULL;
    fake->table.aead_wipe = wipe_state;
}

/* An ephemeral key is secret from the moment it is drawn, its public half is not. */
static int draw_secret(void *ctx, uint8_t *out, size_t size)
{
    static uint8_t last;

    (void)ctx;
    memset(out, ++last, size);
    SECRET(out, size);
    return 0;
}

static int (*agree)(void *ctx, uint8_t *out, const sw_x25519_key *own, const uint8_t *peer);
static int (*halve)(void *ctx, uint8_t *out, const uint8_t *secret);

static int tell_half(void *ctx, uint8_t *out, const uint8_t *secret)
{
    int result = halve(ctx, out, secret);

    PUBLIC(out, SW_X25519_SIZE);
    return result;
}

static int agree_on_secret(void *ctx, uint8_t *out, const sw_x25519_key *own, const uint8_t *peer)
{
    uint8_t half[SW_X25519_SIZE]; /* of the peer: was encrypted, and is no secret of anybody's */
    int result;

    memcpy(half, peer, sizeof(half));
    PUBLIC(half, sizeof(half));
    result = agree(ctx, out, own, half);
    SECRET(out, SW_X25519_SIZE);
    return result;
}

/* Both roles, each with what the other sent, which everybody sees. */
static void shake_hands(fake_crypto *fake, sw_suite suite)
{
    enum { PAYLOAD = 2, MESSAGE_MAX = 256 };
    static sw_noise client, server;
    uint8_t message[MESSAGE_MAX], keys[2][2][SW_NOISE_KEY_SIZE], *payload;
    sw_x25519_key key = { .secret = { 7 } };
    size_t len, payload_len;
    int result = fake->table.x25519_public(fake, key.public_half, key.secret);

    SECRET(key.secret, sizeof(key.secret));
    result |= sw_noise_initiator(&client, &fake->table, suite);
    result |= sw_noise_responder(&server, &fake->table, suite, &key);
    result |= sw_noise_write(&client, (const uint8_t *)"ab", PAYLOAD, message, sizeof(message), &len);
    result |= sw_noise_read(&server, message, len, &payload, &payload_len);
    result |= sw_noise_write(&server, (const uint8_t *)"cd", PAYLOAD, message, sizeof(message), &len);
    PUBLIC(message, sizeof(message));
    result |= sw_noise_read(&client, message, len, &payload, &payload_len);
    result |= sw_noise_split(&client, keys[0][0], keys[0][1]);
    result |= sw_noise_split(&server, keys[1][0], keys[1][1]);
    PUBLIC(&result, sizeof(result));
    PUBLIC(keys, sizeof(keys));
    done("Noise handshake, both roles", result == SW_OK && memcmp(keys[0], keys[1], sizeof(keys[0])) == 0 &&
                                            memcmp(keys[0][0], keys[0][1], sizeof(keys[0][0])) != 0);
    sw_noise_wipe(&client);
    sw_noise_wipe(&server);
    done("Noise handshake, wiped", 1);
}

static void shake_hands_of_both_suites(fake_crypto *fake)
{
    halve = fake->table.x25519_public;
    agree = fake->table.x25519;
    fake->table.random = draw_secret;
    fake->table.x25519_public = tell_half;
    fake->table.x25519 = agree_on_secret;
    shake_hands(fake, SW_SUITE_AESGCM);
    shake_hands(fake, SW_SUITE_CHACHAPOLY);
}

/* Enough records for a new key to be made of the old one. */
static void open_records(fake_crypto *fake, sw_suite suite)
{
    enum { TEXT = 20, RECORDS = 70000 };
    static sw_record record;
    uint8_t key[SW_AEAD_KEY_SIZE] = { 3 };
    uint8_t bytes[SW_RECORD_OVERHEAD + TEXT];
    uint8_t *text;
    size_t used, size;
    int result;

    SECRET(key, sizeof(key));
    result = sw_record_init(&record, &fake->table, suite, key, 4096);
    for (int i = 0; i < RECORDS && result == SW_OK; i++) {
        bytes[0] = 0;
        bytes[1] = sizeof(bytes) - SW_RECORD_HEADER_SIZE;
        result = sw_record_open(&record, bytes, sizeof(bytes), &used, &text, &size) == 1 ? SW_OK : -1;
    }
    done("records", result == SW_OK && size == TEXT);
    sw_record_wipe(&record);
}

int main(int argc, char **argv)
{
    static fake_crypto fake;

    if (argc != 2 || !RUNNING_ON_VALGRIND) {
        fputs("usage: valgrind secrets PRIVATE_KEY\n", stderr);
        return 2;
    }
    fake_crypto_init(&fake, 2);
    done("(start)", 1);
    compare();
    decode(&fake);
    sign();
    parse(argv[1]);
    for (int i = 0; i < 4; i++)
        answer(i >> 1, i & 1);
    derive(&fake);
    use_open_aead(&fake);
    shake_hands_of_both_suites(&fake);
    open_records(&fake, SW_SUITE_AESGCM);
    open_records(&fake, SW_SUITE_CHACHAPOLY);
    return failed;
}
