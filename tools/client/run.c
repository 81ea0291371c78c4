/* SPDX-License-Identifier: ISC */
#include "run.h"

#include "client.h"
#include "connect.h"
#include "deadline.h"
#include "options.h"
#include "report.h"
#include "turns.h"

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

static void tell_keys(const arguments *args, const proof *p)
{
    if (p->decrypter != NULL && p->decrypter != p->signer)
        report("user %s, key %s, or in a plain session %s", args->user, p->signer->name, p->decrypter->name);
    else
        report("user %s, key %s", args->user, p->signer->name);
}

/* Of one session. */
static int run_session(turns *keys, const proof *p, const invocation *i, trust *t)
{
    const arguments *args = keys->args;
    client *c = client_new(args, i, keys->crypto, p, t);
    int status;

    if (c == NULL)
        return STATUS_USAGE;
    if (args->verbose)
        tell_keys(args, p);
    status = connect_and_run(c, args, t->peer);
    if (status == CLIENT_KEY_REFUSED_SEALED || status == CLIENT_KEY_REFUSED_PLAIN)
        turns_refused(keys, p, status, client_refusal(c));
    client_free(c);
    return status;
}

static int run_in_turn(turns *keys, const invocation *i, trust *t)
{
    proof p;

    while (turns_next(keys, &p)) {
        int status;

        t->crypto = keys->crypto;
        status = run_session(keys, &p, i, t);
        if (status >= 0)
            return status;
    }
    return turns_give_up(keys, t->peer);
}

static int run(turns *keys, const invocation *i)
{
    const arguments *args = keys->args;
    char peer[PEER_NAME_SIZE] = "connection";
    const char *host = args->in < 0 ? args->host : NULL;
    int status = STATUS_USAGE;
    trust t;

    if (host != NULL)
        peer_name(host, server_port(args), peer);
    if (args->verbose)
        report("crypto: %s", keys->crypto->name);
    if (trust_init(&t, keys->crypto, host, server_port(args), args->server_key, args->known_servers,
                   args->accept_new) == 0) {
        t.peer = peer;
        status = run_in_turn(keys, i, &t);
    }
    trust_free(&t);
    return status;
}

int run_invocation(const arguments *args, const invocation *i, credentials *keys)
{
    sw_crypto *crypto = start_crypto(args->crypto);
    int status = STATUS_CONNECTION;
    turns t;

    if (crypto != NULL) {
        turns_begin(&t, args, keys, crypto);
        status = run(&t, i);
        turns_end(&t);
    }
    credentials_wipe(keys);
    return status;
}
