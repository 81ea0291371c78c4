/* SPDX-License-Identifier: ISC */
/* Server and decoder once they have started: held in by the kernel, and what they have to do later still goes. */
#include "scratch.h"
#include "suite.h"
#include "tools.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STATUS_SIZE = 8192 };

static const char *status_of(pid_t id)
{
    FILE *file = fopen(scratch_format("/proc/%d/status", (int)id), "re");
    char *text = scratch_allocate(STATUS_SIZE);

    ck_assert_ptr_nonnull(file);
    text[fread(text, 1, STATUS_SIZE - 1, file)] = '\0';
    fclose(file);
    return text;
}

/* Does the kernel have it, for us? */
static int has_filters(void)
{
    return access("/proc/sys/kernel/seccomp/actions_avail", F_OK) == 0;
}

/* One who is not has what we have, who may be in a container. */
static void expect_held(const process *p, int held)
{
    static const char *const fields[] = { "\nNoNewPrivs:\t1", "\nSeccomp:\t2" };

    for (int i = 0; i < (has_filters() ? 2 : 1); i++) {
        int is_so = strstr(status_of(process_id(p)), fields[i]) != NULL;
        ck_assert_int_eq(is_so, held || strstr(status_of(getpid()), fields[i]) != NULL);
    }
}

/* libuv makes rings from 1.45 on, and ends the program when it may not use one any more. */
static void expect_no_ring(const process *p)
{
    const char *folder = scratch_format("/proc/%d/fd", (int)process_id(p));

    for (int fd = 0; fd < 64; fd++) {
        char target[64] = "";

        if (readlink(scratch_format("%s/%d", folder, fd), target, sizeof(target) - 1) > 0)
            ck_assert_str_ne(target, "anon_inode:[io_uring]");
    }
}

/* ---- server ---- */

START_TEST(server_is_held)
{
    server s = server_start_local("");

    expect_held(s.process, 1);
    expect_no_ring(s.process);
    client_expect(&s, "", "version", 0, "*", "");
    server_stop(&s);
    ck_assert_ptr_null(strstr(process_err(s.process), "sandbox: the system"));
}
END_TEST

START_TEST(server_is_free)
{
    server s = server_start_local("--no-sandbox");

    expect_held(s.process, 0);
    server_stop(&s);
    expect_match("log", process_err(s.process), "*sandbox: none, as asked for*");
}
END_TEST

static void write_users(const char *key)
{
    scratch_write_text("users.new", scratch_format("user alice keys/alice.pub " PERMISSIONS_ALL "\n"
                                                   "user carol %s -\n",
                                                   key));
    ck_assert_int_eq(chmod("users.new", 0600), 0);
    ck_assert_int_eq(rename("users.new", "users"), 0);
}

/* Also a signal that comes as soon as it listens. A key that comes later, in a folder that was known, and in another. */
START_TEST(server_reads_again)
{
    server s = server_start_local("--database blobs");
    size_t len;
    char *key = scratch_read("keys/bob.pub", &len);

    scratch_write("carol.pub", key, len);
    scratch_write("../carol.pub", key, len);
    write_users("carol.pub");
    process_signal(s.process, SIGHUP);
    process_await_err(s.process, "users: 2");
    client_expect(&s, "-u carol -k keys/bob", "version", 0, "*", "");
    write_users("../carol.pub");
    client_expect(&s, "", "hup", 0, "", "");
    process_await_err(s.process, "users: 1");
    expect_match("log", process_err(s.process), "*carol* skipped: *../carol.pub: Permission denied*");
    server_stop(&s);
}
END_TEST

/* All that is written later, each in a folder of its own. */
START_TEST(server_writes)
{
    process_setup setup = { .input = "words" };
    command_line line;
    server s;

    ck_assert_int_eq(mkdir("base", 0700), 0);
    ck_assert_int_eq(mkdir("secrets", 0700), 0);
    ck_assert_int_eq(mkdir("captures", 0700), 0);
    ck_assert_int_eq(setenv("SIDEWIREKEYLOGFILE", "secrets/keys", 1), 0);
    s = server_start_local("--database base/blobs --record captures/all.pcapng");
    ck_assert_int_eq(unsetenv("SIDEWIREKEYLOGFILE"), 0);
    scratch_write_text("words", "la la\n");
    line = client_line(s.port, "addlyr song");
    process_expect(process_start(&line, &setup), "addlyr", 0, "", "");
    client_expect(&s, "", "lslyr", 0, "song\n", "");
    server_stop(&s);
    ck_assert_ptr_null(strstr(process_err(s.process), "error"));
    process_expect(tool_start(TOOL_DUMP, "--keylog secrets/keys captures/all.pcapng"), "dump", 0, "*lslyr*song*",
                   "");
}
END_TEST

/* ---- decoder ---- */

/* One that waits for more of its standard input; a page that is put in its place in the end. */
START_TEST(dump_is_held)
{
    process_setup setup = { .input = "pipe" };
    command_line line = { .argc = 0 };
    process *p;
    server s;
    size_t len;
    char *capture;
    FILE *pipe;

    s = server_start_local("--record all.pcapng");
    client_expect(&s, "", "version", 0, "*", "");
    server_stop(&s);
    capture = scratch_read("all.pcapng", &len);
    ck_assert_int_eq(mkdir("pages", 0700), 0);
    ck_assert_int_eq(mkfifo("pipe", 0600), 0);
    pipe = fopen("pipe", "r+e");
    ck_assert_ptr_nonnull(pipe);
    command_add(&line, tool_path(TOOL_DUMP));
    command_add_words(&line, "--html pages/page --extract folder -k keys/alice -");
    p = process_start(&line, &setup);
    ck_assert_uint_eq(fwrite(capture, 1, len, pipe), len);
    ck_assert_int_eq(fflush(pipe), 0);
    for (int i = 0; strstr(status_of(process_id(p)), "NoNewPrivs:\t1") == NULL && i < 600; i++)
        sleep_ms(100);
    expect_held(p, 1);
    fclose(pipe);
    process_expect(p, "dump", 0, NULL, "");
    expect_match("page", scratch_read("pages/page", NULL), "<!DOCTYPE html>*");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e_sandbox");
    TCase *tests = e2e_case(suite, "sandbox");

    tcase_add_test(tests, server_is_held);
    tcase_add_test(tests, server_is_free);
    tcase_add_test(tests, server_reads_again);
    tcase_add_test(tests, server_writes);
    tcase_add_test(tests, dump_is_held);
    return e2e_main(suite);
}
