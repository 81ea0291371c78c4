#include "connect.h"

#include "deadline.h"
#include "report.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void peer_name(const char *host, const char *port, char name[PEER_NAME_SIZE])
{
    int has_colons = strchr(host, ':') != NULL;

    snprintf(name, PEER_NAME_SIZE, "%s%s%s:%s", has_colons ? "[" : "", host, has_colons ? "]" : "",
             port);
}

static void address_name(const struct addrinfo *address, char name[PEER_NAME_SIZE])
{
    char host[NI_MAXHOST] = "?";
    char port[NI_MAXSERV] = "?";

    getnameinfo(address->ai_addr, address->ai_addrlen, host, sizeof(host), port, sizeof(port),
                NI_NUMERICHOST | NI_NUMERICSERV);
    peer_name(host, port, name);
}

/* 0, or the errno of a connection that is being made. */
static int await_connection(int fd, int64_t deadline)
{
    struct pollfd ready = { fd, POLLOUT, 0 };
    socklen_t size = sizeof(int);
    int error = 0;
    int n;

    do
        n = poll(&ready, 1, deadline_left(deadline));
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        return n == 0 ? ETIMEDOUT : errno;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0 ? errno : error;
}

/* Returns a socket, or -1 and errno. */
static int connect_address(const struct addrinfo *address, int64_t deadline)
{
    int on = 1;
    int error = 0;
    int fd = socket(address->ai_family, address->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC,
                    address->ai_protocol);

    if (fd < 0)
        return -1;
    if (connect(fd, address->ai_addr, address->ai_addrlen) < 0)
        error = errno == EINPROGRESS ? await_connection(fd, deadline) : errno;
    if (error != 0) {
        close(fd);
        errno = error;
        return -1;
    }
    /* a lost server ends a command that waits; short packets do not wait for each other */
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return fd;
}

static int64_t fair_share(const struct addrinfo *addresses, int64_t deadline)
{
    int left = deadline_left(deadline);
    int count = 0;

    if (left < 0)
        return DEADLINE_NEVER;
    for (; addresses != NULL; addresses = addresses->ai_next)
        count++;
    return deadline_in(left / count);
}

static int connect_any(const struct addrinfo *addresses, int64_t deadline, int verbose)
{
    for (; addresses != NULL; addresses = addresses->ai_next) {
        char name[PEER_NAME_SIZE];
        int fd = connect_address(addresses, fair_share(addresses, deadline));
        int error = errno;
        address_name(addresses, name);
        if (verbose && fd >= 0)
            report("connected to %s", name);
        else if (verbose)
            report_system(name, error);
        if (fd >= 0)
            return fd;
        errno = error;
    }
    return -1;
}

int connect_to(const char *host, const char *port, int64_t deadline, int verbose)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };
    struct addrinfo *addresses;
    char name[PEER_NAME_SIZE];
    int fd;
    int result = getaddrinfo(host, port, &hints, &addresses);

    peer_name(host, port, name);
    if (result != 0) {
        report("%s: %s", name, result == EAI_SYSTEM ? strerror(errno) : gai_strerror(result));
        return -1;
    }
    fd = connect_any(addresses, deadline, verbose);
    if (fd < 0)
        report_system(name, errno);
    freeaddrinfo(addresses);
    return fd;
}
