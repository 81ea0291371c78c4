/* SPDX-License-Identifier: ISC */
#include "hostile.h"

#include "scratch.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int hostile_is_long(void)
{
    const char *form = getenv("SIDEWIRE_HOSTILE");

    return form != NULL && strcmp(form, "long") == 0;
}

int hostile_times(int n)
{
    return hostile_is_long() ? 10 * n : n;
}

int hostile_is_sanitized(void)
{
    return SANITIZED;
}

void hostile_raise_descriptors(void)
{
    struct rlimit limit;

    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/* window: bytes that are taken unread; 0: as the system has it. */
static int dial_with(const char *address, const char *port, int window)
{
    const struct timeval patience = { PROCESS_SECONDS, 0 };
    struct sockaddr_in from = { .sin_family = AF_INET };
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    ck_assert_msg(fd >= 0, "socket: %s", strerror(errno));
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    if (window > 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &window, sizeof(window));
    ck_assert_int_eq(inet_pton(AF_INET, address, &from.sin_addr), 1);
    to.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
    if (bind(fd, (struct sockaddr *)&from, sizeof(from)) < 0 ||
        connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0)
        ck_abort_msg("%s to port %s: %s", address, port, strerror(errno));
    return fd;
}

int dial_from(const char *address, const char *port)
{
    return dial_with(address, port, 0);
}

int dial_small(const char *address, const char *port)
{
    return dial_with(address, port, 4096);
}

double hostile_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

double hostile_probe(const char *address, const char *port)
{
    double start = hostile_ms();
    peer *p = peer_client(dial_from(address, port), "alice", "keys/alice");
    sw_event event;
    int type = peer_next(p, &event);

    if (type == SW_EVENT_READY) {
        peer_command(p, "version");
        do
            type = peer_next(p, &event);
        while (type == SW_EVENT_DATA);
    }
    peer_close(p);
    return type == SW_EVENT_EXIT && event.status == 0 ? hostile_ms() - start : -1;
}

char *hostile_read_proc(const char *path)
{
    size_t cap = 1 << 20; /* these files do not tell their size */
    char *text = scratch_allocate(cap + 1);
    FILE *file = fopen(path, "re");

    ck_assert_msg(file != NULL, "%s: %s", path, strerror(errno));
    text[fread(text, 1, cap, file)] = '\0';
    fclose(file);
    return text;
}

long hostile_resident(const process *p)
{
    const char *text = hostile_read_proc(scratch_format("/proc/%ld/status", (long)process_id(p)));
    const char *line = strstr(text, "VmRSS:");

    ck_assert_ptr_nonnull(line);
    return strtol(line + strlen("VmRSS:"), NULL, 10);
}

int hostile_count(const process *p, const char *what)
{
    DIR *folder = opendir(scratch_format("/proc/%ld/%s", (long)process_id(p), what));
    int count = 0;

    ck_assert_ptr_nonnull(folder);
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

static int compare(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

void hostile_stop(const server *s)
{
    process_signal(s->process, SIGTERM);
    process_expect(s->process, "SIGTERM", 0, NULL, NULL);
}

void hostile_await_count(const process *p, const char *what, int count)
{
    long end = clock_ms() + PROCESS_SECONDS * 1000L;

    while (hostile_count(p, what) > count) {
        ck_assert_msg(clock_ms() < end, "%s: %d, more than %d", what, hostile_count(p, what), count);
        sleep_ms(20);
    }
}

peer *hostile_command(int fd, const char *words, int has_input)
{
    peer *p = peer_client(fd, "alice", "keys/alice");
    command_line line = { { NULL }, 0 };
    sw_argument argv[8];

    command_add_words(&line, words);
    for (size_t i = 0; i < line.argc; i++)
        argv[i] = (sw_argument){ line.argv[i], strlen(line.argv[i]) };
    peer_log_in(p);
    ck_assert_int_eq(sw_session_command(peer_session(p), argv, line.argc, has_input), 1);
    peer_flush(p);
    return p;
}

double hostile_quantile(double *values, int count, double part)
{
    int at = (int)((double)(count - 1) * part + 0.5);

    qsort(values, (size_t)count, sizeof(*values), compare);
    return values[at];
}

void hostile_figure(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fputs("figure: ", stdout);
    vprintf(format, args);
    putchar('\n');
    fflush(stdout);
    va_end(args);
}
