/* SPDX-License-Identifier: ISC */
/* sidewire-client: runs commands on an audio server. */
#include "arguments.h"
#include "client.h"
#include "identity.h"
#include "interactive.h"
#include "keylog_writer.h"
#include "report.h"
#include "run.h"
#include "standard_streams.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* Comes late, since it empties the file. */
static int open_recorder(arguments *args)
{
    char why[256];
    keylog log;

    if (args->record == NULL)
        return 0;
    args->recorder = recorder_open_waiting(args->record, why, sizeof(why));
    if (args->recorder == NULL)
        report("--record: %s: %s", args->record, why);
    keylog_init(&log);
    if (keylog_is_wanted(&log))
        recorder_announce_keys(args->recorder);
    return args->recorder == NULL ? -1 : 0;
}

static int run_one(const arguments *args, credentials *keys)
{
    const sw_command *command = known_command(args->command[0]);
    int takes_data = args->upload || (command != NULL && command->takes_data);
    const invocation one = { .argv = args->command,
                             .argc = args->command_count,
                             .data = takes_data ? STDIN_FILENO : -1,
                             .data_name = "standard input" };

    return run_invocation(args, &one, keys);
}

static int run(arguments *args)
{
    static credentials keys;
    int status = STATUS_USAGE;

    if (args->user == NULL && (args->user = identity_user()) == NULL)
        return STATUS_USAGE;
    if (credentials_load(&keys, args) == 0 && open_recorder(args) == 0)
        status = args->interactive ? interactive_run(args, &keys) : run_one(args, &keys);
    recorder_close(args->recorder);
    credentials_free(&keys);
    return status;
}

/* As programs end that leave SIGPIPE alone; but the recording is whole by now. */
static void end_by_signal(void)
{
    signal(SIGPIPE, SIG_DFL);
    raise(SIGPIPE);
}

int main(int argc, char **argv)
{
    arguments args;
    int status, quiet_pipe;

    report_program(argv[0]);
    if (standard_streams_open() < 0)
        return STATUS_CONNECTION;
    quiet_pipe = signal(SIGPIPE, SIG_IGN) != SIG_IGN;
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is like a full disk */
    status = arguments_parse(&args, argc, argv);
    args.quiet_pipe = quiet_pipe;
    if (status == ARGUMENTS_OK)
        status = run(&args);
    arguments_free(&args);
    if (status == STATUS_READER_GONE)
        end_by_signal();
    return status;
}
