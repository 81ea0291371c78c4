/* SPDX-License-Identifier: ISC */
/* Vectors of tests/vectors/noise.txt and sealed.txt. */
#ifndef SIDEWIRE_TESTS_NOISE_VECTORS_H
#define SIDEWIRE_TESTS_NOISE_VECTORS_H

#include <sidewire/record.h>

#include "support.h"

enum { NOISE_MESSAGES_MAX = 8, NOISE_VECTORS = 6, REKEY_VECTORS = 2, REKEY_RECORDS = 2 };

/* Messages alternate, the initiator's first; those behind the first two are transport messages. */
typedef struct noise_vector {
    sw_suite suite;
    bytes prologue, initiator_ephemeral, responder_static, responder_ephemeral, hash;
    struct {
        bytes payload, sealed;
    } messages[NOISE_MESSAGES_MAX];
    size_t message_count;
} noise_vector;

typedef struct rekey_vector {
    sw_suite suite;
    bytes key, second_key;
    uint64_t counter;
    struct {
        bytes text, sealed;
    } records[REKEY_RECORDS];
    size_t record_count;
} rekey_vector;

/* Load them all; fail the running test if that is not possible. */
void noise_vectors_load(noise_vector out[NOISE_VECTORS]);
void noise_vectors_free(noise_vector vectors[NOISE_VECTORS]);
void rekey_vectors_load(rekey_vector out[REKEY_VECTORS]);
void rekey_vectors_free(rekey_vector vectors[REKEY_VECTORS]);

/* The suite whose feature has this name. */
sw_suite suite_named(const char *name);

/* A key pair of these 32 bytes by the backend. */
sw_x25519_key x25519_pair(const sw_crypto *crypto, const uint8_t *secret);

#endif
