/* SPDX-License-Identifier: ISC */
/* The backends that were built, by name: library libsidewire-backends. The shared library loads a backend, and
 * the crypto library below it, when it is asked for (from its own folder, or where the system looks for
 * libraries); the static one has all of them linked. Programs that want one backend link that one alone, and
 * need nothing of this. */
#ifndef SIDEWIRE_BACKENDS_H
#define SIDEWIRE_BACKENDS_H

#include <sidewire/crypto.h>

SW_BEGIN_DECLS

/* The names, the fastest first ("openssl", "gcrypt", "mbedtls"); NULL from the last on. Static. */
SW_API const char *sw_backend_name(size_t index);

/* Starts the backend of that name; NULL: the first of all that can be started. NULL if there is none of that
 * name, its library is not installed, or it could not be started: no memory, no entropy. As for threads and
 * life, see the backend's own header. */
SW_API sw_crypto *sw_backend_new(const char *name);

/* Frees what sw_backend_new made. NULL is fine. */
SW_API void sw_backend_free(sw_crypto *crypto);

SW_END_DECLS
#endif
