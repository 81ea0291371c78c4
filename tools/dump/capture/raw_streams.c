/* SPDX-License-Identifier: ISC */
#include "raw_streams.h"

#include "interrupt.h"
#include "watch/allocate.h"
#include "watch/request_text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BUFFER_SIZE = 65536,   /* more than a handshake has */
    USUAL_CHALLENGE = 256, /* legacy, if no key tells how large it is */
    PROCEED_MAX = sizeof(SW_LEGACY_PROCEED) - 1
};

static const stamp nowhen; /* times are not known */

typedef struct raw_stream {
    FILE *file; /* NULL: at its end, or there is none */
    size_t at, len;
    uint8_t data[BUFFER_SIZE];
} raw_stream;

typedef struct raw_session {
    raw_stream streams[2];
    watch *watch;
    int is_session; /* or may become one */
} raw_session;

/* How large the messages are that have to be fed in turn. */
typedef struct handshake {
    unsigned features; /* 0: legacy, or they are not known */
    size_t greeting, request;
    size_t challenge; /* with its header, if it has one */
} handshake;

/* ---- files ---- */

/* Fills the buffer up, unless the file is over. 0, or -1 with errno. */
static int fill(raw_stream *r)
{
    int failed, error;

    memmove(r->data, r->data + r->at, r->len - r->at);
    r->len -= r->at;
    r->at = 0;
    if (r->file == NULL)
        return 0;
    r->len += fread(r->data + r->len, 1, sizeof(r->data) - r->len, r->file);
    if (r->len == sizeof(r->data))
        return 0;
    error = errno;
    failed = ferror(r->file) && !interrupt_came();
    fclose(r->file);
    r->file = NULL;
    errno = error;
    return failed ? -1 : 0;
}

static int open_both(raw_session *r, const char *const paths[2], char *why, size_t why_size)
{
    for (int side = 0; side < 2; side++) {
        raw_stream *bytes = &r->streams[side];

        if (paths[side] == NULL)
            continue;
        bytes->file = strcmp(paths[side], "-") == 0 ? stdin : fopen(paths[side], "rbe");
        if (bytes->file == NULL || fill(bytes) < 0) {
            snprintf(why, why_size, "%s: %s", paths[side], strerror(errno));
            return -1;
        }
    }
    return 0;
}

/* ---- the handshake ---- */

/* Both lines of a greeting, or the only one that old servers have. */
static size_t greeting_size(const raw_stream *server)
{
    const uint8_t *lf = memchr(server->data, '\n', server->len);
    sw_greeting greeting;
    size_t used;

    sw_greeting_init(&greeting);
    if (sw_greeting_feed(&greeting, server->data, server->len, &used) > 0)
        return used;
    return lf != NULL ? (size_t)(lf - server->data) + 1 : server->len;
}

/* Legacy: where the response is that a key of ours finds in the challenge, which is as large as that key. 0: no key fits. */
static size_t find_by_challenge(const raw_session *r, const watch_setup *setup, handshake *h)
{
    const raw_stream *client = &r->streams[FROM_CLIENT];
    const raw_stream *server = &r->streams[FROM_SERVER];
    const uint8_t *found = NULL;

    for (size_t i = 0; i < setup->keys->count && found == NULL; i++) {
        sw_rsa_private key = keyring_view(&setup->keys->keys[i]);
        sw_secrets opened;

        if (server->len - h->greeting < key.n_size ||
            sw_challenge_open(&opened, setup->crypto, &key, 0, server->data + h->greeting, key.n_size, NULL) !=
                SW_OK)
            continue;
        h->challenge = key.n_size;
        found = memmem(client->data, client->len, opened.response, opened.response_size);
        sw_secrets_wipe(&opened);
    }
    return found != NULL ? (size_t)(found - client->data) : 0;
}

/* Legacy: where the response is that the key log has. 0: nowhere. */
static size_t find_by_log(const raw_stream *client, keylog_reader *log)
{
    size_t size = sw_features_response_size(0);
    sw_secrets keys;

    for (size_t at = 1; log != NULL && at <= SW_REQUEST_MAX && at + size <= client->len; at++)
        if (keylog_find(log, client->data + at, size, &keys)) {
            sw_secrets_wipe(&keys);
            return at;
        }
    return 0;
}

/* Legacy: up to the first byte that looks like none of a name, for want of keys. */
static size_t guess_request(const raw_stream *client)
{
    size_t size = 0;

    while (size < client->len && size < SW_REQUEST_MAX && client->data[size] >= ' ' && client->data[size] < 0x7f)
        size++;
    return size;
}

/* With sideband the response's header shows where the request ends, and the challenge's how large that is. */
static int read_sizes(raw_session *r, handshake *h)
{
    const raw_stream *client = &r->streams[FROM_CLIENT];
    raw_stream *server = &r->streams[FROM_SERVER];
    sw_request request;
    sw_decoder decoder;
    sw_chunk chunk;
    int sure;

    h->request = request_size(client->data, client->len, &sure);
    if (request_parse(client->data, h->request, &request, NULL) != SW_OK ||
        !(request.features & SW_FEATURE_SIDEBAND))
        return 0;
    h->features = request.features;
    sw_decoder_init(&decoder, SW_CHALLENGE_MAX);
    if (sw_decoder_next(&decoder, server->data + h->greeting, server->len - h->greeting, &h->challenge, &chunk) <=
        0)
        h->challenge = USUAL_CHALLENGE;
    return 1;
}

/* In legacy mode no byte shows it, but keys can tell. */
static void find_sizes(const raw_session *r, const watch_setup *setup, handshake *h)
{
    const raw_stream *client = &r->streams[FROM_CLIENT];

    h->challenge = USUAL_CHALLENGE;
    h->request = find_by_challenge(r, setup, h);
    if (h->request == 0)
        h->request = find_by_log(client, setup->log);
    if (h->request == 0)
        h->request = guess_request(client);
}

/* ---- feeding ---- */

/* Feeds the next n bytes, or what there is of them. How many. */
static size_t feed(raw_session *r, from side, size_t n)
{
    raw_stream *bytes = &r->streams[side];

    if (n > bytes->len - bytes->at)
        n = bytes->len - bytes->at;
    if (n > 0 && r->is_session)
        r->is_session = watch_data(r->watch, side, nowhen, bytes->data + bytes->at, n);
    bytes->at += n;
    return n;
}

/* Feeds what the handshake has, up to the server's proceed. */
static void feed_handshake(raw_session *r, const watch_setup *setup)
{
    handshake h = { .greeting = greeting_size(&r->streams[FROM_SERVER]) };
    size_t header;

    if (!read_sizes(r, &h))
        find_sizes(r, setup, &h);
    header = h.features != 0 ? SW_HEADER_SIZE : 0;
    feed(r, FROM_SERVER, h.greeting);
    feed(r, FROM_CLIENT, h.request);
    watch_message_over(r->watch, FROM_SERVER);
    watch_message_over(r->watch, FROM_CLIENT);
    feed(r, FROM_SERVER, h.challenge);
    feed(r, FROM_CLIENT, header + sw_features_response_size(h.features));
    feed(r, FROM_SERVER, PROCEED_MAX);
}

/* Feeds all the rest, the client's command before its output. */
static int feed_rest(raw_session *r, const char *const paths[2], char *why, size_t why_size)
{
    size_t fed;

    do {
        fed = 0;
        for (int side = 0; side < 2; side++) {
            fed += feed(r, (from)side, BUFFER_SIZE);
            if (fill(&r->streams[side]) < 0) {
                snprintf(why, why_size, "%s: %s", paths[side], strerror(errno));
                return -1;
            }
        }
    } while (fed > 0 && r->is_session && !interrupt_came());
    return 0;
}

int raw_streams_watch(const char *const paths[2], watch_setup *setup, char *why, size_t why_size)
{
    static const connection nowhere;
    raw_session *r = allocate(sizeof(*r));
    int result = open_both(r, paths, why, why_size);

    if (result == 0) {
        r->is_session = 1;
        r->watch = watch_new(setup, &nowhere);
        feed_handshake(r, setup);
        result = feed_rest(r, paths, why, why_size);
        for (int side = 0; side < 2; side++)
            if (paths[side] != NULL)
                watch_end(r->watch, (from)side);
        watch_close(r->watch, FLOW_CLOSED, FROM_SERVER, nowhen);
    }
    for (int side = 0; side < 2; side++)
        if (r->streams[side].file != NULL)
            fclose(r->streams[side].file);
    free(r);
    return result;
}
