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

int keyring_add(keyring *ring, const char *path, char *why, size_t why_size)
{
    /* not by realloc, which would leave the old keys behind unwiped */
    named_key *keys = allocate((ring->count + 1) * sizeof(*keys));
    named_key *added = &keys[ring->count];

    if (load_private_key(&added->key, path, why, why_size) < 0) {
        free(keys);
        return -1;
    }
    added->name = path;
    added->prepared = NULL;
    if (ring->count > 0)
        memcpy(keys, ring->keys, ring->count * sizeof(*keys));
    free_keys(ring->keys, ring->count);
    ring->keys = keys;
    ring->count++;
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
