/* SPDX-License-Identifier: ISC */
#include "keyring.h"

#include "key_file.h"
#include "allocate.h"

#include <stdlib.h>
#include <string.h>

static void free_keys(named_key *keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        sw_private_key_wipe(&keys[i].key);
    free(keys);
}

/* Takes over the key, which is wiped. name must stay. */
static void add(keyring *ring, const char *name, sw_private_key *key)
{
    /* not by realloc, which would leave the old keys behind unwiped */
    named_key *keys = allocate((ring->count + 1) * sizeof(*keys));
    named_key *added = &keys[ring->count];

    added->name = name;
    added->key = *key;
    added->prepared = NULL;
    sw_private_key_wipe(key);
    if (ring->count > 0)
        memcpy(keys, ring->keys, ring->count * sizeof(*keys));
    free_keys(ring->keys, ring->count);
    ring->keys = keys;
    ring->count++;
}

int keyring_add(keyring *ring, const char *path, char *why, size_t why_size)
{
    sw_private_key key;

    if (load_private_key(&key, path, why, why_size) < 0)
        return -1;
    add(ring, path, &key);
    return 0;
}

int keyring_add_text(keyring *ring, const char *name, const char *text, size_t len, char *why, size_t why_size)
{
    sw_private_key key;
    sw_error error;

    if (sw_private_key_parse(&key, text, len, &error) == SW_OK && key.type != SW_KEY_RSA) {
        sw_private_key_wipe(&key);
        error = (sw_error){ SW_E_KEY_NOT_RSA, 0, 0 };
    }
    if (error.code < 0) {
        sw_error_format(&error, why, why_size);
        return -1;
    }
    add(ring, name, &key);
    return 0;
}

void keyring_prepare(keyring *ring, const sw_crypto *crypto)
{
    if (crypto->key_prepare == NULL)
        return;
    ring->crypto = crypto;
    for (size_t i = 0; i < ring->count; i++) {
        sw_rsa_private key = sw_private_key_view(&ring->keys[i].key);

        ring->keys[i].prepared = crypto->key_prepare(crypto->ctx, &key);
    }
}

sw_rsa_private keyring_view(const named_key *key)
{
    sw_rsa_private view = sw_private_key_view(&key->key);

    view.prepared = key->prepared;
    return view;
}

void keyring_clear(keyring *ring)
{
    for (size_t i = 0; i < ring->count; i++)
        if (ring->keys[i].prepared != NULL)
            ring->crypto->key_forget(ring->crypto->ctx, ring->keys[i].prepared);
    free_keys(ring->keys, ring->count);
    memset(ring, 0, sizeof(*ring));
}
