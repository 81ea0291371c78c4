/* SPDX-License-Identifier: ISC */
/* The server as a service manager runs it: sockets that it is given, and an end that lets replies end. */
#include "peer.h"
#include "scratch.h"
#include "suite.h"
#include "tools.h"

#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BLOB_SIZE = 3 << 20 };

/* ---- LISTEN_FDS ---- */

/* A server that finds descriptors 3 and 4 open, with the environment that `settings` makes. */
static process *start_with(const char *settings, const int fds[2], const char *words)
{
    process_setup setup = { .keep = { fds[0], fds[1] } };
    command_line line = { { NULL }, 0 };

    command_add_words(&line, "bash -c");
    command_add(&line, scratch_format("exec 13<&%d 14<&%d 3<&13 4<&14 13<&- 14<&-; %s exec \"$@\"", fds[0], fds[1],
                                      settings));
    command_add(&line, "bash");
    command_add(&line, tool_path(TOOL_SERVER));
    command_add_words(&line, scratch_format("-u users --log-level info %s", words));
    return process_start(&line, &setup);
}

#define GIVEN "export LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=a:b;"

START_TEST(sockets_are_taken_over)
{
    const char *ports[2];
    int fds[2] = { listen_anywhere(&ports[0]), listen_anywhere(&ports[1]) };
    server s = { start_with(GIVEN, fds, ""), "127.0.0.1", NULL };

    for (int i = 0; i < 2; i++) {
        process_await_out(s.process, scratch_format("listening on 127.0.0.1:%s\n", ports[i]));
        s.port = ports[i];
        client_expect(&s, "", "version", 0, NULL, "");
        close(fds[i]);
    }
    server_stop(&s);
}
END_TEST

/* Clients that came before the server did are served, as systemd promises them. */
START_TEST(early_client_is_served)
{
    const char *ports[2];
    int fds[2] = { listen_anywhere(&ports[0]), listen_anywhere(&ports[1]) };
    peer *early = peer_client(dial(ports[1]), "alice", "keys/alice");
    server s = { start_with(GIVEN, fds, ""), "127.0.0.1", ports[1] };
    sw_event event;

    peer_log_in(early);
    peer_command(early, "play");
    peer_expect(early, SW_EVENT_EXIT, &event);
    peer_close(early);
    server_stop(&s);
    close(fds[0]);
    close(fds[1]);
}
END_TEST

/* Those are for another process, such as the parent of ours. */
START_TEST(sockets_of_others)
{
    const char *ports[2];
    int fds[2] = { listen_anywhere(&ports[0]), listen_anywhere(&ports[1]) };
    server s = { start_with("export LISTEN_PID=1 LISTEN_FDS=2;", fds, "-p 0"), "127.0.0.1", NULL };

    s.port = port_of_line(process_await_out(s.process, "\n"), "listening on 127.0.0.1:");
    ck_assert_str_ne(s.port, ports[0]);
    ck_assert_str_ne(s.port, ports[1]);
    client_expect(&s, "", "version", 0, NULL, "");
    server_stop(&s);
    close(fds[0]);
    close(fds[1]);
}
END_TEST

static const struct {
    const char *settings, *words, *err;
    int is_connection; /* descriptor 4 does not listen */
} refusals[] = {
    { GIVEN, "-p 0", "--listen, --port: not with sockets of a service manager (LISTEN_FDS)\n", 0 },
    { GIVEN, "-l 127.0.0.1", "--listen, --port: not with sockets of a service manager (LISTEN_FDS)\n", 0 },
    { GIVEN, "", "LISTEN_FDS: descriptor 4 is no listening stream socket\n", 1 },
    { "export LISTEN_PID=$$ LISTEN_FDS=17;", "", "LISTEN_FDS: 17 sockets, 16 at most are taken\n", 0 },
};

START_TEST(sockets_are_refused)
{
    const char *ports[2];
    int fds[2] = { listen_anywhere(&ports[0]), listen_anywhere(&ports[1]) };

    if (refusals[_i].is_connection) {
        close(fds[1]);
        fds[1] = dial(ports[0]);
    }
    process_expect(start_with(refusals[_i].settings, fds, refusals[_i].words), "refused", 2, NULL,
                   scratch_format("*sidewire-server: %s", refusals[_i].err));
    close(fds[0]);
    close(fds[1]);
}
END_TEST

/* ---- a socket that listens in the place of a connection ---- */

START_TEST(listener_as_connection)
{
    const char *port;
    int fds[2] = { listen_anywhere(&port), listen_anywhere(&port) };
    const char *options[] = { "--inetd", "--fd 3,3" };
    const char *settings[] = { "exec 0<&3 1>&3;", "" };

    process_expect(start_with(settings[_i], fds, options[_i]), options[_i], 2, NULL,
                   scratch_format("sidewire-server: %s: descriptor %d is a socket that listens, not a "
                                  "connection: for inetd this is 'nowait', for systemd 'Accept=yes'; without "
                                  "the option the server takes such sockets from systemd itself\n",
                                  _i == 0 ? "--inetd" : "--fd", _i == 0 ? 0 : 3));
    close(fds[0]);
    close(fds[1]);
}
END_TEST

/* ---- grace ---- */

static peer *log_in(const server *s)
{
    peer *p = peer_client(dial(s->port), "alice", "keys/alice");

    peer_log_in(p);
    return p;
}

static peer *begin_download(const server *s)
{
    command_line line = client_line(s->port, "addimg cover");
    process_setup setup = { .input = "blob" };
    sw_argument words[] = { { "catimg", 6 }, { "cover", 5 } };
    peer *p;

    scratch_write("blob", memset(scratch_allocate(BLOB_SIZE), 'x', BLOB_SIZE), BLOB_SIZE);
    process_expect(process_start(&line, &setup), "addimg", 0, "", "");
    p = log_in(s);
    ck_assert_int_eq(sw_session_command(peer_session(p), words, 2, 0), 1);
    peer_flush(p);
    process_await_err(s->process, "command 'catimg'\n");
    return p;
}

static size_t read_all(peer *p, int *status)
{
    size_t len = 0;
    sw_event event;
    int type;

    while ((type = peer_next(p, &event)) == SW_EVENT_DATA)
        len += event.chunk.len;
    *status = type == SW_EVENT_EXIT ? event.status : type;
    return len;
}

/* A reply under way ends whole, a watch ends as if it had been asked to, who has said nothing yet goes, and
 * nobody new comes. */
START_TEST(replies_end)
{
    server s = server_start_local("--grace 50");
    peer *download = begin_download(&s);
    peer *watcher = log_in(&s);
    peer *idle = log_in(&s);
    int stranger = dial(s.port);
    char rest[SW_GREETING_MAX];
    sw_event event;
    int status;

    peer_command(watcher, "stat");
    peer_expect(watcher, SW_EVENT_DATA, &event);
    process_signal(s.process, SIGTERM);
    receive_to_end(stranger, rest, sizeof(rest));
    read_all(watcher, &status);
    ck_assert_int_eq(status, 0);
    peer_expect(idle, SW_E_NO_EXIT, &event);
    client_expect(&s, "", "si", 3, "", "sidewire-client: 127.0.0.1:*: Connection refused\n");
    ck_assert_int_eq(process_has_ended(s.process), 0);
    ck_assert_uint_eq(read_all(download, &status), BLOB_SIZE);
    ck_assert_int_eq(status, 0);
    peer_close(download);
    peer_close(watcher);
    peer_close(idle);
    process_expect(s.process, "grace", 0, NULL, NULL);
    ck_assert_ptr_null(strstr(process_err(s.process), "not done in time"));
    close(stranger);
}
END_TEST

/* Whoever takes too long, or when it is asked for again, is not waited for. */
START_TEST(replies_are_cut)
{
    server s = server_start_local(_i == 0 ? "--grace 1" : "--grace 50");
    peer *download = begin_download(&s);
    int status;

    process_signal(s.process, SIGTERM);
    if (_i == 1) {
        process_await_err(s.process, "ends: Terminated\n");
        process_signal(s.process, SIGTERM);
    }
    process_expect(s.process, "grace", 0, NULL,
                   _i == 0 ? "*warning: ends: 1 connections were not done in time\n*" : NULL);
    ck_assert_uint_lt(read_all(download, &status), BLOB_SIZE);
    ck_assert_int_lt(status, 0);
    peer_close(download);
}
END_TEST

/* An upload that is under way is stored. */
START_TEST(upload_ends)
{
    server s = server_start_local("--grace 50 --database blobs.db");
    peer *p = log_in(&s);
    sw_argument words[] = { { "addimg", 6 }, { "cover", 5 } };
    size_t taken;
    sw_event event;

    ck_assert_int_eq(sw_session_command(peer_session(p), words, 2, 1), 1);
    peer_expect(p, SW_EVENT_AWAITING_DATA, &event);
    process_signal(s.process, SIGTERM);
    process_await_err(s.process, "ends: Terminated\n");
    ck_assert_int_eq(sw_session_send(peer_session(p), SW_BAND_BLOB_DATA, "text", 4, &taken), 1);
    ck_assert_int_eq(sw_session_send(peer_session(p), SW_BAND_BLOB_DATA, "", 0, &taken), 1);
    peer_expect(p, SW_EVENT_EXIT, &event);
    ck_assert_int_eq(event.status, 0);
    peer_close(p);
    process_expect(s.process, "grace", 0, NULL, NULL);
    s = server_start_local("--database blobs.db");
    client_expect(&s, "", "catimg cover", 0, "text", "");
    server_stop(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e service");

    tcase_add_test(e2e_case(suite, "sockets"), sockets_are_taken_over);
    tcase_add_test(e2e_case(suite, "early client"), early_client_is_served);
    tcase_add_test(e2e_case(suite, "others"), sockets_of_others);
    tcase_add_loop_test(e2e_case(suite, "refused"), sockets_are_refused, 0, COUNT(refusals));
    tcase_add_loop_test(e2e_case(suite, "listener"), listener_as_connection, 0, 2);
    tcase_add_test(e2e_case(suite, "grace"), replies_end);
    tcase_add_loop_test(e2e_case(suite, "grace over"), replies_are_cut, 0, 2);
    tcase_add_test(e2e_case(suite, "upload"), upload_ends);
    return e2e_main(suite);
}
