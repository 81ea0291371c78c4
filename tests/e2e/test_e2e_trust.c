/* SPDX-License-Identifier: ISC */
/* Files that the server trusts, and those that it makes: whose they have to be, and for whom they are. */
#include "peer.h"
#include "scratch.h"
#include "suite.h"
#include "tools.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEYLOG "SIDEWIREKEYLOGFILE"
#define SERVER "sidewire-server: "

static unsigned mode_of(const char *path)
{
    struct stat info;

    ck_assert_msg(stat(path, &info) == 0, "%s is not there", path);
    return info.st_mode & 07777;
}

static void expect_no_start(const char *options, const char *err)
{
    process_expect(tool_start(TOOL_SERVER, options), options, 2, "", err);
}

/* ---- the secret ---- */

/* Made for its owner alone, whatever the umask, and then it stays. */
START_TEST(secret_is_made)
{
    const char *options = _i == 0 ? "" : "--secret-file elsewhere";
    const char *path = _i == 0 ? "users.secret" : "elsewhere";
    mode_t old = umask(0);
    server s = server_start_local(options);
    const char *before = scratch_read(path, NULL);

    umask(old);
    ck_assert_uint_eq(mode_of(path), 0600);
    ck_assert_uint_eq(strlen(before), 65);
    server_stop(&s);
    s = server_start_local(options);
    ck_assert_str_eq(scratch_read(path, NULL), before);
    server_stop(&s);
    ck_assert_int_eq(access("users.secret", F_OK), _i == 0 ? 0 : -1);
}
END_TEST

/* Two that start at once have the same one. */
START_TEST(secret_is_made_once)
{
    enum { SERVERS = 6 };
    process *servers[SERVERS];
    const char *before;

    for (int i = 0; i < SERVERS; i++)
        servers[i] = tool_start(TOOL_SERVER, "-u users -l 127.0.0.1 -p 0");
    for (int i = 0; i < SERVERS; i++)
        process_await_out(servers[i], "listening");
    before = scratch_read("users.secret", NULL);
    ck_assert_uint_eq(strlen(before), 65);
    for (int i = 0; i < SERVERS; i++) {
        process_signal(servers[i], SIGTERM);
        process_expect(servers[i], "SIGTERM", 0, NULL, NULL);
    }
    ck_assert_int_eq(system("ls users.secret.* 2>/dev/null | grep -q ."), 1 << 8); /* no leftovers */
}
END_TEST

static const char good_secret[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n";

static const struct {
    const char *text;
    mode_t mode;
    const char *why;
} secrets[] = {
    { good_secret, 0644, "others may use it; chmod 600 helps" },
    { good_secret, 0620, "others may use it; chmod 600 helps" },
    { "", 0600, "not 64 hexadecimal digits and a line end" },
    { "0011\n", 0600, "not 64 hexadecimal digits and a line end" },
    { "zz112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n", 0600,
      "not 64 hexadecimal digits and a line end" },
    { "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00\n", 0600, "too large" },
};

START_TEST(secret_is_refused)
{
    const char *err = scratch_format(SERVER
                                     "users.secret: %s; unknown users cannot be hidden without; see "
                                     "--secret-file\n",
                                     secrets[_i].why);

    scratch_write_text("users.secret", secrets[_i].text);
    ck_assert_int_eq(chmod("users.secret", secrets[_i].mode), 0);
    expect_no_start("-u users -p 0", err);
    expect_no_start("-u users --inetd", err);
    ck_assert_str_eq(scratch_read("users.secret", NULL), secrets[_i].text);
}
END_TEST

START_TEST(secret_is_no_link)
{
    scratch_write_text("other", good_secret);
    ck_assert_int_eq(chmod("other", 0600), 0);
    ck_assert_int_eq(symlink("other", "users.secret"), 0);
    expect_no_start("-u users -p 0", SERVER "users.secret: Too many levels of symbolic links; *\n");
}
END_TEST

/* Where none can be made, it may be elsewhere. */
START_TEST(folder_without_room)
{
    server s;

    expect_no_start("-u users -p 0 --secret-file /proc/secret", SERVER
                    "/proc/secret: *; unknown users cannot "
                    "be hidden without; see --secret-file\n");
    expect_no_start("-u users -p 0 --secret-file missing/secret", SERVER
                    "missing/secret: No such file or "
                    "directory; unknown users cannot be hidden without; see --secret-file\n");
    s = server_start_local("--secret-file ./secret");
    client_expect(&s, "", "version", 0, NULL, "");
    server_stop(&s);
}
END_TEST

/* ---- user lists and keys ---- */

/* Who may write them decides who gets in. */
START_TEST(writable_list)
{
    server s = server_start_local("");

    ck_assert_int_eq(chmod("users", _i == 0 ? 0662 : 0620), 0);
    expect_no_start("-u users -p 0", SERVER "users: others may write it; chmod go-w helps\n");
    process_signal(s.process, SIGHUP);
    process_await_err(s.process, "users: others may write it; chmod go-w helps: the old list stays\n");
    client_expect(&s, "", "version", 0, NULL, "");
    client_expect(&s, "", "hup", 1, "", "remote: user list refused, the old one stays; see the log\n");
    ck_assert_int_eq(chmod("users", 0644), 0);
    client_expect(&s, "", "hup", 0, "", "");
    server_stop(&s);
}
END_TEST

START_TEST(writable_key)
{
    server s;

    scratch_write_text("key.pub", scratch_read("keys/eve.pub", NULL));
    scratch_write_text("users", "user eve key.pub VSS_READ\nuser alice keys/alice.pub " PERMISSIONS_ALL "\n");
    ck_assert_int_eq(chmod("key.pub", 0666), 0);
    s = server_start_local("");
    process_await_err(s.process,
                      "users:1: user 'eve' skipped: key.pub: others may write it; chmod go-w "
                      "helps\n");
    client_expect(&s, "-u eve -k keys/eve", "version", 3, "", NULL);
    ck_assert_int_eq(chmod("key.pub", 0644), 0);
    client_expect(&s, "", "hup", 0, "", "");
    client_expect(&s, "-u eve -k keys/eve", "version", 0, NULL, "");
    server_stop(&s);
}
END_TEST

/* A list without the end of its last line may be half of one that is being written. */
START_TEST(half_a_list)
{
    server s = server_start_local("");

    scratch_write_text("users", "user eve keys/eve.pub VSS_READ\nuser bob keys/bob.pub AFS_RE");
    process_signal(s.process, SIGHUP);
    process_await_err(s.process,
                      "users: its last line has no end, so a part of it may be missing: the old "
                      "list stays\n");
    client_expect(&s, "-u eve -k keys/eve", "version", 3, "", NULL);
    client_expect(&s, "", "version", 0, NULL, "");
    expect_no_start("-u users -p 0", "*\n" SERVER
                                     "users: its last line has no end, so a part of it may be "
                                     "missing\n");
    server_stop(&s);
}
END_TEST

/* As editors of other systems write it. */
START_TEST(mark_and_crlf)
{
    server s;

    scratch_write_text("users",
                       "\xef\xbb\xbfuser alice keys/alice.pub VSS_READ\r\n"
                       "user bob keys/bob.pub AFS_READ,VSS_READ\r\n");
    s = server_start_local("");
    client_expect(&s, "", "version", 0, NULL, "");
    client_expect(&s, "-u bob -k keys/bob", "lsimg", 0, "", "");
    ck_assert_ptr_null(strstr(process_err(s.process), "warning"));
    server_stop(&s);
}
END_TEST

/* ---- what the server writes ---- */

static const struct {
    const char *option; /* NULL: the environment's key log */
    int status;         /* of a start that fails; 0: it goes on without */
} outputs[] = { { "--database", 3 }, { "--record", 2 }, { NULL, 0 } };

static process *start_writing(int i, const char *path)
{
    const char *words = "-u users -l 127.0.0.1 -p 0";
    process *p;

    if (outputs[i].option == NULL)
        setenv(KEYLOG, path, 1);
    else
        words = scratch_format("%s %s %s", words, outputs[i].option, path);
    p = tool_start(TOOL_SERVER, words);
    unsetenv(KEYLOG);
    return p;
}

static server started(process *p)
{
    return (server){ p, "127.0.0.1", port_of_line(process_await_out(p, "\n"), "listening on 127.0.0.1:") };
}

START_TEST(files_are_private)
{
    mode_t old = umask(0);
    process *p = start_writing(_i, "file");
    server s = started(p);

    umask(old);
    client_expect(&s, "", "version", 0, NULL, "");
    client_expect(&s, "", "lsimg", 0, "", "");
    ck_assert_uint_eq(mode_of("file"), 0600);
    process_signal(p, SIGTERM);
    process_expect(p, "SIGTERM", 0, NULL, "*ends: Terminated\n");
}
END_TEST

/* The file is as it was afterwards. */
static void expect_refused(int i, const char *path, const char *why)
{
    process *p = start_writing(i, path);
    server s;

    if (outputs[i].status != 0) {
        process_expect(p, path, outputs[i].status, "", scratch_format(SERVER "*file: %s\n", why));
    } else {
        s = started(p);
        client_expect(&s, "", "version", 0, NULL, "");
        process_await_err(p,
                          scratch_format(KEYLOG ": %s: %s; it is tried again with the next session\n", path, why));
        process_signal(p, SIGTERM);
        process_wait(p);
    }
    ck_assert_str_eq(scratch_read("precious", NULL), "precious\n");
}

/* Links are not followed: whoever may make one where the server writes cannot choose what it writes to. */
START_TEST(links_are_not_followed)
{
    scratch_write_text("precious", "precious\n");
    ck_assert_int_eq(symlink("precious", "file"), 0);
    expect_refused(_i, "file", "Too many levels of symbolic links");
    ck_assert_int_eq(unlink("file"), 0);
    ck_assert_int_eq(symlink("nothing", "file"), 0);
    expect_refused(_i, "file", "Too many levels of symbolic links");
    ck_assert_int_eq(access("nothing", F_OK), -1);
}
END_TEST

/* Nor is what others could change, or read. */
START_TEST(files_of_others)
{
    static const char *const reasons[] = { "others may write it; chmod go-w helps", "Operation not permitted",
                                           "Operation not permitted" };

    scratch_write_text("precious", "precious\n");
    scratch_write_text("file", "");
    ck_assert_int_eq(chmod("file", 0666), 0);
    expect_refused(_i, "file", reasons[_i]);
    ck_assert_str_eq(scratch_read("file", NULL), "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e trust");

    tcase_add_loop_test(e2e_case(suite, "secret"), secret_is_made, 0, 2);
    tcase_add_test(e2e_case(suite, "secret once"), secret_is_made_once);
    tcase_add_loop_test(e2e_case(suite, "secret refused"), secret_is_refused, 0, COUNT(secrets));
    tcase_add_test(e2e_case(suite, "secret, link"), secret_is_no_link);
    tcase_add_test(e2e_case(suite, "secret, folder"), folder_without_room);
    tcase_add_loop_test(e2e_case(suite, "list"), writable_list, 0, 2);
    tcase_add_test(e2e_case(suite, "key"), writable_key);
    tcase_add_test(e2e_case(suite, "half a list"), half_a_list);
    tcase_add_test(e2e_case(suite, "mark"), mark_and_crlf);
    tcase_add_loop_test(e2e_case(suite, "private"), files_are_private, 0, COUNT(outputs));
    tcase_add_loop_test(e2e_case(suite, "links"), links_are_not_followed, 0, COUNT(outputs));
    tcase_add_loop_test(e2e_case(suite, "others"), files_of_others, 0, COUNT(outputs));
    return e2e_main(suite);
}
