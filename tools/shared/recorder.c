/* SPDX-License-Identifier: ISC */
#include "recorder.h"

#include "keylog_writer.h"
#include "options.h"
#include "pcapng.h"
#include "platform.h"
#include "private_file.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    CLIENT = 0,
    SERVER = 1,
    MADE_UP_PORT = 49152, /* of clients: the first that nothing is registered for */
    MADE_UP_PORTS = 16384
};

struct recorder {
    int fd;
    unsigned made_up; /* addresses given out */
    int error;        /* errno; 0: none */
    int told;         /* by recorder_failure */
};

struct recording {
    recorder *recorder;
    tcp_connection connection;
    int us;       /* CLIENT or SERVER */
    int ended[2]; /* by side */
};

static const char *text_of_error(int error)
{
    if (error == EWOULDBLOCK)
        return "something else is recorded to it";
    return error == EEXIST ? "there is something else in it" : private_file_error(error);
}

static recorder *open_by(int (*opener)(const char *path), const char *path, char *why, size_t why_size)
{
    recorder *r;

    if (strcmp(path, "-") == 0) {
        snprintf(why, why_size, "a file is needed, standard output has another use");
        return NULL;
    }
    r = calloc(1, sizeof(*r));
    if (r == NULL || (r->fd = opener(path)) < 0) {
        snprintf(why, why_size, "%s", text_of_error(errno));
        free(r);
        return NULL;
    }
    return r;
}

recorder *recorder_open(const char *path, char *why, size_t why_size)
{
    return open_by(pcapng_create, path, why, why_size);
}

recorder *recorder_open_waiting(const char *path, char *why, size_t why_size)
{
    return open_by(pcapng_create_waiting, path, why, why_size);
}

recorder *recorder_join(const char *path, char *why, size_t why_size)
{
    recorder *r = open_by(pcapng_join, path, why, why_size);

    if (r != NULL)
        r->made_up = (unsigned)getpid(); /* most likely nobody else's */
    return r;
}

int recorder_failure(recorder *r)
{
    if (r == NULL || r->told || r->error == 0)
        return 0;
    r->told = 1;
    return r->error;
}

void recorder_close(recorder *r)
{
    if (r == NULL)
        return;
    close(r->fd);
    free(r);
}

/* ---- keys ---- */

static void add_keys(recorder *r, const char *text, size_t len)
{
    if (r->error == 0 && pcapng_add_secrets(r->fd, KEYLOG_SECRETS_TYPE, text, len) < 0)
        r->error = errno;
}

void recorder_announce_keys(recorder *r)
{
    static const char comment[] = "# keys of the sessions follow\n";

    if (r != NULL)
        add_keys(r, comment, sizeof(comment) - 1);
}

void recorder_keys(recorder *r, const sw_secrets *keys)
{
    char line[KEYLOG_LINE_MAX];

    if (r == NULL)
        return;
    add_keys(r, line, keylog_line(keys, line));
    platform_wipe(line, sizeof(line));
}

/* ---- packets ---- */

static void add(recording *r, int from, unsigned flags, const void *data, size_t len)
{
    uint8_t packet[TCP_PACKET_MAX];
    struct timespec now;
    size_t size;

    if (r->recorder->error != 0)
        return;
    size = tcp_packet(&r->connection, from, flags, data, len, packet);
    clock_gettime(CLOCK_REALTIME, &now);
    if (pcapng_add(r->recorder->fd, &now, packet, size) < 0)
        r->recorder->error = errno;
}

/* Each segment is acknowledged at once: so no window has to be thought of. */
static void add_data(recording *r, int from, const uint8_t *data, size_t len)
{
    while (len > 0 && !r->ended[from]) {
        size_t part = len < TCP_SEGMENT_MAX ? len : TCP_SEGMENT_MAX;

        add(r, from, part == len ? TH_ACK | TH_PUSH : TH_ACK, data, part);
        add(r, !from, TH_ACK, NULL, 0);
        data += part;
        len -= part;
    }
}

static void add_end(recording *r, int from)
{
    if (r->ended[from])
        return;
    add(r, from, TH_FIN | TH_ACK, NULL, 0);
    add(r, !from, TH_ACK, NULL, 0);
    r->ended[from] = 1;
}

/* ---- begin ---- */

/* A connection without addresses gets some of its own. */
static void make_up_addresses(recorder *r, tcp_connection *connection)
{
    static const uint8_t addresses[2][4] = { { 192, 0, 2, 1 }, { 192, 0, 2, 2 } };

    memset(connection, 0, sizeof(*connection));
    for (int i = CLIENT; i <= SERVER; i++)
        memcpy(connection->ends[i].address, addresses[i], sizeof(addresses[i]));
    connection->ends[CLIENT].port = (uint16_t)(MADE_UP_PORT + r->made_up++ % MADE_UP_PORTS);
    connection->ends[SERVER].port = DEFAULT_PORT;
}

static int find_addresses(tcp_connection *connection, int fd, int is_server)
{
    struct sockaddr_storage ours, peers;
    socklen_t our_size = sizeof(ours);
    socklen_t peers_size = sizeof(peers);

    if (getsockname(fd, (struct sockaddr *)&ours, &our_size) < 0 ||
        getpeername(fd, (struct sockaddr *)&peers, &peers_size) < 0)
        return -1;
    return is_server ? tcp_connection_set(connection, &peers, &ours)
                     : tcp_connection_set(connection, &ours, &peers);
}

recording *recording_begin(recorder *r, int fd, int is_server)
{
    tcp_connection connection;
    uint32_t first[2] = { 0, 0 };

    if (r == NULL)
        return NULL;
    if (find_addresses(&connection, fd, is_server) < 0)
        make_up_addresses(r, &connection);
    /* by chance, so that a later connection between the same ports does not seem to go on; if none
     * is to be had, any numbers do */
    if (platform_random(first, sizeof(first)) == 0) {
        connection.ends[CLIENT].next = first[CLIENT];
        connection.ends[SERVER].next = first[SERVER];
    }
    return recording_begin_as(r, &connection, is_server);
}

recording *recording_begin_as(recorder *r, const tcp_connection *connection, int is_server)
{
    recording *new;

    if (r == NULL)
        return NULL;
    new = calloc(1, sizeof(*new));
    if (new == NULL) {
        r->error = errno;
        return NULL;
    }
    new->recorder = r;
    new->connection = *connection;
    new->us = is_server ? SERVER : CLIENT;
    add(new, CLIENT, TH_SYN, NULL, 0);
    add(new, SERVER, TH_SYN | TH_ACK, NULL, 0);
    add(new, CLIENT, TH_ACK, NULL, 0);
    return new;
}

/* ---- what happens ---- */

void recording_received(recording *r, const void *data, size_t len)
{
    if (r != NULL)
        add_data(r, !r->us, data, len);
}

void recording_sent(recording *r, const void *data, size_t len)
{
    if (r != NULL)
        add_data(r, r->us, data, len);
}

void recording_peer_ended(recording *r)
{
    if (r != NULL)
        add_end(r, !r->us);
}

void recording_we_ended(recording *r)
{
    if (r != NULL)
        add_end(r, r->us);
}

void recording_broken(recording *r)
{
    if (r == NULL || (r->ended[CLIENT] && r->ended[SERVER]))
        return;
    add(r, !r->us, TH_RST | TH_ACK, NULL, 0);
    r->ended[CLIENT] = r->ended[SERVER] = 1;
}

void recording_end(recording *r)
{
    recording_we_ended(r);
    recording_peer_ended(r);
    free(r);
}
