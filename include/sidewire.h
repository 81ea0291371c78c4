/* SPDX-License-Identifier: ISC */
/* sidewire: an audio server's client/server protocol without I/O. This header has sessions and all
 * they are made of; what audio servers say in them is in <sidewire/audio.h>.
 *
 * Conventions, for all headers:
 * - Nothing here reads, writes, allocates, waits or keeps global state. Memory is the caller's; a
 *   pointer handed in is kept only where its function says so.
 * - Sizes are in bytes. Pairs `p, len` may be NULL, 0; any other NULL is SW_E_NULL.
 * - Results: < 0 is an error of error.h, with SW_OK == 0 or more for success. In a machine (cipher,
 *   decoder, encoder, handshake, noise, record, session) an error stays until it is started again,
 *   and the same code comes back from every call.
 * - Every success makes progress: it took a byte, gave something, or says 'need more' having
 *   taken everything. What was taken can be thrown away.
 * - Bytes not reported as used are untouched.
 * - Structs are visible so that they can be allocated anywhere; fields said to be private are. They
 *   are not to be copied or moved while in use.
 * - Threads: no function shares state with another call on other structs, except through a
 *   backend, whose header says what it allows.
 * - `[section N]` is that of docs/protocol.md, `[sealed, section N]` of docs/sealed.md.
 */
#ifndef SIDEWIRE_H
#define SIDEWIRE_H

#include <sidewire/session.h>

#endif
