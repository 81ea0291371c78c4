/* SPDX-License-Identifier: ISC */
/* The Wireshark plugin: what users do with sessions. Following a stream, exporting objects, links, columns; and what is
 * said of damage. */
#include "scratch.h"
#include "sessions.h"
#include "suite.h"
#include "tape.h"
#include "tools.h"
#include "tshark.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEXT(s) s, sizeof(s) - 1

static const char add_command[] = "addblob\0name";

/* An upload with an answer. */
static void talk_upload(wire_session *w)
{
    wire_session_packet(w, FROM_SERVER, SW_BAND_PROCEED, NULL, 0);
    wire_session_packet(w, FROM_CLIENT, SW_BAND_COMMAND, add_command, sizeof(add_command));
    wire_session_packet(w, FROM_SERVER, SW_BAND_AWAITING_DATA, NULL, 0);
    wire_session_packet(w, FROM_CLIENT, SW_BAND_BLOB_DATA, TEXT("first\0"));
    wire_session_packet(w, FROM_CLIENT, SW_BAND_BLOB_DATA, TEXT("second"));
    wire_session_packet(w, FROM_CLIENT, SW_BAND_BLOB_DATA, NULL, 0);
    wire_session_packet(w, FROM_SERVER, SW_BAND_INFO_LOG, TEXT("a log\n"));
    wire_session_packet(w, FROM_SERVER, SW_BAND_OUTPUT, TEXT("stored\n"));
    wire_session_packet(w, FROM_SERVER, SW_BAND_EXIT_SUCCESS, NULL, 0);
}

/* One session of each mode that talks, then one that uploads. */
static void write_sessions(const char *name)
{
    tape t = { 0 };

    for (int i = 0; i <= MODES; i++) {
        wire_session w;

        session_start(&w, i < MODES ? mode_features[i] : SW_FEATURES_ALL, (uint8_t)(i + 1));
        if (i < MODES)
            session_talk(&w);
        else
            talk_upload(&w);
        session_record(&t, (uint16_t)(FIRST_PORT + i), &w, 1000);
        wire_session_free(&w);
    }
    tape_write(&t, name);
    tape_free(&t);
}

/* What tshark prints, in one pass or two. */
static const char *tshark_print(const char *options, const char *capture)
{
    process *p = tshark_start(scratch_format(WITH_KEYLOG " %s", options), capture);

    process_expect(p, options, 0, NULL, NULL);
    return process_out(p);
}

/* ---- follow ---- */

START_TEST(followed)
{
    const char *shown;

    write_sessions("capture");
    for (int passes = 1; passes <= PASSES; passes++) {
        const char *pass = passes > 1 ? "-2 " : "";

        shown = tshark_print(scratch_format("%s-q -z follow,sidewire,ascii,%d", pass, MODES), "capture");
        expect_match("upload", shown,
                     "\n===*\nFollow: sidewire,ascii\nFilter: tcp.stream eq 5\nNode 0: *\nNode 1: *\n"
                     "13\naddblob.name.\n6\nfirst.\n6\nsecond\n\t6\na log\n\n\t7\nstored\n\n===*");
        shown = tshark_print(scratch_format("%s-q -z follow,sidewire,raw,0", pass), "capture");
        expect_match("legacy", scratch_format("%.300s", shown),
                     "*\n0a68656c700a66660a456e64206f6620436f6d6d616e642e0a\n"
                     "\t68656c6c6f0a000102*");
    }
}
END_TEST

/* ---- objects ---- */

static int exists(const char *path)
{
    return access(path, F_OK) == 0;
}

/* They are those of sidewire-dump. */
START_TEST(objects)
{
    static const char *const names[] = { "1.reply", "2.reply", "3.reply",  "4.reply",
                                         "5.reply", "6.reply", "6.upload", "1.upload" };

    write_sessions("capture");
    process_expect(tool_start(TOOL_DUMP, "--extract expected --keylog " KEYLOG " capture"), "dump", 0, NULL, NULL);
    setenv("ASAN_OPTIONS", "detect_leaks=0", 1); /* tshark itself loses its list of objects */
    tshark_print("-Q --export-objects sidewire,exported", "capture");
    unsetenv("ASAN_OPTIONS");
    for (int i = 0; i < COUNT(names); i++) {
        size_t len, expected_len;
        int is_there = exists(scratch_format("expected/%s", names[i]));
        const char *data, *expected;

        ck_assert_msg(is_there == exists(scratch_format("exported/%s", names[i])), "%s", names[i]);
        if (!is_there)
            continue;
        data = scratch_read(scratch_format("exported/%s", names[i]), &len);
        expected = scratch_read(scratch_format("expected/%s", names[i]), &expected_len);
        ck_assert_msg(len == expected_len && memcmp(data, expected, len) == 0, "%s", names[i]);
    }
    ck_assert(exists("exported/6.upload"));
}
END_TEST

/* ---- links and columns ---- */

START_TEST(links)
{
    const char *fields;

    write_sessions("capture");
    fields = tshark_fields("capture", scratch_format(WITH_KEYLOG " -Y sidewire.answer_to"),
                           "tcp.stream sidewire.answer_to sidewire.time sidewire.session");
    for (unsigned i = 0; i <= MODES; i++) {
        expect_match("question", column(fields, i, 1), "?*");
        expect_match("time", column(fields, i, 2), "0.00?000000 0.0??000000");
        expect_match("session", column(fields, i, 3), scratch_format("%u*", i + 1));
    }
    fields = tshark_print(
        "-2 -Y sidewire.answer_in -T fields -E separator=| -e tcp.stream "
        "-e frame.number -e sidewire.answer_in",
        "capture");
    expect_match("answers", column(fields, 5, 2), "?* ?*");
    fields = tshark_print(scratch_format("-2 -Y frame.number==%s -T fields -E separator=| -e tcp.stream "
                                         "-e sidewire.exit_status -e sidewire.answer_to",
                                         strrchr(column(fields, 5, 2), ' ') + 1),
                          "capture");
    expect_match("the exit packet", fields, "5|0|*");
}
END_TEST

START_TEST(columns)
{
    const char *shown;

    write_sessions("capture");
    shown = tshark_print("-Y tcp.stream==5&&sidewire -T fields -e _ws.col.Info", "capture");
    expect_match("info", shown,
                 "Greeting \"This is para_server*\"\nRequest \"auth rsa alice *\"\nCHALLENGE 256 bytes\n"
                 "CHALLENGE_RESPONSE 32 bytes\nPROCEED\n"
                 "COMMAND \"addblob\" \"name\", BLOB_DATA 6 bytes, BLOB_DATA 6 bytes, BLOB_DATA\n"
                 "AWAITING_DATA, INFO_LOG 6 bytes \"a log\\\\n\", OUTPUT 7 bytes \"stored\\\\n\", EXIT_*\n");
}
END_TEST

/* ---- damage ---- */

typedef enum damage_kind { WRONG_HEADER, REPEATED_OTHERWISE, CUT } damage_kind;

/* For each kind the expert infos that have to be there, by their fields. */
static const struct {
    const char *infos;
    unsigned count;
} damages[] = {
    [WRONG_HEADER] = { "sidewire.band.bad sidewire.behind sidewire.resumed", 3 },
    [REPEATED_OTHERWISE] = { "sidewire.conflict", 1 },
    [CUT] = { "sidewire.gap sidewire.truncated sidewire.resumed.unsure", 3 },
};

enum { OUTPUTS = 20, OUTPUT_SIZE = 150, STEP = 250, SNAPSHOT = 54 + 200 };

static void cut_segments(void)
{
    command_line editcap = { { NULL }, 0 };

    command_add_words(&editcap, scratch_format("editcap -s %d capture cut", SNAPSHOT));
    process_expect(process_start(&editcap, NULL), "editcap", 0, NULL, NULL);
}

/* Several packets of output, of which one is damaged. The name of the capture. */
static const char *write_damage(damage_kind kind)
{
    static const char text[OUTPUT_SIZE] = "some words of output";
    wire_session w;
    tape t = { 0 };
    size_t wrong = 0;

    session_start(&w, SW_FEATURE_SIDEBAND, 1);
    wire_session_packet(&w, FROM_SERVER, SW_BAND_PROCEED, NULL, 0);
    wire_session_packet(&w, FROM_CLIENT, SW_BAND_COMMAND, TEXT("x\0"));
    for (int i = 0; i < OUTPUTS; i++) {
        size_t at = wire_session_packet(&w, FROM_SERVER, SW_BAND_OUTPUT, text, sizeof(text));

        wrong = i == 1 ? at : wrong;
    }
    wire_session_packet(&w, FROM_SERVER, SW_BAND_EXIT_SUCCESS, NULL, 0);
    if (kind == WRONG_HEADER)
        w.sent[FROM_SERVER].data[wrong + SW_HEADER_SIZE - 1] ^= 0x80;
    session_record(&t, FIRST_PORT, &w, STEP);
    if (kind == REPEATED_OTHERWISE) {
        size_t at = tape_find(&t, 0, FROM_SERVER, 3);

        tape_repeat(&t, at, at);
        t.packets[at + 1].data[t.packets[at + 1].len - 1] ^= 1;
    }
    tape_write(&t, "capture");
    tape_free(&t);
    wire_session_free(&w);
    if (kind != CUT)
        return "capture";
    cut_segments();
    return "cut";
}

START_TEST(damage)
{
    const char *capture = write_damage((damage_kind)_i);
    const char *fields;

    fields = tshark_fields(capture, WITH_KEYLOG " -o tcp.analyze_sequence_numbers:FALSE",
                           scratch_format("tcp.stream %s", damages[_i].infos));
    for (unsigned i = 1; i <= damages[_i].count; i++)
        expect_match(damages[_i].infos, column(fields, 0, i), "?*");
}
END_TEST

/* ---- keys that come late ---- */

enum { PACKETS = 200, PACKET_SIZE = 1000 };

/* As a live capture gives them: half of the packets, then the line of the key log, then the others. */
START_TEST(late_keys)
{
    static const uint8_t text[PACKET_SIZE];
    wire_session w;
    size_t len, log_len;
    const char *log;
    char *capture;
    process *p;
    FILE *pipe;

    session_start(&w, SW_FEATURES_ALL, 1);
    wire_session_packet(&w, FROM_SERVER, SW_BAND_PROCEED, NULL, 0);
    wire_session_packet(&w, FROM_CLIENT, SW_BAND_COMMAND, TEXT("x\0"));
    for (int i = 0; i < PACKETS; i++)
        wire_session_packet(&w, FROM_SERVER, SW_BAND_OUTPUT, text, sizeof(text));
    wire_session_packet(&w, FROM_SERVER, SW_BAND_EXIT_SUCCESS, NULL, 0);
    session_write(&w, "capture");
    wire_session_free(&w);
    capture = scratch_read("capture", &len);
    log = scratch_read(KEYLOG, &log_len);
    scratch_write_text(KEYLOG, "");
    ck_assert_int_eq(mkfifo("pipe", 0600), 0);
    p = tshark_start(WITH_KEYLOG " -l -Y sidewire -T fields -e _ws.expert.message -e sidewire.exit_status",
                     "pipe");
    pipe = fopen("pipe", "we");
    ck_assert_ptr_nonnull(pipe);
    fwrite(capture, 1, len / 2, pipe);
    fflush(pipe);
    process_await_out(p, "the key log has no keys");
    scratch_write(KEYLOG, log, log_len);
    fwrite(capture + len / 2, 1, len - len / 2, pipe);
    ck_assert_int_eq(fclose(pipe), 0);
    process_expect(p, "late keys", 0, "*the key log has no keys*Decoding goes on with a header*\t0\n", NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("wireshark content");
    TCase *tcase = session_case(suite, "content");

    tcase_add_test(tcase, followed);
    tcase_add_test(tcase, objects);
    tcase_add_test(tcase, links);
    tcase_add_test(tcase, columns);
    tcase_add_loop_test(tcase, damage, 0, COUNT(damages));
    tcase_add_test(tcase, late_keys);
    return e2e_main(suite);
}
