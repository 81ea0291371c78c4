/* Handshakes beside those of TLS: handshakes ROUNDS PRIVATE-KEY-FILE PUBLIC-KEY-FILE */
#include "key_file.h"
#include "pair.h"
#include "timing.h"
#include "tls.h"

#include <sidewire/backends.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HANDSHAKES = 20 };        /* in one run */

/* Both measure the whole and the server's part at once: the latter is a contender that takes its
 * time from the former. */
typedef struct side {
    contender contender;
    double time;
} side;

static void nothing(void *context)
{
    (void)context;
}

static void side_init(side *s, const char *name)
{
    s->contender.name = name;
    s->contender.run = nothing;
    s->contender.units = HANDSHAKES;
    s->contender.measured = &s->time;
}

/* ---- sidewire ---- */

typedef struct own {
    contender contender;
    side server;
    sw_client_config client_config;
    sw_server_config server_config;
    const sw_public_key *public_key;
    uint8_t buffers[4][PAIR_BUFFER_SIZE];
} own;

static void own_handshake(own *o)
{
    sw_session client, server;
    double start;

    pair_want(sw_session_client(&client, &o->client_config, o->buffers[0], PAIR_BUFFER_SIZE,
                                o->buffers[1], PAIR_BUFFER_SIZE), SW_OK, &client, "client");
    start = timing_now();
    pair_want(sw_session_server(&server, &o->server_config, o->buffers[2], PAIR_BUFFER_SIZE,
                                o->buffers[3], PAIR_BUFFER_SIZE), SW_OK, &server, "server");
    o->server.time += timing_now() - start;
    pair_handshake(&client, &server, o->public_key, &o->server.time);
    if (sw_session_features(&client) != SW_FEATURES_ALL)
        fail("not all features");
    sw_session_wipe(&client);
    start = timing_now();
    sw_session_wipe(&server);
    o->server.time += timing_now() - start;
}

static void own_run(void *context)
{
    own *o = context;

    o->server.time = 0;
    for (int i = 0; i < HANDSHAKES; i++)
        own_handshake(o);
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

static own *own_new(const sw_crypto *crypto, const sw_private_key *private_key,
                    const sw_public_key *public_key)
{
    own *o = calloc(1, sizeof(*o));

    if (o == NULL)
        fail("no memory");
    o->contender.name = crypto->name;
    o->contender.run = own_run;
    o->contender.context = o;
    o->contender.units = HANDSHAKES;
    side_init(&o->server, crypto->name);
    o->client_config = (sw_client_config){ .struct_size = sizeof(o->client_config),
                                           .crypto = crypto,
                                           .policy = { .features = SW_FEATURES_ALL },
                                           .user = "bench",
                                           .key = private_key,
                                           .prepared_key = prepare(crypto, private_key) };
    o->server_config = (sw_server_config){ .struct_size = sizeof(o->server_config),
                                           .crypto = crypto,
                                           .policy = { .features = SW_FEATURES_ALL } };
    o->public_key = public_key;
    return o;
}

static void own_free(own *o)
{
    const sw_crypto *crypto = o->client_config.crypto;

    if (o->client_config.prepared_key != NULL)
        crypto->key_forget(crypto->ctx, o->client_config.prepared_key);
    free(o);
}

/* ---- TLS ---- */

typedef struct tls_handshakes {
    contender contender;
    side server;
    tls tls;
} tls_handshakes;

static void tls_run(void *context)
{
    tls_handshakes *h = context;

    h->server.time = 0;
    for (int i = 0; i < HANDSHAKES; i++) {
        tls_connect(&h->tls, &h->server.time);
        tls_disconnect(&h->tls, &h->server.time);
    }
}

static void tls_handshakes_init(tls_handshakes *h)
{
    h->contender.name = "TLS 1.3, both sides";
    h->contender.run = tls_run;
    h->contender.context = h;
    h->contender.units = HANDSHAKES;
    side_init(&h->server, "TLS 1.3, server alone");
    tls_init(&h->tls);
}

/* ---- beside each other ---- */

static void compare(const own *o, const tls_handshakes *t, size_t rounds)
{
    const char *name = o->contender.name;
    char key[64], what[64];

    snprintf(key, sizeof(key), "handshakes_%s", name);
    snprintf(what, sizeof(what), "handshakes, both sides, %s", name);
    report_rates(key, what, "/s", 1, &o->contender, &t->contender, rounds);
    snprintf(key, sizeof(key), "handshakes_%s_server", name);
    snprintf(what, sizeof(what), "handshakes, server alone, %s", name);
    report_rates(key, what, "/s", 1, &o->server.contender, &t->contender, rounds);
    snprintf(key, sizeof(key), "handshakes_%s_servers", name);
    report_rates(key, what, "/s", 1, &o->server.contender, &t->server.contender, rounds);
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
    for (size_t i = 0; (name = sw_backend_name(i)) != NULL; i++) {
        sw_crypto *crypto = sw_backend_new(name);
        own *o;
        if (crypto == NULL)
            fail("%s: not started", name);
        o = own_new(crypto, &private_key, &public_key);
        timing_run((contender *[]){ &o->contender, &o->server.contender, &t.contender,
                                    &t.server.contender }, 4, rounds);
        compare(o, &t, rounds);
        own_free(o);
        sw_backend_free(crypto);
    }
    tls_free(&t.tls);
    sw_private_key_wipe(&private_key);
    return 0;
}
