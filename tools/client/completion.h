/* SPDX-License-Identifier: ISC */
/* What a command line may go on with: names of commands, and for `help` and `sender` their
 * arguments. */
#ifndef SIDEWIRE_CLIENT_COMPLETION_H
#define SIDEWIRE_CLIENT_COMPLETION_H

#include <stddef.h>

enum { COMPLETION_MAX = 128 };

typedef struct completion {
    const char *candidates[COMPLETION_MAX]; /* sorted */
    size_t count;
    size_t common;  /* bytes at their beginning that all of them share */
    char text[256]; /* where some of them lie */
} completion;

/* Finds all words with this prefix that make sense behind the words in front of the cursor. Those
 * that the user has to choose himself, numbers for example, are none. */
void completion_find(completion *c, const char *const *words, size_t count, const char *prefix);

#endif
