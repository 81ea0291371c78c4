/* SPDX-License-Identifier: ISC */
/* A program on a pseudo-terminal of its own, used as somebody at a keyboard would: keys are typed,
 * and the screen is looked at. It ends with the test at the latest. */
#ifndef SIDEWIRE_TESTS_TERMINAL_H
#define SIDEWIRE_TESTS_TERMINAL_H

#include "process.h"

enum { TERMINAL_COLUMNS = 80 };

#define KEY_UP "\033[A"
#define KEY_DOWN "\033[B"
#define KEY_LEFT "\033[D"
#define KEY_INTERRUPT "\003"
#define KEY_END_OF_FILE "\004"

typedef struct terminal_setup {
    const char *type;          /* TERM; NULL: dumb */
    int input, output, errors; /* descriptors in place of the terminal; 0: none */
} terminal_setup;

typedef struct terminal terminal;

/* setup may be NULL. */
terminal *terminal_start(const command_line *line, const terminal_setup *setup);

pid_t terminal_process(const terminal *t);

void terminal_type(terminal *t, const char *keys);

/* Tells the program that the screen has so many columns now, which it has not. */
void terminal_resize(terminal *t, unsigned short columns);

/* All lines since the start, those that left the screen too: blanks at their ends are left out, the
 * last one, where the cursor is, has no LF. */
const char *terminal_text(terminal *t);

/* Waits until the text ends like this, or has this in it. */
void terminal_await_end(terminal *t, const char *text);
void terminal_await(terminal *t, const char *text);

/* How often the cursor was sent back to the beginning of a line by a CR alone. */
size_t terminal_redrawn(const terminal *t);

/* Does the terminal edit lines and echo by itself, as a program expects that is started? */
int terminal_is_cooked(const terminal *t);
void terminal_await_cooked(terminal *t);

/* Waits for the end. The exit status, or 128 + the signal's number. */
int terminal_wait(terminal *t);

#endif
