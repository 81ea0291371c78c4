/* SPDX-License-Identifier: ISC */
#include "descriptors.h"

#include <sys/resource.h>

size_t descriptors_provide(size_t connections)
{
    rlim_t wanted = (rlim_t)connections + DESCRIPTORS_RESERVED;
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return connections;
    if (limit.rlim_cur < wanted) {
        limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
        setrlimit(RLIMIT_NOFILE, &limit);
        getrlimit(RLIMIT_NOFILE, &limit);
    }
    if (limit.rlim_cur >= wanted)
        return connections;
    return limit.rlim_cur > DESCRIPTORS_RESERVED + 1 ? (size_t)limit.rlim_cur - DESCRIPTORS_RESERVED : 1;
}
