/* SPDX-License-Identifier: ISC */
/* The programs of examples/, against each other and against ours. Those that were not built here are left
 * out; meson said so. */
#include "peer.h"
#include "scratch.h"
#include "suite.h"
#include "tools.h"
#include "send_command.h"

#include <sidewire/backends.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const char *const servers[] = { "examples/blocking_server", "examples/poll_server",
                                       "examples/uring_server" };
enum { BLOCKING, POLL, URING, STATUS_SKIPPED = 77 };

static int was_built(const char *program)
{
    return access(tool_path(program), X_OK) == 0;
}

/* With words behind the port. 0: it cannot run here. */
static int start_with(server *s, const char *program, const char *words)
{
    if (!was_built(program))
        return 0;
    s->process = tool_start(program, scratch_format("0 %s", words));
    while (strstr(process_out(s->process), "\n") == NULL) {
        if (process_has_ended(s->process)) {
            ck_assert_int_eq(process_wait(s->process), STATUS_SKIPPED);
            fprintf(stderr, "left out: %s", process_err(s->process));
            return 0;
        }
        sleep_ms(1);
    }
    s->host = "127.0.0.1";
    s->port = port_of_line(process_out(s->process), "listening on 127.0.0.1:");
    return 1;
}

static int start(server *s, const char *program)
{
    return start_with(s, program, "alice keys/alice.pub");
}

static void stop(const server *s)
{
    process_signal(s->process, SIGTERM);
    ck_assert_int_eq(process_wait(s->process), 128 + SIGTERM);
}

/* ---- servers ---- */

START_TEST(server_answers)
{
    const char *longest = scratch_format("echo %0*d", 3000, 7);
    server s;

    if (!start(&s, servers[_i]))
        return;
    client_expect(&s, "", "echo one two", 0, "one two\n", "");
    client_expect(&s, "", "echo", 0, "", "");
    client_expect(&s, "", longest, 0, scratch_format("%0*d\n", 3000, 7), "");
    client_expect(&s, "", "nosuch", 1, "", "remote: invalid command\n");
    client_expect(&s, "-u bob -k keys/bob", "echo", 3, "", "*");
    client_expect(&s, "-u alice -k keys/bob", "echo", 3, "", "*");
    client_expect(&s, "", "echo again", 0, "again\n", "");
    stop(&s);
}
END_TEST

/* Who says nothing, leaves in the middle, or sends what it should not, leaves the others alone. */
START_TEST(server_survives)
{
    server s;
    sw_event event;
    peer *p;
    int fd;

    if (!start(&s, servers[_i]))
        return;
    close_hard(dial(s.port));
    fd = dial(s.port);
    send_text(fd, "GET / HTTP/1.1\r\n\r\n");
    shutdown_sending(fd);
    receive_to_end(fd, scratch_allocate(4096), 4096);
    close(fd);
    p = peer_client(dial(s.port), "alice", "keys/alice");
    peer_log_in(p);
    peer_close(p);
    p = peer_client(dial(s.port), "alice", "keys/alice");
    peer_log_in(p);
    peer_command(p, "echo");
    peer_expect(p, SW_EVENT_EXIT, &event);
    close_hard(peer_socket(p));
    peer_forget(p);
    client_expect(&s, "", "echo still there", 0, "still there\n", "");
    stop(&s);
}
END_TEST

/* All but the first, which has one client at a time. */
START_TEST(server_has_many)
{
    enum { PEERS = 20 };
    peer *peers[PEERS];
    sw_event event;
    server s;

    if (!start(&s, servers[_i]))
        return;
    for (int i = 0; i < PEERS; i++) {
        peers[i] = peer_client(dial(s.port), "alice", "keys/alice");
        peer_log_in(peers[i]);
    }
    for (int i = PEERS; i-- > 0;) {
        peer_command(peers[i], "echo");
        peer_expect(peers[i], SW_EVENT_EXIT, &event);
        ck_assert_int_eq(event.status, 0);
        peer_close(peers[i]);
    }
    stop(&s);
}
END_TEST

/* A daemon's own commands and permissions. */
START_TEST(own_commands)
{
    const char *const guest = "-u bob -k keys/bob";
    server s;

    ck_assert(start_with(&s, "examples/daemon", "alice keys/alice.pub bob keys/bob.pub"));
    client_expect(&s, "", "list", 0, "", "");
    client_expect(&s, "", "set colour red", 0, "", "");
    client_expect(&s, "", "set colour blue", 0, "", "");
    client_expect(&s, "", "set shape round", 0, "", "");
    client_expect(&s, guest, "get colour", 0, "blue\n", "");
    client_expect(&s, guest, "list", 0, "colour\nshape\n", "");
    client_expect(&s, guest, "set colour red", 1, "", "remote: permission denied\n");
    client_expect(&s, "", "get", 1, "", "remote: syntax error in command\n");
    client_expect(&s, "", "get taste", 1, "", "remote: no such name\n");
    client_expect(&s, "", "play", 1, "", "remote: invalid command\n");
    client_expect(&s, "", scratch_format("set %0101d x", 1), 1, "", "remote: too long, or empty\n");
    for (int i = 3; i <= 8; i++)
        client_expect(&s, "", scratch_format("set name%d x", i), 0, "", "");
    client_expect(&s, "", "set ninth x", 1, "", "remote: no room\n");
    stop(&s);
}
END_TEST

/* ---- thousands ---- */

enum { CROWD = 10000, BATCH = 100, BUFFER_SIZE = 2048, OTHER_FILES = 200 };

static sw_session crowd[CROWD];
static int sockets[CROWD];
static uint8_t rx[BATCH][BUFFER_SIZE], tx[BATCH][BUFFER_SIZE]; /* of those that are logging in */

/* As many sessions as the system and the test's time allow, with or without sanitizers. */
static size_t crowd_size(const sw_crypto *crypto)
{
    struct rlimit files;
    size_t count = strcmp(crypto->name, "openssl") == 0 ? CROWD : CROWD / 50;

    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &files), 0);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_cur < count + OTHER_FILES) {
        count = (size_t)files.rlim_cur - OTHER_FILES;
        fprintf(stderr, "figure: no more than %zu descriptors\n", (size_t)files.rlim_cur);
    }
    return count;
}

/* Takes an event, or sends, or reads once. The event, or SW_EVENT_NEED_MORE. */
static int go_on(size_t i, sw_event *event)
{
    int type = sw_session_next(&crowd[i], event);
    size_t len;
    const uint8_t *bytes = sw_session_tx_bytes(&crowd[i], &len);
    uint8_t *space;
    ssize_t n;

    ck_assert_int_ge(type, 0);
    if (type != SW_EVENT_NEED_MORE)
        return type;
    if (len > 0) {
        send_all(sockets[i], bytes, len);
        sw_session_tx_drain(&crowd[i], len);
        return type;
    }
    space = sw_session_rx_space(&crowd[i], &len);
    n = read(sockets[i], space, len);
    ck_assert_int_gt(n, 0);
    sw_session_rx_commit(&crowd[i], (size_t)n);
    return type;
}

static void expect_event(size_t i, int expected, sw_event *event)
{
    int type;

    while ((type = go_on(i, event)) == SW_EVENT_NEED_MORE)
        continue;
    ck_assert_int_eq(type, expected);
}

/* Many at a time, so that nobody waits for each step of each of them. */
static void log_in(size_t first, size_t count, const server *s, const sw_client_config *config)
{
    int is_ready[BATCH] = { 0 };
    size_t ready = 0;
    sw_event event;

    for (size_t k = 0; k < count; k++) {
        sockets[first + k] = dial(s->port);
        ck_assert_int_eq(sw_session_client(&crowd[first + k], config, rx[k], BUFFER_SIZE, tx[k], BUFFER_SIZE),
                         SW_OK);
    }
    for (size_t k = 0; ready < count; k = (k + 1) % count) {
        if (is_ready[k] || go_on(first + k, &event) == SW_EVENT_NEED_MORE)
            continue;
        is_ready[k] = 1;
        ready++;
        ck_assert_int_eq(sw_session_lend_rx(&crowd[first + k], NULL, 0), 1);
        ck_assert_int_eq(sw_session_lend_tx(&crowd[first + k], NULL, 0), 1);
    }
}

static void run_echo(size_t i)
{
    const char *text = scratch_format("%zu", i);
    const char *argv[] = { "echo", text };
    sw_event event;

    ck_assert_int_eq(sw_session_lend_rx(&crowd[i], rx[0], BUFFER_SIZE), 1);
    ck_assert_int_eq(sw_session_lend_tx(&crowd[i], tx[0], BUFFER_SIZE), 1);
    ck_assert_int_eq(send_command(&crowd[i], argv, 2), 1);
    expect_event(i, SW_EVENT_DATA, &event);
    ck_assert_uint_eq(event.chunk.len, strlen(text) + 1);
    ck_assert_mem_eq(event.chunk.data, text, strlen(text));
    expect_event(i, SW_EVENT_EXIT, &event);
    ck_assert_int_eq(event.status, 0);
}

START_TEST(thousands_of_sessions)
{
    sw_crypto *crypto = sw_backend_new("openssl");
    sw_client_config config = { .policy = { .features = SW_FEATURES_ALL }, .user = "alice" };
    sw_private_key key;
    sw_rsa_private view;
    server s;
    size_t len, count;
    const char *text = scratch_read("keys/alice", &len);

    crypto = crypto != NULL ? crypto : sw_backend_new(NULL);
    count = crowd_size(crypto);
    if (!start(&s, servers[POLL]))
        return;
    ck_assert_int_eq(sw_private_key_parse(&key, text, len, NULL), SW_OK);
    view = sw_private_key_view(&key);
    config.crypto = crypto;
    config.key = view;
    config.key.prepared = crypto->key_prepare(crypto->ctx, &view);
    for (size_t i = 0; i < count; i += BATCH)
        log_in(i, count - i < BATCH ? count - i : BATCH, &s, &config);
    process_signal(s.process, SIGUSR1);
    process_await_out(s.process, scratch_format("%zu sessions, 1 pairs of buffers\n", count));
    for (size_t i = count; i-- > 0;) {
        if (i % 100 == 0)
            run_echo(i);
        sw_session_wipe(&crowd[i]);
        close(sockets[i]);
    }
    client_expect(&s, "", "echo done", 0, "done\n", "");
    crypto->key_forget(crypto->ctx, config.key.prepared);
    sw_backend_free(crypto);
    stop(&s);
}
END_TEST

/* ---- clients ---- */

#define LIBUV_CLIENT "examples/libuv_client"

static void expect_upload(const server *s, const char *words, const char *file)
{
    process_setup setup = { .input = file };
    command_line line = client_line(s->port, words);

    process_expect(process_start(&line, &setup), words, 0, "", "");
}

static void expect(const char *program, const char *words, int status, const char *out, const char *err)
{
    process_expect(tool_start(program, words), words, status, out, err);
}

START_TEST(libuv_client)
{
    server s = server_start_local("");
    const char *start_of = scratch_format("127.0.0.1 %s alice keys/alice", s.port);

    if (!was_built(LIBUV_CLIENT))
        return;
    expect(LIBUV_CLIENT, scratch_format("%s help ff", start_of), 0, "ff - *", "");
    expect(LIBUV_CLIENT, scratch_format("%s nosuch", start_of), 1, "", "invalid command\n");
    expect(LIBUV_CLIENT, scratch_format("%s addimg empty", start_of), 0, "", "");
    expect(LIBUV_CLIENT, scratch_format("127.0.0.1 %s eve keys/eve si", s.port), 2, "", "session: *\n");
    expect(LIBUV_CLIENT, scratch_format("127.0.0.1 %s alice keys/alice si", free_port()), 2, "",
           "127.0.0.1: Connection refused\n");
    expect(LIBUV_CLIENT, "127.0.0.1", 2, "", "usage: *\n");
    server_stop(&s);
}
END_TEST

/* Commands, output that does not fit its buffers, an upload, refusals. */
START_TEST(proxy)
{
    enum { SIZE = 3000000 };
    server real = server_start_local("");
    server s;
    char *image = scratch_allocate(SIZE + 1);

    for (size_t i = 0; i < SIZE; i++)
        image[i] = (char)('a' + i * 7 % 26);
    scratch_write("image", image, SIZE);
    s.process = tool_start("examples/proxy", scratch_format("0 keys/bob.pub 127.0.0.1 %s alice "
                                                            "keys/alice",
                                                            real.port));
    s.host = "127.0.0.1";
    s.port = port_of_line(process_await_out(s.process, "\n"), "listening on 127.0.0.1:");
    client_expect(&s, "-u bob -k keys/bob", "help ff", 0, "ff - *", "");
    client_expect(&s, "-u bob -k keys/bob", "nosuch", 1, "", "remote: invalid command\n");
    client_expect(&s, "-u bob -k keys/eve", "help", 3, "", "*");
    expect_upload(&s, "-u bob -k keys/bob addimg picture", "image");
    client_expect(&s, "-u bob -k keys/bob", "catimg picture", 0, image, "");
    client_expect(&real, "", "catimg picture", 0, image, "");
    process_await_err(s.process, "command: catimg\n");
    stop(&s);
    server_stop(&real);
}
END_TEST

START_TEST(observe)
{
    server s = server_start_local("");

    client_expect(&s, "--record seen.pcapng", "help ff", 0, "ff - *", "");
    expect("examples/observe", "seen.pcapng keys/alice", 0,
           "server: PROCEED, 0 bytes *client: COMMAND, 8 bytes help.ff.\n"
           "server: OUTPUT, * bytes ff - *server: EXIT__SUCCESS, 0 bytes *\n",
           "");
    expect("examples/observe", "seen.pcapng keys/bob", 0, "*server: encrypted, * bytes*", "");
    expect("examples/observe", "missing.pcapng keys/bob", 2, "", "missing.pcapng: *\n");
    server_stop(&s);
}
END_TEST

START_TEST(in_memory)
{
    expect("examples/in_memory", "keys/alice keys/alice.pub", 0, "greet, world!\n", "");
    expect("examples/in_memory", "keys/alice keys/bob.pub", 2, "", "client: *\n");
    expect("examples/in_memory", "", 2, "", "usage: *\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e examples");
    TCase *tcase = e2e_case(suite, "servers");

    tcase_add_loop_test(tcase, server_answers, 0, COUNT(servers));
    tcase_add_loop_test(tcase, server_survives, 0, COUNT(servers));
    tcase_add_loop_test(tcase, server_has_many, POLL, COUNT(servers));
    tcase_add_test(e2e_case(suite, "daemon"), own_commands);
    tcase = e2e_case(suite, "thousands");
    tcase_set_timeout(tcase, 300); /* logins are a processor's work, of which others may take the most */
    tcase_add_test(tcase, thousands_of_sessions);
    tcase = e2e_case(suite, "clients");
    tcase_add_test(tcase, libuv_client);
    tcase_add_test(tcase, in_memory);
    tcase_add_test(tcase, observe);
    tcase_add_test(tcase, proxy);
    return e2e_main(suite);
}
