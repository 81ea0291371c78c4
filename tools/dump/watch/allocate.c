/* SPDX-License-Identifier: ISC */
#include "allocate.h"

#include "report.h"

#include <errno.h>
#include <stdlib.h>

void allocation_failed(void)
{
    report_system("memory", ENOMEM);
    exit(STATUS_FAILURE);
}

static void *check(void *memory)
{
    if (memory == NULL)
        allocation_failed();
    return memory;
}

void *allocate(size_t size)
{
    return check(calloc(1, size));
}

void *reallocate(void *old, size_t size)
{
    return check(realloc(old, size));
}
