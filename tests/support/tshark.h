/* SPDX-License-Identifier: ISC */
/* tshark with the plugin of this build. */
#ifndef SIDEWIRE_TESTS_TSHARK_H
#define SIDEWIRE_TESTS_TSHARK_H

#include "process.h"

#include <check.h>

/* Passes of tshark over a capture: it has seen all of it before it shows anything, or not. Both
 * have to show the same. */
enum { PASSES = 2 };

/* A case of tests that use it, in the manner of e2e_case. */
TCase *tshark_case(Suite *suite, const char *name);

/* Starts it with options (words) on a capture. */
process *tshark_start(const char *words, const char *capture);

/* Runs it, and returns what it says of frames of sessions, or those of a display filter among the
 * options: a line for each, with the values of these fields (words), between which there is a `|`,
 * and of one field a blank. Fails the test unless two passes give the same. */
const char *tshark_fields(const char *capture, const char *options, const char *fields);

/* The same in one pass, where another test compares. */
const char *tshark_fields_once(const char *capture, const char *options, const char *fields);

#endif
