/* Typed arguments of the server's commands [protocol, sections 9.1 and 9.2].
 *
 * One struct a command, with a function that reads it from an argument vector and one that writes
 * it to one; reading what was written gives the same struct.
 *
 * Parsers take a decoded command; argv[0], its name, is not looked at. They set *out on success
 * only. Texts in it point into the arguments. Errors name the argument: value is its index. All
 * give SW_E_NULL, SW_E_COMMAND_EMPTY for argc 0, and SW_E_ARGUMENT_EXTRA for the first argument too
 * many (limit: the last index allowed). error may be NULL everywhere.
 *
 * Numbers are whole and decimal, and nothing else: SW_E_ARGUMENT_NUMBER if empty, signed, or with
 * anything behind; SW_E_ARGUMENT_LARGE above the limit, which is 2^32 - 1 where none is named.
 */
#ifndef SIDEWIRE_AUDIO_ARGUMENTS_H
#define SIDEWIRE_AUDIO_ARGUMENTS_H

#include <sidewire/audio/error.h>
#include <sidewire/command.h>

SW_BEGIN_DECLS

/* ---- argument vectors to send ---- */

enum { SW_VECTOR_MAX = 4 };      /* arguments of the longest command */

/* What the sw_*_format functions fill, ready for sw_session_command. The arguments lie in the
 * buffer, a NUL behind each: the bytes there are the body of a COMMAND packet. */
typedef struct sw_argument_vector {
    char *buffer;                /* set this and cap before */
    size_t cap;
    size_t argc;
    size_t len;                  /* bytes used of the buffer */
    sw_argument argv[SW_VECTOR_MAX];
} sw_argument_vector;

/* All sw_*_format: SW_E_SPACE (limit of the error: bytes needed), SW_E_NULL. On failure argc, len
 * and argv are zero. The buffer must not hold the texts that the struct points to. */

/* ---- stat [-n=NUM] [-p] [--] ---- */

typedef struct sw_stat_arguments {
    uint32_t rounds;             /* 0: without end */
    int parser_friendly;         /* 0 or 1 */
} sw_stat_arguments;

/* Of an option given twice the last one counts. Nothing may follow `--`.
 * SW_E_ARGUMENT_NUMBER, SW_E_ARGUMENT_LARGE, SW_E_ARGUMENT_UNKNOWN. */
SW_API int sw_stat_parse(const sw_argument *argv, size_t argc, sw_stat_arguments *out,
                         sw_error *error);
SW_API int sw_stat_format(const sw_stat_arguments *arguments, sw_argument_vector *out,
                          sw_error *error);

/* ---- ff N[-] ---- */

typedef struct sw_ff_arguments {
    uint32_t seconds;
    int backward;                /* 0 or 1 */
} sw_ff_arguments;

/* SW_E_ARGUMENT_MISSING, SW_E_ARGUMENT_NUMBER, SW_E_ARGUMENT_LARGE. */
SW_API int sw_ff_parse(const sw_argument *argv, size_t argc, sw_ff_arguments *out,
                       sw_error *error);
SW_API int sw_ff_format(const sw_ff_arguments *arguments, sw_argument_vector *out,
                        sw_error *error);

/* ---- jmp N ---- */

typedef struct sw_jmp_arguments {
    uint32_t percent;            /* as given; sw_player_jmp takes more than 100 as 100 */
} sw_jmp_arguments;

/* As sw_ff_parse. */
SW_API int sw_jmp_parse(const sw_argument *argv, size_t argc, sw_jmp_arguments *out,
                        sw_error *error);
SW_API int sw_jmp_format(const sw_jmp_arguments *arguments, sw_argument_vector *out,
                         sw_error *error);

SW_END_DECLS
#endif
