/* SPDX-License-Identifier: ISC */
/* What a passive observer makes of damage, holes, and connections that are no sessions. */
#include "observed.h"
#include "suite.h"
#include "support.h"
#include "tested_backend.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CLIENT = 0,
    SERVER = 1,
    FEATURES = SW_FEATURE_SIDEBAND | SW_FEATURE_AES_CTR128,
    RESPONSE_SIZE = SW_SHA1_SIZE
};

static sw_crypto *crypto;

static void setup(void)
{
    crypto = tested_backend();
}

static void teardown(void)
{
    sw_backend_free(crypto);
}

/* ---- a session made by hand ---- */

/* Grows by doubling: megabytes are added in small packets. */
typedef struct outgoing {
    uint8_t *data;
    size_t len, cap;
} outgoing;

static void append(outgoing *to, const uint8_t *data, size_t len)
{
    if (to->cap - to->len < len) {
        to->cap = 2 * to->cap + len;
        to->data = realloc(to->data, to->cap);
        ck_assert_ptr_nonnull(to->data);
    }
    memcpy(to->data + to->len, data, len);
    to->len += len;
}

typedef struct scene {
    observed seen;
    sw_secrets keys;
    sw_cipher ciphers[2];
    outgoing sent[2]; /* encrypted, not fed yet */
} scene;

static void scene_open(scene *s)
{
    static const char greeting[] = "hello\nFeatures: sideband,aes_ctr128\n";
    static const char request[] = "auth rsa alice sideband,aes_ctr128";
    uint8_t packet[SW_HEADER_SIZE + 256] = { 0, 1, 0, 0, SW_BAND_CHALLENGE };

    memset(s, 0, sizeof(*s));
    s->keys.response_size = RESPONSE_SIZE;
    memset(s->keys.client_key, 1, SW_CIPHER_KEY_SIZE);
    memset(s->keys.server_key, 2, SW_CIPHER_KEY_SIZE);
    for (int who = 0; who < 2; who++) {
        s->sent[who] = (outgoing){ NULL, 0, 0 };
        ck_assert_int_eq(sw_cipher_init(&s->ciphers[who], SW_CIPHER_AES_CTR128, crypto,
                                        who == CLIENT ? s->keys.client_key : s->keys.server_key),
                         SW_OK);
    }
    observed_start(&s->seen, crypto, &s->keys, KEYS_AT_CHALLENGE);
    observed_feed(&s->seen, SERVER, greeting, sizeof(greeting) - 1);
    observed_feed(&s->seen, CLIENT, request, sizeof(request) - 1);
    observed_feed(&s->seen, SERVER, packet, sizeof(packet));
    memset(packet, 0, sizeof(packet));
    packet[0] = RESPONSE_SIZE;
    packet[4] = SW_BAND_CHALLENGE_RESPONSE;
    observed_feed(&s->seen, CLIENT, packet, SW_HEADER_SIZE + RESPONSE_SIZE);
    for (int who = 0; who < 2; who++) { /* what comes is compared from here on */
        free(s->seen.ends[who].log);
        s->seen.ends[who].log = NULL;
        s->seen.ends[who].log_len = s->seen.ends[who].log_cap = 0;
    }
}

/* Appends a packet of that many bytes `fill`, or one whose header alone claims so. Where it begins. */
static size_t packet(scene *s, int who, unsigned band, size_t size, int fill)
{
    size_t at = s->sent[who].len;
    uint8_t header[SW_HEADER_SIZE] = { (uint8_t)size, (uint8_t)(size >> 8), (uint8_t)(size >> 16),
                                       (uint8_t)(size >> 24), (uint8_t)band };
    uint8_t *body = malloc(size + 1);

    ck_assert_ptr_nonnull(body);
    for (size_t i = 0; i < size; i++)
        body[i] = (uint8_t)(fill >= 0 ? fill : rand());
    append(&s->sent[who], header, sizeof(header));
    append(&s->sent[who], body, size);
    free(body);
    sw_cipher_apply(&s->ciphers[who], s->sent[who].data + at, s->sent[who].data + at, s->sent[who].len - at);
    return at;
}

static void feed(scene *s, unsigned who, size_t from, size_t until)
{
    if (from < until)
        observed_feed(&s->seen, who, s->sent[who].data + from, until - from);
}

static void scene_close(scene *s)
{
    observed_free(&s->seen);
    for (int who = 0; who < 2; who++) {
        sw_cipher_wipe(&s->ciphers[who]);
        free(s->sent[who].data);
    }
}

/* ---- headers that are wrong ---- */

#define EMPTY " 0 811c9dc5\n" /* the checksum of nothing */

static const struct {
    const char *name;
    int who;
    unsigned first, band; /* a packet before it */
    size_t size;
    int error;
} wrong[] = {
    { "no band", SERVER, SW_BAND_PROCEED, SW_BAND_ANY, 0, SW_E_UNEXPECTED },
    { "the first unknown band", SERVER, SW_BAND_PROCEED, SW_BAND_COUNT, 3, SW_E_UNEXPECTED },
    { "the last unknown band", SERVER, SW_BAND_PROCEED, 255, 3, SW_E_UNEXPECTED },
    { "PROCEED with a body", SERVER, SW_BAND_PROCEED, SW_BAND_PROCEED, 1, SW_E_NOT_EMPTY },
    { "unknown band of a client", CLIENT, SW_BAND_COMMAND, SW_BAND_COUNT, 3, SW_E_UNEXPECTED },
};

START_TEST(wrong_header)
{
    const char *log;
    char line[32];
    scene s;

    scene_open(&s);
    packet(&s, SERVER, SW_BAND_PROCEED, 0, 0);
    if (wrong[_i].who == CLIENT)
        packet(&s, CLIENT, SW_BAND_COMMAND, 3, 'x');
    packet(&s, wrong[_i].who, wrong[_i].band, wrong[_i].size, 'y');
    feed(&s, SERVER, 0, s.sent[SERVER].len);
    feed(&s, CLIENT, 0, s.sent[CLIENT].len);
    observed_finish(&s.seen);
    log = observed_log(&s.seen, (unsigned)wrong[_i].who);
    snprintf(line, sizeof(line), "error %d\n", wrong[_i].error);
    ck_assert_msg(strstr(log, line) != NULL, "%s: no '%s' in:\n%s", wrong[_i].name, line, log);
    scene_close(&s);
}
END_TEST

/* The first band is not the only one that may come; the keys fit, as the server's packet shows. */
START_TEST(wrong_first_band)
{
    scene s;

    scene_open(&s);
    packet(&s, SERVER, SW_BAND_PROCEED, 0, 0);
    packet(&s, CLIENT, SW_BAND_OUTPUT, 3, 'x');
    feed(&s, SERVER, 0, s.sent[SERVER].len);
    feed(&s, CLIENT, 0, s.sent[CLIENT].len);
    observed_finish(&s.seen);
    ck_assert_int_eq(s.seen.wrong_keys, 0);
    ck_assert_ptr_nonnull(strstr(observed_log(&s.seen, CLIENT), "error -102\n"));
    scene_close(&s);
}
END_TEST

/* Challenge and response have their bands, too. */
START_TEST(wrong_band_of_challenge)
{
    static const char greeting[] = "hello\nFeatures: sideband,aes_ctr128\n";
    static const char request[] = "auth rsa alice sideband,aes_ctr128";
    uint8_t block[SW_HEADER_SIZE + 256] = { 0, 1, 0, 0, SW_BAND_OUTPUT };
    observed o;

    observed_start(&o, crypto, NULL, KEYS_NEVER);
    observed_feed(&o, SERVER, greeting, sizeof(greeting) - 1);
    observed_feed(&o, CLIENT, request, sizeof(request) - 1);
    observed_feed(&o, SERVER, block, sizeof(block));
    observed_finish(&o);
    ck_assert_ptr_nonnull(strstr(observed_log(&o, SERVER), "error -102\n"));
    ck_assert_ptr_null(strstr(observed_log(&o, SERVER), "challenge"));
    observed_free(&o);
}
END_TEST

/* No challenge is that large. */
START_TEST(large_challenge)
{
    static const char greeting[] = "hello\nFeatures: sideband,aes_ctr128\n";
    static const char request[] = "auth rsa alice sideband,aes_ctr128";
    static uint8_t block[SW_HEADER_SIZE + SW_CHALLENGE_MAX + 1] = { 0, 0x10, 0, 0, SW_BAND_CHALLENGE };
    observed o;

    block[0] = (uint8_t)_i;
    observed_start(&o, crypto, NULL, KEYS_NEVER);
    observed_feed(&o, SERVER, greeting, sizeof(greeting) - 1);
    observed_feed(&o, CLIENT, request, sizeof(request) - 1);
    observed_feed(&o, SERVER, block, SW_HEADER_SIZE + SW_CHALLENGE_MAX + (size_t)_i);
    observed_finish(&o);
    ck_assert_ptr_nonnull(
        strstr(observed_log(&o, SERVER), _i == 0 ? "challenge 4096/4096 " : "error -100\nundecoded 4102 "));
    observed_free(&o);
}
END_TEST

/* A header is damaged: decoding goes on with the next one. */
START_TEST(damaged_header)
{
    scene s;
    size_t at;

    scene_open(&s);
    packet(&s, SERVER, SW_BAND_PROCEED, 0, 0);
    at = packet(&s, SERVER, SW_BAND_OUTPUT, 100, 'a');
    packet(&s, SERVER, SW_BAND_OUTPUT, 10, 'b');
    packet(&s, SERVER, SW_BAND_EXIT_SUCCESS, 0, 0);
    s.sent[SERVER].data[at + 4] ^= 0x80;
    feed(&s, SERVER, 0, s.sent[SERVER].len);
    observed_finish(&s.seen);
    ck_assert_ptr_nonnull(strstr(observed_log(&s.seen, SERVER), "error -126\nundecoded 105 "));
    ck_assert_ptr_nonnull(strstr(observed_log(&s.seen, SERVER), "OUTPUT 10/10 "));
    ck_assert_ptr_nonnull(strstr(observed_log(&s.seen, SERVER), "EXIT__SUCCESS" EMPTY));
    scene_close(&s);
}
END_TEST

/* ---- holes ---- */

/* A reply in packets of `size`, cut to segments, of which every tenth is lost, by a fixed draw. How many bytes of the
 * bodies come out, as a percentage. */
static unsigned survivors(size_t size, size_t segment, int fill)
{
    enum { TOTAL = 2 << 20 };
    size_t came = 0, sent = 0;
    const char *log;
    scene s;

    srand(5);
    scene_open(&s);
    packet(&s, SERVER, SW_BAND_PROCEED, 0, 0);
    for (; sent < TOTAL; sent += size)
        packet(&s, SERVER, SW_BAND_OUTPUT, size, fill);
    packet(&s, SERVER, SW_BAND_EXIT_SUCCESS, 0, 0);
    for (size_t at = 0; at < s.sent[SERVER].len; at += segment) {
        size_t n = s.sent[SERVER].len - at < segment ? s.sent[SERVER].len - at : segment;

        if (at > 0 && rand() % 10 == 0)
            observed_lose(&s.seen, SERVER, n);
        else
            feed(&s, SERVER, at, at + n);
    }
    observed_finish(&s.seen);
    log = observed_log(&s.seen, SERVER);
    for (const char *line = log; (line = strstr(line, "OUTPUT ")) != NULL; line++)
        came += strtoul(line + 7, NULL, 10);
    scene_close(&s);
    return (unsigned)(came * 100 / sent);
}

static const struct {
    size_t size, segment;
} replies[] = {
    { 100, 1448 },   { 1000, 1448 },    { 4096, 1448 }, { 16384, 1448 },  { 32768, 1448 },
    { 60000, 1448 }, { 1 << 20, 1448 }, { 4096, 4101 }, { 32768, 16384 },
};

START_TEST(every_tenth_lost)
{
    for (int fill = -1; fill < 'z'; fill += 'z') {
        unsigned percent = survivors(replies[_i].size, replies[_i].segment, fill);

        printf("%zu bytes in a packet, %zu in a segment: %u %% of the bodies\n", replies[_i].size,
               replies[_i].segment, percent);
        ck_assert_uint_ge(percent, 67);
    }
}
END_TEST

/* ---- who is who ---- */

/* The client's bytes alone, and the server's behind them; in either order of ends. */
START_TEST(request_first)
{
    static const char request[] = "auth rsa alice sideband,aes_ctr128";
    uint8_t block[SW_HEADER_SIZE + 256] = { 0, 1, 0, 0, SW_BAND_CHALLENGE };
    unsigned client = (unsigned)_i;
    observed o;

    observed_start(&o, crypto, NULL, KEYS_NEVER);
    observed_feed(&o, client, request, sizeof(request) - 1);
    observed_feed(&o, !client, block, sizeof(block));
    observed_finish(&o);
    ck_assert_int_eq(sw_observer_client(&o.observer), (int)client);
    ck_assert_ptr_nonnull(strstr(observed_log(&o, client), "request 34 "));
    ck_assert_ptr_nonnull(strstr(observed_log(&o, !client), "challenge 256/256 "));
    observed_free(&o);
}
END_TEST

/* A request ends with its mark; without one, where the response begins, if only the client is seen. */
#define RESPONSE_HEADER "\x14\0\0\0\x02"

static const struct {
    const char *text;
    size_t len, request; /* so many bytes are fed, and so many are the request; 0: it is none */
} marks[] = {
    { "auth rsa bob sideband\n", 22, 22 },
    { "auth rsa bob sideband\r\n", 23, 23 },
    { "auth rsa bob sideband\0", 22, 22 },
    { "auth rsa bob sideband\0" RESPONSE_HEADER, 27, 22 },
    { "auth rsa bob sideband" RESPONSE_HEADER, 26, 21 },
    { "auth rsa bob sideband\0\0", 23, 22 },
    { "auth rsa bob sideband", 21, 21 },
    { "auth rsa bob\n", 13, 13 },
    { "auth rsb bob\n", 13, 0 },
};

START_TEST(end_marks)
{
    char line[32];
    observed o;

    for (int step = 0; step < 2; step++) { /* at once, and byte by byte */
        observed_start(&o, crypto, NULL, KEYS_NEVER);
        for (size_t at = 0, n; at < marks[_i].len; at += n) {
            n = step ? 1 : marks[_i].len;
            observed_feed(&o, CLIENT, marks[_i].text + at, n);
        }
        observed_finish(&o);
        snprintf(line, sizeof(line), "request %zu ", marks[_i].request);
        ck_assert_msg((strstr(observed_log(&o, CLIENT), line) != NULL) == (marks[_i].request > 0), "%d: %s", _i,
                      observed_log(&o, CLIENT));
        observed_free(&o);
    }
}
END_TEST

START_TEST(request_without_end)
{
    static char text[SW_REQUEST_MAX + 2];
    observed o;

    memset(text, 'x', sizeof(text));
    memcpy(text, "auth rsa ", 9);
    observed_start(&o, crypto, NULL, KEYS_NEVER);
    observed_feed(&o, CLIENT, text, sizeof(text));
    observed_finish(&o);
    ck_assert_int_eq(sw_observer_is_session(&o.observer), -1);
    observed_free(&o);
}
END_TEST

static int is_greeting(const char *text)
{
    return sw_observer_is_greeting((const uint8_t *)text, strlen(text));
}

START_TEST(greetings)
{
    static char text[SW_GREETING_MAX + 2];

    ck_assert_int_eq(is_greeting("hello\nFeatures: sideband\n"), 1);
    ck_assert_int_eq(is_greeting("hello\r\n\tyou\nFeatures: \n"), 1);
    ck_assert_int_eq(is_greeting("hello\n"), 0);
    ck_assert_int_eq(is_greeting("This is para"), 0);
    ck_assert_int_eq(is_greeting("Features: sideband\n"), 0); /* without a first line */
    ck_assert_int_eq(is_greeting("hel\x01lo\n"), -1);
    ck_assert_int_eq(is_greeting("hel\x7flo\n"), -1);
    memset(text, 'x', sizeof(text) - 1);
    ck_assert_int_eq(is_greeting(text), -1);
}
END_TEST

static const struct {
    const char *ends[2];
    int is_session;
} others[] = {
    { { "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n" }, -1 },
    { { "\x16\x03\x01", "\x16\x03\x03" }, -1 },
    { { "auth rsx", "hello\n" }, -1 },
    { { "EHLO here\r\n", "220 there\r\n" }, -1 },
    { { "auth rsa alice\n", "hello\n" }, 1 },
    { { "", "hello\nFeatures: sideband\n" }, 1 },
    { { "", "" }, 0 },
};

START_TEST(other_protocols)
{
    for (unsigned first = 0; first < 2; first++) {
        observed o;

        observed_start(&o, crypto, NULL, KEYS_NEVER);
        for (unsigned i = 0; i < 2; i++)
            observed_feed(&o, first ^ i, others[_i].ends[first ^ i], strlen(others[_i].ends[first ^ i]));
        observed_finish(&o);
        ck_assert_msg(sw_observer_is_session(&o.observer) == others[_i].is_session, "'%s'", others[_i].ends[0]);
        observed_free(&o);
    }
}
END_TEST

/* The client is known, nothing was asked yet: keys would be of no use. With keys, others are refused. */
START_TEST(keys_at_a_wrong_time)
{
    scene s;
    observed o;

    observed_start(&o, crypto, NULL, KEYS_NEVER);
    observed_feed(&o, SERVER, "hello\nFeatures: sideband\n", 25);
    ck_assert_int_eq(sw_observer_client(&o.observer), CLIENT);
    scene_open(&s);
    ck_assert_int_eq(sw_observer_open(&o.observer, &s.keys, 0), SW_E_STATE);
    ck_assert_int_eq(sw_observer_open(&s.seen.observer, &s.keys, 0), SW_E_STATE);
    sw_observer_abandon(&s.seen.observer, SERVER);
    packet(&s, SERVER, SW_BAND_PROCEED, 0, 0);
    feed(&s, SERVER, 0, s.sent[SERVER].len);
    observed_finish(&s.seen);
    ck_assert_ptr_nonnull(strstr(observed_log(&s.seen, SERVER), "undecoded 5 "));
    observed_free(&o);
    scene_close(&s);
}
END_TEST

START_TEST(misuse)
{
    sw_observer_input in = { NULL, 0, 0, 0, 0 };
    sw_observer_event event;
    sw_secrets keys = { .response_size = 0 };
    sw_observer o;

    sw_observer_init(NULL, crypto);
    sw_observer_init(&o, crypto);
    ck_assert_int_eq(sw_observer_next(NULL, 0, &in, &event), SW_E_NULL);
    ck_assert_int_eq(sw_observer_next(&o, 0, NULL, &event), SW_E_NULL);
    ck_assert_int_eq(sw_observer_next(&o, 0, &in, NULL), SW_E_NULL);
    ck_assert_int_eq(sw_observer_next(&o, 2, &in, &event), SW_E_STATE);
    ck_assert_int_eq(sw_observer_next(&o, 1, &in, &event), 0);
    in.len = 1;
    ck_assert_int_eq(sw_observer_next(&o, 0, &in, &event), SW_E_NULL);
    ck_assert_int_eq(sw_observer_open(NULL, &keys, 0), SW_E_NULL);
    ck_assert_int_eq(sw_observer_open(&o, NULL, 0), SW_E_NULL);
    ck_assert_int_eq(sw_observer_open(&o, &keys, 0), SW_E_STATE);
    ck_assert_int_eq(sw_observer_is_session(NULL), -1);
    ck_assert_int_eq(sw_observer_client(NULL), -1);
    ck_assert_uint_eq(sw_observer_features(NULL), 0);
    ck_assert_int_eq(sw_observer_waits(NULL, 0), SW_WAIT_MORE);
    ck_assert_int_eq(sw_observer_waits(&o, 2), SW_WAIT_MORE);
    sw_observer_abandon(&o, 2);
    ck_assert_int_eq(sw_observer_is_greeting((const uint8_t *)"This is para_server, version 1", 30), 1);
    ck_assert_int_eq(sw_observer_client(&o), -1);
    ck_assert_int_eq(sw_observer_is_request(NULL, 0), 0);
    ck_assert_int_eq(sw_observer_is_greeting(NULL, 0), 0);
    sw_observer_abandon(NULL, 0);
    sw_observer_wipe(NULL);
    sw_observer_wipe(&o);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("observer damage");
    TCase *tcase = suite_case(suite, "damage");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, wrong_header, 0, COUNT(wrong));
    tcase_add_test(tcase, wrong_first_band);
    tcase_add_test(tcase, wrong_band_of_challenge);
    tcase_add_loop_test(tcase, large_challenge, 0, 2);
    tcase_add_test(tcase, damaged_header);
    tcase_add_loop_test(tcase, every_tenth_lost, 0, COUNT(replies));
    tcase_add_loop_test(tcase, request_first, 0, 2);
    tcase_add_loop_test(tcase, other_protocols, 0, COUNT(others));
    tcase_add_loop_test(tcase, end_marks, 0, COUNT(marks));
    tcase_add_test(tcase, request_without_end);
    tcase_add_test(tcase, greetings);
    tcase_add_test(tcase, keys_at_a_wrong_time);
    tcase_add_test(tcase, misuse);
    return run_suite(suite);
}
