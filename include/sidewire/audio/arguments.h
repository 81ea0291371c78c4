/* SPDX-License-Identifier: ISC */
/* Typed arguments of the server's commands [protocol, sections 9.1 and 9.2].
 *
 * One struct a command, with a function that reads it from an argument vector, for servers, and one that writes it
 * to one, for clients; reading what was written gives the same struct:
 *
 *     server     sw_ff_parse(argv, info.count, &ff, &error)          behind sw_command_check; ff is set by SW_OK only
 *     client     sw_argument_vector command = { .buffer = text, .cap = sizeof(text) };
 *                sw_ff_format(&ff, &command, &error)                 64 bytes of text are enough for all but sender
 *                sw_session_command(session, command.argv, command.argc, 0)
 *
 * examples/remote.c does the second. Parsers do not look at argv[0], the name. Texts in what they set point into the
 * arguments, and are valid as long as those. Errors name the argument: value is its index. All give SW_E_NULL,
 * SW_E_COMMAND_EMPTY for argc 0, and SW_E_ARGUMENT_EXTRA for the first argument too many (limit: the last index
 * allowed). error may be NULL everywhere. What the peer is told of an error is sw_command_refusal.
 *
 * Numbers are whole and decimal, and nothing else: SW_E_ARGUMENT_NUMBER if empty, signed, or with anything behind;
 * SW_E_ARGUMENT_LARGE above the limit (in limit), which is 2^32 - 1 where none is named. */
#ifndef SIDEWIRE_AUDIO_ARGUMENTS_H
#define SIDEWIRE_AUDIO_ARGUMENTS_H

#include <sidewire/audio/error.h>
#include <sidewire/command.h>

SW_BEGIN_DECLS

/* ---- argument vectors to send ---- */

enum { SW_VECTOR_MAX = 4 }; /* arguments of the longest command */

/* What the sw_*_format functions fill, ready for sw_session_command. The arguments lie in the buffer, a NUL behind
 * each (so each is a string, too), and stay valid as long as that: its bytes are the body of a COMMAND packet. */
typedef struct sw_argument_vector {
    char *buffer; /* set this and cap before */
    size_t cap;
    size_t argc;
    size_t len; /* bytes used of the buffer */
    sw_argument argv[SW_VECTOR_MAX];
} sw_argument_vector;

/* All sw_*_format: SW_OK; SW_E_SPACE (value: cap, limit: bytes needed); SW_E_NULL. After an error argc, len and argv
 * are zero. The buffer must not hold the texts that the struct points to. */

/* ---- stat [-n=NUM] [-p] [--] ---- */

typedef struct sw_stat_arguments {
    uint32_t rounds;     /* 0: without end */
    int parser_friendly; /* 0 or 1 */
} sw_stat_arguments;

/* Of an option given twice the last one counts. Nothing may follow `--`.
 * SW_E_ARGUMENT_NUMBER, SW_E_ARGUMENT_LARGE, SW_E_ARGUMENT_UNKNOWN. */
SW_API int sw_stat_parse(const sw_argument *argv, size_t argc, sw_stat_arguments *out, sw_error *error);
SW_API int sw_stat_format(const sw_stat_arguments *arguments, sw_argument_vector *out, sw_error *error);

/* ---- ff N[-] ---- */

typedef struct sw_ff_arguments {
    uint32_t seconds;
    int backward; /* 0 or 1 */
} sw_ff_arguments;

/* SW_E_ARGUMENT_MISSING, SW_E_ARGUMENT_NUMBER, SW_E_ARGUMENT_LARGE. */
SW_API int sw_ff_parse(const sw_argument *argv, size_t argc, sw_ff_arguments *out, sw_error *error);
SW_API int sw_ff_format(const sw_ff_arguments *arguments, sw_argument_vector *out, sw_error *error);

/* ---- jmp N ---- */

typedef struct sw_jmp_arguments {
    uint32_t percent; /* as given; sw_player_jmp takes more than 100 as 100 */
} sw_jmp_arguments;

/* As sw_ff_parse. */
SW_API int sw_jmp_parse(const sw_argument *argv, size_t argc, sw_jmp_arguments *out, sw_error *error);
SW_API int sw_jmp_format(const sw_jmp_arguments *arguments, sw_argument_vector *out, sw_error *error);

SW_END_DECLS
#endif
