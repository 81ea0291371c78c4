/* SPDX-License-Identifier: ISC */
/* The command line. */
#ifndef SIDEWIRE_SERVER_ARGUMENTS_H
#define SIDEWIRE_SERVER_ARGUMENTS_H

#include "option_table.h"
#include "server.h"

extern const option_row server_option_rows[];
extern const manual server_manual;

/* 1: go on. Else the program is to end with *status; all that is to be said was said. */
int arguments_parse(server_options *options, int argc, char **argv, int *status);

#endif
