/* SPDX-License-Identifier: ISC */
/* A proxy that decrypts what a client says and encrypts it anew for another server, and back:
 *     ./proxy PORT PUBLIC_KEYFILE HOST SERVER_PORT USER KEYFILE
 * Whoever has the key of PUBLIC_KEYFILE logs in here, and the proxy as USER there. What commands are run
 * goes to standard error. One client after the other; ends by a signal. */
#include "common.h"

#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SIZE = 65536, ARGUMENTS_MAX = 1024, CLIENT = 0, SERVER = 1 };

/* A session with one of the two peers. */
typedef struct end {
    int fd, was_shut, is_done; /* done: the command's exit status came from here */
    sw_session session;
    uint8_t rx[SIZE], tx[SIZE];
} end;

static end ends[2];
static sw_public_key user_key;

/* ---- events: each returns 1, or 0 if the other end cannot take it (all) now, or an error ---- */

static int pass_command(end *from, end *to, const sw_event *event)
{
    sw_argument argv[ARGUMENTS_MAX];
    sw_command_info info;
    int result = sw_session_arguments(&from->session, event, argv, ARGUMENTS_MAX, &info, NULL);

    if (result < 0)
        return sw_session_exit(&from->session, 1);
    if (!(sw_session_wants(&to->session) & SW_WANT_APPLICATION))
        return 0; /* the login there takes longer than the one here */
    fprintf(stderr, "command: %.*s\n", (int)argv[0].len, argv[0].data);
    return sw_session_command(&to->session, argv, info.count, 0);
}

/* taken: bytes that the other end took. */
static int pass_data(end *to, const sw_chunk *chunk, size_t *taken)
{
    int result = sw_session_send(&to->session, chunk->band, chunk->data, chunk->len, taken);

    return result == 1 && *taken < chunk->len ? 0 : result;
}

static int pass_event(end *from, end *to, int type, const sw_event *event, size_t *taken)
{
    size_t none;

    switch (type) {
    case SW_EVENT_KEY: return sw_session_key(&from->session, &user_key) == SW_OK;
    case SW_EVENT_COMMAND: return pass_command(from, to, event);
    case SW_EVENT_DATA: return pass_data(to, &event->chunk, taken);
    case SW_EVENT_AWAITING_DATA: return sw_session_send(&to->session, SW_BAND_AWAITING_DATA, NULL, 0, &none);
    case SW_EVENT_EXIT: from->is_done = sw_session_exit(&to->session, event->status); return from->is_done;
    default: /* each end is READY, and over, by itself */ return 1;
    }
}

/* Passes on what there is. An event that is not taken comes again. 0: one of the two failed. */
static int pass_all(end *from, end *to)
{
    sw_event event;
    int result = 1;
    int type = 0;

    while (result == 1 && (type = sw_session_next(&from->session, &event)) != 0) {
        size_t taken = 0;

        result = type > 0 ? pass_event(from, to, type, &event, &taken) : type;
        if (result == 0)
            sw_session_defer(&from->session, taken);
    }
    return result >= 0;
}

/* Writes and reads, and then looks what that led to. 0: one of the two failed, or its peer is gone. */
static int exchange_all(struct pollfd *fds)
{
    for (int i = 0; i < 2; i++)
        if (!ends[i].is_done &&
            (!write_some(&ends[i].session, ends[i].fd) || !read_some(&ends[i].session, ends[i].fd)))
            return 0;
    sw_session_burst_end(&ends[CLIENT].session); /* its request may come without an end mark */
    /* in this order: a command waits until the login there is done */
    if (!pass_all(&ends[SERVER], &ends[CLIENT]) || !pass_all(&ends[CLIENT], &ends[SERVER]))
        return 0;
    for (int i = 0; i < 2; i++) {
        unsigned wants = sw_session_wants(&ends[i].session);

        if ((wants & SW_WANT_SHUTDOWN) && !ends[i].was_shut)
            ends[i].was_shut = shutdown(ends[i].fd, SHUT_WR) == 0;
        fds[i].events = (short)((wants & SW_WANT_READ ? POLLIN : 0) | (wants & SW_WANT_WRITE ? POLLOUT : 0));
        fds[i].fd = fds[i].events == 0 || ends[i].is_done ? -1 : ends[i].fd;
    }
    return sw_session_wants(&ends[CLIENT].session) != 0;
}

static void run(const sw_server_config *here, const sw_client_config *there)
{
    struct pollfd fds[2] = { { 0 } };

    sw_session_server(&ends[CLIENT].session, here, ends[CLIENT].rx, SIZE, ends[CLIENT].tx, SIZE);
    sw_session_client(&ends[SERVER].session, there, ends[SERVER].rx, SIZE, ends[SERVER].tx, SIZE);
    while (exchange_all(fds) && poll(fds, 2, -1) > 0)
        continue;
    for (int i = 0; i < 2; i++) {
        if (sw_session_error(&ends[i].session).code < 0)
            tell(i == CLIENT ? "client" : "server", sw_session_error(&ends[i].session));
        sw_session_wipe(&ends[i].session);
        close(ends[i].fd);
    }
}

int main(int argc, char **argv)
{
    static sw_private_key key;
    sw_client_config there;
    sw_server_config here;

    if (argc != 7) {
        fprintf(stderr, "usage: proxy PORT PUBLIC_KEYFILE HOST SERVER_PORT USER KEYFILE\n");
        return STATUS_TROUBLE;
    }
    load_public_key(&user_key, argv[2]);
    load_private_key(&key, argv[6]);
    here = make_server_config(open_crypto());
    there = (sw_client_config){
        .crypto = here.crypto, .policy = here.policy, .user = argv[5], .key = sw_private_key_view(&key)
    };
    for (int listener = listen_on(argv[1]);;) {
        ends[CLIENT] = (end){ .fd = next_client(listener) };
        ends[SERVER] = (end){ .fd = connect_to(argv[3], argv[4]) };
        run(&here, &there);
    }
}
