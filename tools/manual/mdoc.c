/* Options in the language of man pages, mdoc(7). */
#include "report.h"
#include "writer.h"

#include <string.h>

static const char marker[] = ".\\\" options ";

/* Text whose lines are sentences, as readers of the source like it; nothing in it is a macro or an escape. */
static void print_text(const char *text)
{
    int starts = 1;

    for (; *text != '\0'; text++) {
        if (starts && (*text == '.' || *text == '\''))
            printf("\\&");
        starts = 0;
        if (*text == '\\')
            printf("\\e");
        else if (*text == '-' && (text[1] == '-' || text[-1] == '-'))
            printf("\\-");
        else if (*text == ' ' && text[-1] == '.')
            starts = 1;
        else
            putchar(*text);
        if (starts)
            putchar('\n');
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
