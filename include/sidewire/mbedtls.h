/* SPDX-License-Identifier: ISC */
/* The mbedTLS backend: library libsidewire-mbedtls, for mbedTLS 2.28 and 3.x. */
#ifndef SIDEWIRE_MBEDTLS_H
#define SIDEWIRE_MBEDTLS_H

#include <sidewire/crypto.h>

SW_BEGIN_DECLS

/* A backend with a CTR_DRBG of its own, seeded by the system. NULL if there is
 * no memory or no entropy. Not to be used by two threads at a time; one a
 * thread. Freed by sw_mbedtls_free, after all that uses it is wiped. */
SW_API sw_crypto *sw_mbedtls_new(void);
SW_API void sw_mbedtls_free(sw_crypto *crypto);

SW_END_DECLS
#endif
