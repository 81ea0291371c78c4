/* SPDX-License-Identifier: ISC */
/* Golden files, in the folder `golden`: commands and what the programs have to answer, byte for
 * byte. The steps of a file run in order against one fresh server. The reader refuses whatever is
 * not of this form:
 *
 *     # TEXT             comment; empty lines are skipped as well
 *     each: WORDS        the file is run once for each of these, which {EACH} then stands for,
 *                        anywhere; at most once, before the steps
 *     server: WORDS      options of the server; at most once, before the steps
 *     [MODE...]          the next step is for these modes only: legacy, rc4, aes
 *     [legacy refuses N] in legacy mode the client refuses the next step for its argument N (the
 *                        command is 0), since it cannot be carried there
 *     [legacy unasked]   the next step is refused before its upload, which the client tells in
 *                        legacy mode
 *     [legacy cut]       it is refused in the middle of it, which the client tells in legacy mode
 *                        unless it had sent everything
 *     $ WORDS            a step: alice's client runs this command
 *     & WORDS            a step that goes on: it has to write something before the next one starts,
 *                        and to end when all others have
 *     < TEXT             a line of its standard input, which is empty without
 *     > TEXT             a line of standard output
 *     ! TEXT             a line of standard error
 *     = NUMBER           its exit status, 0 without
 *     server ends        behind the steps: the server has ended, with status 0
 *
 * In legacy mode messages are part of the output, and nothing tells that a command failed: the
 * lines `! remote: TEXT` are expected behind those of standard output, as TEXT, and status 0 for 1.
 *
 * WORDS are separated by blanks. "" and '' keep them together and make empty ones; between '' every
 * byte stands for itself. Elsewhere \n \t \" \' \\ \{ and \xNN (two hex digits in lower case) are
 * those bytes, and {X N} is N times the letter x, as they are in a TEXT.
 *
 * A TEXT is a whole line, its LF included, unless a \ ends it: then the next line of the same kind
 * goes on there. It does not end with a blank (\x20 can be seen). All else stands for itself but
 *
 *     {BYTES N}          N bytes of a pattern that has all bytes in it
 *
 * and, in output:
 *
 *     {NUMBER}           digits
 *     {FROM N TO N}      a number between these, both included
 *     {ANY}              bytes other than LF, at least one
 *     {LINES N}          so many lines; standing alone
 *     {TIME}             SECONDS.MICROSECONDS since 1970, not before the server's start
 *     {DATE}             the day of the server's start, or today, as in `Feb 03 2013`
 *     {LENGTH}           four hex digits: how many bytes this line has behind them and a blank
 *     {PID}, {VERSION}   the server's, exactly
 *
 * Behind {NUMBER} and {ANY} the rest of the line is tried at every length, the longest first. */
#ifndef SIDEWIRE_TESTS_GOLDEN_H
#define SIDEWIRE_TESTS_GOLDEN_H

#include "process.h"

#include <time.h>

enum { GOLDEN_STEPS_MAX = 60 }; /* of a file: each is a process */

enum { GOLDEN_LEGACY = 1, GOLDEN_RC4 = 2, GOLDEN_AES = 4, GOLDEN_ALL = 7 };

typedef struct golden_line {
    struct golden_line *next;
    size_t number;    /* in the file */
    const char *text; /* behind the mark, as written */
} golden_line;

/* What the client of a step adds in legacy mode. */
typedef enum golden_legacy { GOLDEN_NOTHING, GOLDEN_REFUSED, GOLDEN_UNASKED, GOLDEN_CUT } golden_legacy;

typedef struct golden_step {
    struct golden_step *next;
    size_t number;  /* of its line */
    unsigned modes; /* GOLDEN_* */
    golden_legacy legacy;
    int refused; /* with GOLDEN_REFUSED: the argument */
    int goes_on;
    command_line words;
    golden_line *input, *output, *error;
    int status;
} golden_step;

typedef struct golden_file {
    command_line each, server;
    golden_step *steps;
    int server_ends;
} golden_file;

/* What placeholders stand for. */
typedef struct golden_values {
    const char *pid, *version;
    time_t started;
} golden_values;

/* All that is returned lives until the test ends (scratch.h). */

/* Reads a file's text, for number `which` of its `each: WORDS`, or 0. NULL, or what is wrong with
 * it, and in which line. */
const char *golden_read(golden_file *file, const char *text, size_t which);

/* The step as it is in legacy mode, if the client's exit status was this one. */
golden_step golden_for_legacy(const golden_step *step, int status);

/* The bytes that lines of input stand for. */
const char *golden_input(const golden_line *lines, size_t *len);

/* Compares seen[0..len), behind which a NUL is needed, with the lines. NULL, or where and how they
 * differ; `number` is the line to blame if none was expected. */
const char *golden_compare(const golden_line *lines, size_t number, const char *seen, size_t len,
                           const golden_values *values);

#endif
