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

static void add_default(paragraph *p, const option_row *row)
{
    const char *value = row->otherwise != NULL ? row->otherwise : row->standard;
    char text[256];

    if (row->variable != NULL && value != NULL)
        snprintf(text, sizeof(text), "Default: $%s, or else %s.", row->variable, value);
    else if (row->variable != NULL)
        snprintf(text, sizeof(text), "Default: $%s.", row->variable);
    else if (value != NULL)
        snprintf(text, sizeof(text), "Default: %s.", value);
    else
        return;
    add_words(p, text);
}

static void print_option(const option_row *row)
{
    paragraph p = { 0 };
    char range[64];

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
    if (row->kind == OPTION_NUMBER) {
        snprintf(range, sizeof(range), "From %ld to %ld.", row->min, row->max);
        add_words(&p, range);
    }
    add_default(&p, row);
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

static void print_common_options(void)
{
    static const option_row rows[] = {
        { 'h', "help", OPTION_FLAG, .help = "Print this text, and exit." },
        { 'V', "version", OPTION_FLAG, .help = "Print the version, and exit." }
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        print_option(&rows[i]);
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
        if (s == last)
            print_common_options();
    }
    return printed(m);
}

int manual_print_version(const manual *m)
{
    printf("%s %s\n", m->program, SIDEWIRE_VERSION);
    return printed(m);
}
