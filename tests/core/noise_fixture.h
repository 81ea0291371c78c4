/* SPDX-License-Identifier: ISC */
/* An initiator and a responder over fake backends, step by step. */
#ifndef SIDEWIRE_TESTS_NOISE_FIXTURE_H
#define SIDEWIRE_TESTS_NOISE_FIXTURE_H

#include <sidewire/noise.h>

#include "fake_crypto.h"

enum { NOISE_PAYLOAD = 7 };

typedef struct noise_pair {
    fake_crypto fakes[2]; /* initiator's, responder's */
    sw_noise initiator, responder;
    sw_x25519_key own_static;
    uint8_t first[SW_NOISE_OVERHEAD_1 + NOISE_PAYLOAD], second[SW_NOISE_OVERHEAD_2 + NOISE_PAYLOAD];
    uint8_t keys[2][SW_NOISE_KEY_SIZE];
} noise_pair;

/* Each step returns what the library did. */
void noise_pair_start(noise_pair *p);
int noise_pair_begin(noise_pair *p);
int noise_pair_begin_responder(noise_pair *p);
int noise_pair_send(noise_pair *p);
int noise_pair_answer(noise_pair *p);
/* And splits. */
int noise_pair_receive(noise_pair *p);
/* All of them, until one fails. */
int noise_pair_run(noise_pair *p);

/* Fails the test unless nothing secret is left. */
void noise_check_forgotten(const sw_noise *noise);

#endif
