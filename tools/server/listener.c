#include "listener.h"

#include "log.h"
#include "report.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ADDR:PORT, or [ADDR]:PORT for IPv6. */
static int format_address(const struct sockaddr_storage *address, socklen_t len, char *out,
                          size_t size)
{
    int is_ipv6 = address->ss_family == AF_INET6;
    char host[NI_MAXHOST], port[NI_MAXSERV];

    if (getnameinfo((const struct sockaddr *)address, len, host, sizeof(host), port, sizeof(port),
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return -1;
    return snprintf(out, size, "%s%s%s:%s", is_ipv6 ? "[" : "", host, is_ipv6 ? "]" : "", port) <
           (int)size ? 0 : -1;
}

void peer_name(int fd, char *peer, size_t size)
{
    struct sockaddr_storage address;
    socklen_t len = sizeof(address);

    if (getpeername(fd, (struct sockaddr *)&address, &len) < 0 ||
        (address.ss_family != AF_INET && address.ss_family != AF_INET6) ||
        format_address(&address, len, peer, size) < 0)
        snprintf(peer, size, "descriptors");
}

static void set_option(int fd, int level, int option)
{
    int on = 1;

    if (setsockopt(fd, level, option, &on, sizeof(on)) < 0)
        log_event(LEVEL_DEBUG, "setsockopt: %s", strerror(errno));
}

static void announce(int fd)
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
    fd = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0)
        set_option(fd, SOL_SOCKET, SO_REUSEADDR);
    if (fd < 0 || bind(fd, found->ai_addr, found->ai_addrlen) < 0 || listen(fd, SOMAXCONN) < 0)
        error = errno;
    freeaddrinfo(found);
    if (error != 0) {
        report("%s port %s: %s", address, service, strerror(error));
        if (fd >= 0)
            close(fd);
        return STATUS_CONNECTION;
    }
    announce(fd);
    *listener = fd;
    return STATUS_OK;
}

int listener_accept(int listener, char *peer, size_t size)
{
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd < 0)
        return -1;
    set_option(fd, IPPROTO_TCP, TCP_NODELAY); /* an exit packet shall not wait for company */
    set_option(fd, SOL_SOCKET, SO_KEEPALIVE);
    peer_name(fd, peer, size);
    return fd;
}
