/* SPDX-License-Identifier: ISC */
/* The crypto backend that a suite is run with. */
#ifndef SIDEWIRE_TESTS_TESTED_BACKEND_H
#define SIDEWIRE_TESTS_TESTED_BACKEND_H

#include <sidewire/backends.h>

/* Starts the one that the environment names (SIDEWIRE_BACKEND), or else the default; fails the
 * running test if it is not there. To be freed by sw_backend_free. */
sw_crypto *tested_backend(void);

#endif
