/* SPDX-License-Identifier: ISC */
/* What an observer tells, word for word: a line for each event with all in it that is not zero, so that a test can say what
 * else is not to be there.
 *
 *     server PACKET at 175 message 175 len 3 data "xxx" size 3 band OUTPUT first 1 last 1
 *
 * Of data 24 bytes are shown; "message" only if it is elsewhere. */
#ifndef SIDEWIRE_TESTS_EVENT_LINES_H
#define SIDEWIRE_TESTS_EVENT_LINES_H

#include <sidewire/observer.h>

enum { EVENT_LINES_MAX = 1 << 14 };

typedef struct event_lines {
    char text[EVENT_LINES_MAX];
    size_t len;
} event_lines;

void event_lines_add(event_lines *lines, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds an event. lines: an event_lines, as `context` of `told` (observed.h). */
void event_lines_note(void *lines, const sw_observer_event *event);

/* Fails the test, naming `what`, unless these are the lines since the last time. */
void event_lines_expect(event_lines *lines, const char *what, const char *expected);

#endif
