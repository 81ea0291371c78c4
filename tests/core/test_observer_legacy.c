/* SPDX-License-Identifier: ISC */
/* Sessions without sideband, where nothing but the other end's answers shows what ends where. */
#include "overheard.h"
#include "suite.h"
#include "tested_backend.h"

#include <string.h>

enum { PROCEED_LEN = sizeof(SW_LEGACY_PROCEED) - 1, BLOCK = WIRE_CHALLENGE_SIZE };

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

static void open_session(observed_keys when)
{
    overheard_open(&o, crypto, 0, when);
    wire_session_text(&o.session, FROM_SERVER, SW_LEGACY_PROCEED, PROCEED_LEN);
}

static void say(from side, const void *text, size_t len)
{
    wire_session_text(&o.session, side, text, len);
}

/* Greeting, request, challenge, response, in this order. */
static void hear_handshake(void)
{
    overheard_until(&o, FROM_SERVER, o.session.opening[FROM_SERVER], 0);
    overheard_until(&o, FROM_CLIENT, o.session.opening[FROM_CLIENT], 0);
    overheard_until(&o, FROM_SERVER, o.session.proof[FROM_SERVER], 0);
    overheard_until(&o, FROM_CLIENT, o.session.proof[FROM_CLIENT], 0);
}

#define LINES(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* Says a command of one argument of so many bytes, which may be too many. Returns its size with the end mark. */
static size_t say_command(size_t len)
{
    static const sw_argument letter = { "x", 1 };
    uint8_t encoded[64];
    bytes text;
    size_t size;

    ck_assert_int_eq(sw_command_encode_legacy(&letter, 1, encoded, sizeof(encoded), &size, NULL), SW_OK);
    text = bytes_copy(encoded, 1);
    for (size_t i = 0; i < len; i++)
        bytes_append(&text, "x", 1);
    bytes_append(&text, encoded + 2, size - 2);
    size = text.len;
    say(FROM_CLIENT, text.data, size);
    bytes_free(&text);
    return size;
}

/* ---- whole sessions ---- */

START_TEST(whole)
{
    static const size_t steps[] = { 0, 1, 7 };

    for (int i = 0; i < COUNT(steps); i++) {
        open_session((observed_keys)_i);
        say_command(4);
        say(FROM_CLIENT, "an upload", 9);
        say(FROM_SERVER, "an answer", 9);
        hear_handshake();
        overheard_until(&o, FROM_CLIENT, o.session.sent[FROM_CLIENT].len, steps[i]);
        overheard_until(&o, FROM_SERVER, o.session.sent[FROM_SERVER].len, steps[i]);
        observed_finish(&o.seen);
        overheard_expect("whole", &o, FROM_SERVER,
                         LINES("greeting 37 ", "challenge 256/256 ", "proceed 8 ", "text 9 "));
        overheard_expect("whole", &o, FROM_CLIENT, LINES("request ", "response 20/20 ", "command 22 ", "text 9 "));
        ck_assert_int_eq(o.seen.wrong_keys, 0);
        overheard_close(&o);
    }
}
END_TEST

/* They talk byte by byte: who spoke when is of use in the handshake alone. */
START_TEST(many_turns)
{
    open_session(KEYS_AT_CHALLENGE);
    say_command(4);
    say(FROM_CLIENT, "an upload", 9);
    say(FROM_SERVER, "and an answer", 13);
    hear_handshake();
    for (size_t i = 1; i <= PROCEED_LEN + 13; i++)
        for (int side = 0; side < 2; side++)
            overheard_until(&o, (from)side, o.session.proof[side] + i, 0);
    overheard_rest(&o);
    overheard_expect("turns", &o, FROM_SERVER, LINES("challenge 256/256 ", "proceed 8 ", "text 13 "));
    overheard_expect("turns", &o, FROM_CLIENT, LINES("response 20/20 ", "command 22 ", "text 9 "));
    overheard_close(&o);
}
END_TEST

/* Nothing was kept for the keys: where the command ended nobody knows, and what is left is text. */
START_TEST(late_keys)
{
    open_session(KEYS_NEVER);
    say_command(4);
    hear_handshake();
    o.seen.full = 1;
    for (int side = 0; side < 2; side++)
        overheard_until(&o, (from)side, o.session.sent[side].len, 0);
    ck_assert_int_eq(sw_observer_open(&o.seen.observer, &o.session.keys, 0), SW_OK);
    say(FROM_CLIENT, "an upload", 9);
    say(FROM_SERVER, "an answer", 9);
    overheard_rest(&o);
    overheard_expect("late", &o, FROM_CLIENT, LINES("response 20/20 ", "encrypted 22 ", "text 9 "));
    overheard_expect("late", &o, FROM_SERVER, LINES("challenge 256/256 ", "encrypted 8 ", "text 9 "));
    ck_assert_int_eq(o.seen.wrong_keys, 0);
    overheard_close(&o);
}
END_TEST

/* ---- where the challenge ends ---- */

/* Only the server is heard behind the request: so many bytes. */
static const struct {
    const char *name;
    size_t size, missing;
    const char *line;
} blocks[] = {
    { "one byte", 1, 0, "challenge 1/1 " },
    { "a block", 256, 0, "challenge 256/256 " },
    { "the largest block", SW_RSA_MAX_SIZE, 0, "challenge 1024/1024 " },
    { "one byte more", SW_RSA_MAX_SIZE + 1, 0, "error -113\nundecoded 1025 " },
    { "a hole in it", 100, 50, "challenge 100/100 " },
    { "nothing but a hole", 0, 50, "lost 50\n" },
};

START_TEST(not_answered)
{
    static const uint8_t data[SW_RSA_MAX_SIZE + 1];

    open_session(KEYS_NEVER);
    overheard_until(&o, FROM_SERVER, o.session.opening[FROM_SERVER], 0);
    overheard_until(&o, FROM_CLIENT, o.session.opening[FROM_CLIENT], 0);
    observed_feed(&o.seen, FROM_SERVER, data, blocks[_i].size);
    if (blocks[_i].size <= SW_RSA_MAX_SIZE && blocks[_i].missing == 0)
        overheard_expect_none(blocks[_i].name, &o, FROM_SERVER, "challenge");
    observed_lose(&o.seen, FROM_SERVER, blocks[_i].missing);
    observed_finish(&o.seen);
    overheard_expect(blocks[_i].name, &o, FROM_SERVER, LINES("greeting ", blocks[_i].line));
    overheard_close(&o);
}
END_TEST

/* More than a block is there at once, and none of it can be kept. */
START_TEST(not_answered_and_full)
{
    static const uint8_t block[SW_RSA_MAX_SIZE + 2];
    sw_observer_input in = { NULL, 0, 0, 0, 1 };
    sw_observer_event event;
    size_t opening;
    bytes data;

    open_session(KEYS_NEVER);
    overheard_until(&o, FROM_CLIENT, o.session.opening[FROM_CLIENT], 0);
    opening = o.session.opening[FROM_SERVER];
    data = bytes_copy(o.session.sent[FROM_SERVER].data, opening);
    bytes_append(&data, block, sizeof(block));
    in.data = data.data;
    in.len = data.len;
    ck_assert_int_eq(sw_observer_next(&o.seen.observer, FROM_SERVER, &in, &event), 1);
    ck_assert_int_eq(event.kind, SW_OBSERVED_GREETING);
    observed_feed(&o.seen, FROM_CLIENT, NULL, 0); /* the request is all there now */
    ck_assert_int_eq(sw_observer_next(&o.seen.observer, FROM_SERVER, &in, &event), 1);
    ck_assert_int_eq(event.kind, SW_OBSERVED_CHALLENGE);
    ck_assert_uint_eq(event.size, SW_RSA_MAX_SIZE);
    ck_assert_uint_eq(event.len, SW_RSA_MAX_SIZE);
    ck_assert_ptr_eq(event.data, data.data + opening);
    ck_assert_uint_eq(event.at, opening);
    ck_assert(event.first && event.last && event.offset == 0);
    ck_assert_int_eq(sw_observer_next(&o.seen.observer, FROM_SERVER, &in, &event), 1);
    ck_assert_int_eq(event.kind, SW_OBSERVED_ENCRYPTED);
    ck_assert_uint_eq(event.len, 2);
    bytes_free(&data);
    overheard_close(&o);
}
END_TEST

/* A key that opens a part of what was told says how much of it is the challenge. */
static const struct {
    size_t block, taken;
} parts[] = { { 0, 300 }, { BLOCK, BLOCK }, { 299, 299 }, { 300, 300 }, { 301, 300 } };

START_TEST(block_of_key)
{
    static const uint8_t more[300 - BLOCK];

    open_session(KEYS_AT_CHALLENGE);
    o.seen.block = parts[_i].block;
    overheard_until(&o, FROM_SERVER, o.session.opening[FROM_SERVER], 0);
    overheard_until(&o, FROM_CLIENT, o.session.opening[FROM_CLIENT], 0);
    overheard_until(&o, FROM_SERVER, o.session.proof[FROM_SERVER], 0);
    observed_feed(&o.seen, FROM_SERVER, more, sizeof(more));
    overheard_until(&o, FROM_CLIENT, o.session.proof[FROM_CLIENT], 0);
    overheard_expect("block", &o, FROM_SERVER, LINES("challenge 300/300 "));
    ck_assert_uint_eq(o.seen.observer.ends[FROM_SERVER].at, o.session.opening[FROM_SERVER] + parts[_i].taken);
    overheard_close(&o);
}
END_TEST

/* ---- the response ---- */

static const struct {
    const char *name;
    int changed;       /* this byte of what is expected; -1: none */
    uint8_t size;      /* of it */
    size_t from, lost; /* so many bytes of the one that is sent are missing */
    sw_verdict verdict;
} responses[] = {
    { "right", -1, SW_SHA1_SIZE, 0, 0, SW_VERDICT_RIGHT },
    { "the first byte differs", 0, SW_SHA1_SIZE, 0, 0, SW_VERDICT_WRONG },
    { "the last byte differs", SW_SHA1_SIZE - 1, SW_SHA1_SIZE, 0, 0, SW_VERDICT_WRONG },
    { "the size differs", -1, SW_SHA256_SIZE, 0, 0, SW_VERDICT_WRONG },
    { "not known", -1, 0, 0, 0, SW_VERDICT_UNKNOWN },
    { "the first byte is lost", -1, SW_SHA1_SIZE, 0, 1, SW_VERDICT_UNKNOWN },
    { "the last byte is lost", -1, SW_SHA1_SIZE, SW_SHA1_SIZE - 1, 1, SW_VERDICT_UNKNOWN },
};

START_TEST(response)
{
    sw_secrets expected;
    size_t at;

    open_session(KEYS_AT_CHALLENGE);
    expected = o.session.keys;
    expected.response_size = responses[_i].size;
    if (responses[_i].changed >= 0)
        expected.response[responses[_i].changed] ^= 1;
    o.seen.keys = &expected;
    at = o.session.opening[FROM_CLIENT] + responses[_i].from;
    overheard_until(&o, FROM_SERVER, o.session.opening[FROM_SERVER], 0);
    overheard_until(&o, FROM_CLIENT, o.session.opening[FROM_CLIENT], 0);
    overheard_until(&o, FROM_SERVER, o.session.proof[FROM_SERVER], 0);
    overheard_until(&o, FROM_CLIENT, at, 0);
    if (responses[_i].lost > 0)
        overheard_lose(&o, FROM_CLIENT, at + responses[_i].lost);
    overheard_rest(&o);
    ck_assert_msg(o.seen.verdict == responses[_i].verdict, "%s: %d", responses[_i].name, o.seen.verdict);
    overheard_close(&o);
}
END_TEST

/* ---- text ---- */

/* A command of just the largest size, one byte more, and one whose end mark never comes. */
START_TEST(large_commands)
{
    static const char no_end[SW_COMMAND_MAX + 1] = "\n";
    size_t mark, size;

    open_session(KEYS_AT_CHALLENGE);
    mark = say_command(1) - 1;
    overheard_close(&o);
    for (size_t more = 0; more < 2; more++) {
        open_session(KEYS_AT_CHALLENGE);
        size = say_command(SW_COMMAND_MAX - mark + more);
        ck_assert_uint_eq(size, SW_COMMAND_MAX + more);
        hear_handshake();
        overheard_until(&o, FROM_SERVER, o.session.sent[FROM_SERVER].len, 0);
        overheard_rest(&o);
        overheard_expect("large", &o, FROM_CLIENT,
                         LINES("response ", more ? "error -122\nundecoded 32769 " : "command 32768 "));
        overheard_close(&o);
    }
    for (size_t len = SW_COMMAND_MAX; len <= SW_COMMAND_MAX + 1; len++) {
        open_session(KEYS_AT_CHALLENGE);
        say(FROM_CLIENT, no_end, len);
        hear_handshake();
        overheard_until(&o, FROM_SERVER, o.session.sent[FROM_SERVER].len, 0);
        overheard_until(&o, FROM_CLIENT, o.session.sent[FROM_CLIENT].len, 0);
        if (len <= SW_COMMAND_MAX)
            overheard_expect_none("no end", &o, FROM_CLIENT, "command");
        observed_finish(&o.seen);
        overheard_expect("no end", &o, FROM_CLIENT,
                         LINES("response ", len > SW_COMMAND_MAX ? "error -122\n" : "command 32768 "));
        overheard_close(&o);
    }
}
END_TEST

/* What is cut is told of as far as it came. */
static const struct {
    const char *name;
    from side;
    size_t came, missing;
    const char *lines[3];
} cuts[] = {
    { "command", FROM_CLIENT, 7, 0, { "command 7 " } },
    { "command, then a hole", FROM_CLIENT, 7, 5, { "command 7 ", "lost 5\n", "text 10 " } },
    { "hole before the command", FROM_CLIENT, 0, 5, { "lost 5\n", "text 17 " } },
    { "proceed", FROM_SERVER, 7, 0, { "proceed 7 " } },
    { "proceed, then a hole", FROM_SERVER, 3, 6, { "proceed 3 ", "lost 6\n", "text 8 " } },
    { "hole instead of proceed", FROM_SERVER, 0, 8, { "lost 8\n", "text 9 " } },
    { "hole behind it", FROM_SERVER, 8, 4, { "proceed 8 ", "lost 4\n", "text 5 " } },
};

START_TEST(cut)
{
    from side = cuts[_i].side;
    size_t from_here;

    open_session(KEYS_AT_CHALLENGE);
    say_command(4);
    say(FROM_SERVER, "an answer", 9);
    hear_handshake();
    overheard_until(&o, (from)!side, o.session.sent[!side].len, 0);
    from_here = o.session.proof[side] + cuts[_i].came;
    overheard_until(&o, side, from_here, 0);
    if (cuts[_i].missing > 0) {
        overheard_lose(&o, side, from_here + cuts[_i].missing);
        overheard_until(&o, side, o.session.sent[side].len, 0);
    }
    observed_finish(&o.seen);
    for (int i = 0; i < 3 && cuts[_i].lines[i] != NULL; i++)
        overheard_expect(cuts[_i].name, &o, side, LINES(cuts[_i].lines[i]));
    overheard_expect_none(cuts[_i].name, &o, side, "undecoded");
    overheard_close(&o);
}
END_TEST

/* The size of what is missing is not known then, nor where encryption begins. */
START_TEST(hole_in_proof)
{
    open_session(KEYS_AT_CHALLENGE);
    say_command(4);
    overheard_until(&o, FROM_SERVER, o.session.opening[FROM_SERVER], 0);
    overheard_until(&o, FROM_CLIENT, o.session.opening[FROM_CLIENT], 0);
    overheard_lose(&o, FROM_SERVER, o.session.proof[FROM_SERVER]);
    overheard_rest(&o);
    overheard_expect("hole", &o, FROM_SERVER, LINES("lost 256\n", "undecoded 8 "));
    overheard_close(&o);
}
END_TEST

/* Nothing of the challenge is there, and what was asked for is known. */
START_TEST(hole_instead_of_challenge)
{
    observed seen;

    observed_start(&seen, crypto, NULL, KEYS_NEVER);
    observed_feed(&seen, FROM_SERVER, "hello\n", 6);
    observed_feed(&seen, FROM_CLIENT, "auth rsa alice\n", 15);
    observed_lose(&seen, FROM_SERVER, 50);
    observed_finish(&seen);
    ck_assert_ptr_nonnull(strstr(observed_log(&seen, FROM_CLIENT), "request 15 "));
    ck_assert_str_eq(strchr(observed_log(&seen, FROM_SERVER), '\n') + 1, "lost 50\n");
    observed_free(&seen);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("observer_legacy");
    TCase *tcase = suite_case(suite, "legacy");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, whole, KEYS_AT_CHALLENGE, KEYS_AT_END + 1);
    tcase_add_test(tcase, many_turns);
    tcase_add_test(tcase, late_keys);
    tcase_add_loop_test(tcase, not_answered, 0, COUNT(blocks));
    tcase_add_test(tcase, not_answered_and_full);
    tcase_add_loop_test(tcase, block_of_key, 0, COUNT(parts));
    tcase_add_loop_test(tcase, response, 0, COUNT(responses));
    tcase_add_test(tcase, large_commands);
    tcase_add_loop_test(tcase, cut, 0, COUNT(cuts));
    tcase_add_test(tcase, hole_in_proof);
    tcase_add_test(tcase, hole_instead_of_challenge);
    return run_suite(suite);
}
