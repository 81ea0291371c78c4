#include "run.h"

#include "client.h"
#include "connect.h"
#include "deadline.h"
#include "options.h"
#include "report.h"

#include <sidewire/backends.h>

#include <unistd.h>

static const char *server_port(const arguments *args)
{
    return args->host_port != NULL ? args->host_port : args->port;
}

static int connect_and_run(client *c, const arguments *args, const char *peer)
{
    int64_t deadline = args->timeout > 0 ? deadline_in(args->timeout * 1000) : DEADLINE_NEVER;
    int fd, status;

    if (args->in >= 0)
        return client_run(c, peer, args->in, args->out, deadline);
    fd = connect_to(args->host, server_port(args), deadline, args->verbose);
    if (fd < 0)
        return STATUS_CONNECTION;
    status = client_run(c, peer, fd, fd, deadline);
    close(fd);
    return status;
}

/* Of one session. */
static int run_session(const arguments *args, const invocation *i, const sw_crypto *crypto,
                       sw_private_key *key, trust *t)
{
    client *c = client_new(args, i, crypto, key, t);
    int status;

    if (c == NULL)
        return STATUS_USAGE;
    status = connect_and_run(c, args, t->peer);
    client_free(c);
    return status;
}

static int run(const arguments *args, const invocation *i, const sw_crypto *crypto,
               sw_private_key *key)
{
    char peer[PEER_NAME_SIZE] = "connection";
    const char *host = args->in < 0 ? args->host : NULL;
    int status = STATUS_USAGE;
    trust t;

    if (host != NULL)
        peer_name(host, server_port(args), peer);
    if (args->verbose)
        report("crypto: %s", crypto->name);
    if (trust_init(&t, crypto, host, server_port(args), args->server_key, args->known_servers,
                   args->accept_new) == 0) {
        t.peer = peer;
        do
            status = run_session(args, i, crypto, key, &t);
        while (status == CLIENT_AGAIN);
    }
    trust_free(&t);
    return status;
}

int run_invocation(const arguments *args, const invocation *i, sw_private_key *key)
{
    sw_crypto *crypto = start_crypto(args->crypto);
    int status = STATUS_CONNECTION;

    if (crypto != NULL)
        status = run(args, i, crypto, key);
    sw_private_key_wipe(key);
    sw_backend_free(crypto);
    return status;
}
