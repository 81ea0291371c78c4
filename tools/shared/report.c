/* SPDX-License-Identifier: ISC */
#include "report.h"

#include "printable.h"
#include "standard_streams.h"

#include <locale.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_MAX = 1024 }; /* bytes of a message; the rest is cut off */

static const char *program = "sidewire";

void report_program(const char *argv0)
{
    const char *slash = strrchr(argv0, '/');

    program = slash != NULL ? slash + 1 : argv0;
    setlocale(LC_CTYPE, "");
}

void print_escaped(FILE *out, const void *data, size_t len)
{
    printable state = { .ascii_only = printable_locale_is_ascii(), .one_line = 1 };
    const uint8_t *p = data;
    char text[PRINTABLE_MAX];

    for (size_t i = 0; i < len; i++)
        /* uninitvar: arguments come before the call */
        fwrite(text, 1, printable_byte(&state, p[i], text), out);
    fwrite(text, 1, printable_end(&state, text), out);
}

void report(const char *format, ...)
{
    char text[TEXT_MAX], line[4 * TEXT_MAX + 256];
    FILE *stream;
    va_list args;
    long size;
    int len;

    va_start(args, format);
    len = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (len < 0)
        return;
    stream = fmemopen(line, sizeof(line), "w");
    if (stream == NULL)
        return;
    fprintf(stream, "%s: ", program);
    print_escaped(stream, text, strlen(text));
    fputc('\n', stream);
    size = ftell(stream);
    fclose(stream);
    write_waiting(STDERR_FILENO, line, (size_t)size); /* if it fails there is nowhere to say so */
}

void report_error(const char *what, const sw_error *error)
{
    char text[256];

    sw_error_format(error, text, sizeof(text));
    report("%s: %s", what, text);
}

void report_system(const char *what, int error_number)
{
    report("%s: %s", what, strerror(error_number));
}
