/* SPDX-License-Identifier: ISC */
/* Shell patterns of a command, matched by fnmatch(3) without flags, byte for byte. */
#ifndef SIDEWIRE_SERVER_PATTERNS_H
#define SIDEWIRE_SERVER_PATTERNS_H

#include <sidewire/command.h>

/* Bytes. The time of fnmatch grows with the square of some patterns: 32 KiB of them took half a
 * second for one name, this many half a millisecond. */
enum { PATTERN_MAX = 1024 };

typedef struct patterns {
    size_t count;
    char *text; /* one behind the other, each with its NUL */
} patterns;

/* Copies them. 0, or -1 without memory. patterns_free may follow any result. */
int patterns_init(patterns *p, const sw_argument *argv, size_t argc);
void patterns_free(patterns *p);

/* Is one of them longer than PATTERN_MAX? */
int patterns_are_too_long(const sw_argument *argv, size_t argc);

/* How many bytes, at patterns->text, begin every name that matches. */
size_t patterns_prefix(const patterns *p);

/* Does any of them match all of the name? */
int patterns_match(const patterns *p, const char *name);

#endif
