/* SPDX-License-Identifier: ISC */
/* An observer whose backend fails at each of its calls in turn, in sessions with damage, holes and late keys: that end is
 * given up with the backend's error, what else there is goes on, and no key stays behind. */
#include "fake_crypto.h"
#include "observed.h"
#include "suite.h"
#include "support.h"
#include "wired.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum { CLIENT = 0, SERVER = 1, CALLS_MAX = 3000, STREAM_MAX = 4096 };

/* ---- sessions made by hand ---- */

typedef struct scene {
    fake_crypto maker; /* of what both ends say */
    sw_secrets keys;
    sw_cipher ciphers[2];
    sw_record records[2];
    int is_sealed;
    uint8_t sent[2][STREAM_MAX]; /* encrypted */
    size_t len[2];
} scene;

static void say(scene *s, int who, unsigned band, size_t size)
{
    uint8_t *at = s->sent[who] + s->len[who], *text = at + (s->is_sealed ? SW_RECORD_HEADER_SIZE : 0);
    size_t all = SW_HEADER_SIZE + size;

    memset(text, 'x', all);
    text[0] = (uint8_t)size;
    text[1] = (uint8_t)(size >> 8);
    text[2] = text[3] = 0;
    text[4] = (uint8_t)band;
    if (s->is_sealed)
        ck_assert_int_eq(sw_record_seal(&s->records[who], at, all), SW_OK);
    else
        ck_assert_int_eq(sw_cipher_apply(&s->ciphers[who], text, text, all), SW_OK);
    s->len[who] += all + (s->is_sealed ? SW_RECORD_OVERHEAD : 0);
}

static void make(scene *s, int is_sealed, uint64_t number)
{
    memset(s, 0, sizeof(*s));
    s->is_sealed = is_sealed;
    fake_crypto_init(&s->maker, 1);
    memset(s->keys.client_key, 1, SW_CIPHER_KEY_SIZE);
    memset(s->keys.server_key, 2, SW_CIPHER_KEY_SIZE);
    for (int who = 0; who < 2; who++) {
        const uint8_t *key = who == CLIENT ? s->keys.client_key : s->keys.server_key;
        if (is_sealed)
            ck_assert_int_eq(
                sw_record_init(&s->records[who], &s->maker.table, SW_SUITE_AESGCM, key, SW_RECORD_LIMIT_MAX),
                SW_OK);
        else
            ck_assert_int_eq(sw_cipher_init(&s->ciphers[who], SW_CIPHER_AES_CTR128, &s->maker.table, key), SW_OK);
    }
    if (is_sealed) {
        s->records[SERVER].counter = number;
        say(s, CLIENT, SW_BAND_CHALLENGE_RESPONSE, 100);
    }
    say(s, CLIENT, SW_BAND_COMMAND, 30);
    say(s, SERVER, SW_BAND_PROCEED, 0);
    for (int i = 0; i < 6; i++)
        say(s, SERVER, SW_BAND_OUTPUT, 300);
    say(s, SERVER, SW_BAND_EXIT_SUCCESS, 0);
}

static void scene_free(scene *s)
{
    for (int who = 0; who < 2; who++) {
        sw_cipher_wipe(&s->ciphers[who]);
        if (s->is_sealed)
            sw_record_wipe(&s->records[who]);
    }
}

/* ---- observers ---- */

static void begin_plain(observed *o)
{
    static const char greeting[] = "hello\nFeatures: sideband,aes_ctr128\n";
    static const char request[] = "auth rsa alice sideband,aes_ctr128";
    uint8_t challenge[SW_HEADER_SIZE + 256] = { 0, 1, 0, 0, SW_BAND_CHALLENGE };
    uint8_t response[SW_HEADER_SIZE + SW_SHA1_SIZE] = { SW_SHA1_SIZE, 0, 0, 0, SW_BAND_CHALLENGE_RESPONSE };

    observed_feed(o, SERVER, greeting, sizeof(greeting) - 1);
    observed_feed(o, CLIENT, request, sizeof(request) - 1);
    observed_feed(o, SERVER, challenge, sizeof(challenge));
    observed_feed(o, CLIENT, response, sizeof(response));
}

static void begin_sealed(observed *o)
{
    static const char greeting[] = "hello\nFeatures: sideband,noise_nx_25519_aesgcm_sha256\n";
    static const char request[] = "auth noise_nx_25519_aesgcm_sha256\n";
    uint8_t message[100] = { 0, 34 };

    observed_feed(o, SERVER, greeting, sizeof(greeting) - 1);
    observed_feed(o, CLIENT, request, sizeof(request) - 1);
    observed_feed(o, CLIENT, message, 36);
    message[1] = 98;
    observed_feed(o, SERVER, message, 100);
}

/* What happens to the session beside the failure. */
enum { WHOLE, HOLE, LARGE_HOLE, LATE_KEYS, DAMAGED_SIZE, NEXT_KEY, KINDS };

enum { NEAR_NEXT_KEY = 65533 }; /* number of the server's first record then */

static int lost_code;

static void note_code(void *context, const sw_observer_event *event)
{
    (void)context;
    if (event->kind == SW_OBSERVED_UNDECODED && event->error.code <= -300)
        lost_code = event->error.code;
}

/* 0: there is no such call. */
static int run(const scene *s, int kind, size_t call)
{
    size_t at = kind == LARGE_HOLE ? 350 : 20, hole = kind == HOLE ? 50 : kind == LARGE_HOLE ? 700 : 0;
    uint8_t changed[STREAM_MAX];
    fake_crypto fake;
    observed o;

    fake_crypto_init(&fake, 2);
    fake.fail_at = call;
    lost_code = 0;
    observed_start(&o, &fake.table, &s->keys, kind == LATE_KEYS ? KEYS_AT_END : KEYS_AT_CHALLENGE);
    o.full = kind == LATE_KEYS;
    o.told = note_code;
    if (s->is_sealed)
        begin_sealed(&o);
    else
        begin_plain(&o);
    if (kind == NEXT_KEY && s->is_sealed)
        o.observer.ends[SERVER].counter = o.observer.ends[SERVER].channel.record.counter = NEAR_NEXT_KEY;
    memcpy(changed, s->sent[SERVER], s->len[SERVER]);
    if (kind == DAMAGED_SIZE) /* of the second record, or the second packet's */
        changed[s->is_sealed ? 5 + SW_RECORD_OVERHEAD : 5] ^= 0x80;
    observed_feed(&o, CLIENT, s->sent[CLIENT], s->len[CLIENT]);
    observed_feed(&o, SERVER, changed, at);
    observed_lose(&o, SERVER, hole);
    observed_feed(&o, SERVER, changed + at + hole, s->len[SERVER] - at - hole);
    if (kind == LATE_KEYS) { /* and something behind them */
        o.full = 0;
        o.when = KEYS_NEVER;
        (void)sw_observer_open(&o.observer, &s->keys, 0);
        observed_feed(&o, SERVER, changed, 40);
    }
    observed_finish(&o);
    observed_free(&o);
    ck_assert_msg(fake.aes_states + fake.aead_states == 0, "call %zu: a key is left behind", call);
    return fake.calls >= call;
}

START_TEST(each_call)
{
    int kind = _i % KINDS;
    size_t call = 1;
    scene s;

    make(&s, _i / KINDS, kind == NEXT_KEY ? NEAR_NEXT_KEY : 0);
    while (run(&s, kind, call) != 0) {
        ck_assert_msg(lost_code < 0, "call %zu: nobody was told", call);
        ck_assert_uint_lt(++call, CALLS_MAX);
    }
    ck_assert_int_eq(lost_code, 0);
    ck_assert_uint_gt(call, 3);
    scene_free(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("observer failing");
    TCase *tcase = suite_case(suite, "calls");

    tcase_add_loop_test(tcase, each_call, 0, 2 * KINDS);
    return run_suite(suite);
}
