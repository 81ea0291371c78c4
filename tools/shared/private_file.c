/* SPDX-License-Identifier: ISC */
#include "private_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>

const char *private_file_problem(int fd)
{
    struct stat info;

    if (fstat(fd, &info) < 0)
        return "its owner and mode cannot be found out";
    if (info.st_uid != geteuid() && info.st_uid != 0)
        return "it belongs to another user";
    if (S_ISREG(info.st_mode) && (info.st_mode & (S_IWGRP | S_IWOTH)))
        return "others may write it; chmod go-w helps";
    return NULL;
}

int private_file_open(const char *path, int flags)
{
    int fd = open(path, (flags & ~O_TRUNC) | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0600);

    if (fd >= 0 && private_file_problem(fd) != NULL) {
        close(fd);
        errno = EPERM;
        return -1;
    }
    if (fd >= 0 && (flags & O_TRUNC) && ftruncate(fd, 0) < 0 && errno != EINVAL) {
        int error = errno; /* EINVAL: a device or pipe, which has nothing to be taken away */
        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}
