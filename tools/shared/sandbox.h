/* SPDX-License-Identifier: ISC */
/* What is left to a program that has started: it opens files only where it was told, runs nothing, and makes no
 * sockets. By Landlock and seccomp of Linux, as far as the kernel has them. */
#ifndef SIDEWIRE_TOOLS_SANDBOX_H
#define SIDEWIRE_TOOLS_SANDBOX_H

#include <stddef.h>

typedef enum sandbox_right { SANDBOX_READ, SANDBOX_WRITE } sandbox_right; /* the second has the first */

enum { SANDBOX_TEXT_SIZE = 160 };

typedef struct sandbox {
    int rules;   /* descriptor; -1: no Landlock */
    int version; /* of Landlock */
    int error;   /* why there is none */
} sandbox;

/* Begins a list of places, with what libraries read later: time zones and their like. */
void sandbox_begin(sandbox *s);

/* Files at and below a place, which is passed over if it does not exist. */
void sandbox_allow(sandbox *s, const char *path, sandbox_right right);

/* The folder of a file, which may be made, or replaced, later. */
void sandbox_allow_folder_of(sandbox *s, const char *file, sandbox_right right);

/* From here on, for this thread and those that it starts; so before there are others. with_sockets: names are
 * looked up later. What is missing is said in text; it is empty if all is there. */
void sandbox_enter(sandbox *s, int with_sockets, char text[SANDBOX_TEXT_SIZE]);

/* Before a loop of libuv is made: forbids it an io_uring. Versions from 1.45 on take one where they can, and end the program
 * when they are forbidden to use it later. */
void sandbox_without_rings(void);

#endif
