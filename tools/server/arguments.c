/* SPDX-License-Identifier: ISC */
#include "arguments.h"

#include "log.h"
#include "options.h"
#include "report.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

enum { DAY = 86400, UPLOAD_LIMIT_MAX = 1 << 29 };

/* ---- values; each prints its own message and returns -1 if it is none ---- */

static int take_descriptors(void *t, const char *source, const char *text)
{
    server_options *options = t;

    return option_descriptors(source, text, &options->in, &options->out);
}

static int take_inetd(void *t, const char *source, const char *text)
{
    server_options *options = t;

    (void)source;
    (void)text;
    options->in = STDIN_FILENO;
    options->out = STDOUT_FILENO;
    options->inetd = 1;
    return 0;
}

static int take_features(void *t, const char *source, const char *text)
{
    return option_features(source, text, &((server_options *)t)->policy.features);
}

static int take_require_sealed(void *t, const char *source, const char *text)
{
    (void)source;
    (void)text;
    ((server_options *)t)->policy.require_sealed = 1;
    return 0;
}

static int take_allow_legacy(void *t, const char *source, const char *text)
{
    (void)source;
    (void)text;
    ((server_options *)t)->policy.allow_legacy = 1;
    return 0;
}

static int take_allow_rc4(void *t, const char *source, const char *text)
{
    (void)source;
    (void)text;
    ((server_options *)t)->policy.allow_rc4 = 1;
    return 0;
}

static int take_allow_sha1(void *t, const char *source, const char *text)
{
    (void)source;
    (void)text;
    ((server_options *)t)->policy.allow_sha1 = 1;
    return 0;
}

static int take_no_sandbox(void *t, const char *source, const char *text)
{
    (void)source;
    (void)text;
    ((server_options *)t)->without_sandbox = 1;
    return 0;
}

static int take_crypto(void *t, const char *source, const char *text)
{
    return option_crypto(source, text, &((server_options *)t)->crypto);
}

static int take_track(void *t, const char *source, const char *text)
{
    return playback_add(((server_options *)t)->playback, source, text);
}

static int take_log_level(void *t, const char *source, const char *text)
{
    int level = log_level_parse(text);

    (void)t;
    if (level < 0) {
        report("%s: '%s' is none of debug, info, notice, warning, error, crit, emerg", source, text);
        return -1;
    }
    log_set_level((log_level)level);
    return 0;
}

static int take_banner(void *t, const char *source, const char *text)
{
    static const char features[] = "Features: ";
    enum { ROOM = SW_GREETING_MAX - sizeof(features) - SW_FEATURES_TEXT_MAX - 2 };

    if (strlen(text) > ROOM || strchr(text, '\n') != NULL) {
        report("%s: not one line of at most %d bytes", source, ROOM);
        return -1;
    }
    if (strncmp(text, features, strlen(features)) == 0) {
        report("%s: clients would take it for the list of features", source);
        return -1;
    }
    ((server_options *)t)->banner = text;
    return 0;
}

/* ---- the table ---- */

#define PLACE(member) .place = offsetof(server_options, member)

const option_row server_option_rows[] = {
    { 'u', "user-list", OPTION_TEXT, "FILE", PLACE(user_list),
      .help = "Who may connect, see USER LIST. Required." },
    { 0, "host-key", OPTION_TEXT, "FILE", PLACE(host_key),
      .help = "Seal sessions: the server's X25519 key, as 'openssl genpkey -algorithm X25519' writes it; "
              "made if it is missing. The log tells its fingerprint. Without a key nothing is "
              "sealed, and whoever is in between can change what is said." },
    { 0, "require-sealed", OPTION_FLAG, .take = take_require_sealed,
      .help = "Serve nobody by a session that is not sealed. Needs --host-key." },
    { 'l', "listen", OPTION_TEXT, "ADDR", PLACE(address), .otherwise = "127.0.0.1",
      .help = "Listen on this IPv4 or IPv6 address." },
    { 'p', "port", OPTION_NUMBER, "PORT", PLACE(port), .min = 0, .max = 65535, .otherwise = DEFAULT_PORT_TEXT,
      .help = "Listen on this TCP port; 0 picks a free one. As soon as connections are accepted, "
              "'listening on ADDR:PORT' is printed on standard output ('[ADDR]:PORT' for IPv6)." },
    { 0, "fd", OPTION_TEXT, "IN,OUT", .take = take_descriptors,
      .help = "Do not listen: serve one session over these open descriptors, which may be two pipes, "
              "or one socket twice; blocking or not." },
    { 0, "inetd", OPTION_FLAG, .take = take_inetd,
      .help = "As --fd 0,1: for inetd, tcpserver, socat EXEC and their like. Where standard error is "
              "the session's own socket, as with inetd, there is no log." },
    { 0, "features", OPTION_TEXT, "LIST", .take = take_features, .standard = "sideband,aes_ctr128,sha256",
      .help = "What to offer: some of sideband,aes_ctr128,sha256, or an empty list for a legacy "
              "server." },
    { 0, "allow-legacy", OPTION_FLAG, .take = take_allow_legacy,
      .help = "Serve clients that do not know sideband. Their sessions are encrypted by RC4, which "
              "is broken." },
    { 0, "allow-rc4", OPTION_FLAG, .take = take_allow_rc4,
      .help = "Serve clients that know sideband but not aes_ctr128, by RC4, which is broken; also those that "
              "answer the challenge with SHA-1." },
    { 0, "allow-sha1", OPTION_FLAG, .take = take_allow_sha1,
      .help = "Serve clients that know aes_ctr128 but not sha256: they answer the challenge with SHA-1." },
    { 0, "crypto", OPTION_TEXT, "NAME", .take = take_crypto, .otherwise = "the first of these",
      .words = CRYPTO_WORDS, .help = CRYPTO_HELP },
    { 0, "handshake-timeout", OPTION_NUMBER, "SEC", PLACE(handshake_timeout), .min = 1, .max = DAY,
      .standard = "10", .help = "Disconnect who has not sent a command SEC seconds after connecting." },
    { 0, "write-timeout", OPTION_NUMBER, "SEC", PLACE(write_timeout), .min = 1, .max = DAY, .standard = "60",
      .help = "Disconnect who takes no byte of waiting output for SEC seconds." },
    { 0, "upload-timeout", OPTION_NUMBER, "SEC", PLACE(upload_timeout), .min = 1, .max = DAY, .standard = "300",
      .help = "Disconnect who sends nothing of an upload for SEC seconds." },
    { 0, "upload-limit", OPTION_NUMBER, "BYTES", PLACE(upload_limit), .min = 0, .max = UPLOAD_LIMIT_MAX,
      .standard = "5242880", /* from memory [protocol, section 9.4] */
      .help = "Largest upload. Uploads are held in memory until they are complete, each up to this "
              "size." },
    { 0, "upload-time", OPTION_NUMBER, "SEC", PLACE(upload_time), .min = 1, .max = DAY, .standard = "3600",
      .help = "Disconnect who is not done with an upload after SEC seconds." },
    { 0, "upload-rate", OPTION_NUMBER, "BYTES", PLACE(upload_rate), .min = 0, .max = UPLOAD_LIMIT_MAX,
      .standard = "256",
      .help = "Disconnect whose upload is slower than BYTES a second, from the tenth second on; 0: "
              "not for that." },
    { 0, "memory-limit", OPTION_NUMBER, "BYTES", PLACE(memory_limit), .min = 1 << 20, .max = LONG_MAX / 2,
      .standard = "268435456",
      .help = "Memory for uploads and downloads of all clients together. Who wants more is told that "
              "the server is full." },
    { 0, "max-connections", OPTION_NUMBER, "N", PLACE(max_connections), .min = 1, .max = 100000, .standard = "256",
      .help = "Places for connections. A quarter of them is for clients that are authenticated; when "
              "the others are taken, the oldest connection that is not authenticated has to go. Who "
              "is refused is told 'server is full'. The limit of open files is raised as far as it "
              "may be; if it is too low for N, there are fewer places, as the log says." },
    { 0, "max-per-source", OPTION_NUMBER, "N", PLACE(per_source), .min = 0, .max = 100000, .standard = "16",
      .help = "Connections from one address that are not authenticated; of IPv6, from one /64. 0: any "
              "number." },
    { 0, "max-per-user", OPTION_NUMBER, "N", PLACE(per_user), .min = 0, .max = 100000, .standard = "32",
      .help = "Connections of one user. 0: any number." },
    { 0, "grace", OPTION_NUMBER, "SEC", PLACE(grace), .min = 0, .max = DAY, .standard = "0",
      .help = "At SIGTERM, SIGINT and term, let replies that are under way end, for at most SEC "
              "seconds; new connections are refused meanwhile." },
    { 0, "secret-file", OPTION_TEXT, "FILE", PLACE(secret_file),
      .otherwise = "that of the user list with '.secret' behind it",
      .help = "Where the secret is that hides which users are known; made if it is missing. All "
              "servers with one user list need the same." },
    { 0, "track", OPTION_TEXT, "NAME=SECONDS", .take = take_track, .otherwise = "three built-in tracks",
      .help = "A track of the simulated player, 1 to 86400 seconds long; repeatable, up to 10000 of "
              "them. NAME has 1 to 255 bytes and may be a path. Tracks are played in this order, the "
              "first one again after the last." },
    { 0, "database", OPTION_TEXT, "FILE", PLACE(database),
      .otherwise = "a private one that is gone when the server ends",
      .help = "Where uploads are kept: an SQLite database, made if it is missing." },
    { 0, "record", OPTION_TEXT, "FILE", PLACE(record),
      .help = "Write a capture file (pcapng) of all that is said, still encrypted, with made-up "
              "packets around it: for sidewire-dump and Wireshark. FILE is emptied first, and only "
              "one server at a time can record to it. With --inetd, where each connection has a "
              "server of its own, all of them record to FILE, behind what is there." },
    { 0, "no-sandbox", OPTION_FLAG, .take = take_no_sandbox,
      .help = "Do not give up what is not needed after the start, see SANDBOX." },
    { 0, "banner", OPTION_TEXT, "TEXT", .take = take_banner, .help = "First line of the greeting." },
    { 0, "log-level", OPTION_TEXT, "LEVEL", .take = take_log_level, .standard = "notice",
      .words = "debug info notice warning error crit emerg",
      .help = "Log this and what is worse: debug, info, notice, warning, error, crit or emerg." },
    { .name = NULL }
};

/* ---- all of them ---- */

/* What is contradictory or missing. */
static int check(const server_options *options, const command_line *line)
{
    unsigned features = options->policy.features;
    const char *problem = NULL;

    if (options->user_list == NULL)
        problem = "--user-list: required; see --help";
    else if (options->in >= 0 && (options->address != NULL || options->port >= 0))
        problem = "--fd: takes no --listen and no --port";
    else if (options->policy.require_sealed && options->host_key == NULL)
        problem = "--require-sealed: needs --host-key";
    else if ((features & SW_FEATURES_SEALED) && options->host_key == NULL)
        problem = "--features: sealed sessions need --host-key";
    else if (!(features & SW_FEATURE_SIDEBAND) && !options->policy.allow_legacy)
        problem = "--features: without sideband, --allow-legacy is needed";
    else if ((features & SW_FEATURE_SIDEBAND) && !(features & SW_FEATURE_AES_CTR128) && !options->policy.allow_rc4)
        problem = "--features: without aes_ctr128 the cipher is RC4, --allow-rc4 is needed";
    else if ((features & SW_FEATURES_ALL) == (SW_FEATURE_SIDEBAND | SW_FEATURE_AES_CTR128) &&
             !options->policy.allow_sha1 && !options->policy.allow_rc4)
        problem = "--features: without sha256 the hash is SHA-1, --allow-sha1 is needed";
    if (line->operand_count > 0)
        report("'%s': no arguments are taken; see --help", line->operands[0]);
    else if (problem != NULL)
        report("%s", problem);
    return line->operand_count == 0 && problem == NULL ? 0 : -1;
}

int arguments_parse(server_options *options, int argc, char **argv, int *status)
{
    command_line line;
    int result;

    if (!options_parse(&line, &server_manual, options, argc, argv, status))
        return 0;
    if (options->host_key != NULL && !(options->policy.features & SW_FEATURES_SEALED))
        options->policy.features |= SW_FEATURES_SEALED;
    result = check(options, &line);
    command_line_free(&line);
    *status = STATUS_USAGE;
    return result == 0;
}
