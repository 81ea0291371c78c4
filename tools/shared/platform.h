/* SPDX-License-Identifier: ISC */
/* What Linux has and other systems have under another name, or not at all: the one place that knows. Where there is
 * nothing like it, POSIX has to do; the option `portable` builds that form on Linux, too. */
#ifndef SIDEWIRE_TOOLS_PLATFORM_H
#define SIDEWIRE_TOOLS_PLATFORM_H

#include <stddef.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

/* Fills out[0..size), at most 256 bytes, with what nobody can guess. 0, or -1: there is nothing of that. */
int platform_random(void *out, size_t size);

/* Zeros that no compiler leaves out. */
void platform_wipe(void *p, size_t size);

/* A variable of the environment; NULL if it is not set, or if whoever set it has fewer rights than the program. */
const char *platform_variable(const char *name);

/* Descriptors that programs started later do not get. They do not block, but for a pipe with is_blocking. As
 * socket, accept and pipe otherwise. */
int platform_socket(int family, int type, int protocol);
int platform_accept(int listener, struct sockaddr *from, socklen_t *from_size);
int platform_pipe(int ends[2], int is_blocking);

/* As send, without waiting, and without a signal where nobody reads any more. */
ssize_t platform_send(int socket, const void *data, size_t size);

/* Asks for SIGTERM when the parent ends, where that can be had. */
void platform_end_with_parent(void);

/* Gives up what the program's file has of rights beyond its user's. 0, or -1 with errno. */
int platform_drop_capabilities(void);

/* When a file was written to. */
struct timespec platform_modified(const struct stat *info);

#endif
