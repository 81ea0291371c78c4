#include "arguments.h"

#include "options.h"
#include "report.h"

#include <getopt.h>
#include <string.h>
#include <unistd.h>

enum {
    OPTION_FD = 256,
    OPTION_FEATURES,
    OPTION_ALLOW_LEGACY,
    OPTION_ALLOW_RC4,
    OPTION_CRYPTO,
    OPTION_TIMEOUT,
    OPTION_LEGACY_WAIT,
    OPTION_RAW,
    OPTION_HISTORY,
    OPTION_RECORD,
    OPTION_HELP,
    OPTION_VERSION
};

static const struct option long_options[] = {
    { "host", required_argument, NULL, 'H' },
    { "port", required_argument, NULL, 'p' },
    { "user", required_argument, NULL, 'u' },
    { "key", required_argument, NULL, 'k' },
    { "fd", required_argument, NULL, OPTION_FD },
    { "features", required_argument, NULL, OPTION_FEATURES },
    { "allow-legacy", no_argument, NULL, OPTION_ALLOW_LEGACY },
    { "allow-rc4", no_argument, NULL, OPTION_ALLOW_RC4 },
    { "crypto", required_argument, NULL, OPTION_CRYPTO },
    { "timeout", required_argument, NULL, OPTION_TIMEOUT },
    { "legacy-wait", required_argument, NULL, OPTION_LEGACY_WAIT },
    { "raw", no_argument, NULL, OPTION_RAW },
    { "interactive", no_argument, NULL, 'i' },
    { "history", required_argument, NULL, OPTION_HISTORY },
    { "record", required_argument, NULL, OPTION_RECORD },
    { "verbose", no_argument, NULL, 'v' },
    { "help", no_argument, NULL, OPTION_HELP },
    { "version", no_argument, NULL, OPTION_VERSION },
    { NULL, 0, NULL, 0 }
};

static int set_port(arguments *args, const char *text)
{
    long number;

    args->port = text;
    return option_number("--port", text, 1, 65535, &number);
}

/* The standard streams have other uses here. */
static int set_descriptors(arguments *args, const char *text)
{
    if (option_descriptors("--fd", text, &args->in, &args->out) < 0)
        return -1;
    if (args->in > STDERR_FILENO && args->out > STDERR_FILENO)
        return 0;
    report("--fd: '%s': 0, 1 and 2 are the standard streams", text);
    return -1;
}

/* 0, -1 after a message. */
static int set_option(arguments *args, int option, const char *value)
{
    switch (option) {
    case 'H': args->host = value; return 0;
    case 'p': return set_port(args, value);
    case 'u': args->user = value; return 0;
    case 'k': args->key_path = value; return 0;
    case 'i': args->interactive = 1; return 0;
    case 'v': args->verbose = 1; return 0;
    case OPTION_FD: return set_descriptors(args, value);
    case OPTION_FEATURES: return option_features("--features", value, &args->policy.features);
    case OPTION_ALLOW_LEGACY: args->policy.allow_legacy = 1; return 0;
    case OPTION_ALLOW_RC4: args->policy.allow_rc4 = 1; return 0;
    case OPTION_CRYPTO: return option_crypto("--crypto", value, &args->crypto);
    case OPTION_TIMEOUT: return option_number("--timeout", value, 0, 86400, &args->timeout);
    case OPTION_LEGACY_WAIT:
        return option_number("--legacy-wait", value, 1, 60000, &args->legacy_wait);
    case OPTION_RAW: args->raw = 1; return 0;
    case OPTION_HISTORY: args->history = value; return 0;
    case OPTION_RECORD: args->record = value; return 0;
    default: return -1;
    }
}

static void report_bad_option(int kind, char **argv)
{
    const char *why = kind == ':' ? "value missing" : "not an option, or not in this form";

    if (optopt > 0 && optopt < OPTION_FD)
        report("-%c: %s; see --help", optopt, why);
    else
        report("%s: %s; see --help", argv[optind - 1], why);
}

static int check(const arguments *args)
{
    unsigned features = args->policy.features;

    if (features == 0 && !args->policy.allow_legacy) {
        report("--features: none means legacy mode, which needs --allow-legacy");
        return STATUS_USAGE;
    }
    if (sw_features_cipher(features) == SW_CIPHER_RC4 && features != 0 &&
        !args->policy.allow_rc4) {
        report("--features: without aes_ctr128 the cipher is RC4, which needs --allow-rc4");
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

int arguments_parse(arguments *args, int argc, char **argv)
{
    int option;

    memset(args, 0, sizeof(*args));
    args->host = "localhost";
    args->port = DEFAULT_PORT_TEXT;
    args->in = args->out = -1;
    args->policy.features = SW_FEATURES_ALL;
    args->timeout = 30;
    args->legacy_wait = 1000;
    opterr = 0;
    /* '+': options behind COMMAND are the server's business */
    while ((option = getopt_long(argc, argv, "+:H:p:u:k:iv", long_options, NULL)) != -1) {
        if (option == OPTION_HELP)
            return print_help();
        if (option == OPTION_VERSION)
            return print_version();
        if (option == '?' || option == ':') {
            report_bad_option(option, argv);
            return STATUS_USAGE;
        }
        if (set_option(args, option, optarg) < 0)
            return STATUS_USAGE;
    }
    args->command = (const char *const *)(argv + optind);
    args->command_count = (size_t)(argc - optind);
    if (args->command_count == 0)
        args->interactive = 1;
    return check(args);
}
