/* SPDX-License-Identifier: ISC */
/* Services that somebody may reach by mistake. */
#ifndef SIDEWIRE_CLIENT_STRANGER_H
#define SIDEWIRE_CLIENT_STRANGER_H

#include <stddef.h>

/* What kind of server greets with these first bytes, as words for a message; NULL: it may be an audio
 * server, or more bytes are needed. */
const char *stranger_kind(const void *first, size_t len);

#endif
