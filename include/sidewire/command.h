/* Argument vectors, permissions and command tables [protocol, section 9]. */
#ifndef SIDEWIRE_COMMAND_H
#define SIDEWIRE_COMMAND_H

#include <sidewire/error.h>

SW_BEGIN_DECLS

enum { SW_COMMAND_MAX = 32768 };   /* bytes of an encoded command, either mode */

/* ---- argument vectors ---- */

/* An argument: a pointer and a length, as a proxy has them. In a decoded sideband command each is
 * followed by a NUL, the last one only if the sender wrote it; in a legacy command by LF. */
typedef struct sw_argument {
    const char *data;            /* may be NULL if len is 0 */
    size_t len;                  /* bytes, no NUL among them */
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
    size_t count;
    int unterminated;            /* sideband: the final NUL was missing */
} sw_command_info;

/* Body of a COMMAND packet. SW_E_ARGUMENT_NUL (value: the index), SW_E_COMMAND_EMPTY without arguments, SW_E_COMMAND_SIZE above
 * SW_COMMAND_MAX, SW_E_SPACE above cap (limit of the error: bytes needed). error may be NULL. */
SW_API int sw_command_encode(const sw_argument *argv, size_t argc, uint8_t *out, size_t cap,
                             size_t *len, sw_error *error);
/* Splits a body into argv[0..max), which point into it. SW_E_COMMAND_EMPTY, SW_E_COMMAND_SIZE,
 * SW_E_COMMAND_COUNT. */
SW_API int sw_command_decode(const uint8_t *body, size_t len, sw_argument *argv, size_t max,
                             sw_command_info *out, sw_error *error);

/* Legacy text. Encoding refuses what it cannot carry with SW_E_LEGACY_ARGUMENT (value: its index): an empty
 * argument, one with LF, and one that reads like the end mark. */
SW_API int sw_command_encode_legacy(const sw_argument *argv, size_t argc, uint8_t *out, size_t cap,
                                    size_t *len, sw_error *error);
/* text is one whole command with its end mark. SW_E_COMMAND_SYNTAX, and as above. */
SW_API int sw_command_decode_legacy(const uint8_t *text, size_t len, sw_argument *argv, size_t max,
                                    sw_command_info *out, sw_error *error);
/* Does text end with the end mark of a legacy command? */
SW_API int sw_command_legacy_complete(const uint8_t *text, size_t len);

/* ---- permissions ---- */

enum {
    SW_AFS_READ = 1,
    SW_AFS_WRITE = 2,
    SW_VSS_READ = 4,
    SW_VSS_WRITE = 8,
    SW_PERMISSIONS_ALL = 15,
    SW_PERMISSIONS_TEXT_SIZE = 4
};

/* Four characters of `aAvV`, `-` where absent, and a NUL: out has 5 bytes. */
SW_API void sw_permissions_format(unsigned permissions, char *out);
/* The reverse. SW_E_PERMISSION on any other text. */
SW_API int sw_permissions_parse(const char *text, size_t len, unsigned *permissions);
/* A user list's `AFS_READ,VSS_READ`. SW_E_PERMISSION on an unknown or empty name. */
SW_API int sw_permissions_parse_names(const char *text, size_t len, unsigned *permissions);

/* ---- command tables ---- */

typedef struct sw_command {
    const char *name;
    unsigned permissions;        /* the set needed */
    int takes_data;              /* an upload follows */
    const char *usage;           /* "ff N[-]" */
    const char *description;     /* one line, without LF */
    const char *help;            /* text of several lines, the last one with LF */
} sw_command;

/* A server's commands; `handler` is what `help` names them by. Static tables work. */
typedef struct sw_command_table {
    const char *handler;
    const sw_command *commands;
    size_t count;
} sw_command_table;

/* Exact match. NULL: not in the table. */
SW_API const sw_command *sw_command_find(const sw_command_table *table, const char *name,
                                         size_t len);
/* 1 if all that the command needs is in the user's set. */
SW_API int sw_command_allowed(const sw_command *command, unsigned permissions);

/* The deployed server's commands [sections 9.1 and 9.3]. */
SW_API extern const sw_command_table sw_server_commands;
SW_API extern const sw_command_table sw_afs_commands;

/* ---- messages [section 9.5], each without LF ---- */

#define SW_MESSAGE_INVALID_COMMAND "invalid command"
#define SW_MESSAGE_SYNTAX "syntax error in command"
#define SW_MESSAGE_PERMISSION "permission denied"
#define SW_MESSAGE_NO_AUDIO_FILE "no audio file"
#define SW_MESSAGE_SENDER_COMMAND "command not supported by this sender"
#define SW_MESSAGE_FILE_TOO_LARGE "file too large"

SW_END_DECLS
#endif
