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

int main(void)
{
    Suite *suite = suite_create("e2e sealed");

    tcase_add_test(e2e_case(suite, "session"), session);
    tcase_add_test(e2e_case(suite, "same server"), same_server);
    tcase_add_test(e2e_case(suite, "refused"), who_is_refused);
    return e2e_main(suite);
}
