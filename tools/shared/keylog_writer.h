/* SPDX-License-Identifier: ISC */
/* Keys of sessions for programs that decrypt captures: see docs/keylog.md. */
#ifndef SIDEWIRE_TOOLS_KEYLOG_WRITER_H
#define SIDEWIRE_TOOLS_KEYLOG_WRITER_H

#include <sidewire/messages.h>

/* The environment variable that names the file. */
#define KEYLOG_VARIABLE "SIDEWIREKEYLOGFILE"

enum {
    KEYLOG_LINE_MAX = 256,           /* bytes */
    KEYLOG_SECRETS_TYPE = 0x53574b4c /* of lines in the decryption secrets blocks of a pcapng file: SWKL */
};

typedef struct keylog {
    const char *path; /* of the environment; NULL: nobody wants keys to be logged */
} keylog;

/* Looks into the environment, which is not trusted in a set-user-id program. */
void keylog_init(keylog *log);

/* Are keys wanted? */
int keylog_is_wanted(const keylog *log);

/* Writes the line of a session, with its LF and without NUL. Returns its length. Secret. */
size_t keylog_line(const sw_secrets *keys, char line[KEYLOG_LINE_MAX]);

/* Appends the line of a session to the file, which is made, for its owner only, if it is missing.
 * Never waits. 0, also if no keys are wanted, or an errno: the next one is
 * tried all the same. */
int keylog_append(keylog *log, const sw_secrets *keys);

#endif
