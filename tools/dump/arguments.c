#include "arguments.h"

#include "report.h"

#include <getopt.h>
#include <string.h>

enum { OPTION_HELP = 256, OPTION_VERSION };

static const struct option options[] = {
    { "key", required_argument, NULL, 'k' },
    { "help", no_argument, NULL, OPTION_HELP },
    { "version", no_argument, NULL, OPTION_VERSION },
    { NULL, 0, NULL, 0 }
};

static int usage(void)
{
    fputs("usage: sidewire-dump [-k KEYFILE]... CAPTURE; --help tells more\n", stderr);
    return STATUS_USAGE;
}

static int add_key(arguments *args, const char *path)
{
    char why[256];

    if (keyring_add(&args->keys, path, why, sizeof(why)) == 0)
        return 0;
    report("%s: %s", path, why);
    return -1;
}

/* 0: go on; 1: *status is decided. */
static int use_option(arguments *args, int option, int *status)
{
    switch (option) {
    case 'k':
        *status = STATUS_USAGE;
        return add_key(args, optarg) < 0;
    case OPTION_HELP:
        *status = print_help();
        return 1;
    case OPTION_VERSION:
        *status = print_version();
        return 1;
    default:
        *status = usage();
        return 1;
    }
}

int arguments_parse(arguments *args, int argc, char **argv, int *status)
{
    int option;

    memset(args, 0, sizeof(*args));
    while ((option = getopt_long(argc, argv, "k:", options, NULL)) != -1)
        if (use_option(args, option, status))
            return 0;
    if (argc - optind != 1) {
        *status = usage();
        return 0;
    }
    args->capture = argv[optind];
    return 1;
}
