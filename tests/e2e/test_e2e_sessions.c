/* SPDX-License-Identifier: ISC */
/* Sessions of the real client and server: what they agree on, what commands answer, and how each
 * failure looks to the user. */
#include "scratch.h"
#include "suite.h"
#include "tools.h"

#include <sidewire/audio.h>

#include <stdlib.h>
#include <string.h>

/* ---- everything that can be agreed on ---- */

static const struct {
    const char *server, *client; /* options that bring it about from either end */
    const char *agreed;          /* in the server's log */
    const char *told;            /* by the client, asked to be verbose */
} modes[] = {
    { "--allow-legacy --features=", "--allow-legacy --features=", "legacy",
      "legacy mode, without features\nsidewire-client: cipher: RC4" },
    { "--allow-rc4 --features sideband", "--allow-rc4 --features sideband", "sideband",
      "features: sideband\nsidewire-client: cipher: RC4" },
    { "--allow-rc4 --features sideband,sha256", "--allow-rc4 --features sideband,sha256", "sideband,sha256",
      "features: sideband,sha256\nsidewire-client: cipher: RC4" },
    { "--allow-sha1 --features sideband,aes_ctr128", "--allow-sha1 --features sideband,aes_ctr128",
      "sideband,aes_ctr128", "features: sideband,aes_ctr128\nsidewire-client: cipher: AES-128-CTR" },
    { "", "", "sideband,aes_ctr128,sha256",
      "features: sideband,aes_ctr128,sha256\nsidewire-client: cipher: AES-128-CTR" },
};

/* The end that knows less decides. */
static const struct {
    int server_limits, client_limits;
} limits[] = { { 1, 0 }, { 0, 1 }, { 1, 1 } };

enum { HOSTS = 2, MODE_RUNS = COUNT(modes) * COUNT(limits) * HOSTS };

static const char generous[] = "--allow-legacy --allow-rc4 --legacy-wait 50";

static const char *expected_list(void)
{
    const char *list = "";

    for (size_t i = 0; i < sw_audio_commands.count; i++) {
        const sw_command *command = &sw_audio_commands.commands[i];
        char permissions[SW_PERMISSIONS_TEXT_SIZE + 1];

        sw_permissions_format(command->permissions, permissions);
        list = scratch_format("%s%s\t%s\t%s\t%s\n", list, command->name, command->group, permissions,
                              command->description);
    }
    return list;
}

static const char help_ff[] =
    "ff - skip some seconds\n"
    "\n"
    "handler: server\n"
    "permissions: --vV\n"
    "usage: ff N\\[-\\]\n"
    "\n"
    "Skips N seconds forward, with a minus behind backward. Beyond the end: next file;\n"
    "before the beginning: the beginning. Needs an open file.\n";

START_TEST(mode_works)
{
    int mode = _i % COUNT(modes);
    int limit = _i / COUNT(modes) % COUNT(limits);
    const char *host = _i < MODE_RUNS / HOSTS ? "127.0.0.1" : ipv6_host();
    const char *allowed = "--allow-legacy --allow-rc4";
    server s = server_start(host, limits[limit].server_limits ? modes[mode].server : allowed);
    const char *options = scratch_format("%s %s", generous, limits[limit].client_limits ? modes[mode].client : "");
    process *told;

    client_expect(&s, options, "help", 0, expected_list(), "");
    client_expect(&s, options, "help ff", 0, help_ff, "");
    client_expect(&s, options, "si", 0, si_pattern(&s, 1, 3, 3, 3), "");
    told = client_start(&s, scratch_format("%s -v", options), "version");
    process_expect(told, modes[mode].agreed, 0,
                   "sidewire-server " SW_VERSION "\nbuilt: *\nsystem: *\ncompiler: *\n",
                   scratch_format("*\nsidewire-client: %s\nsidewire-client: not sealed, so *\n"
                                  "sidewire-client: authenticated as alice\n*",
                                  modes[mode].told));
    process_await_err(s.process, scratch_format("authenticated (%s)\n", modes[mode].agreed));
    server_stop(&s);
}
END_TEST

/* ---- commands ---- */

static const struct {
    const char *options, *command;
    int status;
    const char *out, *err;
} commands[] = {
    { "", "si x", 1, "", "remote: syntax error in command\n" },
    { "", "version ''", 1, "", "remote: syntax error in command\n" },
    { "", "term now", 1, "", "remote: syntax error in command\n" },
    { "", "help si ff", 1, "", "remote: syntax error in command\n" },
    { "", "help nosuch", 1, "", "remote: invalid command\n" },
    { "", "help ''", 1, "", "remote: invalid command\n" },
    { "", "nosuch", 1, "", "remote: invalid command\n" },
    { "", "SI", 1, "", "remote: invalid command\n" },
    { "", "''", 1, "", "remote: invalid command\n" },
    { "", "ff 10-", 1, "", "remote: no audio file\n" },
    { "", "ls -l=v -p", 1, "", "remote: not provided by this server\n" },
    { "", "add /music", 1, "", "remote: not provided by this server\n" },
    { "-v", "nosuch", 1, "", "*\nremote: invalid command\nsidewire-client: exit status 1\n" },
    { "-v", "help ff", 0, help_ff, "*\nsidewire-client: exit status 0\n" },
    { "--raw", "help ff", 0, help_ff, "" },
    { "-u bob -k keys/bob", "term", 1, "", "remote: permission denied\n" },
    { "-u bob -k keys/bob", "term now", 1, "", "remote: permission denied\n" },
    { "-u bob -k keys/bob", "ff 1", 1, "", "remote: permission denied\n" },
    { "-u bob -k keys/bob", "hup", 1, "", "remote: permission denied\n" },
    { "-u bob -k keys/bob", "add /music", 1, "", "remote: permission denied\n" },
    { "-u bob -k keys/bob", "stat -n=1", 0, "file_size: 0\n*", "" },
    { "-u bob -k keys/bob", "si", 0, NULL, "" },
    { "-u bob -k keys/bob", "nosuch", 1, "", "remote: invalid command\n" },
    /* legacy mode: messages are output, and no exit status is known */
    { "--features= --allow-legacy", "nosuch", 0, "invalid command\n", "" },
    { "--features= --allow-legacy", "si x", 0, "syntax error in command\n", "" },
    { "--features= --allow-legacy -u bob -k keys/bob", "term", 0, "permission denied\n", "" },
    { "--features= --allow-legacy", "help ''", 2, "", "sidewire-client: command: argument *\n" },
};

START_TEST(command_answers)
{
    server s = server_start_local("--allow-legacy");

    client_expect(&s, commands[_i].options, commands[_i].command, commands[_i].status, commands[_i].out,
                  commands[_i].err);
    client_expect(&s, "", "version", 0, NULL, "");
    server_stop(&s);
}
END_TEST

/* What fits into a command packet arrives; the answer to so long a name is a short one. */
START_TEST(long_command)
{
    static const struct {
        size_t len; /* of the argument */
        int status;
        const char *err;
    } rows[] = {
        { SW_COMMAND_MAX - sizeof("help") - 1, 1, "remote: invalid command\n" },
        { SW_COMMAND_MAX - sizeof("help"), 2, "sidewire-client: command: *32769*32768*\n" },
    };
    server s = server_start_local("");
    char *argument = scratch_allocate(rows[_i].len + 1);

    memset(argument, 'x', rows[_i].len);
    client_expect(&s, "", scratch_format("help %s", argument), rows[_i].status, "", rows[_i].err);
    client_expect(&s, "", "si", 0, NULL, "");
    server_stop(&s);
}
END_TEST

/* ---- refusals ---- */

#define CLOSED "sidewire-client: 127.0.0.1:*: connection closed during the handshake\n"
#define WRONG_KEY "sidewire-client: 127.0.0.1:*: challenge cannot be decrypted with this key\n"

static const struct {
    const char *server, *client;
    const char *err;
    const char *log; /* NULL: the client leaves before it asks */
} refusals[] = {
    /* the server's offer is too little for the client */
    { "--allow-legacy --features=", "--timeout 1",
      "sidewire-client: 127.0.0.1:*: no complete greeting came in time, only its first line, *; see "
      "--allow-legacy *\n",
      NULL },
    { "--allow-rc4 --features sideband", "",
      "sidewire-client: 127.0.0.1:*, which is not allowed; see --allow-rc4\n", NULL },
    { "--allow-rc4 --features sideband,sha256", "--allow-legacy",
      "sidewire-client: 127.0.0.1:*, which is not allowed; see --allow-rc4\n", NULL },
    { "--allow-sha1 --features sideband,aes_ctr128", "--allow-rc4 --features sideband,sha256", CLOSED,
      "cipher but RC4, which is not allowed\n" },
    { "--allow-sha1 --features sideband,aes_ctr128", "",
      "sidewire-client: 127.0.0.1:*: peer offers no hash but SHA-1, which is not allowed; see "
      "--allow-sha1\n",
      NULL },
    /* the client's request is too little for the server */
    { "", "--allow-legacy --features=", CLOSED, "legacy mode only, which is not allowed\n" },
    { "--allow-rc4", "--allow-legacy --features=", CLOSED, "legacy mode only, which is not allowed\n" },
    { "", "--allow-rc4 --features sideband", CLOSED, "cipher but RC4, which is not allowed\n" },
    { "", "--allow-sha1 --features sideband,aes_ctr128", CLOSED, "hash but SHA-1, which is not allowed\n" },
    { "--allow-legacy", "--allow-rc4 --features sideband,sha256", CLOSED,
      "cipher but RC4, which is not allowed\n" },
    /* users and keys */
    { "", "-k keys/eve", WRONG_KEY, "user 'alice': connection closed during the handshake\n" },
    { "", "-k keys/bob", WRONG_KEY, "user 'alice': connection closed during the handshake\n" },
    { "", "-u eve -k keys/eve", WRONG_KEY, "user 'eve': connection closed during the handshake\n" },
    { "", "-u Alice", WRONG_KEY, "user 'Alice': connection closed during the handshake\n" },
    { "", "-u alic", WRONG_KEY, "user 'alic': connection closed during the handshake\n" },
    { "--allow-legacy", "--allow-legacy --features= -u eve", WRONG_KEY,
      "user 'eve': connection closed during the handshake\n" },
};

START_TEST(refusal_is_explained)
{
    server s = server_start_local(refusals[_i].server);

    client_expect(&s, refusals[_i].client, "si", 3, "", refusals[_i].err);
    if (refusals[_i].log != NULL)
        process_await_err(s.process, refusals[_i].log);
    ck_assert_ptr_null(strstr(process_err(s.process), "authenticated"));
    client_expect(&s, generous, "version", 0, NULL, "");
    server_stop(&s);
}
END_TEST

/* ---- a server of another name ---- */

START_TEST(banner_does_not_matter)
{
    scratch_write_text("users", "user alice keys/alice.pub VSS_READ\n");
    server s = server_start_local("--allow-legacy --banner Features:sideband");

    client_expect(&s, "", "si", 0, NULL, "");
    client_expect(&s, "--allow-legacy --features=", "si", 0, NULL, "");
    server_stop(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e sessions");

    tcase_add_loop_test(e2e_case(suite, "modes"), mode_works, 0, MODE_RUNS);
    tcase_add_loop_test(e2e_case(suite, "commands"), command_answers, 0, COUNT(commands));
    tcase_add_loop_test(e2e_case(suite, "long command"), long_command, 0, 2);
    tcase_add_loop_test(e2e_case(suite, "refusals"), refusal_is_explained, 0, COUNT(refusals));
    tcase_add_test(e2e_case(suite, "banner"), banner_does_not_matter);
    return e2e_main(suite);
}
