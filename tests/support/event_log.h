/* SPDX-License-Identifier: ISC */
/* A sink that writes down what an observer says, a line for each event:
 *
 *     begin 1 alice
 *     S>C OUTPUT 11/11 "hello world"
 *     C>S lost 5/5 @100
 *     end encrypted exit 0 lost 0 5 damaged
 *
 * An item has the bytes that came and the size; the part's offset behind @; + if more follows; what
 * was kept of the body, of which only the first bytes are shown; error codes. */
#ifndef SIDEWIRE_TESTS_EVENT_LOG_H
#define SIDEWIRE_TESTS_EVENT_LOG_H

#include "watch/events.h"

#include <stdio.h>

typedef struct event_log {
    FILE *out;
    char *text; /* once it is closed */
    size_t size;
    int brief; /* nothing of the handshake */
    uint64_t packets, body_bytes;
} event_log;

event_sink event_log_open(event_log *log);

/* The text so far; valid until the next event. */
const char *event_log_text(event_log *log);

void event_log_close(event_log *log);

#endif
