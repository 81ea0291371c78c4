/* SPDX-License-Identifier: ISC */
/* The server's side of sealed sessions: its key, what it requires, and whose keys it takes. */
#include "peer.h"
#include "scratch.h"
#include "suite.h"
#include "tools.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KNOWN "--known-servers known --accept-new"
#define SERVER "sidewire-server: "

/* ---- the key ---- */

static const char *fingerprint_of(const server *s)
{
    const char *err = process_await_err(s->process, "host key: SHA256:");
    const char *start = strstr(err, "SHA256:");

    return scratch_format("%.*s", (int)strcspn(start, " "), start);
}

/* Made for its owner alone, whatever the umask; and then it stays, and so does its fingerprint, which is that of
 * the public half as others compute it. */
START_TEST(key_is_made)
{
    mode_t old = umask(0);
    server s = server_start_local("--host-key host");
    const char *before = scratch_read("host", NULL);
    const char *fingerprint = fingerprint_of(&s);
    struct stat info;
    process *p;
    command_line line = { { NULL }, 0 };

    umask(old);
    ck_assert_int_eq(stat("host", &info), 0);
    ck_assert_uint_eq(info.st_mode & 07777, 0600);
    server_stop(&s);
    s = server_start_local("--host-key host");
    ck_assert_str_eq(fingerprint_of(&s), fingerprint);
    ck_assert_str_eq(scratch_read("host", NULL), before);
    server_stop(&s);
    command_add_words(&line, "sh -c");
    command_add(&line,
                "printf 'SHA256:'; openssl pkey -in host -pubout -outform DER | tail -c 32 | openssl dgst "
                "-sha256 -binary | base64 | tr -d '=\\n'");
    p = process_start(&line, NULL);
    ck_assert_int_eq(process_wait(p), 0);
    ck_assert_str_eq(process_out(p), fingerprint);
}
END_TEST

/* Keys of openssl's making are taken. */
START_TEST(key_of_openssl)
{
    command_line line = { { NULL }, 0 };
    server s;

    command_add_words(&line, "openssl genpkey -algorithm X25519 -out host");
    process_expect(process_start(&line, NULL), "openssl", 0, NULL, NULL);
    ck_assert_int_eq(chmod("host", 0600), 0);
    s = server_start_local("--host-key host --require-sealed");
    client_expect(&s, KNOWN, "version", 0, NULL, scratch_format("*new server, %s*", fingerprint_of(&s)));
    server_stop(&s);
}
END_TEST

static const struct {
    const char *text; /* NULL: a link */
    mode_t mode;
    const char *why;
} keys[] = {
    { "text\n", 0600, "no key in a known format" },
    { "text\n", 0640, "others may use it; chmod 600 helps" },
    { NULL, 0600, "Too many levels of symbolic links" },
};

START_TEST(key_is_refused)
{
    scratch_write_text("other", "text\n");
    ck_assert_int_eq(chmod("other", 0600), 0);
    if (keys[_i].text == NULL)
        ck_assert_int_eq(symlink("other", "host"), 0);
    else
        scratch_write_text("host", keys[_i].text);
    ck_assert_int_eq(chmod("host", keys[_i].mode), 0);
    process_expect(tool_start(TOOL_SERVER, "-u users -p 0 --host-key host"), "key", 2, "",
                   scratch_format(SERVER "--host-key: host: %s*\n", keys[_i].why));
    ck_assert_str_eq(scratch_read("other", NULL), "text\n");
}
END_TEST

START_TEST(required_without_key)
{
    process_expect(tool_start(TOOL_SERVER, "-u users -p 0 --require-sealed"), "require", 2, "",
                   SERVER "--require-sealed: needs --host-key\n*");
}
END_TEST

/* ---- what is required, and of whom ---- */

static void make_ed25519(const char *name)
{
    command_line line = { { NULL }, 0 };

    command_add_words(&line, "ssh-keygen -q -t ed25519 -N '' -C '' -f");
    command_add(&line, name);
    process_expect(process_start(&line, NULL), "ssh-keygen", 0, NULL, NULL);
}

/* One that seals nothing is refused before anything is asked of it, and the log says so; a reload changes users
 * and not what is required. */
START_TEST(sealed_is_required)
{
    server s = server_start_local("--host-key host --require-sealed");

    client_expect(&s, KNOWN, "version", 0, NULL, NULL);
    client_expect(&s, "--plain", "version", 3, "", NULL);
    scratch_write_text("users", "user alice keys/alice.pub " PERMISSIONS_ALL "\nuser eve keys/eve.pub VSS_READ\n");
    client_expect(&s, KNOWN, "hup", 0, "", "");
    client_expect(&s, KNOWN " -u eve -k keys/eve", "version", 0, NULL, "");
    client_expect(&s, "--plain -u eve -k keys/eve", "version", 3, "", NULL);
    client_expect(&s, KNOWN " -u bob -k keys/bob", "version", 3, "", "*refused*");
    process_await_err(s.process, "user 'bob': authentication failed: unknown user\n");
    server_stop(&s);
}
END_TEST

/* A command's exit status, or an error of the library. */
static int run(const server *s, const char *user, const char *key, const char *command)
{
    peer *p = peer_client_sealed(dial(s->port), user, key);
    sw_event event;
    int type = peer_next(p, &event);

    if (type == SW_EVENT_READY)
        peer_command(p, command);
    while (type == SW_EVENT_READY || type == SW_EVENT_DATA)
        type = peer_next(p, &event);
    peer_close(p);
    return type == SW_EVENT_EXIT ? event.status : type;
}

/* Any of a user's keys, RSA or Ed25519, and none of another one's. */
START_TEST(several_keys)
{
    static const struct {
        const char *user, *key, *log;
    } rows[] = {
        { "alice", "keys/alice", NULL },
        { "alice", "keys/eve", NULL },
        { "alice", "ed1", NULL },
        { "alice", "ed2", NULL },
        { "bob", "ed3", NULL },
        { "alice", "ed3", "user 'alice': authentication failed: wrong key\n" },
        { "bob", "ed1", "user 'bob': authentication failed: wrong key\n" },
        { "nobody", "ed1", "user 'nobody': authentication failed: unknown user\n" },
    };
    server s;

    make_ed25519("ed1");
    make_ed25519("ed2");
    make_ed25519("ed3");
    scratch_write_text("users",
                       "user alice keys/alice.pub VSS_READ\nuser bob ed3.pub VSS_READ\n"
                       "user alice ed1.pub VSS_READ\nuser alice keys/eve.pub VSS_READ\n"
                       "user alice ed2.pub AFS_READ\n");
    s = server_start_local("--host-key host");
    for (int i = 0; i < COUNT(rows); i++) {
        int status = run(&s, rows[i].user, rows[i].key, "version");
        ck_assert_msg((status == 0) == (rows[i].log == NULL), "%s with %s: %d", rows[i].user, rows[i].key, status);
        if (rows[i].log != NULL)
            process_await_err(s.process, rows[i].log);
    }
    ck_assert_int_eq(run(&s, "alice", "ed2", "lsimg"), 0); /* permissions are the line's */
    ck_assert_int_eq(run(&s, "alice", "ed1", "lsimg"), 1);
    client_expect(&s, "--plain", "version", 0, NULL, NULL); /* the first RSA key */
    server_stop(&s);
}
END_TEST

/* Without a host key nothing is sealed, and such keys are of no use, which the log says. */
START_TEST(useless_keys)
{
    server s;

    make_ed25519("ed1");
    scratch_write_text("users", "user alice ed1.pub VSS_READ\nuser bob keys/bob.pub VSS_READ\n");
    s = server_start_local("");
    process_await_err(s.process,
                      "warning: users: 1 Ed25519 keys are of no use: nothing is sealed without "
                      "--host-key\n");
    client_expect(&s, "-u bob -k keys/bob", "version", 0, NULL, NULL);
    server_stop(&s);
    s = server_start_local("--host-key host --crypto mbedtls");
    process_await_err(s.process,
                      "warning: users: 1 Ed25519 keys are of no use: the crypto library cannot "
                      "verify them; openssl and gcrypt can\n");
    server_stop(&s);
}
END_TEST

/* Keys of sealed sessions are logged, too, when that is asked for. */
START_TEST(keys_are_logged)
{
    server s;

    setenv("SIDEWIREKEYLOGFILE", "server.keys", 1);
    s = server_start_local("--host-key host");
    setenv("SIDEWIREKEYLOGFILE", "client.keys", 1);
    client_expect(&s, KNOWN, "version", 0, NULL, NULL);
    unsetenv("SIDEWIREKEYLOGFILE");
    ck_assert_str_eq(scratch_read("server.keys", NULL), scratch_read("client.keys", NULL));
    ck_assert_int_eq(strncmp(scratch_read("server.keys", NULL), "SEALED ", 7), 0);
    server_stop(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e host key");

    tcase_add_test(e2e_case(suite, "made"), key_is_made);
    tcase_add_test(e2e_case(suite, "openssl"), key_of_openssl);
    tcase_add_loop_test(e2e_case(suite, "refused"), key_is_refused, 0, COUNT(keys));
    tcase_add_test(e2e_case(suite, "without"), required_without_key);
    tcase_add_test(e2e_case(suite, "required"), sealed_is_required);
    tcase_add_test(e2e_case(suite, "several"), several_keys);
    tcase_add_test(e2e_case(suite, "useless"), useless_keys);
    tcase_add_test(e2e_case(suite, "key log"), keys_are_logged);
    return e2e_main(suite);
}
