/* SPDX-License-Identifier: ISC */
/* Opening sessions: by a private key that fits the challenge, or by the key log. */
#include "session_internal.h"

#include "secrets.h"

#include <string.h>

static void give(session *s, sw_secrets *keys, size_t block, const char *name)
{
    if (sw_observer_open(&s->observer, keys, block) == SW_OK) {
        memcpy(s->given, keys->client_key, sizeof(s->given));
        s->key = name;
        s->wrong_keys = 0;
    }
    sw_secrets_wipe(keys);
}

void keys_for_challenge(session *s, const sw_observer_event *event)
{
    sw_secrets keys;
    size_t block;
    const char *name;

    s->challenged = 1;
    if (!event->first || !event->last)
        return;
    name = secrets_open(&keys, sw_observer_features(&s->observer), event->data, event->len, &block);
    if (name != NULL)
        give(s, &keys, event->band == SW_BAND_ANY ? block : 0, name);
}

void keys_for_response(session *s, const sw_observer_event *event)
{
    if (!event->first || !event->last || event->len > sizeof(s->response))
        return;
    s->response_size = event->len;
    memcpy(s->response, event->data, event->len);
    keys_retry(s);
}

void keys_for_noise(session *s, const sw_observer_event *event)
{
    if (!event->first || !event->last || event->side != SW_FROM_CLIENT || event->len < sizeof(s->response))
        return;
    s->response_size = sizeof(s->response);
    memcpy(s->response, event->data, sizeof(s->response));
    keys_retry(s);
}

static void believe(session *s, unsigned end, int side, sw_secrets *keys, size_t block, const char *name)
{
    keys->response_size = 0; /* found by it, or not known by which hash it was made */
    if (sw_observer_believe(&s->observer, end, side) == SW_OK)
        give(s, keys, block, name);
    sw_secrets_wipe(keys);
}

void keys_for_candidate(session *s, unsigned end, const sw_observer_event *event)
{
    const uint8_t *body = event->data + (event->band != SW_BAND_ANY ? SW_HEADER_SIZE : 0);
    sw_secrets keys;
    size_t used;

    if (event->band == SW_BAND_CHALLENGE) {
        const char *name = secrets_open(&keys, SW_FEATURE_SIDEBAND, body, event->size, &used);

        if (name != NULL)
            believe(s, end, SW_FROM_SERVER, &keys, 0, name);
    } else if (secrets_find(&keys, body, event->band == SW_BAND_ANY ? SW_SHA1_SIZE : event->size)) {
        believe(s, end, SW_FROM_CLIENT, &keys, 0, "the key log");
    }
}

/* Of several lines for one ephemeral key each is tried; when there are more, all of them again. */
static void retry_sealed(session *s)
{
    sw_secrets keys;

    if (!secrets_find_sealed(&keys, s->response, s->turn))
        return;
    s->turn++;
    give(s, &keys, 0, "the key log");
}

void keys_retry(session *s)
{
    sw_secrets keys;

    if (s->key != NULL || s->response_size == 0)
        return;
    if (is_sealed(s)) {
        retry_sealed(s);
        return;
    }
    if (!secrets_find(&keys, s->response, s->response_size))
        return;
    if (s->wrong_keys && memcmp(keys.client_key, s->refused, sizeof(s->refused)) == 0) {
        sw_secrets_wipe(&keys);
        return;
    }
    keys.response_size = 0; /* what they were found by proves nothing */
    give(s, &keys, 0, "the key log");
}

void keys_refused(session *s)
{
    memcpy(s->refused, s->given, sizeof(s->refused));
    s->wrong_keys = 1;
    s->key = NULL;
    s->peers[0].excused = s->peers[1].excused = 0;
    if (!is_sealed(s))
        return;
    retry_sealed(s);
    if (s->key == NULL)
        s->turn = 0;
}

int keys_may_come(const session *s)
{
    if (s->key != NULL)
        return 0;
    return secrets_are_in_capture() || (secrets_has_log() && s->response_size == 0);
}
