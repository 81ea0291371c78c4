/* SPDX-License-Identifier: ISC */
/* Characters for libedit from a terminal. libedit's own reader leaves out bytes that are no text in the locale,
 * so that a line would not be what was typed; here they are seen. */
#ifndef SIDEWIRE_CLIENT_KEYBOARD_H
#define SIDEWIRE_CLIENT_KEYBOARD_H

#include <stddef.h>
#include <wchar.h>

typedef struct keyboard {
    int fd;
    int was_foreign; /* since somebody set it to 0: bytes came that are no text; each is shown
                                  * as a question mark, or as U+FFFD */
    int has_waiting; /* a byte was read that did not belong to the character before it */
    char waiting;
} keyboard;

/* Waits for a character. 1; 0: the input has ended; -1: failed, see errno, which is EINTR once
 * keyboard_on_interrupt was called. */
int keyboard_read(keyboard *k, wchar_t *character);

/* Handler for SIGINT. */
void keyboard_on_interrupt(int number);

#endif
