/* SPDX-License-Identifier: ISC */
#include "tools.h"

#include "scratch.h"
#include "suite.h"
#include "user_keys.h"

#include <sidewire/api.h>

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char users[] = "user alice keys/alice.pub " PERMISSIONS_ALL
                            "\n"
                            "user bob keys/bob.pub AFS_READ,VSS_READ\n";

/* ---- suites ---- */

/* Commands of tests are words, so a folder with a blank in its path gets another name, in the suite's own folder. */
static int name_without_blanks(const char *variable, const char *name)
{
    const char *path = getenv(variable);
    char link[PATH_MAX];
    size_t len;

    if (path == NULL || strchr(path, ' ') == NULL)
        return 0;
    if (symlink(path, name) < 0 || getcwd(link, sizeof(link)) == NULL)
        return -1;
    len = strlen(link);
    snprintf(link + len, sizeof(link) - len, "/%s", name);
    return setenv(variable, link, 1);
}

static const char *root(const char *variable)
{
    const char *value = getenv(variable);

    ck_assert_msg(value != NULL, "%s is not set", variable);
    return value;
}

const char *tool_path(const char *relative)
{
    return scratch_format("%s/%s", root("SIDEWIRE_BUILD_ROOT"), relative);
}

static void setup(void)
{
    signal(SIGPIPE, SIG_IGN);
    setenv("LC_ALL", "C", 1);  /* messages of the system are compared */
    unsetenv("SSH_AUTH_SOCK"); /* an agent of whoever runs the tests has other keys */
    scratch_enter();
    scratch_write_text("users", users);
}

static void teardown(void)
{
    processes_end();
    scratch_leave();
}

void make_all_keys(void)
{
    command_line line = { { NULL }, 0 };

    if (access("keys/rsa2048.pub", F_OK) == 0)
        return;
    command_add(&line, scratch_format("%s/tests/support/make-keys.sh", root("SIDEWIRE_SOURCE_ROOT")));
    command_add(&line, "keys");
    process_expect(process_start(&line, NULL), "make-keys.sh", 0, NULL, NULL);
    processes_end();
}

TCase *e2e_case(Suite *suite, const char *name)
{
    TCase *tcase = suite_case(suite, name);

    tcase_add_unchecked_fixture(tcase, make_user_keys, NULL);
    tcase_add_checked_fixture(tcase, setup, teardown);
    return tcase;
}

static int run_in_scratch(Suite *suite, int (*run)(Suite *suite))
{
    int failed;

    if (scratch_open() < 0 || name_without_blanks("SIDEWIRE_BUILD_ROOT", "build") < 0 ||
        name_without_blanks("SIDEWIRE_SOURCE_ROOT", "source") < 0)
        return EXIT_FAILURE;
    failed = run(suite);
    scratch_close();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int e2e_main(Suite *suite)
{
    return run_in_scratch(suite, run_suite);
}

int e2e_main_apart(Suite *suite)
{
    return run_in_scratch(suite, run_suite_apart);
}

/* ---- server ---- */

const char *port_of_line(const char *text, const char *before)
{
    const char *line = strstr(text, before);
    const char *port;

    ck_assert_msg(line != NULL, "no '%s' in: %s", before, text);
    port = line + strlen(before);
    ck_assert_uint_gt(strspn(port, "0123456789"), 0);
    return scratch_format("%.*s", (int)strspn(port, "0123456789"), port);
}

process *tool_start(const char *relative, const char *words)
{
    command_line line = { { NULL }, 0 };

    command_add(&line, tool_path(relative));
    command_add_words(&line, words);
    return process_start(&line, NULL);
}

server server_start(const char *host, const char *options)
{
    const char *words = scratch_format("-u users -l %s -p 0 --log-level info %s", host, options);
    int is_ipv6 = strchr(host, ':') != NULL;
    const char *before = scratch_format("listening on %s%s%s:", is_ipv6 ? "[" : "", host, is_ipv6 ? "]" : "");
    server s = { tool_start(TOOL_SERVER, words), host, NULL };

    s.port = port_of_line(process_await_out(s.process, "\n"), before);
    return s;
}

server server_start_local(const char *options)
{
    return server_start("127.0.0.1", options);
}

const char *ipv6_host(void)
{
    const char *value = getenv("SIDEWIRE_NO_IPV6");

    return value != NULL && strcmp(value, "1") == 0 ? "127.0.0.1" : "::1";
}

void server_stop(const server *s)
{
    process_signal(s->process, SIGTERM);
    process_expect(s->process, "SIGTERM", 0, NULL, "*: notice: ends: Terminated\n*");
}

/* ---- client ---- */

command_line client_line(const char *port, const char *words)
{
    command_line line = { { NULL }, 0 };

    command_add(&line, tool_path(TOOL_CLIENT));
    command_add_words(&line, scratch_format("-H 127.0.0.1 -p %s -u alice -k keys/alice %s", port, words));
    return line;
}

process *client_start(const server *s, const char *options, const char *command)
{
    return tool_start(TOOL_CLIENT, scratch_format("-H %s -p %s -u alice -k keys/alice %s %s", s->host, s->port,
                                                  options, command));
}

void client_expect(const server *s, const char *options, const char *command, int status, const char *out,
                   const char *err)
{
    process_expect(client_start(s, options, command), scratch_format("%s %s", options, command), status, out, err);
}

const char *si_pattern(const server *s, unsigned active, unsigned accepted, unsigned total, unsigned commands)
{
    long pid = (long)process_id(s->process);

    return scratch_format("version: sidewire-server " SW_VERSION
                          "\n"
                          "up time: 0:0?:??\n"
                          "played: 0\n"
                          "server pid: %ld\n"
                          "afs pid: %ld\n"
                          "connections (active/accepted/total): %u/%u/%u\n"
                          "commands: %u\n"
                          "log level: info\n"
                          "supported audio formats: none, tracks are simulated\n"
                          "http sender:\n*",
                          pid, pid, active, accepted, total, commands);
}
