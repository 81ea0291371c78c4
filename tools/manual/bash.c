/* SPDX-License-Identifier: ISC */
/* Completion for bash. */
#include "writer.h"

static void print_names(const option_row *row)
{
    printf(" --%s", row->name);
    if (row->letter != 0)
        printf(" -%c", row->letter);
}

/* The pattern of one option, in a `case`. */
static void print_pattern(const option_row *row)
{
    printf("    --%s", row->name);
    if (row->letter != 0)
        printf(" | -%c", row->letter);
    printf(") ");
}

/* A value that may follow behind '=' only is none that the word before asks for. */
static void print_value(const option_row *row)
{
    value_kind kind = option_value_kind(row);

    if (kind == VALUE_NONE)
        return;
    print_pattern(row);
    if (row->kind == OPTION_MAYBE)
        printf("[[ $assigned ]] || return 1; ");
    if (kind == VALUE_FILE)
        printf("compopt -o filenames; found=$(compgen -f -- \"$word\") ;;\n");
    else if (kind == VALUE_FOLDER)
        printf("compopt -o filenames; found=$(compgen -d -- \"$word\") ;;\n");
    else if (kind == VALUE_WORDS)
        printf("found=$(compgen -W '%s' -- \"$word\") ;;\n", row->words);
    else
        printf(";;\n");
}

static void print_taker(const option_row *row)
{
    if (row->kind == OPTION_FLAG || row->kind == OPTION_MAYBE)
        return;
    print_pattern(row);
    printf("[[ ${COMP_WORDS[i + 1]} == = ]] || i=$((i + 1)) ;;\n");
}

/* Of a program whose options end at the first operand: sets `operand` if one stands before the word. */
static void print_search(const manual *m)
{
    printf(
        "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
        "    case ${COMP_WORDS[i]} in\n");
    each_option(m, print_taker);
    printf(
        "    --) operand=1 ;;\n"
        "    =) i=$((i + 1)) ;;\n"
        "    -*) ;;\n"
        "    *) operand=1 ;;\n"
        "    esac\n"
        "  done\n");
}

static void print_operands(const manual *m, const char *condition)
{
    printf("  %s ", condition);
    if (m->operands == OPERANDS_COMMANDS) {
        printf("found=$(compgen -W '");
        print_commands(" ");
        printf("' -- \"$word\")\n");
    } else if (m->operands == OPERANDS_FILES) {
        printf("compopt -o filenames; found=$(compgen -f -- \"$word\")\n");
    } else {
        printf(":\n");
    }
}

void write_bash(const manual *m)
{
    printf(
        "# Completion for bash, made from the program's table of options.\n"
        "_%s_value()\n{\n  case $option in\n",
        m->program);
    each_option(m, print_value);
    printf(
        "    *) return 1 ;;\n  esac\n}\n\n"
        "_%s()\n{\n"
        "  local word=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD - 1]} found= operand= assigned= i\n"
        "  if [[ $word == = ]]; then word= assigned=1\n"
        "  elif [[ $option == = ]]; then option=${COMP_WORDS[COMP_CWORD - 2]} assigned=1\n"
        "  fi\n",
        m->program);
    if (m->options_first)
        print_search(m);
    printf(
        "  if [[ $operand ]]; then compopt -o filenames; found=$(compgen -f -- \"$word\")\n"
        "  elif _%s_value; then :\n"
        "  elif [[ $word == -* ]]; then found=$(compgen -W '",
        m->program);
    each_option(m, print_names);
    printf("' -- \"$word\")\n");
    print_operands(m, "else");
    printf(
        "  fi\n"
        "  COMPREPLY=()\n"
        "  if [[ $found ]]; then mapfile -t COMPREPLY <<<\"$found\"; fi\n"
        "}\n"
        "complete -F _%s %s\n",
        m->program, m->program);
}
