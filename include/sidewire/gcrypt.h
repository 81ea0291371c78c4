/* SPDX-License-Identifier: ISC */
/* The libgcrypt backend: library libsidewire-gcrypt, for libgcrypt 1.9 or later. */
#ifndef SIDEWIRE_GCRYPT_H
#define SIDEWIRE_GCRYPT_H

#include <sidewire/crypto.h>

SW_BEGIN_DECLS

/* NULL if there is no memory, or if libgcrypt is too old. libgcrypt has one state for the whole
 * process: if the application has not initialized it, this does, with secure memory that grows as
 * needed and does not complain where it cannot be locked. An application that disables secure memory
 * takes from libgcrypt the means of wiping its copies of private keys. Once the first call has
 * returned, threads may use it at the same time, each with ciphers and prepared keys of its own. A
 * cipher's state refers to heap memory until it is wiped. Without entropy, and in places without
 * memory, libgcrypt ends the process. Freed by sw_gcrypt_free, after all that uses it is wiped and
 * forgotten; NULL is fine. */
SW_API sw_crypto *sw_gcrypt_new(void);
SW_API void sw_gcrypt_free(sw_crypto *crypto);

SW_END_DECLS
#endif
