/* SPDX-License-Identifier: ISC */
/* Sealed sessions beside TLS 1.3 and beside the AEAD alone: sealed ROUNDS PRIVATE-KEY-FILE PUBLIC-KEY-FILE
 *
 * Records: a packet is put into a record, sealed, opened and decoded, in place. Handshakes: both sides, in
 * memory, from the greeting to the server's decision; TLS with certificates of the same kind on both
 * sides. Memory: the heap of idle sessions. */
#include "key_file.h"
#include "pair.h"
#include "timing.h"
#include "tls.h"

#include <sidewire/backends.h>

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BYTES_A_RUN = 4 << 20,
    COUNT_MAX = 16384,
    HANDSHAKES = 20,
    IDLE_SESSIONS = 100000,
    IDLE_SESSIONS_QUICK = 2000,
    ROUNDS_QUICK = 3
};

static const uint8_t key[SW_AEAD_KEY_SIZE] = { 1, 2, 3 };

/* ---- records ---- */

typedef struct passing {
    contender contender;
    const sw_crypto *crypto;
    uint32_t size;
    size_t count;
    uint8_t *body, *wire;
    sw_record sender, receiver;
    sw_encoder encoder;
    sw_decoder decoder;
    union {
        uint64_t align_integer;
        void *align_pointer;
        uint8_t backend[SW_AEAD_STATE_SIZE];
    } aead;
} passing;

static size_t record_text(uint32_t size)
{
    return (size_t)SW_HEADER_SIZE + size;
}

static void pass_packets(void *context)
{
    passing *p = context;

    for (size_t i = 0; i < p->count; i++) {
        size_t len, used, size;
        uint8_t *text;
        sw_chunk chunk;
        if (sw_encoder_packet(&p->encoder, SW_BAND_OUTPUT, p->body, p->size, p->wire + SW_RECORD_HEADER_SIZE,
                              record_text(p->size), &len) != 1 ||
            sw_record_seal(&p->sender, p->wire, len) != SW_OK ||
            sw_record_open(&p->receiver, p->wire, len + SW_RECORD_OVERHEAD, &used, &text, &size) != 1 ||
            sw_decoder_next(&p->decoder, text, size, &used, &chunk) != 1 || chunk.len != p->size)
            fail("sealed: a packet was not passed");
    }
    if (memcmp(p->wire + SW_RECORD_HEADER_SIZE + SW_HEADER_SIZE, p->body, p->size) != 0)
        fail("sealed: not what was sent");
}

static void pass_alone(void *context)
{
    passing *p = context;
    uint8_t nonce[SW_AEAD_NONCE_SIZE] = { 0 };
    uint8_t *text = p->wire;

    for (size_t i = 0; i < p->count; i++) {
        nonce[11] = (uint8_t)i;
        nonce[10] = (uint8_t)(i >> 8);
        if (p->crypto->aead_seal(p->crypto->ctx, p->aead.backend, nonce, NULL, 0, text, p->size) != 0 ||
            p->crypto->aead_open(p->crypto->ctx, p->aead.backend, nonce, NULL, 0, text, p->size) != 0)
            fail("AEAD: a text was not passed");
    }
}

static void passing_stop(void *context)
{
    passing *p = context;

    sw_record_wipe(&p->sender);
    sw_record_wipe(&p->receiver);
    p->crypto->aead_wipe(p->crypto->ctx, p->aead.backend);
    free(p->body);
    free(p->wire);
    free(p);
}

static contender *passing_new(const sw_crypto *crypto, const char *name, void (*run)(void *), uint32_t size,
                              size_t count)
{
    passing *p = calloc(1, sizeof(*p));

    if (p == NULL || (p->body = malloc(size)) == NULL ||
        (p->wire = malloc(record_text(size) + SW_RECORD_OVERHEAD)) == NULL)
        fail("no memory");
    memset(p->body, 'b', size);
    p->crypto = crypto;
    p->size = size;
    p->count = count;
    sw_encoder_init(&p->encoder);
    sw_decoder_init(&p->decoder, UINT32_MAX);
    if (sw_record_init(&p->sender, crypto, SW_SUITE_AESGCM, key, 65535) != SW_OK ||
        sw_record_init(&p->receiver, crypto, SW_SUITE_AESGCM, key, 65535) != SW_OK ||
        crypto->aead_start(crypto->ctx, p->aead.backend, SW_AEAD_AES256_GCM, key) != 0)
        fail("%s: no AEAD", crypto->name);
    p->contender =
        (contender){ .name = name, .run = run, .stop = passing_stop, .context = p, .units = (double)count };
    return &p->contender;
}

typedef struct tls_records {
    contender contender;
    tls *tls;
    uint32_t size;
    size_t count;
    uint8_t *body, *received;
} tls_records;

static void pass_tls(void *context)
{
    tls_records *r = context;

    for (size_t i = 0; i < r->count; i++)
        if (SSL_write(r->tls->client, r->body, (int)r->size) != (int)r->size ||
            SSL_read(r->tls->server, r->received, (int)r->size) != (int)r->size)
            fail("TLS: a record was not passed");
    if (memcmp(r->body, r->received, r->size) != 0)
        fail("TLS: not what was sent");
}

static void tls_records_stop(void *context)
{
    tls_records *r = context;

    free(r->body);
    free(r->received);
    free(r);
}

static contender *tls_records_new(tls *t, uint32_t size, size_t count)
{
    tls_records *r = calloc(1, sizeof(*r));

    if (r == NULL || (r->body = calloc(1, size)) == NULL || (r->received = malloc(size)) == NULL)
        fail("no memory");
    r->tls = t;
    r->size = size;
    r->count = count;
    r->contender = (contender){
        .name = "TLS 1.3", .run = pass_tls, .stop = tls_records_stop, .context = r, .units = (double)count
    };
    return &r->contender;
}

static void compare_records(const sw_crypto *crypto, tls *t, uint32_t size, size_t rounds)
{
    size_t count = BYTES_A_RUN / size < COUNT_MAX ? BYTES_A_RUN / size : COUNT_MAX;
    contender *all[] = { passing_new(crypto, crypto->name, pass_packets, size, count),
                         passing_new(crypto, "AEAD alone", pass_alone, size, count),
                         tls_records_new(t, size, count) };
    char name[64], what[96];

    timing_run(all, 3, rounds);
    snprintf(name, sizeof(name), "sealed_%u_%s", size, crypto->name);
    snprintf(what, sizeof(what), "seal and open %u B, AES-256-GCM, %s", size, crypto->name);
    report_times(name, what, all[0], all[2], rounds);
    snprintf(name, sizeof(name), "sealed_%u_%s_aead", size, crypto->name);
    report_times(name, what, all[0], all[1], rounds);
    timing_stop(all, 3);
}

/* ---- handshakes ---- */

typedef struct own {
    contender both;
    sw_client_config client_config;
    sw_server_config server_config;
    sw_x25519_key server_key;
    const sw_ed25519_key *ed25519;
    const sw_public_key *public_key;
    uint8_t buffers[4][PAIR_BUFFER_SIZE];
} own;

static void client_answer(const own *o, sw_session *client, int type, const sw_event *event)
{
    uint8_t blob[SW_SSH_SIGNATURE_MAX];
    size_t len;

    if (type == SW_EVENT_SERVER_KEY) {
        wired_must(sw_session_accept(client, 1), SW_OK, client, "accept");
        return;
    }
    if (sw_ssh_sign(o->client_config.crypto, NULL, o->ed25519, event->message, SW_SSHSIG_SIZE, blob, sizeof(blob),
                    &len) != SW_OK)
        fail("not signed");
    wired_must(sw_session_sign(client, blob, len), SW_OK, client, "signature");
}

static void shake_hands(own *o, sw_session *client, sw_session *server)
{
    int ready = 0;

    wired_must(sw_session_client(client, &o->client_config, o->buffers[0], PAIR_BUFFER_SIZE, o->buffers[1],
                                 PAIR_BUFFER_SIZE),
               SW_OK, client, "client");
    wired_must(sw_session_server(server, &o->server_config, o->buffers[2], PAIR_BUFFER_SIZE, o->buffers[3],
                                 PAIR_BUFFER_SIZE),
               SW_OK, server, "server");
    for (int turn = 0; !ready; turn++) {
        sw_event event;
        int type;
        wired_move(server, client, 0);
        while ((type = pair_next(client, NULL, &event)) == SW_EVENT_SERVER_KEY || type == SW_EVENT_SIGN)
            client_answer(o, client, type, &event);
        wired_move(client, server, 0);
        sw_session_burst_end(server);
        while (pair_next(server, o->public_key, &event) == SW_EVENT_READY)
            ready = 1;
        if (turn == 10)
            fail("the handshake does not end");
    }
    wired_move(server, client, 0);
}

static void run_handshakes(void *context)
{
    own *o = context;

    for (int i = 0; i < HANDSHAKES; i++) {
        sw_session client, server;
        shake_hands(o, &client, &server);
        sw_session_wipe(&client);
        sw_session_wipe(&server);
    }
}

static own *own_new(sw_crypto *crypto, const sw_private_key *private_key, const sw_public_key *public_key,
                    const sw_ed25519_key *ed25519)
{
    own *o = calloc(1, sizeof(*o));

    if (o == NULL || sw_server_key_make(&o->server_key, crypto) != SW_OK)
        fail("no server key");
    o->both = (contender){ .name = crypto->name, .run = run_handshakes, .context = o, .units = HANDSHAKES };
    o->client_config =
        (sw_client_config){ .crypto = crypto, .user = "bench", .policy = { .features = SW_FEATURES_SEALED } };
    o->server_config = (sw_server_config){ .crypto = crypto,
                                           .server_key = &o->server_key,
                                           .policy = { .features = SW_FEATURES_SEALED } };
    o->ed25519 = ed25519;
    o->public_key = public_key;
    if (ed25519 != NULL) {
        o->client_config.public_key = public_key;
    } else {
        o->client_config.key = sw_private_key_view(private_key);
        if (crypto->key_prepare != NULL)
            o->client_config.key.prepared = crypto->key_prepare(crypto->ctx, &o->client_config.key);
    }
    return o;
}

static void own_free(own *o)
{
    const sw_crypto *crypto = o->client_config.crypto;

    if (o->client_config.key.prepared != NULL)
        crypto->key_forget(crypto->ctx, o->client_config.key.prepared);
    free(o);
}

static void run_tls(void *context)
{
    tls *t = context;

    for (int i = 0; i < HANDSHAKES; i++) {
        tls_connect(t, NULL);
        tls_disconnect(t, NULL);
    }
}

static void compare_handshakes(own *o, int is_ed25519, size_t rounds)
{
    const char *kind = is_ed25519 ? "ed25519" : "rsa";
    tls t;
    contender other = {
        .name = "TLS 1.3, both authenticated", .run = run_tls, .context = &t, .units = HANDSHAKES
    };
    contender *all[] = { &o->both, &other };
    char name[64], what[96];

    tls_init_mutual(&t, is_ed25519);
    timing_run(all, 2, rounds);
    snprintf(name, sizeof(name), "sealed_handshakes_%s_%s", kind, o->both.name);
    snprintf(what, sizeof(what), "sealed handshakes, both sides, %s users, %s", kind, o->both.name);
    report_rates(name, what, "/s", 1, &o->both, &other, rounds);
    tls_free(&t);
}

/* ---- memory ---- */

/* Agreements and signatures leave nothing behind, and would take minutes. */
static int no_public(void *ctx, uint8_t out[SW_X25519_SIZE], const uint8_t secret[SW_X25519_SIZE])
{
    (void)ctx;
    (void)secret;
    memset(out, 1, SW_X25519_SIZE);
    return 0;
}

static int no_agreement(void *ctx, uint8_t out[SW_X25519_SIZE], const sw_x25519_key *own_key,
                        const uint8_t peer[SW_X25519_SIZE])
{
    (void)own_key;
    return no_public(ctx, out, peer);
}

static int no_signature(const sw_crypto *crypto, const sw_rsa_private *private_key,
                        const uint8_t hash[SW_SHA256_SIZE], uint8_t *signature)
{
    (void)crypto;
    (void)hash;
    memset(signature, 1, private_key->n_size);
    return 0;
}

static int no_check(const sw_crypto *crypto, const sw_rsa_public *public_key, const uint8_t hash[SW_SHA256_SIZE],
                    const uint8_t *signature)
{
    (void)crypto;
    (void)public_key;
    (void)hash;
    (void)signature;
    return 0;
}

static void report_memory(own *o, size_t count)
{
    sw_session *client = malloc(sizeof(*client));
    sw_session **servers = calloc(count, sizeof(*servers));
    const sw_crypto *crypto = o->client_config.crypto;
    sw_crypto quick = *crypto;
    size_t before;
    char name[64], what[64];

    if (client == NULL || servers == NULL)
        fail("no memory");
    quick.x25519_public = no_public;
    quick.x25519 = no_agreement;
    quick.rsa_sign = no_signature;
    quick.rsa_verify = no_check;
    o->client_config.crypto = o->server_config.crypto = &quick;
    before = mallinfo2().uordblks;
    for (size_t i = 0; i < count; i++) {
        servers[i] = malloc(sizeof(*servers[i]));
        if (servers[i] == NULL)
            fail("no memory");
        shake_hands(o, client, servers[i]);
        wired_must(sw_session_lend_rx(servers[i], NULL, 0), 1, servers[i], "take back");
        wired_must(sw_session_lend_tx(servers[i], NULL, 0), 1, servers[i], "take back");
        sw_session_wipe(client);
    }
    snprintf(name, sizeof(name), "sealed_memory_%s", o->both.name);
    snprintf(what, sizeof(what), "%zu idle sealed sessions, %s: heap of each", count, crypto->name);
    report_figure(name, what, "B", (double)(mallinfo2().uordblks - before) / (double)count);
    for (size_t i = 0; i < count; i++) {
        sw_session_wipe(servers[i]);
        free(servers[i]);
    }
    free(servers);
    free(client);
    o->client_config.crypto = o->server_config.crypto = crypto;
}

/* ---- all ---- */

static void compare_backend(sw_crypto *crypto, const sw_private_key *private_key, const sw_public_key *public_key,
                            tls *records, size_t rounds)
{
    own *rsa = own_new(crypto, private_key, public_key, NULL);

    compare_records(crypto, records, 64, rounds);
    compare_records(crypto, records, 1024, rounds);
    compare_records(crypto, records, 16384, rounds);
    compare_handshakes(rsa, 0, rounds);
    report_memory(rsa, rounds > ROUNDS_QUICK ? IDLE_SESSIONS : IDLE_SESSIONS_QUICK);
    own_free(rsa);
    if (crypto->ed25519_sign != NULL) {
        sw_ed25519_key ed25519 = { .secret = { 5 } };
        sw_public_key half = { .type = SW_KEY_ED25519 };
        own *o;
        if (crypto->ed25519_public(crypto->ctx, ed25519.public_half, ed25519.secret) != 0)
            fail("%s: no Ed25519", crypto->name);
        memcpy(half.ed25519, ed25519.public_half, sizeof(half.ed25519));
        o = own_new(crypto, NULL, &half, &ed25519);
        compare_handshakes(o, 1, rounds);
        own_free(o);
    }
}

int main(int argc, char **argv)
{
    static sw_private_key private_key;
    static sw_public_key public_key;
    size_t rounds = timing_rounds(argc, argv);
    char why[256];
    const char *name;
    tls records;

    if (argc != 4)
        fail("usage: sealed ROUNDS PRIVATE-KEY-FILE PUBLIC-KEY-FILE");
    if (load_private_key(&private_key, argv[2], why, sizeof(why)) < 0)
        fail("%s: %s", argv[2], why);
    if (load_public_key(&public_key, argv[3], why, sizeof(why)) < 0)
        fail("%s: %s", argv[3], why);
    tls_init_mutual(&records, 1);
    tls_connect(&records, NULL);
    for (size_t i = 0; (name = sw_backend_name(i)) != NULL; i++) {
        sw_crypto *crypto = sw_backend_new(name);
        if (crypto == NULL)
            fail("%s: not started", name);
        compare_backend(crypto, &private_key, &public_key, &records, rounds);
        sw_backend_free(crypto);
    }
    tls_disconnect(&records, NULL);
    tls_free(&records);
    sw_private_key_wipe(&private_key);
    return 0;
}
