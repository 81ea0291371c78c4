/* SPDX-License-Identifier: ISC */
#include "recorder_support.h"

#include "scratch.h"
#include "suite.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

recorder *open_recorder(void)
{
    char why[256] = "";
    recorder *r = recorder_open(FILE_NAME, why, sizeof(why));

    ck_assert_msg(r != NULL, "%s", why);
    return r;
}

void close_recorder(recorder *r)
{
    ck_assert_int_eq(recorder_failure(r), 0);
    recorder_close(r);
}

struct sockaddr_storage ipv4(const char *address, uint16_t port)
{
    struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };
    struct sockaddr_storage out = { 0 };

    ck_assert_int_eq(inet_pton(AF_INET, address, &in.sin_addr), 1);
    memcpy(&out, &in, sizeof(in));
    return out;
}

struct sockaddr_storage ipv6(const char *address, uint16_t port)
{
    struct sockaddr_in6 in = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
    struct sockaddr_storage out = { 0 };

    ck_assert_int_eq(inet_pton(AF_INET6, address, &in.sin6_addr), 1);
    memcpy(&out, &in, sizeof(in));
    return out;
}

static void set_limit(rlim_t size)
{
    struct rlimit limit;

    signal(SIGXFSZ, SIG_IGN);
    if (getrlimit(RLIMIT_FSIZE, &limit) < 0)
        abort();
    limit.rlim_cur = size < limit.rlim_max ? size : limit.rlim_max;
    if (setrlimit(RLIMIT_FSIZE, &limit) < 0)
        abort();
}

void limit_files(size_t size)
{
    set_limit(size);
}

void unlimit_files(void)
{
    set_limit(RLIM_INFINITY);
}

TCase *record_case(Suite *suite, const char *name)
{
    TCase *tcase = suite_case(suite, name);

    tcase_add_checked_fixture(tcase, scratch_enter, scratch_leave);
    return tcase;
}

int record_main(Suite *suite)
{
    int failed;

    if (scratch_open() < 0)
        return EXIT_FAILURE;
    failed = run_suite(suite);
    scratch_close();
    return failed;
}
