/* SPDX-License-Identifier: ISC */
/* Argument vectors, sideband and legacy: bytes, round trips, limits and every error. */
#include <sidewire/command.h>

#include <stdlib.h>
#include <string.h>

#include "suite.h"

typedef int encoder(const char *const *argv, size_t argc, uint8_t *out, size_t cap, size_t *len, sw_error *error);
typedef int decoder(const uint8_t *text, size_t len, sw_argument *argv, size_t max, sw_command_info *out,
                    sw_error *error);

/* Encodes a command of C strings by one of the library's two. */
static int encode_strings(int (*encode)(const sw_argument *, size_t, uint8_t *, size_t, size_t *, sw_error *),
                          const char *const *argv, size_t argc, uint8_t *out, size_t cap, size_t *len,
                          sw_error *error)
{
    sw_argument *arguments = malloc((argc + 1) * sizeof(*arguments));
    int result;

    for (size_t i = 0; argv != NULL && i < argc; i++)
        arguments[i] = argv[i] != NULL ? sw_argument_of(argv[i]) : (sw_argument){ NULL, 1 };
    result = encode(argv != NULL ? arguments : NULL, argc, out, cap, len, error);
    free(arguments);
    return result;
}

static int encode_sideband(const char *const *argv, size_t argc, uint8_t *out, size_t cap, size_t *len,
                           sw_error *error)
{
    return encode_strings(sw_command_encode, argv, argc, out, cap, len, error);
}

static int encode_legacy(const char *const *argv, size_t argc, uint8_t *out, size_t cap, size_t *len,
                         sw_error *error)
{
    return encode_strings(sw_command_encode_legacy, argv, argc, out, cap, len, error);
}

/* Both modes have calls of one shape. */
static const struct mode {
    encoder *encode;
    decoder *decode;
    size_t overhead; /* bytes of an encoded command beside one for each argument */
} modes[] = {
    { encode_sideband, sw_command_decode, 0 },
    { encode_legacy, sw_command_decode_legacy, 17 },
};

enum { SIDEBAND, LEGACY, MODE_COUNT, ARGS = 4 };

#define MARK "\nEnd of Command.\n"
#define TEXT(literal) literal, sizeof(literal) - 1

/* ---- commands that both ways give each other ---- */

static const struct command_case {
    int mode;
    const char *argv[ARGS + 1];
    const char *text;
    size_t len;
} command_cases[] = {
    { SIDEBAND, { "si" }, TEXT("si\0") },
    { SIDEBAND, { "" }, TEXT("\0") },
    { SIDEBAND, { "", "" }, TEXT("\0\0") },
    { SIDEBAND, { "ls", "" }, TEXT("ls\0\0") },
    { SIDEBAND, { "", "ls" }, TEXT("\0ls\0") },
    { SIDEBAND, { "ls", "", "-p", "*.ogg" }, TEXT("ls\0\0-p\0*.ogg\0") },
    { SIDEBAND, { "a b", "\n", "\x80\xff", "End of Command." }, TEXT("a b\0\n\0\x80\xff\0End of Command.\0") },
    { LEGACY, { "si" }, TEXT("\nsi" MARK) },
    { LEGACY, { "ls", "-p", "*.ogg", "x" }, TEXT("\nls\n-p\n*.ogg\nx" MARK) },
    { LEGACY, { "a b", "\x80\xff", "\r" }, TEXT("\na b\n\x80\xff\n\r" MARK) },
    { LEGACY,
      { "End of Command", "End of Command!", "End of Command. " },
      TEXT("\nEnd of Command\nEnd of Command!\nEnd of Command. " MARK) },
};

static size_t count_arguments(const char *const *argv)
{
    size_t n = 0;

    while (argv[n] != NULL)
        n++;
    return n;
}

/* At every capacity: the bytes, or an error that says how many are needed, with nothing written. */
START_TEST(test_encode)
{
    const struct command_case *c = &command_cases[_i];
    size_t argc = count_arguments(c->argv);

    for (size_t cap = 0; cap <= c->len + 1; cap++) {
        uint8_t *out = malloc(cap + 1);
        uint8_t *untouched = malloc(cap + 1);
        size_t len = 99;
        sw_error error = { 1, 2, 3 };
        int result;
        memset(out, '#', cap + 1);
        memset(untouched, '#', cap + 1);
        result = modes[c->mode].encode(c->argv, argc, out, cap, &len, &error);
        if (cap < c->len) {
            ck_assert_int_eq(result, SW_E_SPACE);
            check_error("space", error, SW_E_SPACE, cap, c->len);
            ck_assert_uint_eq(len, 0);
        } else {
            ck_assert_int_eq(result, SW_OK);
            check_error("encoded", error, SW_OK, 0, 0);
            ck_assert_uint_eq(len, c->len);
            ck_assert_mem_eq(out, c->text, len);
        }
        ck_assert_mem_eq(out + len, untouched + len, cap + 1 - len);
        ck_assert_int_eq(modes[c->mode].encode(c->argv, argc, out, cap, &len, NULL), result);
        free(untouched);
        free(out);
    }
}
END_TEST

/* With every room for arguments: as many of the vector as there is room for, inside the text; and how
 * many it has, in any case. */
START_TEST(test_decode)
{
    const struct command_case *c = &command_cases[_i];
    size_t argc = count_arguments(c->argv);
    uint8_t *text = exact_copy(c->text, c->len);

    for (size_t max = 0; max <= argc + 1; max++) {
        sw_argument *argv = malloc(max * sizeof(*argv));
        sw_command_info out = { 99, 99 };
        sw_error error = { 1, 2, 3 };
        int result = modes[c->mode].decode(text, c->len, max > 0 ? argv : NULL, max, &out, &error);
        if (max < argc) {
            ck_assert_int_eq(result, SW_E_COMMAND_COUNT);
            check_error("arguments", error, SW_E_COMMAND_COUNT, argc, max);
        } else {
            ck_assert_int_eq(result, SW_OK);
            check_error("decoded", error, SW_OK, 0, 0);
        }
        ck_assert_uint_eq(out.count, argc);
        ck_assert_int_eq(out.unterminated, 0);
        for (size_t i = 0; i < argc && i < max; i++) {
            ck_assert_uint_eq(argv[i].len, strlen(c->argv[i]));
            ck_assert_mem_eq(argv[i].data, c->argv[i], argv[i].len);
            ck_assert_uint_lt((size_t)(argv[i].data + argv[i].len - (char *)text), c->len);
        }
        ck_assert_int_eq(modes[c->mode].decode(text, c->len, argv, max, &out, NULL), result);
        free(argv);
    }
    ck_assert_mem_eq(text, c->text, c->len);
    free(text);
}
END_TEST

/* ---- texts that only come in ---- */

static const struct text_case {
    const char *what;
    int mode;
    const char *text;
    size_t len;
    int result;
    size_t count;
    int unterminated;
    const char *last; /* the last argument */
    size_t wrong;     /* of the first argument that is none, with SW_E_COMMAND_SYNTAX */
} text_cases[] = {
    { "no final NUL", SIDEBAND, TEXT("si"), SW_OK, 1, 1, "si", 0 },
    { "no final NUL behind others", SIDEBAND, TEXT("ls\0\0x"), SW_OK, 3, 1, "x", 0 },
    { "empty body", SIDEBAND, TEXT(""), SW_E_COMMAND_EMPTY, 0, 0, NULL, 0 },
    { "empty text", LEGACY, TEXT(""), SW_E_COMMAND_SYNTAX, 0, 0, NULL, 0 },
    { "end mark alone", LEGACY, TEXT(MARK), SW_E_COMMAND_EMPTY, 0, 0, NULL, 0 },
    { "mark without its first LF", LEGACY, TEXT("End of Command.\n"), SW_E_COMMAND_SYNTAX, 0, 0, NULL, 0 },
    { "mark without its last LF", LEGACY, TEXT("\nls\nEnd of Command."), SW_E_COMMAND_SYNTAX, 0, 0, NULL, 0 },
    { "no end mark", LEGACY, TEXT("\nls\n"), SW_E_COMMAND_SYNTAX, 0, 0, NULL, 0 },
    { "mark in other letters", LEGACY, TEXT("\nls\nend of command.\n"), SW_E_COMMAND_SYNTAX, 0, 0, NULL, 0 },
    { "no LF before the name", LEGACY, TEXT("ls" MARK), SW_E_COMMAND_SYNTAX, 0, 0, NULL, 0 },
    { "empty name", LEGACY, TEXT("\n" MARK), SW_E_COMMAND_SYNTAX, 0, 0, NULL, 0 },
    { "empty first argument", LEGACY, TEXT("\n\nls" MARK), SW_E_COMMAND_SYNTAX, 0, 0, NULL, 0 },
    { "empty argument between", LEGACY, TEXT("\nls\n\nx" MARK), SW_E_COMMAND_SYNTAX, 0, 0, NULL, 1 },
    { "empty last argument", LEGACY, TEXT("\nls\n" MARK), SW_E_COMMAND_SYNTAX, 0, 0, NULL, 1 },
    { "a NUL", LEGACY, TEXT("\nl\0s" MARK), SW_E_COMMAND_SYNTAX, 0, 0, NULL, 0 },
    { "a NUL before the name", LEGACY, TEXT("\0\nls" MARK), SW_E_COMMAND_SYNTAX, 0, 0, NULL, 0 },
    { "bytes behind the mark", LEGACY, TEXT("\nls" MARK "x"), SW_E_COMMAND_SYNTAX, 0, 0, NULL, 0 },
    { "two commands", LEGACY, TEXT("\nls" MARK "\nsi" MARK), SW_E_COMMAND_SYNTAX, 0, 0, NULL, 1 },
    { "the mark as an argument", LEGACY, TEXT("\nls" MARK "x" MARK), SW_E_COMMAND_SYNTAX, 0, 0, NULL, 1 },
    { "the mark twice", LEGACY, TEXT("\nls\nEnd of Command." MARK), SW_E_COMMAND_SYNTAX, 0, 0, NULL, 1 },
};

START_TEST(test_texts)
{
    const struct text_case *c = &text_cases[_i];
    uint8_t *text = exact_copy(c->text, c->len);
    sw_argument argv[ARGS];
    sw_command_info out = { 99, 99 };
    sw_error error = { 1, 2, 3 };
    int result = modes[c->mode].decode(text, c->len, argv, ARGS, &out, &error);

    ck_assert_msg(result == c->result, "%s: %d", c->what, result);
    check_error(c->what, error, c->result, c->wrong, 0);
    if (c->result == SW_OK) {
        ck_assert_uint_eq(out.count, c->count);
        ck_assert_int_eq(out.unterminated, c->unterminated);
        ck_assert_uint_eq(argv[c->count - 1].len, strlen(c->last));
        ck_assert_mem_eq(argv[c->count - 1].data, c->last, strlen(c->last));
    } else {
        ck_assert_uint_eq(out.count, 0);
        ck_assert_int_eq(out.unterminated, 0);
    }
    free(text);
}
END_TEST

/* Complete at its last byte, and at no byte before. */
START_TEST(test_legacy_complete)
{
    static const char text[] = "\nls\nEnd of\nEnd of Command.x" MARK;
    size_t len = sizeof(text) - 1;

    for (size_t n = 0; n <= len; n++) {
        uint8_t *part = exact_copy(text, n);
        ck_assert_int_eq(sw_command_legacy_complete(part, n), n == len);
        free(part);
    }
    ck_assert_int_eq(sw_command_legacy_complete((const uint8_t *)MARK, 17), 1);
    ck_assert_int_eq(sw_command_legacy_complete(NULL, 0), 0);
    ck_assert_int_eq(sw_command_legacy_complete(NULL, 17), 0);
}
END_TEST

/* ---- limits ---- */

/* A command of one argument of `size` bytes. */
static char *long_argument(size_t size)
{
    char *text = malloc(size + 1);

    memset(text, 'x', size);
    text[size] = '\0';
    return text;
}

START_TEST(test_largest)
{
    const struct mode *m = &modes[_i];
    size_t size = SW_COMMAND_MAX - m->overhead - 1;
    char *argument = long_argument(size);
    const char *argv[] = { argument };
    uint8_t *out = malloc(SW_COMMAND_MAX);
    size_t len;
    sw_argument decoded;
    sw_command_info count;
    sw_error error;

    ck_assert_int_eq(m->encode(argv, 1, out, SW_COMMAND_MAX, &len, &error), SW_OK);
    ck_assert_uint_eq(len, SW_COMMAND_MAX);
    ck_assert_int_eq(m->decode(out, len, &decoded, 1, &count, &error), SW_OK);
    ck_assert_uint_eq(decoded.len, size);
    ck_assert_mem_eq(decoded.data, argument, size);
    free(argument);
    free(out);
}
END_TEST

START_TEST(test_too_large)
{
    const struct mode *m = &modes[_i];
    char *argument = long_argument(SW_COMMAND_MAX - m->overhead);
    const char *argv[] = { argument };
    uint8_t *out = malloc(SW_COMMAND_MAX + 1);
    size_t len = 99;
    sw_argument decoded;
    sw_command_info count;
    sw_error error;

    ck_assert_int_eq(m->encode(argv, 1, out, SW_COMMAND_MAX + 1, &len, &error), SW_E_COMMAND_SIZE);
    ck_assert_uint_eq(len, 0);
    check_error("encode", error, SW_E_COMMAND_SIZE, SW_COMMAND_MAX + 1, SW_COMMAND_MAX);
    memset(out, 'x', SW_COMMAND_MAX + 1);
    memcpy(out + SW_COMMAND_MAX + 1 - 17, MARK, 17);
    out[0] = '\n';
    ck_assert_int_eq(m->decode(out, SW_COMMAND_MAX + 1, &decoded, 1, &count, &error), SW_E_COMMAND_SIZE);
    check_error("decode", error, SW_E_COMMAND_SIZE, SW_COMMAND_MAX + 1, SW_COMMAND_MAX);
    free(argument);
    free(out);
}
END_TEST

/* The sum of the sizes is beyond 32 bits, where cut to them it looks like a command that fits. */
START_TEST(test_sum)
{
    enum { ARGC = 131073 };
    const struct mode *m = &modes[_i];
    size_t size = SW_COMMAND_MAX - 1;
    char *argument = long_argument(size);
    const char **argv = malloc(ARGC * sizeof(*argv));
    uint8_t *out = malloc(SW_COMMAND_MAX);
    size_t len = 99;
    sw_error error;

    for (size_t i = 0; i < ARGC; i++)
        argv[i] = argument;
    ck_assert_int_eq(m->encode(argv, ARGC, out, SW_COMMAND_MAX, &len, &error), SW_E_COMMAND_SIZE);
    ck_assert_uint_eq(len, 0);
    ck_assert_int_eq(error.code, SW_E_COMMAND_SIZE);
    ck_assert_uint_gt(error.value, SW_COMMAND_MAX);
    free(argument);
    free(argv);
    free(out);
}
END_TEST

/* As many arguments as a command can hold. */
START_TEST(test_most_arguments)
{
    uint8_t *body = calloc(1, SW_COMMAND_MAX);
    sw_argument *argv = malloc(SW_COMMAND_MAX * sizeof(*argv));
    sw_command_info out;
    sw_error error;

    ck_assert_int_eq(sw_command_decode(body, SW_COMMAND_MAX, argv, SW_COMMAND_MAX, &out, &error), SW_OK);
    ck_assert_uint_eq(out.count, SW_COMMAND_MAX);
    ck_assert_uint_eq(argv[SW_COMMAND_MAX - 1].len, 0);
    ck_assert_int_eq(sw_command_decode(body, SW_COMMAND_MAX, argv, SW_COMMAND_MAX - 1, &out, &error),
                     SW_E_COMMAND_COUNT);
    check_error("arguments", error, SW_E_COMMAND_COUNT, SW_COMMAND_MAX, SW_COMMAND_MAX - 1);
    ck_assert_int_eq(sw_command_decode(body, SW_COMMAND_MAX, NULL, 0, &out, NULL), SW_E_COMMAND_COUNT);
    ck_assert_uint_eq(out.count, SW_COMMAND_MAX);
    free(argv);
    free(body);
}
END_TEST

/* ---- errors ---- */

static const struct refused_case {
    const char *argv[ARGS];
    size_t argc, index;
} refused_cases[] = {
    { { "" }, 1, 0 },
    { { "ls", "" }, 2, 1 },
    { { "ls", "a", "", "b" }, 4, 2 },
    { { "\n" }, 1, 0 },
    { { "ls", "a\n" }, 2, 1 },
    { { "ls", "\na" }, 2, 1 },
    { { "ls", "x", "a\nb" }, 3, 2 },
    { { "End of Command." }, 1, 0 },
    { { "ls", "End of Command." }, 2, 1 },
};

START_TEST(test_refused)
{
    const struct refused_case *c = &refused_cases[_i];
    uint8_t out[100] = { 0 };
    size_t len = 99;
    sw_error error;

    ck_assert_int_eq(encode_legacy(c->argv, c->argc, out, sizeof(out), &len, &error), SW_E_LEGACY_ARGUMENT);
    check_error("refused", error, SW_E_LEGACY_ARGUMENT, c->index, c->argc);
    ck_assert_uint_eq(len, 0);
    ck_assert_uint_eq(out[0], 0);
}
END_TEST

/* Slices have a length, so one can hold a NUL, or be longer than a string would. */
START_TEST(test_slices)
{
    const struct mode *m = &modes[_i];
    int (*encode)(const sw_argument *, size_t, uint8_t *, size_t, size_t *, sw_error *) =
        _i == SIDEBAND ? sw_command_encode : sw_command_encode_legacy;
    sw_argument argv[2] = { { "lsXX", 2 }, { "a\0b", 3 } };
    sw_argument none = { NULL, 0 };
    uint8_t out[100];
    size_t len = 99;
    sw_error error;

    ck_assert_int_eq(encode(argv, 2, out, sizeof(out), &len, &error), SW_E_ARGUMENT_NUL);
    check_error("NUL", error, SW_E_ARGUMENT_NUL, 1, 2);
    ck_assert_uint_eq(len, 0);
    argv[1] = (sw_argument){ "\0", 1 };
    ck_assert_int_eq(encode(argv, 2, out, sizeof(out), &len, &error), SW_E_ARGUMENT_NUL);
    check_error("NUL alone", error, SW_E_ARGUMENT_NUL, 1, 2);
    argv[1] = (sw_argument){ "a\0b", 1 };
    ck_assert_int_eq(encode(argv, 2, out, sizeof(out), &len, &error), SW_OK);
    ck_assert_uint_eq(len, 2 + 1 + 1 + 1 + m->overhead);
    ck_assert_mem_eq(out, _i == SIDEBAND ? "ls\0a" : "\nls\na", _i == SIDEBAND ? 4 : 5);
    ck_assert_int_eq(encode(&none, 1, out, sizeof(out), &len, NULL),
                     _i == SIDEBAND ? SW_OK : SW_E_LEGACY_ARGUMENT);
    none.len = 1;
    ck_assert_int_eq(encode(&none, 1, out, sizeof(out), &len, NULL), SW_E_NULL);
    ck_assert_uint_eq(sw_argument_of("ls").len, 2);
    ck_assert_uint_eq(sw_argument_of(NULL).len, 0);
}
END_TEST

START_TEST(test_null)
{
    const struct mode *m = &modes[_i];
    static const char *const argv[] = { "ls", NULL };
    uint8_t *text = exact_copy(MARK, 17);
    uint8_t out[100] = { 0 };
    size_t len = 99;
    sw_argument argument;
    sw_command_info count;
    sw_error error = { 1, 2, 3 };

    ck_assert_int_eq(m->encode(argv, 1, out, sizeof(out), NULL, &error), SW_E_NULL);
    check_error("no length", error, SW_E_NULL, 0, 0);
    ck_assert_int_eq(m->encode(NULL, 1, out, sizeof(out), &len, NULL), SW_E_NULL);
    ck_assert_uint_eq(len, 0);
    ck_assert_int_eq(m->encode(argv, 1, NULL, 1, &len, NULL), SW_E_NULL);
    ck_assert_int_eq(m->encode(argv, 2, out, sizeof(out), &len, &error), SW_E_NULL);
    check_error("no bytes", error, SW_E_NULL, 0, 0);
    ck_assert_uint_eq(out[0], 0);
    ck_assert_int_eq(m->encode(argv, 1, NULL, 0, &len, &error), SW_E_SPACE);
    check_error("no room", error, SW_E_SPACE, 0, 3 + m->overhead);
    ck_assert_int_eq(m->encode(NULL, 0, out, sizeof(out), &len, &error), SW_E_COMMAND_EMPTY);
    check_error("empty", error, SW_E_COMMAND_EMPTY, 0, 0);
    ck_assert_int_eq(m->encode(NULL, 0, NULL, 0, &len, NULL), SW_E_COMMAND_EMPTY);

    ck_assert_int_eq(m->decode(text, 17, &argument, 1, NULL, &error), SW_E_NULL);
    check_error("no result", error, SW_E_NULL, 0, 0);
    ck_assert_int_eq(m->decode(NULL, 17, &argument, 1, &count, NULL), SW_E_NULL);
    ck_assert_int_eq(m->decode(NULL, 1, &argument, 1, &count, NULL), SW_E_NULL);
    ck_assert_int_eq(m->decode(text, 17, NULL, 1, &count, NULL), SW_E_NULL);
    ck_assert_int_eq(m->decode(NULL, 0, &argument, 1, &count, NULL),
                     _i == LEGACY ? SW_E_COMMAND_SYNTAX : SW_E_COMMAND_EMPTY);
    ck_assert_int_eq(m->decode(NULL, 0, NULL, 0, &count, NULL),
                     _i == LEGACY ? SW_E_COMMAND_SYNTAX : SW_E_COMMAND_EMPTY);
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("command");
    TCase *vectors = suite_case(suite, "vectors");
    TCase *limits = suite_case(suite, "limits");
    TCase *errors = suite_case(suite, "errors");

    tcase_add_loop_test(vectors, test_encode, 0, COUNT(command_cases));
    tcase_add_loop_test(vectors, test_decode, 0, COUNT(command_cases));
    tcase_add_loop_test(vectors, test_texts, 0, COUNT(text_cases));
    tcase_add_test(vectors, test_legacy_complete);
    tcase_add_loop_test(limits, test_largest, 0, MODE_COUNT);
    tcase_add_loop_test(limits, test_too_large, 0, MODE_COUNT);
    if (sizeof(size_t) == 4) /* elsewhere it would take too much memory to get there */
        tcase_add_loop_test(limits, test_sum, 0, MODE_COUNT);
    tcase_add_test(limits, test_most_arguments);
    tcase_add_loop_test(errors, test_refused, 0, COUNT(refused_cases));
    tcase_add_loop_test(errors, test_null, 0, MODE_COUNT);
    tcase_add_loop_test(errors, test_slices, 0, MODE_COUNT);
    return run_suite(suite);
}
