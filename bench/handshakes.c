/* SPDX-License-Identifier: ISC */
/* Handshakes beside those of TLS: handshakes ROUNDS PRIVATE-KEY-FILE PUBLIC-KEY-FILE */
#include "key_file.h"
#include "pair.h"
#include "timing.h"
#include "tls.h"

#include <sidewire/backends.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HANDSHAKES = 20 }; /* in one run */

/* Two contenders each: both sides, and the server alone, which is its part within both. */

/* ---- sidewire ---- */

typedef struct own {
    contender both, server;
    double server_time;
    sw_client_config client_config;
    sw_server_config server_config;
    const sw_public_key *public_key;
    uint8_t buffers[4][PAIR_BUFFER_SIZE];
} own;

static void own_handshake(own *o, double *server_time)
{
    sw_session client, server;
    double start;

    wired_must(sw_session_client(&client, &o->client_config, o->buffers[0], PAIR_BUFFER_SIZE, o->buffers[1],
                                 PAIR_BUFFER_SIZE),
               SW_OK, &client, "client");
    start = timing_begin_part(server_time);
    wired_must(sw_session_server(&server, &o->server_config, o->buffers[2], PAIR_BUFFER_SIZE, o->buffers[3],
                                 PAIR_BUFFER_SIZE),
               SW_OK, &server, "server");
    timing_end_part(server_time, start);
    pair_handshake(&client, &server, o->public_key, server_time);
    if (sw_session_features(&client) != SW_FEATURES_ALL)
        fail("not all features");
    sw_session_wipe(&client);
    start = timing_begin_part(server_time);
    sw_session_wipe(&server);
    timing_end_part(server_time, start);
}

static void own_run_both(void *context)
{
    for (int i = 0; i < HANDSHAKES; i++)
        own_handshake(context, NULL);
}

static void own_run_server(void *context)
{
    own *o = context;

    o->server_time = 0;
    for (int i = 0; i < HANDSHAKES; i++)
        own_handshake(o, &o->server_time);
}

/* The backend's own form of the private key, if it has one. */
static void *prepare(const sw_crypto *crypto, const sw_private_key *key)
{
    sw_rsa_private view = sw_private_key_view(key);
    void *prepared;

    if (crypto->key_prepare == NULL)
        return NULL;
    prepared = crypto->key_prepare(crypto->ctx, &view);
    if (prepared == NULL)
        fail("%s: the key was not prepared", crypto->name);
    return prepared;
}

static own *own_new(const sw_crypto *crypto, const sw_private_key *private_key, const sw_public_key *public_key)
{
    own *o = calloc(1, sizeof(*o));

    if (o == NULL)
        fail("no memory");
    o->both = (contender){ .name = crypto->name, .run = own_run_both, .context = o, .units = HANDSHAKES };
    o->server = (contender){
        .name = crypto->name, .run = own_run_server, .context = o, .units = HANDSHAKES, .measured = &o->server_time
    };
    o->client_config = (sw_client_config){ .crypto = crypto,
                                           .policy = { .features = SW_FEATURES_ALL },
                                           .user = "bench",
                                           .key = sw_private_key_view(private_key) };
    o->client_config.key.prepared = prepare(crypto, private_key);
    o->server_config =
        (sw_server_config){ .crypto = crypto, .decoy_secret = { 1 }, .policy = { .features = SW_FEATURES_ALL } };
    o->public_key = public_key;
    return o;
}

static void own_free(own *o)
{
    const sw_crypto *crypto = o->client_config.crypto;

    if (o->client_config.key.prepared != NULL)
        crypto->key_forget(crypto->ctx, o->client_config.key.prepared);
    free(o);
}

/* ---- TLS ---- */

typedef struct tls_handshakes {
    contender both, server;
    double server_time;
    tls tls;
} tls_handshakes;

static void tls_handshake(tls *t, double *server_time)
{
    tls_connect(t, server_time);
    tls_disconnect(t, server_time);
}

static void tls_run_both(void *context)
{
    tls_handshakes *h = context;

    for (int i = 0; i < HANDSHAKES; i++)
        tls_handshake(&h->tls, NULL);
}

static void tls_run_server(void *context)
{
    tls_handshakes *h = context;

    h->server_time = 0;
    for (int i = 0; i < HANDSHAKES; i++)
        tls_handshake(&h->tls, &h->server_time);
}

static void tls_handshakes_init(tls_handshakes *h)
{
    h->both = (contender){ .name = "TLS 1.3, both sides", .run = tls_run_both, .context = h, .units = HANDSHAKES };
    h->server = (contender){ .name = "TLS 1.3, server alone",
                             .run = tls_run_server,
                             .context = h,
                             .units = HANDSHAKES,
                             .measured = &h->server_time };
    tls_init(&h->tls);
}

/* ---- beside each other ---- */

static void compare(own *o, tls_handshakes *t, size_t rounds)
{
    contender *all[] = { &o->both, &t->both, &o->server, &t->server };
    const char *name = o->both.name;
    char key[64], what[64];

    timing_run(all, 4, rounds);
    snprintf(key, sizeof(key), "handshakes_%s", name);
    snprintf(what, sizeof(what), "handshakes, both sides, %s", name);
    report_rates(key, what, "/s", 1, &o->both, &t->both, rounds);
    snprintf(key, sizeof(key), "handshakes_%s_server", name);
    snprintf(what, sizeof(what), "handshakes, server alone, %s", name);
    report_rates(key, what, "/s", 1, &o->server, &t->both, rounds);
    snprintf(key, sizeof(key), "handshakes_%s_servers", name);
    report_rates(key, what, "/s", 1, &o->server, &t->server, rounds);
}

static void compare_backend(const char *name, const sw_private_key *private_key, const sw_public_key *public_key,
                            tls_handshakes *t, size_t rounds)
{
    sw_crypto *crypto = sw_backend_new(name);
    own *o;

    if (crypto == NULL)
        fail("%s: not started", name);
    o = own_new(crypto, private_key, public_key);
    compare(o, t, rounds);
    own_free(o);
    sw_backend_free(crypto);
}

int main(int argc, char **argv)
{
    static sw_private_key private_key;
    static sw_public_key public_key;
    static tls_handshakes t;
    size_t rounds = timing_rounds(argc, argv);
    char why[256];
    const char *name;

    if (argc != 4)
        fail("usage: handshakes ROUNDS PRIVATE-KEY-FILE PUBLIC-KEY-FILE");
    if (load_private_key(&private_key, argv[2], why, sizeof(why)) < 0)
        fail("%s: %s", argv[2], why);
    if (load_public_key(&public_key, argv[3], why, sizeof(why)) < 0)
        fail("%s: %s", argv[3], why);
    tls_handshakes_init(&t);
    for (size_t i = 0; (name = sw_backend_name(i)) != NULL; i++)
        compare_backend(name, &private_key, &public_key, &t, rounds);
    tls_free(&t.tls);
    sw_private_key_wipe(&private_key);
    return 0;
}
