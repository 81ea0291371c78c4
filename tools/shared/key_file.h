/* Keys from files. */
#ifndef SIDEWIRE_TOOLS_KEY_FILE_H
#define SIDEWIRE_TOOLS_KEY_FILE_H

#include <sidewire/keys.h>

/* Reads and parses a key file. 0, or -1 with the reason as text in why[0..why_size). */
int load_public_key(sw_public_key *key, const char *path, char *why, size_t why_size);
/* A private one may also come from a pipe, which is waited for; a file that others can read is refused,
 * if it is the user's own. */
int load_private_key(sw_private_key *key, const char *path, char *why, size_t why_size);

#endif
