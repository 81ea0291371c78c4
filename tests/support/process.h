/* SPDX-License-Identifier: ISC */
/* Programs run by a test: no shell, a deadline for everything, ended by process id. What they
 * write goes to files of the test's folder. None outlives the test. */
#ifndef SIDEWIRE_TESTS_PROCESS_H
#define SIDEWIRE_TESTS_PROCESS_H

#include <stddef.h>
#include <sys/types.h>

enum {
    PROCESS_SECONDS = 60, /* for whatever is awaited; then the test fails */
    PROCESS_KEEP_MAX = 4
};

/* A command line as it grows. Zero it; argv stays NULL-terminated. */
typedef struct command_line {
    const char *argv[64];
    size_t argc;
} command_line;

/* Adds one argument, which is not copied. */
void command_add(command_line *line, const char *argument);
/* Adds arguments separated by blanks; '' is an empty one. */
void command_add_words(command_line *line, const char *words);

/* What a program is given beside its arguments. */
typedef struct process_setup {
    const char *input;          /* file for standard input; NULL: none */
    int output;                 /* descriptor for standard output; 0: what is written is kept */
    int errors;                 /* the same for standard error */
    int keep[PROCESS_KEEP_MAX]; /* descriptors passed on under their own numbers; 0: none */
} process_setup;

typedef struct process process;

/* Starts a program, whose name is a path or is looked up in PATH. setup may be NULL. */
process *process_start(const command_line *line, const process_setup *setup);

pid_t process_id(const process *p);
void process_signal(const process *p, int number);

/* What was written so far. */
const char *process_out(const process *p);
const char *process_err(const process *p);

/* Waits until a text has been written, and returns all that has. */
const char *process_await_out(process *p, const char *text);
const char *process_await_err(process *p, const char *text);

int process_has_ended(process *p);

/* Waits for the end. The exit status, or 128 + the signal's number. Fails the test if a sanitizer
 * found something. May be called again. */
int process_wait(process *p);

/* Waits for the end and fails the test, naming `what`, unless status and texts are as expected. The
 * texts are patterns of fnmatch; NULL: any. */
void process_expect(process *p, const char *what, int status, const char *out, const char *err);

/* Does the text match a pattern of fnmatch? Fails the test, naming `what`, if not. */
void expect_match(const char *what, const char *text, const char *pattern);

/* Milliseconds of a clock that nobody sets, and a rest. */
long clock_ms(void);
void sleep_ms(long ms);

/* Kills what still runs, and fails the test if a sanitizer found something: for its end. */
void processes_end(void);

#endif
