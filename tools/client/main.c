/* sidewire-client: runs commands on an audio server. */
#include "arguments.h"
#include "identity.h"
#include "interactive.h"
#include "key_file.h"
#include "report.h"
#include "run.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* A standard stream that is closed would become the connection. The stand-ins still fail, as closed
 * ones do. */
static int open_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
            return -1;
    return 0;
}

static int load_key(sw_private_key *key, const arguments *args)
{
    char *path = args->key_path == NULL ? identity_key_path(args->user)
                                        : expanded_path(args->key_path);
    int result = -1;

    if (path != NULL) {
        char why[256];
        result = load_private_key(key, path, why, sizeof(why));
        if (result < 0)
            report("%s: %s", path, why);
        else if (args->verbose)
            report("user %s, key %s", args->user, path);
    }
    free(path);
    return result;
}

/* Comes late, since it empties the file. */
static int open_recorder(arguments *args)
{
    char why[256];

    if (args->record == NULL)
        return 0;
    args->recorder = recorder_open(args->record, why, sizeof(why));
    if (args->recorder == NULL)
        report("--record: %s: %s", args->record, why);
    return args->recorder == NULL ? -1 : 0;
}

static int run_one(const arguments *args, sw_private_key *key)
{
    const invocation one = { .argv = args->command,
                             .argc = args->command_count,
                             .data = STDIN_FILENO,
                             .data_name = "standard input" };

    return run_invocation(args, &one, key);
}

static int run(arguments *args)
{
    static sw_private_key key;
    int status = STATUS_USAGE;

    if (args->user == NULL && (args->user = identity_user()) == NULL)
        return STATUS_USAGE;
    if (load_key(&key, args) < 0)
        return STATUS_USAGE;
    if (open_recorder(args) == 0)
        status = args->interactive ? interactive_run(args, &key) : run_one(args, &key);
    recorder_close(args->recorder);
    sw_private_key_wipe(&key);
    return status;
}

int main(int argc, char **argv)
{
    arguments args;
    int status;

    report_program(argv[0]);
    if (open_standard_streams() < 0)
        return STATUS_CONNECTION;
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);    /* a file that may not grow is like a full disk */
    status = arguments_parse(&args, argc, argv);
    if (status == ARGUMENTS_OK)
        status = run(&args);
    arguments_free(&args);
    return status;
}
