/* SPDX-License-Identifier: ISC */
/* Where sidewire-dump reads from, and which of its outputs are asked for: files, pipes that are
 * still being written, network interfaces, the two streams of a session, key logs, selections. */
#include "capture.h"
#include "peer.h"
#include "scratch.h"
#include "suite.h"
#include "terminal.h"
#include "tools.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Records a session of alice as a capture, and its keys if SIDEWIREKEYLOGFILE is set. */
static void record(const server *s, const char *name, const char *command)
{
    client_expect(s, scratch_format("--record %s", name), command, 0, NULL, "");
}

static void record_one(const char *command)
{
    server s = server_start_local("");

    record(&s, "one.pcapng", command);
    server_stop(&s);
}

/* With its keys in keys.log, and not in the recording, where --record puts them too. */
static void record_one_with_log(const char *command)
{
    command_line editcap = { { NULL }, 0 };

    setenv("SIDEWIREKEYLOGFILE", "keys.log", 1);
    record_one(command);
    unsetenv("SIDEWIREKEYLOGFILE");
    command_add_words(&editcap, "editcap --discard-all-secrets one.pcapng without.pcapng");
    process_expect(process_start(&editcap, NULL), "editcap", 0, NULL, NULL);
    ck_assert_int_eq(rename("without.pcapng", "one.pcapng"), 0);
}

static const char *expect_dump(const char *words, int status, const char *out, const char *err)
{
    process *p = tool_start(TOOL_DUMP, words);

    process_expect(p, words, status, out, err);
    return process_out(p);
}

/* ---- pipes ---- */

/* A pipe in the file system that the test writes to. */
static int make_pipe(void)
{
    int fd;

    ck_assert_int_eq(mkfifo("pipe", 0600), 0);
    fd = open("pipe", O_RDWR | O_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    return fd;
}

static process *dump_pipe(const char *options, int standard_input)
{
    process_setup setup = { .input = standard_input ? "pipe" : NULL };
    command_line line = { { NULL }, 0 };

    command_add(&line, tool_path(TOOL_DUMP));
    command_add_words(&line, options);
    command_add(&line, standard_input ? "-" : "pipe");
    return process_start(&line, &setup);
}

/* What is there is shown although more may come. */
static void run_pipe(const char *options, const char *last, int standard_input)
{
    size_t size;
    const char *data;
    process *p;
    int fd;

    record_one("help ff");
    data = scratch_read("one.pcapng", &size);
    fd = make_pipe();
    p = dump_pipe(options, standard_input);
    send_all(fd, data, size);
    process_await_out(p, last);
    ck_assert_int_eq(process_has_ended(p), 0);
    close(fd);
    process_expect(p, options, 0, NULL, "");
}

START_TEST(pipe_is_shown)
{
    run_pipe("-k keys/alice", " end exit status 0", _i);
}
END_TEST

START_TEST(pipe_as_json)
{
    run_pipe("-k keys/alice --json", "EXIT__SUCCESS", 0);
}
END_TEST

START_TEST(pipe_followed)
{
    run_pipe("-k keys/alice --follow", "ff - ", 0);
}
END_TEST

/* A pipe in which nothing moves: a signal ends the reading, within a packet too. */
START_TEST(pipe_interrupted)
{
    static const int signals[] = { SIGINT, SIGTERM };
    const char *data;
    size_t size;
    process *p;
    int fd;

    record_one("si");
    data = scratch_read("one.pcapng", &size);
    fd = make_pipe();
    p = dump_pipe("-k keys/alice", 0);
    send_all(fd, data, size - 300);
    process_await_out(p, "right\n");
    process_signal(p, signals[_i]);
    ck_assert_int_le(process_wait(p), 1);
    expect_match("interrupted", process_out(p), "* end *still open where the capture ends*\n");
    close(fd);
}
END_TEST

/* ---- network interfaces ---- */

/* Other tests may run at the same time, and be seen. */
START_TEST(live)
{
    static const int signals[] = { SIGINT, SIGTERM };
    server s = server_start_local("");
    process *p = tool_start(TOOL_DUMP, "-k keys/alice -i lo");
    peer *idle;

    process_await_err(p, "lo: capturing, until SIGINT or SIGTERM\n");
    client_expect(&s, "", "si", 0, NULL, "");
    process_await_out(p, scratch_format(":%s, ", s.port));
    process_await_out(p, "EXIT__SUCCESS");
    idle = peer_client(dial(s.port), "alice", "keys/alice");
    peer_log_in(idle);
    process_await_out(p, "PROCEED");
    sleep_ms(200);
    process_signal(p, signals[_i]);
    ck_assert_int_le(process_wait(p), 1);
    expect_match("live", process_out(p), "* end *still open where the capture ends*");
    peer_close(idle);
    server_stop(&s);
}
END_TEST

START_TEST(no_interface)
{
    expect_dump("-i nosuch", 3, "", "sidewire-dump: nosuch: *\n");
}
END_TEST

/* ---- key logs ---- */

START_TEST(keylog)
{
    static const char *const opened = "* keys from keys.log*EXIT__SUCCESS*end exit status 0\n";

    record_one_with_log("si");
    setenv("SIDEWIREKEYLOGFILE", "keys.log", 1);
    expect_dump("one.pcapng", 0, opened, "");
    unsetenv("SIDEWIREKEYLOGFILE");
    expect_dump("one.pcapng", 0, "*encrypted*no key given*", "");
    expect_dump("--keylog keys.log one.pcapng", 0, opened, "");
    scratch_write_text("other.log", "# nothing\nSIDEWIRE_SESSION_KEYS 00\n");
    expect_dump("--keylog other.log one.pcapng", 0, "*encrypted*",
                "sidewire-dump: other.log: line 2 is damaged\n");
    expect_dump("--keylog other.log --keylog keys.log one.pcapng", 0, opened, "*damaged*");
    expect_dump("--keylog keys.log --keylog nosuch one.pcapng", 2, "", "*: nosuch: No such file or directory\n");
    expect_dump("--keylog other.log -k keys/alice one.pcapng", 0, "*opened by keys/alice*end exit status 0\n",
                "*damaged*");
    setenv("SIDEWIREKEYLOGFILE", "missing.log", 1);
    expect_dump("one.pcapng", 0, "*encrypted*", "sidewire-dump: missing.log: No such file or directory\n");
    expect_dump("--keylog keys.log one.pcapng", 0, opened, "");
}
END_TEST

/* The line is written while the capture is running. */
START_TEST(keylog_grows)
{
    const char *data;
    size_t size;
    process *p;
    int fd;

    record_one_with_log("si");
    ck_assert_int_eq(rename("keys.log", "later.log"), 0);
    scratch_write_text("keys.log", "");
    data = scratch_read("one.pcapng", &size);
    fd = make_pipe();
    p = dump_pipe("--keylog keys.log", 0);
    send_all(fd, data, 300);
    sleep_ms(100);
    ck_assert_int_eq(rename("later.log", "full.log"), 0);
    scratch_write_text("keys.log", scratch_read("full.log", NULL));
    send_all(fd, data + 300, size - 300);
    close(fd);
    process_expect(p, "grows", 0, "*EXIT__SUCCESS*end exit status 0\n", "");
}
END_TEST

/* ---- selections and outputs ---- */

static const struct {
    const char *words, *out, *err;
} outputs[] = {
    { "one.pcapng", "   1 session *EXIT__SUCCESS *", "" },
    { "--session 1 one.pcapng", "   1 session *EXIT__SUCCESS *", "" },
    { "--session 2 one.pcapng", "",
      "sidewire-dump: one.pcapng: none of the 1 sessions is "
      "selected\n" },
    { "--user bob one.pcapng", "", "*none of the 1 sessions is selected\n" },
    { "--user bob --user alice one.pcapng", "*EXIT__SUCCESS *", "" },
    { "--band command one.pcapng", "   1 session *\n   1 * C>S COMMAND *\n   1 * end *\n", "" },
    { "--band Lost one.pcapng", "   1 session *UTC, *\n   1 * end *\n", "" },
    { "--json one.pcapng", "{*}\n", "" },
    { "--stats one.pcapng", "*COMMAND*", "" },
    { "-x one.pcapng", "*68 65 6c 70*", "" },
    { "--follow one.pcapng", "ff - *", "" },
    { "--follow --follow one.pcapng", "ff - *", "" },
    { "--html page.html one.pcapng", "", "" },
    { "--html page.html --stats one.pcapng", "*COMMAND*", "" },
    { "--color=always one.pcapng", "*\033[[]*", "" },
};

START_TEST(output)
{
    const char *out;

    record_one("help ff");
    out = expect_dump(scratch_format("-k keys/alice %s", outputs[_i].words), 0, outputs[_i].out, outputs[_i].err);
    ck_assert_msg((strchr(out, '\033') != NULL) == (strstr(outputs[_i].words, "color") != NULL), "%s", out);
    if (strstr(outputs[_i].words, "--html") != NULL)
        expect_match("page", scratch_read("page.html", NULL), "<!DOCTYPE html>*</html>\n");
}
END_TEST

START_TEST(followed)
{
    server s = server_start_local("");
    process *client = client_start(&s, "--record one.pcapng", "help");

    ck_assert_int_eq(process_wait(client), 0);
    server_stop(&s);
    ck_assert_str_eq(expect_dump("-k keys/alice --follow one.pcapng", 0, NULL, ""), process_out(client));
}
END_TEST

/* What is not shown counts all the same. */
START_TEST(damage_not_selected)
{
    const char *data;
    size_t size;

    record_one("help ff");
    data = scratch_read("one.pcapng", &size);
    scratch_write("cut.pcapng", data, size - 200);
    expect_dump("-k keys/alice --session 7 cut.pcapng", 1, "", "*cut.pcapng: *");
}
END_TEST

/* ---- a bar for large files ---- */

/* A capture of frames of no interest. */
static void write_large(size_t size)
{
    static const uint32_t header[] = { 0xa1b2c3d4, 4 << 16 | 2, 0, 0, 262144, 1 };
    enum { FRAME = 1400 };
    uint32_t record[4 + FRAME / 4] = { 0, 0, FRAME, FRAME };
    size_t count = size / sizeof(record);
    char *data = scratch_allocate(sizeof(header) + count * sizeof(record));

    memcpy(data, header, sizeof(header));
    for (size_t i = 0; i < count; i++)
        memcpy(data + sizeof(header) + i * sizeof(record), record, sizeof(record));
    scratch_write("large.pcap", data, sizeof(header) + count * sizeof(record));
}

START_TEST(progress)
{
    static const struct {
        size_t size;
        int output_elsewhere, drawn;
    } cases[] = { { 20 << 20, 1, 1 }, { 20 << 20, 0, 0 }, { 10 << 20, 1, 0 } };
    terminal_setup setup = { .type = "xterm" };
    command_line line = { { NULL }, 0 };
    terminal *t;

    write_large(cases[_i].size);
    if (cases[_i].output_elsewhere)
        setup.output = open("out", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    command_add(&line, tool_path(TOOL_DUMP));
    command_add(&line, "large.pcap");
    t = terminal_start(&line, &setup);
    ck_assert_int_eq(terminal_wait(t), 1);
    ck_assert_int_eq(terminal_redrawn(t) > 0, cases[_i].drawn);
    expect_match("terminal", terminal_text(t),
                 "sidewire-dump: large.pcap: no session found in * packets\n"
                 "sidewire-dump: large.pcap: * packets are no TCP: EtherType 0x0000\n");
    if (setup.output > 0)
        close(setup.output);
}
END_TEST

static const struct {
    const char *words, *err;
} wrong[] = {
    { "--json --follow x", "sidewire-dump: --json and --follow cannot both go to standard output\n" },
    { "-x --stats x", "*: --hex and --stats cannot both *" },
    { "--band nosuch x", "*: --band: 'nosuch' is no band, and nothing else that is shown\n" },
    { "--session 0 x", "*: --session: '0' is not a number *" },
    { "--color=blue x", "*: --color: 'blue' is not auto, always or never\n" },
    { "-i lo nosuch", "*: filter 'nosuch': *syntax error\n" },
    { "x tcp prt 1", "*: filter 'tcp prt 1': *syntax error\n" },
    { "--c2s a x", "*: 'x': --c2s and --s2c have no packets to filter*" },
    { "-r x -i lo", "*: only one of them at a time*" },
    { "-w out --c2s a", "*: --write: --c2s and --s2c have no packets\n" },
    { "-C 5 x", "*: --write is missing; see --help\n" },
    { "-w out -W 5 x", "*: --files: neither --file-size nor *" },
    { "-w - -G 5 x", "*: standard output is not several files\n" },
    { "-w - --json x", "*: --write and --json cannot both go to standard output\n" },
    { "-w out --user alice -i lo", "*: sessions can be selected from files only*" },
    { "--c2s a -i lo", "*: only one of them at a time*" },
    { "--keylog missing x", "*: missing: No such file or directory\n" },
    { "--keylog keys x", "*: keys: Is a directory\n" },
};

START_TEST(wrong_usage)
{
    expect_dump(wrong[_i].words, 2, "", wrong[_i].err);
}
END_TEST

START_TEST(page_not_writable)
{
    record_one("si");
    expect_dump("--html nosuch/page one.pcapng", 1, "", "sidewire-dump: nosuch/page: No such file or directory\n");
    expect_dump("--html /dev/full one.pcapng", 1, "", "sidewire-dump: /dev/full: No space left on device\n");
}
END_TEST

START_TEST(lists_and_counts)
{
    record_one("help ff");
    expect_dump("-D", 0, "*lo*", "");
    expect_dump("-c 3 one.pcapng", 1, "", "*no session found in 3 packets\n*");
    expect_dump("-c 0 one.pcapng", 2, "", "*: --count: '0' is not a number *");
    expect_dump("-t utc -# -k keys/alice one.pcapng", 0, "* 20*-*-* *:*:*.* S>C greeting *", "");
    expect_dump("-t noon one.pcapng", 2, "", "*: --time: 'noon' is not relative, *");
}
END_TEST

/* Packets as they were captured, those of some sessions or all, and over no file. */
START_TEST(copies)
{
    server s = server_start_local("");

    record(&s, "one.pcapng", "help ff");
    record(&s, "two.pcapng", "si");
    server_stop(&s);
    expect_dump("-k keys/alice -w all one.pcapng two.pcapng", 0, "", "");
    expect_dump("-k keys/alice --sessions all", 0, "* help ff\n* si\n", "");
    expect_dump("-k keys/alice -w some --command si all", 0, "", "");
    expect_dump("-k keys/alice --sessions some", 0, "   1 *  si\n", "");
    expect_dump("-k keys/alice -w some all", 1, "", "*: some: File exists\n");
    expect_dump("-k keys/alice -w none --json --command nope all", 0, "", "*none of the 2 sessions *");
    expect_dump("none", 1, "", "*no session found in 0 packets\n");
    expect_dump("-w new missing", 3, "", NULL);
    ck_assert_int_ne(access("new", F_OK), 0);
    expect_dump("-w all-%d.pcapng -C 1 -G 1 all", 0, "", "");
    expect_dump("-k keys/alice --follow --session 1 all-%d-00001.pcapng", 0, "ff - *", "");
}
END_TEST

/* A page takes the place of a page and of nothing else, and only its owner may read it. */
START_TEST(page_place)
{
    const char *key = scratch_read("keys/alice", NULL);
    struct stat status;

    record_one("help ff");
    expect_dump("-k keys/alice --html keys/alice one.pcapng", 1, "",
                "*: keys/alice: there is a file that is no page; it is left as it is\n");
    ck_assert_str_eq(scratch_read("keys/alice", NULL), key);
    scratch_write_text("page.html", "<!DOCTYPE html><p>old");
    ck_assert_int_eq(chmod("page.html", 0644), 0);
    expect_dump("-k keys/alice --html page.html one.pcapng", 0, "", "");
    expect_match("page", scratch_read("page.html", NULL), "<!DOCTYPE html>*</html>\n");
    ck_assert_int_eq(stat("page.html", &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0600);
    expect_dump("--html page.html missing", 3, "", NULL);
    expect_match("page", scratch_read("page.html", NULL), "<!DOCTYPE html>*</html>\n");
}
END_TEST

START_TEST(streams_missing)
{
    scratch_write_text("c2s", "auth rsa alice");
    expect_dump("--c2s nosuch --s2c c2s", 3, "", "*: nosuch: No such file or directory\n");
    scratch_write_text("other", "auth rsomething");
    expect_dump("--s2c other", 1, "", "sidewire-dump: other: this is no session\n");
}
END_TEST

/* What is said tells who is who, not the option. */
START_TEST(streams_exchanged)
{
    scratch_write_text("c2s", "auth rsa alice");
    expect_dump("--s2c c2s", 1, "*C>S request * 14  \"auth rsa alice\"\n*",
                "sidewire-dump: c2s: session 1: closed; S>C: nothing captured\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e capture");
    TCase *pipes = e2e_case(suite, "pipes");
    TCase *keys = e2e_case(suite, "keys");
    TCase *options = e2e_case(suite, "options");

    tcase_add_loop_test(pipes, pipe_is_shown, 0, 2);
    tcase_add_test(pipes, pipe_as_json);
    tcase_add_test(pipes, pipe_followed);
    tcase_add_loop_test(pipes, pipe_interrupted, 0, 2);
    tcase_add_test(keys, keylog);
    tcase_add_test(keys, keylog_grows);
    tcase_add_loop_test(options, output, 0, COUNT(outputs));
    tcase_add_test(options, followed);
    tcase_add_test(options, damage_not_selected);
    tcase_add_loop_test(options, wrong_usage, 0, COUNT(wrong));
    tcase_add_test(options, page_not_writable);
    tcase_add_test(options, copies);
    tcase_add_test(options, page_place);
    tcase_add_test(options, lists_and_counts);
    tcase_add_test(options, streams_missing);
    tcase_add_test(options, streams_exchanged);
    tcase_add_loop_test(options, progress, 0, 3);
    tcase_add_test(options, no_interface);
    if (capture_wanted())
        tcase_add_loop_test(e2e_case(suite, "live"), live, 0, 2);
    return e2e_main(suite);
}
