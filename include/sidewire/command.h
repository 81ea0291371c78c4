/* SPDX-License-Identifier: ISC */
/* Commands: argument vectors on the wire, and tables of what a server understands [protocol,
 * section 9].
 *
 * A command is its arguments, of which the first is its name. Sessions take and give them as vectors of slices; the
 * bytes are different in the two modes, so there are two codecs of one shape (sw_command_encode and _decode, and the
 * same with _legacy), which only those need who have no session.
 *
 * Which commands there are is a server's own business. It fills in a table, and for each command that comes:
 *
 *     sw_session_arguments(session, event, argv, ROOM, &info, &error)
 *     sw_command_check(&table, argv, info.count, permissions, &command, &refusal, &error)
 *     SW_OK: run what command->id says; else send `refusal` to the peer, and log the error
 *
 * examples/daemon.c does so. The commands, permissions and messages of deployed audio servers are in
 * <sidewire/audio/commands.h>. Nothing here keeps a pointer; sizes are in bytes; error may be NULL everywhere. */
#ifndef SIDEWIRE_COMMAND_H
#define SIDEWIRE_COMMAND_H

#include <sidewire/error.h>

SW_BEGIN_DECLS

enum {
    SW_COMMAND_MAX = 32768,       /* bytes of an encoded command, in either mode */
    SW_ARGUMENTS_ANY = UINT16_MAX /* in a table: no limit; no command has so many */
};

/* ---- argument vectors ---- */

/* An argument: `len` bytes at data, not ended by a NUL. Those of a decoded command are inside of it. */
typedef struct sw_argument {
    const char *data; /* may be NULL if len is 0 */
    size_t len;       /* bytes, no NUL among them */
} sw_argument;

/* That of a C string; valid as long as that is. */
static inline sw_argument sw_argument_of(const char *text)
{
    sw_argument argument = { text, 0 };

    while (text != NULL && text[argument.len] != '\0')
        argument.len++;
    return argument;
}

typedef struct sw_command_info {
    size_t count;     /* arguments that the command has, its name included */
    int unterminated; /* 1: sideband, and the NUL behind the last argument was missing */
} sw_command_info;

/* Writes the body of a COMMAND packet, in which a NUL follows each argument, to out[0..cap), and its
 * length to *len. argv[0..argc) begins with the name; sw_argument_of makes arguments of strings.
 * SW_E_NULL, SW_E_COMMAND_EMPTY for argc 0; SW_E_ARGUMENT_NUL (value: its index) for one with a NUL
 * inside; SW_E_COMMAND_SIZE (value: bytes) above SW_COMMAND_MAX; SW_E_SPACE (value: cap, limit: bytes
 * needed). After an error *len is 0 and nothing is written. */
SW_API int sw_command_encode(const sw_argument *argv, size_t argc, uint8_t *out, size_t cap, size_t *len,
                             sw_error *error);

/* Splits the body of a COMMAND packet up: argv[0..max) becomes its first arguments, which point into
 * body and are valid as long as that is; info->count is how many it has, also where that is more.
 * SW_OK if argv holds them all; otherwise SW_E_COMMAND_COUNT (value: arguments, limit: max), so that
 * argv NULL and max 0 ask for the number alone. SW_E_NULL; SW_E_COMMAND_EMPTY without arguments;
 * SW_E_COMMAND_SIZE above SW_COMMAND_MAX (value: len, limit: that); info->count is then 0. */
SW_API int sw_command_decode(const uint8_t *body, size_t len, sw_argument *argv, size_t max, sw_command_info *info,
                             sw_error *error);

/* The same for legacy text, in which a LF goes before each argument, and an end mark ends all. What
 * that cannot carry is refused with SW_E_LEGACY_ARGUMENT (value: its index, limit: argc): an empty
 * argument, one with a LF, and one that reads like the end mark. */
SW_API int sw_command_encode_legacy(const sw_argument *argv, size_t argc, uint8_t *out, size_t cap, size_t *len,
                                    sw_error *error);

/* text[0..len) is one whole command with its end mark: SW_E_COMMAND_SYNTAX if it is not, or holds an
 * argument that could not have been written (value: its index). Everything else as sw_command_decode. */
SW_API int sw_command_decode_legacy(const uint8_t *text, size_t len, sw_argument *argv, size_t max,
                                    sw_command_info *info, sw_error *error);

/* 1 if text[0..len) ends with the end mark of a legacy command, otherwise 0. */
SW_API int sw_command_legacy_complete(const uint8_t *text, size_t len);

/* ---- tables of commands ---- */

/* One row a command. What the library looks at are name, permissions and numbers of arguments; id
 * and texts are for the server, and may be left zero. */
typedef struct sw_command {
    const char *name;
    int id;                  /* the caller's own: says what is to be done, as an index perhaps */
    unsigned permissions;    /* bits that the caller gives a meaning; all of them are needed */
    uint16_t least, most;    /* arguments behind the name; most may be SW_ARGUMENTS_ANY */
    uint8_t takes_data;      /* 1: an upload follows the command */
    const char *group;       /* what a list of commands puts it under */
    const char *usage;       /* "ff N[-]" */
    const char *description; /* one line, without LF */
    const char *help;        /* some lines, the last one with LF */
} sw_command;

/* Static tables work; nothing is written to them. Of two rows with one name the first counts. */
typedef struct sw_command_table {
    const sw_command *commands;
    size_t count;
} sw_command_table;

/* The command of exactly this name, which needs no NUL; NULL if the table has none. */
SW_API const sw_command *sw_command_find(const sw_command_table *table, const char *name, size_t len);

/* May a user with these permissions run the command argv[0..argc), and which is it? SW_OK and
 * *command, a row of the table; otherwise an error, with in *refusal what the peer is to be told:
 * a line without its LF, static. *refusal is NULL after SW_OK, and may be a NULL pointer itself.
 *
 *   SW_E_COMMAND_UNKNOWN     not in the table (value: bytes of its name), or argc is 0
 *                                                                   "invalid command"
 *   SW_E_COMMAND_DENIED      a permission is missing (value: those needed, limit: those given)
 *                                                                   "permission denied"
 *   SW_E_COMMAND_ARGUMENTS   too few arguments, or too many (value: how many, limit: least or most)
 *                                                                   "syntax error in command"
 *   SW_E_NULL                the caller's mistake                   "invalid command"
 *
 * It is looked for in this order, so that nobody learns how a command is used that he may not run.
 * *command is set for the second and the third as well, and NULL for the others. */
SW_API int sw_command_check(const sw_command_table *table, const sw_argument *argv, size_t argc,
                            unsigned permissions, const sw_command **command, const char **refusal,
                            sw_error *error);

/* What the peer is told of any other error about a command, as in the list above: SW_E_COMMAND_EMPTY
 * reads like SW_E_COMMAND_UNKNOWN, and all that decoders and readers of arguments return like
 * SW_E_COMMAND_ARGUMENTS. Static, never NULL. */
SW_API const char *sw_command_refusal(int code);

SW_END_DECLS
#endif
