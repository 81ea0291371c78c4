/* SPDX-License-Identifier: ISC */
/* gzip and zstd, by their libraries. */
#ifndef SIDEWIRE_DUMP_UNPACK_H
#define SIDEWIRE_DUMP_UNPACK_H

#include "input.h"

enum { UNPACK_MAGIC_SIZE = 4 };

typedef struct unpacker unpacker;

/* For what begins with these bytes; NULL: it is not compressed. */
unpacker *unpacker_new(const uint8_t *data, size_t len);

/* Takes *used bytes and makes *made; if both are 0, it needs more. 0, or -1 with the reason in why.
 * Files that were put behind each other are one. */
int unpacker_run(unpacker *u, const uint8_t *data, size_t len, size_t *used, uint8_t *out, size_t size,
                 size_t *made, char why[CAPTURE_WHY_SIZE]);

/* May it end here? 0, or -1 with the reason in why. */
int unpacker_end(const unpacker *u, char why[CAPTURE_WHY_SIZE]);

void unpacker_free(unpacker *u);

#endif
