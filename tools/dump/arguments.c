#include "arguments.h"

#include "keylog_writer.h"
#include "options.h"
#include "report.h"
#include "show/colour.h"

#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { OPTION_HELP = 256, OPTION_VERSION, OPTION_KEYLOG, OPTION_CRYPTO, OPTION_C2S, OPTION_S2C,
       OPTION_SESSION, OPTION_USER, OPTION_BAND, OPTION_JSON, OPTION_FOLLOW, OPTION_STATS,
       OPTION_HTML, OPTION_COLOR };

static const struct option options[] = {
    { "key", required_argument, NULL, 'k' },
    { "keylog", required_argument, NULL, OPTION_KEYLOG },
    { "crypto", required_argument, NULL, OPTION_CRYPTO },
    { "interface", required_argument, NULL, 'i' },
    { "c2s", required_argument, NULL, OPTION_C2S },
    { "s2c", required_argument, NULL, OPTION_S2C },
    { "session", required_argument, NULL, OPTION_SESSION },
    { "user", required_argument, NULL, OPTION_USER },
    { "band", required_argument, NULL, OPTION_BAND },
    { "json", no_argument, NULL, OPTION_JSON },
    { "follow", no_argument, NULL, OPTION_FOLLOW },
    { "stats", no_argument, NULL, OPTION_STATS },
    { "html", required_argument, NULL, OPTION_HTML },
    { "hex", no_argument, NULL, 'x' },
    { "color", optional_argument, NULL, OPTION_COLOR },
    { "help", no_argument, NULL, OPTION_HELP },
    { "version", no_argument, NULL, OPTION_VERSION },
    { NULL, 0, NULL, 0 }
};

/* While they are read. */
typedef struct parsing {
    arguments *args;
    const char *shown;          /* the option that chose what is shown, or NULL */
    const char *log;
} parsing;

static int usage(void)
{
    fputs("usage: sidewire-dump [OPTION]... [-k KEYFILE]... CAPTURE; --help tells more\n", stderr);
    return STATUS_USAGE;
}

/* ---- values; each prints its own message and returns -1 if it is none ---- */

static int add_key(arguments *args, const char *path)
{
    char why[256];

    if (keyring_add(&args->keys, path, why, sizeof(why)) == 0)
        return 0;
    report("%s: %s", path, why);
    return -1;
}

static int add_session(arguments *args, const char *text)
{
    long number;

    if (option_number("--session", text, 1, LONG_MAX, &number) < 0)
        return -1;
    filter_session(&args->wanted, (uint64_t)number);
    return 0;
}

static int add_band(arguments *args, const char *name)
{
    if (filter_band(&args->wanted, name) == 0)
        return 0;
    report("--band: '%s' is no band, and nothing else that is shown", name);
    return -1;
}

static int set_colour(arguments *args, const char *when)
{
    if (when == NULL || strcmp(when, "always") == 0)
        args->shown.colour = 1;
    else if (strcmp(when, "never") == 0)
        args->shown.colour = 0;
    else if (strcmp(when, "auto") == 0)
        args->shown.colour = colour_wanted(stdout);
    else
        report("--color: '%s' is not auto, always or never", when);
    return args->shown.colour < 0 ? -1 : 0;
}

static int set_shown(parsing *p, view_kind kind, const char *option)
{
    if (p->shown != NULL && p->args->shown.kind != kind) {
        report("%s and %s cannot both go to standard output", p->shown, option);
        return -1;
    }
    p->shown = option;
    p->args->shown.kind = kind;
    return 0;
}

/* ---- options ---- */

static int use_input(parsing *p, int option)
{
    switch (option) {
    case 'k':
        return add_key(p->args, optarg);
    case OPTION_KEYLOG:
        p->log = optarg;
        return 0;
    case 'i':
        p->args->interface = optarg;
        return 0;
    case OPTION_CRYPTO:
        return option_crypto("--crypto", optarg, &p->args->crypto);
    case OPTION_C2S:
        p->args->streams[FROM_CLIENT] = optarg;
        return 0;
    default:
        p->args->streams[FROM_SERVER] = optarg;
        return 0;
    }
}

static int use_output(parsing *p, int option)
{
    switch (option) {
    case OPTION_JSON:
        return set_shown(p, VIEW_JSON, "--json");
    case OPTION_FOLLOW:
        return set_shown(p, VIEW_FOLLOW, "--follow");
    case OPTION_STATS:
        return set_shown(p, VIEW_STATS, "--stats");
    case 'x':
        p->args->shown.hex = 1;
        return set_shown(p, VIEW_TEXT, "--hex");
    case OPTION_COLOR:
        return set_colour(p->args, optarg);
    case OPTION_HTML:
        p->args->shown.page = optarg;
        return 0;
    case OPTION_SESSION:
        return add_session(p->args, optarg);
    case OPTION_USER:
        filter_user(&p->args->wanted, optarg);
        return 0;
    default:
        return add_band(p->args, optarg);
    }
}

/* 0: go on; 1: *status is decided. */
static int use_option(parsing *p, int option, int *status)
{
    switch (option) {
    case 'k':
    case 'i':
    case OPTION_KEYLOG:
    case OPTION_CRYPTO:
    case OPTION_C2S:
    case OPTION_S2C:
        *status = STATUS_USAGE;
        return use_input(p, option) < 0;
    case OPTION_HELP:
        *status = print_help();
        return 1;
    case OPTION_VERSION:
        *status = print_version();
        return 1;
    case '?':
        *status = usage();
        return 1;
    default:
        *status = STATUS_USAGE;
        return use_output(p, option) < 0;
    }
}

/* ---- all together ---- */

/* The one that was named has to be there; the one of the environment may yet be made. */
static int open_log(parsing *p)
{
    const char *environment = secure_getenv(KEYLOG_VARIABLE);
    const char *path = p->log != NULL ? p->log : environment;
    char why[256];

    if (path == NULL || path[0] == '\0')
        return 0;
    p->args->log = keylog_new(path);
    if (keylog_read(p->args->log, why, sizeof(why)) == 0)
        return 0;
    report("%s: %s", path, why);
    return p->log != NULL ? -1 : 0;
}

static int has_one_source(const arguments *args)
{
    int streams = args->streams[FROM_CLIENT] != NULL || args->streams[FROM_SERVER] != NULL;

    return (args->capture != NULL) + (args->interface != NULL) + streams == 1;
}

int arguments_parse(arguments *args, int argc, char **argv, int *status)
{
    parsing p = { args, NULL, NULL };
    int option;

    memset(args, 0, sizeof(*args));
    args->shown.colour = -1;
    while ((option = getopt_long(argc, argv, "k:i:x", options, NULL)) != -1)
        if (use_option(&p, option, status))
            return 0;
    if (optind < argc)
        args->capture = argv[optind++];
    if (optind < argc || !has_one_source(args)) {
        *status = usage();
        return 0;
    }
    *status = STATUS_USAGE;
    if (open_log(&p) < 0)
        return 0;
    if (args->shown.colour < 0)
        set_colour(args, "auto");
    if (p.shown == NULL && args->shown.page != NULL)
        args->shown.kind = VIEW_NONE;
    return 1;
}

void arguments_clear(arguments *args)
{
    keyring_clear(&args->keys);
    keylog_close(args->log);
    filter_clear(&args->wanted);
}
