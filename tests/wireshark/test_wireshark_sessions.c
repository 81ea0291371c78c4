/* SPDX-License-Identifier: ISC */
/* The Wireshark plugin has to agree with sidewire-dump, also on captures of real sessions of the
 * real programs. */
#include "capture.h"
#include "keylog_writer.h"
#include "scratch.h"
#include "sealed_transcript.h"
#include "sessions.h"
#include "suite.h"
#include "tools.h"
#include "tshark.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const commands[] = { "help", "help ff", "nosuch", "ff '' 3" };

/* ---- objects of sidewire-dump --json ---- */

/* What follows the name of a field; NULL: it has none, or null. */
static const char *json_field(const char *object, const char *name)
{
    const char *key = scratch_format("\"%s\":", name);
    const char *end = strchr(object, '\n');
    const char *value = strstr(object, key);

    if (value == NULL || value > end || strncmp(value + strlen(key), "null", 4) == 0)
        return NULL;
    return value + strlen(key);
}

/* Adds a word; strings of JSON are taken as they are. */
static const char *append_word(const char *words, const char *value)
{
    size_t len = strcspn(value + (*value == '"'), "\",}");

    return scratch_format("%s%s%.*s", words, words[0] != '\0' ? " " : "", (int)len, value + (*value == '"'));
}

/* How its packets begin. */
static const char *json_packet(int session)
{
    return scratch_format("{\"schema\":1,\"type\":\"packet\",\"session\":%d,", session);
}

/* A field of all packets of a session that have a band. */
static const char *json_column(const char *json, int session, const char *name)
{
    const char *start = json_packet(session);
    const char *words = "";

    for (const char *p = json; (p = strstr(p, start)) != NULL; p++)
        if (json_field(p, "band") != NULL)
            words = append_word(words, json_field(p, name));
    return words;
}

static const char *json_arguments(const char *json, int session)
{
    const char *start = json_packet(session);
    const char *words = "";

    for (const char *p = json; (p = strstr(p, start)) != NULL; p++) {
        const char *argv = json_field(p, "argv");

        for (int i = 0; argv != NULL && *argv != ']'; i++) {
            const char *text = json_field(argv, "text");

            words = scratch_format("%s%s%.*s", words, i > 0 ? " " : "", (int)strcspn(text + 1, "\""), text + 1);
            argv = strchr(argv, '}') + 1;
        }
    }
    return words;
}

/* A field of the session itself, or of its end. */
static const char *json_value(const char *json, const char *type, int session, const char *name)
{
    const char *object = strstr(json, scratch_format("\"type\":\"%s\",\"session\":%d,", type, session));
    const char *value;

    ck_assert_ptr_nonnull(object);
    value = json_field(object, name);
    if (value != NULL && *value == '{')
        value = json_field(value, "text");
    return value != NULL ? append_word("", value) : "";
}

/* ---- comparison ---- */

/* Numbers of bands as names. */
static const char *band_names(const char *numbers)
{
    const char *names = "";
    char *end = NULL;

    for (const char *p = numbers; *p != '\0'; p = end) {
        unsigned long band = strtoul(p, &end, 10);

        ck_assert_ptr_ne(p, end);
        names = append_word(names, sw_band_name((unsigned)band));
    }
    return names;
}

/* The first of several equal words. */
static const char *first_word(const char *words)
{
    return scratch_format("%.*s", (int)strcspn(words, " "), words);
}

/* Compares what they say of so many sessions of a capture. */
static void compare(const char *capture, int count, const char *dump_keys, const char *tshark_keys)
{
    process *dump = tool_start(TOOL_DUMP, scratch_format("%s --json %s", dump_keys, capture));
    const char *json, *fields;

    process_expect(dump, dump_keys, 0, NULL, NULL);
    json = process_out(dump);
    /* ports of the kernel's choice may be those of another protocol */
    fields = tshark_fields(capture, scratch_format("-o tcp.try_heuristic_first:TRUE %s", tshark_keys),
                           "tcp.stream sidewire.band sidewire.length sidewire.argv sidewire.user "
                           "sidewire.mode sidewire.cipher sidewire.exit_status sidewire.band.bad "
                           "sidewire.malformed sidewire.early");
    for (int i = 0; i < count; i++) {
        const char *what = scratch_format("%s: session %d", tshark_keys, i + 1);
        unsigned n = (unsigned)i;

        expect_match(what, band_names(column(fields, n, 1)), json_column(json, i + 1, "band"));
        expect_match(what, column(fields, n, 2), json_column(json, i + 1, "size"));
        expect_match(what, column(fields, n, 3), json_arguments(json, i + 1));
        expect_match(what, first_word(column(fields, n, 4)), json_value(json, "end", i + 1, "user"));
        expect_match(what, first_word(column(fields, n, 5)), json_value(json, "session", i + 1, "mode"));
        expect_match(what, first_word(column(fields, n, 6)), json_value(json, "session", i + 1, "cipher"));
        expect_match(what, column(fields, n, 7), json_value(json, "end", i + 1, "exit_status"));
        for (unsigned wrong = 8; wrong <= 10; wrong++)
            expect_match(what, column(fields, n, wrong), "");
    }
}

/* ---- sessions ---- */

/* Options of a client that asks for these features. */
static const char *client_options(unsigned features)
{
    char list[SW_FEATURES_TEXT_MAX];
    size_t len = sw_features_format(features, list, sizeof(list));

    return scratch_format("--allow-legacy --allow-rc4 --features=%.*s", (int)len, list);
}

/* Options of the client of a sealed session. */
#define SEALED_CLIENT "--known-servers known --accept-new"

static server start_server(const char *options)
{
    return server_start_local(
        scratch_format("--allow-legacy --allow-rc4 --banner hello --host-key host %s", options));
}

/* All commands in each mode, then in sealed sessions. */
static void capture_sessions(void)
{
    server s = start_server("");
    process *capture = capture_start(s.port);

    setenv(KEYLOG_VARIABLE, KEYLOG, 1);
    for (int mode = 0; mode <= MODES; mode++)
        for (int i = 0; i < COUNT(commands); i++)
            process_wait(
                client_start(&s, mode < MODES ? client_options(mode_features[mode]) : SEALED_CLIENT, commands[i]));
    unsetenv(KEYLOG_VARIABLE); /* sidewire-dump would use it, too */
    capture_stop(capture, s.port);
    server_stop(&s);
}

static const struct {
    const char *dump, *tshark;
} keys[] = {
    { "", "" },
    { "-k keys/eve", "-o uat:sidewire_keys:\"keys/eve\"" },
    { "--keylog " KEYLOG, WITH_KEYLOG },
    { "-k keys/alice", "-o uat:sidewire_keys:\"keys/alice\"" },
    { "-k keys/bob -k keys/alice", "-o uat:sidewire_keys:\"keys/bob\" -o uat:sidewire_keys:\"keys/alice\"" },
};

START_TEST(real_sessions)
{
    capture_sessions();
    for (int i = 0; i < COUNT(keys); i++)
        compare("capture.pcapng", (MODES + 1) * COUNT(commands), keys[i].dump, keys[i].tshark);
}
END_TEST

/* What clients recorded by themselves, one behind the other. */
START_TEST(recorded_sessions)
{
    command_line mergecap = { { NULL }, 0 };
    server s = start_server("");

    command_add_words(&mergecap, "mergecap -a -w capture");
    for (int i = 0; i < MODES; i++) {
        const char *options = scratch_format("%s --record recorded%d", client_options(mode_features[i]), i);

        process_expect(client_start(&s, options, "help"), options, 0, NULL, "");
        command_add(&mergecap, scratch_format("recorded%d", i));
    }
    server_stop(&s);
    process_expect(process_start(&mergecap, NULL), "mergecap", 0, NULL, NULL);
    compare("capture", MODES, "-k keys/alice", "-o uat:sidewire_keys:\"keys/alice\"");
}
END_TEST

/* What a server recorded while keys were logged: they are in the recording, each behind the first packet that it
 * opens. */
START_TEST(recorded_keys)
{
    server s;

    setenv(KEYLOG_VARIABLE, KEYLOG, 1);
    s = start_server("--record capture");
    unsetenv(KEYLOG_VARIABLE);
    for (int mode = 0; mode <= MODES; mode++)
        process_wait(client_start(&s, mode < MODES ? client_options(mode_features[mode]) : SEALED_CLIENT, "help"));
    server_stop(&s);
    compare("capture", MODES + 1, "", "");
    expect_match("opened", column(tshark_fields_once("capture", "", "tcp.stream sidewire.argv"), MODES, 1),
                 "help");
}
END_TEST

START_TEST(made_sessions)
{
    tape t = { 0 };

    for (int i = 0; i < MODES; i++) {
        wire_session w;

        session_start(&w, mode_features[i], (uint8_t)(i + 1));
        session_talk(&w);
        session_record(&t, (uint16_t)(FIRST_PORT + i), &w, 100);
        wire_session_free(&w);
    }
    tape_write(&t, "capture");
    tape_free(&t);
    compare("capture", MODES, "", "");
    compare("capture", MODES, "--keylog " KEYLOG, WITH_KEYLOG);
}
END_TEST

/* ---- captures that begin late ---- */

/* A capture of a session from this end's n-th packet with bytes on. */
static void write_late(const wire_session *w, from side, size_t n)
{
    tape t = { 0 };

    session_record(&t, FIRST_PORT, w, TCP_SEGMENT_MAX);
    for (size_t first = tape_find(&t, 0, side, n); first > 0; first--)
        tape_drop(&t, 0);
    tape_write(&t, "capture");
    tape_free(&t);
}

static const char *bands_seen(const char *options)
{
    return column(tshark_fields_once("capture", options, "tcp.stream sidewire.band"), 0, 1);
}

/* With the challenge: a private key makes a session of it. With the response: the key log does. */
START_TEST(late_sessions)
{
    unsigned features = mode_features[_i];
    wire_session w;

    if (!(features & SW_FEATURE_SIDEBAND))
        return;
    session_start_sealed(&w, features, "keys/alice.pub");
    session_talk(&w);
    write_late(&w, FROM_SERVER, 1);
    wire_session_free(&w);
    check_text("challenge", bands_seen("-o uat:sidewire_keys:\"keys/alice\""), session_bands);
    check_text("challenge without key", bands_seen(""), "");

    session_start(&w, features, 1);
    session_talk(&w);
    write_late(&w, FROM_CLIENT, 1);
    wire_session_free(&w);
    check_text("response", bands_seen(WITH_KEYLOG), session_bands + strlen("1 "));
    check_text("response without key", bands_seen(""), "");
}
END_TEST

/* ---- sealed sessions ---- */

/* The line of a key log: the ephemeral key lies behind the request and a length. */
static size_t sealed_line(char *out, const sealed_transcript *t)
{
    const uint8_t *lf = memchr(t->client.data, '\n', t->client.len);
    const uint8_t *parts[] = { lf + 3, t->client_key.data, t->server_key.data };
    size_t len = (size_t)sprintf(out, "SEALED");

    for (int i = 0; i < COUNT(parts); i++) {
        out[len++] = ' ';
        for (int n = 0; n < SW_X25519_SIZE; n++)
            len += (size_t)sprintf(out + len, "%02x", parts[i][n]);
    }
    out[len++] = '\n';
    return len;
}

/* The greeting ends with its second line. */
static size_t sealed_greeting(const sealed_transcript *t)
{
    size_t first = (size_t)((uint8_t *)memchr(t->server.data, '\n', t->server.len) - t->server.data);
    uint8_t *second = memchr(t->server.data + first + 1, '\n', t->server.len - first - 1);

    return (size_t)(second - t->server.data) + 1;
}

static void record_transcript(tape *out, uint16_t port, const sealed_transcript *t, size_t step)
{
    enum { MESSAGE_1 = 36, MESSAGE_2 = 100 };
    size_t request =
        (size_t)((uint8_t *)memchr(t->client.data, '\n', t->client.len) - t->client.data) + 1 + MESSAGE_1;
    size_t greeting = sealed_greeting(t);

    tape_connect(out, port);
    tape_say(out, FROM_SERVER, t->server.data, greeting, TCP_SEGMENT_MAX);
    tape_say(out, FROM_CLIENT, t->client.data, request, TCP_SEGMENT_MAX);
    tape_say(out, FROM_SERVER, t->server.data + greeting, MESSAGE_2, step);
    tape_say(out, FROM_CLIENT, t->client.data + request, t->client.len - request, step);
    tape_say(out, FROM_SERVER, t->server.data + greeting + MESSAGE_2, t->server.len - greeting - MESSAGE_2, step);
    tape_close(out);
}

/* The transcripts, in large and in small segments; the key log is written, too. */
static void write_transcripts(void)
{
    static const size_t steps[] = { TCP_SEGMENT_MAX, 37 };
    sealed_transcript transcripts[SEALED_TRANSCRIPTS];
    char lines[SEALED_TRANSCRIPTS * 256];
    size_t len = 0;
    tape t = { 0 };

    sealed_transcripts_load(transcripts);
    for (int i = 0; i < SEALED_TRANSCRIPTS * COUNT(steps); i++) {
        const sealed_transcript *session = &transcripts[i % SEALED_TRANSCRIPTS];

        record_transcript(&t, (uint16_t)(FIRST_PORT + i), session, steps[i / SEALED_TRANSCRIPTS]);
        if (i < SEALED_TRANSCRIPTS)
            len += sealed_line(lines + len, session);
    }
    scratch_write("sealed.log", lines, len);
    tape_write(&t, "capture");
    tape_free(&t);
    sealed_transcripts_free(transcripts);
}

#define SEALED_KEYLOG "-o sidewire.keylog_file:sealed.log"

#define SEALED_FIELDS                                                                                             \
    "tcp.stream sidewire.record sidewire.record.length sidewire.record.opened _ws.expert.message "

/* Transcripts, seen with the key log and from outside: there with what is seen of records, and why no more. */
START_TEST(sealed_sessions)
{
    const char *fields, *opened;

    write_transcripts();
    compare("capture", 2 * SEALED_TRANSCRIPTS, "", "");
    compare("capture", 2 * SEALED_TRANSCRIPTS, "--keylog sealed.log", SEALED_KEYLOG);
    fields = tshark_fields_once("capture", "", SEALED_FIELDS "sidewire.noise sidewire.features");
    opened = tshark_fields_once("capture", SEALED_KEYLOG, SEALED_FIELDS "sidewire.user.key");
    for (unsigned i = 0; i < 2 * SEALED_TRANSCRIPTS; i++) {
        const char *records = column(fields, i, 1);

        ck_assert_msg(strchr(records, '0') != NULL, "records: %s", records);
        expect_match("records", column(opened, i, 1), records);
        expect_match("lengths", column(opened, i, 2), column(fields, i, 2));
        ck_assert_ptr_null(strchr(column(fields, i, 3), '1'));
        ck_assert_ptr_null(strchr(column(opened, i, 3), '0'));
        expect_match("excuse", column(fields, i, 4),
                     "only a key log opens a sealed session* only a key log opens a sealed session*");
        expect_match("errors", column(opened, i, 4), "");
        expect_match("messages", column(fields, i, 5), "?* ?*");
        expect_match("user's key", column(opened, i, 5), "ssh-*SHA256:*");
    }
}
END_TEST

/* The column says something of each frame, also of the rest of a record. */
START_TEST(sealed_columns)
{
    const char *columns;

    write_transcripts();
    columns = column(tshark_fields_once("capture", "-Y tcp.stream==4&&sidewire", "tcp.stream _ws.col.Info"), 4, 1);
    expect_match("info", columns, "Greeting *Request *Noise message 34 bytes*Record * bytes Encrypted *");
    ck_assert_ptr_null(strstr(columns, "  "));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("wireshark sessions");
    TCase *tcase = session_case(suite, "sessions");

    tcase_add_test(tcase, made_sessions);
    tcase_add_loop_test(tcase, late_sessions, 0, MODES);
    tcase_add_test(tcase, recorded_sessions);
    tcase_add_test(tcase, recorded_keys);
    tcase_add_test(tcase, sealed_sessions);
    tcase_add_test(tcase, sealed_columns);
    if (capture_wanted())
        tcase_add_test(tcase, real_sessions);
    return e2e_main(suite);
}
