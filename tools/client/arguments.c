/* SPDX-License-Identifier: ISC */
#include "arguments.h"

#include "identity.h"
#include "options.h"
#include "report.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- values ---- */

static int take_host(void *target, const char *source, const char *text)
{
    arguments *args = target;
    const char *why;
    long number;

    if (host_split(text, args->host, &args->host_port, &why) < 0) {
        report("%s: '%s': %s", source, text, why);
        return -1;
    }
    return args->host_port == NULL ? 0 : option_number(source, args->host_port, 1, 65535, &number);
}

/* It stays a text, for getaddrinfo. */
static int take_port(void *target, const char *source, const char *text)
{
    long number;

    ((arguments *)target)->port = text;
    return option_number(source, text, 1, 65535, &number);
}

/* The standard streams have other uses here. */
static int take_descriptors(void *target, const char *source, const char *text)
{
    arguments *args = target;

    if (option_descriptors(source, text, &args->in, &args->out) < 0)
        return -1;
    if (args->in > STDERR_FILENO && args->out > STDERR_FILENO)
        return 0;
    report("%s: '%s': 0, 1 and 2 are the standard streams", source, text);
    return -1;
}

static int take_features(void *target, const char *source, const char *text)
{
    return option_features(source, text, &((arguments *)target)->policy.features);
}

static int take_crypto(void *target, const char *source, const char *text)
{
    return option_crypto(source, text, &((arguments *)target)->crypto);
}

static int take_allow_legacy(void *target, const char *source, const char *text)
{
    (void)source;
    (void)text;
    ((arguments *)target)->policy.allow_legacy = 1;
    return 0;
}

static int take_allow_rc4(void *target, const char *source, const char *text)
{
    (void)source;
    (void)text;
    ((arguments *)target)->policy.allow_rc4 = 1;
    return 0;
}

static int take_allow_sha1(void *target, const char *source, const char *text)
{
    (void)source;
    (void)text;
    ((arguments *)target)->policy.allow_sha1 = 1;
    return 0;
}

/* ---- the table ---- */

#define PLACE(member) .place = offsetof(arguments, member)

const option_row client_options[] = {
    { 'H', "host", OPTION_TEXT, "HOST", .take = take_host, .standard = "localhost", .variable = "SIDEWIRE_HOST",
      .help = "Name or address of the server, IPv4 or IPv6, with or without a port: music, "
              "music:2990, ::1, [::1]:2990. Of several addresses each has a quarter of a second before "
              "the next one is tried as well; the first that answers is taken." },
    { 'p', "port", OPTION_TEXT, "PORT", .take = take_port, .standard = DEFAULT_PORT_TEXT,
      .variable = "SIDEWIRE_PORT", .help = "TCP port of the server, from 1 to 65535, unless HOST has one." },
    { 'u', "user", OPTION_TEXT, "USER", PLACE(user), .variable = "SIDEWIRE_USER", .otherwise = "the login name",
      .help = "User name on the server." },
    { 'k', "key", OPTION_TEXT, "KEYFILE", PLACE(key_path), .variable = "SIDEWIRE_KEY", .otherwise = "see FILES",
      .help = "File of the user's private key, of RSA (2048 to 8192 bits) or Ed25519, which needs a sealed "
              "session: PEM (PKCS#1 or PKCS#8), or as ssh-keygen writes it. One with a passphrase, and a "
              "public key, are used if an ssh-agent has the key, see KEYS. ~/ in front is the home folder." },
    { 0, "config", OPTION_TEXT, "FILE", PLACE(config), .once = 1, .otherwise = "see FILES",
      .help = "Read defaults of options from FILE, see DEFAULTS. An empty name: from none." },
    { 0, "fd", OPTION_TEXT, "IN,OUT", .take = take_descriptors, .once = 1,
      .help = "Use a connection that exists: read from descriptor IN, write to descriptor OUT, which "
              "may be the same, but not 0, 1 or 2. --host and --port have no effect then. It takes "
              "one COMMAND, which must be given." },
    { 0, "features", OPTION_TEXT, "LIST", .take = take_features,
      .standard = "sideband,aes_ctr128,sha256,noise_nx_25519_aesgcm_sha256,"
                  "noise_nx_25519_chachapoly_sha256",
      .help = "Features to ask for if the server offers them, separated by commas. Those that begin "
              "with noise mean sealed sessions. An empty list means legacy mode." },
    { 0, "server-key", OPTION_TEXT, "KEY", PLACE(server_key),
      .help = "The server has this public key: 44 characters of base64, or a file that has them on a "
              "line. No other server will do, nor a session that is not sealed; known servers do not "
              "matter." },
    { 0, "known-servers", OPTION_TEXT, "FILE", PLACE(known_servers), .otherwise = "see FILES",
      .help = "The file of servers whose keys are known, see SEALED SESSIONS. An empty name: none." },
    { 0, "accept-new", OPTION_FLAG, PLACE(accept_new),
      .help = "Accept a server that is not known, and write its key to that file. A server with "
              "another key than it had is refused all the same." },
    { 0, "plain", OPTION_FLAG, PLACE(plain), .once = 1,
      .help = "Ask for no sealed session, even of a known server: whoever is in between can change "
              "what is said, and read it later." },
    { 0, "allow-legacy", OPTION_FLAG, .take = take_allow_legacy,
      .help = "Accept a server that knows no features (from before 2012). The cipher is RC4 then, "
              "which is broken, messages are part of the output, and nothing tells whether the "
              "command succeeded." },
    { 0, "allow-rc4", OPTION_FLAG, .take = take_allow_rc4,
      .help = "Accept a server that knows features, but no cipher better than RC4, which is broken: others "
              "can read what is said. SHA-1 is accepted with it." },
    { 0, "allow-sha1", OPTION_FLAG, .take = take_allow_sha1,
      .help = "Accept a server that knows aes_ctr128, but not sha256: the challenge is answered with "
              "SHA-1 then." },
    { 0, "crypto", OPTION_TEXT, "NAME", .take = take_crypto, .otherwise = "the first of these",
      .words = CRYPTO_WORDS, .help = CRYPTO_HELP },
    { 0, "timeout", OPTION_NUMBER, "SECONDS", PLACE(timeout), .min = 0, .max = 86400, .standard = "30",
      .help = "How long finding the address, connecting and authentication may take together. 0: for "
              "ever." },
    { 0, "idle-timeout", OPTION_NUMBER, "SECONDS", PLACE(idle_timeout), .min = 0, .max = 86400, .standard = "0",
      .help = "How long a command may wait for a server that says and takes nothing. 0: for ever, which "
              "stat needs." },
    { 0, "legacy-wait", OPTION_NUMBER, "MILLISECONDS", PLACE(legacy_wait), .min = 1, .max = 60000,
      .standard = "1000",
      .help = "With --allow-legacy: for how long nothing may follow the first line of a greeting "
              "until it is taken for that of a legacy server." },
    { 0, "upload", OPTION_FLAG, PLACE(upload), .once = 1,
      .help = "Send standard input if the server asks for it, though COMMAND is not known to take "
              "data." },
    { 0, "raw", OPTION_FLAG, PLACE(raw), .help = "Output byte for byte even if standard output is a terminal." },
    { 'i', "interactive", OPTION_FLAG, PLACE(interactive), .once = 1,
      .help = "Read commands from standard input, which is the default if there is no COMMAND." },
    { 0, "history", OPTION_TEXT, "FILE", PLACE(history), .otherwise = "see FILES",
      .help = "Keep the lines typed at the prompt in FILE, the last 1000 of them, for the next time. "
              "An empty name: do not keep them." },
    { 0, "record", OPTION_TEXT, "FILE", PLACE(record), .once = 1,
      .help = "Write a capture file (pcapng) of all that is said, still encrypted, with made-up "
              "packets around it: for sidewire-dump and Wireshark. FILE is emptied first." },
    { 'v', "verbose", OPTION_FLAG, PLACE(verbose),
      .help = "Tell the steps on standard error: address, features, cipher, exit status." },
    { .name = NULL }
};

/* ---- all of it ---- */

static int check(arguments *args)
{
    unsigned features = args->policy.features;

    if (args->plain && args->server_key != NULL) {
        report("--plain: takes no --server-key");
        return STATUS_USAGE;
    }
    if (args->plain)
        features = args->policy.features &= ~(unsigned)SW_FEATURES_SEALED;
    if (features == 0 && !args->policy.allow_legacy) {
        report("--features: none means legacy mode, which needs --allow-legacy");
        return STATUS_USAGE;
    }
    if (sw_features_cipher(features) == SW_CIPHER_RC4 && (features & SW_FEATURE_SIDEBAND) &&
        !args->policy.allow_rc4) {
        report("--features: without aes_ctr128 the cipher is RC4, which needs --allow-rc4");
        return STATUS_USAGE;
    }
    if ((features & SW_FEATURES_ALL) == (SW_FEATURE_SIDEBAND | SW_FEATURE_AES_CTR128) &&
        !args->policy.allow_sha1 && !args->policy.allow_rc4) {
        report("--features: without sha256 the hash is SHA-1, which needs --allow-sha1");
        return STATUS_USAGE;
    }
    if (args->interactive && args->command_count > 0) {
        report("--interactive: no command may follow, '%s' was given", args->command[0]);
        return STATUS_USAGE;
    }
    if (args->in >= 0 && args->command_count == 0) {
        report("--fd: one connection takes one command, and none was given");
        return STATUS_USAGE;
    }
    return ARGUMENTS_OK;
}

/* The file that was named has to be there; the usual one need not. */
static int set_from_file(arguments *args, const command_line *line)
{
    const char *given = command_line_value(line, "config");
    char *usual = given == NULL ? identity_config_path() : NULL;
    const char *path = given != NULL ? given : usual;
    int result = 0;

    if (path != NULL && *path != '\0')
        result = options_set_from_file(&client_manual, args, path, &args->config_text);
    free(usual);
    return result;
}

static int set_all(arguments *args, const command_line *line)
{
    if (options_set_standards(&client_manual, args) < 0 || set_from_file(args, line) < 0 ||
        options_set_from_environment(&client_manual, args) < 0)
        return -1;
    return options_set_given(line, args);
}

int arguments_parse(arguments *args, int argc, char **argv)
{
    command_line line;
    int status = STATUS_USAGE;

    memset(args, 0, sizeof(*args));
    args->in = args->out = -1;
    if (!command_line_read(&line, &client_manual, argc, argv, &status))
        return status;
    if (set_all(args, &line) == 0) {
        args->command = line.operands;
        args->command_count = line.operand_count;
        status = check(args);
        if (args->command_count == 0)
            args->interactive = 1;
    }
    command_line_free(&line);
    return status;
}

void arguments_free(arguments *args)
{
    free(args->config_text);
}
