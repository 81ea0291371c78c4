/* SPDX-License-Identifier: ISC */
/* A sealed session made by hand, and its observer: what is said is kept, record by record, until a test lets it be heard,
 * whole or not. Sides are SW_FROM_CLIENT and SW_FROM_SERVER. */
#ifndef SIDEWIRE_TESTS_SEALED_SCENE_H
#define SIDEWIRE_TESTS_SEALED_SCENE_H

#include "observed.h"

enum { SCENE_RECORDS = 70000 }; /* at most, of a side */

typedef struct sealed_scene {
    observed seen;
    sw_secrets keys;
    sw_record records[2];
    uint8_t *sent[2];
    size_t len[2], cap[2];
    size_t *borders[2]; /* where records begin, and where the last one ends */
    size_t count[2];
} sealed_scene;

/* The handshake was heard. The client has said its proof and a command of 3 bytes, the server PROCEED. */
void sealed_scene_open(sealed_scene *s, const sw_crypto *crypto, sw_suite suite, observed_keys when);
void sealed_scene_close(sealed_scene *s);

/* A side says a record; or a packet of so many 'x' in a record of its own, or in records of so many bytes of text. */
void sealed_scene_seal(sealed_scene *s, int who, const void *text, size_t size);
void sealed_scene_packet(sealed_scene *s, int who, unsigned band, size_t size, size_t a_record);

/* Some of what a side said is heard; all of it; all of it but those bytes. */
void sealed_scene_feed(sealed_scene *s, int who, size_t from, size_t until);
void sealed_scene_feed_all(sealed_scene *s, int who);
void sealed_scene_feed_but(sealed_scene *s, int who, size_t from, size_t until);

/* Nothing more comes: what was said of a side. */
const char *sealed_scene_finish(sealed_scene *s, unsigned who);
/* Fail the test unless there is such a line, or if there is one. */
void sealed_scene_expect(const char *log, const char *line);
void sealed_scene_expect_none(const char *log, const char *line);

#endif
