/* SPDX-License-Identifier: ISC */
/* Values of options that several programs share. Each prints its own message and returns -1 if the
 * text is no such value; `source` is how messages name where it is from. */
#ifndef SIDEWIRE_TOOLS_OPTIONS_H
#define SIDEWIRE_TOOLS_OPTIONS_H

#include <sidewire/crypto.h>

/* Of the protocol, section 1. */
#define DEFAULT_PORT 2990
#define DEFAULT_PORT_TEXT "2990"

/* Of --help, for all programs. SIDEWIRE_BACKENDS are the names that are built in. */
#define CRYPTO_WORDS SIDEWIRE_BACKEND_WORDS
#define CRYPTO_HELP "Library for cryptography. Built in: " SIDEWIRE_BACKENDS "."

/* A decimal number from min to max, without sign, blanks or anything behind it. */
int option_number(const char *source, const char *text, long min, long max, long *value);

/* `sideband,aes_ctr128,sha256`, or the empty text for none. */
int option_features(const char *source, const char *text, unsigned *features);

/* The name of a crypto backend that is built in. */
int option_crypto(const char *source, const char *text, const char **name);

/* Starts that backend, or for NULL the first that can be. NULL after a message. */
sw_crypto *start_crypto(const char *name);

/* `IN,OUT`: two open file descriptors. */
int option_descriptors(const char *source, const char *text, int *in, int *out);

#endif
