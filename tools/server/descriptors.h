/* SPDX-License-Identifier: ISC */
/* How many descriptors a process may have. */
#ifndef SIDEWIRE_SERVER_DESCRIPTORS_H
#define SIDEWIRE_SERVER_DESCRIPTORS_H

#include <stddef.h>

/* Kept free of connections, so that database, user list, key log and records go on when all places are
 * taken; those who are refused are among them until they are gone. */
enum { DESCRIPTORS_RESERVED = 64 };

/* Raises the soft limit as far as `connections` need it. Returns how many there is room for: at most
 * `connections`, at least one. */
size_t descriptors_provide(size_t connections);

#endif
