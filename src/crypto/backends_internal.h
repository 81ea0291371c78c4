/* SPDX-License-Identifier: ISC */
/* How libsidewire-backends comes by a backend: it is linked, or loaded when it is asked for. */
#ifndef SIDEWIRE_SRC_CRYPTO_BACKENDS_INTERNAL_H
#define SIDEWIRE_SRC_CRYPTO_BACKENDS_INTERNAL_H

#include <sidewire/crypto.h>

#include <stdbool.h>

typedef struct swi_backend {
    sw_crypto *(*start)(void);
    void (*end)(sw_crypto *crypto);
} swi_backend;

/* Sets `backend` to the functions of one of the backends that were built. False if it cannot be had. */
bool swi_backend_open(const char *name, swi_backend *backend);

#endif
