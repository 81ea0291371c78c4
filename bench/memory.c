/* SPDX-License-Identifier: ISC */
/* Many sessions in one process, each with buffers only while it has bytes to move:
 * memory SESSIONS PRIVATE-KEY-FILE PUBLIC-KEY-FILE
 *
 * First all of them connect, then each runs a command and keeps it running, then all end. The
 * server's sessions are what is measured: their heap, and what of the process is resident. Their
 * clients live in memory of their own, which does not count. All use mbedTLS, which allocates
 * nothing for a session; but the clients' RSA is OpenSSL's if there is one, or they would take most
 * of the time. */
#include "key_file.h"
#include "pair.h"
#include "timing.h"

#include <sidewire/backends.h>

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { KEPT_BY_MALLOC = 65536 }; /* bytes that may be: caches of its own, and stdio's buffers */

#define REPLY "what a command answers"

typedef struct client_crypto {
    sw_crypto table; /* mbedTLS's, but for oaep_decrypt */
    sw_crypto *rsa;
} client_crypto;

typedef struct crowd {
    size_t count;
    sw_session *clients;  /* mapped */
    sw_session **servers; /* each allocated, as servers do */
    sw_crypto *mbedtls;
    client_crypto client_crypto;
    sw_client_config client_config;
    sw_server_config server_config;
    sw_public_key public_key;
    sw_private_key private_key;
    uint8_t buffers[4][PAIR_BUFFER_SIZE]; /* for whoever has bytes to move: one pair at a time */
    size_t heap_before, resident_before;
    double server_time;
} crowd;

/* ---- what is used ---- */

static size_t heap(void)
{
    struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}

static size_t resident(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    size_t total, pages;

    if (file == NULL || fscanf(file, "%zu %zu", &total, &pages) != 2)
        fail("/proc/self/statm: not readable");
    fclose(file);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* Reports bytes and time for each of the first n sessions. */
static void report(const crowd *c, size_t n)
{
    size_t of_clients = n * sizeof(sw_session);
    char key[64], what[64];

    snprintf(key, sizeof(key), "memory_%zu_heap", n);
    snprintf(what, sizeof(what), "%zu idle sessions: heap of each", n);
    report_figure(key, what, "B", (double)(heap() - c->heap_before) / (double)n);
    snprintf(key, sizeof(key), "memory_%zu_resident", n);
    snprintf(what, sizeof(what), "%zu idle sessions: resident of each", n);
    report_figure(key, what, "B", (double)(resident() - c->resident_before - of_clients) / (double)n);
    snprintf(key, sizeof(key), "memory_%zu_time", n);
    snprintf(what, sizeof(what), "%zu idle sessions: server's time of each", n);
    report_figure(key, what, "us", c->server_time / 1e3 / (double)n);
}

/* ---- buffers ---- */

static void lend(crowd *c, size_t i)
{
    sw_session *client = &c->clients[i];
    sw_session *server = c->servers[i];

    wired_must(sw_session_lend_rx(client, c->buffers[0], PAIR_BUFFER_SIZE), 1, client, "lend");
    wired_must(sw_session_lend_tx(client, c->buffers[1], PAIR_BUFFER_SIZE), 1, client, "lend");
    wired_must(sw_session_lend_rx(server, c->buffers[2], PAIR_BUFFER_SIZE), 1, server, "lend");
    wired_must(sw_session_lend_tx(server, c->buffers[3], PAIR_BUFFER_SIZE), 1, server, "lend");
}

static void take_back(crowd *c, size_t i)
{
    sw_session *client = &c->clients[i];
    sw_session *server = c->servers[i];

    wired_must(sw_session_lend_rx(client, NULL, 0), 1, client, "take back");
    wired_must(sw_session_lend_tx(client, NULL, 0), 1, client, "take back");
    wired_must(sw_session_lend_rx(server, NULL, 0), 1, server, "take back");
    wired_must(sw_session_lend_tx(server, NULL, 0), 1, server, "take back");
    memset(c->buffers, 0xa5, sizeof(c->buffers)); /* nobody may have left anything there */
}

/* ---- the life of one ---- */

static void connect_one(crowd *c, size_t i)
{
    sw_session *client = &c->clients[i];
    sw_session *server = malloc(sizeof(*server));

    if (server == NULL)
        fail("no memory for session %zu", i);
    c->servers[i] = server;
    wired_must(sw_session_client(client, &c->client_config, c->buffers[0], PAIR_BUFFER_SIZE, c->buffers[1],
                                 PAIR_BUFFER_SIZE),
               SW_OK, client, "client");
    wired_must(sw_session_server(server, &c->server_config, c->buffers[2], PAIR_BUFFER_SIZE, c->buffers[3],
                                 PAIR_BUFFER_SIZE),
               SW_OK, server, "server");
    pair_handshake(client, server, &c->public_key, &c->server_time);
    take_back(c, i);
}

static void run_command(crowd *c, size_t i)
{
    const sw_argument command = sw_argument_of("stat");
    sw_session *client = &c->clients[i];
    sw_session *server = c->servers[i];
    sw_event event;
    size_t taken;
    double start;

    lend(c, i);
    wired_must(sw_session_command(client, &command, 1, 0), 1, client, "command");
    start = timing_begin_part(&c->server_time);
    wired_move(client, server, 0);
    wired_must(pair_next(server, NULL, &event), SW_EVENT_COMMAND, server, "command");
    wired_must(sw_session_send(server, SW_BAND_OUTPUT, REPLY, strlen(REPLY), &taken), 1, server, "reply");
    wired_must(pair_next(server, NULL, &event), SW_EVENT_NEED_MORE, server, "command");
    wired_move(server, client, 0);
    timing_end_part(&c->server_time, start);
    wired_must(pair_next(client, NULL, &event), SW_EVENT_DATA, client, "reply");
    if (event.chunk.len != strlen(REPLY) || memcmp(event.chunk.data, REPLY, strlen(REPLY)) != 0)
        fail("session %zu: another reply", i);
    wired_must(pair_next(client, NULL, &event), SW_EVENT_NEED_MORE, client, "reply");
    take_back(c, i);
}

static void end_one(crowd *c, size_t i)
{
    sw_session *client = &c->clients[i];
    sw_session *server = c->servers[i];
    sw_event event;

    lend(c, i);
    wired_must(sw_session_exit(server, 0), 1, server, "exit");
    wired_move(server, client, 0);
    wired_must(pair_next(client, NULL, &event), SW_EVENT_EXIT, client, "exit");
    if (event.status != 0)
        fail("session %zu: another exit status", i);
    sw_session_wipe(client);
    sw_session_wipe(server);
    free(server);
}

/* ---- all ---- */

static void load_keys(crowd *c, const char *private_path, const char *public_path)
{
    char why[256];

    if (load_private_key(&c->private_key, private_path, why, sizeof(why)) < 0)
        fail("%s: %s", private_path, why);
    if (load_public_key(&c->public_key, public_path, why, sizeof(why)) < 0)
        fail("%s: %s", public_path, why);
}

static int decrypt_elsewhere(const sw_crypto *crypto, const sw_rsa_private *key, const uint8_t *in, uint8_t *out,
                             size_t cap, size_t *size)
{
    const client_crypto *c = (const void *)crypto; /* its first member */

    return c->rsa->oaep_decrypt(c->rsa, key, in, out, cap, size);
}

static void configure(crowd *c)
{
    sw_crypto *rsa = sw_backend_new("openssl");
    sw_rsa_private view = sw_private_key_view(&c->private_key);

    c->mbedtls = sw_backend_new("mbedtls");
    if (c->mbedtls == NULL)
        fail("mbedtls: not started");
    if (rsa == NULL)
        rsa = c->mbedtls;
    c->client_crypto.table = *c->mbedtls;
    c->client_crypto.table.oaep_decrypt = decrypt_elsewhere;
    c->client_crypto.rsa = rsa;
    c->client_config.crypto = &c->client_crypto.table;
    c->client_config.policy.features = SW_FEATURES_ALL;
    c->client_config.user = "bench";
    c->client_config.key = view;
    if (rsa->key_prepare != NULL)
        c->client_config.key.prepared = rsa->key_prepare(rsa->ctx, &view);
    c->server_config.crypto = c->mbedtls;
    c->server_config.decoy_secret[0] = 1;
    c->server_config.policy.features = SW_FEATURES_ALL;
}

static void allocate(crowd *c)
{
    c->clients =
        mmap(NULL, c->count * sizeof(*c->clients), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (c->clients == MAP_FAILED)
        fail("no memory for %zu clients", c->count);
    c->servers = calloc(c->count, sizeof(*c->servers));
    if (c->servers == NULL)
        fail("no memory for %zu sessions", c->count);
}

static void release(crowd *c)
{
    sw_crypto *rsa = c->client_crypto.rsa;

    if (c->client_config.key.prepared != NULL)
        rsa->key_forget(rsa->ctx, c->client_config.key.prepared);
    sw_private_key_wipe(&c->private_key);
    munmap(c->clients, c->count * sizeof(*c->clients));
    free(c->servers);
    if (rsa != c->mbedtls)
        sw_backend_free(rsa);
    sw_backend_free(c->mbedtls);
}

/* The backends allocate something when they are used first, which is not a session's. */
static void begin(crowd *c)
{
    connect_one(c, 0);
    run_command(c, 0);
    end_one(c, 0);
    c->server_time = 0;
    c->heap_before = heap();
    c->resident_before = resident();
}

static void connect_all(crowd *c)
{
    size_t checkpoints[] = { c->count / 10, c->count / 4, c->count / 2, c->count };
    size_t reached = 0;

    for (size_t i = 0; i < c->count; i++) {
        connect_one(c, i);
        if (i + 1 == checkpoints[reached])
            report(c, checkpoints[reached++]);
    }
}

static void run_all(crowd *c)
{
    for (size_t i = 0; i < c->count; i++)
        run_command(c, i);
    report_figure("memory_after_command_heap", "all of them with a command running: heap of each", "B",
                  (double)(heap() - c->heap_before) / (double)c->count);
}

static void end_all(crowd *c)
{
    for (size_t i = 0; i < c->count; i++)
        end_one(c, i);
    if (heap() > c->heap_before + KEPT_BY_MALLOC)
        fail("%zu bytes are left behind", heap() - c->heap_before);
}

int main(int argc, char **argv)
{
    static crowd c;

    if (argc != 4 || (c.count = strtoul(argv[1], NULL, 10)) < 10)
        fail("usage: memory SESSIONS PRIVATE-KEY-FILE PUBLIC-KEY-FILE");
    load_keys(&c, argv[2], argv[3]);
    configure(&c);
    allocate(&c);
    begin(&c);
    connect_all(&c);
    run_all(&c);
    end_all(&c);
    release(&c);
    return 0;
}
