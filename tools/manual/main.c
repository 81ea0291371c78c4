/* SPDX-License-Identifier: ISC */
/* Prints a form of a program's manual: main mdoc PAGE | bash | fish | zsh. MANUAL is the program's. */
#include "report.h"
#include "writer.h"

#include <sidewire/audio/commands.h>

#include <errno.h>
#include <string.h>

extern const manual MANUAL;

void each_option(const manual *m, void (*use)(const option_row *row))
{
    for (const manual_section *s = m->sections; s->title != NULL; s++)
        for (const option_row *row = s->options; row != NULL && row->name != NULL; row++)
            use(row);
    for (const option_row *row = manual_common_options; row->name != NULL; row++)
        use(row);
}

value_kind option_value_kind(const option_row *row)
{
    if (row->kind == OPTION_FLAG)
        return VALUE_NONE;
    if (row->words != NULL)
        return VALUE_WORDS;
    if (strcmp(row->value, "FOLDER") == 0)
        return VALUE_FOLDER;
    if (strcmp(row->value, "FILE") == 0 || strcmp(row->value, "KEYFILE") == 0 ||
        strcmp(row->value, "CAPTURE") == 0)
        return VALUE_FILE;
    return VALUE_ANY;
}

void print_commands(const char *end)
{
    for (size_t i = 0; i < sw_audio_commands.count; i++)
        printf("%s%s", sw_audio_commands.commands[i].name, end);
}

/* The first full stop, colon or semicolon that a blank or the end follows. */
static size_t sentence(const char *text)
{
    size_t len = 0;

    while (text[len] != '\0' &&
           !(strchr(".:;", text[len]) != NULL && (text[len + 1] == ' ' || text[len + 1] == '\0')))
        len++;
    return len;
}

void print_short_help(const option_row *row, const char *special)
{
    for (size_t i = 0; i < sentence(row->help); i++) {
        if (row->help[i] == '\'')
            printf("'\\''");
        else
            printf(strchr(special, row->help[i]) != NULL ? "\\%c" : "%c", row->help[i]);
    }
}

static int write_page(const char *path)
{
    FILE *page = fopen(path, "r");
    int result;

    if (page == NULL) {
        report_system(path, errno);
        return -1;
    }
    result = write_mdoc(&MANUAL, page);
    fclose(page);
    return result;
}

int main(int argc, char **argv)
{
    const char *form = argc > 1 ? argv[1] : "";
    int result = 0;

    report_program(argv[0]);
    if (strcmp(form, "mdoc") == 0 && argc == 3)
        result = write_page(argv[2]);
    else if (strcmp(form, "bash") == 0)
        write_bash(&MANUAL);
    else if (strcmp(form, "fish") == 0)
        write_fish(&MANUAL);
    else if (strcmp(form, "zsh") == 0)
        write_zsh(&MANUAL);
    else
        result = -1;
    return result < 0 || fflush(stdout) != 0 || ferror(stdout);
}
