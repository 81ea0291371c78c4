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

/* Legacy: nothing tells the size of a block but the key that opens it. */
static int opens(const watch *w, const sw_rsa_private *key, const sw_observer_event *event, sw_secrets *keys)
{
    int is_legacy = !(w->info.features & SW_FEATURE_SIDEBAND);

    if (key->n_size > event->len || (!is_legacy && key->n_size != event->len))
        return 0;
    return sw_challenge_open(keys, w->setup->crypto, key, w->info.features, event->data, key->n_size, NULL) ==
           SW_OK;
}

/* Where it is kept which key fitted this user last. Users may share a place. */
static size_t *fitted_key(const watch *w)
{
    uint32_t hash = 2166136261u;

    for (size_t i = 0; i < w->info.user_len; i++)
        hash = (hash ^ (uint8_t)w->info.user[i]) * 16777619u;
    return &w->setup->fitted[hash % WATCH_USERS];
}

void keys_for_challenge(watch *w, const sw_observer_event *event)
{
    const keyring *ring = w->setup->keys;
    size_t *fitted = fitted_key(w);

    if (!event->first || !event->last)
        return;
    w->info.challenge = CHALLENGE_UNOPENED;
    for (size_t i = 0; i < ring->count; i++) {
        size_t turn = i == 0 ? *fitted : i - (i <= *fitted);
        sw_rsa_private key = keyring_view(&ring->keys[turn]);
        sw_secrets keys;

        if (opens(w, &key, event, &keys)) {
            give_keys(w, &keys, event->band == SW_BAND_ANY ? key.n_size : 0, CHALLENGE_OPENED,
                      ring->keys[turn].name);
            *fitted = turn;
            return;
        }
    }
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
    keys.response_size = 0; /* what it was found by proves nothing */
    give_keys(w, &keys, 0, CHALLENGE_KEYLOG, keylog_found_in(log));
    return 1;
}

void keys_for_response(watch *w, const sw_observer_event *event)
{
    if (!event->first || !event->last || event->len > sizeof(w->response))
        return;
    w->response_size = event->len;
    memcpy(w->response, event->data, event->len);
    keys_retry(w);
}

void keys_for_noise(watch *w, const sw_observer_event *event)
{
    w->info.challenge = CHALLENGE_UNOPENED;
    if (!event->first || !event->last || event->len < sizeof(w->response))
        return;
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
