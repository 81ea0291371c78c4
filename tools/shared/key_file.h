/* SPDX-License-Identifier: ISC */
/* Keys from files. */
#ifndef SIDEWIRE_TOOLS_KEY_FILE_H
#define SIDEWIRE_TOOLS_KEY_FILE_H

#include <sidewire/keys.h>

/* Reads and parses a key file. 0, or -1 with the reason as text in why[0..why_size). */
int load_public_key(sw_public_key *key, const char *path, char *why, size_t why_size);
/* An RSA key. A private one may also come from a pipe, which is waited for; a file that others can read is refused,
 * if it is the user's own. */
int load_private_key(sw_private_key *key, const char *path, char *why, size_t why_size);

/* The same for RSA and Ed25519 keys, also where somebody else has the private half: an agent. */
enum { KEY_FILE_LOCKED = 1, KEY_FILE_PUBLIC = 2 };
/* 0, or -1 with the reason. With a reason, too: KEY_FILE_LOCKED, the key has a passphrase; its public half is in
 * *half, which is of type SW_KEY_NONE if neither the file nor PATH.pub has it. KEY_FILE_PUBLIC: this is the
 * file of a public key, which is in *half. */
int load_user_key(sw_private_key *key, sw_public_key *half, const char *path, char *why, size_t why_size);

#endif
