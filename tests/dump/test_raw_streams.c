/* SPDX-License-Identifier: ISC */
/* The recorded sessions of an independent implementation as two files. */
#include "capture/raw_streams.h"
#include "event_log.h"
#include "suite.h"
#include "support.h"
#include "wire_session.h"

#include <sidewire/backends.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static transcript all[TRANSCRIPTS_MAX];
static size_t count;
static sw_crypto *crypto;
static char folder[] = "/tmp/sidewire-raw-XXXXXX";
static char paths[3][64]; /* by `from`, then the key log */

static void setup(void)
{
    static const char *const names[] = { "c2s", "s2c", "keylog" };

    count = transcripts_load(all);
    crypto = sw_backend_new(NULL);
    ck_assert_ptr_nonnull(crypto);
    strcpy(folder + sizeof(folder) - sizeof("XXXXXX"), "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    for (int i = 0; i < 3; i++)
        snprintf(paths[i], sizeof(paths[i]), "%s/%s", folder, names[i]);
}

static void teardown(void)
{
    for (int i = 0; i < 3; i++)
        unlink(paths[i]);
    rmdir(folder);
    sw_backend_free(crypto);
    transcripts_free(all, count);
}

static void write_file(const char *path, const void *data, size_t len)
{
    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(data, 1, len, file), len);
    ck_assert_int_eq(fclose(file), 0);
}

static void write_files(const transcript *t)
{
    write_file(paths[FROM_CLIENT], t->client.data, t->client.len);
    write_file(paths[FROM_SERVER], t->server.data, t->server.len);
}

/* The line that tells the keys of a recorded session. */
static void write_log(const transcript *t)
{
    wire_session w = { .features = t->features };
    size_t size = sw_features_response_size(t->features);
    char *line;

    w.keys.response_size = (uint8_t)size;
    if (size == SW_SHA256_SIZE)
        crypto->sha256(crypto->ctx, w.keys.response, t->random.data, 64);
    else
        crypto->sha1(crypto->ctx, w.keys.response, t->random.data, 64);
    memcpy(w.keys.client_key, t->random.data + 64, SW_CIPHER_KEY_SIZE);
    memcpy(w.keys.server_key, t->random.data + 96, SW_CIPHER_KEY_SIZE);
    line = wire_session_log(&w);
    write_file(paths[2], line, strlen(line));
    free(line);
}

static void write_session(const wire_session *w)
{
    char *line = wire_session_log(w);

    write_file(paths[2], line, strlen(line));
    write_file(paths[FROM_CLIENT], w->sent[FROM_CLIENT].data, w->sent[FROM_CLIENT].len);
    write_file(paths[FROM_SERVER], w->sent[FROM_SERVER].data, w->sent[FROM_SERVER].len);
    free(line);
}

/* ---- what comes out ---- */

typedef enum opener { BY_KEY, BY_LOG, BY_NOTHING } opener;

static char *watch_streams(const char *client, const char *server, const transcript *t, opener with)
{
    const char *streams[2] = { client, server };
    named_key *named = calloc(1, sizeof(*named));
    keyring ring = { .keys = named, .count = with == BY_KEY };
    event_log log = { 0 };
    event_sink sink = event_log_open(&log);
    watch_setup observers = { .crypto = crypto, .keys = &ring, .sink = &sink };
    char why[256], *text;

    vector_private_key(t->key, &named->key);
    named->name = "the key";
    if (with == BY_LOG)
        observers.log = keylog_new(paths[2]);
    ck_assert_int_eq(raw_streams_watch(streams, &observers, why, sizeof(why)), 0);
    text = strdup(event_log_text(&log));
    event_log_close(&log);
    keylog_close(observers.log);
    free(named);
    return text;
}

/* All that was said has to be there, in this order. */
static void expect_line(const char *what, const char **text, const char *line)
{
    const char *found = strstr(*text, line);

    ck_assert_msg(found != NULL, "%s: no '%s' in:\n%s", what, line, *text);
    *text = found + strlen(line);
}

static void expect_session(const transcript *t, opener with, const char *text)
{
    char line[256];

    snprintf(line, sizeof(line), "begin 1 %s\n", t->user);
    expect_line(t->name, &text, line);
    expect_line(t->name, &text, "S>C greeting");
    expect_line(t->name, &text, "C>S request");
    expect_line(t->name, &text, t->features != 0 ? "S>C CHALLENGE " : "S>C challenge ");
    if (with == BY_KEY)
        expect_line(t->name, &text, "opened by the key\n");
    expect_line(t->name, &text, t->features != 0 ? "C>S CHALLENGE_RESPONSE " : "C>S response ");
    expect_line(t->name, &text, with == BY_KEY ? " right\n" : " in the key log\n");
    expect_line(t->name, &text, t->features != 0 ? "S>C PROCEED" : "S>C proceed");
    expect_line(t->name, &text, t->features != 0 ? "C>S COMMAND" : "C>S command");
    for (size_t i = 0; i < t->argc; i++) {
        snprintf(line, sizeof(line), " [%s]", t->argv[i]);
        expect_line(t->name, &text, line);
    }
    for (size_t i = 0; i < t->reply_count; i++) {
        size_t size = t->replies[i].body.len;
        snprintf(line, sizeof(line), "S>C %s %zu/%zu",
                 t->features != 0 ? sw_band_name(t->replies[i].band) : "text", size, size);
        expect_line(t->name, &text, line);
    }
    expect_line(t->name, &text, "end encrypted");
    ck_assert_ptr_null(strstr(text, "damaged"));
}

START_TEST(recorded)
{
    for (size_t i = 0; i < count; i++) {
        char *text;

        write_files(&all[i]);
        write_log(&all[i]);
        text = watch_streams(paths[FROM_CLIENT], paths[FROM_SERVER], &all[i], (opener)_i);
        expect_session(&all[i], (opener)_i, text);
        free(text);
    }
}
END_TEST

START_TEST(without_key)
{
    for (size_t i = 0; i < count; i++) {
        const char *rest;
        char *text;

        write_files(&all[i]);
        text = watch_streams(paths[FROM_CLIENT], paths[FROM_SERVER], &all[i], BY_NOTHING);
        rest = text;
        expect_line(all[i].name, &rest, "C>S request");
        expect_line(all[i].name, &rest, "S>C encrypted");
        expect_line(all[i].name, &rest, "end encrypted\n");
        free(text);
    }
}
END_TEST

/* Half a session; with its keys the client's half can be read. */
START_TEST(client_only)
{
    for (size_t i = 0; i < count; i++) {
        const char *rest;
        char *text;

        write_files(&all[i]);
        write_log(&all[i]);
        text = watch_streams(paths[FROM_CLIENT], NULL, &all[i], BY_LOG);
        rest = text;
        expect_line(all[i].name, &rest, "C>S request");
        expect_line(all[i].name, &rest, " in the key log\n");
        expect_line(all[i].name, &rest, all[i].features != 0 ? "C>S COMMAND" : "C>S command");
        expect_line(all[i].name, &rest, "end answered S>C unseen damaged\n");
        free(text);
    }
}
END_TEST

START_TEST(server_only)
{
    for (size_t i = 0; i < count; i++) {
        const char *rest;
        char *text;

        write_files(&all[i]);
        text = watch_streams(NULL, paths[FROM_SERVER], &all[i], BY_KEY);
        rest = text;
        if (all[i].features == 0) { /* a line of text is not yet a session */
            ck_assert_str_eq(text, "");
        } else {
            expect_line(all[i].name, &rest, "S>C greeting");
            expect_line(all[i].name, &rest, "opened by the key\n");
            expect_line(all[i].name, &rest, "S>C PROCEED");
            expect_line(all[i].name, &rest, "end encrypted exit ");
            expect_line(all[i].name, &rest, " C>S unseen damaged\n");
        }
        free(text);
    }
}
END_TEST

/* Legacy: without a key the request ends where bytes are none of a name. */
START_TEST(guessed_request)
{
    static const struct {
        const char *client;
        size_t len, size;
    } cases[] = {
        { "auth rsa bob\0....................", 33, 12 },
        { "auth rsa bob\x1f..", 15, 12 },
        { "auth rsa bob\x7f..", 15, 12 },
        { "auth rsa bob~.\x80", 15, 14 },
        { "auth rsa bob", 12, 12 },
    };
    static const char greeting[] = "This is para_server, version 0.4.13.\n";
    const char *const streams[2] = { paths[FROM_CLIENT], paths[FROM_SERVER] };

    for (int i = 0; i < COUNT(cases); i++) {
        keyring none = { 0 };
        event_log log = { 0 };
        event_sink sink = event_log_open(&log);
        watch_setup observers = { .crypto = crypto, .keys = &none, .sink = &sink };
        char why[256], line[64];

        write_file(paths[FROM_CLIENT], cases[i].client, cases[i].len);
        write_file(paths[FROM_SERVER], greeting, sizeof(greeting) - 1);
        ck_assert_int_eq(raw_streams_watch(streams, &observers, why, sizeof(why)), 0);
        snprintf(line, sizeof(line), "C>S request %zu/%zu", cases[i].size, cases[i].size);
        ck_assert_msg(strstr(event_log_text(&log), line) != NULL, "%d: no '%s' in:\n%s", i, line,
                      event_log_text(&log));
        event_log_close(&log);
    }
}
END_TEST

/* The right key is behind others, of other sizes. */
START_TEST(several_keys)
{
    static const char *const names[] = { "alice", "carol", "bob" };

    for (size_t i = 0; i < count; i++) {
        const char *const streams[2] = { paths[FROM_CLIENT], paths[FROM_SERVER] };
        named_key *named = calloc(3, sizeof(*named));
        keyring ring = { .keys = named, .count = 3 };
        event_log log = { 0 };
        event_sink sink = event_log_open(&log);
        watch_setup observers = { .crypto = crypto, .keys = &ring, .sink = &sink };
        char why[256];

        for (int k = 0; k < 3; k++) {
            vector_private_key(names[k], &named[k].key);
            named[k].name = strcmp(names[k], all[i].key) == 0 ? "the key" : "another";
        }
        write_files(&all[i]);
        ck_assert_int_eq(raw_streams_watch(streams, &observers, why, sizeof(why)), 0);
        expect_session(&all[i], BY_KEY, event_log_text(&log));
        event_log_close(&log);
        free(named);
    }
}
END_TEST

/* The response is the last that there is of the client. */
START_TEST(ends_with_response)
{
    wire_session w;
    const char *rest;
    char *text;

    wire_session_start(&w, crypto, 0, 7);
    wire_session_text(&w, FROM_SERVER, "Proceed.x", 9);
    write_session(&w);
    text = watch_streams(paths[FROM_CLIENT], paths[FROM_SERVER], &all[0], BY_LOG);
    rest = text;
    expect_line("request", &rest, "C>S request 14/14");
    expect_line("response", &rest, "C>S response 20/20 in the key log\n");
    expect_line("proceed", &rest, "S>C proceed 8/8");
    expect_line("text", &rest, "S>C text 1/1 \"x\"\n"); /* of one byte */
    free(text);
    wire_session_free(&w);
}
END_TEST

/* Streams are read in pieces: of these the last has one byte, or as many as there is room for. */
START_TEST(long_streams)
{
    enum { ROOM = 65536 };
    static const char body[4 * ROOM];
    wire_session w;
    const char *rest;
    char expected[64];
    size_t size, before;
    char *text;

    wire_session_start(&w, crypto, SW_FEATURE_SIDEBAND | SW_FEATURE_AES_CTR128, 7);
    wire_session_packet(&w, FROM_SERVER, SW_BAND_PROCEED, NULL, 0);
    before = w.sent[FROM_SERVER].len + 2 * SW_HEADER_SIZE; /* another packet is behind it */
    size = 3 * ROOM - before + (size_t)_i;
    wire_session_packet(&w, FROM_SERVER, SW_BAND_OUTPUT, body, size);
    wire_session_packet(&w, FROM_SERVER, SW_BAND_EXIT_SUCCESS, NULL, 0);
    ck_assert_uint_eq(w.sent[FROM_SERVER].len, 3 * ROOM + (size_t)_i);
    write_session(&w);
    text = watch_streams(paths[FROM_CLIENT], paths[FROM_SERVER], &all[0], BY_LOG);
    rest = text;
    snprintf(expected, sizeof(expected), "S>C OUTPUT %zu/%zu ", size, size);
    expect_line("output", &rest, expected);
    expect_line("exit", &rest, "S>C EXIT__SUCCESS 0/0\n");
    expect_line("end", &rest, "end encrypted exit 0\n");
    free(text);
    wire_session_free(&w);
}
END_TEST

/* No session at all, of any size. */
START_TEST(nonsense)
{
    static const size_t sizes[] = { 0, 1, 8, 100, 70000, 300000 };
    uint8_t *data = calloc(1, 300000);

    for (int fill = 0; fill < 3; fill++) {
        memset(data, fill == 0 ? '\0' : fill == 1 ? 'a' : 0xff, 300000);
        for (int i = 0; i < COUNT(sizes); i++) {
            char *text;

            write_file(paths[0], data, sizes[i]);
            write_file(paths[1], data, sizes[i]);
            text = watch_streams(paths[0], paths[1], &all[0], BY_KEY);
            ck_assert_str_eq(text, "");
            free(text);
        }
    }
    free(data);
}
END_TEST

START_TEST(unreadable)
{
    static const char *const streams[2] = { "/nosuch/file", NULL };
    watch_setup observers = { 0 };
    char why[256];

    ck_assert_int_eq(raw_streams_watch(streams, &observers, why, sizeof(why)), -1);
    ck_assert_str_eq(why, "/nosuch/file: No such file or directory");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dump raw streams");
    TCase *tcase = suite_case(suite, "raw streams");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, recorded, BY_KEY, BY_LOG + 1);
    tcase_add_test(tcase, without_key);
    tcase_add_test(tcase, client_only);
    tcase_add_test(tcase, server_only);
    tcase_add_test(tcase, guessed_request);
    tcase_add_test(tcase, several_keys);
    tcase_add_test(tcase, ends_with_response);
    tcase_add_loop_test(tcase, long_streams, 0, 2);
    tcase_add_test(tcase, nonsense);
    tcase_add_test(tcase, unreadable);
    return run_suite(suite);
}
