#include "allocate.h"

#include "report.h"

#include <errno.h>
#include <stdlib.h>

static void *check(void *memory)
{
    if (memory == NULL) {
        report_system("memory", errno);
        exit(STATUS_FAILURE);
    }
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
