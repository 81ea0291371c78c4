/* SPDX-License-Identifier: ISC */
/* How a server is reached: what users write for it, looking names up within a time, and services that are
 * something else. */
#include "deadline.h"
#include "host.h"
#include "resolve.h"
#include "stranger.h"
#include "suite.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- hosts ---- */

static const struct {
    const char *text, *host, *port;
} hosts[] = {
    { "music", "music", NULL },    { "music:3000", "music", "3000" },
    { "music:", "music", "" },     { "10.0.0.1:1", "10.0.0.1", "1" },
    { "::1", "::1", NULL },        { "fe80::1%eth0", "fe80::1%eth0", NULL },
    { "[::1]", "::1", NULL },      { "[::1]:3000", "::1", "3000" },
    { "[music]:1", "music", "1" }, { "", NULL, NULL },
    { ":1", NULL, NULL },          { "[]:1", NULL, NULL },
    { "[::1", NULL, NULL },        { "[::1]3000", NULL, NULL },
    { "::1]:3000", NULL, NULL },   { "music]", NULL, NULL },
};

START_TEST(host_texts)
{
    char host[HOST_SIZE];
    const char *port, *why = NULL;
    int result = host_split(hosts[_i].text, host, &port, &why);

    if (hosts[_i].host == NULL) {
        ck_assert_int_eq(result, -1);
        ck_assert_ptr_nonnull(why);
        return;
    }
    ck_assert_int_eq(result, 0);
    ck_assert_str_eq(host, hosts[_i].host);
    ck_assert_pstr_eq(port, hosts[_i].port);
}
END_TEST

START_TEST(host_of_any_length)
{
    char text[HOST_SIZE + 2], host[HOST_SIZE];
    const char *port, *why;

    memset(text, 'a', sizeof(text));
    text[HOST_SIZE - 1] = '\0';
    ck_assert_int_eq(host_split(text, host, &port, &why), 0);
    ck_assert_str_eq(host, text);
    text[HOST_SIZE - 1] = 'a';
    text[HOST_SIZE] = '\0';
    ck_assert_int_eq(host_split(text, host, &port, &why), -1);
}
END_TEST

/* ---- names ---- */

static int slow_resolver(const char *host, const char *port, const struct addrinfo *hints,
                         struct addrinfo **addresses)
{
    (void)host;
    usleep(300000);
    return getaddrinfo("127.0.0.1", port, hints, addresses);
}

static int failing_resolver(const char *host, const char *port, const struct addrinfo *hints,
                            struct addrinfo **addresses)
{
    (void)host;
    (void)port;
    (void)hints;
    (void)addresses;
    errno = ENFILE;
    return EAI_SYSTEM;
}

START_TEST(names_have_their_time)
{
    struct addrinfo *addresses = NULL;

    ck_assert_int_eq(resolve(slow_resolver, "slow", "1", deadline_in(20), &addresses), RESOLVE_TIMED_OUT);
    ck_assert_int_eq(resolve(slow_resolver, "slow", "1", deadline_in(60000), &addresses), 0);
    ck_assert_int_eq(addresses->ai_family, AF_INET);
    freeaddrinfo(addresses);
    ck_assert_int_eq(resolve(failing_resolver, "bad", "1", DEADLINE_NEVER, &addresses), EAI_SYSTEM);
    ck_assert_int_eq(errno, ENFILE);
    ck_assert_int_eq(resolve(failing_resolver, "::1", "1", DEADLINE_NEVER, &addresses), 0);
    ck_assert_int_eq(addresses->ai_family, AF_INET6);
    freeaddrinfo(addresses);
    usleep(400000); /* the first thread ends before the test, for leak checkers */
}
END_TEST

/* ---- strangers ---- */

static const struct {
    const char *first, *kind;
} greetings[] = {
    { "SSH-2.0-OpenSSH_9.2p1", "an SSH server" },
    { "HTTP/1.1 400 Bad Request", "a web server" },
    { "OK MPD 0.23.5", "an MPD server" },
    { "220 mail ESMTP", "a mail or FTP server" },
    { "\x15\x03\x01", "a TLS server" },
    { "<?xml version='1.0'?>", "a service that speaks XML" },
    { "-NOAUTH Authentication required.", "a Redis server" },
    { "SSH", NULL },
    { "", NULL },
    { "This is para_server, version 0.1.", NULL },
    { "OK", NULL },
};

START_TEST(first_words)
{
    const char *kind = stranger_kind(greetings[_i].first, strlen(greetings[_i].first));

    ck_assert_pstr_eq(kind, greetings[_i].kind);
}
END_TEST

START_TEST(first_packet_of_a_database)
{
    ck_assert_pstr_eq(stranger_kind("\x4a\0\0\0\x0a"
                                    "5.7",
                                    8),
                      "a MySQL server");
    ck_assert_str_eq(stranger_kind("\x4a\0\0\0", 4), "a service that speaks no text");
    ck_assert_str_eq(stranger_kind("\x4a\0\0\1\x0a", 5), "a service that speaks no text");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("client reaching");
    TCase *tcase = suite_case(suite, "hosts");

    tcase_add_loop_test(tcase, host_texts, 0, COUNT(hosts));
    tcase_add_test(tcase, host_of_any_length);
    tcase = suite_case(suite, "names");
    tcase_add_test(tcase, names_have_their_time);
    tcase_add_loop_test(suite_case(suite, "strangers"), first_words, 0, COUNT(greetings));
    tcase_add_test(tcase, first_packet_of_a_database);
    return run_suite(suite);
}
