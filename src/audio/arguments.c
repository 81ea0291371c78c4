/* SPDX-License-Identifier: ISC */
/* Typed arguments of commands [protocol, section 9.1]. */
#include "arguments_internal.h"

#include <string.h>

#include "../error_internal.h"
#include "../text.h"

/* ---- reading ---- */

int swi_arguments_count(size_t argc, size_t least, size_t most, sw_error *error)
{
    if (argc < least)
        return swi_error_set(error, SW_E_ARGUMENT_MISSING, argc, 0);
    if (argc > most)
        return swi_error_set(error, SW_E_ARGUMENT_EXTRA, most, most - 1);
    return swi_error_set(error, SW_OK, 0, 0);
}

int swi_arguments_begin(const sw_argument *argv, size_t argc, size_t least, size_t most, const void *out,
                        sw_error *error)
{
    if (out == NULL || (argv == NULL && argc > 0))
        return swi_error_set(error, SW_E_NULL, 0, 0);
    if (argc == 0)
        return swi_error_set(error, SW_E_COMMAND_EMPTY, 0, 0);
    for (size_t i = 1; i < argc; i++)
        if (argv[i].data == NULL && argv[i].len > 0)
            return swi_error_set(error, SW_E_NULL, i, 0);
    return swi_arguments_count(argc, least, most, error);
}

int swi_argument_is(const sw_argument *argument, const char *word)
{
    return argument->len > 0 && swi_name_is(word, argument->data, argument->len);
}

void swi_argument_open(argument_reader *reader, const sw_argument *argv, size_t index, sw_error *error)
{
    /* no arithmetic on NULL, which an empty argument may have */
    reader->p = argv[index].len > 0 ? argv[index].data : "";
    reader->end = reader->p + argv[index].len;
    reader->index = index;
    reader->error = error;
}

int swi_argument_fail(const argument_reader *reader, int code, uint64_t limit)
{
    return swi_error_set(reader->error, code, reader->index, limit);
}

int swi_argument_skip(argument_reader *reader, char byte)
{
    if (reader->p == reader->end || *reader->p != byte)
        return 0;
    reader->p++;
    return 1;
}

int swi_argument_number(argument_reader *reader, uint32_t least, uint32_t most, uint32_t *number)
{
    const char *start = reader->p;
    uint64_t n = 0;

    for (; reader->p < reader->end && is_digit(*reader->p); reader->p++) {
        n = n * 10 + (uint64_t)(*reader->p - '0');
        if (n > most)
            return swi_argument_fail(reader, SW_E_ARGUMENT_LARGE, most);
    }
    if (reader->p == start)
        return swi_argument_fail(reader, SW_E_ARGUMENT_NUMBER, 0);
    if (n < least)
        return swi_argument_fail(reader, SW_E_ARGUMENT_SMALL, least);
    *number = (uint32_t)n;
    return SW_OK;
}

int swi_argument_last_number(argument_reader *reader, uint32_t most, uint32_t *number)
{
    int result = swi_argument_number(reader, 0, most, number);

    if (result == SW_OK && reader->p != reader->end)
        return swi_argument_fail(reader, SW_E_ARGUMENT_NUMBER, 0);
    return result;
}

/* ---- writing ---- */

static void empty(sw_argument_vector *out)
{
    out->argc = 0;
    out->len = 0;
    memset(out->argv, 0, sizeof(out->argv));
}

int swi_vector_begin(sw_argument_vector *out, const char *name, const void *arguments, sw_error *error)
{
    if (out != NULL)
        empty(out);
    if (out == NULL || arguments == NULL || (out->buffer == NULL && out->cap > 0))
        return swi_error_set(error, SW_E_NULL, 0, 0);
    swi_vector_next(out, name);
    return SW_OK;
}

void swi_vector_byte(sw_argument_vector *out, char byte)
{
    if (out->len < out->cap)
        out->buffer[out->len] = byte;
    out->len++;
}

void swi_vector_bytes(sw_argument_vector *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        swi_vector_byte(out, text[i]);
}

void swi_vector_next(sw_argument_vector *out, const char *text)
{
    if (out->argc > 0)
        swi_vector_byte(out, '\0');
    out->argc++;
    swi_vector_bytes(out, text, strlen(text));
}

void swi_vector_number(sw_argument_vector *out, uint32_t number)
{
    char digits[SWI_DIGITS_MAX];
    swi_text text = { digits, sizeof(digits), 0 };

    swi_text_number(&text, number, 1);
    swi_vector_bytes(out, digits, text.len);
}

int swi_vector_refuse(sw_argument_vector *out, const sw_argument *text, sw_error *error)
{
    int missing = text != NULL && text->data == NULL && text->len > 0;
    size_t index = out->argc;

    empty(out);
    return swi_error_set(error, missing ? SW_E_NULL : SW_E_VALUE, index, 0);
}

int swi_vector_end(sw_argument_vector *out, sw_error *error)
{
    size_t need = out->len + 1;
    const char *next = out->buffer;

    swi_vector_byte(out, '\0');
    if (need > out->cap) {
        empty(out);
        return swi_error_set(error, SW_E_SPACE, out->cap, need);
    }
    for (size_t i = 0; i < out->argc; i++) {
        out->argv[i] = (sw_argument){ next, strlen(next) };
        next += out->argv[i].len + 1;
    }
    return swi_error_set(error, SW_OK, 0, 0);
}

/* ---- stat ---- */

static int read_rounds(const sw_argument *argv, size_t index, uint32_t *rounds, sw_error *error)
{
    argument_reader reader;

    swi_argument_open(&reader, argv, index, error);
    if (!swi_argument_skip(&reader, '-') || !swi_argument_skip(&reader, 'n') || !swi_argument_skip(&reader, '='))
        return swi_argument_fail(&reader, SW_E_ARGUMENT_UNKNOWN, 0);
    return swi_argument_last_number(&reader, UINT32_MAX, rounds);
}

int sw_stat_parse(const sw_argument *argv, size_t argc, sw_stat_arguments *out, sw_error *error)
{
    sw_stat_arguments stat = { 0, 0 };
    int result = swi_arguments_begin(argv, argc, 1, SIZE_MAX, out, error);

    for (size_t i = 1; i < argc && result == SW_OK; i++) {
        if (swi_argument_is(&argv[i], "-p"))
            stat.parser_friendly = 1;
        else if (swi_argument_is(&argv[i], "--"))
            result = swi_arguments_count(argc, 1, i + 1, error);
        else
            result = read_rounds(argv, i, &stat.rounds, error);
    }
    if (result == SW_OK)
        *out = stat;
    return result;
}

int sw_stat_format(const sw_stat_arguments *arguments, sw_argument_vector *out, sw_error *error)
{
    int result = swi_vector_begin(out, "stat", arguments, error);

    if (result < 0)
        return result;
    if (arguments->rounds > 0) {
        swi_vector_next(out, "-n=");
        swi_vector_number(out, arguments->rounds);
    }
    if (arguments->parser_friendly)
        swi_vector_next(out, "-p");
    return swi_vector_end(out, error);
}

/* ---- ff, jmp ---- */

/* The one argument of these commands; `-` may follow if there is somewhere to note it. */
static int read_number(const sw_argument *argv, size_t argc, const void *out, uint32_t *number, int *minus,
                       sw_error *error)
{
    argument_reader reader;
    int result = swi_arguments_begin(argv, argc, 2, 2, out, error);

    if (result < 0)
        return result;
    swi_argument_open(&reader, argv, 1, error);
    result = swi_argument_number(&reader, 0, UINT32_MAX, number);
    if (result == SW_OK && minus != NULL)
        *minus = swi_argument_skip(&reader, '-');
    if (result == SW_OK && reader.p != reader.end)
        return swi_argument_fail(&reader, SW_E_ARGUMENT_NUMBER, 0);
    return result;
}

static int write_number(sw_argument_vector *out, uint32_t number, int minus, sw_error *error)
{
    swi_vector_next(out, "");
    swi_vector_number(out, number);
    if (minus)
        swi_vector_byte(out, '-');
    return swi_vector_end(out, error);
}

int sw_ff_parse(const sw_argument *argv, size_t argc, sw_ff_arguments *out, sw_error *error)
{
    sw_ff_arguments ff;
    int result = read_number(argv, argc, out, &ff.seconds, &ff.backward, error);

    if (result == SW_OK)
        *out = ff;
    return result;
}

int sw_ff_format(const sw_ff_arguments *arguments, sw_argument_vector *out, sw_error *error)
{
    int result = swi_vector_begin(out, "ff", arguments, error);

    return result < 0 ? result : write_number(out, arguments->seconds, arguments->backward, error);
}

int sw_jmp_parse(const sw_argument *argv, size_t argc, sw_jmp_arguments *out, sw_error *error)
{
    uint32_t percent = 0;
    int result = read_number(argv, argc, out, &percent, NULL, error);

    if (result == SW_OK)
        out->percent = percent;
    return result;
}

int sw_jmp_format(const sw_jmp_arguments *arguments, sw_argument_vector *out, sw_error *error)
{
    int result = swi_vector_begin(out, "jmp", arguments, error);

    return result < 0 ? result : write_number(out, arguments->percent, 0, error);
}
