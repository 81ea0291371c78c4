#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static const int caught[] = { SIGHUP, SIGINT, SIGTERM };
enum { CAUGHT_COUNT = sizeof(caught) / sizeof(caught[0]) };

static int ends[2] = { -1, -1 };

static void on_signal(int number)
{
    unsigned char byte = (unsigned char)number;
    int saved = errno;
    ssize_t written = write(ends[1], &byte, 1);

    (void)written; /* a full pipe wakes us up as well */
    errno = saved;
}

static void set_handlers(void (*handler)(int))
{
    struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART };

    for (size_t i = 0; i < CAUGHT_COUNT; i++)
        sigaction(caught[i], &action, NULL);
}

int signals_open(void)
{
    struct sigaction ignore = { .sa_handler = SIG_IGN };

    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
        return -1;
    set_handlers(on_signal);
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGXFSZ, &ignore, NULL); /* a file that may not grow is like a full disk */
    return ends[0];
}

int signals_next(void)
{
    unsigned char byte;

    return read(ends[0], &byte, 1) == 1 ? byte : 0;
}

void signals_close(void)
{
    set_handlers(SIG_DFL);
    for (int i = 0; i < 2; i++) {
        if (ends[i] >= 0)
            close(ends[i]);
        ends[i] = -1;
    }
}
