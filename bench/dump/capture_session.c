/* SPDX-License-Identifier: ISC */
#include "capture_session.h"

#include "options.h"
#include "report.h"
#include "wired.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

enum {
    CLIENT = 0,
    SERVER = 1,
    RX_SIZE = 16 << 10,
    FIRST_PORT = 49152, /* of each client's address; nothing is registered for them */
    PORTS = 16384
};

static const char user[] = "bench";

static void die(const char *what, sw_error error)
{
    report_error(what, &error);
    exit(STATUS_FAILURE);
}

static void *allocate(size_t size)
{
    void *memory = malloc(size);

    if (memory == NULL) {
        report_system("memory", errno);
        exit(STATUS_FAILURE);
    }
    return memory;
}

/* ---- what the sessions say ---- */

static void take_client_events(capture_session *w)
{
    const sw_argument command = sw_argument_of("stat");
    sw_session *client = &w->sessions[CLIENT];
    sw_event event;
    int type;

    while ((type = sw_session_next(client, &event)) > 0) {
        if (type == SW_EVENT_READY) {
            keylog_append(w->setup->log, &w->keys);
            sw_session_command(client, &command, 1, 0);
        } else if (type == SW_EVENT_DATA) {
            w->received += event.chunk.len;
        } else if (type == SW_EVENT_CLOSED) {
            break;
        }
    }
    if (type < 0)
        die("client", sw_session_error(client));
}

static void take_server_events(capture_session *w)
{
    sw_session *server = &w->sessions[SERVER];
    sw_event event;
    int type;

    while ((type = sw_session_next(server, &event)) > 0) {
        if (type == SW_EVENT_KEY)
            sw_session_key(server, w->setup->public_key);
        else if (type == SW_EVENT_COMMAND)
            w->command_came = 1;
        else if (type == SW_EVENT_CLOSED)
            break;
    }
    if (type < 0)
        die("server", sw_session_error(server));
}

static void take_events(capture_session *w, int who)
{
    if (who == CLIENT)
        take_client_events(w);
    else
        take_server_events(w);
}

/* ---- segments ---- */

static void put_packet(capture_session *w, int from, unsigned flags, const void *data, size_t len)
{
    capture_file_add(w->setup->file, &w->connection, from, flags, data, len);
}

static void deliver(capture_session *w, int to, const uint8_t *data, size_t len)
{
    sw_session *session = &w->sessions[to];

    for (size_t n; len > 0; data += n, len -= n) {
        n = wired_give(session, data, len);
        sw_session_burst_end(session);
        take_events(w, to);
    }
}

/* Sends what is queued in full segments, and with `push` also what is left. As receivers do, the
 * client acknowledges every other segment. 1 if anything was sent. */
static int send_segments(capture_session *w, int from, int push)
{
    sw_session *session = &w->sessions[from];
    const uint8_t *data;
    size_t len, n;
    int sent = 0;

    while ((data = sw_session_tx_bytes(session, &len)) != NULL && (push || len >= TCP_SEGMENT_MAX)) {
        n = len < TCP_SEGMENT_MAX ? len : TCP_SEGMENT_MAX;
        put_packet(w, from, n == len ? TH_ACK | TH_PUSH : TH_ACK, data, n);
        if (from == SERVER && ++w->unacknowledged % 2 == 0)
            put_packet(w, CLIENT, TH_ACK, NULL, 0);
        deliver(w, !from, data, n);
        sw_session_tx_drain(session, n);
        sent = 1;
    }
    return sent;
}

/* ---- life ---- */

static void connect_ends(capture_session *w, unsigned number)
{
    tcp_end *client = &w->connection.ends[CLIENT];
    tcp_end *server = &w->connection.ends[SERVER];
    const uint8_t address[4] = { 10, 0, 0, (uint8_t)(1 + number / PORTS) };

    memcpy(client->address, address, sizeof(address));
    memcpy(server->address, (const uint8_t[]){ 192, 0, 2, 1 }, 4);
    client->port = (uint16_t)(FIRST_PORT + number % PORTS);
    server->port = DEFAULT_PORT;
    client->next = number * 0x9e3779b9;
    server->next = number * 0x85ebca6b;
    put_packet(w, CLIENT, TH_SYN, NULL, 0);
    put_packet(w, SERVER, TH_SYN | TH_ACK, NULL, 0);
    put_packet(w, CLIENT, TH_ACK, NULL, 0);
}

static void start_sessions(capture_session *w)
{
    const capture_session_setup *setup = w->setup;
    sw_policy policy = { .features = setup->features, .allow_rc4 = 1 };
    size_t tx_size = TCP_SEGMENT_MAX + SW_HEADER_SIZE + setup->body_max + SW_SCRATCH_FULL;

    for (int i = 0; i < 2; i++) {
        w->rx[i] = allocate(RX_SIZE);
        w->tx[i] = allocate(i == CLIENT ? SW_SCRATCH_FULL : tx_size);
    }
    w->client_config = (sw_client_config){
        .crypto = setup->crypto, .policy = policy, .user = user, .key = sw_private_key_view(setup->private_key)
    };
    w->server_config = (sw_server_config){ .crypto = setup->crypto, .policy = policy, .decoy_secret = { 1 } };
    if (sw_session_client(&w->sessions[CLIENT], &w->client_config, w->rx[CLIENT], RX_SIZE, w->tx[CLIENT],
                          SW_SCRATCH_FULL) < 0)
        die("client", sw_session_error(&w->sessions[CLIENT]));
    if (sw_session_server(&w->sessions[SERVER], &w->server_config, w->rx[SERVER], RX_SIZE, w->tx[SERVER],
                          tx_size) < 0)
        die("server", sw_session_error(&w->sessions[SERVER]));
    sw_session_log_keys(&w->sessions[CLIENT], &w->keys);
}

void capture_session_start(capture_session *w, capture_session_setup *setup, unsigned number)
{
    memset(w, 0, sizeof(*w));
    w->setup = setup;
    connect_ends(w, number);
    start_sessions(w);
    take_events(w, SERVER);
    while (send_segments(w, SERVER, 1) + send_segments(w, CLIENT, 1) > 0)
        continue;
    if (!w->command_came) {
        report("session %u: no command came", number);
        exit(STATUS_FAILURE);
    }
}

void capture_session_output(capture_session *w, const void *body, size_t len, int push)
{
    sw_session *server = &w->sessions[SERVER];
    size_t taken = 0;

    if (sw_session_send(server, SW_BAND_OUTPUT, body, len, &taken) != 1 || taken != len)
        die("server", sw_session_error(server));
    send_segments(w, SERVER, push);
}

void capture_session_end(capture_session *w, uint64_t expected)
{
    if (sw_session_exit(&w->sessions[SERVER], 0) != 1)
        die("server", sw_session_error(&w->sessions[SERVER]));
    send_segments(w, SERVER, 1);
    put_packet(w, SERVER, TH_FIN | TH_ACK, NULL, 0);
    put_packet(w, CLIENT, TH_FIN | TH_ACK, NULL, 0);
    put_packet(w, SERVER, TH_ACK, NULL, 0);
    if (w->received != expected) {
        report("%llu bytes came instead of %llu", (unsigned long long)w->received, (unsigned long long)expected);
        exit(STATUS_FAILURE);
    }
    for (int i = 0; i < 2; i++) {
        sw_session_wipe(&w->sessions[i]);
        free(w->rx[i]);
        free(w->tx[i]);
    }
}
