/* SPDX-License-Identifier: ISC */
/* What a program may do when it reads what others sent. */
#ifndef SIDEWIRE_DUMP_PRIVILEGES_H
#define SIDEWIRE_DUMP_PRIVILEGES_H

#include "input.h"

/* Gives the rights of root, or of a file's capabilities, up for good. user: who to be; NULL: who called
 * sudo, else `nobody`. 0, or -1 with the reason in why. Without such rights there is nothing to do. */
int privileges_drop(const char *user, char why[CAPTURE_WHY_SIZE]);

#endif
