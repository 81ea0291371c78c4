/* SPDX-License-Identifier: ISC */
#include "deadline.h"

#include <limits.h>
#include <time.h>

static int64_t now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t deadline_in(long milliseconds)
{
    return now() + milliseconds;
}

int64_t deadline_sooner(int64_t a, int64_t b)
{
    if (a == DEADLINE_NEVER || b == DEADLINE_NEVER)
        return a == DEADLINE_NEVER ? b : a;
    return a < b ? a : b;
}

int deadline_left(int64_t deadline)
{
    int64_t left;

    if (deadline == DEADLINE_NEVER)
        return -1;
    left = deadline - now();
    if (left < 0)
        return 0;
    return left > INT_MAX ? INT_MAX : (int)left;
}
