/* SPDX-License-Identifier: ISC */
/* Real captures of loopback traffic, by tshark. Needs the right to capture. */
#ifndef SIDEWIRE_TESTS_CAPTURE_H
#define SIDEWIRE_TESTS_CAPTURE_H

#include "process.h"

/* 0, and says so: nobody here has the right to capture, or SIDEWIRE_NO_CAPTURE=1. */
int capture_wanted(void);

/* Starts to capture what goes to and from a port to the file capture.pcapng. When it returns,
 * everything from now on is captured. */
process *capture_start(const char *port);

/* Ends it, when all that went on until now is in the file. */
void capture_stop(process *capture, const char *port);

#endif
