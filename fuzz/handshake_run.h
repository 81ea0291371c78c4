/* SPDX-License-Identifier: ISC */
/* One role's handshake against bytes of the peer that need not make sense: there is no second side. */
#ifndef SIDEWIRE_FUZZ_HANDSHAKE_RUN_H
#define SIDEWIRE_FUZZ_HANDSHAKE_RUN_H

#include <stddef.h>
#include <stdint.h>

/* Input: handshake_choices, then the peer's bytes. Runs them whole and cut, and aborts unless both
 * ways lead to the same output, questions, ciphers and error, at the same bytes of the peer. */
void handshake_compare(int is_server, const uint8_t *data, size_t size);

#endif
