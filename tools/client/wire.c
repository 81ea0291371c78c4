/* SPDX-License-Identifier: ISC */
#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void wire_init(wire *w, int in, int out)
{
    int flags = fcntl(out, F_GETFL);

    memset(w, 0, sizeof(*w));
    w->in = in;
    w->out = out;
    w->write_max = flags >= 0 && (flags & O_NONBLOCK) ? SSIZE_MAX : PIPE_BUF;
}

static int try_again(int error)
{
    return error == EINTR || error == EAGAIN;
}

static void count(size_t *total, ssize_t n)
{
    *total = (size_t)n > SIZE_MAX - *total ? SIZE_MAX : *total + (size_t)n;
}

static void keep_first(wire *w, const uint8_t *data, size_t len)
{
    size_t room = sizeof(w->first) - w->first_len;
    size_t n = len < room ? len : room;

    memcpy(w->first + w->first_len, data, n);
    w->first_len += n;
}

int wire_read(wire *w, sw_session *session)
{
    size_t len;
    uint8_t *space = sw_session_rx_space(session, &len);
    ssize_t n = read(w->in, space, len);

    if (n > 0) {
        count(&w->received, n);
        keep_first(w, space, (size_t)n);
        w->line_ended = space[n - 1] == '\n';
        recording_received(w->recording, space, (size_t)n);
        sw_session_rx_commit(session, (size_t)n);
        return 0;
    }
    if (n < 0 && try_again(errno))
        return 0;
    if (n < 0 && errno != ECONNRESET)
        return errno;
    if (n < 0) {
        w->broken = errno;
        recording_broken(w->recording);
    }
    recording_peer_ended(w->recording);
    sw_session_rx_end(session);
    return 0;
}

int wire_write(wire *w, sw_session *session)
{
    size_t len;
    const uint8_t *bytes = sw_session_tx_bytes(session, &len);
    ssize_t n = write(w->out, bytes, len < w->write_max ? len : w->write_max);

    if (n >= 0) {
        count(&w->sent, n);
        recording_sent(w->recording, bytes, (size_t)n);
        sw_session_tx_drain(session, (size_t)n);
        return 0;
    }
    if (try_again(errno))
        return 0;
    w->cannot_write = 1;
    return errno;
}

int wire_end_sending(wire *w)
{
    w->sending_ended = 1;
    recording_we_ended(w->recording);
    /* a connection that broke meanwhile tells so when it is read from */
    if (shutdown(w->out, SHUT_WR) == 0 || errno == ENOTCONN)
        return 0;
    if (errno != ENOTSOCK || w->in == w->out)
        return errno;
    if (close(w->out) < 0)
        return errno;
    w->out = -1;
    return 0;
}
