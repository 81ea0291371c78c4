/* SPDX-License-Identifier: ISC */
/* Sealed sessions between the real client and the real server. */
#include "scratch.h"
#include "suite.h"
#include "tools.h"

#include <string.h>
#include <sys/stat.h>

#define KNOWN "--known-servers known"

static server start(const char *options)
{
    return server_start_local(scratch_format("--host-key host %s", options));
}

/* The key of the server is made, and a client that knows it needs no more. */
START_TEST(session)
{
    server s = start("");
    struct stat info;

    ck_assert_int_eq(stat("host", &info), 0);
    ck_assert_int_eq(info.st_mode & 07777, 0600);
    ck_assert_ptr_nonnull(strstr(process_err(s.process), "host key: SHA256:"));
    client_expect(&s, KNOWN, "version", 3, "", "*unknown server, its key is SHA256:*");
    client_expect(&s, KNOWN " --accept-new", "version", 0, NULL, "*new server, SHA256:*");
    client_expect(&s, KNOWN, "play", 0, "", "");
    client_expect(&s, KNOWN, "ff 10 20", 1, "", "*syntax error*");
    client_expect(&s, KNOWN, "nosuch", 1, "", "*invalid command*");
    server_stop(&s);
}
END_TEST

/* After a restart the server is the same, and one with another key is another server. */
START_TEST(same_server)
{
    server s = start("");
    server other;

    client_expect(&s, KNOWN " --accept-new", "version", 0, NULL, "*new server*");
    server_stop(&s);
    s = server_start_local(scratch_format("--host-key host -p %s", s.port));
    client_expect(&s, KNOWN, "version", 0, NULL, "");
    server_stop(&s);
    other = server_start_local(scratch_format("--host-key host2 -p %s", s.port));
    client_expect(&other, KNOWN " --accept-new", "version", 3, "", "*THE SERVER HAS ANOTHER KEY*");
    server_stop(&other);
}
END_TEST

START_TEST(who_is_refused)
{
    server s = start("--require-sealed");

    client_expect(&s, KNOWN " --accept-new -k keys/bob", "version", 3, "", "*refused*");
    client_expect(&s, KNOWN " -u nobody", "version", 3, "", "*refused*");
    client_expect(&s, KNOWN " --plain", "version", 3, "", "*");
    client_expect(&s, KNOWN, "version", 0, NULL, "");
    server_stop(&s);
}
END_TEST

static void make_ed25519(void)
{
    command_line line = { { NULL }, 0 };

    command_add_words(&line, "ssh-keygen -q -t ed25519 -N '' -C '' -f ed");
    process_expect(process_start(&line, NULL), "ssh-keygen", 0, NULL, NULL);
}

/* A list that is read again may bring a key of another kind, and takes old ones away; what is required stays
 * required, and the server's key stays its key. */
START_TEST(reload)
{
    server s = start("--require-sealed");

    make_ed25519();
    client_expect(&s, KNOWN " --accept-new", "version", 0, NULL, "*new server*");
    client_expect(&s, KNOWN " -u bob -k ed", "version", 3, "", "*refused*");
    scratch_write_text("users", "user alice keys/alice.pub VSS_READ,VSS_WRITE\nuser bob ed.pub VSS_READ\n");
    client_expect(&s, KNOWN, "hup", 0, "", "");
    client_expect(&s, KNOWN " -u bob -k ed", "version", 0, NULL, "");
    client_expect(&s, KNOWN " -u bob -k keys/bob", "version", 3, "", "*refused*");
    client_expect(&s, KNOWN " --plain", "version", 3, "", "*");
    client_expect(&s, KNOWN, "version", 0, NULL, "");
    server_stop(&s);
}
END_TEST

/* Somebody in between who has a server of his own: for who knows the right one, that is another key. */
START_TEST(other_server_behind_the_name)
{
    server s = start("");
    server other = server_start_local("--host-key other");
    const char *line;

    client_expect(&s, KNOWN " --accept-new", "version", 0, NULL, "*new server*");
    line = strchr(scratch_read("known", NULL), ' ');
    scratch_write_text("known", scratch_format("127.0.0.1:%s%s", other.port, line));
    client_expect(&other, KNOWN, "version", 3, "", "*THE SERVER HAS ANOTHER KEY*IN BETWEEN*");
    ck_assert_ptr_null(strstr(process_err(other.process), "alice"));
    server_stop(&other);
    server_stop(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e sealed");

    tcase_add_test(e2e_case(suite, "session"), session);
    tcase_add_test(e2e_case(suite, "same server"), same_server);
    tcase_add_test(e2e_case(suite, "refused"), who_is_refused);
    tcase_add_test(e2e_case(suite, "reload"), reload);
    tcase_add_test(e2e_case(suite, "other server"), other_server_behind_the_name);
    return e2e_main(suite);
}
