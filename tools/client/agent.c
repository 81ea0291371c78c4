/* SPDX-License-Identifier: ISC */
#include "agent.h"

#include "agent_messages.h"
#include "deadline.h"
#include "platform.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    LIST_MILLISECONDS = 5000, /* nobody is asked for a list, so it comes at once */
    IDENTITIES_MAX = 256,     /* that are looked at */
    PIECE = 4096
};

static const char late[] = "the agent does not answer in time";
static const char strange[] = "the agent's answer is not one of an ssh-agent";

/* Waits until the socket is ready for `events`. 0, or -1 with the reason. */
static int await(int fd, short events, int64_t deadline, char *why)
{
    struct pollfd ready = { fd, events, 0 };
    int n;

    while ((n = poll(&ready, 1, deadline_left(deadline))) < 0 && errno == EINTR)
        continue;
    if (n > 0)
        return 0;
    snprintf(why, AGENT_WHY_SIZE, "%s", n == 0 ? late : strerror(errno));
    return -1;
}

/* A non-blocking socket. -1 with the reason. */
static int connect_agent(int64_t deadline, char *why)
{
    const char *path = getenv("SSH_AUTH_SOCK");
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd;

    if (path == NULL || *path == '\0') {
        snprintf(why, AGENT_WHY_SIZE, "there is no agent (SSH_AUTH_SOCK is not set)");
        return -1;
    }
    if (strlen(path) >= sizeof(address.sun_path)) {
        snprintf(why, AGENT_WHY_SIZE, "SSH_AUTH_SOCK is longer than the path of a socket can be");
        return -1;
    }
    strcpy(address.sun_path, path);
    fd = platform_socket(AF_UNIX, SOCK_STREAM, 0);
    while (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
        if (errno == EAGAIN && deadline_left(deadline) != 0) {
            poll(NULL, 0, 20); /* its queue is full; nothing tells when it is not */
            continue;
        }
        if (errno == EAGAIN)
            errno = ETIMEDOUT;
        snprintf(why, AGENT_WHY_SIZE, "there is no agent at %s: %s", path, strerror(errno));
        close(fd);
        return -1;
    }
    if (fd < 0)
        snprintf(why, AGENT_WHY_SIZE, "socket for the agent: %s", strerror(errno));
    return fd;
}

static int send_request(int fd, const uint8_t *request, size_t len, int64_t deadline, char *why)
{
    while (len > 0) {
        ssize_t n = platform_send(fd, request, len);

        if (n < 0 && errno == EAGAIN && await(fd, POLLOUT, deadline, why) < 0)
            return -1;
        if (n < 0 && errno != EAGAIN && errno != EINTR) {
            snprintf(why, AGENT_WHY_SIZE, "the agent takes nothing: %s", strerror(errno));
            return -1;
        }
        if (n > 0) {
            request += n;
            len -= (size_t)n;
        }
    }
    return 0;
}

static int receive_answer(int fd, agent_answer *answer, int64_t deadline, char *why)
{
    uint8_t piece[PIECE];
    size_t wanted;

    while ((wanted = agent_answer_wants(answer)) > 0) {
        ssize_t n;

        if (await(fd, POLLIN, deadline, why) < 0)
            return -1;
        n = read(fd, piece, wanted < sizeof(piece) ? wanted : sizeof(piece));
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (n <= 0) {
            snprintf(why, AGENT_WHY_SIZE, "the agent closed without an answer");
            return -1;
        }
        if (agent_answer_take(answer, piece, (size_t)n) < 0) {
            snprintf(why, AGENT_WHY_SIZE, "%s", strange);
            return -1;
        }
    }
    return 0;
}

/* The answer is to be freed in either case. */
static int ask(const uint8_t *request, size_t len, agent_answer *answer, int64_t deadline, char *why)
{
    int fd = connect_agent(deadline, why);
    int result = -1;

    memset(answer, 0, sizeof(*answer));
    if (fd < 0)
        return -1;
    if (send_request(fd, request, len, deadline, why) == 0)
        result = receive_answer(fd, answer, deadline, why);
    close(fd);
    return result;
}

/* ---- the list ---- */

static void copy_key(sw_public_key *out, const sw_ssh_key *key)
{
    size_t top = 8;

    memset(out, 0, sizeof(*out));
    out->type = key->type;
    if (key->type == SW_KEY_ED25519) {
        memcpy(out->ed25519, key->ed25519, sizeof(out->ed25519));
        return;
    }
    while (top > 0 && !(key->rsa.n[0] >> (top - 1)))
        top--;
    out->bits = (uint16_t)((key->rsa.n_size - 1) * 8 + top);
    out->n_size = (uint16_t)key->rsa.n_size;
    out->e_size = (uint16_t)key->rsa.e_size;
    memcpy(out->n, key->rsa.n, key->rsa.n_size);
    memcpy(out->e, key->rsa.e, key->rsa.e_size);
}

static int read_list(agent_identities *identities, const agent_answer *answer)
{
    agent_list list;
    agent_key key;
    int result = agent_list_begin(&list, answer);

    while (result == 0 && identities->count < IDENTITIES_MAX && (result = agent_list_next(&list, &key)) > 0) {
        agent_identity *i = &identities->list[identities->count++];

        copy_key(&i->key, &key.key);
        snprintf(i->comment, sizeof(i->comment), "%.*s", (int)key.comment_len, (const char *)key.comment);
        result = 0;
    }
    return result;
}

int agent_list_identities(agent_identities *identities, char why[AGENT_WHY_SIZE])
{
    uint8_t request[AGENT_LIST_REQUEST_SIZE];
    size_t len = agent_write_list_request(request);
    agent_answer answer;
    int result;

    identities->count = 0;
    identities->list = calloc(IDENTITIES_MAX, sizeof(*identities->list));
    if (identities->list == NULL) {
        snprintf(why, AGENT_WHY_SIZE, "%s", strerror(ENOMEM));
        return -1;
    }
    result = ask(request, len, &answer, deadline_in(LIST_MILLISECONDS), why);
    if (result == 0 && (result = read_list(identities, &answer)) < 0)
        snprintf(why, AGENT_WHY_SIZE, "%s",
                 result == AGENT_REFUSES ? "the agent does not tell its keys" : strange);
    agent_answer_free(&answer);
    if (result < 0)
        agent_identities_free(identities);
    return result < 0 ? -1 : 0;
}

void agent_identities_free(agent_identities *identities)
{
    free(identities->list);
    identities->list = NULL;
    identities->count = 0;
}

/* ---- a signature ---- */

int agent_sign(const sw_public_key *key, const uint8_t *message, size_t message_len, int64_t deadline,
               uint8_t *out, size_t cap, size_t *len, char why[AGENT_WHY_SIZE])
{
    uint8_t request[AGENT_SIGN_REQUEST_MAX];
    size_t request_len = agent_write_sign_request(key, message, message_len, request);
    const uint8_t *blob;
    agent_answer answer;
    int result = ask(request, request_len, &answer, deadline, why);

    if (result == 0 && (result = agent_read_signature(&answer, &blob, len)) < 0)
        snprintf(why, AGENT_WHY_SIZE, "%s", result == AGENT_REFUSES ? "the agent refuses to sign" : strange);
    if (result == 0 && *len > cap) {
        snprintf(why, AGENT_WHY_SIZE, "%s", strange);
        result = -1;
    }
    if (result == 0)
        memcpy(out, blob, *len);
    agent_answer_free(&answer);
    return result < 0 ? -1 : 0;
}
