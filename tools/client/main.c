/* sidewire-client: runs one command on an audio server. */
#include "arguments.h"
#include "client.h"
#include "connect.h"
#include "deadline.h"
#include "identity.h"
#include "key_file.h"
#include "report.h"

#include <sidewire/mbedtls.h>

#include <errno.h>
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
    char *default_path = args->key_path == NULL ? identity_key_path(args->user) : NULL;
    const char *path = args->key_path == NULL ? default_path : args->key_path;
    int result = -1;

    if (path != NULL) {
        char why[256];
        result = load_private_key(key, path, why, sizeof(why));
        if (result < 0)
            report("%s: %s", path, why);
        else if (args->verbose)
            report("user %s, key %s", args->user, path);
    }
    free(default_path);
    return result;
}

static int connect_and_run(client *c, const arguments *args, const char *peer)
{
    int64_t deadline = args->timeout > 0 ? deadline_in(args->timeout * 1000) : DEADLINE_NEVER;
    int fd, status;

    if (args->in >= 0)
        return client_run(c, peer, args->in, args->out, deadline);
    fd = connect_to(args->host, args->port, deadline, args->verbose);
    if (fd < 0)
        return STATUS_CONNECTION;
    status = client_run(c, peer, fd, fd, deadline);
    close(fd);
    return status;
}

static int run(const arguments *args, const sw_crypto *crypto, sw_private_key *key)
{
    char peer[PEER_NAME_SIZE] = "connection";
    int status = STATUS_USAGE;
    client *c = client_new(args, crypto, key);

    if (c == NULL)
        return STATUS_USAGE;
    if (args->in < 0)
        peer_name(args->host, args->port, peer);
    status = connect_and_run(c, args, peer);
    client_free(c);
    return status;
}

int main(int argc, char **argv)
{
    static sw_private_key key;
    arguments args;
    sw_crypto *crypto;
    int status;

    report_program(argv[0]);
    if (open_standard_streams() < 0)
        return STATUS_CONNECTION;
    signal(SIGPIPE, SIG_IGN);
    status = arguments_parse(&args, argc, argv);
    if (status != ARGUMENTS_OK)
        return status;
    if (args.user == NULL && (args.user = identity_user()) == NULL)
        return STATUS_USAGE;
    if (load_key(&key, &args) < 0)
        return STATUS_USAGE;
    crypto = sw_mbedtls_new();
    if (crypto == NULL)
        report("no memory or no randomness");
    status = crypto == NULL ? STATUS_CONNECTION : run(&args, crypto, &key);
    sw_private_key_wipe(&key);
    sw_mbedtls_free(crypto);
    return status;
}
