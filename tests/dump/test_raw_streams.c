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
    tcase_add_test(tcase, nonsense);
    tcase_add_test(tcase, unreadable);
    return run_suite(suite);
}
