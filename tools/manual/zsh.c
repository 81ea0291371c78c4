/* SPDX-License-Identifier: ISC */
/* Completion for zsh. */
#include "writer.h"

static void print_option(const option_row *row)
{
    static const char *const actions[] = {
        [VALUE_ANY] = "", [VALUE_FILE] = "_files", [VALUE_FOLDER] = "_files -/"
    };
    value_kind kind = option_value_kind(row);
    int maybe = row->kind == OPTION_MAYBE;

    printf("  '*'");
    if (row->letter != 0)
        printf("{-%c%s,", row->letter, kind == VALUE_NONE ? "" : "+");
    printf("--%s%s", row->name, kind == VALUE_NONE ? "" : maybe ? "=-" : "=");
    printf("%s'[", row->letter != 0 ? "}" : "");
    print_short_help(row, "[]:\\");
    printf("]");
    if (kind == VALUE_WORDS)
        printf("%s:%s:(%s)", maybe ? ":" : "", row->value, row->words);
    else if (kind != VALUE_NONE)
        printf("%s:%s:%s", maybe ? ":" : "", row->value, actions[kind]);
    printf("' \\\n");
}

void write_zsh(const manual *m)
{
    printf("#compdef %s\n# Completion for zsh, made from the program's table of options.\n_arguments -s -S%s \\\n",
           m->program, m->options_first ? " -A '-*'" : "");
    each_option(m, print_option);
    if (m->operands == OPERANDS_COMMANDS) {
        printf("  '1:command:(");
        print_commands(" ");
        printf(")' \\\n  '*:argument:_files'\n");
    } else {
        printf(m->operands == OPERANDS_FILES ? "  '*:file:_files'\n" : "  '*: :'\n");
    }
}
