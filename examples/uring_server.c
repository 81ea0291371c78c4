/* SPDX-License-Identifier: ISC */
/* A server on io_uring, where the kernel reads and writes while the program goes on:
 *     ./uring_server PORT USER PUBLIC_KEYFILE
 * Its command is `echo`, which prints its arguments. Of each connection one read and one write are under way at a
 * time, straight from and to the session's buffers: the space given by sw_session_rx_space stays put until
 * sw_session_rx_commit, and what sw_session_tx_bytes shows until something else is sent. So while a write is under
 * way, the session is only told what was read. Exit status 77: this kernel does not allow io_uring. Ends by a signal. */
#include "answers.h"

#include <errno.h>
#include <liburing.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ENTRIES = 8 };

typedef struct connection {
    int fd;
    int reading, writing;
    int was_shut, ended; /* our side was; and all is over */
    sw_session session;
    uint8_t rx[RX_SIZE], tx[TX_SIZE];
} connection;

/* What a completion is of: the connection's address with one of these; 0 for accept. */
enum { READ = 0, WRITE = 1 };

static struct io_uring ring;

/* What was prepared before is handed over after each completion, so there is always one left. */
static struct io_uring_sqe *entry(const void *owner, unsigned kind)
{
    struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);

    if (sqe == NULL)
        die_of_system("ring");
    sqe->user_data = (uintptr_t)owner | kind;
    return sqe;
}

static void start_writing(connection *c)
{
    size_t len;
    const uint8_t *bytes;
    unsigned wants;

    answer_events(&c->session);
    bytes = sw_session_tx_bytes(&c->session, &len);
    wants = sw_session_wants(&c->session);

    if (len > 0) {
        io_uring_prep_send(entry(c, WRITE), c->fd, bytes, len, MSG_NOSIGNAL);
        c->writing = 1;
    } else if (wants & SW_WANT_SHUTDOWN && !c->was_shut) {
        shutdown(c->fd, SHUT_WR);
        c->was_shut = 1;
    }
    c->ended |= wants == 0; /* also if it failed */
}

static void start_reading(connection *c)
{
    size_t room;
    uint8_t *space = sw_session_rx_space(&c->session, &room);

    if (room > 0)
        io_uring_prep_recv(entry(c, READ), c->fd, space, room, 0);
    c->reading = room > 0;
}

static void advance(connection *c)
{
    if (!c->writing)
        start_writing(c);
    if (!c->reading && !c->ended)
        start_reading(c);
}

static void was_read(connection *c, int n)
{
    c->reading = 0;
    c->ended |= n < 0;
    if (n == 0)
        sw_session_rx_end(&c->session);
    else if (n > 0)
        sw_session_rx_commit(&c->session, (size_t)n);
}

static void was_written(connection *c, int n)
{
    c->writing = 0;
    c->ended |= n <= 0 || sw_session_tx_drain(&c->session, (size_t)n) < 0;
}

static void was_accepted(int listener, int fd)
{
    connection *c = fd >= 0 ? calloc(1, sizeof(*c)) : NULL;

    io_uring_prep_accept(entry(NULL, 0), listener, NULL, NULL, 0);
    if (c == NULL)
        return;
    c->fd = fd;
    sw_session_server(&c->session, &server_config, c->rx, RX_SIZE, c->tx, TX_SIZE);
    advance(c);
}

static void complete(connection *c, unsigned kind, int result)
{
    if (kind == WRITE)
        was_written(c, result);
    else
        was_read(c, result);
    if (!c->ended)
        advance(c);
    if (!c->ended)
        return;
    shutdown(c->fd, SHUT_RDWR); /* ends what is still under way */
    if (c->reading || c->writing)
        return;
    sw_session_wipe(&c->session);
    close(c->fd);
    free(c);
}

int main(int argc, char **argv)
{
    struct io_uring_cqe *cqe;
    int error = io_uring_queue_init(ENTRIES, &ring, 0);
    int listener;

    if (error < 0) {
        fprintf(stderr, "uring_server: io_uring: %s\n", strerror(-error));
        return STATUS_SKIPPED;
    }
    listener = start_server(argc, argv);
    io_uring_prep_accept(entry(NULL, 0), listener, NULL, NULL, 0);
    while (io_uring_submit_and_wait(&ring, 1) >= 0 || errno == EINTR) {
        if (io_uring_peek_cqe(&ring, &cqe) < 0)
            continue;
        if (cqe->user_data == 0)
            was_accepted(listener, cqe->res);
        else
            complete((connection *)(uintptr_t)(cqe->user_data & ~1ull), cqe->user_data & 1, cqe->res);
        io_uring_cqe_seen(&ring, cqe);
    }
    die_of_system("io_uring");
}
