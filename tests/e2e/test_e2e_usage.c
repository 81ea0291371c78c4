/* SPDX-License-Identifier: ISC */
/* Command lines: help, version, and what is refused before anything is done (exit status 2). */
#include "scratch.h"
#include "suite.h"
#include "tools.h"

#include <sidewire/api.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define CLIENT "-H 127.0.0.1 -p 1 -u alice -k keys/alice "

static const struct {
    const char *tool, *words;
    const char *err; /* pattern behind the program's name and a colon */
} refused[] = {
    { TOOL_CLIENT, "-u alice", "no key: none of *.paraslash/key.alice, *.ssh/id_ed25519 and *" },
    { TOOL_CLIENT, CLIENT "-i si", "--interactive: no command may follow, 'si' was given" },
    { TOOL_CLIENT, CLIENT "--history", "--history: value missing; see --help" },
    { TOOL_CLIENT, "--nosuch si", "--nosuch: unknown option; see --help" },
    { TOOL_CLIENT, "-x si", "-x: unknown option; see --help" },
    { TOOL_CLIENT, "-H", "--host: value missing; see --help" },
    { TOOL_CLIENT, "--raw=yes si", "--raw: takes no value, 'yes' was given; see --help" },
    { TOOL_CLIENT, "-p 0 si", "--port: '0' is not a number from 1 to 65535" },
    { TOOL_CLIENT, "-p 65536 si", "--port: '65536' is not a number from 1 to 65535" },
    { TOOL_CLIENT, "-p http si", "--port: 'http' is not a number from 1 to 65535" },
    { TOOL_CLIENT, "-p '' si", "--port: '' is not a number from 1 to 65535" },
    { TOOL_CLIENT, "--timeout -1 si", "--timeout: '-1' is not a number from 0 to 86400" },
    { TOOL_CLIENT, "--timeout 9999999999999999999 si", "--timeout: '9*9' is not a number *" },
    { TOOL_CLIENT, "--legacy-wait 0 si", "--legacy-wait: '0' is not a number from 1 to 60000" },
    { TOOL_CLIENT, "--fd 7 si", "--fd: '7' is not of the form IN,OUT" },
    { TOOL_CLIENT, "--fd 0,1 si", "--fd: '0,1': 0, 1 and 2 are the standard streams" },
    { TOOL_CLIENT, "--fd 99,99 si", "--fd: descriptor 99: Bad file descriptor" },
    { TOOL_CLIENT, "--fd a,b si", "--fd: 'a' is not a number from 0 to *" },
    { TOOL_CLIENT, "--features sha si", "--features: 'sha': unknown feature 'sha'; known are *" },
    { TOOL_CLIENT, "--features sideband, si", "--features: 'sideband,': unknown feature ''; *" },
    { TOOL_CLIENT, "--features aes_ctr128 si",
      "--features: 'aes_ctr128': features that need sideband listed without it; *" },
    { TOOL_CLIENT, "--features '' si", "--features: none means legacy mode, which needs --allow-legacy" },
    { TOOL_CLIENT, "--features sideband si",
      "--features: without aes_ctr128 the cipher is RC4, which needs --allow-rc4" },
    { TOOL_CLIENT, "--features sideband,aes_ctr128 si",
      "--features: without sha256 the hash is SHA-1, which needs --allow-sha1" },
    { TOOL_CLIENT, "-u '' -k keys/alice si", "--user: user name empty, too long, *" },
    { TOOL_CLIENT, "-u a\nb -k keys/alice si", "--user: user name empty, too long, *" },

    { TOOL_SERVER, "", "--user-list: required; see --help" },
    { TOOL_SERVER, "-u users extra", "'extra': no arguments are taken; see --help" },
    { TOOL_SERVER, "--nosuch", "--nosuch: unknown option; see --help" },
    { TOOL_SERVER, "-x", "-x: unknown option; see --help" },
    { TOOL_SERVER, "-u", "--user-list: value missing; see --help" },
    { TOOL_SERVER, "--inetd=1", "--inetd: takes no value, '1' was given; see --help" },
    { TOOL_SERVER, "-u users -p 65536", "--port: '65536' is not a number from 0 to 65535" },
    { TOOL_SERVER, "-u users --fd 1", "--fd: '1' is not of the form IN,OUT" },
    { TOOL_SERVER, "-u users --fd 99,99", "--fd: descriptor 99: Bad file descriptor" },
    { TOOL_SERVER, "-u users --inetd -p 1", "--fd: takes no --listen and no --port" },
    { TOOL_SERVER, "-u users --inetd -l 127.0.0.1", "--fd: takes no --listen and no --port" },
    { TOOL_SERVER, "-u users --features=", "--features: without sideband, --allow-legacy *" },
    { TOOL_SERVER, "-u users --features sideband",
      "--features: without aes_ctr128 the cipher is RC4, --allow-rc4 is needed" },
    { TOOL_SERVER, "-u users --features sideband,aes_ctr128",
      "--features: without sha256 the hash is SHA-1, --allow-sha1 is needed" },
    { TOOL_SERVER, "-u users --features no", "--features: 'no': unknown feature 'no'; known are *" },
    { TOOL_SERVER, "-u users --handshake-timeout 0", "--handshake-timeout: '0' is not a number *" },
    { TOOL_SERVER, "-u users --write-timeout 86401", "--write-timeout: '86401' is not a number *" },
    { TOOL_SERVER, "-u users --max-connections 0", "--max-connections: '0' is not a number *" },
    { TOOL_SERVER, "-u users --banner a\nb", "--banner: not one line of at most *" },
    { TOOL_SERVER, "-u users --log-level all", "--log-level: 'all' is none of debug, *" },

    { TOOL_SERVER, "--h", "--h: begins several options; see --help" },

    { TOOL_DUMP, "", "CAPTURE: missing; see --help" },
    { TOOL_DUMP, "a b", "filter 'b': *" },
    { TOOL_DUMP, "a -i lo", "filter 'a': *" },
    { TOOL_DUMP, "--nosuch", "--nosuch: unknown option; see --help" },
    { TOOL_DUMP, "-k", "--key: value missing; see --help" },
    { TOOL_DUMP, "--key", "--key: value missing; see --help" },
    { TOOL_DUMP, "-z capture", "-z: unknown option; see --help" },
    { TOOL_DUMP, "--help=all", "--help: takes no value, 'all' was given; see --help" },
    { TOOL_DUMP, "-k missing capture", "missing: No such file or directory" },
    { TOOL_DUMP, "-k keys/alice.pub capture", "keys/alice.pub: this is a public key, a private one is needed" },
};

START_TEST(refused_at_once)
{
    const char *tool = refused[_i].tool;
    const char *err = scratch_format("%s: %s\n", strrchr(tool, '/') + 1, refused[_i].err);

    process_expect(tool_start(tool, refused[_i].words), refused[_i].words, 2, "", err);
}
END_TEST

/* ---- help and version ---- */

static const struct {
    const char *tool;
    int status_of_failure; /* when they cannot be written */
} tools[] = { { TOOL_CLIENT, 3 }, { TOOL_SERVER, 3 }, { TOOL_DUMP, 1 } };

START_TEST(help_and_version)
{
    static const char *const options[] = { "--help", "--version", "-h", "-V" };
    const char *tool = tools[_i].tool;
    const char *name = strrchr(tool, '/') + 1;
    const char *patterns[] = {
        scratch_format("NAME\n    %s - *\nSYNOPSIS\n*\nEXIT STATUS\n*\nEXAMPLES\n*", name),
        scratch_format("%s " SW_VERSION "\n", name),
    };

    for (int i = 0; i < COUNT(options); i++) {
        process_setup full = { .output = open("/dev/full", O_WRONLY | O_CLOEXEC) };
        command_line line = { { NULL }, 0 };
        process *p;

        process_expect(tool_start(tool, options[i]), tool, 0, patterns[i % 2], "");
        command_add(&line, tool_path(tool));
        command_add(&line, options[i]);
        p = process_start(&line, &full);
        process_expect(p, "/dev/full", tools[_i].status_of_failure, NULL,
                       scratch_format("%s: standard output: No space left on device\n", name));
        close(full.output);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e usage");

    tcase_add_loop_test(e2e_case(suite, "refused"), refused_at_once, 0, COUNT(refused));
    tcase_add_loop_test(e2e_case(suite, "help"), help_and_version, 0, COUNT(tools));
    return e2e_main(suite);
}
