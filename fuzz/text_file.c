/* SPDX-License-Identifier: ISC */
#include "text_file.h"

#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

void text_file_open(text_file *file, int wanted)
{
    int fd = memfd_create("input", MFD_CLOEXEC);

    check(fd >= 0, "a file in memory");
    file->fd = wanted >= 0 ? dup2(fd, wanted) : fd;
    if (wanted >= 0)
        close(fd);
    check(fchmod(file->fd, S_IRUSR | S_IWUSR) == 0, "a mode");
    snprintf(file->path, sizeof(file->path), "/proc/self/fd/%d", file->fd);
}

void text_file_append(const text_file *file, const void *bytes, size_t len)
{
    check(len == 0 || write(file->fd, bytes, len) == (ssize_t)len, "room for the input");
}

void text_file_close(text_file *file)
{
    close(file->fd);
}
