/* SPDX-License-Identifier: ISC */
#include "common.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { BACKLOG = 1024, PATIENCE = 30 /* seconds */ };

int listen_on(const char *port)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)strtoul(port, NULL, 10)),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) < 0 || listen(fd, BACKLOG) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &len) < 0)
        die_of_system("listen");
    printf("listening on 127.0.0.1:%u\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

int connect_to(const char *host, const char *port)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
    struct addrinfo *addresses;
    int problem = getaddrinfo(host, port, &hints, &addresses);
    int fd = -1;

    if (problem != 0) {
        fprintf(stderr, "%s: %s\n", host, gai_strerror(problem));
        exit(STATUS_TROUBLE);
    }
    for (const struct addrinfo *a = addresses; a != NULL && fd < 0; a = a->ai_next) {
        fd = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
        if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) < 0) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(addresses);
    if (fd < 0)
        die_of_system(host);
    return fd;
}

int write_all(int fd, const uint8_t *data, size_t len)
{
    for (size_t done = 0; done < len;) {
        ssize_t n = send(fd, data + done, len - done, MSG_NOSIGNAL);
        if (n < 0)
            return 0;
        done += (size_t)n;
    }
    return 1;
}

int read_some(sw_session *session, int fd)
{
    size_t room;
    uint8_t *space = sw_session_rx_space(session, &room);
    ssize_t n = room > 0 ? recv(fd, space, room, MSG_DONTWAIT) : 0;

    if (room == 0 || (n < 0 && errno == EAGAIN))
        return 1;
    if (n <= 0)
        return n == 0 && sw_session_rx_end(session) == SW_OK;
    return sw_session_rx_commit(session, (size_t)n) == SW_OK;
}

int write_some(sw_session *session, int fd)
{
    size_t len;
    const uint8_t *bytes = sw_session_tx_bytes(session, &len);
    ssize_t n = len > 0 ? send(fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL) : 0;

    if (n < 0)
        return errno == EAGAIN;
    return sw_session_tx_drain(session, (size_t)n) == SW_OK;
}

/* ---- one client after the other ---- */

int next_client(int listener)
{
    const struct timeval patience = { .tv_sec = PATIENCE };
    int fd = accept(listener, NULL, NULL);

    if (fd < 0)
        die_of_system("accept");
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    return fd;
}

int exchange(sw_session *session, int fd)
{
    size_t len;
    const uint8_t *bytes = sw_session_tx_bytes(session, &len);
    uint8_t *space;
    ssize_t n;

    if (len > 0)
        return write_all(fd, bytes, len) && sw_session_tx_drain(session, len) == SW_OK;
    if (sw_session_wants(session) & SW_WANT_SHUTDOWN)
        shutdown(fd, SHUT_WR); /* and read on until the peer closes: the same again does no harm */
    space = sw_session_rx_space(session, &len);
    n = recv(fd, space, len, 0);
    if (n <= 0)
        return n == 0 && sw_session_rx_end(session) == SW_OK;
    sw_session_rx_commit(session, (size_t)n);
    return sw_session_burst_end(session) == SW_OK; /* a request may come without an end mark */
}
