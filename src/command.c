/* SPDX-License-Identifier: ISC */
/* Argument vectors, and tables of commands [protocol, section 9]. */
#include <sidewire/command.h>

#include <string.h>

#include "error_internal.h"
#include "text.h"

/* ---- argument vectors ---- */

/* Sideband: a NUL behind each argument. Legacy: a LF before each, then the end mark. */
#define END_TEXT "End of Command." /* from memory [M] */

static const char end_text[] = END_TEXT;
static const char end_mark[] = "\n" END_TEXT "\n";
enum { END_MARK_LEN = sizeof(end_mark) - 1 };

/* An argument that reads like the end mark would end the command. */
static int legacy_carries(const char *argument, size_t len)
{
    return len > 0 && memchr(argument, '\n', len) == NULL && !swi_name_is(end_text, argument, len);
}

static void write_arguments(const sw_argument *argv, size_t argc, uint8_t *out, int is_legacy)
{
    for (size_t i = 0; i < argc; i++) {
        if (is_legacy)
            *out++ = '\n'; /* core.NullDereference: there is room, which was looked at */
        if (argv[i].len > 0)
            memcpy(out, argv[i].data, argv[i].len);
        out += argv[i].len;
        if (!is_legacy)
            *out++ = '\0';
    }
    if (is_legacy)
        memcpy(out, end_mark, END_MARK_LEN);
}

static int encode(const sw_argument *argv, size_t argc, uint8_t *out, size_t cap, size_t *len, sw_error *error,
                  int is_legacy)
{
    uint64_t need = is_legacy ? END_MARK_LEN : 0; /* a sum that cannot wrap around */

    if (len != NULL)
        *len = 0;
    if (len == NULL || (argv == NULL && argc > 0) || (out == NULL && cap > 0))
        return swi_error_set(error, SW_E_NULL, 0, 0);
    if (argc == 0)
        return swi_error_set(error, SW_E_COMMAND_EMPTY, 0, 0);
    for (size_t i = 0; i < argc; i++) {
        const char *data = argv[i].data;
        size_t n = argv[i].len;
        if (n > 0 && data == NULL)
            return swi_error_set(error, SW_E_NULL, 0, 0);
        if (n > 0 && memchr(data, '\0', n) != NULL)
            return swi_error_set(error, SW_E_ARGUMENT_NUL, i, argc);
        if (is_legacy && !legacy_carries(data, n))
            return swi_error_set(error, SW_E_LEGACY_ARGUMENT, i, argc);
        need += n + 1;
    }
    if (need > SW_COMMAND_MAX)
        return swi_error_set(error, SW_E_COMMAND_SIZE, need, SW_COMMAND_MAX);
    if (need > cap)
        return swi_error_set(error, SW_E_SPACE, cap, need);
    write_arguments(argv, argc, out, is_legacy);
    *len = (size_t)need;
    return swi_error_set(error, SW_OK, 0, 0);
}

int sw_command_encode(const sw_argument *argv, size_t argc, uint8_t *out, size_t cap, size_t *len, sw_error *error)
{
    return encode(argv, argc, out, cap, len, error, 0);
}

int sw_command_encode_legacy(const sw_argument *argv, size_t argc, uint8_t *out, size_t cap, size_t *len,
                             sw_error *error)
{
    return encode(argv, argc, out, cap, len, error, 1);
}

int sw_command_legacy_complete(const uint8_t *text, size_t len)
{
    return text != NULL && len >= END_MARK_LEN && memcmp(text + len - END_MARK_LEN, end_mark, END_MARK_LEN) == 0;
}

/* Where the argument that begins at text[at] ends. */
static size_t argument_end(const char *text, size_t at, size_t len, char separator)
{
    while (at < len && text[at] != separator)
        at++;
    return at;
}

/* Splits up text, in which a separator follows each argument, but perhaps the last. Counts on beyond
 * max. */
static int split(const char *text, size_t len, char separator, sw_argument *argv, size_t max, size_t *count)
{
    size_t n = 0;

    for (size_t at = 0; at < len; n++) {
        size_t end = argument_end(text, at, len, separator);
        if (separator == '\n' && !legacy_carries(text + at, end - at)) {
            *count = n;
            return SW_E_COMMAND_SYNTAX; /* of the argument of this number */
        }
        if (n < max) {
            argv[n].data = text + at;
            argv[n].len = end - at;
        }
        at = end + 1;
    }
    *count = n;
    return n > max ? SW_E_COMMAND_COUNT : SW_OK;
}

/* Text without the first LF and the end mark of legacy mode. */
static int decode_text(const char *text, size_t len, char separator, sw_argument *argv, size_t max,
                       sw_command_info *info, sw_error *error)
{
    int result;

    if (len == 0)
        return swi_error_set(error, SW_E_COMMAND_EMPTY, 0, 0);
    info->unterminated = text[len - 1] != separator;
    result = split(text, len, separator, argv, max, &info->count);
    if (result == SW_E_COMMAND_COUNT)
        return swi_error_set(error, result, info->count, max);
    if (result == SW_E_COMMAND_SYNTAX) {
        swi_error_set(error, result, info->count, 0);
        info->count = 0;
        return result;
    }
    return swi_error_set(error, SW_OK, 0, 0);
}

static int decode(const uint8_t *bytes, size_t len, sw_argument *argv, size_t max, sw_command_info *info,
                  sw_error *error, int is_legacy)
{
    const char *text = (const char *)bytes;
    char separator = is_legacy ? '\n' : '\0';

    if (info == NULL || (text == NULL && len > 0) || (argv == NULL && max > 0))
        return swi_error_set(error, SW_E_NULL, 0, 0);
    info->count = 0;
    info->unterminated = 0;
    if (len > SW_COMMAND_MAX)
        return swi_error_set(error, SW_E_COMMAND_SIZE, len, SW_COMMAND_MAX);
    if (is_legacy) {
        if (!sw_command_legacy_complete(bytes, len) || *text++ != '\n' || memchr(bytes, '\0', len) != NULL)
            return swi_error_set(error, SW_E_COMMAND_SYNTAX, 0, 0);
        len -= END_MARK_LEN; /* less the first LF, while that of the end mark is a separator */
    }
    return decode_text(text, len, separator, argv, max, info, error);
}

int sw_command_decode(const uint8_t *body, size_t len, sw_argument *argv, size_t max, sw_command_info *info,
                      sw_error *error)
{
    return decode(body, len, argv, max, info, error, 0);
}

int sw_command_decode_legacy(const uint8_t *text, size_t len, sw_argument *argv, size_t max, sw_command_info *info,
                             sw_error *error)
{
    return decode(text, len, argv, max, info, error, 1);
}

/* ---- tables ---- */

const sw_command *sw_command_find(const sw_command_table *table, const char *name, size_t len)
{
    if (table == NULL || name == NULL)
        return NULL;
    for (size_t i = 0; i < table->count; i++) {
        const sw_command *command = &table->commands[i];
        if (swi_name_is(command->name, name, len))
            return command;
    }
    return NULL;
}

/* Arguments behind the name. */
static int check_count(const sw_command *command, size_t arguments, sw_error *error)
{
    if (arguments < command->least)
        return swi_error_set(error, SW_E_COMMAND_ARGUMENTS, arguments, command->least);
    if (command->most != SW_ARGUMENTS_ANY && arguments > command->most)
        return swi_error_set(error, SW_E_COMMAND_ARGUMENTS, arguments, command->most);
    return swi_error_set(error, SW_OK, 0, 0);
}

static int check(const sw_command_table *table, const sw_argument *argv, size_t argc, unsigned permissions,
                 const sw_command **command, sw_error *error)
{
    if (command != NULL)
        *command = NULL;
    if (command == NULL || table == NULL || (argv == NULL && argc > 0))
        return swi_error_set(error, SW_E_NULL, 0, 0);
    if (argc > 0)
        *command = sw_command_find(table, argv[0].data, argv[0].len);
    if (*command == NULL)
        return swi_error_set(error, SW_E_COMMAND_UNKNOWN, argc > 0 ? argv[0].len : 0, 0);
    if (((*command)->permissions & ~permissions) != 0)
        return swi_error_set(error, SW_E_COMMAND_DENIED, (*command)->permissions, permissions);
    return check_count(*command, argc - 1, error);
}

int sw_command_check(const sw_command_table *table, const sw_argument *argv, size_t argc, unsigned permissions,
                     const sw_command **command, const char **refusal, sw_error *error)
{
    int result = check(table, argv, argc, permissions, command, error);

    if (refusal != NULL)
        *refusal = result < 0 ? sw_command_refusal(result) : NULL;
    return result;
}

const char *sw_command_refusal(int code)
{
    if (code == SW_E_COMMAND_DENIED)
        return "permission denied";
    if (code == SW_E_COMMAND_UNKNOWN || code == SW_E_COMMAND_EMPTY || code == SW_E_NULL)
        return "invalid command";
    return "syntax error in command";
}
