/* SPDX-License-Identifier: ISC */
#include "keyboard.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted;

void keyboard_on_interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

/* As keyboard_read, of a byte. Other signals that return, such as SIGCONT, are no reason to give a line up. */
static int next_byte(keyboard *k, char *byte)
{
    ssize_t n;

    if (k->has_waiting) {
        *byte = k->waiting;
        k->has_waiting = 0;
        return 1;
    }
    while ((n = read(k->fd, byte, 1)) < 0) {
        if (errno == EAGAIN) {
            struct pollfd ready = { k->fd, POLLIN, 0 };
            poll(&ready, 1, -1); /* somebody made it non-blocking */
        } else if (errno != EINTR) {
            return -1;
        }
        if (interrupted) {
            interrupted = 0;
            errno = EINTR;
            return -1;
        }
    }
    return (int)n;
}

/* What stands for bytes that are no text. */
static wchar_t substitute(void)
{
    static const wchar_t replacement = 0xfffd;
    char bytes[MB_LEN_MAX];
    mbstate_t state = { 0 };

    return wcrtomb(bytes, replacement, &state) == (size_t)-1 ? L'?' : replacement;
}

int keyboard_read(keyboard *k, wchar_t *character)
{
    mbstate_t state = { 0 };
    size_t taken = 0;
    size_t length = 0;
    int result;
    char byte;

    do {
        result = next_byte(k, &byte);
        if (result < 0 || (result == 0 && taken == 0))
            return result;
        length = result > 0 ? mbrtowc(character, &byte, 1, &state) : (size_t)-1;
        taken++;
    } while (length == (size_t)-2);
    if (length != (size_t)-1)
        return 1;
    if (taken > 1 && result > 0) { /* it may well be the end of the line */
        k->waiting = byte;
        k->has_waiting = 1;
    }
    k->was_foreign = 1;
    *character = substitute();
    return 1;
}
