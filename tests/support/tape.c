/* SPDX-License-Identifier: ISC */
#include "tape.h"

#include "pcapng.h"

#include <check.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static tape_packet *add(tape *t)
{
    if (t->count == t->cap) {
        t->cap = t->cap > 0 ? 2 * t->cap : 64;
        t->packets = realloc(t->packets, t->cap * sizeof(*t->packets));
        ck_assert_ptr_nonnull(t->packets);
    }
    memset(&t->packets[t->count], 0, sizeof(*t->packets));
    return &t->packets[t->count++];
}

static void say(tape *t, from side, unsigned flags, const void *data, size_t len)
{
    tape_packet *p = add(t);

    p->side = side;
    p->payload = len;
    p->len = tcp_packet(&t->connection, (int)side, flags, data, len, p->data);
}

/* ---- connections ---- */

static void set_address(struct sockaddr_storage *out, const char *last_byte, uint16_t port)
{
    struct sockaddr_in address = { .sin_family = AF_INET };

    address.sin_addr.s_addr = htonl(0xc0000200u | (uint8_t)*last_byte); /* 192.0.2.x */
    address.sin_port = htons(port);
    memset(out, 0, sizeof(*out));
    memcpy(out, &address, sizeof(address));
}

void tape_connect(tape *t, uint16_t server_port)
{
    struct sockaddr_storage client, server;

    set_address(&client, "\1", 40000);
    set_address(&server, "\2", server_port);
    ck_assert_int_eq(tcp_connection_set(&t->connection, &client, &server), 0);
    t->connection.ends[FROM_CLIENT].next = 0xfffffff0u; /* wraps soon */
    t->connection.ends[FROM_SERVER].next = 0xffffff00u;
    say(t, FROM_CLIENT, TH_SYN, NULL, 0);
    say(t, FROM_SERVER, TH_SYN | TH_ACK, NULL, 0);
    say(t, FROM_CLIENT, TH_ACK, NULL, 0);
}

void tape_say(tape *t, from side, const void *data, size_t len, size_t step)
{
    const uint8_t *p = data;

    while (len > 0) {
        size_t n = len < step ? len : step;

        say(t, side, TH_ACK | TH_PUSH, p, n);
        p += n;
        len -= n;
    }
}

void tape_close(tape *t)
{
    say(t, FROM_SERVER, TH_FIN | TH_ACK, NULL, 0);
    say(t, FROM_CLIENT, TH_FIN | TH_ACK, NULL, 0);
    say(t, FROM_SERVER, TH_ACK, NULL, 0);
}

void tape_session(tape *t, uint16_t server_port, const wire_session *w, size_t proceed, size_t step)
{
    const struct {
        from side;
        size_t until;
    } turns[] = {
        { FROM_SERVER, w->opening[FROM_SERVER] },         { FROM_CLIENT, w->opening[FROM_CLIENT] },
        { FROM_SERVER, w->proof[FROM_SERVER] },           { FROM_CLIENT, w->proof[FROM_CLIENT] },
        { FROM_SERVER, w->proof[FROM_SERVER] + proceed }, { FROM_CLIENT, w->sent[FROM_CLIENT].len },
        { FROM_SERVER, w->sent[FROM_SERVER].len },
    };
    size_t said[2] = { 0, 0 };

    tape_connect(t, server_port);
    for (size_t i = 0; i < sizeof(turns) / sizeof(turns[0]); i++) {
        from side = turns[i].side;

        tape_say(t, side, w->sent[side].data + said[side], turns[i].until - said[side], step);
        said[side] = turns[i].until;
    }
    tape_close(t);
}

/* ---- hardships ---- */

size_t tape_find(const tape *t, size_t first, from side, size_t n)
{
    for (size_t i = first; i < t->count; i++)
        if (t->packets[i].side == side && t->packets[i].payload > 0 && n-- == 0)
            return i;
    ck_abort_msg("no such packet");
    return 0;
}

void tape_delay(tape *t, size_t at, size_t after)
{
    tape_packet p = t->packets[at];

    memmove(t->packets + at, t->packets + at + 1, (after - at) * sizeof(p));
    t->packets[after] = p;
}

void tape_repeat(tape *t, size_t at, size_t after)
{
    tape_packet copy = t->packets[at];

    add(t);
    memmove(t->packets + after + 2, t->packets + after + 1, (t->count - after - 2) * sizeof(copy));
    t->packets[after + 1] = copy;
}

void tape_drop(tape *t, size_t at)
{
    t->count--;
    memmove(t->packets + at, t->packets + at + 1, (t->count - at) * sizeof(*t->packets));
}

/* ---- file ---- */

void tape_write(const tape *t, const char *name)
{
    struct timespec time = { 1700000000, 0 };
    int fd = pcapng_create(name);

    ck_assert_int_ge(fd, 0);
    for (size_t i = 0; i < t->count; i++) {
        ck_assert_int_eq(pcapng_add(fd, &time, t->packets[i].data, t->packets[i].len), 0);
        time.tv_nsec += 1000000;
        time.tv_sec += time.tv_nsec / 1000000000;
        time.tv_nsec %= 1000000000;
    }
    close(fd);
}

void tape_free(tape *t)
{
    free(t->packets);
    memset(t, 0, sizeof(*t));
}
