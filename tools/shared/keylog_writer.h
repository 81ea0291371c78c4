/* Keys of sessions for programs that decrypt captures: see docs/keylog.md. */
#ifndef SIDEWIRE_TOOLS_KEYLOG_WRITER_H
#define SIDEWIRE_TOOLS_KEYLOG_WRITER_H

#include <sidewire/messages.h>

/* The environment variable that names the file. */
#define KEYLOG_VARIABLE "SIDEWIREKEYLOGFILE"

typedef struct keylog {
    const char *path;            /* of the environment; NULL: nobody wants keys to be logged */
} keylog;

/* Looks into the environment, which is not trusted in a set-user-id program. */
void keylog_init(keylog *log);

/* Are keys wanted? */
int keylog_is_wanted(const keylog *log);

/* Appends the line of a session to the file, which is made, for its owner only, if it is missing.
 * Never waits. 0, also if no keys are wanted, or an errno: the next one is
 * tried all the same. */
int keylog_append(keylog *log, const sw_secrets *keys);

#endif
