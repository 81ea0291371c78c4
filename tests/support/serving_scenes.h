/* SPDX-License-Identifier: ISC */
/* How several suites of connections begin, and what they look at. Clocks are not waited for: a deadline is compared, and
 * then set to the past. */
#ifndef SIDEWIRE_TESTS_SERVING_SCENES_H
#define SIDEWIRE_TESTS_SERVING_SCENES_H

#include "serving.h"

#include <check.h>

enum { UPLOAD_PIECE = 1000 }; /* bytes of an upload */

extern const char *const words_version[];
extern const char *const words_addimg[]; /* asks for an upload */
extern const uint8_t upload_piece[UPLOAD_PIECE];

/* Turns of the server, without waiting. */
void serving_turns(int count);

/* Is it so long from now? */
void serving_expect_in(int64_t deadline, int64_t ms);
/* The connection's time is over now. */
void serving_expire(connection *c);
/* All that the log says behind the start, without times and ports: `LEVEL: peer: TEXT` and LF, a line each. */
const char *serving_said(void);
/* Those connections are in the list, the oldest first. */
void serving_expect_list(const connection_list *list, visitor *const *order, size_t count);

visitor *visitor_alice(void);
/* Starts the server with these options; alice has been asked for an upload. */
visitor *visitor_uploading(const char *const *words);
/* Sends a piece, until the server has it. */
void visitor_upload_piece(visitor *v);
/* Alice watches the player's status, and was told of it once. */
visitor *visitor_watching(void);

/* Alice's command is under way, has said something, and has nothing to say until the test does. */
visitor *visitor_in_command(void);

/* Runs a suite in a folder of its own. Exit status of a main. */
int serving_main(Suite *suite);

#endif
