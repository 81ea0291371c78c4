/* SPDX-License-Identifier: ISC */
/* What the files of a connection share: connection.c has its life, connection_io.c its bytes,
 * connection_session.c what they mean. */
#ifndef SIDEWIRE_SERVER_CONNECTION_INTERNAL_H
#define SIDEWIRE_SERVER_CONNECTION_INTERNAL_H

#include "connection.h"

#include "log.h"

/* A line of the log about this connection. */
void connection_log(const connection *c, log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- connection.c ---- */

/* Tells the peer that nothing more comes, and waits for it to close. */
void connection_linger(connection *c);

/* Has the peer been sent everything? */
int connection_has_sent_all(const connection *c);

/* Is there something to write? */
int connection_has_output(const connection *c);

/* Is it the peer's turn to send an upload? */
int connection_is_uploading(const connection *c);

/* ---- connection_io.c ---- */

/* Reads once what is there. */
void connection_read(connection *c);
/* Writes once. Returns whether all there was is gone. */
int connection_write(connection *c);
/* Lends a buffer that fits what the reply has to say, if the session has none that does. */
void connection_lend_tx(connection *c);
/* Takes back what the session does not need now. */
void connection_take_buffers(connection *c);
/* Takes back all, from a session that is over. */
void connection_drop_buffers(connection *c);

/* ---- connection_session.c ---- */

/* Until when there is time at the least rate of uploads, for what has come of one. */
int64_t connection_rate_deadline(const connection *c);

/* Moves the session on as far as it goes, and writes what can be written at once. */
void connection_process(connection *c);

#endif
