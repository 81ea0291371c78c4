/* SPDX-License-Identifier: ISC */
/* Backends that are loaded when they are asked for: a program does not start up crypto libraries that it
 * does not use, and a backend whose library is not installed is passed over. */
#include "backends_internal.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

/* A function of a library, which dlsym gives as a pointer to data. */
static bool find(void *library, const char *name, const char *what, void *function, size_t size)
{
    char symbol[32];
    void *found;

    snprintf(symbol, sizeof(symbol), "sw_%s_%s", name, what);
    found = dlsym(library, symbol);
    memcpy(function, &found, size);
    return found != NULL;
}

/* The library stays: crypto libraries do not bear being unloaded. */
bool swi_backend_open(const char *name, swi_backend *backend)
{
    char file[64];
    void *library;

    snprintf(file, sizeof(file), SIDEWIRE_BACKEND_FILE, name);
    library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    return library != NULL && find(library, name, "new", &backend->start, sizeof(backend->start)) &&
           find(library, name, "free", &backend->end, sizeof(backend->end));
}
