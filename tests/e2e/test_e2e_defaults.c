/* SPDX-License-Identifier: ISC */
/* The client's defaults: from the environment and from a file, and what stands above what. */
#include "scratch.h"
#include "suite.h"
#include "tools.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static void setup(void)
{
    ck_assert_int_eq(mkdir(".config", 0700), 0);
    ck_assert_int_eq(mkdir(".config/sidewire", 0700), 0);
}

/* Runs `sidewire-client si` with nothing but these words. */
static void expect_success(const char *words)
{
    process_expect(tool_start(TOOL_CLIENT, scratch_format("%s si", words)), words, 0, NULL, "");
}

START_TEST(environment)
{
    server s = server_start_local("");

    setenv("SIDEWIRE_HOST", "127.0.0.1", 1);
    setenv("SIDEWIRE_PORT", s.port, 1);
    setenv("SIDEWIRE_USER", "alice", 1);
    setenv("SIDEWIRE_KEY", "keys/alice", 1);
    expect_success("");
    setenv("SIDEWIRE_PORT", "1", 1);
    expect_success(scratch_format("-p %s", s.port));
    setenv("SIDEWIRE_PORT", "0", 1);
    process_expect(tool_start(TOOL_CLIENT, "si"), "port", 2, "",
                   "sidewire-client: SIDEWIRE_PORT: '0' is not a number from 1 to 65535\n");
    server_stop(&s);
}
END_TEST

START_TEST(file)
{
    server s = server_start_local("");

    scratch_write_text(".config/sidewire/client.conf",
                       scratch_format("\xef\xbb\xbf# mine\r\nhost 127.0.0.1\r\nport %s\r\n"
                                      "user alice\r\nkey ~/keys/alice\r\n",
                                      s.port));
    expect_success("");
    setenv("SIDEWIRE_PORT", "1", 1);
    process_expect(tool_start(TOOL_CLIENT, "si"), "environment", 3, "",
                   "sidewire-client: 127.0.0.1:1: Connection refused\n");
    expect_success(scratch_format("-p %s", s.port));
    process_expect(tool_start(TOOL_CLIENT, "--config= -u alice si"), "none", 2, "", "sidewire-client: no key: *");
    process_expect(tool_start(TOOL_CLIENT, "--config other si"), "missing", 2, "",
                   "sidewire-client: other: No such file or directory\n");
    scratch_write_text("other", "prot 1\n");
    process_expect(tool_start(TOOL_CLIENT, "--config other si"), "wrong", 2, "",
                   "sidewire-client: other: line 1: prot: unknown option\n");
    unsetenv("SIDEWIRE_PORT");
    ck_assert_int_eq(rename(".config", "folder"), 0);
    setenv("XDG_CONFIG_HOME", scratch_format("%s/folder", getenv("HOME")), 1);
    expect_success("");
    server_stop(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e defaults");
    TCase *tcase = e2e_case(suite, "client");

    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, environment);
    tcase_add_test(tcase, file);
    return e2e_main(suite);
}
