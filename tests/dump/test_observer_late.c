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
        CHECK("challenge", &w, "begin 1 \n", "CHALLENGE 256/256", "CHALLENGE_RESPONSE", "PROCEED 0/0", "\"fine\"",
              "[si]", "end encrypted exit 0");
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

/* Nor its response: nothing tells which line of the key log is the session's. */
START_TEST(client_lost)
{
    watched w;

    open_session(&w, modes[_i]);
    watched_feed(&w, FROM_SERVER, w.session.proof[FROM_SERVER], 0);
    watched_lose(&w, FROM_CLIENT, w.session.proof[FROM_CLIENT]);
    watched_rest(&w);
    CHECK("client", &w, "greeting", "CHALLENGE 256/256", "C>S undecoded", "S>C encrypted", "end");
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
    tcase_add_loop_test(tcase, no_session, 0, COUNT(strangers));
    return run_suite(suite);
}
