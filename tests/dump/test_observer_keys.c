/* SPDX-License-Identifier: ISC */
/* Sessions opened by the key log, by private keys, or not at all. */
#include "suite.h"
#include "watched.h"

#include <stdlib.h>
#include <string.h>

static const unsigned modes[] = { AES, AES_SHA256, RC4, LEGACY };

static void add_traffic(watched *w, unsigned features)
{
    wire_session *s = &w->session;

    if (features & SW_FEATURE_SIDEBAND) {
        wire_session_packet(s, FROM_SERVER, SW_BAND_PROCEED, NULL, 0);
        wire_session_packet(s, FROM_CLIENT, SW_BAND_COMMAND, "si", 3);
        wire_session_packet(s, FROM_SERVER, SW_BAND_OUTPUT, "fine", 4);
        wire_session_packet(s, FROM_SERVER, SW_BAND_EXIT_SUCCESS, NULL, 0);
    } else {
        wire_session_text(s, FROM_SERVER, "Proceed.", 8);
        wire_session_text(s, FROM_CLIENT, "\nsi\nEnd of Command.\n", 20);
        wire_session_text(s, FROM_SERVER, "fine", 4);
    }
}

static const char opened_packets[] =
    "begin 1 alice\n"
    "S>C PROCEED 0/0\n"
    "S>C OUTPUT 4/4 \"fine\"\n"
    "S>C EXIT__SUCCESS 0/0\n"
    "C>S COMMAND 3/3 \"si\\x00\" [si]\n"
    "end encrypted exit 0\n";

static const char opened_text[] =
    "begin 1 alice\n"
    "S>C proceed 8/8 \"Proceed.\"\n"
    "S>C text 4/4 \"fine\"\n"
    "C>S command 20/20 \"\\nsi\\nEnd of Command.\\n\" [si]\n"
    "end encrypted\n";

static const char sealed_packets[] =
    "begin 1 alice\n"
    "C>S encrypted 8/8\n"
    "S>C encrypted 19/19\n"
    "end encrypted\n";

static const char sealed_text[] =
    "begin 1 alice\n"
    "C>S encrypted 20/20\n"
    "S>C encrypted 12/12\n"
    "end encrypted\n";

START_TEST(opened_by_log)
{
    unsigned features = modes[_i];
    watched w;

    watched_open(&w, features, 0);
    add_traffic(&w, features);
    watched_handshake(&w);
    watched_rest(&w);
    watched_check("log", &w, features == LEGACY ? opened_text : opened_packets);
}
END_TEST

START_TEST(bytewise)
{
    unsigned features = modes[_i];
    watched w;

    watched_open(&w, features, 0);
    add_traffic(&w, features);
    watched_feed(&w, FROM_SERVER, w.session.opening[FROM_SERVER], 1);
    watched_feed(&w, FROM_CLIENT, w.session.opening[FROM_CLIENT], 1);
    watched_feed(&w, FROM_SERVER, w.session.proof[FROM_SERVER], 1);
    watched_feed(&w, FROM_CLIENT, w.session.proof[FROM_CLIENT], 1);
    watched_feed(&w, FROM_SERVER, w.session.sent[FROM_SERVER].len, 1);
    watched_feed(&w, FROM_CLIENT, w.session.sent[FROM_CLIENT].len, 1);
    watched_check("bytewise", &w, features == LEGACY ? opened_text : opened_packets);
}
END_TEST

START_TEST(not_in_log)
{
    unsigned features = modes[_i];
    watched w;

    watched_open(&w, features, 0);
    watched_write_log("# nothing\n", "w");
    add_traffic(&w, features);
    watched_handshake(&w);
    watched_rest(&w);
    watched_check("not in log", &w, features == LEGACY ? sealed_text : sealed_packets);
}
END_TEST

/* The line comes while the capture is running. */
START_TEST(log_grows)
{
    watched w;
    char *line;

    watched_open(&w, AES, 0);
    line = wire_session_log(&w.session);
    watched_write_log("# nothing yet", "w");
    ck_assert_int_eq(keylog_read(w.setup.log, NULL, 0), 0);
    watched_write_log("\n", "a");
    watched_write_log(line, "a");
    free(line);
    add_traffic(&w, AES);
    watched_handshake(&w);
    watched_rest(&w);
    watched_check("log grows", &w, opened_packets);
}
END_TEST

/* The line comes after all that it is for: what waited is decoded when the log is looked at again. */
START_TEST(log_grows_late)
{
    watched w;
    char *line;

    watched_open(&w, AES, 0);
    line = wire_session_log(&w.session);
    watched_write_log("# nothing yet\n", "w");
    add_traffic(&w, AES);
    watched_handshake(&w);
    watched_rest(&w);
    ck_assert_int_eq(sessions_retry(&w.setup), 1);
    ck_assert_str_eq(event_log_text(&w.log), "begin 1 alice\n");
    watched_write_log(line, "a");
    free(line);
    ck_assert_int_eq(sessions_retry(&w.setup), 0);
    watched_check("log grows late", &w,
                  "begin 1 alice\n"
                  "S>C PROCEED 0/0\n"
                  "C>S COMMAND 3/3 \"si\\x00\" [si]\n"
                  "S>C OUTPUT 4/4 \"fine\"\n"
                  "S>C EXIT__SUCCESS 0/0\n"
                  "end encrypted exit 0\n");
}
END_TEST

/* The line comes when the session that it is for is over: nobody waits for it any more. */
START_TEST(log_grows_too_late)
{
    watched w;
    char *line;

    watched_open(&w, AES, 0);
    line = wire_session_log(&w.session);
    watched_write_log("# nothing yet\n", "w");
    add_traffic(&w, AES);
    watched_handshake(&w);
    watched_rest(&w);
    ck_assert_int_eq(sessions_retry(&w.setup), 1);
    watched_end(&w);
    ck_assert_int_eq(sessions_retry(&w.setup), 0);
    watched_write_log(line, "a");
    free(line);
    ck_assert_int_eq(sessions_retry(&w.setup), 0);
    watched_close(&w);
}
END_TEST

/* Or at the end. */
START_TEST(log_grows_at_end)
{
    watched w;
    char *line;

    watched_open(&w, AES, 0);
    line = wire_session_log(&w.session);
    watched_write_log("# nothing yet\n", "w");
    add_traffic(&w, AES);
    watched_handshake(&w);
    watched_rest(&w);
    watched_write_log(line, "a");
    free(line);
    ck_assert_ptr_nonnull(strstr(watched_end(&w), "S>C OUTPUT 4/4"));
    watched_close(&w);
}
END_TEST

/* What a log says of a session is wrong: that is no damage. */
START_TEST(log_is_wrong)
{
    const char *text;
    watched w;
    char *line;

    watched_open(&w, AES, 0);
    line = wire_session_log(&w.session);
    line[strlen(line) - 2] = line[strlen(line) - 2] == '0' ? '1' : '0';
    watched_write_log(line, "w");
    free(line);
    add_traffic(&w, AES);
    watched_handshake(&w);
    watched_rest(&w);
    text = watched_end(&w);
    ck_assert_ptr_nonnull(strstr(text, "S>C encrypted 19/19"));
    ck_assert_ptr_null(strstr(text, "damaged"));
    watched_close(&w);
}
END_TEST

/* A private key that is larger than what there is of a challenge is none that opens it. */
START_TEST(key_too_large)
{
    unsigned features = modes[_i];
    named_key alice = { .name = "alice" };
    watched w;

    watched_open(&w, features, 0);
    watched_write_log("", "w");
    vector_private_key("alice", &alice.key); /* of 4096 bits; challenges are for one of 2048 */
    w.keys = (keyring){ .keys = &alice, .count = 1 };
    add_traffic(&w, features);
    watched_handshake(&w);
    watched_rest(&w);
    watched_check("too large", &w, features == LEGACY ? sealed_text : sealed_packets);
}
END_TEST

/* ---- captured in odd order ---- */

/* The response was captured before the challenge. */
START_TEST(response_first)
{
    watched w;

    watched_open(&w, AES, 0);
    add_traffic(&w, AES);
    watched_feed(&w, FROM_SERVER, w.session.opening[FROM_SERVER], 0);
    watched_feed(&w, FROM_CLIENT, w.session.proof[FROM_CLIENT], 0);
    watched_rest(&w);
    watched_check("response first", &w, opened_packets);
}
END_TEST

/* What the server sends is kept until the response was seen, unless it is too much. */
START_TEST(proceed_first)
{
    watched w;

    watched_open(&w, AES, 0);
    add_traffic(&w, AES);
    watched_feed(&w, FROM_SERVER, w.session.opening[FROM_SERVER], 0);
    watched_feed(&w, FROM_CLIENT, w.session.opening[FROM_CLIENT], 0);
    watched_feed(&w, FROM_SERVER, w.session.proof[FROM_SERVER] + SW_HEADER_SIZE + 2, 3);
    watched_feed(&w, FROM_CLIENT, w.session.proof[FROM_CLIENT], 0);
    watched_rest(&w);
    watched_check("proceed first", &w, opened_packets);
}
END_TEST

static void check_begins(const char *what, watched *w, const char *expected)
{
    const char *seen = watched_end(w);

    ck_assert_msg(strncmp(seen, expected, strlen(expected)) == 0, "%s:\n%s", what, seen);
    watched_close(w);
}

/* The server says more than is kept before anything of the client comes. If the key log has a line that fits what it says,
 * that is found by trying; else what was not kept stays encrypted. */
START_TEST(much_first)
{
    static const char body[70000];
    int is_late = _i;
    watched w;
    char *line;

    watched_open(&w, AES, 0);
    wire_session_packet(&w.session, FROM_SERVER, SW_BAND_PROCEED, NULL, 0);
    wire_session_packet(&w.session, FROM_SERVER, SW_BAND_OUTPUT, body, sizeof(body));
    wire_session_packet(&w.session, FROM_CLIENT, SW_BAND_COMMAND, "si", 3);
    watched_feed(&w, FROM_SERVER, w.session.opening[FROM_SERVER], 0);
    watched_feed(&w, FROM_CLIENT, w.session.opening[FROM_CLIENT], 0);
    line = wire_session_log(&w.session);
    if (is_late)
        watched_write_log("", "w");
    watched_feed(&w, FROM_SERVER, w.session.sent[FROM_SERVER].len, 1000);
    watched_write_log(line, "w");
    free(line);
    watched_feed(&w, FROM_CLIENT, w.session.sent[FROM_CLIENT].len, 0);
    if (is_late)
        watched_check("much first", &w,
                      "begin 1 alice\n"
                      "C>S COMMAND 3/3 \"si\\x00\" [si]\n"
                      "S>C encrypted 70010/70010\n"
                      "end encrypted\n");
    else
        check_begins("much first", &w, "begin 1 alice\nS>C PROCEED 0/0\nS>C OUTPUT 70000/70000 ");
}
END_TEST

/* Nothing of the client at all, and no line that fits: what was kept is counted in the end. */
START_TEST(no_response)
{
    watched w;

    watched_open(&w, AES, 0);
    watched_write_log("", "w");
    add_traffic(&w, AES);
    watched_feed(&w, FROM_SERVER, w.session.opening[FROM_SERVER], 0);
    watched_feed(&w, FROM_CLIENT, w.session.opening[FROM_CLIENT], 0);
    watched_feed(&w, FROM_SERVER, w.session.sent[FROM_SERVER].len, 0);
    watched_check("no response", &w, "begin 1 alice\nS>C encrypted 19/19\nend encrypted\n");
}
END_TEST

START_TEST(proceed_lost)
{
    watched w;

    watched_open(&w, AES, 0);
    add_traffic(&w, AES);
    watched_feed(&w, FROM_SERVER, w.session.opening[FROM_SERVER], 0);
    watched_feed(&w, FROM_CLIENT, w.session.opening[FROM_CLIENT], 0);
    watched_feed(&w, FROM_SERVER, w.session.proof[FROM_SERVER], 0);
    watched_lose(&w, FROM_SERVER, SW_HEADER_SIZE);
    watched_feed(&w, FROM_CLIENT, w.session.proof[FROM_CLIENT], 0);
    watched_rest(&w);
    watched_check("proceed lost", &w,
                  "begin 1 alice\n"
                  "C>S COMMAND 3/3 \"si\\x00\" [si]\n"
                  "S>C lost 5/5\n"
                  "S>C OUTPUT 4/4 \"fine\"\n"
                  "S>C EXIT__SUCCESS 0/0\n"
                  "end encrypted exit 0 S>C lost 5 damaged\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dump observer keys");
    TCase *tcase = suite_case(suite, "keys");

    tcase_add_loop_test(tcase, opened_by_log, 0, COUNT(modes));
    tcase_add_loop_test(tcase, bytewise, 0, COUNT(modes));
    tcase_add_loop_test(tcase, not_in_log, 0, COUNT(modes));
    tcase_add_test(tcase, log_grows);
    tcase_add_test(tcase, log_grows_late);
    tcase_add_test(tcase, log_grows_too_late);
    tcase_add_test(tcase, log_grows_at_end);
    tcase_add_test(tcase, log_is_wrong);
    tcase_add_loop_test(tcase, key_too_large, 0, COUNT(modes));
    tcase_add_test(tcase, response_first);
    tcase_add_test(tcase, proceed_first);
    tcase_add_loop_test(tcase, much_first, 0, 2);
    tcase_add_test(tcase, no_response);
    tcase_add_test(tcase, proceed_lost);
    return run_suite(suite);
}
