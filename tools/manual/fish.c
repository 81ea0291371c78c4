/* SPDX-License-Identifier: ISC */
/* Completion for fish. */
#include "writer.h"

static const char *program;

static void print_option(const option_row *row)
{
    value_kind kind = option_value_kind(row);

    printf("complete -c %s -l %s", program, row->name);
    if (row->letter != 0)
        printf(" -s '%c'", row->letter);
    if (kind == VALUE_FILE)
        printf(" -r -F");
    else if (kind == VALUE_FOLDER)
        printf(" -x -a '(__fish_complete_directories)'");
    else if (kind == VALUE_WORDS)
        printf(" %s -a '%s'", row->kind == OPTION_MAYBE ? "-f" : "-x", row->words);
    else if (kind == VALUE_ANY)
        printf(" %s", row->kind == OPTION_MAYBE ? "-f" : "-x");
    printf(" -d '");
    print_short_help(row, "\\");
    printf("'\n");
}

void write_fish(const manual *m)
{
    program = m->program;
    printf("# Completion of %s for fish, made from its table of options.\n", program);
    if (m->operands != OPERANDS_FILES)
        printf("complete -c %s -f\n", program);
    each_option(m, print_option);
    if (m->operands != OPERANDS_COMMANDS)
        return;
    printf("set -l __sidewire_commands ");
    print_commands(" ");
    printf(
        "\ncomplete -c %s -n \"not __fish_seen_subcommand_from $__sidewire_commands\" -a "
        "\"$__sidewire_commands\"\n",
        program);
    printf("complete -c %s -n \"__fish_seen_subcommand_from $__sidewire_commands\" -F\n", program);
}
