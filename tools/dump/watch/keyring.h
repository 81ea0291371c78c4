/* SPDX-License-Identifier: ISC */
/* The private keys that sessions are opened with. */
#ifndef SIDEWIRE_DUMP_KEYRING_H
#define SIDEWIRE_DUMP_KEYRING_H

#include <sidewire/keys.h>

typedef struct named_key {
    const char *name; /* of its file */
    sw_private_key key;
    void *prepared; /* by the ring's backend, or NULL */
} named_key;

typedef struct keyring {
    named_key *keys;
    size_t count;
    const sw_crypto *crypto; /* that keys were prepared by, or NULL */
} keyring;

/* Adds the key of a file. path must stay. 0, or -1 with the reason in why. */
int keyring_add(keyring *ring, const char *path, char *why, size_t why_size);

/* The same for the text of a file. name must stay. */
int keyring_add_text(keyring *ring, const char *name, const char *text, size_t len, char *why, size_t why_size);

/* Lets a backend compute, once for all sessions, what it wants of the keys added so far. It must
 * stay until the ring is cleared. */
void keyring_prepare(keyring *ring, const sw_crypto *crypto);

/* The numbers of a key, for the backend that it was prepared by, if any. */
sw_rsa_private keyring_view(const named_key *key);

/* Wipes and frees all keys. */
void keyring_clear(keyring *ring);

#endif
