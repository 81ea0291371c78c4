/* SPDX-License-Identifier: ISC */
#include "listener.h"

#include "log.h"
#include "platform.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    NOT_SENT_MAX = 131072, /* bytes that wait in the system for a peer's window to open */
    SMALL_BUFFER = 16384
};

/* ADDR:PORT, or [ADDR]:PORT for IPv6. */
static int format_address(const struct sockaddr_storage *address, socklen_t len, char *out, size_t size)
{
    /* core.UndefinedBinaryOperatorResult: getsockname() or accept() wrote it */
    int is_ipv6 = address->ss_family == AF_INET6;
    char host[NI_MAXHOST], port[NI_MAXSERV];

    if (getnameinfo((const struct sockaddr *)address, len, host, sizeof(host), port, sizeof(port),
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return -1;
    return snprintf(out, size, "%s%s%s:%s", is_ipv6 ? "[" : "", host, is_ipv6 ? "]" : "", port) < (int)size ? 0
                                                                                                            : -1;
}

void address_name(const struct sockaddr_storage *address, char *text, size_t size)
{
    socklen_t len = address->ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);

    if ((address->ss_family != AF_INET && address->ss_family != AF_INET6) ||
        format_address(address, len, text, size) < 0)
        snprintf(text, size, "descriptors");
}

void peer_name(int fd, char *peer, size_t size)
{
    struct sockaddr_storage address = { .ss_family = AF_UNSPEC };
    socklen_t len = sizeof(address);

    if (getpeername(fd, (struct sockaddr *)&address, &len) < 0)
        address.ss_family = AF_UNSPEC;
    address_name(&address, peer, size);
}

static void set_option(int fd, int level, int option, int value)
{
    if (setsockopt(fd, level, option, &value, sizeof(value)) < 0)
        log_event(LEVEL_DEBUG, "setsockopt: %s", strerror(errno));
}

void listener_announce(int fd)
{
    struct sockaddr_storage address;
    socklen_t len = sizeof(address);
    char text[128];

    if (getsockname(fd, (struct sockaddr *)&address, &len) < 0 ||
        format_address(&address, len, text, sizeof(text)) < 0)
        snprintf(text, sizeof(text), "an unknown address");
    printf("listening on %s\n", text);
    if (fflush(stdout) != 0)
        log_event(LEVEL_WARNING, "standard output: %s", strerror(errno));
}

int listener_open(const char *address, long port, int *listener)
{
    struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                              .ai_socktype = SOCK_STREAM };
    struct addrinfo *found;
    char service[8];
    int error = 0;
    int fd;

    snprintf(service, sizeof(service), "%u", (unsigned)port & 0xffff);
    if (getaddrinfo(address, service, &hints, &found) != 0) {
        report("--listen: '%s' is not an IPv4 or IPv6 address", address);
        return STATUS_USAGE;
    }
    fd = platform_socket(found->ai_family, SOCK_STREAM, 0);
    if (fd >= 0)
        set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    if (fd < 0 || bind(fd, found->ai_addr, found->ai_addrlen) < 0 || listen(fd, SOMAXCONN) < 0)
        error = errno;
    freeaddrinfo(found);
    if (error != 0) {
        report("%s port %s: %s", address, service, strerror(error));
        if (fd >= 0)
            close(fd);
        return STATUS_CONNECTION;
    }
    *listener = fd;
    return STATUS_OK;
}

/* ---- from a service manager ---- */

enum { FIRST_INHERITED = 3 };

static long number_of(const char *variable)
{
    const char *text = getenv(variable);
    char *end;
    long number;

    if (text == NULL || *text == '\0')
        return -1;
    number = strtol(text, &end, 10);
    return *end == '\0' ? number : -1;
}

int listener_is_one(int fd)
{
    int listens = 0;
    socklen_t len = sizeof(listens);

    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) == 0 && listens;
}

int listeners_inherited(int *fds, size_t max)
{
    long count = number_of("LISTEN_FDS");
    int is_ours = number_of("LISTEN_PID") == (long)getpid();

    unsetenv("LISTEN_FDS"); /* not for what we may start */
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDNAMES");
    if (!is_ours || count <= 0)
        return 0;
    if ((size_t)count > max) {
        report("LISTEN_FDS: %ld sockets, %zu at most are taken", count, max);
        return -1;
    }
    for (int i = 0; i < (int)count; i++) {
        fds[i] = FIRST_INHERITED + i;
        if (!listener_is_one(fds[i])) {
            report("LISTEN_FDS: descriptor %d is no listening stream socket", fds[i]);
            return -1;
        }
        fcntl(fds[i], F_SETFD, FD_CLOEXEC);
        fcntl(fds[i], F_SETFL, fcntl(fds[i], F_GETFL) | O_NONBLOCK);
    }
    return (int)count;
}

/* ---- connections ---- */

int listener_accept(int listener, struct sockaddr_storage *from)
{
    socklen_t len = sizeof(*from);
    int fd = platform_accept(listener, (struct sockaddr *)from, &len);

    if (fd < 0)
        return -1;
    if (len < sizeof(from->ss_family))
        from->ss_family = AF_UNSPEC;
    if (from->ss_family == AF_INET || from->ss_family == AF_INET6) {
        set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1); /* an exit packet shall not wait for company */
        set_option(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, NOT_SENT_MAX);
    }
    set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    return fd;
}

void listener_keep_buffers_small(int fd)
{
    set_option(fd, SOL_SOCKET, SO_SNDBUF, SMALL_BUFFER);
    set_option(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, SMALL_BUFFER / 4);
}
