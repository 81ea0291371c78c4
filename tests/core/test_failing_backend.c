/* SPDX-License-Identifier: ISC */
/* Each call of the crypto table fails in turn, on each side, in each kind of session: an error of a backend comes
 * out, once and for all, and nothing secret stays in the session that has it. */
#include "sealed_pair.h"
#include "session_pair.h"
#include "suite.h"

#include <string.h>

enum { BUFFER_SIZE = 4096, SAMPLE = 8, CALLS_MAX = 1000 };

/* ---- what a side must forget ---- */

/* All that a table gave or was given that is secret. The table's own functions are behind those that note it. */
static sw_crypto table;
static bytes secrets;

static int noted(int result, const void *secret, size_t size)
{
    if (result == 0)
        bytes_append(&secrets, secret, size / SAMPLE * SAMPLE);
    return result;
}

static int note_random(void *ctx, uint8_t *out, size_t size)
{
    return noted(table.random(ctx, out, size), out, size);
}

static int note_oaep_decrypt(const sw_crypto *crypto, const sw_rsa_private *key, const uint8_t *in, uint8_t *out,
                             size_t cap, size_t *size)
{
    int result = table.oaep_decrypt(crypto, key, in, out, cap, size);

    return noted(result, out, result == 0 ? *size : 0);
}

static int note_aes_init(void *ctx, void *state, const uint8_t key[SW_AES_KEY_SIZE],
                         const uint8_t counter[SW_AES_BLOCK_SIZE])
{
    return noted(table.aes_init(ctx, state, key, counter), key, SW_AES_KEY_SIZE);
}

static int note_x25519(void *ctx, uint8_t out[SW_X25519_SIZE], const sw_x25519_key *own,
                       const uint8_t peer[SW_X25519_SIZE])
{
    return noted(table.x25519(ctx, out, own, peer), out, SW_X25519_SIZE);
}

static int note_aead_start(void *ctx, void *state, sw_aead kind, const uint8_t key[SW_AEAD_KEY_SIZE])
{
    return noted(table.aead_start(ctx, state, kind, key), key, SW_AEAD_KEY_SIZE);
}

static void note_secrets(fake_crypto *fake)
{
    bytes_free(&secrets);
    secrets = bytes_copy("", 0);
    table = fake->table;
    fake->table.random = note_random;
    fake->table.oaep_decrypt = note_oaep_decrypt;
    fake->table.aes_init = note_aes_init;
    fake->table.x25519 = note_x25519;
    fake->table.aead_start = note_aead_start;
}

static void check_forgotten(size_t call, const sw_session *s)
{
    for (size_t i = 0; i + SAMPLE <= secrets.len; i += SAMPLE)
        if (holds_bytes(s, sizeof(*s), secrets.data + i, SAMPLE))
            ck_abort_msg("call %zu: byte %zu and on of %zu secret ones are still there", call, i, secrets.len);
}

/* ---- errors ---- */

static int is_of_backend(int code)
{
    return code <= -300 && code > -400;
}

/* Whatever is called now says the same. */
static void check_stays(size_t call, sw_session *s, int code)
{
    const sw_argument argv[] = { { "si", 2 } };
    sw_event event;
    size_t n;

    if (!is_of_backend(code))
        ck_abort_msg("call %zu: %s", call, sw_error_text(code));
    for (int again = 0; again < 2; again++) {
        ck_assert_int_eq(sw_session_next(s, &event), code);
        ck_assert_int_eq(sw_session_send(s, SW_BAND_OUTPUT, "x", 1, &n), code);
        ck_assert_int_eq(sw_session_command(s, argv, 1, 0), code);
        ck_assert_int_eq(sw_session_exit(s, 0), code);
        ck_assert_int_eq(sw_session_rx_end(s), code);
        ck_assert_int_eq(sw_session_error(s).code, code);
        ck_assert_uint_eq(sw_session_wants(s), 0);
    }
    check_forgotten(call, s);
}

static void check_states(const fake_crypto *fake)
{
    ck_assert_uint_eq(fake->aes_states + fake->sha256_states + fake->aead_states, 0);
}

/* ---- plain sessions ---- */

/* A body that is not copied before it is encrypted. */
static const char large[3000];

enum { USUAL, UPLOAD, UNKNOWN, LARGE, PLAIN_KINDS, REFUSED = PLAIN_KINDS, AGENT, NEXT_KEYS, SEALED_KINDS };

/* 0 if the side got through, since there is no such call. */
static int run_plain(size_t call, int is_server, unsigned features, int kind)
{
    static const char *const argv[] = { "si" };
    session_pair p;
    bytes upload = bytes_copy("an upload", 9);
    fake_crypto *fake;
    int result;

    session_pair_start(&p, features, BUFFER_SIZE, BUFFER_SIZE, BUFFER_SIZE, BUFFER_SIZE);
    p.argv = argv;
    p.argc = 1;
    p.reply = bytes_copy(large, kind == LARGE ? sizeof(large) : 7);
    p.upload = kind == UPLOAD && (features & SW_FEATURE_SIDEBAND) ? &upload : NULL;
    p.unknown = kind == UNKNOWN;
    fake = is_server ? &p.server_crypto : &p.client_crypto;
    note_secrets(fake);
    fake->fail_at = fake->calls + call;
    session_pair_run(&p);
    result = is_server ? p.server_result : p.client_result;
    if (fake->calls >= fake->fail_at) {
        check_stays(call, is_server ? &p.server : &p.client, result);
        check_states(fake);
    } else {
        ck_assert_int_eq(is_of_backend(result), 0);
        result = 0;
    }
    bytes_free(&p.reply);
    bytes_free(&upload);
    session_pair_free(&p);
    check_states(fake);
    return result;
}

START_TEST(test_plain)
{
    for (int kind = 0; kind < PLAIN_KINDS; kind++)
        for (int is_server = 0; is_server < 2; is_server++) {
            size_t call = 1;
            while (run_plain(call, is_server, feature_sets[_i], kind) != 0)
                ck_assert_uint_lt(++call, CALLS_MAX);
            ck_assert_uint_gt(call, 1);
        }
}
END_TEST

/* ---- sealed sessions ---- */

static void wrong_signature(uint8_t *blob, size_t len)
{
    blob[len - 1] ^= 1;
}

enum { LAST_OF_KEY = 0xffff }; /* number of a record */

/* As if nearly as many records had passed as a key is for: while nothing is under way in one direction, the numbers of
 * what passes in it next go up on both sides. */
static void near_next_keys(sealed_pair *p, int from_server, bytes *piece)
{
    sw_session *sender = from_server ? &p->client : &p->server;
    sw_session *receiver = from_server ? &p->server : &p->client;
    sw_record *out = &sender->channel.sealed.out, *in = &receiver->channel.sealed.in;
    int are_open = p->events[SW_EVENT_READY] == 2;

    (void)piece;
    if (are_open && out->counter == in->counter && out->counter < LAST_OF_KEY)
        out->counter = in->counter = LAST_OF_KEY;
}

static void check_next_keys(const sw_session *s)
{
    ck_assert_uint_gt(s->channel.sealed.in.counter, LAST_OF_KEY);
    ck_assert_uint_gt(s->channel.sealed.out.counter, LAST_OF_KEY);
}

/* As above. */
static int run_sealed(size_t call, int is_server, sw_key_type type, int kind)
{
    sealed_pair p;
    fake_crypto *fake = is_server ? &p.server_fake : &p.client_fake;
    int result;

    sealed_pair_start(&p, type);
    if (kind == UPLOAD || kind == NEXT_KEYS)
        bytes_append(&p.upload, "an upload", 9);
    if (kind == LARGE)
        bytes_append(&p.reply, large, sizeof(large));
    if (kind == UNKNOWN)
        p.known = NULL;
    if (kind == REFUSED)
        p.change_signature = wrong_signature;
    if (kind == AGENT) {
        p.client_config.key = (sw_rsa_private){ 0 };
        p.client_config.public_key = p.known;
    }
    if (kind == NEXT_KEYS)
        p.relay = near_next_keys;
    note_secrets(fake);
    fake->fail_at = fake->calls + call;
    sealed_pair_run(&p);
    result = is_server ? p.server_result : p.client_result;
    if (fake->calls < fake->fail_at) {
        result = 0;
        if (kind == NEXT_KEYS)
            check_next_keys(is_server ? &p.server : &p.client);
    } else if (sw_session_error(is_server ? &p.server : &p.client).code < 0) {
        check_stays(call, is_server ? &p.server : &p.client, result);
    } else { /* signing is the application's call */
        ck_assert(!is_server && (type == SW_KEY_ED25519 || kind == AGENT) && is_of_backend(result));
    }
    sealed_pair_free(&p);
    check_states(fake);
    return result;
}

START_TEST(test_sealed)
{
    sw_key_type type = _i & 1 ? SW_KEY_RSA : SW_KEY_ED25519;
    int is_server = _i >> 1 & 1, kind = _i >> 2;
    size_t call = 1;

    while (run_sealed(call, is_server, type, kind) != 0)
        ck_assert_uint_lt(++call, CALLS_MAX);
    ck_assert_uint_gt(call, 20);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("failing backend");
    TCase *tcase = suite_case(suite, "calls");

    tcase_add_loop_test(tcase, test_plain, 0, FEATURE_SETS);
    tcase_add_loop_test(tcase, test_sealed, 0, 4 * SEALED_KINDS);
    return run_suite(suite);
}
