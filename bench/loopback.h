/* SPDX-License-Identifier: ISC */
/* What servers of files on loopback have in common. Failures end the program. */
#ifndef SIDEWIRE_BENCH_LOOPBACK_H
#define SIDEWIRE_BENCH_LOOPBACK_H

#include <stddef.h>
#include <stdint.h>

/* The file, which is not empty, as memory. */
const uint8_t *loopback_map(const char *path, size_t *size);

/* A listener on a free port of 127.0.0.1, which it prints. */
int loopback_listen(void);

#endif
