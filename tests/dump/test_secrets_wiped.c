/* SPDX-License-Identifier: ISC */
/* Keys that the decoder takes out of a key log or a challenge are wiped wherever they were put. The linker puts functions of
 * this file in the place of those that hand out secrets, and of the one that wipes them (--wrap). */
#include "sealed_transcript.h"
#include "suite.h"
#include "watched.h"

#include <stdlib.h>
#include <string.h>

/* ---- where secrets are ---- */

enum { PLACES_MAX = 16 };

static const sw_secrets *places[PLACES_MAX];
static int place_count, handed_out;

static void note(const sw_secrets *secrets)
{
    handed_out++;
    for (int i = 0; i < place_count; i++)
        if (places[i] == secrets)
            return;
    ck_assert_int_lt(place_count, PLACES_MAX);
    places[place_count++] = secrets;
}

static void forget(const sw_secrets *secrets)
{
    for (int i = 0; i < place_count; i++)
        if (places[i] == secrets)
            places[i--] = places[--place_count];
}

int __real_keylog_find(keylog_reader *log, const uint8_t *response, size_t size, sw_secrets *keys);
int __wrap_keylog_find(keylog_reader *log, const uint8_t *response, size_t size, sw_secrets *keys);
int __real_keylog_find_sealed(keylog_reader *log, const uint8_t *ephemeral, unsigned turn, sw_secrets *keys);
int __wrap_keylog_find_sealed(keylog_reader *log, const uint8_t *ephemeral, unsigned turn, sw_secrets *keys);
int __real_keylog_next(keylog_reader *log, uint32_t *i, sw_secrets *keys);
int __wrap_keylog_next(keylog_reader *log, uint32_t *i, sw_secrets *keys);
int __real_sw_challenge_open(sw_secrets *secrets, const sw_crypto *crypto, const sw_rsa_private *key,
                             unsigned features, const uint8_t *challenge, size_t len, sw_error *error);
int __wrap_sw_challenge_open(sw_secrets *secrets, const sw_crypto *crypto, const sw_rsa_private *key,
                             unsigned features, const uint8_t *challenge, size_t len, sw_error *error);
void __real_sw_secrets_wipe(sw_secrets *secrets);
void __wrap_sw_secrets_wipe(sw_secrets *secrets);

int __wrap_keylog_find(keylog_reader *log, const uint8_t *response, size_t size, sw_secrets *keys)
{
    int found = __real_keylog_find(log, response, size, keys);

    if (found)
        note(keys);
    return found;
}

int __wrap_keylog_find_sealed(keylog_reader *log, const uint8_t *ephemeral, unsigned turn, sw_secrets *keys)
{
    int found = __real_keylog_find_sealed(log, ephemeral, turn, keys);

    if (found)
        note(keys);
    return found;
}

int __wrap_keylog_next(keylog_reader *log, uint32_t *i, sw_secrets *keys)
{
    int found = __real_keylog_next(log, i, keys);

    if (found)
        note(keys);
    return found;
}

int __wrap_sw_challenge_open(sw_secrets *secrets, const sw_crypto *crypto, const sw_rsa_private *key,
                             unsigned features, const uint8_t *challenge, size_t len, sw_error *error)
{
    int result = __real_sw_challenge_open(secrets, crypto, key, features, challenge, len, error);

    if (result == SW_OK)
        note(secrets);
    return result;
}

void __wrap_sw_secrets_wipe(sw_secrets *secrets)
{
    forget(secrets);
    __real_sw_secrets_wipe(secrets);
}

/* ---- scenes ---- */

static void begin(void)
{
    place_count = handed_out = 0;
}

/* Ends the session and looks that there were secrets, and that none is where it was. */
static void check_wiped(watched *w, const char *said)
{
    const char *text = watched_end(w);

    ck_assert_msg(strstr(text, said) != NULL, "no '%s' in:\n%s", said, text);
    ck_assert_int_gt(handed_out, 0);
    ck_assert_int_eq(place_count, 0);
    watched_close(w);
}

static void add_traffic(watched *w, unsigned features)
{
    if (features == LEGACY) {
        wire_session_text(&w->session, FROM_SERVER, "Proceed.", 8);
        return;
    }
    wire_session_packet(&w->session, FROM_SERVER, SW_BAND_PROCEED, NULL, 0);
    wire_session_packet(&w->session, FROM_SERVER, SW_BAND_EXIT_SUCCESS, NULL, 0);
}

static const struct {
    unsigned features;
    const char *said;
} modes[] = { { AES, "exit 0" }, { AES_SHA256, "exit 0" }, { RC4, "exit 0" }, { LEGACY, "proceed 8/8" } };

START_TEST(found_by_response)
{
    watched w;

    watched_open(&w, modes[_i].features, 0);
    add_traffic(&w, modes[_i].features);
    watched_handshake(&w);
    watched_rest(&w);
    check_wiped(&w, modes[_i].said);
}
END_TEST

/* The line has other keys than the session: it is known not to fit when it is found again. */
START_TEST(found_wrong)
{
    watched w;
    char *line;

    watched_open(&w, AES, 0);
    line = wire_session_log(&w.session);
    for (size_t i = strlen(line) - 30; i < strlen(line) - 1; i++)
        line[i] = line[i] == '0' ? '1' : '0';
    watched_write_log(line, "w");
    add_traffic(&w, AES);
    watched_handshake(&w);
    watched_rest(&w);
    watched_write_log(line, "a");
    sessions_retry(&w.setup);
    free(line);
    check_wiped(&w, "S>C encrypted");
}
END_TEST

/* is_other: the key log has another session. */
static void open_session(watched *w, int is_other)
{
    watched_open(w, AES, 0);
    if (is_other) {
        wire_session_free(&w->session);
        wire_session_start(&w->session, w->crypto, AES, 8);
    }
    add_traffic(w, AES);
}

/* Nothing of the client: each line is tried at what the server says, and one fits, or none does. */
START_TEST(tried)
{
    watched w;

    open_session(&w, _i == 0);
    watched_feed(&w, FROM_SERVER, w.session.opening[FROM_SERVER], 0);
    watched_feed(&w, FROM_CLIENT, w.session.opening[FROM_CLIENT], 0);
    watched_feed(&w, FROM_SERVER, w.session.sent[FROM_SERVER].len, 0);
    check_wiped(&w, _i == 0 ? "S>C encrypted" : "exit 0");
}
END_TEST

/* The same without a request, where it is not sure that it is a challenge. */
START_TEST(tried_late)
{
    watched w;

    open_session(&w, _i == 0);
    w.at[FROM_SERVER] = w.session.opening[FROM_SERVER];
    watched_feed(&w, FROM_SERVER, w.session.sent[FROM_SERVER].len, 0);
    check_wiped(&w, _i == 0 ? "" : "exit 0");
}
END_TEST

/* What may be a response, of a session whose beginning was not captured. */
START_TEST(candidate)
{
    watched w;

    watched_open(&w, modes[_i].features, 0);
    add_traffic(&w, modes[_i].features);
    w.at[FROM_CLIENT] = w.session.opening[FROM_CLIENT];
    w.at[FROM_SERVER] = w.session.proof[FROM_SERVER];
    watched_feed(&w, FROM_CLIENT, w.session.proof[FROM_CLIENT], 0);
    watched_rest(&w);
    check_wiped(&w, "");
}
END_TEST

/* ---- sealed, and opened by a private key ---- */

static char *sealed_line(const sealed_transcript *t, int is_wrong)
{
    const uint8_t *lf = memchr(t->client.data, '\n', t->client.len);
    const uint8_t *client = is_wrong ? t->server_key.data : t->client_key.data;
    const uint8_t *server = is_wrong ? t->client_key.data : t->server_key.data;
    char *line;
    size_t size;
    FILE *out = open_memstream(&line, &size);

    fputs("SEALED ", out);
    for (int i = 0; i < SW_X25519_SIZE; i++)
        fprintf(out, "%02x", lf[3 + i]);
    fputc(' ', out);
    for (int i = 0; i < SW_CIPHER_KEY_SIZE; i++)
        fprintf(out, "%02x", client[i]);
    fputc(' ', out);
    for (int i = 0; i < SW_CIPHER_KEY_SIZE; i++)
        fprintf(out, "%02x", server[i]);
    fputc('\n', out);
    fclose(out);
    return line;
}

static void feed_all(watched *w, const bytes *all, from side, size_t from_place, size_t until)
{
    bytes copy = bytes_copy(all->data + from_place, until - from_place);

    watch_data(w->watch, side, w->time, copy.data, copy.len);
    bytes_free(&copy);
}

START_TEST(sealed)
{
    static sealed_transcript all[SEALED_TRANSCRIPTS];
    const sealed_transcript *t = &all[0];
    char *wrong, *right;
    size_t greeting = 0, request;
    watched w;

    sealed_transcripts_load(all);
    wrong = sealed_line(t, 1);
    right = sealed_line(t, 0);
    watched_open(&w, AES, 0);
    watched_write_log(right, "w");
    watched_write_log(wrong, "a"); /* which is tried first */
    for (int lines = 0; lines < 2; greeting++)
        lines += t->server.data[greeting] == '\n';
    request = (size_t)((const uint8_t *)memchr(t->client.data, '\n', t->client.len) - t->client.data) + 1;
    feed_all(&w, &t->server, FROM_SERVER, 0, greeting);
    feed_all(&w, &t->client, FROM_CLIENT, 0, request + 36);
    feed_all(&w, &t->server, FROM_SERVER, greeting, greeting + 100);
    feed_all(&w, &t->client, FROM_CLIENT, request + 36, t->client.len);
    feed_all(&w, &t->server, FROM_SERVER, greeting + 100, t->server.len);
    check_wiped(&w, "exit 0");
    free(wrong);
    free(right);
    sealed_transcripts_free(all);
}
END_TEST

static size_t greeting_of(const transcript *t)
{
    size_t at = 0;

    for (int lines = 0; lines < (t->features != 0 ? 2 : 1); at++)
        lines += t->server.data[at] == '\n';
    return at;
}

static size_t request_of(const transcript *t)
{
    sw_request request;
    size_t len = t->client.len;

    while (sw_request_parse(t->client.data, len, &request, NULL) != SW_OK || request.features != t->features)
        ck_assert_uint_gt(--len, 0);
    return len;
}

/* A session whose challenge a private key opens, with its request, and without. */
START_TEST(opened_by_key)
{
    transcript all[TRANSCRIPTS_MAX];
    size_t count = transcripts_load(all);

    for (size_t i = 0; i < count; i++) {
        const transcript *t = &all[i];
        named_key named = { .name = "key" };
        watched w;

        if (t->features == 0 && _i > 0) /* where nothing tells that it is a challenge */
            continue;
        begin();
        watched_open(&w, AES, 0);
        watched_write_log("# nothing\n", "w");
        vector_private_key(t->key, &named.key);
        w.keys = (keyring){ .keys = &named, .count = 1 };
        if (_i == 0) {
            feed_all(&w, &t->server, FROM_SERVER, 0, greeting_of(t));
            feed_all(&w, &t->client, FROM_CLIENT, 0, request_of(t));
        }
        feed_all(&w, &t->server, FROM_SERVER, greeting_of(t), t->server.len);
        feed_all(&w, &t->client, FROM_CLIENT, request_of(t), t->client.len);
        check_wiped(&w, "begin 1 ");
    }
    transcripts_free(all, count);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dump secrets wiped");
    TCase *tcase = suite_case(suite, "wiped");

    tcase_add_checked_fixture(tcase, begin, NULL);
    tcase_add_loop_test(tcase, found_by_response, 0, COUNT(modes));
    tcase_add_test(tcase, found_wrong);
    tcase_add_loop_test(tcase, tried, 0, 2);
    tcase_add_loop_test(tcase, tried_late, 0, 2);
    tcase_add_loop_test(tcase, candidate, 0, COUNT(modes));
    tcase_add_test(tcase, sealed);
    tcase_add_loop_test(tcase, opened_by_key, 0, 2);
    return run_suite(suite);
}
