/* SPDX-License-Identifier: ISC */
/* The sessions of tests/vectors/sealed.txt. */
#ifndef SIDEWIRE_TESTS_SEALED_TRANSCRIPT_H
#define SIDEWIRE_TESTS_SEALED_TRANSCRIPT_H

#include "noise_vectors.h"

enum { SEALED_TRANSCRIPTS = 4 };

typedef struct sealed_transcript {
    char name[64], user[64];
    sw_suite suite;
    size_t limit, a_record; /* a_record: text bytes a record; 0: as many as fit */
    int at_once;            /* 1: the command is in the record of what proves the user */
    bytes server_static, client_ephemeral, server_ephemeral, hash, client_key, server_key, proof;
    bytes client, server;
    char *argv[TRANSCRIPT_ARGS_MAX];
    size_t argc;
    struct {
        uint8_t band;
        bytes body;
    } replies[TRANSCRIPT_REPLIES_MAX];
    size_t reply_count;
} sealed_transcript;

/* Loads them all; fails the running test if that is not possible. */
void sealed_transcripts_load(sealed_transcript out[SEALED_TRANSCRIPTS]);
void sealed_transcripts_free(sealed_transcript transcripts[SEALED_TRANSCRIPTS]);

/* The keys of a user of these sessions: RSA or Ed25519 by the type of the public half. */
typedef struct sealed_user {
    sw_public_key public_key;
    sw_private_key rsa;
    sw_ed25519_key ed25519;
} sealed_user;

void sealed_user_load(sealed_user *user, const char *name);

#endif
