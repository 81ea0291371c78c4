/* SPDX-License-Identifier: ISC */
#include "trace.h"

#include <stdlib.h>
#include <string.h>

static void *need(void *p)
{
    if (p == NULL)
        abort();
    return p;
}

void trace_add(trace *t, const void *bytes, size_t len)
{
    if (len == 0)
        return;
    if (t->cap - t->len < len) {
        t->cap = 2 * t->cap + len;
        t->data = need(realloc(t->data, t->cap));
    }
    memcpy(t->data + t->len, bytes, len);
    t->len += len;
}

void trace_note(trace *t, char what, uint64_t number)
{
    trace_add(t, &what, 1);
    trace_add(t, &number, sizeof(number));
}

void trace_banded(trace *t, uint8_t band, const void *bytes, size_t len)
{
    const uint8_t *p = bytes;

    for (size_t i = 0; i < len; i++) {
        uint8_t pair[2] = { band, p[i] };
        trace_add(t, pair, sizeof(pair));
    }
}

void trace_free(trace *t)
{
    free(t->data);
    t->data = NULL;
    t->len = t->cap = 0;
}

uint8_t *exact_block(size_t len)
{
    return need(malloc(len > 0 ? len : 1));
}

uint8_t *exact_copy(const void *bytes, size_t len)
{
    uint8_t *copy = exact_block(len);

    if (len > 0)
        memcpy(copy, bytes, len);
    return copy;
}
