/* SPDX-License-Identifier: ISC */
#include "buffers.h"

#include <stdlib.h>

int memory_take(memory_budget *budget, size_t size)
{
    if (size > budget->limit - budget->used)
        return 0;
    budget->used += size;
    return 1;
}

void memory_give(memory_budget *budget, size_t size)
{
    budget->used -= size;
}

uint8_t *buffer_take(buffer_pool *pool)
{
    uint8_t *buffer;

    if (pool->budget != NULL && !memory_take(pool->budget, pool->size))
        return NULL;
    buffer = pool->kept > 0 ? pool->free[--pool->kept] : malloc(pool->size);
    if (buffer == NULL && pool->budget != NULL)
        memory_give(pool->budget, pool->size);
    return buffer;
}

void buffer_give(buffer_pool *pool, uint8_t *buffer)
{
    if (buffer == NULL)
        return;
    if (pool->budget != NULL)
        memory_give(pool->budget, pool->size);
    if (pool->kept < BUFFERS_KEPT)
        pool->free[pool->kept++] = buffer;
    else
        free(buffer);
}

void buffer_pool_free(buffer_pool *pool)
{
    while (pool->kept > 0)
        free(pool->free[--pool->kept]);
}
