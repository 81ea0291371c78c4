/* SPDX-License-Identifier: ISC */
#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if defined(__linux__) && !defined(SIDEWIRE_PORTABLE)
#define HAS_LINUX 1
#else
#define HAS_LINUX 0
#endif

#if HAS_LINUX
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif
#ifdef __APPLE__
#include <sys/random.h>
#endif
#ifndef __wasi__
#include <signal.h>
#endif

/* ---- everywhere ---- */

int platform_random(void *out, size_t size)
{
    return getentropy(out, size);
}

struct timespec platform_modified(const struct stat *info)
{
#ifdef __APPLE__
    return info->st_mtimespec;
#else
    return info->st_mtim;
#endif
}

#if HAS_LINUX

void platform_wipe(void *p, size_t size)
{
    explicit_bzero(p, size);
}

const char *platform_variable(const char *name)
{
    return secure_getenv(name);
}

int platform_socket(int family, int type, int protocol)
{
    return socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
}

int platform_accept(int listener, struct sockaddr *from, socklen_t *from_size)
{
    return accept4(listener, from, from_size, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int platform_pipe(int ends[2], int is_blocking)
{
    return pipe2(ends, O_CLOEXEC | (is_blocking ? 0 : O_NONBLOCK));
}

ssize_t platform_send(int socket, const void *data, size_t size)
{
    return send(socket, data, size, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void platform_end_with_parent(void)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
}

int platform_drop_capabilities(void)
{
    struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3];

    memset(none, 0, sizeof(none));
    return (int)syscall(SYS_capset, &header, none);
}

#else

void platform_wipe(void *p, size_t size)
{
    /* not known to be memset where it is called, so not left out either */
    void *(*volatile set)(void *, int, size_t) = memset;

    if (size > 0)
        set(p, 0, size);
}

#ifdef __wasi__

const char *platform_variable(const char *name)
{
    return getenv(name);
}

#else

const char *platform_variable(const char *name)
{
    return getuid() == geteuid() && getgid() == getegid() ? getenv(name) : NULL;
}

/* Returns fd, or -1 with errno, and it is closed then. */
static int prepare(int fd, int is_blocking)
{
    int flags = fd >= 0 ? fcntl(fd, F_GETFL) : -1;
    int error;

    if (fd < 0)
        return -1;
    if (flags >= 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 &&
        fcntl(fd, F_SETFL, is_blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK) == 0)
        return fd;
    error = errno;
    close(fd);
    errno = error;
    return -1;
}

int platform_socket(int family, int type, int protocol)
{
    return prepare(socket(family, type, protocol), 0);
}

int platform_accept(int listener, struct sockaddr *from, socklen_t *from_size)
{
    return prepare(accept(listener, from, from_size), 0);
}

int platform_pipe(int ends[2], int is_blocking)
{
    if (pipe(ends) < 0)
        return -1;
    if (prepare(ends[0], is_blocking) < 0) {
        close(ends[1]);
        return -1;
    }
    if (prepare(ends[1], is_blocking) >= 0)
        return 0;
    close(ends[0]);
    return -1;
}

/* SIGPIPE is for the thread that sends: it is held back meanwhile, and taken back if it was not there before. */
ssize_t platform_send(int socket, const void *data, size_t size)
{
    sigset_t pipe_only, before, waiting;
    ssize_t n;
    int error, was_waiting, number;

    sigemptyset(&pipe_only);
    sigaddset(&pipe_only, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
    sigpending(&waiting);
    was_waiting = sigismember(&waiting, SIGPIPE);
    n = send(socket, data, size, MSG_DONTWAIT);
    error = errno;
    sigpending(&waiting);
    if (!was_waiting && sigismember(&waiting, SIGPIPE))
        sigwait(&pipe_only, &number);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = error;
    return n;
}

void platform_end_with_parent(void)
{
}

int platform_drop_capabilities(void)
{
    return 0;
}

#endif
#endif
