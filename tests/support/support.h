/* SPDX-License-Identifier: ISC */
/* What several suites need: bytes from hex, exact copies, recorded sessions, replayed randomness. */
#ifndef SIDEWIRE_TESTS_SUPPORT_H
#define SIDEWIRE_TESTS_SUPPORT_H

#include <sidewire.h>

#include <stddef.h>
#include <stdint.h>

/* A heap block of exactly len bytes, so that a sanitizer sees any byte read beyond it. */
typedef struct bytes {
    uint8_t *data;
    size_t len;
} bytes;

bytes bytes_copy(const void *data, size_t len);
bytes bytes_from_hex(const char *hex); /* "-" is empty */
void bytes_append(bytes *b, const void *data, size_t len);
void bytes_free(bytes *b);
/* Takes all that a session has to send. Returns whether there was any. */
int bytes_drain(sw_session *session, bytes *sent);

enum { TRANSCRIPTS_MAX = 16, TRANSCRIPT_ARGS_MAX = 8, TRANSCRIPT_REPLIES_MAX = 8 };

/* A session of tests/vectors/transcripts.txt. */
typedef struct transcript {
    char name[64], user[64], key[64];
    unsigned features;
    bytes random, seed, client, server;
    char *argv[TRANSCRIPT_ARGS_MAX];
    size_t argc;
    struct {
        uint8_t band;
        bytes body;
    } replies[TRANSCRIPT_REPLIES_MAX];
    size_t reply_count;
} transcript;

/* Loads them all; fails the running test if that is not possible. */
size_t transcripts_load(transcript out[TRANSCRIPTS_MAX]);
void transcripts_free(transcript *transcripts, size_t count);

/* Keys of tests/vectors/keys.txt, read through the library's own parsers. */
void vector_private_key(const char *name, sw_private_key *key);
void vector_public_key(const char *name, sw_public_key *key);
void vector_ed25519_key(const char *name, sw_ed25519_key *key);

/* Makes *crypto a copy of `real` whose randomness is the bytes of `first`, then of `second`, and
 * then fails. One at a time; the bytes stay the caller's. */
void replay_random(sw_crypto *crypto, const sw_crypto *real, const bytes *first, const bytes *second);
/* How many of them were not drawn. */
size_t replay_random_left(void);

/* Calls `each` for every `word rest` line of a vector file of the source tree. */
void each_line(const char *file, void (*each)(void *context, const char *word, char *rest), void *context);

/* Path of a file of the source tree; valid until the next call. */
const char *source_path(const char *relative);

#endif
