/* SPDX-License-Identifier: ISC */
/* A client under libuv, where reads and writes complete some time later:
 *     ./libuv_client HOST PORT USER KEYFILE COMMAND [ARG...]
 * One write is under way at a time. Until it is complete its bytes must stay where they are, so
 * nothing else is asked of the session meanwhile, but for taking what was read. Exit status: that
 * of the command (0 or 1), or 2 if anything else went wrong. */
#include "common.h"

#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

enum { BUFFER_SIZE = 65536 };

typedef struct client {
    uv_tcp_t tcp;
    uv_write_t write;
    size_t writing; /* bytes under way; 0: none */
    int status;     /* -1: the command has not ended */
    sw_argument *command;
    size_t count;
    sw_session session;
    uint8_t rx[BUFFER_SIZE], tx[BUFFER_SIZE];
} client;

static void die_of_libuv(const char *what, int error)
{
    fprintf(stderr, "%s: %s\n", what, uv_strerror(error));
    exit(STATUS_TROUBLE);
}

static void advance(client *c);

/* ---- writing ---- */

static void written(uv_write_t *request, int status)
{
    client *c = request->data;

    if (status < 0 && status != UV_ECANCELED)
        die_of_libuv("write", status);
    sw_session_tx_drain(&c->session, c->writing);
    c->writing = 0;
    if (status == 0)
        advance(c);
}

static void start_writing(client *c)
{
    const uint8_t *bytes = sw_session_tx_bytes(&c->session, &c->writing);
    uv_buf_t buffer;
    int error;

    if (c->writing == 0)
        return;
    buffer = uv_buf_init((char *)c->tx + (bytes - c->tx), (unsigned)c->writing);
    c->write.data = c;
    error = uv_write(&c->write, (uv_stream_t *)&c->tcp, &buffer, 1, written);
    if (error < 0)
        die_of_libuv("write", error);
}

/* ---- reading ---- */

/* The session's own buffer is read to. Without room in it libuv answers UV_ENOBUFS. */
static void give_space(uv_handle_t *handle, size_t wished, uv_buf_t *buffer)
{
    client *c = handle->data;
    size_t room;
    uint8_t *space = sw_session_rx_space(&c->session, &room);

    (void)wished;
    *buffer = uv_buf_init((char *)space, (unsigned)room);
}

static void was_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer)
{
    client *c = stream->data;

    (void)buffer;
    if (n > 0)
        sw_session_rx_commit(&c->session, (size_t)n);
    else if (n == UV_EOF)
        sw_session_rx_end(&c->session);
    else if (n < 0 && n != UV_ENOBUFS)
        die_of_libuv("read", (int)n);
    if (n == UV_ENOBUFS || n == UV_EOF)
        uv_read_stop(stream);
    advance(c);
}

/* ---- the session ---- */

static void advance(client *c)
{
    size_t len;
    sw_event event;
    int type;

    if (c->writing > 0 || c->status >= 0)
        return;
    while ((type = sw_session_next(&c->session, &event)) > 0 && type < SW_EVENT_EXIT) {
        if (type == SW_EVENT_READY)
            sw_session_command(&c->session, c->command, c->count, 0);
        else if (type == SW_EVENT_DATA)
            fwrite(event.chunk.data, 1, event.chunk.len, event.chunk.band == SW_BAND_OUTPUT ? stdout : stderr);
        else if (type == SW_EVENT_AWAITING_DATA)
            sw_session_send(&c->session, SW_BAND_BLOB_DATA, NULL, 0, &len); /* an empty upload */
    }
    if (type < 0)
        die("session", sw_session_error(&c->session));
    if (type > 0) { /* the end */
        c->status = event.status;
        uv_close((uv_handle_t *)&c->tcp, NULL);
        return;
    }
    uv_read_start((uv_stream_t *)&c->tcp, give_space, was_read); /* fine if it was started */
    start_writing(c);
}

int main(int argc, char **argv)
{
    static client c = { .status = -1 };
    static sw_private_key key;
    sw_client_config config = { .policy = { .features = SW_FEATURES_ALL } };

    if (argc < 6) {
        fprintf(stderr, "usage: libuv_client HOST PORT USER KEYFILE COMMAND [ARG...]\n");
        return STATUS_TROUBLE;
    }
    load_private_key(&key, argv[4]);
    config.crypto = open_crypto();
    config.user = argv[3];
    config.key = sw_private_key_view(&key);
    c.command = make_arguments(argv + 5, &c.count);
    if (sw_session_client(&c.session, &config, c.rx, BUFFER_SIZE, c.tx, BUFFER_SIZE) < 0)
        die(argv[3], sw_session_error(&c.session));
    uv_tcp_init(uv_default_loop(), &c.tcp);
    uv_tcp_open(&c.tcp, connect_to(argv[1], argv[2]));
    c.tcp.data = &c;
    advance(&c);
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    uv_loop_close(uv_default_loop());
    sw_session_wipe(&c.session);
    free(c.command);
    sw_private_key_wipe(&key);
    return c.status >= 0 ? c.status : STATUS_TROUBLE;
}
