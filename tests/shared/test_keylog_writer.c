/* SPDX-License-Identifier: ISC */
/* The file of SIDEWIREKEYLOGFILE. */
#include "keylog_writer.h"

#include "recorder_support.h"
#include "scratch.h"
#include "suite.h"
#include "tools.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ZEROS "00000000000000000000000000000000"
#define SERVER_KEY "fefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefe"

enum { LINE_20 = 21 + 1 + 40 + 1 + 64 + 1 + 64 + 1 };

static sw_secrets some_keys(size_t response_size)
{
    sw_secrets keys;

    memset(&keys, 0, sizeof(keys));
    memset(keys.server_key, 0xfe, sizeof(keys.server_key));
    keys.client_key[31] = 0x0a;
    memset(keys.response, 0xee, sizeof(keys.response)); /* behind its end, too */
    memcpy(keys.response, "\x01\x23\x45\x67\x89\xab\xcd\xef", 8);
    keys.response_size = (uint8_t)response_size;
    return keys;
}

static keylog keylog_of(const char *path)
{
    keylog log;

    ck_assert_int_eq(setenv(KEYLOG_VARIABLE, path, 1), 0);
    keylog_init(&log);
    return log;
}

/* ---- lines ---- */

static const char line_20[] = "SIDEWIRE_SESSION_KEYS 0123456789abcdefeeeeeeeeeeeeeeeeeeeeeeee " ZEROS
                              "0000000000000000000000000000000a " SERVER_KEY "\n";
static const char line_32[] =
    "SIDEWIRE_SESSION_KEYS 0123456789abcdefeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee " ZEROS
    "0000000000000000000000000000000a " SERVER_KEY "\n";

START_TEST(test_lines)
{
    sw_secrets sha1 = some_keys(20);
    sw_secrets sha256 = some_keys(32);
    keylog log = keylog_of("keylog");
    keylog other = keylog_of("keylog");
    struct stat info;

    umask(0);
    ck_assert_int_eq(access("keylog", F_OK), -1); /* not made before there is something to write */
    ck_assert_int_eq(keylog_append(&log, &sha1), 0);
    ck_assert_str_eq(scratch_read("keylog", NULL), line_20);
    ck_assert_int_eq(stat("keylog", &info), 0);
    ck_assert_uint_eq(info.st_mode & 07777, 0600);
    ck_assert_int_eq(keylog_append(&other, &sha256), 0);
    ck_assert_int_eq(keylog_append(&log, &sha1), 0);
    ck_assert_str_eq(scratch_read("keylog", NULL), scratch_format("%s%s%s", line_20, line_32, line_20));
}
END_TEST

/* Lines of many programs do not mix. */
START_TEST(test_at_once)
{
    enum { PROGRAMS = 8, LINES = 500 };
    sw_secrets keys = some_keys(20);
    keylog log = keylog_of("keylog");
    const char *text;
    size_t len;

    for (int i = 0; i < PROGRAMS; i++) {
        if (fork() != 0)
            continue;
        for (int k = 0; k < LINES; k++)
            if (keylog_append(&log, &keys) != 0)
                _exit(1);
        _exit(0);
    }
    for (int i = 0; i < PROGRAMS; i++) {
        int status;
        ck_assert_int_gt(wait(&status), 0);
        ck_assert_int_eq(status, 0);
    }
    text = scratch_read("keylog", &len);
    ck_assert_uint_eq(len, PROGRAMS * LINES * LINE_20);
    for (; len > 0; len -= LINE_20, text += LINE_20)
        ck_assert_int_eq(memcmp(text, line_20, LINE_20), 0);
}
END_TEST

/* ---- nothing ---- */

static const char *run_helper(uid_t real_user)
{
    const char *path = tool_path("tests/shared/keylog_wanted");
    pid_t pid = fork();
    int status;

    if (pid == 0) {
        int out = open("answer", O_WRONLY | O_CREAT | O_TRUNC, 0600);

        if (dup2(out, STDOUT_FILENO) >= 0 && setreuid(real_user, (uid_t)-1) == 0)
            execl(path, path, (char *)NULL);
        _exit(1);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
    return scratch_read("answer", NULL);
}

/* Whoever starts a program that has more rights than he has could overwrite files by it. */
START_TEST(test_set_user_id)
{
    enum { NOBODY = 65534 };

    keylog_of("keylog");
    ck_assert_str_eq(run_helper(getuid()), "wanted\n");
    ck_assert_str_eq(run_helper(NOBODY), "not wanted\n");
}
END_TEST

START_TEST(test_not_wanted)
{
    sw_secrets keys = some_keys(20);
    keylog log = keylog_of("");

    ck_assert_int_eq(keylog_is_wanted(&log), 0);
    ck_assert_int_eq(keylog_append(&log, &keys), 0);
    unsetenv(KEYLOG_VARIABLE);
    keylog_init(&log);
    ck_assert_int_eq(keylog_is_wanted(&log), 0);
    ck_assert_int_eq(keylog_append(&log, &keys), 0);
    log = keylog_of("keylog");
    ck_assert_int_eq(keylog_is_wanted(&log), 1);
}
END_TEST

static const struct {
    const char *path;
    int error;
} unusable[] = {
    { ".", EISDIR },
    { "missing/file", ENOENT },
    { "/dev/full", ENOSPC },
    { "fifo", ENXIO },
};

/* Told, and tried again the next time. */
START_TEST(test_unusable)
{
    sw_secrets keys = some_keys(20);
    keylog log = keylog_of(unusable[_i].path);

    ck_assert_int_eq(mkfifo("fifo", 0600), 0);
    ck_assert_int_eq(keylog_is_wanted(&log), 1);
    ck_assert_int_eq(keylog_append(&log, &keys), unusable[_i].error);
    ck_assert_int_eq(keylog_is_wanted(&log), 1);
    ck_assert_int_eq(keylog_append(&log, &keys), unusable[_i].error);
    ck_assert_str_eq(log.path, unusable[_i].path); /* for the message */
}
END_TEST

/* Room for a part of the line only, or for none of it. */
START_TEST(test_no_room)
{
    sw_secrets keys = some_keys(20);
    keylog log = keylog_of("keylog");
    int error;

    ck_assert_int_eq(keylog_append(&log, &keys), 0);
    limit_files(LINE_20 + (size_t)_i);
    error = keylog_append(&log, &keys);
    unlimit_files();
    ck_assert_int_eq(error, _i == 0 ? EFBIG : ENOSPC);
    ck_assert_int_eq(keylog_append(&log, &keys), 0);
}
END_TEST

/* Not through a link, and not where others can write. */
START_TEST(test_not_private)
{
    sw_secrets keys = some_keys(20);
    keylog log = keylog_of("keylog");

    ck_assert_int_eq(keylog_append(&log, &keys), 0);
    if (_i == 0) {
        ck_assert_int_eq(rename("keylog", "elsewhere"), 0);
        ck_assert_int_eq(symlink("elsewhere", "keylog"), 0);
        ck_assert_int_eq(keylog_append(&log, &keys), ELOOP);
    } else {
        ck_assert_int_eq(chmod("keylog", _i == 1 ? 0620 : 0602), 0);
        ck_assert_int_eq(keylog_append(&log, &keys), EPERM);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("keylog writer");
    TCase *tcase = record_case(suite, "keylog writer");

    tcase_add_test(tcase, test_lines);
    tcase_add_test(tcase, test_at_once);
    tcase_add_test(tcase, test_not_wanted);
    if (geteuid() == 0)
        tcase_add_test(tcase, test_set_user_id);
    tcase_add_loop_test(tcase, test_unusable, 0, COUNT(unusable));
    tcase_add_loop_test(tcase, test_no_room, 0, 3);
    tcase_add_loop_test(tcase, test_not_private, 0, 3);
    return record_main(suite);
}
