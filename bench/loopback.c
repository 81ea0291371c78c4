/* SPDX-License-Identifier: ISC */
#include "loopback.h"

#include "timing.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

const uint8_t *loopback_map(const char *path, size_t *size)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    void *map;

    if (fd < 0 || fstat(fd, &info) < 0 || info.st_size == 0)
        fail("%s: not a file with something in it", path);
    *size = (size_t)info.st_size;
    map = mmap(NULL, *size, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
    if (map == MAP_FAILED)
        fail("%s: not mapped", path);
    close(fd);
    return map;
}

int loopback_listen(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) < 0 || listen(fd, 8) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) < 0)
        fail("no socket to listen on");
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}
