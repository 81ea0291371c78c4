/* SPDX-License-Identifier: ISC */
/* Which headers are believed in, when it is not known where the next one lies. */
#include "overheard.h"
#include "suite.h"
#include "tested_backend.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FEATURES = SW_FEATURE_SIDEBAND | SW_FEATURE_AES_CTR128, USUAL_BODY = 1 << 16, LARGE = USUAL_BODY + 1000 };

static sw_crypto *crypto;
static overheard o;

static void setup(void)
{
    crypto = tested_backend();
}

static void teardown(void)
{
    sw_backend_free(crypto);
}

static size_t say(from side, unsigned band, size_t size)
{
    uint8_t *body = calloc(size + 1, 1);
    size_t at = wire_session_packet(&o.session, side, (uint8_t)band, body, size);

    free(body);
    return at;
}

/* The first packet of each side, so that the keys are known to fit, and one more of the server of this size. */
static void open_session(size_t before)
{
    overheard_open(&o, crypto, FEATURES, KEYS_AT_CHALLENGE);
    say(FROM_SERVER, SW_BAND_PROCEED, 0);
    if (before > 0)
        say(FROM_SERVER, SW_BAND_OUTPUT, before);
    for (int side = 1; side >= 0; side--) {
        overheard_until(&o, (from)side, o.session.opening[side], 0);
        overheard_until(&o, (from)!side, o.session.opening[!side], 0);
        overheard_until(&o, (from)side, o.session.proof[side], 0);
    }
    overheard_until(&o, FROM_SERVER, o.session.sent[FROM_SERVER].len, 0);
}

#define LINES(...) ((const char *const[]){ __VA_ARGS__, NULL })

static const char *resumed_at(size_t place)
{
    static char line[64];

    snprintf(line, sizeof(line), "resumed at %zu\n", place);
    return line;
}

/* A packet behind a hole is where decoding goes on if it fits, else that goes on with what is behind it. */
static void expect_believed(from side, unsigned band, size_t size, int believed)
{
    char what[64];
    size_t at, next;

    say(side, side == FROM_CLIENT ? SW_BAND_COMMAND : SW_BAND_OUTPUT, 7);
    overheard_lose(&o, side, o.session.sent[side].len);
    at = say(side, band, size);
    next = say(side, side == FROM_CLIENT ? SW_BAND_BLOB_DATA : SW_BAND_EXIT_SUCCESS, 0);
    overheard_rest(&o);
    snprintf(what, sizeof(what), "side %d, band %u, %zu bytes", side, band, size);
    overheard_expect(what, &o, side, LINES("lost 12\n", resumed_at(believed ? at : next)));
}

static int is_believed(from side, unsigned band, size_t size)
{
    if (side == FROM_CLIENT)
        return (band == SW_BAND_COMMAND && size > 0) || band == SW_BAND_BLOB_DATA;
    if (band == SW_BAND_AWAITING_DATA || band == SW_BAND_EXIT_SUCCESS || band == SW_BAND_EXIT_FAILURE)
        return size == 0;
    return band >= SW_BAND_OUTPUT && band <= SW_BAND_EMERG_LOG && size > 0;
}

START_TEST(bands)
{
    for (int side = 0; side < 2; side++)
        for (size_t size = 0; size < 4; size += 3) {
            open_session(0);
            expect_believed((from)side, (unsigned)_i, size, is_believed((from)side, (unsigned)_i, size));
            overheard_close(&o);
        }
}
END_TEST

/* A body is not believed in if it is larger than usual, and than all before. */
static const struct {
    size_t before, size;
    int believed;
} sizes[] = {
    { 0, USUAL_BODY, 1 },    { 0, USUAL_BODY + 1, 0 }, { LARGE, LARGE, 1 },
    { LARGE, LARGE + 1, 0 }, { 3, USUAL_BODY, 1 },
};

START_TEST(large_bodies)
{
    open_session(sizes[_i].before);
    expect_believed(FROM_SERVER, SW_BAND_OUTPUT, sizes[_i].size, sizes[_i].believed);
    overheard_close(&o);
}
END_TEST

/* A second command is not believed in. */
START_TEST(one_command)
{
    open_session(0);
    say(FROM_CLIENT, SW_BAND_COMMAND, 3);
    overheard_until(&o, FROM_CLIENT, o.session.sent[FROM_CLIENT].len, 0);
    expect_believed(FROM_CLIENT, SW_BAND_COMMAND, 3, 0);
    overheard_close(&o);
}
END_TEST

/* What follows a header says how sure it is: a header that fits, the end, something else, or too little to tell. */
static const struct {
    const char *name;
    unsigned next;  /* band of the packet behind it; 0: none */
    size_t missing; /* then so many bytes are missing */
    const char *line;
} followers[] = {
    { "a header that fits", SW_BAND_EXIT_SUCCESS, 0, "resumed at 377\n" },
    { "the end", 0, 0, "resumed at 377\n" },
    { "a hole", 0, 10, "resumed at 377, not sure\n" },
};

START_TEST(followed)
{
    size_t at;

    open_session(0);
    say(FROM_SERVER, SW_BAND_OUTPUT, 7);
    overheard_lose(&o, FROM_SERVER, o.session.sent[FROM_SERVER].len);
    at = say(FROM_SERVER, SW_BAND_OUTPUT, 9);
    ck_assert_uint_eq(at, o.at[FROM_SERVER]);
    if (followers[_i].next > 0)
        say(FROM_SERVER, followers[_i].next, 0);
    overheard_until(&o, FROM_SERVER, at + SW_HEADER_SIZE + 8, 0);
    overheard_expect_none("too little", &o, FROM_SERVER, "resumed");
    overheard_until(&o, FROM_SERVER, o.session.sent[FROM_SERVER].len, 0);
    observed_lose(&o.seen, FROM_SERVER, followers[_i].missing);
    observed_finish(&o.seen);
    overheard_expect(followers[_i].name, &o, FROM_SERVER,
                     LINES("lost 12\n", followers[_i].missing > 0 ? "not sure\n" : resumed_at(at), "OUTPUT 9/9 "));
    overheard_close(&o);
}
END_TEST

/* Nothing fits: all is passed over, at the end too. */
START_TEST(nothing_fits)
{
    static const uint8_t noise[100];

    open_session(0);
    say(FROM_SERVER, SW_BAND_OUTPUT, 7);
    overheard_lose(&o, FROM_SERVER, o.session.sent[FROM_SERVER].len);
    wire_session_text(&o.session, FROM_SERVER, noise, sizeof(noise));
    overheard_rest(&o);
    overheard_expect("noise", &o, FROM_SERVER, LINES("lost 12\n", "undecoded 100 "));
    overheard_expect_none("noise", &o, FROM_SERVER, "resumed");
    overheard_close(&o);
}
END_TEST

/* The first header of a side shows whether the keys fit. */
static const struct {
    from side;
    uint8_t header[SW_HEADER_SIZE];
    int fits;
} probes[] = {
    { FROM_CLIENT, { 0, 0, 0, 0, SW_BAND_COMMAND }, 1 },
    { FROM_CLIENT, { 255, 255, 15, 0, SW_BAND_COMMAND }, 1 },
    { FROM_CLIENT, { 0, 0, 16, 0, SW_BAND_COMMAND }, 0 },
    { FROM_CLIENT, { 3, 0, 0, 0, SW_BAND_BLOB_DATA }, 0 },
    { FROM_SERVER, { 0, 0, 0, 0, SW_BAND_PROCEED }, 1 },
    { FROM_SERVER, { 1, 0, 0, 0, SW_BAND_PROCEED }, 0 },
    { FROM_SERVER, { 0, 0, 0, 0, SW_BAND_EXIT_FAILURE }, 0 },
    { FROM_SERVER, { 0, 0, 0, 1, SW_BAND_PROCEED }, 0 },
};

START_TEST(first_header)
{
    from side = probes[_i].side;

    overheard_open(&o, crypto, FEATURES, KEYS_AT_CHALLENGE);
    wire_session_text(&o.session, side, probes[_i].header, SW_HEADER_SIZE);
    for (int first = FROM_SERVER; first >= FROM_CLIENT; first--)
        overheard_until(&o, (from)first, o.session.opening[first], 0);
    for (int first = FROM_SERVER; first >= FROM_CLIENT; first--)
        overheard_until(&o, (from)first, o.session.proof[first], 0);
    overheard_until(&o, side, o.session.sent[side].len - 1, 0);
    ck_assert_int_eq(o.seen.wrong_keys, 0);
    overheard_until(&o, side, o.session.sent[side].len, 0);
    if (side == FROM_CLIENT) /* the server could still show it */
        overheard_rest(&o);
    ck_assert_int_eq(o.seen.wrong_keys, !probes[_i].fits);
    overheard_close(&o);
}
END_TEST

/* ---- keys that fit one side ---- */

/* With a key of the other side that is wrong, which the session's own bytes were encrypted without. */
static void open_half(from wrong)
{
    overheard_open(&o, crypto, FEATURES, KEYS_AT_CHALLENGE);
    say(FROM_CLIENT, SW_BAND_COMMAND, 3);
    say(FROM_SERVER, SW_BAND_PROCEED, 0);
    say(FROM_SERVER, SW_BAND_OUTPUT, 4);
    (wrong == FROM_CLIENT ? o.session.keys.client_key : o.session.keys.server_key)[0] ^= 1;
}

/* Whichever side is heard first, the server's shows whether they are used; the client's is not called damaged. */
START_TEST(half_of_keys)
{
    from wrong = (from)(_i & 1), first = (from)(_i >> 1);
    size_t sealed[2] = { SW_HEADER_SIZE + 3, 2 * SW_HEADER_SIZE + 4 };
    char line[32];

    open_half(wrong);
    for (int side = FROM_SERVER; side >= FROM_CLIENT; side--)
        overheard_until(&o, (from)side, o.session.opening[side], 0);
    overheard_until(&o, FROM_SERVER, o.session.proof[FROM_SERVER], 0);
    overheard_until(&o, FROM_CLIENT, o.session.proof[FROM_CLIENT], 0);
    overheard_until(&o, first, o.session.sent[first].len, 0);
    overheard_rest(&o);
    ck_assert_int_eq(o.seen.wrong_keys, wrong == FROM_SERVER);
    for (int side = 0; side < 2; side++) {
        snprintf(line, sizeof(line), "encrypted %zu ", sealed[side]);
        if (wrong == FROM_CLIENT && side == FROM_SERVER)
            snprintf(line, sizeof(line), "OUTPUT 4/4 ");
        overheard_expect("half", &o, (from)side, LINES(line));
    }
    overheard_close(&o);
}
END_TEST

/* The side that they would fit is lost up to its second packet: nobody can tell, so they are not used. */
START_TEST(half_of_keys_lost)
{
    from wrong = (from)_i;
    size_t first[2] = { SW_HEADER_SIZE + 3, SW_HEADER_SIZE };

    open_half(wrong);
    say(FROM_CLIENT, SW_BAND_BLOB_DATA, 6);
    for (int side = FROM_SERVER; side >= FROM_CLIENT; side--)
        overheard_until(&o, (from)side, o.session.opening[side], 0);
    overheard_until(&o, FROM_SERVER, o.session.proof[FROM_SERVER], 0);
    overheard_until(&o, FROM_CLIENT, o.session.proof[FROM_CLIENT], 0);
    overheard_lose(&o, (from)!wrong, o.session.proof[!wrong] + first[!wrong]);
    overheard_rest(&o);
    ck_assert_int_eq(o.seen.wrong_keys, 1);
    for (int side = 0; side < 2; side++)
        overheard_expect("neither", &o, (from)side, LINES("encrypted "));
    overheard_close(&o);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("observer_search");
    TCase *tcase = suite_case(suite, "search");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, bands, 0, SW_BAND_COUNT + 2);
    tcase_add_loop_test(tcase, large_bodies, 0, COUNT(sizes));
    tcase_add_test(tcase, one_command);
    tcase_add_loop_test(tcase, followed, 0, COUNT(followers));
    tcase_add_test(tcase, nothing_fits);
    tcase_add_loop_test(tcase, first_header, 0, COUNT(probes));
    tcase_add_loop_test(tcase, half_of_keys, 0, 4);
    tcase_add_loop_test(tcase, half_of_keys_lost, 0, 2);
    return run_suite(suite);
}
