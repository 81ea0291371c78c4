/* SPDX-License-Identifier: ISC */
/* The OpenSSL backend: library libsidewire-openssl, for libcrypto 3. */
#ifndef SIDEWIRE_OPENSSL_H
#define SIDEWIRE_OPENSSL_H

#include <sidewire/crypto.h>

SW_BEGIN_DECLS

/* A backend that uses OpenSSL's default library context, its generators included. NULL if there is
 * no memory, or if OpenSSL is configured without SHA-1, SHA-256 or AES-128-CTR. What fails
 * leaves nothing in OpenSSL's queue of errors. Threads may use it at the same time, each
 * with ciphers and prepared keys of its own. A cipher's state refers to heap memory until it is
 * wiped. Freed by sw_openssl_free, after all that uses it is wiped and forgotten; NULL is fine. */
SW_API sw_crypto *sw_openssl_new(void);
SW_API void sw_openssl_free(sw_crypto *crypto);

SW_END_DECLS
#endif
