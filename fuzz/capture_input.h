/* SPDX-License-Identifier: ISC */
/* The layout of the inputs of fuzz_capture: capture_choices, then records, each of which begins
 * with its kind. Numbers of two bytes are little-endian. */
#ifndef SIDEWIRE_FUZZ_CAPTURE_INPUT_H
#define SIDEWIRE_FUZZ_CAPTURE_INPUT_H

#include <stdint.h>

typedef struct capture_choices {
    uint8_t link;    /* modulo their number: of frames */
    uint8_t session; /* modulo RECORDED_SESSIONS: where segments are taken from; the rest: a capture_logged */
} capture_choices;

/* When the session's keys come into the key log: before the first record, or when the log is looked at again, with others
 * that are wrong, or none that are right. Plain sessions are opened by the user's key in the first case, and by the log
 * in all others. */
typedef enum capture_logged {
    CAPTURE_LOGGED_FIRST,
    CAPTURE_LOGGED_LATE,
    CAPTURE_LOGGED_BOTH,
    CAPTURE_LOGGED_WRONG,
    CAPTURE_LOGGED_NEVER,
    CAPTURE_LOGGED_COUNT
} capture_logged;

enum {
    CAPTURE_FRAME = 0,
    CAPTURE_SEGMENT = 1, /* the lowest bit of a kind */
    CAPTURE_LOOK = 2,    /* another one: first the log is looked at again */
    CAPTURE_QUIET = 4    /* first nothing comes for a while */
};

/* A frame as it is: so many bytes follow. */
typedef struct frame_record {
    uint8_t kind;
    uint8_t captured[2];
    uint8_t more; /* bytes that were sent but not captured */
} frame_record;

/* A segment of the recorded session. */
typedef struct segment_record {
    uint8_t kind;
    uint8_t flags;         /* TCP's, and: */
    uint8_t connection;    /* its client's port */
    uint8_t at[2], len[2]; /* place in what its side sent */
    uint8_t cut;           /* bytes at its end that were not captured */
    uint8_t change;        /* is added to its first byte */
} segment_record;

enum { CAPTURE_FROM_SERVER = 0x80 };

#endif
