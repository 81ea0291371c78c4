/* The private keys that sessions are opened with. */
#ifndef SIDEWIRE_DUMP_KEYRING_H
#define SIDEWIRE_DUMP_KEYRING_H

#include <sidewire/keys.h>

typedef struct named_key {
    const char *name;           /* of its file */
    sw_private_key key;
} named_key;

typedef struct keyring {
    named_key *keys;
    size_t count;
} keyring;

/* Adds the key of a file. path must stay. 0, or -1 with the reason in why. */
int keyring_add(keyring *ring, const char *path, char *why, size_t why_size);

/* Wipes and frees all keys. */
void keyring_clear(keyring *ring);

#endif
