/* SPDX-License-Identifier: ISC */
#include "option_table.h"
#include "report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { COLUMNS = 80, OPTION_INDENT = 4, TEXT_INDENT = 8 };

/* Text that is broken into lines. */
typedef struct paragraph {
    size_t column;
} paragraph;

static void add_word(paragraph *p, const char *word, size_t len)
{
    if (p->column > 0 && p->column + 1 + len > COLUMNS) {
        putchar('\n');
        p->column = 0;
    }
    if (p->column == 0)
        p->column = (size_t)printf("%*s", TEXT_INDENT, "");
    else
        p->column += (size_t)printf(" ");
    fwrite(word, 1, len, stdout);
    p->column += len;
}

static void add_words(paragraph *p, const char *text)
{
    while (*text != '\0') {
        size_t len = strcspn(text, " ");
        add_word(p, text, len);
        text += len;
        text += strspn(text, " ");
    }
}

const option_row manual_common_options[] = { { 'h', "help", OPTION_FLAG, .help = "Print this text, and exit." },
                                             { 'V', "version", OPTION_FLAG,
                                               .help = "Print the version, and exit." },
                                             { .name = NULL } };

void option_remarks(const option_row *row, char *out, size_t size)
{
    const char *value = row->otherwise != NULL ? row->otherwise : row->standard;
    size_t len = 0;

    out[0] = '\0';
    if (row->kind == OPTION_NUMBER)
        len = (size_t)snprintf(out, size, "From %ld to %ld. ", row->min, row->max);
    if (row->variable != NULL && value != NULL)
        snprintf(out + len, size - len, "Default: $%s, or else %s.", row->variable, value);
    else if (row->variable != NULL)
        snprintf(out + len, size - len, "Default: $%s.", row->variable);
    else if (value != NULL)
        snprintf(out + len, size - len, "Default: %s.", value);
    else if (len > 0)
        out[len - 1] = '\0';
}

static void print_option(const option_row *row)
{
    paragraph p = { 0 };
    char remarks[512];

    printf("%*s", OPTION_INDENT, "");
    if (row->letter != 0)
        printf("-%c, ", row->letter);
    printf("--%s", row->name);
    if (row->kind == OPTION_MAYBE)
        printf("[=%s]", row->value);
    else if (row->kind != OPTION_FLAG)
        printf(" %s", row->value);
    putchar('\n');
    add_words(&p, row->help);
    option_remarks(row, remarks, sizeof(remarks));
    add_words(&p, remarks);
    putchar('\n');
}

static void print_text(const char *text)
{
    while (*text != '\0') {
        size_t len = strcspn(text, "\n");
        printf("%*s%.*s\n", len > 0 ? OPTION_INDENT : 0, "", (int)len, text);
        text += len;
        text += *text == '\n';
    }
}

static int printed(const manual *m)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return STATUS_OK;
    report_system("standard output", errno);
    return m->unwritten_status;
}

/* These stand behind the last option, wherever that is. */
static const manual_section *last_options(const manual *m)
{
    const manual_section *last = NULL;

    for (const manual_section *s = m->sections; s->title != NULL; s++)
        if (s->options != NULL)
            last = s;
    return last;
}

int manual_print(const manual *m)
{
    const manual_section *last = last_options(m);

    printf("NAME\n    %s - %s\n", m->program, m->summary);
    for (const manual_section *s = m->sections; s->title != NULL; s++) {
        printf("\n%s\n", s->title);
        if (s->text != NULL)
            print_text(s->text);
        for (const option_row *row = s->options; row != NULL && row->name != NULL; row++)
            print_option(row);
        for (const option_row *row = manual_common_options; s == last && row->name != NULL; row++)
            print_option(row);
    }
    return printed(m);
}

int manual_print_version(const manual *m)
{
    printf("%s %s", m->program, SIDEWIRE_VERSION);
    if (strcmp(sw_version(), SIDEWIRE_VERSION) != 0)
        printf(" (library %s)", sw_version());
    putchar('\n');
    return printed(m);
}
