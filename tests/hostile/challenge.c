/* SPDX-License-Identifier: ISC */
#include "challenge.h"

#include "hostile.h"
#include "scratch.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

target target_start(int is_inetd, const char *options)
{
    target t = { { NULL, NULL, NULL }, is_inetd, options, 0 };

    if (!is_inetd)
        t.server = server_start_local(scratch_format("--max-per-source 0 %s", options));
    return t;
}

void target_stop(const target *t)
{
    if (!t->is_inetd)
        hostile_stop(&t->server);
}

/* Its standard error is not ours: what it logs takes as long as it does elsewhere. */
static pid_t start_for(int fd, const command_line *line)
{
    pid_t child = fork();

    if (child == 0) {
        dup2(fd, STDIN_FILENO);
        dup2(fd, STDOUT_FILENO);
        execv(line->argv[0], (char *const *)(uintptr_t)line->argv);
        _exit(127);
    }
    ck_assert(child > 0);
    return child;
}

static int connect_to(target *t)
{
    command_line line = { { NULL }, 0 };
    int ends[2];

    if (!t->is_inetd)
        return dial(t->server.port);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    command_add(&line, tool_path(TOOL_SERVER));
    command_add_words(&line, "--inetd -u users --log-level crit");
    command_add_words(&line, t->options);
    t->child = start_for(ends[1], &line);
    close(ends[1]);
    return ends[0];
}

static void disconnect(const target *t, int fd)
{
    close(fd);
    if (t->is_inetd)
        ck_assert_int_eq(waitpid(t->child, NULL, 0), t->child);
}

/* Reads the two lines of a greeting. */
static void take_greeting(int fd)
{
    char byte;

    for (int lines = 0; lines < 2; lines += byte == '\n')
        receive_exactly(fd, &byte, 1);
}

static void take_challenge(int fd, challenge *c)
{
    uint8_t header[SW_HEADER_SIZE];

    receive_exactly(fd, header, sizeof(header));
    c->asked_ms += hostile_ms();
    ck_assert_uint_eq(header[4], SW_BAND_CHALLENGE);
    c->size = header[0] | (size_t)header[1] << 8;
    ck_assert_uint_le(c->size, BLOCK_MAX);
    receive_exactly(fd, c->block, c->size);
}

static void answer_wrongly(int fd, challenge *c)
{
    uint8_t answer[SW_HEADER_SIZE + SW_SHA256_SIZE] = { SW_SHA256_SIZE, 0, 0, 0, SW_BAND_CHALLENGE_RESPONSE };
    uint8_t byte;

    c->refused_ms = -hostile_ms();
    send_all(fd, answer, sizeof(answer));
    ck_assert_uint_eq(receive_to_end(fd, &byte, sizeof(byte)), 0);
    c->refused_ms += hostile_ms();
}

void challenge_ask(target *t, const char *name, int is_answered, challenge *c)
{
    const char *request = scratch_format("auth rsa %s sideband,aes_ctr128,sha256\n", name);
    int fd = connect_to(t);

    take_greeting(fd);
    c->asked_ms = -hostile_ms();
    send_text(fd, request);
    take_challenge(fd, c);
    if (is_answered)
        answer_wrongly(fd, c);
    disconnect(t, fd);
}
