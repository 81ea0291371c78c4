/* SPDX-License-Identifier: ISC */
/* The key log: a text file with a line for each session, written by programs that were asked to.
 *
 *     SIDEWIRE_SESSION_KEYS RESPONSE CLIENT_KEY SERVER_KEY
 *
 *     SEALED EPHEMERAL CLIENT_KEY SERVER_KEY
 *
 * in hex: the response as it is seen in the clear, 20 or 32 bytes, or the client's ephemeral key of a sealed session, then
 * the keys of what the client and of what the server sends, 32 bytes each. All other lines are passed over. */
#ifndef SIDEWIRE_DUMP_KEYLOG_H
#define SIDEWIRE_DUMP_KEYLOG_H

#include <sidewire/messages.h>

enum { KEYLOG_DEVICE_MAX = 1 << 28 }; /* bytes of what is no regular file, and may have no end */

typedef struct keylog_reader keylog_reader;

/* path must stay. Nothing is read yet. */
keylog_reader *keylog_new(const char *path);

/* Another file, likewise. Of two lines of one session, the one that was read later wins: that of the file that was
 * added last, or the newer one. */
void keylog_add(keylog_reader *log, const char *path);

/* Without a file, for lines that come from elsewhere. */
keylog_reader *keylog_new_empty(const char *name);

/* Reads what the files have, or have more than before. Lines that are damaged are reported. 0, or -1
 * with the reason in why: the name of the file comes first if there are several. */
int keylog_read(keylog_reader *log, char *why, size_t why_size);

/* Are there sessions in it that were not when this was asked last? Looks into the file. */
int keylog_grew(keylog_reader *log);

/* Copies the keys of the session with this response. If there is none, looks whether the file has
 * come to be, or has grown, first. 1 or 0. */
int keylog_find(keylog_reader *log, const uint8_t *response, size_t size, sw_secrets *keys);

/* The same for a sealed session, by its ephemeral key. Several lines may claim it: the newest is turn 0. */
int keylog_find_sealed(keylog_reader *log, const uint8_t ephemeral[SW_X25519_SIZE], unsigned turn,
                       sw_secrets *keys);

/* The keys of one plain session after the other: *i is 0 at first. 1, or 0: there are no more. */
int keylog_next(keylog_reader *log, uint32_t *i, sw_secrets *keys);

/* Are these decryption secrets of a pcapng file, of that type, lines of ours? They are also taken from where editcap
 * puts them, who knows only other types: as a key log of TLS. */
int keylog_knows_secrets(uint32_t type, const void *secrets, size_t len);
/* Uses whole lines that come from elsewhere, as out of a capture. */
void keylog_use(keylog_reader *log, const char *text, size_t len);

/* The files, one after the other; NULL: there are no more. */
const char *keylog_path(const keylog_reader *log, size_t i);

/* The first file; the one whose line was found last. */
const char *keylog_name(const keylog_reader *log);
const char *keylog_found_in(const keylog_reader *log);

/* Wipes and frees all keys. NULL is fine. */
void keylog_close(keylog_reader *log);

#endif
