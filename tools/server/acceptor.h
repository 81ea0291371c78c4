/* SPDX-License-Identifier: ISC */
/* Taking connections from the listening sockets. */
#ifndef SIDEWIRE_SERVER_ACCEPTOR_H
#define SIDEWIRE_SERVER_ACCEPTOR_H

#include "server.h"

/* Takes over the listening sockets in s->listener_fds[0..listener_count), and accepts from then on. 0,
 * or an error of uv. */
int acceptor_start(server *s);

/* Closes them. */
void acceptor_stop(server *s);

#endif
