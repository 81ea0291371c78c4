/* SPDX-License-Identifier: ISC */
#include "argument_support.h"

#include <stdlib.h>
#include <string.h>

enum { LIST_MAX = 6 };

argument_list list_of(const char *line)
{
    sw_argument argv[LIST_MAX];
    argument_list list = { 0, NULL };

    while (line != NULL) {
        const char *blank = strchr(line, ' ');
        size_t len = blank == NULL ? strlen(line) : (size_t)(blank - line);
        ck_assert_uint_lt(list.argc, LIST_MAX);
        argv[list.argc].data = len > 0 ? (const char *)exact_copy(line, len) : NULL;
        argv[list.argc].len = len;
        list.argc++;
        line = blank == NULL ? NULL : blank + 1;
    }
    list.argv = malloc(list.argc * sizeof(argv[0]));
    memcpy(list.argv, argv, list.argc * sizeof(argv[0]));
    return list;
}

void list_free(argument_list *list)
{
    for (size_t i = 0; i < list->argc; i++) {
        uintptr_t block = (uintptr_t)list->argv[i].data; /* sheds the const */
        free((void *)block);
    }
    free(list->argv);
    list->argc = 0;
    list->argv = NULL;
}

/* A vector as its caller may hand it in: only the buffer is set. */
static sw_argument_vector dirty(char *buffer, size_t cap)
{
    sw_argument_vector vector;

    memset(&vector, 0x5a, sizeof(vector));
    vector.buffer = buffer;
    vector.cap = cap;
    return vector;
}

static void check_empty(const char *what, const sw_argument_vector *vector)
{
    ck_assert_msg(vector->argc == 0 && vector->len == 0, "%s: argc %zu, len %zu", what, vector->argc, vector->len);
    for (size_t i = 0; i < SW_VECTOR_MAX; i++)
        ck_assert_msg(vector->argv[i].data == NULL && vector->argv[i].len == 0, "%s: argv[%zu]", what, i);
}

/* The vector holds the arguments of the line, and the buffer the body of a COMMAND packet. */
static void check_vector(const sw_argument_vector *vector, const char *buffer, const char *line)
{
    argument_list list = list_of(line);
    const char *place = buffer;

    ck_assert_uint_eq(vector->argc, list.argc);
    ck_assert_uint_eq(vector->len, strlen(line) + 1);
    for (size_t i = 0; i < list.argc; i++) {
        ck_assert_ptr_eq(vector->argv[i].data, place);
        ck_assert_uint_eq(vector->argv[i].len, list.argv[i].len);
        ck_assert_uint_eq(strlen(place), list.argv[i].len);
        ck_assert_mem_eq(place, list.argv[i].data, list.argv[i].len);
        place += list.argv[i].len + 1;
    }
    for (size_t i = list.argc; i < SW_VECTOR_MAX; i++)
        ck_assert_ptr_null(vector->argv[i].data);
    list_free(&list);
}

void check_format(formatter *format, const void *arguments, const char *line)
{
    size_t need = strlen(line) + 1;

    for (size_t cap = 0; cap <= need + 1; cap++) {
        char *buffer = malloc(cap);
        sw_argument_vector vector = dirty(buffer, cap);
        sw_error error = { 1, 2, 3 };
        int result;
        if (cap > 0)
            buffer[cap - 1] = '#';
        result = format(arguments, &vector, &error);
        if (cap < need) {
            ck_assert_int_eq(result, SW_E_SPACE);
            check_error(line, error, SW_E_SPACE, cap, need);
            check_empty(line, &vector);
        } else {
            ck_assert_msg(result == SW_OK, "%s: %d", line, result);
            check_error(line, error, SW_OK, 0, 0);
            check_vector(&vector, buffer, line);
        }
        if (cap > need)
            ck_assert_int_eq(buffer[need], '#');
        ck_assert_int_eq(format(arguments, &vector, NULL), result);
        free(buffer);
    }
}

void check_format_refused(const char *what, formatter *format, const void *arguments, int code, uint64_t value)
{
    char buffer[600];

    for (size_t cap = 0; cap <= sizeof(buffer); cap += sizeof(buffer)) {
        sw_argument_vector vector = dirty(buffer, cap);
        sw_error error = { 1, 2, 3 };
        int result = format(arguments, &vector, &error);
        ck_assert_msg(result == code, "%s: %d instead of %d", what, result, code);
        check_error(what, error, code, value, 0);
        check_empty(what, &vector);
    }
}

void check_format_null(formatter *format, const void *arguments)
{
    char buffer[64];
    sw_argument_vector vector = dirty(buffer, sizeof(buffer));
    sw_error error = { 1, 2, 3 };

    ck_assert_int_eq(format(arguments, NULL, &error), SW_E_NULL);
    check_error("no vector", error, SW_E_NULL, 0, 0);
    ck_assert_int_eq(format(arguments, NULL, NULL), SW_E_NULL);
    ck_assert_int_eq(format(NULL, &vector, &error), SW_E_NULL);
    check_empty("no arguments", &vector);
    vector = dirty(NULL, 1);
    ck_assert_int_eq(format(arguments, &vector, &error), SW_E_NULL);
    check_empty("no buffer", &vector);
    vector = dirty(NULL, 0);
    ck_assert_int_eq(format(arguments, &vector, &error), SW_E_SPACE);
    check_empty("no space", &vector);
}
