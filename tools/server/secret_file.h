/* The secret that decoys of unknown users are made from. It has to be the same for all servers of a
 * user list, one after the other and side by side, or else who asks twice sees two decoys. */
#ifndef SIDEWIRE_SERVER_SECRET_FILE_H
#define SIDEWIRE_SERVER_SECRET_FILE_H

#include <stddef.h>
#include <stdint.h>

enum { SECRET_SIZE = 32 };

/* Reads the file. If there is none, it is made from the bytes in secret, for its owner only; of several
 * programs that do so at a time one makes it, and all read that. 0, or -1 with the reason in
 * why[0..why_size). */
int secret_file_load(const char *path, uint8_t secret[SECRET_SIZE], char *why, size_t why_size);

#endif
