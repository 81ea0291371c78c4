/* SPDX-License-Identifier: ISC */
#include "interrupt.h"

#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static volatile sig_atomic_t came;
static int ends[2] = { -1, -1 };

static void on_signal(int number)
{
    int saved = errno;
    ssize_t written = write(ends[1], "", 1);

    (void)number;
    (void)written; /* it is read by nobody: one byte is enough for ever */
    came = 1;
    errno = saved;
}

int interrupt_open(void)
{
    struct sigaction action = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };
    struct sigaction before;

    if (platform_pipe(ends, 0) < 0)
        return -1;
    if (sigaction(SIGINT, &action, NULL) < 0 || sigaction(SIGTERM, &action, NULL) < 0)
        return -1;
    if (sigaction(SIGHUP, NULL, &before) < 0)
        return -1;
    return before.sa_handler == SIG_IGN ? 0 : sigaction(SIGHUP, &action, NULL); /* nohup ignores it */
}

int interrupt_came(void)
{
    return came;
}

awaited interrupt_await(int fd, int timeout)
{
    struct pollfd both[2] = { { .fd = fd, .events = POLLIN }, { .fd = ends[0], .events = POLLIN } };

    int ready = 0;

    while (!came && (ready = poll(both, 2, timeout)) < 0 && errno == EINTR)
        ;
    if (came)
        return AWAITED_SIGNAL;
    return ready == 0 ? AWAITED_TIMEOUT : AWAITED_READABLE;
}
