/* SPDX-License-Identifier: ISC */
#include "arguments.h"

#include "capture/expression.h"
#include "keylog_writer.h"
#include "options.h"
#include "platform.h"
#include "report.h"
#include "show/colour.h"
#include "show/fitted.h"
#include "watch/allocate.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The one that was named has to be there; the one of the environment may yet be made. */
static int open_logs(arguments *args)
{
    const char *environment = platform_variable(KEYLOG_VARIABLE);
    char why[256];

    if (args->log == NULL && environment != NULL && environment[0] != '\0')
        args->log = keylog_new(environment);
    if (args->log == NULL || keylog_read(args->log, why, sizeof(why)) == 0)
        return 0;
    if (args->log_several)
        report("%s", why);
    else
        report("%s: %s", keylog_name(args->log), why);
    return args->log_named ? -1 : 0;
}

/* Words of a filter behind the source become one text, as in tcpdump. */
static void take_filter(arguments *args, const char *const *words)
{
    size_t size = 1;

    for (size_t i = 0; words[i] != NULL; i++)
        size += strlen(words[i]) + 1;
    args->filter = allocate(size);
    for (size_t i = 0; words[i] != NULL; i++) {
        strcat(args->filter, words[i]);
        strcat(args->filter, words[i + 1] != NULL ? " " : "");
    }
}

/* Without -r and -i the first operand is a capture, and so are those behind it that are files. */
static void take_operands(arguments *args, const char *const *words)
{
    int named = args->capture_count > 0 || args->interface != NULL || args->streams[FROM_CLIENT] != NULL ||
                args->streams[FROM_SERVER] != NULL;

    if (!named && *words != NULL)
        arguments_add_capture(args, *words++);
    while (!named && *words != NULL && (strcmp(*words, "-") == 0 || access(*words, F_OK) == 0))
        arguments_add_capture(args, *words++);
    if (*words != NULL)
        take_filter(args, words);
}

static int check_filter(const arguments *args)
{
    char why[CAPTURE_WHY_SIZE];
    expression *compiled;

    if (args->filter == NULL)
        return 0;
    compiled = expression_new(args->filter, why);
    expression_free(compiled);
    if (compiled == NULL)
        report("%s", why);
    return compiled != NULL ? 0 : -1;
}

static int check_source(const arguments *args)
{
    int streams = args->streams[FROM_CLIENT] != NULL || args->streams[FROM_SERVER] != NULL;
    int sources = (args->capture_count > 0) + (args->interface != NULL) + streams;

    if (streams && args->filter != NULL)
        report("'%s': --c2s and --s2c have no packets to filter; see --help", args->filter);
    else if (sources == 0)
        report("CAPTURE: missing; see --help");
    else if (sources > 1)
        report("CAPTURE, --interface, and --c2s with --s2c: only one of them at a time; see --help");
    return (streams && args->filter != NULL) || sources != 1 ? -1 : 0;
}

/* Is everything there already? */
static int are_files(const arguments *args)
{
    struct stat status;

    for (size_t i = 0; i < args->capture_count; i++)
        if (stat(args->captures[i], &status) < 0 || !S_ISREG(status.st_mode))
            return 0;
    return args->capture_count > 0;
}

static int check_copy(const arguments *args)
{
    const frame_file_setup *copy = &args->copy;
    int is_series = args->megabytes > 0 || copy->file_seconds > 0;
    int selected = filter_chooses_sessions(&args->wanted);

    if (copy->path == NULL && (is_series || copy->files > 0))
        report("--file-size, --file-seconds, --files: --write is missing; see --help");
    else if (copy->path == NULL) /* bugprone-branch-clone: in this order */
        return 0;
    else if (args->streams[FROM_CLIENT] != NULL || args->streams[FROM_SERVER] != NULL)
        report("--write: --c2s and --s2c have no packets");
    else if (copy->files > 0 && !is_series)
        report("--files: neither --file-size nor --file-seconds says when the next one begins");
    else if (is_series && strcmp(copy->path, "-") == 0)
        report("--write: standard output is not several files");
    else if (selected && !are_files(args))
        report("--write: sessions can be selected from files only, since these are read twice");
    else if (strcmp(copy->path, "-") == 0 && args->shown_by != NULL)
        report("--write and %s cannot both go to standard output", args->shown_by);
    else
        return 0;
    return -1;
}

static int check(arguments *args, const command_line *line)
{
    take_operands(args, line->operands);
    if (args->list)
        return 0;
    if (check_source(args) < 0 || check_filter(args) < 0 || check_copy(args) < 0)
        return -1;
    args->copy.file_bytes = args->megabytes * 1000000;
    args->shown.by_session |=
        (args->shown.kind == VIEW_FOLLOW || args->shown.kind == VIEW_CONVERSATION) && are_files(args);
    args->shown.width = fitted_width(stdout);
    args->shown.in_place = args->interface != NULL;
    if (args->shown.colour < 0)
        args->shown.colour = colour_wanted(stdout);
    if (args->shown_by == NULL &&
        (args->shown.page != NULL || args->shown.folder != NULL || args->copy.path != NULL))
        args->shown.kind = VIEW_NONE;
    return open_logs(args);
}

int arguments_parse(arguments *args, int argc, char **argv, int *status)
{
    command_line line;
    int result;

    memset(args, 0, sizeof(*args));
    args->shown.colour = -1;
    if (!options_parse(&line, &dump_manual, args, argc, argv, status))
        return 0;
    result = check(args, &line);
    command_line_free(&line);
    *status = STATUS_USAGE;
    return result == 0;
}

void arguments_clear(arguments *args)
{
    keyring_clear(&args->keys);
    keylog_close(args->log);
    filter_clear(&args->wanted);
    free(args->captures);
    free(args->filter);
}
