/* What a reply of the server is to a client: read at the other end of a session. */
#ifndef SIDEWIRE_TESTS_REPLY_READER_H
#define SIDEWIRE_TESTS_REPLY_READER_H

#include "reply.h"

typedef struct reply_text {
    char *output, *errors;       /* all of OUTPUT, all of ERROR_LOG; other bands fail the test */
    int status;
} reply_text;

/* Sends a finished reply to its end, and frees it. */
reply_text reply_read(struct reply *reply);
void reply_text_free(reply_text *text);

#endif
