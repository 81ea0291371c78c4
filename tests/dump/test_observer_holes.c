/* SPDX-License-Identifier: ISC */
/* Sessions with bytes missing. */
#include "suite.h"
#include "watched.h"

#include <sidewire/packet.h>

#include <stdlib.h>
#include <string.h>

/* ---- in what the server sends: OUTPUT of 1000 bytes, then EXIT__SUCCESS ---- */

#define BODY "abcdefghijklmnopqrstuvwx"
#define BODY_AT_600 "cdefghijklmnopqrstuvwxyz" /* letters go round */
#define EXIT_LINE "S>C EXIT__SUCCESS 0/0\n"

static const struct {
    const char *name;
    int whole;
    size_t at, len; /* of the hole; 0 is the first byte of the body */
    const char *log;
} output_holes[] = {
    { "in the middle", 0, 500, 100,
      "S>C lost 100/100 @500\n"
      "S>C OUTPUT 900/1000 \"" BODY "\"...256\n" EXIT_LINE "end encrypted exit 0 S>C lost 100 damaged\n" },
    { "in the preview", 0, 10, 100,
      "S>C lost 100/100 @10\n"
      "S>C OUTPUT 900/1000 \"abcdefghij\"\n" EXIT_LINE "end encrypted exit 0 S>C lost 100 damaged\n" },
    { "at the beginning", 0, 0, 1,
      "S>C lost 1/1\n"
      "S>C OUTPUT 999/1000\n" EXIT_LINE "end encrypted exit 0 S>C lost 1 damaged\n" },
    { "at the end", 0, 900, 100,
      "S>C lost 100/100 @900\n"
      "S>C OUTPUT 900/1000 \"" BODY "\"...256\n" EXIT_LINE "end encrypted exit 0 S>C lost 100 damaged\n" },
    { "all of it", 0, 0, 1000,
      "S>C lost 1000/1000\n"
      "S>C OUTPUT 0/1000\n" EXIT_LINE "end encrypted exit 0 S>C lost 1000 damaged\n" },
    { "over the end", 0, 900, 101,
      "S>C OUTPUT 900/1000 \"" BODY "\"...256 error -101\n"
      "S>C lost 101/101\n"
      "S>C undecoded 4/4\n"
      "end encrypted S>C lost 101 damaged\n" },
    { "whole, in the middle", 1, 500, 100,
      "S>C OUTPUT 500/1000 + \"" BODY "\"...500\n"
      "S>C lost 100/100 @500\n"
      "S>C OUTPUT 900/1000 @600 \"" BODY_AT_600 "\"...400\n" EXIT_LINE
      "end encrypted exit 0 S>C lost 100 damaged\n" },
    { "whole, at the beginning", 1, 0, 600,
      "S>C OUTPUT 0/1000 +\n"
      "S>C lost 600/600\n"
      "S>C OUTPUT 400/1000 @600 \"" BODY_AT_600 "\"...400\n" EXIT_LINE
      "end encrypted exit 0 S>C lost 600 damaged\n" },
    { "whole, at the end", 1, 999, 1,
      "S>C OUTPUT 999/1000 + \"" BODY "\"...999\n"
      "S>C lost 1/1 @999\n"
      "S>C OUTPUT 999/1000 @1000\n" EXIT_LINE "end encrypted exit 0 S>C lost 1 damaged\n" },
    { "whole, over the end", 1, 999, 2,
      "S>C OUTPUT 999/1000 \"" BODY "\"...999 error -101\n"
      "S>C lost 2/2\n"
      "S>C undecoded 4/4\n"
      "end encrypted S>C lost 2 damaged\n" },
};

static void letters(char *out, size_t len)
{
    for (size_t i = 0; i < len; i++)
        out[i] = (char)('a' + i % 26);
}

static size_t start_output(watched *w, unsigned features, int whole)
{
    char body[1000];
    size_t at;

    letters(body, sizeof(body));
    watched_open(w, features, whole);
    wire_session_packet(&w->session, FROM_SERVER, SW_BAND_PROCEED, NULL, 0);
    at = wire_session_packet(&w->session, FROM_SERVER, SW_BAND_OUTPUT, body, sizeof(body));
    wire_session_packet(&w->session, FROM_SERVER, SW_BAND_EXIT_SUCCESS, NULL, 0);
    watched_handshake(w);
    return at + SW_HEADER_SIZE;
}

START_TEST(hole_in_output)
{
    static const unsigned ciphers[] = { AES, RC4 };

    for (int i = 0; i < COUNT(ciphers); i++) {
        char *expected;
        watched w;
        size_t at = start_output(&w, ciphers[i], output_holes[_i].whole);

        watched_feed(&w, FROM_SERVER, at + output_holes[_i].at, 97);
        watched_lose(&w, FROM_SERVER, output_holes[_i].len);
        watched_rest(&w);
        ck_assert_int_gt(asprintf(&expected, "begin 1 alice\nS>C PROCEED 0/0\n%s", output_holes[_i].log), 0);
        watched_check(output_holes[_i].name, &w, expected);
        free(expected);
    }
}
END_TEST

START_TEST(two_holes)
{
    watched w;
    size_t at = start_output(&w, AES, 1);

    watched_feed(&w, FROM_SERVER, at + 100, 0);
    watched_lose(&w, FROM_SERVER, 200);
    watched_lose(&w, FROM_SERVER, 50);
    watched_feed(&w, FROM_SERVER, at + 600, 0);
    watched_lose(&w, FROM_SERVER, 400);
    watched_rest(&w);
    watched_check("two holes", &w,
                  "begin 1 alice\nS>C PROCEED 0/0\n"
                  "S>C OUTPUT 100/1000 + \"" BODY
                  "\"...100\n"
                  "S>C lost 200/200 @100\n"
                  "S>C lost 50/50 @300\n"
                  "S>C OUTPUT 350/1000 @350 + \"mnopqrstuvwxyzabcdefghij\"...250\n"
                  "S>C lost 400/400 @600\n"
                  "S>C OUTPUT 350/1000 @1000\n" EXIT_LINE "end encrypted exit 0 S>C lost 650 damaged\n");
}
END_TEST

/* A byte of a header is missing: decoding goes on with the next one that fits. */
START_TEST(hole_in_header)
{
    watched w;
    size_t at = start_output(&w, AES, 0);

    watched_feed(&w, FROM_SERVER, at - SW_HEADER_SIZE + (size_t)_i, 0);
    watched_lose(&w, FROM_SERVER, 1);
    watched_rest(&w);
    watched_check("header", &w,
                  "begin 1 alice\nS>C PROCEED 0/0\nS>C lost 1/1\nS>C undecoded 1004/1004\n" EXIT_LINE
                  "end encrypted exit 0 S>C lost 1 damaged\n");
}
END_TEST

/* A body that claims to be huge, of which nearly all is missing: crossing it would cost more than
 * the capture is worth. */
START_TEST(hole_too_large)
{
    watched w;
    uint8_t header[SW_HEADER_SIZE] = { 0, 0, 0, 0xff, SW_BAND_OUTPUT };

    watched_open(&w, AES, 0);
    wire_session_packet(&w.session, FROM_SERVER, SW_BAND_PROCEED, NULL, 0);
    wire_session_text(&w.session, FROM_SERVER, header, sizeof(header));
    watched_handshake(&w);
    watched_rest(&w);
    watched_lose(&w, FROM_SERVER, 0x50000000);
    watched_check("too large", &w,
                  "begin 1 alice\nS>C PROCEED 0/0\nS>C OUTPUT 0/4278190080 error -101\n"
                  "S>C lost 1342177280/1342177280\n"
                  "end encrypted S>C lost 1342177280 damaged\n");
}
END_TEST

/* ---- elsewhere ---- */

START_TEST(hole_in_command)
{
    static const char body[] = "stat\0-n=1\0-p";
    watched w;
    size_t at;

    watched_open(&w, AES, _i);
    at = wire_session_packet(&w.session, FROM_CLIENT, SW_BAND_COMMAND, body, sizeof(body));
    wire_session_packet(&w.session, FROM_CLIENT, SW_BAND_BLOB_DATA, "more", 4);
    watched_handshake(&w);
    watched_feed(&w, FROM_CLIENT, at + SW_HEADER_SIZE + 5, 0);
    watched_lose(&w, FROM_CLIENT, 3);
    watched_rest(&w);
    watched_check("command", &w,
                  "begin 1 alice\n"
                  "C>S lost 3/3 @5\n"
                  "C>S COMMAND 10/13 \"stat\\x00\" error -101\n"
                  "C>S BLOB_DATA 4/4 \"more\"\n"
                  "end answered C>S lost 3 damaged\n");
}
END_TEST

/* A hole of one byte is one, too. */
START_TEST(small_hole_in_command)
{
    watched w;
    size_t at;

    watched_open(&w, AES, 0);
    at = wire_session_packet(&w.session, FROM_CLIENT, SW_BAND_COMMAND, "si", 3);
    watched_handshake(&w);
    watched_feed(&w, FROM_CLIENT, at + SW_HEADER_SIZE + 1, 0);
    watched_lose(&w, FROM_CLIENT, 1);
    watched_rest(&w);
    watched_check("command", &w,
                  "begin 1 alice\n"
                  "C>S lost 1/1 @1\n"
                  "C>S COMMAND 2/3 \"s\" error -101\n"
                  "end answered C>S lost 1 damaged\n");
}
END_TEST

START_TEST(hole_in_challenge)
{
    watched w;

    watched_open(&w, AES, 0);
    wire_session_packet(&w.session, FROM_SERVER, SW_BAND_PROCEED, NULL, 0);
    w.log.brief = 0;
    watched_feed(&w, FROM_SERVER, w.session.opening[FROM_SERVER], 0);
    watched_feed(&w, FROM_CLIENT, w.session.opening[FROM_CLIENT], 0);
    watched_feed(&w, FROM_SERVER, w.session.opening[FROM_SERVER] + 100, 0);
    watched_lose(&w, FROM_SERVER, 20);
    watched_feed(&w, FROM_SERVER, w.session.proof[FROM_SERVER], 0);
    w.log.brief = 1;
    watched_handshake(&w);
    watched_rest(&w);
    watched_check("challenge", &w,
                  "begin 1 alice\n"
                  "S>C greeting 74/74 \"This is para_server, ver\"...74\n"
                  "C>S request 34/34 \"auth rsa alice sideband,\"...34\n"
                  "S>C lost 20/20 @95\n"
                  "S>C CHALLENGE 236/256\n"
                  "S>C PROCEED 0/0\n"
                  "end encrypted S>C lost 20 damaged\n");
}
END_TEST

/* Without all of the response the key log is of no use, but nothing is broken. */
START_TEST(hole_in_response)
{
    static const struct {
        unsigned features;
        const char *log;
    } modes[] = {
        { AES, "C>S lost 4/4 @2\nC>S CHALLENGE_RESPONSE 16/20\n" },
        { LEGACY, "C>S lost 4/4 @2\nC>S response 16/20\n" },
    };
    unsigned features = modes[_i].features;
    char *expected;
    watched w;

    watched_open(&w, features, 0);
    wire_session_text(&w.session, FROM_CLIENT, "secret", 6);
    watched_feed(&w, FROM_SERVER, w.session.opening[FROM_SERVER], 0);
    watched_feed(&w, FROM_CLIENT, w.session.opening[FROM_CLIENT], 0);
    watched_feed(&w, FROM_SERVER, w.session.proof[FROM_SERVER], 0);
    w.log.brief = 0;
    watched_feed(&w, FROM_CLIENT, w.session.proof[FROM_CLIENT] - 18, 0);
    watched_lose(&w, FROM_CLIENT, 4);
    watched_rest(&w);
    ck_assert_int_gt(asprintf(&expected,
                              "begin 1 alice\n%s%sC>S encrypted 6/6\n"
                              "end answered C>S lost 4 damaged\n",
                              features == LEGACY ? "S>C challenge 256/256\n" : "", modes[_i].log),
                     0);
    watched_check("response", &w, expected);
    free(expected);
}
END_TEST

START_TEST(hole_in_legacy_text)
{
    watched w;
    size_t at;

    watched_open(&w, LEGACY, _i);
    wire_session_text(&w.session, FROM_SERVER, "Proceed.", 8);
    at = wire_session_text(&w.session, FROM_SERVER, "some output", 11);
    watched_handshake(&w);
    watched_feed(&w, FROM_SERVER, at + 4, 0);
    watched_lose(&w, FROM_SERVER, 3);
    watched_rest(&w);
    watched_check("legacy text", &w,
                  "begin 1 alice\n"
                  "S>C proceed 8/8 \"Proceed.\"\n"
                  "S>C text 4/4 \"some\"\n"
                  "S>C lost 3/3\n"
                  "S>C text 4/4 \"tput\"\n"
                  "end encrypted S>C lost 3 damaged\n");
}
END_TEST

START_TEST(hole_in_legacy_proceed)
{
    watched w;
    size_t at;

    watched_open(&w, LEGACY, 0);
    at = wire_session_text(&w.session, FROM_SERVER, "Proceed.some output", 19);
    watched_handshake(&w);
    watched_feed(&w, FROM_SERVER, at + 4, 0);
    watched_lose(&w, FROM_SERVER, 1);
    watched_rest(&w);
    watched_check("legacy proceed", &w,
                  "begin 1 alice\n"
                  "S>C proceed 4/8 \"Proc\" error -101\n"
                  "S>C lost 1/1\n"
                  "S>C text 14/14 \"ed.some output\"\n"
                  "end encrypted S>C lost 1 damaged\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dump observer holes");
    TCase *tcase = suite_case(suite, "holes");

    tcase_add_loop_test(tcase, hole_in_output, 0, COUNT(output_holes));
    tcase_add_test(tcase, two_holes);
    tcase_add_loop_test(tcase, hole_in_header, 0, SW_HEADER_SIZE);
    tcase_add_test(tcase, hole_too_large);
    tcase_add_loop_test(tcase, hole_in_command, 0, 2);
    tcase_add_test(tcase, small_hole_in_command);
    tcase_add_test(tcase, hole_in_challenge);
    tcase_add_loop_test(tcase, hole_in_response, 0, 2);
    tcase_add_loop_test(tcase, hole_in_legacy_text, 0, 2);
    tcase_add_test(tcase, hole_in_legacy_proceed);
    return run_suite(suite);
}
