/* SPDX-License-Identifier: ISC */
/* What a reply of the server is to a client: read at the other end of a session. */
#ifndef SIDEWIRE_TESTS_REPLY_READER_H
#define SIDEWIRE_TESTS_REPLY_READER_H

#include "reply.h"

typedef struct connection connection;

typedef struct reply_text {
    char *output, *errors; /* all of OUTPUT, all of ERROR_LOG; other bands fail the test */
    int status;
} reply_text;

/* Sends a reply to its end, and frees it. What is not finished yet is resumed, by the connection's
 * task, each time that all before is gone; a finished one needs no connection. */
reply_text reply_read(reply *r, connection *c);
void reply_text_free(reply_text *text);

#endif
