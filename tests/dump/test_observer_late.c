/* SPDX-License-Identifier: ISC */
/* Sessions whose request is not in the capture: it begins with the challenge, or has only the server's side, or the request
 * was lost. */
#include "suite.h"
#include "watched.h"

#include <stdlib.h>
#include <string.h>

static const unsigned modes[] = { AES, AES_SHA256, RC4, RC4 | SW_FEATURE_SHA256 };

static void open_session(watched *w, unsigned features)
{
    wire_session *s = &w->session;

    watched_open(w, features, 0);
    w->log.brief = 0;
    if (features & SW_FEATURE_SIDEBAND) {
        wire_session_packet(s, FROM_SERVER, SW_BAND_PROCEED, NULL, 0);
        wire_session_packet(s, FROM_CLIENT, SW_BAND_COMMAND, "si", 3);
        wire_session_packet(s, FROM_SERVER, SW_BAND_OUTPUT, "fine", 4);
        wire_session_packet(s, FROM_SERVER, SW_BAND_EXIT_SUCCESS, NULL, 0);
    }
}

/* The first bytes of a side are not in the capture, and nobody knows that. */
static void begin_at(watched *w, from side, size_t place)
{
    w->at[side] = place;
}

/* Only what tells of the proof, and of what follows. */
static void check(const char *what, watched *w, const char *const expected[], int count)
{
    const char *seen = watched_end(w);
    const char *p = seen;

    for (int i = 0; i < count; i++) {
        const char *found = strstr(p, expected[i]);

        ck_assert_msg(found != NULL, "%s: '%s' is not in:\n%s", what, expected[i], seen);
        p = found;
    }
    watched_close(w);
}

#define CHECK(what, w, ...)                                                                                       \
    do {                                                                                                          \
        static const char *const expected[] = { __VA_ARGS__ };                                                    \
        check(what, w, expected, COUNT(expected));                                                                \
    } while (0)

/* In both orders, and in pieces of every kind. */
START_TEST(begins_with_challenge)
{
    static const size_t steps[] = { 0, 1, 2, 7, 100 };

    for (int i = 0; i < COUNT(steps) * 2; i++) {
        size_t step = steps[i / 2];
        from first = i % 2 ? FROM_CLIENT : FROM_SERVER;
        watched w;

        open_session(&w, modes[_i]);
        begin_at(&w, FROM_SERVER, w.session.opening[FROM_SERVER]);
        begin_at(&w, FROM_CLIENT, w.session.opening[FROM_CLIENT]);
        watched_feed(&w, first, w.session.proof[first], step);
        watched_feed(&w, !first, w.session.proof[!first], step);
        watched_rest(&w);
        if (first == FROM_CLIENT) /* the key log says enough */
            CHECK("response", &w, "begin 1 \n", "CHALLENGE_RESPONSE", "CHALLENGE 256/256", "PROCEED 0/0",
                  "\"fine\"", "[si]", "end encrypted exit 0");
        else
            CHECK("challenge", &w, "begin 1 \n", "CHALLENGE 256/256", "CHALLENGE_RESPONSE", "PROCEED 0/0",
                  "\"fine\"", "[si]", "end encrypted exit 0");
    }
}
END_TEST

/* The client's side came, but not its request. */
START_TEST(request_lost)
{
    watched w;

    open_session(&w, modes[_i]);
    watched_feed(&w, FROM_SERVER, w.session.opening[FROM_SERVER], 0);
    watched_lose(&w, FROM_CLIENT, w.session.opening[FROM_CLIENT]);
    watched_feed(&w, FROM_SERVER, w.session.proof[FROM_SERVER], 0);
    watched_feed(&w, FROM_CLIENT, w.session.proof[FROM_CLIENT], 0);
    watched_rest(&w);
    CHECK("request", &w, "greeting", "lost", "CHALLENGE 256/256", "CHALLENGE_RESPONSE", "PROCEED 0/0", "\"fine\"",
          "[si]", "end encrypted exit 0");
}
END_TEST

/* Nor its response: the line of the key log is the one that fits what the server says. */
START_TEST(client_lost)
{
    watched w;

    open_session(&w, modes[_i]);
    watched_feed(&w, FROM_SERVER, w.session.proof[FROM_SERVER], 0);
    watched_lose(&w, FROM_CLIENT, w.session.proof[FROM_CLIENT]);
    watched_rest(&w);
    CHECK("client", &w, "greeting", "CHALLENGE 256/256", "PROCEED 0/0", "\"fine\"", "C>S undecoded", "end");
}
END_TEST

/* The keys are of another session. */
START_TEST(wrong_keys)
{
    watched w;
    char *line;

    open_session(&w, modes[_i]);
    line = wire_session_log(&w.session);
    line[strlen(line) - 2] ^= 1;
    line[strlen(line) - 70] ^= 1;
    watched_write_log(line, "w");
    free(line);
    begin_at(&w, FROM_SERVER, w.session.opening[FROM_SERVER]);
    begin_at(&w, FROM_CLIENT, w.session.opening[FROM_CLIENT]);
    watched_rest(&w);
    CHECK("wrong keys", &w, "begin 1 \n", "CHALLENGE 256/256", "CHALLENGE_RESPONSE", "encrypted", "end");
}
END_TEST

/* ---- one message of the proof, or the rest of one ---- */

static const unsigned all_modes[] = { AES, AES_SHA256, RC4, RC4 | SW_FEATURE_SHA256, LEGACY };

static void add_legacy(watched *w)
{
    wire_session *s = &w->session;

    if (s->features != LEGACY)
        return;
    wire_session_text(s, FROM_SERVER, SW_LEGACY_PROCEED, sizeof(SW_LEGACY_PROCEED) - 1);
    wire_session_text(s, FROM_CLIENT, "\nsi\nEnd of Command.\n", 20);
    wire_session_text(s, FROM_SERVER, "fine", 4);
}

/* The server's side begins inside of the challenge, or behind it: in any order, and in pieces. */
START_TEST(begins_inside_challenge)
{
    static const size_t from_end[] = { 0, 1, 5, 100, 255, 260 };
    static const size_t steps[] = { 0, 1, 3, 50 };

    for (int i = 0; i < COUNT(from_end) * COUNT(steps) * 2; i++) {
        size_t step = steps[i / 2 % COUNT(steps)], rest = from_end[i / 2 / COUNT(steps)];
        from first = i % 2 ? FROM_CLIENT : FROM_SERVER;
        watched w;

        open_session(&w, all_modes[_i]);
        add_legacy(&w);
        begin_at(&w, FROM_SERVER, w.session.proof[FROM_SERVER] - rest);
        begin_at(&w, FROM_CLIENT, w.session.opening[FROM_CLIENT]);
        watched_feed(&w, first, w.session.proof[first], step);
        watched_feed(&w, !first, w.session.proof[!first], step);
        watched_rest(&w);
        CHECK("inside", &w, "begin 1 \n", "fine", "si", "end encrypted");
    }
}
END_TEST

/* Nothing of the server but what it says behind its challenge. */
START_TEST(client_alone)
{
    watched w;

    open_session(&w, all_modes[_i]);
    add_legacy(&w);
    begin_at(&w, FROM_CLIENT, w.session.opening[FROM_CLIENT]);
    watched_feed(&w, FROM_CLIENT, w.session.sent[FROM_CLIENT].len, 0);
    CHECK("client", &w, "begin 1 \n", "in the key log", "[si]", "end");
}
END_TEST

/* Nothing of the client, and no private key: the line of the key log that fits is found by trying. */
START_TEST(server_alone)
{
    for (int greeted = 0; greeted < 2; greeted++) {
        watched w;

        open_session(&w, modes[_i]);
        if (!greeted)
            begin_at(&w, FROM_SERVER, w.session.opening[FROM_SERVER]);
        watched_feed(&w, FROM_SERVER, w.session.sent[FROM_SERVER].len, 0);
        CHECK("server", &w, "begin 1 \n", "CHALLENGE 256/256", "PROCEED 0/0", "\"fine\"", "end encrypted exit 0");
    }
}
END_TEST

/* The same in pieces, and the line is written when all of it came. */
START_TEST(server_alone_and_keys_later)
{
    static const size_t steps[] = { 0, 1, 7, 50 };

    for (int i = 0; i < COUNT(steps); i++) {
        watched w;
        char *line;

        open_session(&w, modes[_i]);
        line = wire_session_log(&w.session);
        watched_write_log("", "w");
        watched_feed(&w, FROM_SERVER, w.session.sent[FROM_SERVER].len, steps[i]);
        watched_write_log(line, "a");
        free(line);
        CHECK("server", &w, "begin 1 \n", "CHALLENGE 256/256", "PROCEED 0/0", "\"fine\"", "end encrypted exit 0");
    }
}
END_TEST

/* What only may be a message is no session without its keys. */
START_TEST(not_believed)
{
    for (int side = 0; side < 2; side++) {
        watched w;

        open_session(&w, all_modes[_i]);
        add_legacy(&w);
        watched_write_log("", "w");
        begin_at(&w, (from)side, w.session.opening[side]);
        watched_feed(&w, (from)side, w.session.sent[side].len, 0);
        watched_check("without keys", &w, "");
    }
}
END_TEST

/* A line that is written later. */
START_TEST(keys_come_later)
{
    watched w;
    char *line;

    open_session(&w, modes[_i]);
    line = wire_session_log(&w.session);
    watched_write_log("", "w");
    begin_at(&w, FROM_SERVER, w.session.proof[FROM_SERVER] - 30);
    begin_at(&w, FROM_CLIENT, w.session.opening[FROM_CLIENT]);
    watched_feed(&w, FROM_SERVER, w.session.proof[FROM_SERVER], 0);
    watched_feed(&w, FROM_CLIENT, w.session.proof[FROM_CLIENT], 0);
    watched_feed(&w, FROM_SERVER, w.session.proof[FROM_SERVER] + 5, 0);
    watched_write_log(line, "a");
    free(line);
    sessions_retry(&w.setup);
    watched_rest(&w);
    CHECK("later", &w, "begin 1 \n", "PROCEED 0/0", "\"fine\"", "[si]", "end encrypted exit 0");
}
END_TEST

/* ---- no sessions ---- */

static const struct {
    const char *server, *client;
    size_t size;
} strangers[] = {
    { "\0\1\0\0\1....", "\0\1\0\0\1....", 9 },     /* two challenges */
    { "\x20\0\0\0\2....", "\x14\0\0\0\2....", 9 }, /* two responses */
    { "\0\1\0\0\1....", "\x13\0\0\0\2....", 9 },   /* of a size that no hash has */
    { "\x3f\0\0\0\1....", "\x14\0\0\0\2....", 9 }, /* smaller than any key */
    { "\0\1\0\0\3....", "\x14\0\0\0\2....", 9 },   { "\0\1\0\0\1", "GET /", 5 },
};

START_TEST(no_session)
{
    watched w;

    watched_open(&w, AES, 0);
    for (int side = 0; side < 2; side++) {
        bytes data =
            bytes_copy(side == FROM_SERVER ? strangers[_i].server : strangers[_i].client, strangers[_i].size);

        watch_data(w.watch, (from)side, w.time, data.data, data.len);
        bytes_free(&data);
    }
    watched_check("no session", &w, "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dump observer late");
    TCase *tcase = suite_case(suite, "late");

    tcase_add_loop_test(tcase, begins_with_challenge, 0, COUNT(modes));
    tcase_add_loop_test(tcase, request_lost, 0, COUNT(modes));
    tcase_add_loop_test(tcase, client_lost, 0, COUNT(modes));
    tcase_add_loop_test(tcase, wrong_keys, 0, COUNT(modes));
    tcase_add_loop_test(tcase, begins_inside_challenge, 0, COUNT(all_modes));
    tcase_add_loop_test(tcase, client_alone, 0, COUNT(all_modes));
    tcase_add_loop_test(tcase, server_alone, 0, COUNT(modes));
    tcase_add_loop_test(tcase, server_alone_and_keys_later, 0, COUNT(modes));
    tcase_add_loop_test(tcase, not_believed, 0, COUNT(all_modes));
    tcase_add_loop_test(tcase, keys_come_later, 0, COUNT(modes));
    tcase_add_loop_test(tcase, no_session, 0, COUNT(strangers));
    return run_suite(suite);
}
