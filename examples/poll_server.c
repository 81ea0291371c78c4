/* SPDX-License-Identifier: ISC */
/* A server with poll for thousands of sessions that share one pair of buffers:
 *     ./poll_server PORT USER PUBLIC_KEYFILE
 * Its command is `echo`, which prints its arguments. A session is lent the pair while there is something to move. Who
 * cannot give it back at once (in the handshake, half a packet came, a slow reader) keeps it, the others get another
 * one. SIGUSR1 prints how many sessions and pairs there are. Needs `ulimit -n` for as many, below DESCRIPTORS_MAX. */
#include "answers.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { DESCRIPTORS_MAX = 20000 };

typedef struct buffers {
    uint8_t rx[RX_SIZE], tx[TX_SIZE];
} buffers;

typedef struct connection {
    buffers *kept; /* NULL: it has given them back */
    int was_shut;  /* our side was, and the peer is to close */
    sw_session session;
} connection;

/* Of each descriptor. A session stays where it was started. */
static connection connections[DESCRIPTORS_MAX];
static struct pollfd polled[DESCRIPTORS_MAX];
static buffers *shared; /* NULL: somebody keeps it */
static size_t pairs, sessions, highest;
static volatile sig_atomic_t asked;

static void ask(int number)
{
    asked = number;
}

static buffers *take_pair(void)
{
    buffers *pair = shared != NULL ? shared : malloc(sizeof(*pair));

    if (pair == NULL)
        die_of_system("memory");
    pairs += shared == NULL;
    shared = NULL;
    return pair;
}

static void return_pair(connection *c)
{
    if (c->kept == NULL)
        return;
    pairs -= shared != NULL;
    free(shared); /* one for all is enough */
    shared = c->kept;
    c->kept = NULL;
}

static void lend(connection *c)
{
    if (c->kept != NULL)
        return;
    c->kept = take_pair();
    sw_session_lend_rx(&c->session, c->kept->rx, RX_SIZE);
    sw_session_lend_tx(&c->session, c->kept->tx, TX_SIZE);
}

static void take_back(connection *c)
{
    if (sw_session_lend_rx(&c->session, NULL, 0) != 1)
        return;
    if (sw_session_lend_tx(&c->session, NULL, 0) == 1)
        return_pair(c);
    else
        sw_session_lend_rx(&c->session, c->kept->rx, RX_SIZE);
}

static void add_all(int listener)
{
    for (int fd; (fd = accept(listener, NULL, NULL)) >= 0 && fd < DESCRIPTORS_MAX; sessions++) {
        connection *c = &connections[fd];

        *c = (connection){ .kept = take_pair() };
        sw_session_server(&c->session, &server_config, c->kept->rx, RX_SIZE, c->kept->tx, TX_SIZE);
        polled[fd] = (struct pollfd){ fd, POLLOUT, 0 }; /* the greeting */
        highest = (size_t)fd > highest ? (size_t)fd : highest;
    }
}

static void drop(connection *c, struct pollfd *p)
{
    sw_session_wipe(&c->session);
    return_pair(c);
    close(p->fd);
    p->fd = -1;
    sessions--;
}

/* 0: the session is over or failed, or the peer is gone. */
static int serve(connection *c, struct pollfd *p)
{
    unsigned wants;

    lend(c);
    if (((p->revents & ~POLLOUT) && !read_some(&c->session, p->fd)) || answer_events(&c->session) < 0 ||
        !write_some(&c->session, p->fd))
        return 0;
    take_back(c);
    wants = sw_session_wants(&c->session);
    p->events = (short)((wants & SW_WANT_WRITE ? POLLOUT : 0) | (wants & SW_WANT_READ ? POLLIN : 0));
    if ((wants & SW_WANT_SHUTDOWN) && !c->was_shut && shutdown(p->fd, SHUT_WR) < 0)
        return 0;
    c->was_shut = (wants & SW_WANT_SHUTDOWN) != 0;
    return wants != 0;
}

int main(int argc, char **argv)
{
    int listener = start_server(argc, argv);
    sigset_t blocked, usual;

    signal(SIGUSR1, ask);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    sigprocmask(SIG_BLOCK, &blocked, &usual); /* but while we wait */
    fcntl(listener, F_SETFL, O_NONBLOCK);
    for (size_t i = 0; i < DESCRIPTORS_MAX; i++)
        polled[i].fd = -1;
    highest = (size_t)listener;
    polled[listener] = (struct pollfd){ listener, POLLIN, 0 };
    for (;;) {
        int ready = ppoll(polled, highest + 1, NULL, &usual);

        if (asked)
            dprintf(1, "%zu sessions, %zu pairs of buffers\n", sessions, pairs);
        asked = 0;
        for (size_t i = 0; ready > 0 && i <= highest; i++) {
            if (polled[i].fd < 0 || polled[i].revents == 0)
                continue;
            if (polled[i].fd == listener)
                add_all(listener);
            else if (!serve(&connections[i], &polled[i]))
                drop(&connections[i], &polled[i]);
        }
    }
}
