/* SPDX-License-Identifier: ISC */
#include "connect.h"

#include "race.h"
#include "report.h"
#include "resolve.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

void peer_name(const char *host, const char *port, char name[PEER_NAME_SIZE])
{
    int has_colons = strchr(host, ':') != NULL;

    snprintf(name, PEER_NAME_SIZE, "%s%s%s:%s", has_colons ? "[" : "", host, has_colons ? "]" : "", port);
}

static void tell(const struct addrinfo *address, int error)
{
    char host[NI_MAXHOST] = "?";
    char port[NI_MAXSERV] = "?";
    char name[PEER_NAME_SIZE];

    getnameinfo(address->ai_addr, address->ai_addrlen, host, sizeof(host), port, sizeof(port),
                NI_NUMERICHOST | NI_NUMERICSERV);
    peer_name(host, port, name);
    if (error == 0)
        report("connected to %s", name);
    else
        report_system(name, error);
}

static const char *resolve_error_text(int result)
{
    if (result == RESOLVE_TIMED_OUT)
        return "its address was not found in time; see --timeout";
    return result == EAI_SYSTEM ? strerror(errno) : gai_strerror(result);
}

int connect_to(const char *host, const char *port, int64_t deadline, int verbose)
{
    struct addrinfo *addresses;
    char name[PEER_NAME_SIZE];
    int result = resolve(getaddrinfo, host, port, deadline, &addresses);
    int fd;

    peer_name(host, port, name);
    if (result != 0) {
        report("%s: %s", name, resolve_error_text(result));
        return -1;
    }
    fd = race(addresses, deadline, verbose ? tell : NULL);
    if (fd < 0)
        report_system(name, errno);
    freeaddrinfo(addresses);
    return fd;
}
