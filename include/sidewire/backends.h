/* The backends that were built, by name: library libsidewire-backends. Programs that want one backend
 * link that one alone, and need nothing of this. */
#ifndef SIDEWIRE_BACKENDS_H
#define SIDEWIRE_BACKENDS_H

#include <sidewire/crypto.h>

SW_BEGIN_DECLS

/* The names, the fastest first, which is the default ("openssl", "gcrypt", "mbedtls"); NULL from the last
 * on. Static. */
SW_API const char *sw_backend_name(size_t index);

/* Starts the backend of that name; NULL: the default. NULL if there is none of that name, or if it
 * could not be started: no memory, no entropy. As for threads and life, see the backend's own header. */
SW_API sw_crypto *sw_backend_new(const char *name);

/* Frees what sw_backend_new made. NULL is fine. */
SW_API void sw_backend_free(sw_crypto *crypto);

SW_END_DECLS
#endif
