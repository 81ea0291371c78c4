/* SPDX-License-Identifier: ISC */
/* A backend that answers what it was asked before from memory: recorded sessions that are run thousands of times ask the
 * same agreements and signatures each time, and those are what takes long. */
#ifndef SIDEWIRE_TESTS_REMEMBERING_H
#define SIDEWIRE_TESTS_REMEMBERING_H

#include <sidewire/crypto.h>

/* A table like that of a real backend, which must stay; one at a time. X25519, signatures and their checks are
 * remembered, the first ones for good. */
sw_crypto remembering(const sw_crypto *real);

#endif
