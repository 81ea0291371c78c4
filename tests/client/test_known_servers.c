/* SPDX-License-Identifier: ISC */
/* The file of known servers: names of servers, lines that are right, and lines that spoil it. */
#include "known_servers.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

/* ---- names ---- */

static const struct {
    const char *host, *port, *address;
} names[] = {
    { "music", "2990", "music:2990" },
    { "Music.Example.", "2990", "music.example:2990" },
    { "music.example..", "1", "music.example.:1" },
    { ".", "1", ".:1" },
    { "10.0.0.1", "2990", "10.0.0.1:2990" },
    { "::1", "2990", "[::1]:2990" },
    { "0:0:0:0:0:0:0:1", "2990", "[::1]:2990" },
    { "FE80::00AB%eth0", "1", "[fe80::ab%eth0]:1" },
    { "schl\xc3\xbcssel", "1", "schl\xc3\xbcssel:1" },
    { "", "1", NULL },
    { "a b", "1", NULL },
    { "a\tb", "1", NULL },
    { "a#b", "1", NULL },
    { "a\x7f", "1", NULL },
    { "\xef\xbb\xbfmusic", "1", NULL }, /* a byte order mark, which a file may begin with */
    { "\xef\xbb\xbemusic", "1", "\xef\xbb\xbemusic:1" },
};

START_TEST(names_of_servers)
{
    char address[SERVER_ADDRESS_SIZE];
    int result = server_address(names[_i].host, names[_i].port, address);

    ck_assert_int_eq(result, names[_i].address != NULL ? 0 : -1);
    if (result == 0)
        ck_assert_str_eq(address, names[_i].address);
}
END_TEST

START_TEST(name_of_any_length)
{
    char host[2 * SERVER_ADDRESS_SIZE], address[SERVER_ADDRESS_SIZE];

    memset(host, 'a', sizeof(host));
    for (size_t len = SERVER_ADDRESS_SIZE - 20; len < SERVER_ADDRESS_SIZE + 20; len++) {
        host[len] = '\0';
        if (server_address(host, "65535", address) == 0)
            ck_assert_uint_lt(strlen(address), SERVER_ADDRESS_SIZE);
        else
            ck_assert_uint_gt(len, SERVER_ADDRESS_SIZE - 12);
        host[len] = 'a';
    }
}
END_TEST

/* ---- files ---- */

#define ONE "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
#define TWO "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI="

static const struct {
    const char *text;
    int result; /* of music:1 with key 1 */
    unsigned long line;
} files[] = {
    { "", KNOWN_NOT, 0 },
    { "music:1 x25519 " ONE "\n", KNOWN_RIGHT, 1 },
    { "music:1 x25519 " ONE, KNOWN_RIGHT, 1 },
    { "\xef\xbb\xbf# mine\r\n\r\n \t\r\n  music:1\tx25519  " ONE " \r\n", KNOWN_RIGHT, 4 },
    { "music:2 x25519 " ONE "\nmusik:1 x25519 " ONE "\nmusic:10 x25519 " ONE "\n", KNOWN_NOT, 0 },
    { "music:1 x25519 " TWO "\n", KNOWN_OTHER, 1 },
    { "music:1 x25519 " TWO "\nmusic:1 x25519 " ONE "\n", KNOWN_RIGHT, 1 },
    { "[::1]:1 x25519 " ONE "\n10.0.0.1:1 x25519 " ONE "\n", KNOWN_NOT, 0 },
    /* malformed: each spoils the whole file */
    { "music:1 x25519 " ONE "\nmusic:1 x25519 " ONE " comment\n", KNOWN_BROKEN, 2 },
    { "music x25519 " ONE "\n", KNOWN_BROKEN, 1 },
    { "Music:1 x25519 " ONE "\n", KNOWN_BROKEN, 1 },
    { "music.:1 x25519 " ONE "\n", KNOWN_BROKEN, 1 },
    { "music:0 x25519 " ONE "\n", KNOWN_BROKEN, 1 },
    { "music:01 x25519 " ONE "\n", KNOWN_BROKEN, 1 },
    { "music:65536 x25519 " ONE "\n", KNOWN_BROKEN, 1 },
    { "music: x25519 " ONE "\n", KNOWN_BROKEN, 1 },
    { ":1 x25519 " ONE "\n", KNOWN_BROKEN, 1 },
    { "::1:1 x25519 " ONE "\n", KNOWN_BROKEN, 1 },
    { "[0::1]:1 x25519 " ONE "\n", KNOWN_BROKEN, 1 },
    { "[music]:1 x25519 " ONE "\n", KNOWN_BROKEN, 1 },
    { "music:1 X25519 " ONE "\n", KNOWN_BROKEN, 1 },
    { "music:1 ssh-rsa " ONE "\n", KNOWN_BROKEN, 1 },
    { "music:1 x25519\n", KNOWN_BROKEN, 1 },
    { "music:1\n", KNOWN_BROKEN, 1 },
    { "\n\nmusic:1 x25519 AQE=\n", KNOWN_BROKEN, 3 },
    { "music:1 x25519 " ONE "\n\xef\xbb\xbfmusic:1 x25519 " ONE "\n", KNOWN_BROKEN, 2 },
    { "music:1 x25519 AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQF=\n", KNOWN_BROKEN, 1 },
    { "music:1 x25519 AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB*QE=\n", KNOWN_BROKEN, 1 },
};

START_TEST(texts)
{
    uint8_t key[SW_X25519_SIZE];
    unsigned long line;
    size_t len = strlen(files[_i].text);
    uint8_t *text = exact_copy(files[_i].text, len);

    memset(key, 1, sizeof(key));
    ck_assert_int_eq(known_servers_find((char *)text, len, "music:1", key, &line), files[_i].result);
    ck_assert_uint_eq(line, files[_i].line);
    /* without a key it is only asked whether there is one */
    ck_assert_int_eq(known_servers_find((char *)text, len, "music:1", NULL, &line),
                     files[_i].result == KNOWN_RIGHT ? KNOWN_OTHER : files[_i].result);
    free(text);
}
END_TEST

START_TEST(nul_bytes)
{
    static const char text[] = "mu\0sic:1 x25519 " ONE "\n";
    unsigned long line;

    ck_assert_int_eq(known_servers_find(text, sizeof(text) - 1, "mu", NULL, &line), KNOWN_BROKEN);
}
END_TEST

START_TEST(line_of_a_server)
{
    uint8_t key[SW_X25519_SIZE];
    char line[KNOWN_LINE_SIZE];

    memset(key, 1, sizeof(key));
    known_server_line("[::1]:2990", key, line);
    ck_assert_str_eq(line, "[::1]:2990 x25519 " ONE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("client known servers");
    TCase *tcase = suite_case(suite, "names");

    tcase_add_loop_test(tcase, names_of_servers, 0, COUNT(names));
    tcase_add_test(tcase, name_of_any_length);
    tcase = suite_case(suite, "files");
    tcase_add_loop_test(tcase, texts, 0, COUNT(files));
    tcase_add_test(tcase, nul_bytes);
    tcase_add_test(tcase, line_of_a_server);
    return run_suite(suite);
}
