/* SPDX-License-Identifier: ISC */
#include "private_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
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

const char *private_file_error(int error)
{
    if (error == ELOOP)
        return "it is a link, which is not followed";
    if (error == EPERM)
        return "it belongs to another user, or others may write it; chmod go-w helps";
    return strerror(error);
}

/* A shell's >(...) is one. Nobody else can put such links elsewhere. */
static int is_descriptor(const char *path)
{
    static const char *const folders[] = { "/dev/fd/", "/proc/self/fd/" };

    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        const char *number = path + strlen(folders[i]);
        if (strncmp(path, folders[i], strlen(folders[i])) == 0)
            return *number != '\0' && number[strspn(number, "0123456789")] == '\0';
    }
    return strcmp(path, "/dev/stdout") == 0 || strcmp(path, "/dev/stderr") == 0;
}

int private_file_open(const char *path, int flags)
{
    int follow = is_descriptor(path) ? 0 : O_NOFOLLOW;
    int fd = open(path, (flags & ~O_TRUNC) | O_CREAT | O_CLOEXEC | O_NOCTTY | follow, 0600);

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
