#include "keyring.h"

#include "key_file.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

int keyring_add(keyring *ring, const char *path, char *why, size_t why_size)
{
    /* not by realloc, which would leave the old keys behind unwiped */
    named_key *keys = allocate((ring->count + 1) * sizeof(*keys));
    keyring grown = { keys, ring->count + 1 };

    if (load_private_key(&keys[ring->count].key, path, why, why_size) < 0) {
        free(keys);
        return -1;
    }
    keys[ring->count].name = path;
    if (ring->count > 0)
        memcpy(keys, ring->keys, ring->count * sizeof(*keys));
    keyring_clear(ring);
    *ring = grown;
    return 0;
}

void keyring_clear(keyring *ring)
{
    for (size_t i = 0; i < ring->count; i++)
        sw_private_key_wipe(&ring->keys[i].key);
    free(ring->keys);
    ring->keys = NULL;
    ring->count = 0;
}
