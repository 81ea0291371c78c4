/* SPDX-License-Identifier: ISC */
/* The bytes of a connection, and the buffers that its session is lent for them. */
#include "connection_internal.h"

#include "deadline.h"
#include "platform.h"
#include "server.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- buffers ---- */

static void give_tx(connection *c)
{
    buffer_give(c->tx_pool, c->tx);
    c->tx = NULL;
    c->tx_cap = 0;
}

/* What fits; the largest ones are for who has taken some of a long reply. */
static tx_size choose_size(size_t pending)
{
    if (pending >= CONNECTION_TX_LARGE)
        return TX_LARGE;
    return pending > CONNECTION_TX_SMALL - SW_HEADER_SIZE ? TX_MEDIUM : TX_SMALL;
}

void connection_lend_tx(connection *c)
{
    tx_size size = choose_size(reply_size(&c->reply));
    buffer_pool *pool = &c->server->tx_pools[size];
    uint8_t *tx;

    if (c->tx_cap >= pool->size || sw_session_lend_tx(&c->session, NULL, 0) != 1)
        return;
    give_tx(c);
    tx = buffer_take(pool);
    while (tx == NULL && size > TX_SMALL) { /* all that there may be are in use */
        pool = &c->server->tx_pools[--size];
        tx = buffer_take(pool);
    }
    if (tx == NULL) {
        reply_give_up(&c->reply);
        return;
    }
    c->tx = tx;
    c->tx_pool = pool;
    c->tx_cap = pool->size;
    sw_session_lend_tx(&c->session, tx, pool->size);
}

static int lend_rx(connection *c)
{
    if (c->rx == NULL) {
        c->rx = buffer_take(&c->server->rx_buffers);
        if (c->rx != NULL)
            sw_session_lend_rx(&c->session, c->rx, CONNECTION_RX_SIZE);
    }
    return c->rx != NULL;
}

void connection_take_buffers(connection *c)
{
    if (sw_session_lend_rx(&c->session, NULL, 0) == 1) {
        buffer_give(&c->server->rx_buffers, c->rx);
        c->rx = NULL;
    }
    if (sw_session_lend_tx(&c->session, NULL, 0) == 1)
        give_tx(c);
}

void connection_drop_buffers(connection *c)
{
    buffer_give(&c->server->rx_buffers, c->rx);
    c->rx = NULL;
    give_tx(c);
}

/* ---- reading ---- */

static int is_transient(int error_number)
{
    return error_number == EAGAIN || error_number == EINTR;
}

static void lose_peer(connection *c, const char *what, int error_number)
{
    connection_log(c, c->phase == PHASE_LINGER ? LEVEL_DEBUG : LEVEL_NOTICE, "%s: %s", what,
                   strerror(error_number));
    recording_broken(c->recording);
    c->phase = PHASE_OVER;
}

/* What comes behind the exit is not for anybody, and at the end of it the connection is over. */
static void discard(connection *c)
{
    static uint8_t discarded[16384];
    ssize_t n = read(c->in, discarded, sizeof(discarded));

    if (n > 0) {
        recording_received(c->recording, discarded, (size_t)n);
        c->discarded += (size_t)n;
    } else if (n < 0 && !is_transient(errno)) {
        lose_peer(c, "read", errno);
    }
    if (n == 0 || c->discarded > LINGER_BYTES)
        c->phase = PHASE_OVER;
}

static void take_bytes(connection *c, size_t n)
{
    sw_session_rx_commit(&c->session, n);
    sw_session_burst_end(&c->session); /* as deployed servers take a request */
    if (connection_is_uploading(c)) {
        c->uploaded += n;
        c->deadline = DEADLINE_NEVER; /* progress: set anew if more is to come */
    }
}

void connection_read(connection *c)
{
    uint8_t *space;
    size_t room;
    ssize_t n;

    if (c->phase == PHASE_LINGER) {
        discard(c);
        return;
    }
    if (!lend_rx(c)) {
        lose_peer(c, "read", ENOMEM);
        return;
    }
    space = sw_session_rx_space(&c->session, &room);
    if (room == 0)
        return;
    n = read(c->in, space, room);
    if (n < 0 && !is_transient(errno))
        lose_peer(c, "read", errno);
    if (n > 0) {
        recording_received(c->recording, space, (size_t)n);
        take_bytes(c, (size_t)n);
    } else if (n == 0) {
        recording_peer_ended(c->recording);
        c->at_end = 1;
        sw_session_rx_end(&c->session);
    }
}

/* ---- writing ---- */

/* A pipe that was found writable has room for PIPE_BUF. */
static ssize_t write_some(const connection *c, const uint8_t *data, size_t len)
{
    if (c->out_is_socket)
        return platform_send(c->out, data, len);
    return write(c->out, data, len < PIPE_BUF ? len : PIPE_BUF);
}

int connection_write(connection *c)
{
    size_t len;
    const uint8_t *data = sw_session_tx_bytes(&c->session, &len);
    ssize_t n;

    if (len == 0)
        return 0;
    n = write_some(c, data, len);
    if (n < 0 && !is_transient(errno))
        lose_peer(c, "write", errno);
    if (n <= 0)
        return 0;
    recording_sent(c->recording, data, (size_t)n);
    sw_session_tx_drain(&c->session, (size_t)n);
    if (c->phase == PHASE_RUNNING)
        c->deadline = DEADLINE_NEVER; /* progress: set anew if more is pending */
    return (size_t)n == len;
}
