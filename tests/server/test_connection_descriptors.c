/* SPDX-License-Identifier: ISC */
/* The descriptors of a connection, which may be two, and of others, too; who cannot be served at all; and its lines in the
 * log. */
#include "serving_scenes.h"

#include "connection_internal.h"
#include "own_errors.h"
#include "scratch.h"
#include "suite.h"
#include "user_keys.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- descriptors ---- */

typedef struct pipes {
    int in[2], out[2]; /* the server has in[0] and out[1] */
    int kept[2];       /* of the server's ends */
    connection *c;
} pipes;

static tally_entry *stranger(void)
{
    struct sockaddr_storage nowhere = { .ss_family = AF_UNSPEC };

    return admission_stranger_comes(&serving.admission, &nowhere);
}

static pipes come_by_pipes(int is_shared)
{
    pipes p;

    ck_assert_int_eq(pipe(p.in), 0);
    ck_assert_int_eq(pipe(p.out), 0);
    p.kept[0] = fcntl(p.in[0], F_DUPFD_CLOEXEC, 3);
    p.kept[1] = fcntl(p.out[1], F_DUPFD_CLOEXEC, 3);
    p.c = connection_new(&serving, p.in[0], p.out[1], "pipes", stranger(), is_shared);
    ck_assert_ptr_nonnull(p.c);
    return p;
}

static void expect_closed(int fd)
{
    ck_assert_int_lt(fcntl(fd, F_GETFD), 0);
}

static void close_rest(const pipes *p)
{
    close(p->in[1]);
    close(p->out[0]);
    close(p->kept[0]);
    close(p->kept[1]);
}

/* Those that others have, too, are put back as they were, and that is without any flag for the one; those that nobody else
 * has are left as they are. */
START_TEST(flags_of_descriptors)
{
    static const int before[2] = { O_RDONLY, O_WRONLY };
    int is_shared = _i;
    pipes p;

    serving_start(NULL);
    p = come_by_pipes(is_shared);
    ck_assert_int_eq(p.c->flags_in, is_shared ? before[0] : -1);
    ck_assert_int_eq(p.c->flags_out, is_shared ? before[1] : -1);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(fcntl(p.kept[i], F_GETFL), before[i] | O_NONBLOCK);
    connection_end(p.c);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(fcntl(p.kept[i], F_GETFL), before[i] | (is_shared ? 0 : O_NONBLOCK));
    expect_closed(p.in[0]);
    expect_closed(p.out[1]);
    serving_until_empty();
    close_rest(&p);
}
END_TEST

START_TEST(two_descriptors_are_waited_for_apart)
{
    char greeting[256];
    pipes p;

    serving_start(NULL);
    p = come_by_pipes(0);
    ck_assert_int_eq(p.c->out_is_socket, 0);
    ck_assert_int_eq(p.c->open_handles, 3);
    ck_assert_int_eq(p.c->events_in, 0);
    ck_assert_int_eq(p.c->events_out, UV_WRITABLE);
    serving_turns(3);
    ck_assert_int_eq(p.c->events_in, UV_READABLE);
    ck_assert_int_eq(p.c->events_out, 0);
    ck_assert_int_gt(read(p.out[0], greeting, sizeof(greeting)), 0);
    ck_assert_int_eq(write(p.in[1], "GET / HTTP/1.1\r\n\r\n", 18), 18);
    while (p.c->phase < PHASE_LINGER)
        serving_turn();
    ck_assert_int_eq(p.c->phase, PHASE_LINGER);
    ck_assert_int_eq(p.c->out, -1);
    expect_closed(p.out[1]);
    close(p.kept[1]);
    ck_assert_int_eq(read(p.out[0], greeting, sizeof(greeting)), 0);
    serving_turns(3);
    ck_assert_int_eq(p.c->open_handles, 2);
    p.kept[1] = -1;
    close(p.in[1]);
    p.in[1] = -1;
    serving_until_empty();
    expect_closed(p.in[0]);
    close_rest(&p);
}
END_TEST

/* Any number may be that of a descriptor, as under inetd. */
START_TEST(descriptors_are_closed_if_they_are_0)
{
    int before = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    int in[2], out[2];
    connection *c;

    serving_start(NULL);
    ck_assert_int_eq(pipe(in), 0);
    ck_assert_int_eq(pipe(out), 0);
    if (_i == 0)
        dup2(out[1], STDIN_FILENO);
    else
        dup2(in[0], STDIN_FILENO);
    c = connection_new(&serving, _i == 0 ? in[0] : STDIN_FILENO, _i == 0 ? STDIN_FILENO : out[1], "inetd",
                       stranger(), 0);
    ck_assert_ptr_nonnull(c);
    ck_assert_int_eq(c->events_out, UV_WRITABLE);
    connection_end(c);
    expect_closed(STDIN_FILENO);
    serving_until_empty();
    if (before >= 0) {
        dup2(before, STDIN_FILENO);
        close(before);
    }
    close(_i == 0 ? out[1] : in[0]);
    close(in[1]);
    close(out[0]);
}
END_TEST

/* Either may be one that the loop has no use for. */
static const struct {
    int is_file[2];
} useless[] = { { { 1, 0 } }, { { 0, 1 } }, { { 1, 1 } } };

START_TEST(descriptors_that_cannot_be_waited_for)
{
    int in[2], out[2], files[2];

    serving_start(NULL);
    scratch_write_text("file", "");
    ck_assert_int_eq(pipe(in), 0);
    ck_assert_int_eq(pipe(out), 0);
    for (int i = 0; i < 2; i++)
        files[i] = open("file", O_RDWR | O_CLOEXEC);
    if (useless[_i].is_file[0])
        dup2(files[0], in[0]);
    if (useless[_i].is_file[1])
        dup2(files[1], out[1]);
    ck_assert_ptr_null(connection_new(&serving, in[0], out[1], "who comes", stranger(), 1));
    ck_assert_str_eq(serving_said(),
                     "error: who comes: cannot be waited for: operation not permitted\n"
                     "info: who comes: closed\n");
    expect_closed(in[0]);
    expect_closed(out[1]);
    ck_assert_uint_eq(serving.active, 0);
    ck_assert_uint_eq(serving.admission.strangers, 0);
    serving_until_empty();
    close(in[1]);
    close(out[0]);
    for (int i = 0; i < 2; i++)
        close(files[i]);
}
END_TEST

/* ---- no memory ---- */

/* Either buffer may be the one that there is no memory for. */
START_TEST(no_buffer_for_who_comes)
{
    static memory_budget none;
    buffer_pool *pool;
    int in[2], out[2];

    serving_start(NULL);
    pool = _i == 0 ? &serving.rx_buffers : &serving.tx_pools[TX_SMALL];
    ck_assert_ptr_null(pool->budget);
    pool->budget = &none;
    ck_assert_int_eq(pipe(in), 0);
    ck_assert_int_eq(pipe(out), 0);
    ck_assert_ptr_null(connection_new(&serving, in[0], out[1], "who comes", stranger(), 0));
    pool->budget = NULL;
    ck_assert_str_eq(serving_said(), "error: who comes: Cannot allocate memory\n");
    expect_closed(in[0]);
    expect_closed(out[1]);
    ck_assert_uint_eq(none.used, 0);
    ck_assert_uint_eq(serving.admission.strangers, 0);
    ck_assert_uint_eq(serving.total, 0);
    ck_assert_uint_eq(serving.open, 0);
    close(in[1]);
    close(out[0]);
}
END_TEST

START_TEST(no_session_for_who_comes)
{
    int in[2], out[2];

    serving_start(NULL);
    serving.config.banner = "of two\nlines";
    ck_assert_int_eq(pipe(in), 0);
    ck_assert_int_eq(pipe(out), 0);
    ck_assert_ptr_null(connection_new(&serving, in[0], out[1], "who comes", stranger(), 0));
    ck_assert_str_eq(serving_said(), scratch_format("error: who comes: %s\n", sw_error_text(SW_E_BANNER)));
    expect_closed(in[0]);
    expect_closed(out[1]);
    ck_assert_uint_eq(serving.rx_buffers.kept, 1); /* as one has been */
    ck_assert_uint_eq(serving.tx_pools[TX_SMALL].kept, 1);
    close(in[1]);
    close(out[0]);
}
END_TEST

/* ---- log ---- */

enum { LINE_MAX_OF_IT = 511 }; /* bytes of a text */

START_TEST(lines_about_a_connection)
{
    const char *text = scratch_format("%600d", 7);
    connection *c;

    serving_start(NULL);
    c = visitor_come_bare()->there;
    ck_assert_str_eq(serving_said(), "info: peer: connected\n");
    connection_log(c, LEVEL_ERROR, "%s", text);
    ck_assert_str_eq(serving_said(),
                     scratch_format("info: peer: connected\nerror: peer: %.*s\n", LINE_MAX_OF_IT, text));
    for (int i = 0; i < 2 * LOG_STRANGER_BURST; i++)
        connection_log(c, LEVEL_WARNING, "says a lot");
    ck_assert_int_lt(own_errors_count("says a lot"), 2 * LOG_STRANGER_BURST);
    c->authenticated = 1;
    for (int i = 0; i < 2 * LOG_STRANGER_BURST; i++)
        connection_log(c, LEVEL_WARNING, "says more");
    ck_assert_int_eq(own_errors_count("says more"), 2 * LOG_STRANGER_BURST);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("connection descriptors");
    TCase *tcase = suite_case(suite, "connection descriptors");

    tcase_add_unchecked_fixture(tcase, make_user_keys, NULL);
    tcase_add_checked_fixture(tcase, serving_enter, serving_leave);
    tcase_add_loop_test(tcase, flags_of_descriptors, 0, 2);
    tcase_add_test(tcase, two_descriptors_are_waited_for_apart);
    tcase_add_loop_test(tcase, descriptors_are_closed_if_they_are_0, 0, 2);
    tcase_add_loop_test(tcase, descriptors_that_cannot_be_waited_for, 0, COUNT(useless));
    tcase_add_loop_test(tcase, no_buffer_for_who_comes, 0, 2);
    tcase_add_test(tcase, no_session_for_who_comes);
    tcase_add_test(tcase, lines_about_a_connection);
    return serving_main(suite);
}
