/* SPDX-License-Identifier: ISC */
/* An observer with somebody who feeds it: keeps what it does not take, answers with keys, and writes down for
 * each end what is said, so that it reads the same however the bytes were cut:
 *
 *     REQUEST 34 1f2e3d4c
 *     OUTPUT 4/4 5a6b7c8d
 *     lost 100 in message
 *
 * Bodies are their size and a checksum. Needs no Check: fuzz targets use it, too. */
#ifndef SIDEWIRE_TESTS_OBSERVED_H
#define SIDEWIRE_TESTS_OBSERVED_H

#include <sidewire/observer.h>

enum { OBSERVED_HOLES = 4096, OBSERVED_NAME = 32 };

/* What an end sent and was not taken. */
typedef struct observed_queue {
    uint8_t *data;
    size_t len;
    struct {
        size_t at; /* bytes before it */
        uint64_t size;
    } holes[OBSERVED_HOLES];
    size_t hole_count;
} observed_queue;

typedef struct observed_end {
    observed_queue queue;
    char *log;
    size_t log_len, log_cap;
    char name[OBSERVED_NAME]; /* of what is being collected, or empty */
    uint64_t came, size;
    uint32_t sum;
    uint64_t passed; /* bytes of records that did not open, within a message */
} observed_end;

/* When keys are given. */
typedef enum observed_keys { KEYS_NEVER, KEYS_AT_CHALLENGE, KEYS_AT_RESPONSE, KEYS_AT_END } observed_keys;

typedef struct observed {
    sw_observer observer;
    observed_end ends[2];
    const sw_crypto *crypto;
    const sw_secrets *keys;
    size_t block; /* bytes of a legacy challenge */
    observed_keys when;
    int full;       /* nothing is kept for want of keys or of the other end */
    int wrong_keys; /* how often they did not fit */
    sw_verdict verdict;
    unsigned bands;                                              /* a bit for each that was seen */
    void (*told)(void *context, const sw_observer_event *event); /* or NULL */
    void *context;
} observed;

void observed_start(observed *o, const sw_crypto *crypto, const sw_secrets *keys, observed_keys when);
void observed_feed(observed *o, unsigned end, const void *data, size_t len);
void observed_lose(observed *o, unsigned end, uint64_t n);
/* Nothing more comes. */
void observed_finish(observed *o);
/* What was said of an end. */
const char *observed_log(const observed *o, unsigned end);
void observed_free(observed *o);

#endif
