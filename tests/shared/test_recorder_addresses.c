/* SPDX-License-Identifier: ISC */
/* Whose addresses and ports recordings have. */
#include "recorder.h"

#include "capture_reader.h"
#include "recorder_support.h"
#include "suite.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Two connected descriptors: the client's and the server's. */
typedef struct wire {
    int client, server;
} wire;

static wire tcp_wire(const struct sockaddr_storage *listen_at, const struct sockaddr_storage *connect_to)
{
    int listener = socket(listen_at->ss_family, SOCK_STREAM, 0);
    struct sockaddr_storage bound, target = *connect_to;
    socklen_t size = sizeof(bound);
    wire w;

    ck_assert_int_eq(bind(listener, (const struct sockaddr *)listen_at, size), 0);
    ck_assert_int_eq(listen(listener, 1), 0);
    ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&bound, &size), 0);
    /* the port has the same place in both kinds of address */
    ((struct sockaddr_in *)&target)->sin_port = ((struct sockaddr_in *)&bound)->sin_port;
    w.client = socket(target.ss_family, SOCK_STREAM, 0);
    ck_assert_int_eq(connect(w.client, (struct sockaddr *)&target, sizeof(target)), 0);
    w.server = accept(listener, NULL, NULL);
    ck_assert_int_ge(w.server, 0);
    close(listener);
    return w;
}

static wire ipv4_wire(void)
{
    struct sockaddr_storage local = ipv4("127.0.0.1", 0);

    return tcp_wire(&local, &local);
}

static wire ipv6_wire(void)
{
    struct sockaddr_storage local = ipv6("::1", 0);

    return tcp_wire(&local, &local);
}

/* An IPv4 client of a server that listens at all addresses. */
static wire mapped_wire(void)
{
    struct sockaddr_storage any = ipv6("::", 0);
    struct sockaddr_storage local = ipv4("127.0.0.1", 0);

    return tcp_wire(&any, &local);
}

static wire unix_wire(void)
{
    int fds[2];

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    return (wire){ fds[0], fds[1] };
}

static wire pipe_wire(void)
{
    int fds[2];

    ck_assert_int_eq(pipe(fds), 0);
    return (wire){ fds[0], fds[1] };
}

static const struct {
    wire (*make)(void);
    int needs_ipv6;
    const char *client, *server;
} wires[] = {
    { ipv4_wire, 0, "127.0.0.1", "127.0.0.1" },   { ipv6_wire, 1, "::1", "::1" },
    { mapped_wire, 1, "127.0.0.1", "127.0.0.1" }, { unix_wire, 0, "192.0.2.1", "192.0.2.2" },
    { pipe_wire, 0, "192.0.2.1", "192.0.2.2" },
};

static uint16_t port_of(int fd)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof(address);

    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    return ntohs(((struct sockaddr_in *)&address)->sin_port);
}

static int without_ipv6(void)
{
    const char *value = getenv("SIDEWIRE_NO_IPV6");

    return value != NULL && strcmp(value, "1") == 0;
}

/* Both sides record the same: who is the client does not depend on who records. */
START_TEST(test_addresses)
{
    int invented = strcmp(wires[_i].client, "192.0.2.1") == 0;
    recorder *r = open_recorder();
    const captured_packet *packets;
    uint16_t ports[2] = { 49152, 2990 };
    size_t count;
    wire w;

    if (wires[_i].needs_ipv6 && without_ipv6())
        return;
    w = wires[_i].make();
    if (!invented) {
        ports[0] = port_of(w.client);
        ports[1] = port_of(w.server);
    }
    recording_end(recording_begin(r, w.client, 0));
    recording_end(recording_begin(r, w.server, 1));
    close_recorder(r);
    packets = capture_read(FILE_NAME, &count);
    ck_assert_uint_eq(count, 14);
    for (size_t i = 0; i < count; i += 7) {
        const captured_packet *syn = &packets[i];

        ck_assert_uint_eq(syn->flags, TH_SYN);
        ck_assert_str_eq(syn->from.address, wires[_i].client);
        ck_assert_str_eq(syn->to.address, wires[_i].server);
        ck_assert_uint_eq(syn->from.port, ports[0]);
        ck_assert_uint_eq(syn->to.port, ports[1]);
        ports[0] = (uint16_t)(ports[0] + invented); /* a port for each session */
    }
    ck_assert_uint_ne(packets[0].seq, packets[7].seq); /* by chance, once in 2^32 runs */
    close(w.client);
    close(w.server);
}
END_TEST

/* Sessions without addresses of their own can be told apart, and their packets may be mixed. */
START_TEST(test_many)
{
    enum { SESSIONS = 16400, OPEN = 5 };
    recorder *r = open_recorder();
    recording *sessions[OPEN] = { NULL };
    const captured_packet *packets;
    size_t count;
    unsigned syns = 0;

    for (int i = 0; i < SESSIONS; i++) {
        recording_end(sessions[i % OPEN]);
        sessions[i % OPEN] = recording_begin(r, -1, 1);
    }
    for (int i = 0; i < OPEN; i++)
        recording_end(sessions[i]);
    close_recorder(r);
    packets = capture_read(FILE_NAME, &count);
    ck_assert_uint_eq(count, 7 * SESSIONS);
    for (size_t i = 0; i < count; i++)
        if (packets[i].flags == TH_SYN)
            ck_assert_uint_eq(packets[i].from.port, 49152 + syns++ % 16384);
    ck_assert_uint_eq(syns, SESSIONS);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("record addresses");
    TCase *tcase = record_case(suite, "record addresses");

    tcase_add_loop_test(tcase, test_addresses, 0, COUNT(wires));
    tcase_add_test(tcase, test_many);
    return record_main(suite);
}
