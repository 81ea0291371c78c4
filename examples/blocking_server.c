/* SPDX-License-Identifier: ISC */
/* A whole server with blocking reads and writes, for one client after the other:
 *     ./blocking_server PORT USER PUBLIC_KEYFILE
 * Its command is `echo`, which prints its arguments. Ends by a signal. */
#include "common.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { BUFFER_SIZE = 65536, ARGUMENTS_MAX = 64, PATIENCE = 30 /* seconds */ };

static const char *user;
static sw_public_key user_key;

static int is_user(const sw_event *event)
{
    return event->user_len == strlen(user) && memcmp(event->user, user, event->user_len) == 0;
}

/* Writes all that the session has to send. 1, or 0 if the peer is gone. */
static int flush(sw_session *session, int fd)
{
    size_t len;
    const uint8_t *bytes = sw_session_tx_bytes(session, &len);

    if (len == 0)
        return 1;
    if (!write_all(fd, bytes, len))
        return 0;
    return sw_session_tx_drain(session, len) == SW_OK;
}

/* A packet takes as much as there is room for; the rest goes into the next ones. */
static int say(sw_session *session, int fd, uint8_t band, const char *text, size_t len)
{
    size_t taken;

    for (; len > 0; text += taken, len -= taken)
        if (sw_session_send(session, band, text, len, &taken) < 0 || !flush(session, fd))
            return 0;
    return 1;
}

static int run_command(sw_session *session, int fd, const sw_event *event)
{
    sw_argument argv[ARGUMENTS_MAX];
    sw_command_info info;
    int result = sw_session_arguments(session, event, argv, ARGUMENTS_MAX, &info, NULL);
    int is_known = result == SW_OK && argv[0].len == 4 && memcmp(argv[0].data, "echo", 4) == 0;

    for (size_t i = 1; is_known && i < info.count; i++)
        if (!say(session, fd, SW_BAND_OUTPUT, argv[i].data, argv[i].len) ||
            !say(session, fd, SW_BAND_OUTPUT, i + 1 < info.count ? " " : "\n", 1))
            return 0;
    if (!is_known && !say(session, fd, SW_BAND_ERROR_LOG, "invalid command\n", 16))
        return 0;
    return sw_session_exit(session, is_known ? 0 : 1) == 1 && flush(session, fd);
}

/* 1, or 0 if there is nothing to go on with. */
static int read_more(sw_session *session, int fd)
{
    size_t room;
    uint8_t *space = sw_session_rx_space(session, &room);
    ssize_t n = read(fd, space, room);

    if (n < 0)
        return 0;
    if (n == 0)
        return sw_session_rx_end(session) == SW_OK;
    sw_session_rx_commit(session, (size_t)n);
    /* a client's request may come without an end mark: a read that ends behind it is one */
    return sw_session_burst_end(session) == SW_OK;
}

/* Runs a session until nothing is wanted any more, or it failed, or the peer is gone. */
static void run(sw_session *session, int fd)
{
    sw_event event;
    int going = 1;
    int was_shut = 0;

    while (going && sw_session_wants(session) != 0) {
        int type = sw_session_next(session, &event);

        if (type < 0)
            going = 0;
        else if (type == SW_EVENT_KEY)
            sw_session_key(session, is_user(&event) ? &user_key : NULL);
        else if (type == SW_EVENT_COMMAND)
            going = run_command(session, fd, &event);
        else if (type == SW_EVENT_NEED_MORE && !was_shut && sw_session_wants(session) & SW_WANT_SHUTDOWN)
            was_shut = shutdown(fd, SHUT_WR) == 0; /* what the peer still sends is read until it closes */
        else if (type == SW_EVENT_NEED_MORE)
            going = flush(session, fd) && read_more(session, fd);
    }
}

int main(int argc, char **argv)
{
    static uint8_t rx[BUFFER_SIZE], tx[BUFFER_SIZE];
    const struct timeval patience = { .tv_sec = PATIENCE };
    sw_server_config config;
    sw_session session;
    int listener, fd;

    if (argc != 4) {
        fprintf(stderr, "usage: blocking_server PORT USER PUBLIC_KEYFILE\n");
        return STATUS_TROUBLE;
    }
    user = argv[2];
    load_public_key(&user_key, argv[3]);
    config = make_server_config(open_crypto());
    listener = listen_on(argv[1]);
    while ((fd = accept(listener, NULL, NULL)) >= 0) {
        /* the others wait meanwhile */
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
        if (sw_session_server(&session, &config, rx, sizeof(rx), tx, sizeof(tx)) < 0)
            die("session", sw_session_error(&session));
        run(&session, fd);
        if (sw_session_error(&session).code < 0)
            tell("session", sw_session_error(&session));
        sw_session_wipe(&session);
        close(fd);
    }
    die_of_system("accept");
}
