/* SPDX-License-Identifier: ISC */
/* Opening sessions: by a private key that fits the challenge, or by the key log. */
#include "session_internal.h"

#include <string.h>

static void give_keys(watch *w, sw_secrets *keys, size_t block, challenge_state state, const char *name)
{
    if (sw_observer_open(&w->observer, keys, block) == SW_OK) {
        memcpy(w->given, keys->client_key, sizeof(w->given));
        w->info.challenge = state;
        w->info.key = name;
    }
    sw_secrets_wipe(keys);
}

/* A challenge, as far as it is known what belongs to it. */
typedef struct block {
    unsigned features;
    const uint8_t *data;
    size_t len;
    int has_size; /* it is as long as that; else, in legacy mode, nothing tells its size but the key that opens it */
} block;

static int opens(const watch *w, const sw_rsa_private *key, const block *b, sw_secrets *keys)
{
    if (key->n_size > b->len || (b->has_size && key->n_size != b->len))
        return 0;
    return sw_challenge_open(keys, w->setup->crypto, key, b->features, b->data, key->n_size, NULL) == SW_OK;
}

/* Where it is kept which key fitted this user last. Users may share a place. */
static size_t *fitted_key(const watch *w)
{
    uint32_t hash = 2166136261u;

    for (size_t i = 0; i < w->info.user_len; i++)
        hash = (hash ^ (uint8_t)w->info.user[i]) * 16777619u;
    return &w->setup->fitted[hash % WATCH_USERS];
}

/* Which key opens it, or NULL: none does. */
static const named_key *open_block(watch *w, const block *b, sw_secrets *keys)
{
    const keyring *ring = w->setup->keys;
    size_t *fitted = fitted_key(w);

    for (size_t i = 0; i < ring->count; i++) {
        size_t turn = i == 0 ? *fitted : i - (i <= *fitted);
        sw_rsa_private key = keyring_view(&ring->keys[turn]);

        if (opens(w, &key, b, keys)) {
            *fitted = turn;
            return &ring->keys[turn];
        }
    }
    return NULL;
}

static void give_opened(watch *w, sw_secrets *keys, const block *b, const named_key *key)
{
    int is_legacy = !(b->features & SW_FEATURE_SIDEBAND);

    give_keys(w, keys, is_legacy ? keyring_view(key).n_size : 0, CHALLENGE_OPENED, key->name);
}

/* ---- without a response: which line of the key log is it? ---- */

/* Is that the PROCEED with which the server's side begins to be encrypted? */
static int is_proceed(const watch *w, unsigned features, const sw_secrets *keys, const uint8_t *data)
{
    static const uint8_t proceed[SW_HEADER_SIZE] = { 0, 0, 0, 0, SW_BAND_PROCEED };
    uint8_t clear[SW_HEADER_SIZE];
    sw_cipher cipher;
    int fits =
        sw_cipher_init(&cipher, sw_features_cipher(features), w->setup->crypto, keys->server_key) == SW_OK &&
        sw_cipher_apply(&cipher, clear, data, sizeof(clear)) == SW_OK &&
        memcmp(clear, proceed, sizeof(clear)) == 0;

    sw_cipher_wipe(&cipher);
    return fits;
}

/* Tries every line at the five bytes of PROCEED. Nothing is left in *keys if none fits. */
static int find_by_trying(watch *w, unsigned features, const uint8_t *proceed, sw_secrets *keys)
{
    uint32_t i = 0;

    while (w->setup->log != NULL && keylog_next(w->setup->log, &i, keys)) {
        if (is_proceed(w, features, keys, proceed) ||
            (!w->info.request_seen && is_proceed(w, features & ~(unsigned)SW_FEATURE_AES_CTR128, keys, proceed))) {
            keys->response_size = 0;
            return 1;
        }
    }
    sw_secrets_wipe(keys);
    return 0;
}

static int try_lines(watch *w, const uint8_t *proceed, size_t len)
{
    sw_secrets keys;

    if (w->tried || !keys_may_come(w) || w->response_size > 0 || !(w->info.features & SW_FEATURE_SIDEBAND) ||
        len < SW_HEADER_SIZE)
        return 0;
    w->tried = 1;
    if (!find_by_trying(w, w->info.features, proceed, &keys))
        return 0;
    give_keys(w, &keys, 0, CHALLENGE_KEYLOG, keylog_found_in(w->setup->log));
    return 1;
}

int keys_by_trying(watch *w, from server)
{
    const queue *q = &w->queues[server];

    if (is_sealed(w) || w->stage != STAGE_CHALLENGED || sw_observer_waits(&w->observer, server) != SW_WAIT_KEYS)
        return 0;
    return try_lines(w, q->bytes.data, queue_offer(q).len);
}

/* If nothing comes of the client, its challenge is taken when all that the server says is there. */
static void try_behind_challenge(watch *w, const sw_observer_event *event)
{
    int client = sw_observer_client(&w->observer);
    const queue *q = &w->queues[!client];
    const uint8_t *behind, *end;

    if (client < 0 || w->heard[client] || q->count == 0)
        return;
    behind = event->data + event->len;
    end = q->bytes.data + queue_offer(q).len;
    if (behind >= q->bytes.data && behind < end)
        try_lines(w, behind, (size_t)(end - behind));
}

/* What might have been a response is none: the session is known, and its response is told as such. */
static void forget_candidate(watch *w)
{
    if (w->is_candidate)
        w->response_size = 0;
    w->is_candidate = 0;
}

void keys_for_challenge(watch *w, const sw_observer_event *event)
{
    block b = { w->info.features, event->data, event->len, event->band != SW_BAND_ANY };
    const named_key *key;
    sw_secrets keys;

    if (!event->first || !event->last || w->info.challenge >= CHALLENGE_OPENED)
        return;
    w->info.challenge = CHALLENGE_UNOPENED;
    forget_candidate(w);
    key = open_block(w, &b, &keys);
    if (key != NULL)
        give_opened(w, &keys, &b, key);
    else if (event->band != SW_BAND_ANY)
        try_behind_challenge(w, event);
}

/* Of several lines for one ephemeral key each is tried; when there are more, all of them again. */
static int retry_sealed(watch *w)
{
    keylog_reader *log = w->setup->log;
    sw_secrets keys;

    if (!keylog_find_sealed(log, w->response, w->turn, &keys))
        return 0;
    w->turn++;
    give_keys(w, &keys, 0, CHALLENGE_KEYLOG, keylog_found_in(log));
    return 1;
}

/* Is it a session? It is, if there are the keys that this response names. */
static int believe(watch *w)
{
    return !w->is_candidate || sw_observer_believe(&w->observer, w->candidate, SW_FROM_CLIENT) == SW_OK;
}

int keys_retry(watch *w)
{
    keylog_reader *log = w->setup->log;
    sw_secrets keys;

    if (is_sealed(w) && keys_may_come(w) && w->response_size > 0)
        return retry_sealed(w);
    if (!keys_may_come(w) || w->response_size == 0 || !keylog_find(log, w->response, w->response_size, &keys))
        return 0;
    if (w->info.challenge == CHALLENGE_WRONG_KEYS && memcmp(keys.client_key, w->given, sizeof(w->given)) == 0) {
        sw_secrets_wipe(&keys); /* these are known not to fit */
        return 0;
    }
    if (!believe(w)) {
        sw_secrets_wipe(&keys);
        return 0;
    }
    w->is_candidate = 0;
    keys.response_size = 0; /* what it was found by proves nothing */
    give_keys(w, &keys, 0, CHALLENGE_KEYLOG, keylog_found_in(log));
    return 1;
}

void keys_for_response(watch *w, const sw_observer_event *event)
{
    if (!event->first || !event->last || event->len > sizeof(w->response))
        return;
    w->is_candidate = 0;
    w->response_size = event->len;
    memcpy(w->response, event->data, event->len);
    keys_retry(w);
}

/* ---- a message, or what may be one ---- */

/* It is a challenge if the key log has keys for what follows. */
static void try_what_follows(watch *w, from end, const sw_observer_event *event)
{
    size_t size = SW_HEADER_SIZE + event->size;
    unsigned features = SW_FEATURE_SIDEBAND | SW_FEATURE_AES_CTR128;
    sw_secrets keys;

    if (event->len < size + SW_HEADER_SIZE || !find_by_trying(w, features, event->data + size, &keys))
        return;
    if (sw_observer_believe(&w->observer, end, SW_FROM_SERVER) == SW_OK)
        give_keys(w, &keys, 0, CHALLENGE_KEYLOG, keylog_found_in(w->setup->log));
    sw_secrets_wipe(&keys);
}

/* A block that one of our keys opens is a challenge. In legacy mode one can only be where as many bytes came together. */
static void try_as_challenge(watch *w, from end, const sw_observer_event *event)
{
    block legacy = { 0, event->data, event->len, 1 };
    block packet = { SW_FEATURE_SIDEBAND, event->data + SW_HEADER_SIZE, event->size, 1 };
    const block *b = event->band == SW_BAND_ANY ? &legacy : &packet;
    sw_secrets keys;
    const named_key *key = open_block(w, b, &keys);

    if (key == NULL)
        return;
    if (b == &packet)
        keys.response_size = 0; /* by which hash it was made is not known */
    if (sw_observer_believe(&w->observer, end, SW_FROM_SERVER) == SW_OK)
        give_opened(w, &keys, b, key);
    sw_secrets_wipe(&keys);
}

/* In legacy mode a response is told by the key log alone. */
static void try_as_response(watch *w, from end, const uint8_t *data, size_t size)
{
    if (w->setup->log == NULL)
        return;
    w->is_candidate = 1;
    w->candidate = end;
    w->response_size = size;
    memcpy(w->response, data, size);
    keys_retry(w);
}

void keys_for_candidate(watch *w, from end, const sw_observer_event *event)
{
    if (event->band == SW_BAND_CHALLENGE_RESPONSE)
        try_as_response(w, end, event->data + SW_HEADER_SIZE, event->size);
    else if (event->band == SW_BAND_ANY && !w->may_be_session)
        try_as_response(w, end, event->data, SW_SHA1_SIZE);
    if (event->band != SW_BAND_CHALLENGE_RESPONSE && w->info.challenge < CHALLENGE_OPENED)
        try_as_challenge(w, end, event);
    if (event->band == SW_BAND_CHALLENGE && w->info.challenge < CHALLENGE_OPENED)
        try_what_follows(w, end, event);
    w->may_be_session |= event->band != SW_BAND_ANY;
}

void keys_for_noise(watch *w, const sw_observer_event *event)
{
    w->info.challenge = CHALLENGE_UNOPENED;
    if (!event->first || !event->last || event->len < sizeof(w->response))
        return;
    w->is_candidate = 0;
    w->response_size = sizeof(w->response);
    memcpy(w->response, event->data, sizeof(w->response));
    keys_retry(w);
}

int keys_may_come(const watch *w)
{
    return w->setup->log != NULL && w->info.challenge < CHALLENGE_OPENED;
}

void keys_refused(watch *w)
{
    w->info.challenge = CHALLENGE_WRONG_KEYS;
    if (is_sealed(w) && !retry_sealed(w))
        w->turn = 0;
}

void keys_note_waiting(watch *w, int is_waiting)
{
    watch_setup *setup = w->setup;

    if (is_waiting == w->is_waiting)
        return;
    w->is_waiting = is_waiting;
    if (is_waiting) {
        w->newer = NULL;
        w->older = setup->waiting;
        if (w->older != NULL)
            w->older->newer = w;
        setup->waiting = w;
        return;
    }
    if (w->newer != NULL)
        w->newer->older = w->older;
    else
        setup->waiting = w->older;
    if (w->older != NULL)
        w->older->newer = w->newer;
}
