/* SPDX-License-Identifier: ISC */
/* Surroundings that fail: servers that are killed while they write, disks without room, no descriptors left, a
 * log that nobody reads. */
#include "hostile.h"
#include "scratch.h"
#include "suite.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEYLOG "SIDEWIREKEYLOGFILE"

/* A server whose command line begins with other words, such as those that limit it. */
static server start_below(const char *before, const char *options, const process_setup *setup)
{
    server s = { NULL, "127.0.0.1", NULL };
    command_line line = { { NULL }, 0 };

    command_add_words(&line, before);
    command_add(&line, tool_path(TOOL_SERVER));
    command_add_words(&line, scratch_format("-u users -l 127.0.0.1 -p 0 %s", options));
    s.process = process_start(&line, setup);
    s.port = port_of_line(process_await_out(s.process, "\n"), "listening on 127.0.0.1:");
    return s;
}

/* ---- killed while it writes ---- */

enum { ADDS = 40, BLOB_SIZE = 60000, KILLED_SHORT = 4, KILLED_LONG = 40 };

static const char *text_of(int number)
{
    char *text = memset(scratch_allocate(BLOB_SIZE + 1), 'a' + number % 26, BLOB_SIZE);

    text[BLOB_SIZE] = '\0';
    return text;
}

static peer *send_entry(const server *s, int number)
{
    const char *text = text_of(number);
    peer *p = hostile_command(dial(s->port), scratch_format("addimg n%d", number), 1);
    size_t taken;
    sw_event event;

    peer_expect(p, SW_EVENT_AWAITING_DATA, &event);
    for (size_t sent = 0; sent < BLOB_SIZE; sent += taken) {
        sw_session_send(peer_session(p), SW_BAND_BLOB_DATA, text + sent, BLOB_SIZE - sent, &taken);
        peer_flush(p);
    }
    sw_session_send(peer_session(p), SW_BAND_BLOB_DATA, "", 0, &taken);
    peer_flush(p);
    return p;
}

/* Adds entries one after the other, and kills the server after so many milliseconds, behind the last byte of
 * an upload and a moment. How many were confirmed. */
static int add_until_killed(const server *s, long ms)
{
    long end = clock_ms() + ms;
    sw_event event;

    for (int added = 0;; added++) {
        peer *p = send_entry(s, added % ADDS);
        int is_last = clock_ms() >= end || added == ADDS - 1;
        int type;

        if (is_last) {
            usleep((useconds_t)(ms * 37 % 5000));
            process_signal(s->process, SIGKILL);
        }
        type = peer_next(p, &event);
        peer_close(p);
        if (is_last)
            return added + (type == SW_EVENT_EXIT);
        ck_assert_int_eq(type, SW_EVENT_EXIT);
    }
}

/* The entry, or an empty text if there is none. */
static const char *read_entry(const server *s, int number)
{
    peer *p = hostile_command(dial(s->port), scratch_format("catimg n%d", number), 0);
    char *text = scratch_allocate(BLOB_SIZE + 1);
    size_t len = 0;
    sw_event event;

    while (peer_next(p, &event) == SW_EVENT_DATA) {
        if (event.chunk.band != SW_BAND_OUTPUT)
            continue;
        ck_assert_uint_le(event.chunk.len, BLOB_SIZE - len);
        memcpy(text + len, event.chunk.data, event.chunk.len);
        len += event.chunk.len;
    }
    text[len] = '\0';
    peer_close(p);
    return text;
}

/* What was confirmed is there, whole, and what was not is there whole or not at all. */
START_TEST(killed)
{
    server s = server_start_local("--database blobs.db --log-level error");
    int added = add_until_killed(&s, 10 + _i * 13 % 97);

    ck_assert_int_eq(process_wait(s.process), 128 + SIGKILL);
    s = server_start_local("--database blobs.db --log-level error");
    for (int i = 0; i < added; i++)
        ck_assert_msg(strcmp(read_entry(&s, i), text_of(i)) == 0, "%d of %d is not there", i, added);
    if (added < ADDS && read_entry(&s, added)[0] != '\0')
        ck_assert_str_eq(read_entry(&s, added), text_of(added));
    hostile_figure("a server was killed after %d uploads that were confirmed: all are there", added);
    process_signal(s.process, SIGKILL);
}
END_TEST

/* ---- full disks ---- */

#define MOUNT_DISK "mount -t tmpfs -o size=2400k none disk"

static int can_mount(void)
{
    command_line line = { { NULL }, 0 };

    command_add_words(&line, "unshare --mount sh -c");
    command_add(&line, MOUNT_DISK);
    return process_wait(process_start(&line, NULL)) == 0;
}

/* Where no file system can be mounted, files may not grow beyond a size instead. */
static server start_on_small_disk(int kind)
{
    server s = { NULL, "127.0.0.1", NULL };
    command_line line = { { NULL }, 0 };

    if (kind == 0 && can_mount()) {
        command_add_words(&line, "unshare --mount sh -c");
        command_add(&line, MOUNT_DISK " && exec \"$@\"");
        command_add(&line, "sh");
    } else {
        command_add_words(&line, "prlimit --fsize=2400000");
    }
    command_add(&line, tool_path(TOOL_SERVER));
    command_add_words(&line,
                      "-u users -l 127.0.0.1 -p 0 --database disk/blobs.db --record disk/record "
                      "--log-level info");
    s.process = process_start(&line, NULL);
    s.port = port_of_line(process_await_out(s.process, "\n"), "listening on 127.0.0.1:");
    return s;
}

/* What does not fit is refused with a text, what was there before stays, and the server goes on. */
START_TEST(full_disk)
{
    enum { SIZE = 100000, TRIES = 16 };
    process_setup setup = { .input = "blob" };
    int added = 0;
    server s;

    ck_assert_int_eq(mkdir("disk", 0700), 0);
    setenv(KEYLOG, "disk/keys", 1);
    s = start_on_small_disk(_i);
    unsetenv(KEYLOG);
    scratch_write("blob", memset(scratch_allocate(SIZE), 'x', SIZE), SIZE);
    for (int i = 0; i < TRIES; i++) {
        command_line line = client_line(s.port, scratch_format("addimg n%d", i));
        process *p = process_start(&line, &setup);

        if (process_wait(p) != 0) {
            expect_match("addimg", process_err(p), "remote: database failure\n");
            break;
        }
        added++;
    }
    ck_assert_int_gt(added, 0);
    ck_assert_int_lt(added, TRIES);
    for (int i = 0; i < added; i++) {
        process *p = client_start(&s, "", scratch_format("catimg n%d", i));
        ck_assert_int_eq(process_wait(p), 0);
        ck_assert_uint_eq(strlen(process_out(p)), SIZE);
    }
    process_await_err(s.process, "disk/record: ");
    client_expect(&s, "", "version", 0, NULL, "");
    hostile_stop(&s);
}
END_TEST

/* A line of the key log that does not fit leaves no half of it, and the next one is whole. */
START_TEST(full_key_log)
{
    enum { LIMIT = 100000, LEFT = 50 };
    char *comment = memset(scratch_allocate(LIMIT), '#', LIMIT);
    const char *log;
    server s;

    comment[LIMIT - LEFT - 1] = '\n';
    scratch_write("keys.log", comment, LIMIT - LEFT);
    setenv(KEYLOG, "keys.log", 1);
    s = start_below(scratch_format("prlimit --fsize=%d", LIMIT), "--log-level info", NULL);
    unsetenv(KEYLOG);
    client_expect(&s, "", "version", 0, NULL, "");
    process_await_err(s.process, KEYLOG ": keys.log: No space left on device; it is tried again");
    ck_assert_uint_eq(strlen(scratch_read("keys.log", NULL)), LIMIT - LEFT);
    scratch_write_text("keys.log", "# new\n");
    client_expect(&s, "", "version", 0, NULL, "");
    log = scratch_read("keys.log", NULL);
    expect_match("key log", log, "# new\nSIDEWIRE_SESSION_KEYS * * *\n");
    hostile_stop(&s);
}
END_TEST

/* ---- descriptors ---- */

/* With all places taken by sockets, the files of the server still work. */
START_TEST(no_descriptors_left)
{
    enum { SOCKETS = 100 };
    int fds[SOCKETS];
    server s;

    setenv(KEYLOG, "missing/keys", 1);
    s = start_below("prlimit --nofile=84:84",
                    "--database blobs.db --max-per-source 0 --log-level info "
                    "--max-connections 1000 --handshake-timeout 3600",
                    NULL);
    unsetenv(KEYLOG);
    process_await_err(s.process,
                      "warning: --max-connections: 20 instead of 1000: the limit of open files "
                      "(ulimit -n) is too low\n");
    for (int i = 0; i < SOCKETS; i++)
        fds[i] = dial_from(scratch_format("127.4.0.%d", 1 + i), s.port);
    scratch_write_text("blob", "text");
    client_expect(&s, "", "version", 0, NULL, "");
    process_await_err(s.process,
                      "missing/keys: No such file or directory; it is tried again with the next "
                      "session\n");
    ck_assert_int_eq(mkdir("missing", 0700), 0);
    client_expect(&s, "", "addimg x --help", 1, "", NULL);
    client_expect(&s, "", "lsimg", 0, "", "");
    client_expect(&s, "", "hup", 0, "", "");
    process_await_err(s.process, "users: read again, users: 2\n");
    ck_assert_ptr_nonnull(strstr(scratch_read("missing/keys", NULL), "SIDEWIRE_SESSION_KEYS "));
    ck_assert_ptr_null(strstr(process_err(s.process), "Too many open files"));
    for (int i = 0; i < SOCKETS; i++)
        close(fds[i]);
    hostile_stop(&s);
}
END_TEST

/* ---- log ---- */

static void say_much(const server *s)
{
    enum { TIMES = 300 };
    static const char request[] = "auth rsa 'x' sideband,nosuch\n";
    char answer[4096];

    for (int i = 0; i < TIMES; i++) {
        int fd = dial(s->port);
        send(fd, request, strlen(request), MSG_NOSIGNAL);
        receive_to_end(fd, answer, sizeof(answer));
        close(fd);
    }
}

/* A pipe that nobody reads, and one that nobody can. */
START_TEST(log_is_not_read)
{
    process_setup setup = { .input = NULL };
    int log[2];
    server s;

    ck_assert_int_eq(pipe2(log, O_CLOEXEC), 0);
    ck_assert_int_gt(fcntl(log[1], F_SETPIPE_SZ, 4096), 0);
    setup.errors = log[1];
    if (_i == 1)
        close(log[0]);
    s = start_below("env", "--log-level debug --max-per-source 0", &setup);
    say_much(&s);
    client_expect(&s, "", "version", 0, NULL, "");
    process_signal(s.process, SIGTERM);
    ck_assert_int_eq(process_wait(s.process), 0);
    close(log[1]);
    if (_i == 0)
        close(log[0]);
}
END_TEST

/* Once it is read again, the log says how much is missing. */
START_TEST(log_is_read_later)
{
    process_setup setup = { .input = NULL };
    char *text = scratch_allocate(1 << 20);
    size_t len = 0;
    int log[2];
    server s;
    ssize_t n;

    ck_assert_int_eq(pipe2(log, O_CLOEXEC), 0);
    ck_assert_int_gt(fcntl(log[1], F_SETPIPE_SZ, 4096), 0);
    setup.errors = log[1];
    s = start_below("env", "--log-level debug --max-per-source 0", &setup);
    close(log[1]);
    say_much(&s);
    fcntl(log[0], F_SETFL, O_NONBLOCK);
    while ((n = read(log[0], text + len, 4096)) > 0)
        len += (size_t)n;
    fcntl(log[0], F_SETFL, 0);
    client_expect(&s, "", "version", 0, NULL, "");
    process_signal(s.process, SIGTERM);
    ck_assert_int_eq(process_wait(s.process), 0);
    while ((n = read(log[0], text + len, 4096)) > 0)
        len += (size_t)n;
    ck_assert_ptr_nonnull(strstr(text, " lines of the log were lost\n"));
    ck_assert_ptr_nonnull(strstr(text, "command 'version'\n"));
    close(log[0]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hostile files");

    tcase_add_loop_test(e2e_case(suite, "killed"), killed, 0, hostile_is_long() ? KILLED_LONG : KILLED_SHORT);
    tcase_add_loop_test(e2e_case(suite, "full disk"), full_disk, 0, 2);
    tcase_add_test(e2e_case(suite, "full key log"), full_key_log);
    tcase_add_test(e2e_case(suite, "descriptors"), no_descriptors_left);
    tcase_add_loop_test(e2e_case(suite, "log"), log_is_not_read, 0, 2);
    tcase_add_test(e2e_case(suite, "log, later"), log_is_read_later);
    return e2e_main(suite);
}
