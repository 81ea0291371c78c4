/* SPDX-License-Identifier: ISC */
#include "serving.h"

#include "acceptor.h"
#include "arguments.h"
#include "log.h"
#include "own_errors.h"
#include "peer.h"
#include "report.h"
#include "scratch.h"
#include "send_command.h"
#include "suite.h"

#include <sidewire/backends.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { VISITORS_MAX = 64, WORDS_MAX = 32, PATIENCE_MS = 30000 };

server serving;
_Thread_local int serving_is_turning;
size_t serving_log_start;

static server_options options;
static playback player;
static visitor *visitors[VISITORS_MAX];
static size_t visitor_count;
static int is_started;

/* ---- fixtures ---- */

void serving_enter(void)
{
    signal(SIGPIPE, SIG_IGN);
    scratch_enter();
    scratch_write_text("users",
                       "user alice keys/alice.pub AFS_READ,AFS_WRITE,VSS_READ,VSS_WRITE\n"
                       "user bob keys/bob.pub AFS_READ,VSS_READ\n");
    own_errors_begin();
    report_program("serving");
}

void serving_leave(void)
{
    while (visitor_count > 0) {
        visitor_go(visitors[0]);
        visitor_forget(visitors[0]);
    }
    if (is_started) {
        server_free(&serving);
        playback_free(&player);
        log_close();
        is_started = 0;
    }
    own_errors_end();
    scratch_leave();
}

/* ---- the server ---- */

void serving_start(const char *const *words)
{
    static char name[] = "serving";
    const char *given[WORDS_MAX] = { name, "-u", "users", "-p", "0", "--no-sandbox", "--log-level", "debug" };
    int argc = 8;
    int status;

    for (; words != NULL && *words != NULL; words++) {
        ck_assert_int_lt(argc, WORDS_MAX - 1);
        given[argc++] = *words;
    }
    playback_init(&player);
    options = (server_options){ .port = -1, .in = -1, .out = -1, .playback = &player };
    is_started = 1;
    ck_assert_int_eq(arguments_parse(&options, argc, (char **)(uintptr_t)given, &status), 1);
    log_open();
    ck_assert_int_eq(server_start(&serving, &options), STATUS_OK);
    serving.stop = 1; /* so it makes what the loop needs, and returns */
    ck_assert_int_eq(server_run(&serving), STATUS_OK);
    serving.stop = 0;
    serving_log_start = strlen(own_errors());
}

static void rest(void)
{
    poll(NULL, 0, 1);
}

void serving_until_log(const char *text)
{
    int64_t end = server_clock() + PATIENCE_MS;

    while (own_errors_count(text) == 0) {
        ck_assert_msg(server_clock() < end, "no '%s' in: %s", text, own_errors());
        serving_turn();
        rest();
    }
}

void serving_until_empty(void)
{
    int64_t end = server_clock() + PATIENCE_MS;

    while (serving.open > 0) {
        ck_assert_msg(server_clock() < end, "%zu connections stay, log: %s", serving.open, own_errors());
        serving_turn();
        rest();
    }
}

/* ---- clients ---- */

const char *serving_port(void)
{
    struct sockaddr_in address;
    socklen_t size = sizeof(address);

    ck_assert_int_eq(getsockname(serving.listener_fds[0], (struct sockaddr *)&address, &size), 0);
    return scratch_format("%u", (unsigned)ntohs(address.sin_port));
}

static void turn_server(void)
{
    serving_is_turning = 1;
    uv_run(&serving.loop, UV_RUN_NOWAIT);
    serving_is_turning = 0;
}

static int is_closed(int fd)
{
    char byte;

    return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

static visitor *arrive(void)
{
    visitor *v = calloc(1, sizeof(*v));
    unsigned long before = serving.total;
    int64_t end = server_clock() + PATIENCE_MS;

    ck_assert_ptr_nonnull(v);
    ck_assert_uint_lt(visitor_count, VISITORS_MAX);
    visitors[visitor_count++] = v;
    v->status = -1;
    v->fd = dial(serving_port());
    fcntl(v->fd, F_SETFL, O_NONBLOCK);
    while (serving.total == before && serving.refusals.count == 0 && !is_closed(v->fd) && server_clock() < end)
        turn_server();
    if (serving.total > before)
        v->there = serving.strangers.newest;
    return v;
}

visitor *visitor_come_bare(void)
{
    return arrive();
}

/* With its keys, and no session yet. */
static visitor *arrive_with(const char *key)
{
    visitor *v = arrive();
    size_t len;
    const char *text = scratch_read(scratch_format("keys/%s", key), &len);

    v->crypto = sw_backend_new(NULL);
    ck_assert_ptr_nonnull(v->crypto);
    ck_assert_int_eq(sw_private_key_parse(&v->key, text, len, NULL), SW_OK);
    text = scratch_read(scratch_format("keys/%s.pub", key), &len);
    ck_assert_int_eq(sw_public_key_parse(&v->public_key, text, len, NULL), SW_OK);
    return v;
}

static void begin_session(visitor *v)
{
    ck_assert_int_eq(sw_session_client(&v->session, &v->config, v->rx, sizeof(v->rx), v->tx, sizeof(v->tx)),
                     SW_OK);
}

visitor *visitor_come(const char *name, const char *key)
{
    visitor *v = arrive_with(key);

    v->config = (sw_client_config){ .crypto = v->crypto,
                                    .policy = { .features = SW_FEATURES_ALL },
                                    .user = name,
                                    .key = sw_private_key_view(&v->key) };
    begin_session(v);
    return v;
}

visitor *visitor_come_sealed(const char *name, const char *key)
{
    visitor *v = arrive_with(key);

    v->config = (sw_client_config){ .crypto = v->crypto,
                                    .policy = { .features = SW_FEATURES_SEALED, .require_sealed = 1 },
                                    .user = name,
                                    .public_key = &v->public_key };
    begin_session(v);
    return v;
}

static void sign(visitor *v, const sw_event *event)
{
    sw_rsa_private rsa = sw_private_key_view(&v->key);
    uint8_t signature[SW_SSH_SIGNATURE_MAX];
    size_t len;

    ck_assert_int_eq(
        sw_ssh_sign(v->crypto, &rsa, NULL, event->message, SW_SSHSIG_SIZE, signature, sizeof(signature), &len),
        SW_OK);
    ck_assert_int_eq(sw_session_sign(&v->session, signature, len), SW_OK);
}

static void keep(char *text, size_t *len, size_t cap, const sw_chunk *chunk)
{
    ck_assert_uint_lt(chunk->len, cap - *len);
    memcpy(text + *len, chunk->data, chunk->len);
    *len += chunk->len;
}

static void take_events(visitor *v)
{
    sw_event event;
    int type;

    while ((type = sw_session_next(&v->session, &event)) > 0) {
        v->seen |= 1u << type;
        if (type == SW_EVENT_SERVER_KEY)
            ck_assert_int_eq(sw_session_accept(&v->session, 1), SW_OK);
        else if (type == SW_EVENT_SIGN)
            sign(v, &event);
        else if (type == SW_EVENT_DATA && event.chunk.band == SW_BAND_OUTPUT)
            keep(v->output, &v->output_len, sizeof(v->output), &event.chunk);
        else if (type == SW_EVENT_DATA)
            keep(v->errors, &v->errors_len, sizeof(v->errors), &event.chunk);
        else if (type == SW_EVENT_EXIT)
            v->status = event.status;
    }
    if (type < 0)
        v->error = type;
}

static void move_bytes(visitor *v)
{
    size_t len;
    const uint8_t *bytes = sw_session_tx_bytes(&v->session, &len);
    uint8_t *space;
    ssize_t n;

    if (bytes != NULL && (n = send(v->fd, bytes, len, MSG_NOSIGNAL)) > 0)
        sw_session_tx_drain(&v->session, (size_t)n);
    if (v->is_deaf)
        return;
    space = sw_session_rx_space(&v->session, &len);
    if (len == 0)
        return;
    n = read(v->fd, space, len);
    if (n > 0)
        sw_session_rx_commit(&v->session, (size_t)n);
    else if (n == 0 || errno != EAGAIN)
        sw_session_rx_end(&v->session);
}

void serving_turn(void)
{
    turn_server();
    for (size_t i = 0; i < visitor_count; i++) {
        visitor *v = visitors[i];

        if (v->fd < 0 || v->crypto == NULL || v->error != 0)
            continue;
        move_bytes(v);
        take_events(v);
    }
}

void visitor_await(visitor *v, int event)
{
    int64_t end = server_clock() + PATIENCE_MS;

    while (!(v->seen & 1u << event)) {
        ck_assert_msg(v->error == 0 && server_clock() < end, "error %d instead of event %d; log: %s", v->error,
                      event, own_errors());
        serving_turn();
    }
}

void visitor_log_in(visitor *v)
{
    visitor_await(v, SW_EVENT_READY);
}

void visitor_command(visitor *v, const char *const *words)
{
    size_t argc = 0;

    while (words[argc] != NULL)
        argc++;
    ck_assert_int_eq(send_command(&v->session, words, argc), 1);
}

int visitor_run(visitor *v, const char *const *words)
{
    visitor_log_in(v);
    visitor_command(v, words);
    visitor_await(v, SW_EVENT_EXIT);
    return v->status;
}

void visitor_upload(visitor *v, const void *data, size_t len)
{
    size_t taken;

    ck_assert_int_eq(sw_session_send(&v->session, SW_BAND_BLOB_DATA, data, len, &taken), 1);
    ck_assert_uint_eq(taken, len);
}

void visitor_go(visitor *v)
{
    if (v->fd >= 0)
        close(v->fd);
    v->fd = -1;
}

void visitor_forget(visitor *v)
{
    size_t i = 0;

    while (visitors[i] != v)
        i++;
    visitors[i] = visitors[--visitor_count];
    sw_session_wipe(&v->session);
    sw_backend_free(v->crypto);
    free(v);
}
