/* SPDX-License-Identifier: ISC */
/* Who is taken, who is refused, and who has to go for others, looked at between two turns of the server. */
#include "serving_scenes.h"

#include "connection_internal.h"
#include "own_errors.h"
#include "peer.h"
#include "scratch.h"
#include "suite.h"
#include "user_keys.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- places ---- */

START_TEST(one_too_many_of_a_user_is_told)
{
    static const char *const words[] = { "--max-per-user", "1", NULL };
    visitor *first, *second;

    serving_start(words);
    first = visitor_alice();
    visitor_log_in(first);
    ck_assert_int_eq(first->there->standing, MEMBER);
    second = visitor_alice();
    visitor_log_in(second);
    ck_assert_int_eq(second->there->standing, STRANGER);
    visitor_command(second, words_version);
    visitor_await(second, SW_EVENT_EXIT);
    ck_assert_int_eq(second->status, 1);
    ck_assert_ptr_nonnull(strstr(second->errors, "too many connections of this user"));
    own_errors_expect("refused: 1 connections of this user are there");
    ck_assert_uint_eq(serving.commands, 0);
    visitor_go(second);
    visitor_go(first);
    serving_until_empty();
    ck_assert_int_eq(visitor_run(visitor_alice(), words_version), 0);
}
END_TEST

START_TEST(oldest_stranger_goes_for_a_newer_one)
{
    static const char *const words[] = { "--max-connections", "4", "--max-per-source", "100000", NULL };
    visitor *v[4];

    serving_start(words);
    for (int i = 0; i < 3; i++)
        v[i] = visitor_come_bare();
    ck_assert_int_eq(own_errors_count("closed for a newer one"), 0);
    v[3] = visitor_come_bare();
    own_errors_expect("closed for a newer one");
    serving_expect_list(&serving.strangers, v + 1, 3);
}
END_TEST

static int count_refused(void)
{
    return own_errors_count("refused: too many unauthenticated connections from there");
}

START_TEST(who_is_refused_is_told_and_closed_later)
{
    static const char *const words[] = { "--max-per-source", "1", NULL };
    visitor *v[REFUSALS_MAX + 1];
    char text[128];

    serving_start(words);
    visitor_come_bare();
    for (int i = 0; i <= REFUSALS_MAX; i++) {
        v[i] = visitor_come_bare();
        while (count_refused() <= i)
            serving_turn();
        ck_assert_uint_eq(serving.refusals.count, i < REFUSALS_MAX ? (size_t)i + 1 : REFUSALS_MAX);
    }
    for (int i = 0; i <= REFUSALS_MAX; i++) {
        const char *greeting = "server is full: too many connections, try again later\n";
        ssize_t len = read(v[i]->fd, text, sizeof(text));

        ck_assert_int_eq(len, (ssize_t)strlen(greeting));
        ck_assert_int_eq(memcmp(text, greeting, (size_t)len), 0);
        send_text(v[i]->fd, "?");
    }
    ck_assert_uint_eq(serving.total, 1);
    ck_assert_uint_le(uv_timer_get_due_in(&serving.refusals.timer), REFUSAL_MS);
    ck_assert(uv_is_active((uv_handle_t *)&serving.refusals.timer));
    while (serving.refusals.count > 0) {
        poll(NULL, 0, 10);
        serving_turn();
    }
}
END_TEST

/* No place for another descriptor: whoever waits is taken later. */
START_TEST(accepting_pauses_while_descriptors_are_few)
{
    struct rlimit before, few;
    int client;

    serving_start(NULL);
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    client = dial(serving_port());
    few = (struct rlimit){ (rlim_t)client + 1, before.rlim_max }; /* the lowest that is free is above it */
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
    while (!uv_is_active((uv_handle_t *)&serving.accept_pause))
        serving_turn();
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    own_errors_expect("accept: Too many open files");
    ck_assert(uv_is_active((uv_handle_t *)&serving.accept_pause));
    ck_assert(!uv_is_active((uv_handle_t *)&serving.listeners[0]));
    while (serving.active == 0) {
        poll(NULL, 0, 10);
        serving_turn();
    }
    ck_assert(!uv_is_active((uv_handle_t *)&serving.accept_pause));
    close(client);
}
END_TEST

START_TEST(descriptors_that_cannot_be_waited_for)
{
    struct sockaddr_storage nowhere = { .ss_family = AF_UNSPEC };
    int file;

    serving_start(NULL);
    scratch_write_text("file", "no socket");
    file = open("file", O_RDWR | O_CLOEXEC);
    ck_assert_ptr_null(
        connection_new(&serving, file, file, "a file", admission_stranger_comes(&serving.admission, &nowhere), 0));
    own_errors_expect("a file: cannot be waited for: operation not permitted");
    serving_until_empty();
    ck_assert_int_lt(fcntl(file, F_GETFD), 0);
    ck_assert_uint_eq(serving.admission.strangers, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("connection places");
    TCase *tcase = suite_case(suite, "connection places");

    tcase_add_unchecked_fixture(tcase, make_user_keys, NULL);
    tcase_add_checked_fixture(tcase, serving_enter, serving_leave);
    tcase_add_test(tcase, one_too_many_of_a_user_is_told);
    tcase_add_test(tcase, oldest_stranger_goes_for_a_newer_one);
    tcase_add_test(tcase, who_is_refused_is_told_and_closed_later);
    tcase_add_test(tcase, accepting_pauses_while_descriptors_are_few);
    tcase_add_test(tcase, descriptors_that_cannot_be_waited_for);
    return serving_main(suite);
}
