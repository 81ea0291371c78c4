/* SPDX-License-Identifier: ISC */
/* The layout of the inputs of fuzz_observer: observer_choices, then records. Numbers of two bytes are
 * little-endian. */
#ifndef SIDEWIRE_FUZZ_OBSERVER_INPUT_H
#define SIDEWIRE_FUZZ_OBSERVER_INPUT_H

#include "choices.h"

typedef struct observer_choices {
    uint8_t session; /* modulo RECORDED_SESSIONS: where bytes are taken from */
    uint8_t keys;    /* modulo 4: when they are given, an observed_keys */
    uint8_t flags;
    uint8_t cuts[CHOICES_CUTS];
} observer_choices;

/* Bits of observer_choices.flags */
enum {
    OBSERVER_EXCHANGED = 1, /* the server is end 0 */
    OBSERVER_WRONG_KEYS = 2
};

/* Bytes that one side sent, and what is missing behind them. */
typedef struct observer_record {
    uint8_t side;          /* the lowest bit: RECORDED_CLIENT, RECORDED_SERVER */
    uint8_t at[2], len[2]; /* place in what it sent */
    uint8_t change;        /* is added to the first byte */
    uint8_t missing[2];
} observer_record;

#endif
