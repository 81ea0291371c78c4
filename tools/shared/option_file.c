/* SPDX-License-Identifier: ISC */
#include "option_table.h"

#include "report.h"
#include "text_lines.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* While a file is read. */
typedef struct option_file {
    const manual *manual;
    void *target;
    const char *path;
    unsigned long number; /* of the line */
} option_file;

static int wrong(const option_file *file, const char *name, const char *why)
{
    report("%s: line %lu: %s: %s", file->path, file->number, name, why);
    return -1;
}

/* A name, blanks, a value without the blanks around it. */
static int take_line(const option_file *file, char *line)
{
    char *name = line + strspn(line, " \t");
    char *end = name + strcspn(name, " \t");
    char *value = end + strspn(end, " \t");
    size_t len = strlen(value);
    const option_row *row;
    char *source;
    int result;

    if (*name == '\0' || *name == '#')
        return 0;
    while (len > 0 && (value[len - 1] == ' ' || value[len - 1] == '\t'))
        value[--len] = '\0';
    *end = '\0';
    row = manual_option(file->manual, name);
    if (row == NULL)
        return wrong(file, name, "unknown option");
    if (row->once)
        return wrong(file, name, "only for the command line");
    if (row->kind == OPTION_FLAG && len > 0)
        return wrong(file, name, "takes no value");
    if ((row->kind == OPTION_TEXT || row->kind == OPTION_NUMBER) && len == 0)
        return wrong(file, name, "value missing");
    if (asprintf(&source, "%s: line %lu: %s", file->path, file->number, name) < 0)
        return wrong(file, name, strerror(ENOMEM));
    result = option_set(row, file->target, source, len > 0 ? value : NULL);
    free(source);
    return result;
}

/* Cuts the text, which ends with a NUL, into lines. */
static int take_text(option_file *file, char *text, size_t len)
{
    char *line = text + text_mark_length(text, len);
    char *lf;
    int result = 0;

    for (file->number = 1; result == 0 && line < text + len; file->number++) {
        lf = strchr(line, '\n');
        if (lf == NULL)
            lf = text + len;
        line[text_line_length(line, (size_t)(lf - line))] = '\0';
        *lf = '\0';
        result = take_line(file, line);
        line = lf + 1;
    }
    return result;
}

int options_set_from_file(const manual *m, void *target, const char *path, char **text)
{
    option_file file = { m, target, path, 0 };
    FILE *stream = fopen(path, "re");
    size_t cap = 0;
    ssize_t n;
    int result = -1;

    *text = NULL;
    if (stream == NULL) {
        report_system(path, errno);
        return -1;
    }
    n = getdelim(text, &cap, '\0', stream);
    if (ferror(stream))
        report_system(path, errno);
    else if (n > 0 && (*text)[n - 1] == '\0')
        report("%s: a NUL byte, so this is no text", path);
    else
        result = n > 0 ? take_text(&file, *text, (size_t)n) : 0;
    fclose(stream);
    return result;
}
