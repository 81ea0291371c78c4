/* SPDX-License-Identifier: ISC */
/* --inetd --record: one server for each connection, all of them record to the same file. */
#include "scratch.h"
#include "suite.h"
#include "tools.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define SERVER_WORDS "./sidewire-server --inetd -u users --record all.pcapng"

enum { CLIENTS = 8, ROUNDS = 3 };

static server start_tcpserver(void)
{
    server s = { NULL, "127.0.0.1", NULL };
    command_line line = { { NULL }, 0 };

    command_add_words(&line, "tcpserver -1 -H -R -l0 127.0.0.1 0 " SERVER_WORDS);
    s.process = process_start(&line, NULL);
    s.port = port_of_line(process_await_out(s.process, "\n"), "");
    return s;
}

/* Over socket pairs, which have no addresses. */
static server start_socat(void)
{
    static const char listens[] = "listening on AF=2 127.0.0.1:";
    server s = { NULL, "127.0.0.1", NULL };
    command_line line = { { NULL }, 0 };

    command_add_words(&line, "socat -d -d TCP-LISTEN:0,bind=127.0.0.1,fork");
    command_add(&line, "EXEC:" SERVER_WORDS);
    s.process = process_start(&line, NULL);
    s.port = port_of_line(process_await_err(s.process, listens), listens);
    return s;
}

static server (*const starters[])(void) = { start_tcpserver, start_socat };

static server start(int which)
{
    ck_assert_int_eq(symlink(tool_path(TOOL_SERVER), "sidewire-server"), 0);
    return starters[which]();
}

/* Waits until nobody records any more. */
static void await_end_of_records(void)
{
    int fd = open("all.pcapng", O_RDONLY | O_CLOEXEC);
    long deadline = clock_ms() + 1000 * PROCESS_SECONDS;

    ck_assert_int_ge(fd, 0);
    while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        ck_assert_msg(clock_ms() < deadline, "somebody still records");
        sleep_ms(10);
    }
    close(fd);
}

static unsigned count_of(const char *text, const char *what)
{
    unsigned n = 0;

    for (; (text = strstr(text, what)) != NULL; text += strlen(what))
        n++;
    return n;
}

START_TEST(all_in_one_file)
{
    server s = start(_i);
    process *p;

    for (int round = 0; round < ROUNDS; round++) {
        process *clients[CLIENTS];

        for (int i = 0; i < CLIENTS; i++)
            clients[i] = client_start(&s, "", "help");
        for (int i = 0; i < CLIENTS; i++)
            process_expect(clients[i], "help", 0, NULL, "");
    }
    await_end_of_records();
    p = tool_start(TOOL_DUMP, "-k keys/alice --json all.pcapng");
    process_expect(p, "all.pcapng", 0, NULL, "");
    ck_assert_uint_eq(count_of(process_out(p), "\"outcome\":\"exit status 0\""), CLIENTS * ROUNDS);
    ck_assert_uint_eq(count_of(process_out(p), "\"kind\":\"command\""), CLIENTS * ROUNDS);
}
END_TEST

/* What was not recorded by us is not touched, and its sessions are refused. */
START_TEST(something_else_in_it)
{
    server s;

    scratch_write_text("all.pcapng", "mine");
    s = start(_i);
    process_expect(client_start(&s, "", "help"), "help", 3, "", NULL);
    process_await_err(s.process, "sidewire-server: --record: all.pcapng: there is something else in it\n");
    ck_assert_str_eq(scratch_read("all.pcapng", NULL), "mine");
}
END_TEST

/* A server that listens, or a client, has the file for itself. */
START_TEST(not_shared_with_others)
{
    server alone = server_start_local("--record all.pcapng");
    server s = start(_i);

    process_expect(client_start(&s, "", "help"), "help", 3, "", NULL);
    process_await_err(s.process, "sidewire-server: --record: all.pcapng: something else is recorded to it\n");
    client_expect(&alone, "", "version", 0, NULL, "");
    server_stop(&alone);
    client_expect(&s, "", "version", 0, NULL, "");
    await_end_of_records();
    process_expect(tool_start(TOOL_DUMP, "-k keys/alice all.pcapng"), "all.pcapng", 0,
                   "*exit status 0*exit status 0\n", "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e record inetd");

    tcase_add_loop_test(e2e_case(suite, "all"), all_in_one_file, 0, COUNT(starters));
    tcase_add_loop_test(e2e_case(suite, "else"), something_else_in_it, 0, COUNT(starters));
    tcase_add_loop_test(e2e_case(suite, "alone"), not_shared_with_others, 0, COUNT(starters));
    return e2e_main(suite);
}
