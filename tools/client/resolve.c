/* SPDX-License-Identifier: ISC */
#include "resolve.h"

#include "deadline.h"
#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of one name. No function of C looks one up within a time, so a thread does it, which may come too
 * late: who is last of both, frees this. */
typedef struct lookup {
    resolver *by;
    char *host, *port;
    pthread_mutex_t lock;
    int left;          /* one of both has no more use for it */
    int done[2];       /* a pipe, written to at the end */
    int result, error; /* of the resolver; errno behind EAI_SYSTEM */
    struct addrinfo *addresses;
} lookup;

static const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };

static void lookup_free(lookup *l)
{
    if (l->addresses != NULL)
        freeaddrinfo(l->addresses);
    close(l->done[0]);
    close(l->done[1]);
    pthread_mutex_destroy(&l->lock);
    free(l->host);
    free(l->port);
    free(l);
}

static void leave(lookup *l)
{
    int is_last;

    pthread_mutex_lock(&l->lock);
    is_last = l->left;
    l->left = 1;
    pthread_mutex_unlock(&l->lock);
    if (is_last)
        lookup_free(l);
}

static void *run(void *ctx)
{
    lookup *l = ctx;
    ssize_t written;

    l->result = l->by(l->host, l->port, &hints, &l->addresses);
    l->error = errno;
    if (l->result != 0)
        l->addresses = NULL;
    written = write(l->done[1], "", 1);
    (void)written; /* there is always room for one byte */
    leave(l);
    return NULL;
}

static lookup *lookup_new(resolver *by, const char *host, const char *port)
{
    lookup *l = calloc(1, sizeof(*l));

    if (l == NULL)
        return NULL;
    l->by = by;
    l->host = strdup(host);
    l->port = strdup(port);
    if (l->host == NULL || l->port == NULL || platform_pipe(l->done, 1) < 0) {
        free(l->host);
        free(l->port);
        free(l);
        return NULL;
    }
    pthread_mutex_init(&l->lock, NULL);
    return l;
}

/* Signals stay with the thread that knows what to do about them. 0, or an errno. */
static int start(lookup *l)
{
    sigset_t all, before;
    pthread_t thread;
    int error;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    error = pthread_create(&thread, NULL, run, l);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error == 0)
        pthread_detach(thread);
    return error;
}

static int await(lookup *l, int64_t deadline, struct addrinfo **addresses)
{
    struct pollfd done = { l->done[0], POLLIN, 0 };
    int ready, result;

    do
        ready = poll(&done, 1, deadline_left(deadline));
    while (ready < 0 && errno == EINTR);
    if (ready <= 0)
        return RESOLVE_TIMED_OUT;
    pthread_mutex_lock(&l->lock); /* orders what the thread wrote before what is read */
    *addresses = l->addresses;
    l->addresses = NULL;
    result = l->result;
    errno = l->error;
    pthread_mutex_unlock(&l->lock);
    return result;
}

int resolve(resolver *by, const char *host, const char *port, int64_t deadline, struct addrinfo **addresses)
{
    struct addrinfo numeric = hints;
    lookup *l;
    int result, error;

    numeric.ai_flags |= AI_NUMERICHOST;
    result = getaddrinfo(host, port, &numeric, addresses);
    if (result != EAI_NONAME)
        return result;
    l = lookup_new(by, host, port);
    if (l == NULL)
        return EAI_SYSTEM;
    error = start(l);
    if (error != 0) {
        lookup_free(l);
        errno = error;
        return EAI_SYSTEM;
    }
    result = await(l, deadline, addresses);
    error = errno;
    leave(l);
    errno = error;
    return result;
}
