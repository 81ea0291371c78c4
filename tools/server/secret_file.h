/* SPDX-License-Identifier: ISC */
/* Files with a secret that has to be the same for all servers of one kind, one after the other and side
 * by side: made when they are missing, for their owner only. */
#ifndef SIDEWIRE_SERVER_SECRET_FILE_H
#define SIDEWIRE_SERVER_SECRET_FILE_H

#include <stddef.h>
#include <stdint.h>

enum { SECRET_SIZE = 32 };

/* Reads a file of at most cap bytes to text, and their number to *len. If there is none, it is made from
 * fresh[0..fresh_size); of several programs that do so at a time one makes it, and all read that. A file
 * that others may read, or that belongs to another user, is refused. 0, or -1 with the reason in
 * why[0..why_size). */
int secret_file_open(const char *path, const char *fresh, size_t fresh_size, char *text, size_t cap, size_t *len,
                     char *why, size_t why_size);

/* What decoys of unknown users are made from: 32 bytes in hex. If there is no such file, it is made from
 * the bytes in secret. As above. */
int secret_file_load(const char *path, uint8_t secret[SECRET_SIZE], char *why, size_t why_size);

#endif
