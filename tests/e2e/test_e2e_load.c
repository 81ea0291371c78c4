/* SPDX-License-Identifier: ISC */
/* Many clients, bad clients, and clients that do nothing: none of them concerns the others. */
#include "peer.h"
#include "scratch.h"
#include "suite.h"
#include "tools.h"

#include <string.h>
#include <unistd.h>

static const char request[] = "auth rsa alice sideband,aes_ctr128,sha256";

/* ---- at once ---- */

enum { CLIENTS = 8, ROUNDS = 3 };

START_TEST(many_at_once)
{
    static const char *const commands[CLIENTS] = { "help",   "help ff", "version", "si",
                                                   "nosuch", "si x",    "play",    "help touch" };
    server s = server_start_local("");
    const char *alone[CLIENTS];
    int status[CLIENTS];

    for (int i = 0; i < CLIENTS; i++) {
        process *p = client_start(&s, "", commands[i]);

        status[i] = process_wait(p);
        alone[i] = scratch_format("%s%s", process_out(p), process_err(p));
    }
    for (int round = 0; round < ROUNDS; round++) {
        process *clients[CLIENTS];

        for (int i = 0; i < CLIENTS; i++)
            clients[i] = client_start(&s, "--timeout 20", commands[i]);
        for (int i = 0; i < CLIENTS; i++) {
            ck_assert_int_eq(process_wait(clients[i]), status[i]);
            if (strcmp(commands[i], "si") != 0)
                ck_assert_str_eq(scratch_format("%s%s", process_out(clients[i]), process_err(clients[i])),
                                 alone[i]);
        }
    }
    client_expect(
        &s, "", "si", 0,
        si_pattern(&s, 1, (ROUNDS + 1) * CLIENTS + 1, (ROUNDS + 1) * CLIENTS + 1, (ROUNDS + 1) * CLIENTS + 1), "");
    server_stop(&s);
}
END_TEST

/* ---- stuck ---- */

static void stay_silent(peer *p)
{
    (void)p;
}

static void send_request_only(peer *p)
{
    send_text(peer_socket(p), request);
}

/* Behind the greeting and the header of the challenge, so that the request is known to be in. */
static void send_half_response(peer *p)
{
    static const uint8_t half[] = { 32, 0, 0, 0, SW_BAND_CHALLENGE_RESPONSE, 1, 2, 3 };
    uint8_t header[SW_HEADER_SIZE];
    int fd = peer_socket(p);
    char byte;

    for (int line = 0; line < 2; line += byte == '\n')
        receive_exactly(fd, &byte, 1);
    send_text(fd, request);
    receive_exactly(fd, header, sizeof(header));
    ck_assert_uint_eq(header[4], SW_BAND_CHALLENGE);
    send_all(fd, half, sizeof(half));
}

static void send_half_command(peer *p)
{
    size_t len;

    peer_log_in(p);
    peer_command(p, "version");
    send_all(peer_socket(p), sw_session_tx_bytes(peer_session(p), &len), SW_HEADER_SIZE + 2);
}

/* Not even the end of the connection. */
static void send_command_and_read_nothing(peer *p)
{
    peer_log_in(p);
    peer_command(p, "help");
    peer_flush(p);
}

static const struct {
    const char *name;
    void (*act)(peer *p);
    unsigned logged_in;
} stuck[] = {
    { "silent", stay_silent, 0 },
    { "request only", send_request_only, 0 },
    { "half a response", send_half_response, 0 },
    { "no command", peer_log_in, 1 },
    { "half a command", send_half_command, 1 },
};

static peer *new_client(const server *s)
{
    return peer_client(dial(s->port), "alice", "keys/alice");
}

START_TEST(stuck_clients_delay_nobody)
{
    server s = server_start_local("--handshake-timeout 3600");
    peer *clients[COUNT(stuck) + 1];
    unsigned logged_in = 0;

    for (int i = 0; i < COUNT(stuck); i++) {
        clients[i] = new_client(&s);
        stuck[i].act(clients[i]);
        logged_in += stuck[i].logged_in;
    }
    client_expect(&s, "--timeout 20", "help", 0, NULL, "");
    client_expect(&s, "--timeout 20", "si", 0,
                  si_pattern(&s, COUNT(stuck) + 1, logged_in + 2, COUNT(stuck) + 2, 2), "");
    clients[COUNT(stuck)] = new_client(&s);
    send_command_and_read_nothing(clients[COUNT(stuck)]);
    client_expect(&s, "--timeout 20", "version", 0, NULL, "");
    client_expect(&s, "", "term", 0, "", "");
    process_expect(s.process, "term", 0, NULL, NULL);
    for (int i = 0; i < COUNT(clients); i++)
        peer_close(clients[i]);
}
END_TEST

/* Each is closed in time, and the log says so. */
START_TEST(stuck_client_times_out)
{
    server s = server_start_local("--handshake-timeout 1");
    long start = clock_ms();
    peer *client = new_client(&s);

    stuck[_i].act(client);
    process_await_err(s.process, "no command within 1 s\n");
    ck_assert_int_ge(clock_ms() - start, 900);
    process_await_err(s.process, "closed\n");
    client_expect(&s, "", "si", 0, si_pattern(&s, 1, stuck[_i].logged_in + 1, 2, 1), "");
    peer_close(client);
    server_stop(&s);
}
END_TEST

START_TEST(silent_client_is_closed)
{
    server s = server_start_local("--handshake-timeout 1");
    int fd = dial(s.port);
    char greeting[256];

    greeting[receive_to_end(fd, greeting, sizeof(greeting))] = '\0';
    expect_match("greeting", greeting, "*\nFeatures: sideband,aes_ctr128,sha256\n");
    close(fd);
    server_stop(&s);
}
END_TEST

/* ---- too many ---- */

/* Of one source; whoever is refused is told so. */
START_TEST(connections_are_limited)
{
    server s = server_start_local("--max-per-source 2 --handshake-timeout 3600");
    int first = dial(s.port);
    int second = dial(s.port);
    char text[128];
    int third;

    process_await_err(s.process, "connected\n");
    third = dial(s.port);
    text[receive_to_end(third, text, sizeof(text))] = '\0';
    expect_match("refusal", text, "server is full: *\n");
    close(third);
    process_await_err(s.process, "refused: too many unauthenticated connections from there\n");
    client_expect(&s, "", "si", 3, "", "*");
    close(first);
    process_await_err(s.process, ": closed\n");
    client_expect(&s, "", "si", 0, si_pattern(&s, 2, 1, 3, 1), "");
    close(second);
    server_stop(&s);
}
END_TEST

/* ---- garbage ---- */

/* Each is answered by closing. */
static const struct {
    const char *text;
    size_t repeat; /* the text's first byte, so often; 0: the text */
    const char *log;
} garbage[] = {
    { "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 0, "does not begin with 'auth rsa '" },
    { "auth rs", 0, "does not begin with 'auth rsa '" },
    { "auth rsa ", 0, "without a valid user name" },
    { "auth rsa alice nosuch", 0, "unknown feature" },
    { "auth rsa alice aes_ctr128", 0, "need sideband" },
    { "auth rsa alice", 0, "legacy mode only, which is not allowed" },
    { "\n", 0, "does not begin with 'auth rsa '" },
    { "\x16\x03\x01\x02\x01\x01\xfc\x03\x03", 0, "does not begin with 'auth rsa '" },
    { "\xff", 1, "does not begin with 'auth rsa '" },
    { "a", 5000, "auth request " },
    { "\xaa", 200000, "auth request " },
};

START_TEST(garbage_is_closed)
{
    server s = server_start_local("");
    size_t repeat = garbage[_i].repeat;
    char *bytes = scratch_allocate(repeat + 1);
    char answer[SW_GREETING_MAX];

    memset(bytes, garbage[_i].text[0], repeat);
    for (unsigned i = 1; i <= 2; i++) { /* it did no harm, so once more */
        int fd = dial(s.port);

        send_text(fd, repeat > 0 ? bytes : garbage[_i].text);
        receive_to_end(fd, answer, sizeof(answer));
        close(fd);
        process_await_err(s.process, garbage[_i].log);
        client_expect(&s, "", "si", 0, si_pattern(&s, 1, i, 2 * i, i), "");
    }
    server_stop(&s);
}
END_TEST

/* Connections that end at once, in either way, in any number. One that is reset may be gone before the
 * server could accept it, so of these nobody knows how many it counts. */
START_TEST(come_and_go)
{
    enum { TIMES = 50 };
    server s = server_start_local("--max-per-source 0");

    for (int i = 0; i < TIMES; i++) {
        close(dial(s.port));
    }
    client_expect(&s, "", "si", 0, si_pattern(&s, 1, 1, TIMES + 1, 1), "");
    for (int i = 0; i < TIMES; i++) {
        close(dial(s.port));
        close_hard(dial(s.port));
    }
    client_expect(&s, "", "si", 0, NULL, "");
    client_expect(&s, "", "si", 0, "*\nconnections (active/accepted/total): 1/3/*\ncommands: 3\n*", "");
    server_stop(&s);
}
END_TEST

/* ---- failed authentication ---- */

/* Bytes of an answer to a wrong key, for a known user and for an unknown one: the same. */
START_TEST(failures_look_alike)
{
    static const uint8_t response[SW_HEADER_SIZE + 32] = { 32, 0, 0, 0, SW_BAND_CHALLENGE_RESPONSE };
    static const struct {
        const char *user, *log;
    } rows[] = {
        { "alice", "user 'alice': authentication failed: wrong key\n" },
        { "nobody", "user 'nobody': authentication failed: unknown user\n" },
    };
    server s = server_start_local("");
    size_t lengths[COUNT(rows)];
    char answer[4096];

    for (int i = 0; i < COUNT(rows); i++) {
        int fd = dial(s.port);

        send_text(fd, scratch_format("auth rsa %s sideband,aes_ctr128,sha256\n", rows[i].user));
        send_all(fd, response, sizeof(response));
        lengths[i] = receive_to_end(fd, answer, sizeof(answer));
        close(fd);
        process_await_err(s.process, rows[i].log);
    }
    ck_assert_uint_eq(lengths[0], lengths[1]);
    ck_assert_uint_gt(lengths[0], SW_HEADER_SIZE + SW_RSA_MIN_BITS / 8);
    client_expect(&s, "", "si", 0, si_pattern(&s, 1, 1, 3, 1), "");
    server_stop(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e load");

    tcase_add_test(e2e_case(suite, "many"), many_at_once);
    tcase_add_test(e2e_case(suite, "stuck"), stuck_clients_delay_nobody);
    tcase_add_loop_test(e2e_case(suite, "time"), stuck_client_times_out, 0, COUNT(stuck));
    tcase_add_test(e2e_case(suite, "silent"), silent_client_is_closed);
    tcase_add_test(e2e_case(suite, "limit"), connections_are_limited);
    tcase_add_loop_test(e2e_case(suite, "garbage"), garbage_is_closed, 0, COUNT(garbage));
    tcase_add_test(e2e_case(suite, "come and go"), come_and_go);
    tcase_add_test(e2e_case(suite, "alike"), failures_look_alike);
    return e2e_main(suite);
}
