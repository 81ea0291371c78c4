/* SPDX-License-Identifier: ISC */
/* A server's addresses, tried one beside the other: in which order, who is told, and that nothing but the connection is
 * left. */
#include "race.h"

#include "deadline.h"
#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { NEVER_HERE = 60000, MANY = 2 * RACE_MAX };

/* ---- places to connect to ---- */

typedef struct place {
    struct sockaddr_in address;
    struct addrinfo info;
    int listener, filler;
} place;

static void place_open(place *p, int backlog)
{
    socklen_t size = sizeof(p->address);

    memset(p, 0, sizeof(*p));
    p->filler = -1;
    p->address.sin_family = AF_INET;
    p->address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    p->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(p->listener, (struct sockaddr *)&p->address, size), 0);
    ck_assert_int_eq(getsockname(p->listener, (struct sockaddr *)&p->address, &size), 0);
    if (backlog >= 0)
        ck_assert_int_eq(listen(p->listener, backlog), 0);
    p->info = (struct addrinfo){ .ai_family = AF_INET,
                                 .ai_socktype = SOCK_STREAM,
                                 .ai_addr = (struct sockaddr *)&p->address,
                                 .ai_addrlen = sizeof(p->address) };
}

/* With its queue full, so that a further connection hangs. */
static void place_open_silent(place *p)
{
    place_open(p, 0);
    p->filler = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(connect(p->filler, p->info.ai_addr, p->info.ai_addrlen), 0);
}

static void place_close(const place *p)
{
    close(p->listener);
    if (p->filler >= 0)
        close(p->filler);
}

/* ---- who is told what ---- */

static struct {
    const struct addrinfo *address;
    int error;
} told[MANY];

static int told_count;

static void on_told(const struct addrinfo *address, int error)
{
    ck_assert_int_lt(told_count, MANY);
    told[told_count].address = address;
    told[told_count++].error = error;
}

static void expect_told(int i, const struct addrinfo *address, int error)
{
    ck_assert_int_lt(i, told_count);
    ck_assert_ptr_eq(told[i].address, address);
    ck_assert_int_eq(told[i].error, error);
}

static int open_descriptors(void)
{
    int count = 0;

    for (int fd = 0; fd < 100; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static int opened;

static void setup(void)
{
    told_count = 0;
    opened = open_descriptors();
}

/* The sockets that came from it are closed again. */
static void teardown(void)
{
    ck_assert_int_eq(open_descriptors(), opened);
}

/* ---- the order ---- */

static const struct {
    const char *families, *order; /* 4, 6, and u for one that there is not; places in the former */
} orders[] = {
    { "4", "0" },           { "444", "012" },   { "64", "01" },     { "66644", "03142" }, { "4466", "0213" },
    { "466666", "012345" }, { "66u4", "0213" }, { "6464", "0123" }, { "uu", "01" },
};

/* None of them works: connect() sees at once that such an address is too short. */
static void make_bad(struct addrinfo *list, const char *families)
{
    static struct sockaddr_in6 nowhere;

    for (size_t i = 0; families[i] != '\0'; i++) {
        int family = families[i] == '4' ? AF_INET : families[i] == '6' ? AF_INET6 : AF_MAX;

        list[i] = (struct addrinfo){ .ai_family = family,
                                     .ai_socktype = SOCK_STREAM,
                                     .ai_addr = (struct sockaddr *)&nowhere,
                                     .ai_addrlen = 1,
                                     .ai_next = families[i + 1] != '\0' ? &list[i + 1] : NULL };
    }
}

START_TEST(families_take_turns)
{
    const char *families = orders[_i].families, *order = orders[_i].order;
    struct addrinfo list[MANY];
    int64_t began = deadline_in(0);

    make_bad(list, families);
    ck_assert_int_eq(race(list, deadline_in(NEVER_HERE), on_told), -1);
    ck_assert_int_eq(errno, told[told_count - 1].error);
    ck_assert_int_eq(told_count, (int)strlen(families));
    for (int i = 0; i < told_count; i++) {
        int at = order[i] - '0';
        expect_told(i, &list[at], families[at] == 'u' ? EAFNOSUPPORT : EINVAL);
    }
    ck_assert_int_lt(deadline_in(0) - began, 10 * RACE_HEAD_START); /* nobody waits for one that failed */
}
END_TEST

START_TEST(so_many_and_no_more)
{
    char families[MANY];
    struct addrinfo list[MANY];

    memset(families, '4', sizeof(families));
    families[MANY - 1] = '\0';
    make_bad(list, families);
    ck_assert_int_eq(race(list, DEADLINE_NEVER, on_told), -1);
    ck_assert_int_eq(told_count, RACE_MAX);
    expect_told(RACE_MAX - 1, &list[RACE_MAX - 1], EINVAL);
}
END_TEST

START_TEST(no_address)
{
    ck_assert_int_eq(race(NULL, DEADLINE_NEVER, on_told), -1);
    ck_assert_int_eq(errno, EADDRNOTAVAIL);
    ck_assert_int_eq(told_count, 0);
}
END_TEST

/* ---- the race ---- */

static void expect_connection(int fd, const place *to)
{
    struct sockaddr_in peer;
    socklen_t size = sizeof(peer);
    int value = 0;

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(getpeername(fd, (struct sockaddr *)&peer, &size), 0);
    ck_assert_uint_eq(peer.sin_port, to->address.sin_port);
    size = sizeof(value);
    ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &value, &size), 0);
    ck_assert_int_eq(value, 1);
    ck_assert_int_eq(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &value, &size), 0);
    ck_assert_int_eq(value, 1);
    close(fd);
}

/* Also by the smallest of descriptors. */
START_TEST(one_that_answers)
{
    int real = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    place good, other;
    int fd;

    place_open(&good, 1);
    place_open(&other, 1);
    good.info.ai_next = &other.info;
    if (_i)
        close(STDIN_FILENO);
    fd = race(&good.info, deadline_in(NEVER_HERE), on_told);
    ck_assert_int_eq(fd == STDIN_FILENO, _i);
    expect_connection(fd, &good);
    ck_assert_int_eq(told_count, 1);
    expect_told(0, &good.info, 0);
    dup2(real, STDIN_FILENO);
    close(real);
    place_close(&good);
    place_close(&other);
}
END_TEST

START_TEST(the_next_one_does_not_wait_for_the_first)
{
    place silent, refusing, good;
    int64_t began = deadline_in(0);

    place_open_silent(&silent);
    place_open(&refusing, -1);
    place_open(&good, 1);
    silent.info.ai_next = &refusing.info;
    refusing.info.ai_next = &good.info;
    expect_connection(race(&silent.info, deadline_in(NEVER_HERE), on_told), &good);
    ck_assert_int_ge(deadline_in(0), began + RACE_HEAD_START);
    ck_assert_int_lt(deadline_in(0), began + 10000);
    ck_assert_int_eq(told_count, 2);
    expect_told(0, &refusing.info, ECONNREFUSED);
    expect_told(1, &good.info, 0);
    place_close(&silent);
    place_close(&refusing);
    place_close(&good);
}
END_TEST

/* Both are asked again after a second, and nobody listens there any more. */
static void *close_both(void *places)
{
    place *both = places;

    usleep(1000 * (RACE_HEAD_START + 200));
    place_close(&both[0]);
    place_close(&both[1]);
    return NULL;
}

START_TEST(two_that_refuse_late)
{
    pthread_t thread;
    place both[2];

    place_open_silent(&both[0]);
    place_open_silent(&both[1]);
    both[0].info.ai_next = &both[1].info;
    ck_assert_int_eq(pthread_create(&thread, NULL, close_both, both), 0);
    ck_assert_int_eq(race(&both[0].info, deadline_in(NEVER_HERE), on_told), -1);
    ck_assert_int_eq(errno, ECONNREFUSED);
    ck_assert_int_eq(told_count, 2);
    expect_told(0, &both[0].info, ECONNREFUSED);
    expect_told(1, &both[1].info, ECONNREFUSED);
    pthread_join(thread, NULL);
}
END_TEST

START_TEST(no_one_answers_in_time)
{
    int64_t began = deadline_in(0);
    place first, second;

    place_open_silent(&first);
    place_open_silent(&second);
    ck_assert_int_eq(race(&first.info, deadline_in(100), NULL), -1);
    ck_assert_int_eq(errno, ETIMEDOUT);
    ck_assert_int_ge(deadline_in(0), began + 100);
    ck_assert_int_eq(race(&first.info, began, NULL), -1); /* that has passed */
    ck_assert_int_eq(errno, ETIMEDOUT);
    first.info.ai_next = &second.info;
    ck_assert_int_eq(race(&first.info, deadline_in(RACE_HEAD_START + 100), on_told), -1);
    ck_assert_int_eq(errno, ETIMEDOUT);
    ck_assert_int_ge(deadline_in(0), began + 100 + RACE_HEAD_START + 100);
    ck_assert_int_eq(told_count, 0);
    place_close(&first);
    place_close(&second);
}
END_TEST

START_TEST(one_that_refuses)
{
    int real = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    place refusing;

    place_open(&refusing, -1);
    if (_i)
        close(STDIN_FILENO);
    ck_assert_int_eq(race(&refusing.info, DEADLINE_NEVER, on_told), -1);
    ck_assert_int_eq(errno, ECONNREFUSED);
    ck_assert_int_eq(told_count, 1);
    expect_told(0, &refusing.info, ECONNREFUSED);
    ck_assert_int_eq(race(&refusing.info, DEADLINE_NEVER, NULL), -1);
    ck_assert_int_eq(errno, ECONNREFUSED);
    ck_assert_int_eq(fcntl(STDIN_FILENO, F_GETFD) < 0, _i);
    dup2(real, STDIN_FILENO);
    close(real);
    place_close(&refusing);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("client race");
    TCase *tcase = suite_case(suite, "race");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, families_take_turns, 0, COUNT(orders));
    tcase_add_test(tcase, so_many_and_no_more);
    tcase_add_test(tcase, no_address);
    tcase_add_loop_test(tcase, one_that_answers, 0, 2);
    tcase_add_test(tcase, the_next_one_does_not_wait_for_the_first);
    tcase_add_test(tcase, two_that_refuse_late);
    tcase_add_test(tcase, no_one_answers_in_time);
    tcase_add_loop_test(tcase, one_that_refuses, 0, 2);
    return run_suite(suite);
}
