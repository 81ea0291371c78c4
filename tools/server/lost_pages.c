/* SPDX-License-Identifier: ISC */
#include "lost_pages.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

static uintptr_t page_size;
static _Thread_local volatile sig_atomic_t is_watching, is_found;

/* Puts a page of zeros where the lost one was. This is called by the thread that reads, in the middle of doing so and not
 * within mmap, which is no more than a system call. 0, or -1. */
static int replace_page(uint8_t *at)
{
    uint8_t *page = at - (uintptr_t)at % page_size;

    return mmap(page, page_size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED ? 0 : -1;
}

/* What somebody sent has no address. */
static void on_lost_page(int number, siginfo_t *info, void *context)
{
    int error = errno;

    (void)context;
    if (is_watching && info->si_code == BUS_ADRERR && replace_page(info->si_addr) == 0) {
        is_found = 1;
    } else {
        signal(number, SIG_DFL);
        raise(number); /* ends the program as soon as this returns */
    }
    errno = error;
}

int lost_pages_catch(void)
{
    struct sigaction action = { .sa_sigaction = on_lost_page, .sa_flags = SA_SIGINFO };

    page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
    sigemptyset(&action.sa_mask);
    return sigaction(SIGBUS, &action, NULL);
}

void lost_pages_watch(void)
{
    sigset_t bus;

    sigemptyset(&bus);
    sigaddset(&bus, SIGBUS); /* threads of libuv's may have all signals blocked */
    pthread_sigmask(SIG_UNBLOCK, &bus, NULL);
    is_found = 0;
    is_watching = 1;
}

int lost_pages_found(void)
{
    return is_found;
}

void lost_pages_end(void)
{
    is_watching = 0;
}
