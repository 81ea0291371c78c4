/* SPDX-License-Identifier: ISC */
/* Listening: what is begun and what is ended, of servers that have no more than that; and connections whose socket has
 * the number that standard input had. The linker puts functions of this file in the place of the one that knows what
 * nobody can guess, and of the one that accepts (--wrap). */
#include "serving_scenes.h"

#include "acceptor.h"
#include "own_errors.h"
#include "peer.h"
#include "platform.h"
#include "scratch.h"
#include "suite.h"
#include "user_keys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* ---- chance ---- */

static int chance = -1; /* of who comes; below 0: whatever it is */
static int chance_fails;

int __real_platform_random(void *out, size_t size);
int __wrap_platform_random(void *out, size_t size);

int __wrap_platform_random(void *out, size_t size)
{
    uint16_t given = (uint16_t)chance;

    if (chance < 0 || size != sizeof(given))
        return __real_platform_random(out, size);
    memcpy(out, &given, sizeof(given));
    return chance_fails ? -1 : 0;
}

static int accept_error; /* that is the result of the next call; 0: none */

int __real_listener_accept(int listener, struct sockaddr_storage *from);
int __wrap_listener_accept(int listener, struct sockaddr_storage *from);

int __wrap_listener_accept(int listener, struct sockaddr_storage *from)
{
    if (accept_error == 0)
        return __real_listener_accept(listener, from);
    errno = accept_error;
    accept_error = 0;
    return -1;
}

static void as_ever(void)
{
    chance = -1;
    chance_fails = 0;
    accept_error = 0;
}

/* ---- start and end ---- */

static server alone;

/* A server that has these to listen to, and nothing else. */
static void listen_at(const int *fds, size_t count)
{
    memset(&alone, 0, sizeof(alone));
    ck_assert_int_eq(uv_loop_init(&alone.loop), 0);
    ck_assert_int_eq(uv_timer_init(&alone.loop, &alone.accept_pause), 0);
    alone.listener_count = count;
    for (size_t i = 0; i < LISTENERS_MAX; i++)
        alone.listener_fds[i] = i < count ? fds[i] : -1;
}

static void end_alone(void)
{
    uv_close((uv_handle_t *)&alone.accept_pause, NULL);
    uv_run(&alone.loop, UV_RUN_DEFAULT);
    ck_assert_int_eq(uv_loop_close(&alone.loop), 0); /* no handle is left */
}

static int is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

static void on_time(uv_timer_t *timer)
{
    (void)timer;
}

START_TEST(listens_at_all_of_them)
{
    const char *port;
    int fds[3];

    for (int i = 0; i < COUNT(fds); i++)
        fds[i] = listen_anywhere(&port);
    listen_at(fds, COUNT(fds));
    ck_assert_int_eq(acceptor_start(&alone), 0);
    ck_assert_ptr_eq(alone.accept_pause.data, &alone);
    for (int i = 0; i < COUNT(fds); i++) {
        ck_assert_ptr_eq(alone.listeners[i].data, &alone);
        ck_assert_int_ne(uv_is_active((uv_handle_t *)&alone.listeners[i]), 0);
    }
    ck_assert_int_eq(uv_is_active((uv_handle_t *)&alone.accept_pause), 0);
    uv_timer_start(&alone.accept_pause, on_time, 100000, 0);
    acceptor_stop(&alone);
    ck_assert_int_eq(uv_is_active((uv_handle_t *)&alone.accept_pause), 0);
    for (int i = 0; i < COUNT(fds); i++) {
        ck_assert_int_ne(uv_is_closing((uv_handle_t *)&alone.listeners[i]), 0);
        ck_assert_int_eq(alone.listener_fds[i], -1);
        ck_assert(!is_open(fds[i]));
    }
    acceptor_stop(&alone); /* without effect */
    end_alone();
}
END_TEST

/* The first is given back, and what comes behind the one that cannot be waited for was never begun. */
START_TEST(one_that_cannot_be_waited_for)
{
    const char *port;
    int fds[3];

    scratch_write_text("file", "no socket");
    fds[0] = listen_anywhere(&port);
    fds[1] = open("file", O_RDONLY | O_CLOEXEC);
    fds[2] = listen_anywhere(&port);
    listen_at(fds, COUNT(fds));
    ck_assert_int_eq(acceptor_start(&alone), UV_EPERM);
    ck_assert_ptr_eq(alone.listeners[0].data, &alone);
    ck_assert_int_eq(uv_is_active((uv_handle_t *)&alone.listeners[0]), 0);
    ck_assert_ptr_null(alone.listeners[1].data);
    ck_assert_ptr_null(alone.listeners[2].data);
    acceptor_stop(&alone);
    ck_assert_int_ne(uv_is_closing((uv_handle_t *)&alone.listeners[0]), 0);
    for (int i = 0; i < COUNT(fds); i++) {
        ck_assert_int_eq(alone.listener_fds[i], -1);
        ck_assert(!is_open(fds[i]));
    }
    end_alone();
}
END_TEST

/* Before anything was begun there is nothing to end but the sockets, of which one may have the number 0. */
START_TEST(ends_what_was_never_begun)
{
    int before = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    const char *port;
    int listener = listen_anywhere(&port);
    int fds[2] = { STDIN_FILENO, -1 };

    ck_assert_int_eq(dup2(listener, STDIN_FILENO), STDIN_FILENO);
    listen_at(fds, COUNT(fds));
    acceptor_stop(&alone);
    ck_assert(!is_open(STDIN_FILENO));
    ck_assert_int_eq(alone.listener_fds[0], -1);
    ck_assert_int_eq(alone.listener_fds[1], -1);
    end_alone();
    close(listener);
    if (before >= 0) {
        dup2(before, STDIN_FILENO);
        close(before);
    }
}
END_TEST

/* ---- accepting ---- */

/* Whoever has closed standard input: the number is the first that is free. */
START_TEST(sockets_may_have_the_number_0)
{
    int before = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    int client;

    serving_start(NULL);
    client = dial(serving_port());
    close(STDIN_FILENO);
    errno = EMFILE; /* of earlier */
    while (serving.total == 0)
        serving_turn();
    ck_assert_int_eq(serving.strangers.oldest->in, STDIN_FILENO);
    ck_assert_int_eq(serving.strangers.oldest->out, STDIN_FILENO);
    ck_assert_int_eq(uv_is_active((uv_handle_t *)&serving.accept_pause), 0);
    close(client);
    serving_until_empty();
    ck_assert(!is_open(STDIN_FILENO));
    if (before >= 0) {
        dup2(before, STDIN_FILENO);
        close(before);
    }
}
END_TEST

/* So many in one turn, and those that are left in the next. */
START_TEST(many_are_accepted_at_once)
{
    static const char *const words[] = { "--max-per-source", "0", "--max-connections", "1000", NULL };
    enum { WAITING = 70, BATCH = 64 };
    int clients[WAITING];

    serving_start(words);
    for (int i = 0; i < WAITING; i++)
        clients[i] = dial(serving_port());
    while (serving.total == 0)
        serving_turn();
    ck_assert_uint_eq(serving.total, BATCH);
    serving_turns(2);
    ck_assert_uint_eq(serving.total, WAITING);
    for (int i = 0; i < WAITING; i++)
        close(clients[i]);
    serving_until_empty();
}
END_TEST

static const struct {
    int error, pauses;
} failures[] = {
    { EMFILE, 1 }, { ENFILE, 1 }, { ENOBUFS, 1 }, { ENOMEM, 1 }, { ECONNABORTED, 0 }, { EAGAIN, 0 }, { EPERM, 0 },
};

/* What the system runs out of is waited for, so long; whatever else fails is of one client alone. */
START_TEST(accepting_fails)
{
    enum { PAUSE = 1000, SLACK = 900 };
    const uv_timer_t *pause = &serving.accept_pause;
    int client;

    serving_start(NULL);
    client = dial(serving_port());
    accept_error = failures[_i].error;
    while (accept_error != 0)
        serving_turn();
    ck_assert_int_eq(uv_is_active((const uv_handle_t *)pause), failures[_i].pauses);
    ck_assert_int_eq(uv_is_active((const uv_handle_t *)&serving.listeners[0]), !failures[_i].pauses);
    if (failures[_i].pauses) {
        ck_assert_uint_gt(uv_timer_get_due_in(pause), PAUSE - SLACK);
        ck_assert_uint_le(uv_timer_get_due_in(pause), PAUSE);
        ck_assert_uint_eq(uv_timer_get_repeat(pause), 0);
        ck_assert_str_eq(serving_said(), scratch_format("error: accept: %s\n", strerror(failures[_i].error)));
        ck_assert_uint_eq(serving.total, 0);
    } else {
        serving_turns(3);
        ck_assert_uint_eq(serving.total, 1);
        ck_assert_str_eq(serving_said(), "info: peer: connected\n");
    }
    close(client);
}
END_TEST

/* Who has gone does not count any more. */
START_TEST(places_of_a_source_are_given_back)
{
    static const char *const words[] = { "--max-per-source", "1", NULL };

    serving_start(words);
    for (unsigned long i = 1; i <= 3; i++) {
        visitor *v = visitor_come_bare();

        ck_assert_uint_eq(serving.total, i);
        visitor_go(v);
        serving_until_empty();
    }
}
END_TEST

/* All of several sockets are left alone meanwhile. */
START_TEST(nothing_is_accepted_during_a_pause)
{
    const char *port;
    int fds[3], client;

    for (int i = 0; i < COUNT(fds); i++)
        fds[i] = listen_anywhere(&port);
    listen_at(fds, COUNT(fds));
    ck_assert_int_eq(acceptor_start(&alone), 0);
    client = dial(port);
    accept_error = EMFILE;
    while (accept_error != 0)
        uv_run(&alone.loop, UV_RUN_NOWAIT);
    for (int i = 0; i < COUNT(fds); i++)
        ck_assert_int_eq(uv_is_active((uv_handle_t *)&alone.listeners[i]), 0);
    alone.accept_pause.timer_cb(&alone.accept_pause);
    for (int i = 0; i < COUNT(fds); i++)
        ck_assert_int_ne(uv_is_active((uv_handle_t *)&alone.listeners[i]), 0);
    acceptor_stop(&alone);
    end_alone();
    close(client);
}
END_TEST

/* ---- refusals ---- */

#define MANY "--max-per-source", "100000"

static const struct {
    const char *words[8];
    int members; /* that are there already */
    const char *said;
} refused[] = {
    { { "--max-connections", "4", "--max-per-source", "1" },
      0,
      "too many unauthenticated connections from there" },
    { { "--max-connections", "1", MANY }, 1, "all places are taken by authenticated connections" },
};

START_TEST(why_somebody_is_refused)
{
    visitor *v;

    serving_start(refused[_i].words);
    v = visitor_alice();
    if (refused[_i].members > 0)
        visitor_log_in(v);
    visitor_come_bare();
    serving_turns(3);
    own_errors_expect(scratch_format(": refused: %s\n", refused[_i].said));
    ck_assert_ptr_nonnull(strstr(serving_said(), "\nwarning: peer: refused: "));
    ck_assert_uint_eq(serving.total, 1);
    ck_assert_uint_eq(serving.refusals.count, 1);
}
END_TEST

/* Of four places strangers have three; from half of those on the third from one place is refused by so many chances of
 * 65536, and by all that are smaller if nothing is known. */
enum { CHANCES = 4096 };

static const struct {
    int chance, fails, is_refused;
} chances[] = {
    { 0, 0, 1 }, { CHANCES - 1, 0, 1 }, { CHANCES, 0, 0 }, { UINT16_MAX, 0, 0 }, { UINT16_MAX, 1, 1 }
};

START_TEST(refused_by_chance)
{
    static const char *const words[] = { "--max-connections", "4", NULL };

    serving_start(words);
    chance = UINT16_MAX;
    visitor_come_bare();
    visitor_come_bare();
    chance = chances[_i].chance;
    chance_fails = chances[_i].fails;
    visitor_come_bare();
    ck_assert_uint_eq(serving.total, chances[_i].is_refused ? 2 : 3);
    ck_assert_uint_eq(serving.refusals.count, chances[_i].is_refused ? 1 : 0);
    ck_assert_int_eq(own_errors_count("many unauthenticated connections, some of them from there"),
                     chances[_i].is_refused);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("acceptor");
    TCase *tcase = suite_case(suite, "acceptor");

    tcase_add_unchecked_fixture(tcase, make_user_keys, NULL);
    tcase_add_checked_fixture(tcase, serving_enter, serving_leave);
    tcase_add_checked_fixture(tcase, NULL, as_ever);
    tcase_add_test(tcase, listens_at_all_of_them);
    tcase_add_test(tcase, one_that_cannot_be_waited_for);
    tcase_add_test(tcase, ends_what_was_never_begun);
    tcase_add_test(tcase, sockets_may_have_the_number_0);
    tcase_add_test(tcase, many_are_accepted_at_once);
    tcase_add_loop_test(tcase, accepting_fails, 0, COUNT(failures));
    tcase_add_test(tcase, nothing_is_accepted_during_a_pause);
    tcase_add_test(tcase, places_of_a_source_are_given_back);
    tcase_add_loop_test(tcase, why_somebody_is_refused, 0, COUNT(refused));
    tcase_add_loop_test(tcase, refused_by_chance, 0, COUNT(chances));
    return serving_main(suite);
}
