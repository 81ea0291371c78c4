/* SPDX-License-Identifier: ISC */
/* Options in the language of man pages, mdoc(7). */
#include "report.h"
#include "writer.h"

#include <string.h>

enum { COLUMNS = 74 }; /* of the source; some are left for escapes */

static const char marker[] = ".\\\" options ";

/* A word, in which nothing is a macro or an escape. */
static void print_word(const char *word, size_t len, int starts_line)
{
    if (starts_line && (*word == '.' || *word == '\''))
        printf("\\&");
    for (size_t i = 0; i < len; i++) {
        if (word[i] == '\\')
            printf("\\e");
        else if (word[i] == '-' && (i == 0 || word[i - 1] == '-'))
            printf("\\-");
        else
            putchar(word[i]);
    }
}

/* Text in lines that end with sentences, or are full. */
static void print_text(const char *text)
{
    size_t column = 0;

    while (*text != '\0') {
        size_t len = strcspn(text, " ");

        if (column > 0 && column + 1 + len > COLUMNS) {
            putchar('\n');
            column = 0;
        }
        if (column > 0)
            putchar(' ');
        print_word(text, len, column == 0);
        column += 1 + len;
        text += len + strspn(text + len, " ");
        if (text[-1] == ' ' && text[-2] == '.') {
            putchar('\n');
            column = 0;
        }
    }
    putchar('\n');
}

static void print_option(const option_row *row)
{
    char remarks[512];

    printf(".It ");
    if (row->letter != 0)
        printf("Fl %c , ", row->letter);
    printf("Fl \\-%s", row->name);
    if (row->kind == OPTION_MAYBE)
        printf(" Ns Oo Cm = Ns Ar %s Oc", row->value);
    else if (row->kind != OPTION_FLAG)
        printf(" Ar %s", row->value);
    putchar('\n');
    print_text(row->help);
    option_remarks(row, remarks, sizeof(remarks));
    if (remarks[0] != '\0')
        print_text(remarks);
}

static int is_last(const manual_section *section)
{
    for (section++; section->title != NULL; section++)
        if (section->options != NULL)
            return 0;
    return 1;
}

static int print_section(const manual *m, const char *title)
{
    const manual_section *s = m->sections;

    while (s->title != NULL && (s->options == NULL || strcmp(s->title, title) != 0))
        s++;
    if (s->title == NULL) {
        report("%s: the program has no section '%s' with options", m->program, title);
        return -1;
    }
    printf(".Bl -tag -width Ds\n");
    for (const option_row *row = s->options; row->name != NULL; row++)
        print_option(row);
    for (const option_row *row = manual_common_options; is_last(s) && row->name != NULL; row++)
        print_option(row);
    printf(".El\n");
    return 0;
}

int write_mdoc(const manual *m, FILE *page)
{
    size_t missing = 0;
    char line[1024];

    for (const manual_section *s = m->sections; s->title != NULL; s++)
        missing += s->options != NULL;
    while (fgets(line, sizeof(line), page) != NULL) {
        if (strncmp(line, marker, sizeof(marker) - 1) != 0) {
            fputs(line, stdout);
            continue;
        }
        line[strcspn(line, "\n")] = '\0';
        if (print_section(m, line + sizeof(marker) - 1) < 0)
            return -1;
        missing--;
    }
    if (missing > 0)
        report("%s: the page has not all sections with options", m->program);
    return missing > 0 ? -1 : 0;
}
