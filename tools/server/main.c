/* sidewire-server: options. */
#include "help.h"
#include "log.h"
#include "options.h"
#include "report.h"
#include "server.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    CONTINUE = -1,               /* parsing: no exit status yet */
    DAY = 86400,
    UPLOAD_LIMIT = 5 << 20,      /* bytes; from memory [protocol, section 9.4] */
    UPLOAD_LIMIT_MAX = 1 << 29,
    OPTION_FD = 256,
    OPTION_INETD,
    OPTION_FEATURES,
    OPTION_ALLOW_LEGACY,
    OPTION_ALLOW_RC4,
    OPTION_CRYPTO,
    OPTION_HANDSHAKE_TIMEOUT,
    OPTION_WRITE_TIMEOUT,
    OPTION_UPLOAD_TIMEOUT,
    OPTION_UPLOAD_LIMIT,
    OPTION_DATABASE,
    OPTION_RECORD,
    OPTION_TRACK,
    OPTION_MAX_CONNECTIONS,
    OPTION_FAKE_CHALLENGE_SIZE,
    OPTION_BANNER,
    OPTION_LOG_LEVEL
};

static const struct option long_options[] = {
    { "user-list", required_argument, NULL, 'u' },
    { "listen", required_argument, NULL, 'l' },
    { "port", required_argument, NULL, 'p' },
    { "fd", required_argument, NULL, OPTION_FD },
    { "inetd", no_argument, NULL, OPTION_INETD },
    { "features", required_argument, NULL, OPTION_FEATURES },
    { "allow-legacy", no_argument, NULL, OPTION_ALLOW_LEGACY },
    { "allow-rc4", no_argument, NULL, OPTION_ALLOW_RC4 },
    { "crypto", required_argument, NULL, OPTION_CRYPTO },
    { "handshake-timeout", required_argument, NULL, OPTION_HANDSHAKE_TIMEOUT },
    { "write-timeout", required_argument, NULL, OPTION_WRITE_TIMEOUT },
    { "upload-timeout", required_argument, NULL, OPTION_UPLOAD_TIMEOUT },
    { "upload-limit", required_argument, NULL, OPTION_UPLOAD_LIMIT },
    { "database", required_argument, NULL, OPTION_DATABASE },
    { "record", required_argument, NULL, OPTION_RECORD },
    { "track", required_argument, NULL, OPTION_TRACK },
    { "max-connections", required_argument, NULL, OPTION_MAX_CONNECTIONS },
    { "fake-challenge-size", required_argument, NULL, OPTION_FAKE_CHALLENGE_SIZE },
    { "banner", required_argument, NULL, OPTION_BANNER },
    { "log-level", required_argument, NULL, OPTION_LOG_LEVEL },
    { "help", no_argument, NULL, 'h' },
    { "version", no_argument, NULL, 'V' },
    { NULL, 0, NULL, 0 }
};

/* ---- values ---- */

static int set_log_level(const char *text)
{
    int level = log_level_parse(text);

    if (level < 0) {
        report("--log-level: '%s' is none of debug, info, notice, warning, error, crit, emerg",
               text);
        return -1;
    }
    log_set_level((log_level)level);
    return 0;
}

static int set_banner(server_options *options, const char *text)
{
    static const char features[] = "Features: ";
    enum { ROOM = SW_GREETING_MAX - sizeof(features) - SW_FEATURES_TEXT_MAX - 2 };

    if (strlen(text) > ROOM || strchr(text, '\n') != NULL) {
        report("--banner: not one line of at most %d bytes", ROOM);
        return -1;
    }
    if (strncmp(text, features, strlen(features)) == 0) {
        report("--banner: clients would take it for the list of features");
        return -1;
    }
    options->banner = text;
    return 0;
}

/* Options that only switch something on. */
static void set_flag(server_options *options, int option)
{
    if (option == OPTION_ALLOW_LEGACY) {
        options->policy.allow_legacy = 1;
    } else if (option == OPTION_ALLOW_RC4) {
        options->policy.allow_rc4 = 1;
    } else {
        options->in = STDIN_FILENO;
        options->out = STDOUT_FILENO;
        options->inetd = 1;
    }
}

/* Options with a value. 0, or -1 after a report. */
static int set_value(server_options *options, int option, const char *text)
{
    switch (option) {
    case 'u':
        options->user_list = text;
        return 0;
    case 'l':
        options->address = text;
        return 0;
    case 'p':
        return option_number("--port", text, 0, 65535, &options->port);
    case OPTION_FD:
        return option_descriptors("--fd", text, &options->in, &options->out);
    case OPTION_FEATURES:
        return option_features("--features", text, &options->policy.features);
    case OPTION_CRYPTO:
        return option_crypto("--crypto", text, &options->crypto);
    case OPTION_HANDSHAKE_TIMEOUT:
        return option_number("--handshake-timeout", text, 1, DAY, &options->handshake_timeout);
    case OPTION_WRITE_TIMEOUT:
        return option_number("--write-timeout", text, 1, DAY, &options->write_timeout);
    case OPTION_UPLOAD_TIMEOUT:
        return option_number("--upload-timeout", text, 1, DAY, &options->upload_timeout);
    case OPTION_UPLOAD_LIMIT:
        return option_number("--upload-limit", text, 0, UPLOAD_LIMIT_MAX, &options->upload_limit);
    case OPTION_DATABASE:
        options->database = text;
        return 0;
    case OPTION_RECORD:
        options->record = text;
        return 0;
    case OPTION_TRACK:
        return playback_add(options->playback, "--track", text);
    case OPTION_MAX_CONNECTIONS:
        return option_number("--max-connections", text, 1, 10000, &options->max_connections);
    case OPTION_FAKE_CHALLENGE_SIZE:
        return option_number("--fake-challenge-size", text, SW_RSA_MIN_BITS / 8, SW_RSA_MAX_SIZE,
                             &options->fake_challenge_size);
    case OPTION_BANNER:
        return set_banner(options, text);
    default:
        return set_log_level(text);
    }
}

/* ---- all of them ---- */

static int refuse_option(int found, char *const *argv)
{
    if (found == ':')
        report("%s: needs a value; see --help", argv[optind - 1]);
    else if (optopt > 0 && optopt < OPTION_FD && strncmp(argv[optind - 1], "--", 2) != 0)
        report("-%c: unknown option; see --help", optopt);
    else
        report("%s: unknown option, or one without value; see --help", argv[optind - 1]);
    return STATUS_USAGE;
}

/* What is contradictory or missing. */
static int check_options(const server_options *options)
{
    unsigned features = options->policy.features;
    const char *problem = NULL;

    if (options->user_list == NULL)
        problem = "--user-list: required; see --help";
    else if (options->in >= 0 && (options->address != NULL || options->port >= 0))
        problem = "--fd: takes no --listen and no --port";
    else if (!(features & SW_FEATURE_SIDEBAND) && !options->policy.allow_legacy)
        problem = "--features: without sideband, --allow-legacy is needed";
    else if ((features & SW_FEATURE_SIDEBAND) && !(features & SW_FEATURE_AES_CTR128) &&
             !options->policy.allow_rc4)
        problem = "--features: without aes_ctr128 the cipher is RC4, --allow-rc4 is needed";
    if (problem == NULL)
        return CONTINUE;
    report("%s", problem);
    return STATUS_USAGE;
}

static int parse_options(int argc, char **argv, server_options *options)
{
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, ":u:l:p:hV", long_options, NULL)) != -1) {
        switch (option) {
        case 'h':
            return print_help();
        case 'V':
            return print_version();
        case ':':
        case '?':
            return refuse_option(option, argv);
        case OPTION_INETD:
        case OPTION_ALLOW_LEGACY:
        case OPTION_ALLOW_RC4:
            set_flag(options, option);
            break;
        default:
            if (set_value(options, option, optarg) < 0)
                return STATUS_USAGE;
            break;
        }
    }
    if (optind < argc) {
        report("%s: no arguments are taken; see --help", argv[optind]);
        return STATUS_USAGE;
    }
    return check_options(options);
}

/* ---- standard descriptors ---- */

/* Nothing opened later shall be mistaken for standard output or error. */
static void fill_standard_descriptors(void)
{
    int fd;

    do {
        fd = open("/dev/null", O_RDWR);
    } while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd > STDERR_FILENO)
        close(fd);
}

/* inetd makes standard error the peer's socket too: log lines there would spoil the session. */
static void mute_log_to_peer(const server_options *options)
{
    struct stat session, log;

    if (options->out < 0 || fstat(options->out, &session) < 0 || fstat(STDERR_FILENO, &log) < 0)
        return;
    if (S_ISSOCK(log.st_mode) && log.st_dev == session.st_dev && log.st_ino == session.st_ino &&
        freopen("/dev/null", "w", stderr) == NULL)
        exit(STATUS_CONNECTION);
}

static int serve(server_options *options)
{
    server s;
    int status;

    if (options->address == NULL)
        options->address = "127.0.0.1";
    if (options->port < 0)
        options->port = DEFAULT_PORT;
    fill_standard_descriptors();
    mute_log_to_peer(options);
    status = server_start(&s, options);
    if (status == STATUS_OK)
        status = server_run(&s);
    server_free(&s);
    return status;
}

int main(int argc, char **argv)
{
    playback p;
    server_options options = {
        .port = -1, .in = -1, .out = -1, .handshake_timeout = 10, .write_timeout = 60,
        .upload_timeout = 300, .upload_limit = UPLOAD_LIMIT, .max_connections = 256,
        .policy = { .features = SW_FEATURES_ALL }, .playback = &p
    };
    int status;

    report_program(argv[0]);
    playback_init(&p);
    status = parse_options(argc, argv, &options);
    if (status == CONTINUE)
        status = serve(&options);
    playback_free(&p);
    return status;
}
