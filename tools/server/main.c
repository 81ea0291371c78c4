/* SPDX-License-Identifier: ISC */
/* sidewire-server. */
#include "arguments.h"
#include "log.h"
#include "options.h"
#include "report.h"
#include "server.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- standard descriptors ---- */

/* Nothing opened later shall be mistaken for standard output or error. */
static void fill_standard_descriptors(void)
{
    int fd;

    do {
        fd = open("/dev/null", O_RDWR);
    } while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd > STDERR_FILENO)
        close(fd);
}

/* inetd makes standard error the peer's socket too: log lines there would spoil the session. */
static void mute_log_to_peer(const server_options *options)
{
    struct stat session, log;

    if (options->out < 0 || fstat(options->out, &session) < 0 || fstat(STDERR_FILENO, &log) < 0)
        return;
    if (S_ISSOCK(log.st_mode) && log.st_dev == session.st_dev && log.st_ino == session.st_ino &&
        freopen("/dev/null", "w", stderr) == NULL)
        exit(STATUS_CONNECTION);
}

static int serve(server_options *options)
{
    server s;
    int status;

    fill_standard_descriptors();
    mute_log_to_peer(options);
    log_open();
    status = server_start(&s, options);
    if (status == STATUS_OK)
        status = server_run(&s);
    server_free(&s);
    log_close();
    return status;
}

int main(int argc, char **argv)
{
    playback p;
    server_options options = { .port = -1, .in = -1, .out = -1, .playback = &p };
    int status;

    signal(SIGPIPE, SIG_IGN); /* a log that nobody reads shall not end us */
    report_program(argv[0]);
    playback_init(&p);
    if (arguments_parse(&options, argc, argv, &status))
        status = serve(&options);
    playback_free(&p);
    return status;
}
