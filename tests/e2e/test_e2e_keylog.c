/* SPDX-License-Identifier: ISC */
/* The keys that client and server log for SIDEWIREKEYLOGFILE, and what is read by them. */
#include "scratch.h"
#include "suite.h"
#include "tools.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VARIABLE "SIDEWIREKEYLOGFILE"
#define PERMISSIVE "--allow-legacy --allow-rc4 "

/* Of what is started from now on. */
static void log_keys_to(const char *path)
{
    ck_assert_int_eq(path != NULL ? setenv(VARIABLE, path, 1) : unsetenv(VARIABLE), 0);
}

static void setup(void)
{
    log_keys_to(NULL);
}

static server start_server(const char *path, const char *options)
{
    server s;

    log_keys_to(path);
    s = server_start_local(options);
    log_keys_to(NULL);
    return s;
}

/* ---- lines ---- */

static const char *const features[] = {
    "", "sideband", "sideband,sha256", "sideband,aes_ctr128", "sideband,aes_ctr128,sha256",
};

/* Both sides log the same, and who has only that and a recording sees everything. */
START_TEST(what_is_logged)
{
    size_t response = strstr(features[_i], "sha256") != NULL ? 32 : 20;
    const char *options = scratch_format(PERMISSIVE "--features=%s --record client.pcapng", features[_i]);
    server s = start_server("server.keys", PERMISSIVE);
    const char *line;

    log_keys_to("client.keys");
    client_expect(&s, options, "help ff", 0, "ff - *", "");
    line = scratch_read("client.keys", NULL);
    ck_assert_str_eq(line, scratch_read("server.keys", NULL));
    ck_assert_uint_eq(strlen(line), strlen("SIDEWIRE_SESSION_KEYS") + 4 + 2 * (response + 64));
    expect_match("line", line, "SIDEWIRE_SESSION_KEYS [0-9a-f]* [0-9a-f]* [0-9a-f]*\n");
    server_stop(&s);
    log_keys_to(NULL);
    process_expect(tool_start(TOOL_DUMP, "--keylog client.keys client.pcapng"), "dump", 0,
                   "*\"help\" \"ff\"*\"ff - skip *", "");
}
END_TEST

/* A line for each session that got so far. */
START_TEST(which_sessions)
{
    server s = start_server("keys.log", "");

    client_expect(&s, "-u eve -k keys/eve", "si", 3, "", NULL);
    client_expect(&s, "--features= --allow-legacy", "si", 3, "", NULL);
    ck_assert_int_eq(access("keys.log", F_OK), -1);
    for (int i = 0; i < 3; i++)
        client_expect(&s, "", "nosuch", 1, "", NULL);
    server_stop(&s);
    expect_match("lines", scratch_read("keys.log", NULL), "SIDEWIRE_*\nSIDEWIRE_*\nSIDEWIRE_*\n");
    ck_assert_ptr_null(strstr(process_err(s.process), "keys"));
}
END_TEST

/* ---- recordings ---- */

static const struct {
    const char *server, *client; /* options */
} recorded[] = {
    { "", "" },
    { "--host-key host", "--known-servers known --accept-new" },
    { PERMISSIVE, PERMISSIVE "--features=" },
};

/* A recording that is made while keys are logged carries them; others are opaque. */
START_TEST(in_recordings)
{
    const char *options = recorded[_i].client;
    server s = start_server("server.keys", scratch_format("%s --record server.pcapng", recorded[_i].server));
    const char *files[] = { "client.pcapng", "server.pcapng", "opaque.pcapng" };

    client_expect(&s, scratch_format("%s --record opaque.pcapng", options), "help ff", 0, "ff - *", NULL);
    log_keys_to("client.keys");
    client_expect(&s, scratch_format("%s --record client.pcapng", options), "help ff", 0, "ff - *", NULL);
    server_stop(&s);
    log_keys_to(NULL);
    for (int i = 0; i < COUNT(files); i++) {
        process *p = tool_start(TOOL_DUMP, files[i]);

        process_expect(p, files[i], 0, i < 2 ? "*\"help\" \"ff\"*ff - skip *" : "*request*", "");
        ck_assert_int_eq(strstr(process_out(p), "\"help\"") != NULL, i < 2);
    }
}
END_TEST

/* As Wireshark's editcap puts them there: as a type that it knows. Other files of its kind are none of ours. */
START_TEST(injected)
{
    server s = start_server("server.keys", "--host-key host");
    command_line line = { { NULL }, 0 };

    client_expect(&s, "--known-servers known --accept-new --record a.pcapng", "help ff", 0, "ff - *", NULL);
    server_stop(&s);
    command_add_words(&line, "editcap --inject-secrets tls,server.keys a.pcapng injected.pcapng");
    process_expect(process_start(&line, NULL), "editcap", 0, NULL, NULL);
    process_expect(tool_start(TOOL_DUMP, "injected.pcapng"), "dump", 0, "*\"help\" \"ff\"*ff - skip *", "");
    scratch_write("tls.keys", "CLIENT_RANDOM 00 00\n", 20);
    line = (command_line){ { NULL }, 0 };
    command_add_words(&line, "editcap --inject-secrets tls,tls.keys a.pcapng other.pcapng");
    process_expect(process_start(&line, NULL), "editcap", 0, NULL, NULL);
    process_expect(tool_start(TOOL_DUMP, "other.pcapng"), "dump", 0, "*sealed: only a key log opens it*", "");
}
END_TEST

/* ---- off ---- */

START_TEST(not_wanted)
{
    server s = start_server("", "");

    client_expect(&s, "", "help ff", 0, "ff - *", "");
    log_keys_to("");
    client_expect(&s, "", "help ff", 0, "ff - *", "");
    server_stop(&s);
    ck_assert_ptr_null(strstr(process_err(s.process), VARIABLE));
}
END_TEST

/* ---- failures ---- */

static const struct {
    const char *path, *why;
} unusable[] = {
    { "/dev/full", "No space left on device" },
    { "missing/keys.log", "No such file or directory" },
    { ".", "Is a directory" },
};

/* Said once, and sessions do not suffer. */
START_TEST(cannot_be_written)
{
    const char *what = scratch_format(VARIABLE ": %s: %s", unusable[_i].path, unusable[_i].why);
    const char *expected = scratch_format(": error: %s; it is tried again with the next session\n", what);
    server s = start_server(unusable[_i].path, "");
    const char *log;

    log_keys_to(unusable[_i].path);
    for (int i = 0; i < 3; i++)
        client_expect(&s, "", "help ff", 0, "ff - *", scratch_format("sidewire-client: %s\n", what));
    server_stop(&s);
    log = strstr(process_err(s.process), expected);
    ck_assert_msg(log != NULL, "%s", process_err(s.process));
    ck_assert_ptr_null(strstr(log + strlen(expected), VARIABLE));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e keylog");
    TCase *tcase = e2e_case(suite, "keylog");

    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_loop_test(tcase, what_is_logged, 0, COUNT(features));
    tcase_add_test(tcase, which_sessions);
    tcase_add_loop_test(tcase, in_recordings, 0, COUNT(recorded));
    tcase_add_test(tcase, injected);
    tcase_add_test(tcase, not_wanted);
    tcase_add_loop_test(tcase, cannot_be_written, 0, COUNT(unusable));
    return e2e_main(suite);
}
