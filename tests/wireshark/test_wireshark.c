/* SPDX-License-Identifier: ISC */
/* The Wireshark plugin on captures made by hand. */
#include "scratch.h"
#include "sessions.h"
#include "suite.h"
#include "tape.h"
#include "tools.h"
#include "tshark.h"

#include <stdlib.h>
#include <string.h>

/* ---- hardships of TCP ---- */

typedef enum hardship_kind { REPEATED, DELAYED, DROPPED } hardship_kind;

enum { HARD_STEP = 100, DEFAULT = 1, ORDERING = 2, NO_ANALYSIS = 4, ALL = 7 };

/* Settings of TCP, which decide what a dissector gets, as the bit of a remedy; the others only have to do with
 * segmentation. */
static const struct {
    const char *options;
    unsigned bit;
} settings[] = {
    { "", DEFAULT },
    { "-o tcp.reassemble_out_of_order:TRUE", ORDERING },
    { "-o tcp.analyze_sequence_numbers:FALSE", NO_ANALYSIS },
    { "-o tcp.desegment_tcp_streams:FALSE", 0 },
    { "-o tcp.relative_sequence_numbers:FALSE", 0 },
};

/* What happens to the n-th packet in which a side says something. */
static const struct {
    hardship_kind kind;
    from side;
    size_t n;
    size_t distance; /* packets that come before the copy, or the late one */
    unsigned whole;  /* with which settings the session is seen whole */
} hardships[] = {
    { REPEATED, FROM_SERVER, 0, 0, ALL },
    { REPEATED, FROM_SERVER, 0, 9, ALL },
    { REPEATED, FROM_SERVER, 2, 0, ALL },
    { REPEATED, FROM_SERVER, 9, 3, ALL },
    { REPEATED, FROM_CLIENT, 0, 0, ALL },
    { REPEATED, FROM_CLIENT, 1, 4, ALL },
    { REPEATED, FROM_CLIENT, 2, 0, ALL },
    { DELAYED, FROM_SERVER, 2, 1, ORDERING | NO_ANALYSIS },
    { DELAYED, FROM_SERVER, 7, 1, ORDERING | NO_ANALYSIS },
    { DELAYED, FROM_SERVER, 8, 4, ORDERING | NO_ANALYSIS },
    { DELAYED, FROM_SERVER, 9, 10, ORDERING | NO_ANALYSIS },
    { DELAYED, FROM_SERVER, 1, 3, ORDERING | NO_ANALYSIS },
    { DELAYED, FROM_CLIENT, 0, 1, ORDERING | NO_ANALYSIS },
    { DELAYED, FROM_CLIENT, 1, 1, ORDERING | NO_ANALYSIS },
    { DELAYED, FROM_CLIENT, 1, 3, ORDERING | NO_ANALYSIS },
    { DROPPED, FROM_SERVER, 0, 0, DEFAULT | NO_ANALYSIS },
    { DROPPED, FROM_SERVER, 2, 0, 0 },
    { DROPPED, FROM_SERVER, 9, 0, 0 },
    { DROPPED, FROM_CLIENT, 1, 0, 0 },
};

static void make_harder(tape *t, size_t first, int i)
{
    size_t at = tape_find(t, first, hardships[i].side, hardships[i].n);

    switch (hardships[i].kind) {
    case REPEATED: tape_repeat(t, at, at + hardships[i].distance); break;
    case DELAYED: tape_delay(t, at, at + hardships[i].distance); break;
    case DROPPED: tape_drop(t, at); break;
    }
}

/* Are these some of the bands of a whole session, in their order? */
static int is_part(const char *bands)
{
    const char *rest = session_bands;

    for (; *bands != '\0'; bands += strspn(bands, " ")) {
        size_t len = strcspn(bands, " ");

        while (*rest != '\0' && (strncmp(rest, bands, len) != 0 || strcspn(rest, " ") != len))
            rest += strcspn(rest, " ") + strspn(rest + strcspn(rest, " "), " ");
        if (*rest == '\0')
            return 0;
        rest += len;
        rest += strspn(rest, " ");
        bands += len;
    }
    return 1;
}

/* What is not seen whole is seen up to the missing bytes, which may yet come. */
static void check_hard(const char *fields, unsigned first, int setting)
{
    for (int i = 0; i < COUNT(hardships); i++) {
        const char *what = scratch_format("hardship %d, %s", i, settings[setting].options);
        const char *bands = column(fields, first + (unsigned)i, 1);
        int whole = (hardships[i].whole & settings[setting].bit) != 0;

        ck_assert_msg(is_part(bands) && whole == (strcmp(bands, session_bands) == 0), "%s: %s", what, bands);
        check_text(what, column(fields, first + (unsigned)i, 7), "");
        check_text(what, column(fields, first + (unsigned)i, 8), "");
    }
}

/* ---- every segmentation ---- */

static const size_t steps[] = { 1, 3, 7, 13, 100, TCP_SEGMENT_MAX };

enum { SEGMENTED = MODES * COUNT(steps) };

/* The sessions of all modes in segments of all sizes, then those that were made harder. */
static void write_capture(const wire_session sessions[MODES])
{
    tape t = { 0 };

    for (int i = 0; i < SEGMENTED; i++)
        session_record(&t, (uint16_t)(FIRST_PORT + i), &sessions[i / COUNT(steps)], steps[i % COUNT(steps)]);
    for (int i = 0; i < COUNT(hardships); i++) {
        size_t first = t.count;

        session_record(&t, (uint16_t)(FIRST_PORT + SEGMENTED + i), &sessions[MODES - 1], HARD_STEP);
        make_harder(&t, first, i);
    }
    tape_write(&t, "capture");
    tape_free(&t);
}

/* A greeting in pieces is not recognised, so the segmentations are by Decode As. */
START_TEST(captures)
{
    wire_session sessions[MODES];
    const char *fields;

    for (int mode = 0; mode < MODES; mode++) {
        session_start(&sessions[mode], mode_features[mode], (uint8_t)(mode + 1));
        session_talk(&sessions[mode]);
    }
    write_capture(sessions);
    fields = tshark_fields("capture",
                           scratch_format(WITH_KEYLOG " -d tcp.port==%d-%d,sidewire %s", FIRST_PORT,
                                          FIRST_PORT + SEGMENTED - 1, settings[_i].options),
                           SESSION_FIELDS " sidewire.band.bad sidewire.malformed");
    for (int i = 0; i < SEGMENTED; i++)
        session_check(scratch_format("features %u, segments of %zu bytes", mode_features[i / COUNT(steps)],
                                     steps[i % COUNT(steps)]),
                      fields, (unsigned)i, &sessions[i / COUNT(steps)]);
    if (settings[_i].bit != 0)
        check_hard(fields, SEGMENTED, _i);
    for (int mode = 0; mode < MODES; mode++)
        wire_session_free(&sessions[mode]);
}
END_TEST

/* ---- bytes that are not in the capture ---- */

/* Segments of which only the first bytes were captured. */
static void write_cut(void)
{
    command_line editcap = { { NULL }, 0 };
    wire_session w;

    session_start(&w, SW_FEATURES_ALL, 1);
    session_talk(&w);
    session_write(&w, "whole");
    command_add_words(&editcap, "editcap -s 1000 whole cut");
    process_expect(process_start(&editcap, NULL), "editcap", 0, NULL, NULL);
    wire_session_free(&w);
}

enum { LARGE = 5 << 20 };

/* So much comes behind a gap that it is given up. */
static void write_gap(void)
{
    uint8_t *body = calloc(1, LARGE);
    wire_session w;
    tape t = { 0 };

    ck_assert_ptr_nonnull(body);
    session_start(&w, SW_FEATURES_ALL, 2);
    wire_session_packet(&w, FROM_SERVER, SW_BAND_PROCEED, NULL, 0);
    wire_session_packet(&w, FROM_SERVER, SW_BAND_OUTPUT, body, LARGE);
    wire_session_packet(&w, FROM_SERVER, SW_BAND_EXIT_SUCCESS, NULL, 0);
    session_record(&t, FIRST_PORT + 1, &w, TCP_SEGMENT_MAX);
    tape_drop(&t, tape_find(&t, 0, FROM_SERVER, 4));
    tape_write(&t, "gap");
    tape_free(&t);
    wire_session_free(&w);
    free(body);
}

/* A packet whose length is known goes on behind what is missing of it, and so does decoding. */
START_TEST(lost)
{
    command_line mergecap = { { NULL }, 0 };
    const char *fields;

    write_cut();
    write_gap();
    command_add_words(&mergecap, "mergecap -a -w capture cut gap");
    process_expect(process_start(&mergecap, NULL), "mergecap", 0, NULL, NULL);
    fields = tshark_fields("capture", WITH_KEYLOG,
                           "tcp.stream sidewire.band sidewire.lost "
                           "sidewire.undecoded sidewire.gap sidewire.offset sidewire.exit_status");
    expect_match("bands", column(fields, 0, 1), "1 2 3 4 6 6 10 10 15");
    expect_match("lost", column(fields, 0, 2), "480");
    expect_match("undecoded", column(fields, 0, 3), "");
    expect_match("expert", column(fields, 0, 4), "?*");
    expect_match("offsets", column(fields, 0, 5),
                 scratch_format("0 %d", TCP_SEGMENT_MAX - (int)sizeof("hello") - 3 * SW_HEADER_SIZE));
    expect_match("exit status", column(fields, 0, 6), "1");
    expect_match("bands", column(fields, 1, 1), "1 2 3 6 6 6 6 6 6 14");
    expect_match("lost", column(fields, 1, 2), scratch_format("%d", TCP_SEGMENT_MAX));
    expect_match("undecoded", column(fields, 1, 3), "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("wireshark");
    TCase *tcase = session_case(suite, "captures");

    tcase_add_loop_test(tcase, captures, 0, COUNT(settings));
    tcase_add_test(tcase, lost);
    return e2e_main(suite);
}
