/* SPDX-License-Identifier: ISC */
/* Key files as ssh-keygen and openssl make them: every format and size on both ends, where the
 * client finds its own, and those that are refused. */
#include "scratch.h"
#include "suite.h"
#include "tools.h"

#include <pwd.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const private_forms[] = { "pkcs1", "pkcs8", "openssh" };
static const char *const public_forms[] = { "pub", "spki", "pkcs1pub" };
static const int sizes[] = { 2048, 3072, 4096 };

START_TEST(key_works)
{
    const char *users = "";
    server s;

    for (int i = 0; i < COUNT(public_forms); i++)
        users = scratch_format("%suser %s keys/rsa%d.%s AFS_READ\n", users, public_forms[i], sizes[_i],
                               public_forms[i]);
    scratch_write_text("users", users);
    s = server_start_local("--allow-legacy");
    for (int i = 0; i < COUNT(public_forms); i++) {
        for (int k = 0; k < COUNT(private_forms); k++) {
            const char *options =
                scratch_format("-u %s -k keys/rsa%d.%s", public_forms[i], sizes[_i], private_forms[k]);

            client_expect(&s, options, "version", 0, NULL, "");
            options = scratch_format("--allow-legacy --features= %s", options);
            client_expect(&s, options, "version", 0, NULL, "");
        }
    }
    server_stop(&s);
}
END_TEST

/* ---- refused by the client ---- */

#define LOCKED "key is protected by a passphrase"
#define PUBLIC "this is a public key, a private one is needed"
#define NO_AGENT "there is no agent (SSH_AUTH_SOCK is not set)"

static const struct {
    const char *file, *why;
} bad_private[] = {
    { "keys/rsa1024.pkcs1", "key too small: 1024 bits, at least 2048 needed" },
    { "keys/rsa1024.pkcs8", "key too small: 1024 bits, at least 2048 needed" },
    { "keys/rsa1024.openssh", "key too small: 1024 bits, at least 2048 needed" },
    { "keys/rsa2048.proctype", LOCKED "; for an agent to have it, which ssh-add "
                                      "keys/rsa2048.proctype does, keys/rsa2048.proctype.pub is needed as well" },
    { "keys/rsa2048.encrypted",
      LOCKED "; for an agent to have it, which ssh-add "
             "keys/rsa2048.encrypted does, keys/rsa2048.encrypted.pub is needed as well" },
    { "keys/rsa2048.sshencrypted",
      LOCKED ", and " NO_AGENT "; ssh-add keys/rsa2048.sshencrypted gives it to an agent" },
    { "keys/ed25519.sshencrypted",
      LOCKED ", and " NO_AGENT "; ssh-add keys/ed25519.sshencrypted gives it to an agent" },
    { "keys/ec.sec1", "key of a kind that is not supported: RSA and Ed25519 are" },
    { "keys/ec.pkcs8", "key of a kind that is not supported: RSA and Ed25519 are" },
    { "keys/ec.openssh", "key of a kind that is not supported: RSA and Ed25519 are" },
    { "keys/rsa2048.pub", PUBLIC ", or an agent that has it: " NO_AGENT },
    { "keys/rsa2048.spki", PUBLIC ", or an agent that has it: " NO_AGENT },
    { "keys/rsa2048.pkcs1pub", PUBLIC ", or an agent that has it: " NO_AGENT },
    { "missing", "No such file or directory" },
    { "keys", "Is a directory" },
    { "empty", "no key in a known format" },
    { "huge", "file larger than 65536 bytes" },
};

/* Says so before it connects, so no server is needed. */
START_TEST(private_key_refused)
{
    enum { HUGE_SIZE = 65537 };
    const char *file = bad_private[_i].file;
    const char *words = scratch_format("-H 127.0.0.1 -p 1 -u alice -k %s si", file);

    scratch_write_text("empty", "");
    scratch_write("huge", scratch_allocate(HUGE_SIZE), HUGE_SIZE);
    process_expect(tool_start(TOOL_CLIENT, words), file, 2, "",
                   scratch_format("sidewire-client: %s: %s\n", file, bad_private[_i].why));
}
END_TEST

/* ---- refused by the server ---- */

static const struct {
    const char *file, *why;
} bad_public[] = {
    { "rsa1024.pub", "key too small: 1024 bits, at least 2048 needed" },
    { "rsa1024.spki", "key too small: 1024 bits, at least 2048 needed" },
    { "rsa1024.pkcs1pub", "key too small: 1024 bits, at least 2048 needed" },
    { "ec.pub", "key of a kind that is not supported: RSA and Ed25519 are" },
    { "ec.spki", "key of a kind that is not supported: RSA and Ed25519 are" },
    { "rsa2048.pkcs1", "this is a private key, a public one is needed" },
    { "rsa2048.pkcs8", "this is a private key, a public one is needed" },
    { "rsa2048.openssh", "this is a private key, a public one is needed" },
    { "rsa2048.numbers", "no key in a known format" },
};

START_TEST(public_key_refused)
{
    const char *file = bad_public[_i].file;
    server s;

    scratch_write_text("users", scratch_format("user bad keys/%s AFS_READ\n"
                                               "user alice keys/alice.pub AFS_READ\n",
                                               file));
    s = server_start_local("");
    expect_match(file, process_err(s.process),
                 scratch_format("20*T* sidewire-server: warning: users:1: user 'bad' skipped: keys/%s: "
                                "%s\n",
                                file, bad_public[_i].why));
    client_expect(&s, "", "version", 0, NULL, "");
    server_stop(&s);
}
END_TEST

/* Keys for sealed sessions alone, by a server that seals none. */
START_TEST(public_key_of_no_use)
{
    server s;

    scratch_write_text("users",
                       "user bad keys/ed25519.pub AFS_READ\n"
                       "user alice keys/alice.pub AFS_READ\n");
    s = server_start_local("");
    expect_match("ed25519.pub", process_err(s.process),
                 "20*T* sidewire-server: warning: users: 1 Ed25519 keys are of no use: nothing is "
                 "sealed without --host-key\n");
    client_expect(&s, "", "version", 0, NULL, "");
    server_stop(&s);
}
END_TEST

/* ---- where the client looks ---- */

/* Without -u it is the login name, without -k a file of the home folder. */
START_TEST(default_names)
{
    const struct passwd *me = getpwuid(getuid());
    const char *words;
    server s;

    ck_assert_ptr_nonnull(me);
    scratch_write_text("users", scratch_format("user alice keys/alice.pub AFS_READ\n"
                                               "user bob keys/bob.pub AFS_READ\n"
                                               "user %s keys/eve.pub AFS_READ\n",
                                               me->pw_name));
    s = server_start_local("");
    words = scratch_format("-H 127.0.0.1 -p %s", s.port);
    process_expect(tool_start(TOOL_CLIENT, scratch_format("%s -u bob version", words)), "no key", 2, "",
                   "sidewire-client: no key: none of ~/.paraslash/key.bob, ~/.ssh/id_ed25519 and "
                   "~/.ssh/id_rsa exists, and there is no agent (SSH_AUTH_SOCK is not set); see -k\n");
    ck_assert_int_eq(mkdir(".paraslash", 0700) | mkdir(".ssh", 0700), 0);
    ck_assert_int_eq(symlink("../keys/bob", ".ssh/id_rsa"), 0);
    process_expect(tool_start(TOOL_CLIENT, scratch_format("%s -u bob version", words)), ".ssh", 0, NULL, "");
    ck_assert_int_eq(symlink("../keys/alice", ".paraslash/key.alice"), 0);
    process_expect(tool_start(TOOL_CLIENT, scratch_format("%s -u alice version", words)), ".paraslash", 0, NULL,
                   "");
    ck_assert_int_eq(symlink("../keys/eve", scratch_format(".paraslash/key.%s", me->pw_name)), 0);
    process_expect(tool_start(TOOL_CLIENT, scratch_format("%s version", words)), "login name", 0, NULL, "");
    server_stop(&s);
}
END_TEST

/* Keys are looked up relative to the list's folder, not to the current one. */
START_TEST(list_elsewhere)
{
    server s;

    ck_assert_int_eq(mkdir("list", 0700) | symlink("../keys/alice.pub", "list/alice.pub"), 0);
    scratch_write_text("list/users", "user alice alice.pub AFS_READ\n");
    s = server_start_local("-u list/users");
    client_expect(&s, "", "version", 0, NULL, "");
    server_stop(&s);
    s = server_start_local(scratch_format("-u %s/list/users", getenv("HOME")));
    client_expect(&s, "", "version", 0, NULL, "");
    server_stop(&s);
}
END_TEST

static TCase *all_keys_case(Suite *suite, const char *name)
{
    TCase *tcase = e2e_case(suite, name);

    tcase_add_unchecked_fixture(tcase, make_all_keys, NULL);
    return tcase;
}

int main(void)
{
    Suite *suite = suite_create("e2e keys");

    tcase_add_loop_test(all_keys_case(suite, "formats and sizes"), key_works, 0, COUNT(sizes));
    tcase_add_loop_test(all_keys_case(suite, "private keys"), private_key_refused, 0, COUNT(bad_private));
    tcase_add_loop_test(all_keys_case(suite, "public keys"), public_key_refused, 0, COUNT(bad_public));
    tcase_add_test(all_keys_case(suite, "key of no use"), public_key_of_no_use);
    tcase_add_test(all_keys_case(suite, "default names"), default_names);
    tcase_add_test(all_keys_case(suite, "list elsewhere"), list_elsewhere);
    return e2e_main(suite);
}
