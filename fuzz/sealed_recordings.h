/* SPDX-License-Identifier: ISC */
/* Sessions that corpora are made of, and those of them that are sealed. */
#ifndef SIDEWIRE_FUZZ_SEALED_RECORDINGS_H
#define SIDEWIRE_FUZZ_SEALED_RECORDINGS_H

#include <stdint.h>

/* A session to be recorded: zero is whole, small, known, and without data. */
typedef struct recording {
    const char *name;
    unsigned features;
    uint8_t key, flags;
    uint8_t cut; /* bytes at a time; 0: whole */
    uint8_t argc;
    unsigned arg_len, upload_len, reply_len;
    uint8_t corrupt_mask;
    unsigned corrupt_at;
    uint8_t fail_at; /* both backends */
} recording;

/* Sealed ones: `features` are bits of a policy byte, of both sides, or of the server if that has others. */
typedef struct sealed_recording {
    recording session;
    uint8_t server_policy;
    uint8_t limit; /* of records, as session_choices have it */
    uint8_t room;  /* of all buffers, likewise */
} sealed_recording;

enum { SEALED_RECORDINGS = 22 };

extern const sealed_recording sealed_recordings[SEALED_RECORDINGS];

#endif
