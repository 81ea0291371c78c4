/* SPDX-License-Identifier: ISC */
/* Sessions whose content is known, and what the fields of all their frames should be. */
#ifndef SIDEWIRE_TESTS_SESSIONS_H
#define SIDEWIRE_TESTS_SESSIONS_H

#include "tape.h"

#include <check.h>

#define KEYLOG "keys.log"
#define WITH_KEYLOG "-o sidewire.keylog_file:" KEYLOG

enum { MODES = 5, LONG_TEXT = 2000, FIRST_PORT = 2000 };

extern const unsigned mode_features[MODES];

/* A case of tests that use tshark and make sessions. */
TCase *session_case(Suite *suite, const char *name);

/* ---- sessions; seed: as of wire_session ---- */

/* Up to the response. Its keys are added to the key log. */
void session_start(wire_session *w, unsigned features, uint8_t seed);
/* The same, but the keys are not logged: the challenge is for a user's key, in a file. */
void session_start_sealed(wire_session *w, unsigned features, const char *public_key);
/* Adds the rest of one of a known content: `help ff`, and an answer with a long text. */
void session_talk(wire_session *w);

/* Adds a session to a tape, or makes a capture of it alone. */
void session_record(tape *t, uint16_t server_port, const wire_session *w, size_t step);
void session_write(const wire_session *w, const char *name);

/* ---- what tshark_fields should say of them ---- */

#define SESSION_FIELDS                                                                                            \
    "tcp.stream sidewire.band sidewire.length sidewire.argv sidewire.body sidewire.exit_status "                  \
    "_ws.expert.message"

extern const char session_bands[];

/* Fails the test, naming `what`, unless the fields above have the content of session_talk. */
void session_check(const char *what, const char *fields, unsigned number, const wire_session *w);

/* As expect_match, for texts too long to be shown, and without patterns. */
void check_text(const char *what, const char *text, const char *expected);

/* What the frames of the TCP stream of this number have in column n of the text of tshark_fields,
 * whose first one is the stream, with blanks between. */
const char *column(const char *fields, unsigned number, unsigned n);

#endif
