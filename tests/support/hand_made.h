/* SPDX-License-Identifier: ISC */
/* Sessions made by hand, with fixed times, told to a sink as an observer would. */
#ifndef SIDEWIRE_TESTS_HAND_MADE_H
#define SIDEWIRE_TESTS_HAND_MADE_H

#include "watch/events.h"

/* What a terminal, a browser or a reader of JSON might take for more than text. */
extern const char hostile_text[];
extern const size_t hostile_size;

/* A session that is being told. */
typedef struct actor {
    const event_sink *sink;
    session_info info;
} actor;

/* Begins a session, as many seconds after the epoch of these tests as its number says. user NULL:
 * no request was seen. */
actor actor_begin(const event_sink *sink, uint64_t number, const char *user, unsigned features);

/* A message of text; band BAND_NONE: not a packet. ms: since the session's start. */
item message(item_kind kind, unsigned band, from side, int64_t ms, const void *body, size_t len);
void tell(actor *a, item what);
void tell_text(actor *a, unsigned band, from side, int64_t ms, const char *text);
/* A command of these bytes, each argument followed by NUL. */
void tell_command(actor *a, int64_t ms, const char *bytes, size_t len);
/* Bytes that are only counted. */
void tell_count(actor *a, item_kind kind, from side, int64_t ms, uint64_t n);

/* Greeting, request, challenge, response, proceed; with or without a key. */
void tell_handshake(actor *a, const char *request, int opened);

outcome ending(int64_t ms, int exit_status);
void tell_end(actor *a, outcome how);

/* Sessions of all kinds, some of which overlap: the golden files show them. */
void tell_all(const event_sink *sink);
/* One whose user, argument, output, log and key are hostile. */
void tell_hostile(const event_sink *sink, uint64_t number);
/* One with so many packets. */
void tell_long(const event_sink *sink, uint64_t number, unsigned packets);

#endif
