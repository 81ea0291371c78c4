/* SPDX-License-Identifier: ISC */
/* UTF-8, as Unicode defines it: nothing overlong, no surrogates. */
#ifndef SIDEWIRE_TOOLS_UTF8_H
#define SIDEWIRE_TOOLS_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Length of the sequence that begins at p, 1 to 4, with its character in *code. 0: it is cut off by
 * len, and might go on; of no bytes, too. -1: what is here is no UTF-8. */
int utf8_sequence(const uint8_t *p, size_t len, uint32_t *code);

#endif
