/* SPDX-License-Identifier: ISC */
/* Bytes as lines of offset, hex and ASCII. */
#ifndef SIDEWIRE_DUMP_HEXDUMP_H
#define SIDEWIRE_DUMP_HEXDUMP_H

#include "writer.h"

/* The bytes lie from `offset` on in something longer; columns are those of the whole. Each line
 * begins with `indent`. */
void put_hexdump(writer *w, const char *indent, const uint8_t *data, size_t len, uint64_t offset);

#endif
