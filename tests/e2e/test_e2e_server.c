/* SPDX-License-Identifier: ISC */
/* The life of a server: its start, its signals, its end, and its user list. */
#include "peer.h"
#include "scratch.h"
#include "suite.h"
#include "tools.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HUGE_LIST = (16 << 20) + 1, LONG_LINE = 4097 }; /* bytes: one too many */

/* ---- end ---- */

START_TEST(term_ends_it)
{
    server s = server_start_local("");
    int waiting = dial(s.port);
    char rest[SW_GREETING_MAX];

    client_expect(&s, "", "term", 0, "", "");
    process_expect(s.process, "term", 0, NULL, "*: user 'alice': ends the server\n*");
    receive_to_end(waiting, rest, sizeof(rest));
    close(waiting);
    client_expect(&s, "", "si", 3, "", "sidewire-client: 127.0.0.1:*: Connection refused\n");
}
END_TEST

static const struct {
    int number;
    const char *log;
} ends[] = {
    { SIGTERM, "*sidewire-server: notice: ends: Terminated\n*" },
    { SIGINT, "*sidewire-server: notice: ends: Interrupt\n*" },
};

/* With clients in all states. */
START_TEST(signal_ends_it)
{
    server s = server_start_local("");
    int silent = dial(s.port);
    peer *user = peer_client(dial(s.port), "alice", "keys/alice");
    char rest[SW_GREETING_MAX];
    sw_event event;

    peer_log_in(user);
    process_signal(s.process, ends[_i].number);
    process_expect(s.process, "signal", 0, NULL, ends[_i].log);
    receive_to_end(silent, rest, sizeof(rest));
    close(silent);
    peer_expect(user, SW_E_NO_EXIT, &event);
    peer_close(user);
}
END_TEST

/* ---- SIGHUP ---- */

/* Expects this output or log, and this end. */
static void expect_answer(peer *user, uint8_t band, const char *text, int status)
{
    char answer[1024];
    sw_event event;

    peer_expect(user, SW_EVENT_DATA, &event);
    ck_assert_int_eq(event.chunk.band, band);
    ck_assert_uint_lt(event.chunk.len, sizeof(answer));
    memcpy(answer, event.chunk.data, event.chunk.len);
    answer[event.chunk.len] = '\0';
    expect_match("answer", answer, text);
    peer_expect(user, SW_EVENT_EXIT, &event);
    ck_assert_int_eq(event.status, status);
}

START_TEST(new_user_list)
{
    server s = server_start_local("");
    peer *reader = peer_client(dial(s.port), "alice", "keys/alice");
    peer *player = peer_client(dial(s.port), "alice", "keys/alice");
    sw_event event;

    peer_log_in(reader);
    peer_log_in(player);
    client_expect(&s, "-u eve -k keys/eve", "version", 3, "", "*cannot be decrypted*\n");
    scratch_write_text("users",
                       "user eve keys/eve.pub VSS_READ\n"
                       "user bob keys/bob.pub " PERMISSIONS_ALL "\n");
    client_expect(&s, "-u eve -k keys/eve", "version", 3, "", "*cannot be decrypted*\n");
    process_signal(s.process, SIGHUP);
    process_await_err(s.process, "users: read again, users: 2\n");
    /* who was there before keeps what he may do */
    peer_command(reader, "version");
    peer_command(player, "play");
    expect_answer(reader, SW_BAND_OUTPUT, "sidewire-server " SW_VERSION "\n*", 0);
    peer_expect(player, SW_EVENT_EXIT, &event);
    ck_assert_int_eq(event.status, 0);
    peer_close(reader);
    peer_close(player);
    /* and new ones see the new list */
    client_expect(&s, "", "version", 3, "", "*cannot be decrypted*\n");
    client_expect(&s, "-u eve -k keys/eve", "version", 0, NULL, "");
    client_expect(&s, "-u eve -k keys/eve", "term", 1, "", "remote: permission denied\n");
    client_expect(&s, "-u bob -k keys/bob", "term", 0, "", "");
    process_expect(s.process, "term", 0, NULL, NULL);
}
END_TEST

/* A list that cannot be used changes nothing. */
START_TEST(unusable_new_list)
{
    server s = server_start_local("");

    ck_assert_int_eq(unlink("users"), 0);
    process_signal(s.process, SIGHUP);
    process_await_err(s.process, "users: No such file or directory: the old list stays\n");
    client_expect(&s, "", "version", 0, NULL, "");
    scratch_write("users", "user\0", 5);
    process_signal(s.process, SIGHUP);
    process_await_err(s.process,
                      "users: has a NUL byte, so it is no user list: the old list "
                      "stays\n");
    client_expect(&s, "", "version", 0, NULL, "");
    scratch_write_text("users", "");
    process_signal(s.process, SIGHUP);
    process_await_err(s.process, "users: no users, nobody could log in: the old list stays\n");
    client_expect(&s, "", "version", 0, NULL, "");
    server_stop(&s);
}
END_TEST

/* ---- lines of the list ---- */

#define SKIPPED(name) "20*T* sidewire-server: warning: users:1: user '" name "' skipped: "

static const struct {
    const char *line;
    const char *warning; /* pattern; NULL: alice can log in, without any */
} lines[] = {
    { "user alice keys/alice.pub VSS_READ", NULL },
    { " \t user\talice   keys/alice.pub \t AFS_READ,VSS_WRITE \r", NULL },
    { "user alice ./keys/../keys/alice.pub VSS_READ", NULL },
    { "user alice ~/keys/alice.pub VSS_READ", NULL },
    { "# user\n\nuser\nalice\nwhatever alice\nuser alice keys/alice.pub VSS_READ",
      "20*T* sidewire-server: warning: users:3: user '' skipped: fields are missing, *\n" },
    { "user alice keys/alice.pub VSS_READ\nuser alice keys/alice.pub AFS_READ",
      "20*T* sidewire-server: warning: users:2: user 'alice' skipped: the name was there before "
      "with this key\n" },
    { "user alice keys/alice.pub VSS_READ\nuser alice keys/bob.pub VSS_READ", NULL },
    { "user alice", SKIPPED("alice") "fields are missing, *\n*: no users, nobody can log in\n" },
    { "user alice keys/alice.pub", SKIPPED("alice") "fields are missing, *" },
    { "user alice keys/alice.pub VSS_READ AFS_READ", SKIPPED("alice") "more than NAME KEYFILE *" },
    { "user alice keys/alice.pub VSS_READ,", SKIPPED("alice") "permissions 'VSS_READ,' are not some of *" },
    { "user alice keys/alice.pub vss_read", SKIPPED("alice") "permissions 'vss_read' are not some of *" },
    { "user alice keys/missing.pub VSS_READ", SKIPPED("alice") "keys/missing.pub: No such file or directory\n*" },
    { "user alice keys VSS_READ", SKIPPED("alice") "keys: not a regular file\n*" },
    { "user alice users VSS_READ", SKIPPED("alice") "users: no key in a known format\n*" },
    { "user alice keys/alice VSS_READ",
      SKIPPED("alice") "keys/alice: this is a private key, a public one is needed\n*" },
    { "user b\033b keys/missing.pub VSS_READ", SKIPPED("b\\\\x1bb") "*" },
};

START_TEST(line_of_user_list)
{
    const char *warning = lines[_i].warning;
    int works = warning == NULL || _i == 4 || _i == 5; /* the other line is good */
    server s;

    scratch_write_text("users", scratch_format("%s\n", lines[_i].line));
    s = server_start_local("");
    expect_match(lines[_i].line, process_err(s.process), warning == NULL ? "" : warning);
    client_expect(&s, "", "version", works ? 0 : 3, NULL, NULL);
    server_stop(&s);
}
END_TEST

/* ---- start ---- */

static const struct {
    const char *options;
    int status;
    const char *err;
} starts[] = {
    { "-u missing", 2, "sidewire-server: missing: No such file or directory\n" },
    { "-u keys", 2, "sidewire-server: keys: not a regular file\n" },
    { "-u huge", 2, "sidewire-server: huge: file larger than 16777216 bytes\n" },
    { "-u long", 2, "sidewire-server: long: line 1 is longer than 4096 bytes\n" },
    { "-u users -l localhost", 2, "sidewire-server: --listen: 'localhost' is not an IPv4 or IPv6 address\n" },
    { "-u users -l 127.0.0.1 -p TAKEN", 3, "sidewire-server: 127.0.0.1 port *: Address already in use\n" },
    { "-u users -l 192.0.2.1 -p 0", 3, "sidewire-server: 192.0.2.1 port 0: Cannot assign requested address\n" },
};

START_TEST(start_fails)
{
    char *huge = scratch_allocate(HUGE_LIST);
    const char *taken;
    const char *options = starts[_i].options;
    int listener = listen_anywhere(&taken);

    memset(huge, '\n', HUGE_LIST);
    scratch_write("huge", huge, HUGE_LIST);
    memset(huge, 'x', LONG_LINE);
    scratch_write("long", huge, LONG_LINE);
    if (strstr(options, "TAKEN") != NULL)
        options = scratch_format("-u users -l 127.0.0.1 -p %s", taken);
    process_expect(tool_start(TOOL_SERVER, options), starts[_i].options, starts[_i].status, "", starts[_i].err);
    close(listener);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e server");

    tcase_add_test(e2e_case(suite, "term"), term_ends_it);
    tcase_add_loop_test(e2e_case(suite, "signals"), signal_ends_it, 0, COUNT(ends));
    tcase_add_test(e2e_case(suite, "new list"), new_user_list);
    tcase_add_test(e2e_case(suite, "unusable list"), unusable_new_list);
    tcase_add_loop_test(e2e_case(suite, "user list"), line_of_user_list, 0, COUNT(lines));
    tcase_add_loop_test(e2e_case(suite, "start"), start_fails, 0, COUNT(starts));
    return e2e_main(suite);
}
