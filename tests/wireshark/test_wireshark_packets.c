/* SPDX-License-Identifier: ISC */
/* The Wireshark plugin on packets that are odd, wrong, large, or meant to do harm. */
#include "scratch.h"
#include "sessions.h"
#include "suite.h"
#include "tape.h"
#include "tools.h"
#include "tshark.h"

#include <stdlib.h>
#include <string.h>

/* ---- single packets ---- */

#define TEXT(s) s, sizeof(s) - 1

#define WRONG_KEYS "the keys do not fit"

/* What comes behind PROCEED, or in its place, where anything else shows that the keys are wrong. */
/* clang-format off */
static const struct {
    const char *what;
    int replaces_proceed;
    from side;
    uint8_t band;
    const char *body;
    size_t len;
    const char *expected;       /* bands, arguments, text, exit status, what is wrong */
} packets[] = {
    { "band 0", 0, FROM_SERVER, SW_BAND_ANY, TEXT("x"), "1 2 3 0||||*where none*" },
    { "band 18", 0, FROM_SERVER, 18, TEXT(""), "1 2 3 18||||*band 18" },
    { "band 255", 0, FROM_CLIENT, 255, TEXT("x"), "1 2 3 255||||*band 255, expected band 4" },
    { "no PROCEED", 1, FROM_SERVER, SW_BAND_OUTPUT, TEXT("x"), "1 2||||" WRONG_KEYS },
    { "PROCEED with a body", 1, FROM_SERVER, SW_BAND_PROCEED, TEXT("x"), "1 2||||" WRONG_KEYS },
    { "unterminated", 0, FROM_CLIENT, SW_BAND_COMMAND, TEXT("ff\0" "3"),
      "1 2 3 4|ff 3|||*terminated" },
    { "empty arguments", 0, FROM_CLIENT, SW_BAND_COMMAND, TEXT("\0a\0\0"), "1 2 3 4| a |||" },
    { "no arguments", 0, FROM_CLIENT, SW_BAND_COMMAND, TEXT(""), "1 2 3 4||||*arguments*" },
    { "escapes", 0, FROM_SERVER, SW_BAND_OUTPUT, TEXT("\33[2J<b>\7\x9b\xc2\x9b\x7f\r\n"),
      "1 2 3 6||\xe2\x90\x9b[2J<b>\xe2\x90\x87\xef\xbf\xbd\xef\xbf\xbd\xe2\x90\xa1\\\\r\\\\n||" },
    { "hidden", 0, FROM_SERVER, SW_BAND_OUTPUT, TEXT("a\xe2\x80\xae" "b\xe2\x80\xa8" "c\xc2\xad" "d"),
      "1 2 3 6||a\xef\xbf\xbd" "b\xef\xbf\xbd" "c\xef\xbf\xbd" "d||" },
    { "NUL", 0, FROM_SERVER, SW_BAND_EMERG_LOG, TEXT("a\0b"), "1 2 3 13||a\xe2\x90\x80" "b||" },
    { "UTF-8", 0, FROM_SERVER, SW_BAND_DEBUG_LOG, TEXT("\xc3\xa4"), "1 2 3 7||\xc3\xa4||" },
    { "no text", 0, FROM_SERVER, SW_BAND_AWAITING_DATA, TEXT(""), "1 2 3 5||||" },
    { "upload", 0, FROM_CLIENT, SW_BAND_BLOB_DATA, TEXT("blob"), "1 2 3 16||||*expected band 4" },
    { "success", 0, FROM_SERVER, SW_BAND_EXIT_SUCCESS, TEXT(""), "1 2 3 14|||0|" },
    { "failure", 0, FROM_SERVER, SW_BAND_EXIT_FAILURE, TEXT(""), "1 2 3 15|||1|" },
};
/* clang-format on */

#define PACKET_FIELDS                                                                                             \
    "tcp.stream sidewire.band sidewire.argv sidewire.text sidewire.exit_status _ws.expert.message"

static void check_packets(const char *what, const char *fields, unsigned number, const char *expected)
{
    const char *text = "";

    for (unsigned i = 1; i <= 5; i++)
        text = scratch_format("%s%s%.100s", text, i > 1 ? "|" : "", column(fields, number, i));
    expect_match(what, text, expected);
}

START_TEST(single_packets)
{
    tape t = { 0 };
    const char *fields;

    for (int i = 0; i < COUNT(packets); i++) {
        wire_session w;

        session_start(&w, mode_features[1 + i % (MODES - 1)], (uint8_t)(i + 1));
        if (!packets[i].replaces_proceed)
            wire_session_packet(&w, FROM_SERVER, SW_BAND_PROCEED, NULL, 0);
        wire_session_packet(&w, packets[i].side, packets[i].band, packets[i].body, packets[i].len);
        session_record(&t, (uint16_t)(FIRST_PORT + i), &w, TCP_SEGMENT_MAX);
        wire_session_free(&w);
    }
    tape_write(&t, "capture");
    tape_free(&t);
    fields = tshark_fields("capture", WITH_KEYLOG, PACKET_FIELDS);
    for (int i = 0; i < COUNT(packets); i++)
        check_packets(packets[i].what, fields, (unsigned)i, packets[i].expected);
}
END_TEST

/* ---- legacy ---- */

static const struct {
    const char *proceed;
    size_t command_len; /* without an end */
    const char *expected;
} legacy_sessions[] = {
    { SW_LEGACY_PROCEED, 10, "||Proceed.||" },
    { "Proceed!", 10, "||||" WRONG_KEYS " " WRONG_KEYS },
    { SW_LEGACY_PROCEED, SW_COMMAND_MAX, "||Proceed.||" },
    { SW_LEGACY_PROCEED, SW_COMMAND_MAX + 1, "||Proceed.||*32769*32768*" },
};

START_TEST(legacy)
{
    static char command[SW_COMMAND_MAX + 1];
    tape t = { 0 };
    const char *fields;

    memset(command, 'x', sizeof(command));
    for (int i = 0; i < COUNT(legacy_sessions); i++) {
        wire_session w;

        session_start(&w, 0, (uint8_t)(i + 1));
        wire_session_text(&w, FROM_SERVER, legacy_sessions[i].proceed, strlen(legacy_sessions[i].proceed));
        wire_session_text(&w, FROM_CLIENT, command, legacy_sessions[i].command_len);
        session_record(&t, (uint16_t)(FIRST_PORT + i), &w, TCP_SEGMENT_MAX);
        wire_session_free(&w);
    }
    tape_write(&t, "capture");
    tape_free(&t);
    fields = tshark_fields("capture", WITH_KEYLOG, PACKET_FIELDS);
    for (int i = 0; i < COUNT(legacy_sessions); i++)
        check_packets(legacy_sessions[i].expected, fields, (unsigned)i, legacy_sessions[i].expected);
}
END_TEST

/* ---- sizes ---- */

START_TEST(large_command)
{
    static uint8_t body[SW_COMMAND_MAX + 1];
    wire_session w;

    memset(body, 'x', sizeof(body));
    for (size_t len = SW_COMMAND_MAX; len <= sizeof(body); len++) {
        session_start(&w, SW_FEATURES_ALL, 1);
        wire_session_packet(&w, FROM_SERVER, SW_BAND_PROCEED, NULL, 0);
        wire_session_packet(&w, FROM_CLIENT, SW_BAND_COMMAND, body, len);
        wire_session_packet(&w, FROM_SERVER, SW_BAND_EXIT_FAILURE, NULL, 0);
        session_write(&w, "capture");
        check_packets("a large command", tshark_fields("capture", WITH_KEYLOG, PACKET_FIELDS), 0,
                      len == SW_COMMAND_MAX ? "1 2 3 4 15|xxx*||1|*terminated*" : "1 2 3 4 15|||1|*32769*32768*");
        wire_session_free(&w);
    }
}
END_TEST

/* A body is shown in parts of a MiB, roughly. */
START_TEST(large_body)
{
    enum { MIB = 1 << 20, SIZE = 2 * MIB + MIB / 2 };
    uint8_t *body = malloc(SIZE);
    const char *fields;
    wire_session w;

    ck_assert_ptr_nonnull(body);
    for (size_t i = 0; i < SIZE; i++)
        body[i] = (uint8_t)(i % 251);
    session_start(&w, SW_FEATURES_ALL, 1);
    wire_session_packet(&w, FROM_SERVER, SW_BAND_PROCEED, NULL, 0);
    wire_session_packet(&w, FROM_SERVER, SW_BAND_OUTPUT, body, SIZE);
    session_write(&w, "capture");
    fields = tshark_fields("capture", WITH_KEYLOG,
                           "tcp.stream sidewire.band sidewire.length sidewire.offset "
                           "sidewire.body sidewire.begun");
    expect_match("bands", column(fields, 0, 1), "1 2 3 6 6 6");
    expect_match("lengths", column(fields, 0, 2), "256 32 0 2621440 2621440 2621440");
    expect_match("offsets", column(fields, 0, 3), "0 104???? 209????");
    ck_assert_uint_eq(strlen(column(fields, 0, 4)), 2 * SIZE + strlen("  "));
    expect_match("begun", column(fields, 0, 5),
                 scratch_format("1435 2875 * %d",
                                (SW_HEADER_SIZE + SIZE) / TCP_SEGMENT_MAX * TCP_SEGMENT_MAX - SW_HEADER_SIZE));
    wire_session_free(&w);
    free(body);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("wireshark packets");
    TCase *tcase = session_case(suite, "packets");

    tcase_add_test(tcase, single_packets);
    tcase_add_test(tcase, legacy);
    tcase_add_test(tcase, large_command);
    tcase_add_test(tcase, large_body);
    return e2e_main(suite);
}
