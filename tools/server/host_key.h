/* SPDX-License-Identifier: ISC */
/* The key by which clients know this server again [docs/sealed.md]. */
#ifndef SIDEWIRE_SERVER_HOST_KEY_H
#define SIDEWIRE_SERVER_HOST_KEY_H

#include <sidewire/keys.h>

/* Reads the file; makes it, for its owner only, if there is none. 0, or -1 with the reason in
 * why[0..why_size). To be wiped with sw_server_key_wipe. */
int host_key_load(sw_x25519_key *key, const sw_crypto *crypto, const char *path, char *why, size_t why_size);

#endif
