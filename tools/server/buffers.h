/* SPDX-License-Identifier: ISC */
/* Buffers that sessions are lent while they have something to read or to send. */
#ifndef SIDEWIRE_SERVER_BUFFERS_H
#define SIDEWIRE_SERVER_BUFFERS_H

#include <stddef.h>
#include <stdint.h>

/* Bytes that may be taken in all, for everybody. */
typedef struct memory_budget {
    size_t limit, used;
} memory_budget;

/* 1: taken. 0: not so much is left. */
int memory_take(memory_budget *budget, size_t size);
void memory_give(memory_budget *budget, size_t size);

enum { BUFFERS_KEPT = 4 }; /* unused ones, so that the next in turn need no allocation */

/* Of one size. Fields but the first two are private to buffers.c. */
typedef struct buffer_pool {
    size_t size;
    memory_budget *budget; /* what is in use is taken from it; NULL: from none */
    size_t kept;
    uint8_t *free[BUFFERS_KEPT];
} buffer_pool;

/* NULL: no memory, or none within the budget. Its contents are anything. */
uint8_t *buffer_take(buffer_pool *pool);
/* NULL is fine. */
void buffer_give(buffer_pool *pool, uint8_t *buffer);

void buffer_pool_free(buffer_pool *pool);

#endif
