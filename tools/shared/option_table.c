/* SPDX-License-Identifier: ISC */
#include "option_table.h"

#include "options.h"
#include "platform.h"
#include "report.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What getopt_long returns for a row is its number in all tables, from here on. */
enum { ROWS_MAX = 64, FIRST_ROW = 256, HELP = FIRST_ROW + ROWS_MAX, VERSION };

struct option_given {
    const option_row *row;
    const char *text; /* NULL: no value */
};

/* The tables of a program in the form of getopt_long. */
typedef struct getopt_form {
    const option_row *rows[ROWS_MAX];
    size_t count;
    struct option longs[ROWS_MAX + 3];
    char letters[3 + 2 * ROWS_MAX + 3];
} getopt_form;

static void add_row(getopt_form *form, const option_row *row, char **letter)
{
    static const int takes_value[] = { [OPTION_FLAG] = no_argument,
                                       [OPTION_TEXT] = required_argument,
                                       [OPTION_NUMBER] = required_argument,
                                       [OPTION_MAYBE] = optional_argument };

    if (form->count == ROWS_MAX)
        abort(); /* a program that was never run */
    form->longs[form->count] =
        (struct option){ row->name, takes_value[row->kind], NULL, FIRST_ROW + (int)form->count };
    form->rows[form->count++] = row;
    if (row->letter == 0)
        return;
    *(*letter)++ = row->letter;
    if (row->kind != OPTION_FLAG)
        *(*letter)++ = ':';
}

static void make_form(getopt_form *form, const manual *m)
{
    char *letter = form->letters;

    memset(form, 0, sizeof(*form));
    if (m->options_first)
        *letter++ = '+';
    *letter++ = ':'; /* tells a missing value from an unknown option */
    for (const manual_section *s = m->sections; s->title != NULL; s++)
        for (const option_row *row = s->options; row != NULL && row->name != NULL; row++)
            add_row(form, row, &letter);
    form->longs[form->count] = (struct option){ "help", no_argument, NULL, HELP };
    form->longs[form->count + 1] = (struct option){ "version", no_argument, NULL, VERSION };
    memcpy(letter, "hV", sizeof("hV"));
}

static const option_row *row_of(const getopt_form *form, int option)
{
    if (option >= FIRST_ROW && option < HELP)
        return form->rows[option - FIRST_ROW];
    for (size_t i = 0; i < form->count; i++)
        if (form->rows[i]->letter == option)
            return form->rows[i];
    return NULL;
}

/* ---- usage errors ---- */

static int is_ambiguous(const getopt_form *form, const char *word)
{
    size_t len = strcspn(word, "=");
    int found = 0;

    for (const struct option *o = form->longs; o->name != NULL; o++)
        found += strncmp(o->name, word, len) == 0;
    return found > 1;
}

static void refuse(const getopt_form *form, int found, const char *word)
{
    const option_row *row = optopt > 0 ? row_of(form, optopt) : NULL;
    const char *name = row != NULL ? row->name : optopt == HELP ? "help" : "version";
    const char *value = strchr(word, '=');

    if (found == ':')
        report("--%s: value missing; see --help", name);
    else if (optopt >= FIRST_ROW)
        report("--%s: takes no value, '%s' was given; see --help", name, value != NULL ? value + 1 : "");
    else if (optopt > 0)
        report("-%c: unknown option; see --help", optopt);
    else if (is_ambiguous(form, word + 2))
        report("%s: begins several options; see --help", word);
    else
        report("%s: unknown option; see --help", word);
}

/* ---- the command line ---- */

/* 1: go on; 0: *status is decided. */
static int read_options(command_line *line, const getopt_form *form, int argc, char **argv, int *status)
{
    int option;

    optind = 0; /* starts over, whatever was read before */
    opterr = 0;
    while ((option = getopt_long(argc, argv, form->letters, form->longs, NULL)) != -1) {
        if (option == HELP || option == 'h') {
            *status = manual_print(line->manual);
            return 0;
        }
        if (option == VERSION || option == 'V') {
            *status = manual_print_version(line->manual);
            return 0;
        }
        if (option == '?' || option == ':') {
            refuse(form, option, argv[optind - 1]);
            *status = STATUS_USAGE;
            return 0;
        }
        line->given[line->given_count++] = (struct option_given){ row_of(form, option), optarg };
    }
    line->operands = (const char *const *)(argv + optind);
    line->operand_count = (size_t)(argc - optind);
    return 1;
}

int command_line_read(command_line *line, const manual *m, int argc, char **argv, int *status)
{
    size_t longest = 0;
    getopt_form form;

    for (int i = 0; i < argc; i++)
        longest += strlen(argv[i]); /* letters may be joined: -xvi */
    memset(line, 0, sizeof(*line));
    line->manual = m;
    line->given = calloc(longest + 1, sizeof(*line->given));
    if (line->given == NULL) {
        report_system("command line", errno);
        *status = STATUS_USAGE;
        return 0;
    }
    make_form(&form, m);
    if (read_options(line, &form, argc, argv, status))
        return 1;
    command_line_free(line);
    return 0;
}

void command_line_free(command_line *line)
{
    free(line->given);
    memset(line, 0, sizeof(*line));
}

const char *command_line_value(const command_line *line, const char *name)
{
    const char *value = NULL;

    for (size_t i = 0; i < line->given_count; i++)
        if (strcmp(line->given[i].row->name, name) == 0)
            value = line->given[i].text;
    return value;
}

/* ---- values ---- */

const option_row *manual_option(const manual *m, const char *name)
{
    for (const manual_section *s = m->sections; s->title != NULL; s++)
        for (const option_row *row = s->options; row != NULL && row->name != NULL; row++)
            if (strcmp(row->name, name) == 0)
                return row;
    return NULL;
}

int option_set(const option_row *row, void *target, const char *source, const char *text)
{
    void *place = (char *)target + row->place;

    if (row->take != NULL)
        return row->take(target, source, text);
    if (row->kind == OPTION_NUMBER)
        return option_number(source, text, row->min, row->max, place);
    if (row->kind == OPTION_FLAG)
        *(int *)place = 1;
    else
        *(const char **)place = text;
    return 0;
}

int options_set_standards(const manual *m, void *target)
{
    for (const manual_section *s = m->sections; s->title != NULL; s++)
        for (const option_row *row = s->options; row != NULL && row->name != NULL; row++)
            if (row->standard != NULL && option_set(row, target, row->name, row->standard) < 0)
                return -1;
    return 0;
}

int options_set_from_environment(const manual *m, void *target)
{
    for (const manual_section *s = m->sections; s->title != NULL; s++)
        for (const option_row *row = s->options; row != NULL && row->name != NULL; row++) {
            const char *value = row->variable != NULL ? platform_variable(row->variable) : NULL;
            if (value != NULL && *value != '\0' && option_set(row, target, row->variable, value) < 0)
                return -1;
        }
    return 0;
}

int options_set_given(const command_line *line, void *target)
{
    for (size_t i = 0; i < line->given_count; i++) {
        const option_row *row = line->given[i].row;
        char source[64];
        /* core.NullDereference: what was given has a row */
        snprintf(source, sizeof(source), "--%s", row->name);
        if (option_set(row, target, source, line->given[i].text) < 0)
            return -1;
    }
    return 0;
}

int options_parse(command_line *line, const manual *m, void *target, int argc, char **argv, int *status)
{
    if (!command_line_read(line, m, argc, argv, status))
        return 0;
    if (options_set_standards(m, target) == 0 && options_set_given(line, target) == 0)
        return 1;
    command_line_free(line);
    *status = STATUS_USAGE;
    return 0;
}
