/* SPDX-License-Identifier: ISC */
/* A client's command from C strings, as tests, fuzz targets and benches have them. */
#ifndef SIDEWIRE_TESTS_SEND_COMMAND_H
#define SIDEWIRE_TESTS_SEND_COMMAND_H

#include <sidewire/session.h>

enum { COMMAND_ARGUMENTS_MAX = 64 };

/* Fills arguments[0..argc), cut to its size. Returns how many there are. */
static inline size_t make_arguments(sw_argument arguments[COMMAND_ARGUMENTS_MAX], const char *const *argv,
                                    size_t argc)
{
    if (argc > COMMAND_ARGUMENTS_MAX)
        argc = COMMAND_ARGUMENTS_MAX;
    for (size_t i = 0; i < argc; i++)
        arguments[i] = sw_argument_of(argv[i]);
    return argc;
}

/* As sw_session_command, for one that takes no upload. */
static inline int send_command(sw_session *s, const char *const *argv, size_t argc)
{
    sw_argument arguments[COMMAND_ARGUMENTS_MAX];

    argc = make_arguments(arguments, argv, argc);
    return sw_session_command(s, arguments, argc, 0);
}

/* And for one that does. */
static inline int send_upload_command(sw_session *s, const char *const *argv, size_t argc)
{
    sw_argument arguments[COMMAND_ARGUMENTS_MAX];

    argc = make_arguments(arguments, argv, argc);
    return sw_session_command(s, arguments, argc, 1);
}

#endif
