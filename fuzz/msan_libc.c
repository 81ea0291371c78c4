/* SPDX-License-Identifier: ISC */
/* What MemorySanitizer of clang 14 does not know of libc, with the linker's --wrap: fstat by the name that glibc has for
 * it since 2.33, and memory that is written through a stream. It would take both for undefined. */
#include <sanitizer/msan_interface.h>
#include <stdio.h>
#include <sys/stat.h>

int __real_fstat64(int fd, struct stat *info);
int __wrap_fstat64(int fd, struct stat *info);
FILE *__real_fmemopen(void *buffer, size_t size, const char *mode);
FILE *__wrap_fmemopen(void *buffer, size_t size, const char *mode);

int __wrap_fstat64(int fd, struct stat *info)
{
    int result = __real_fstat64(fd, info);

    if (result == 0)
        __msan_unpoison(info, sizeof(*info));
    return result;
}

FILE *__wrap_fmemopen(void *buffer, size_t size, const char *mode)
{
    __msan_unpoison(buffer, size);
    return __real_fmemopen(buffer, size, mode);
}
