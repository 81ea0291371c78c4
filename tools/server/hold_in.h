/* SPDX-License-Identifier: ISC */
/* What the server keeps of its rights once it has started. */
#ifndef SIDEWIRE_SERVER_HOLD_IN_H
#define SIDEWIRE_SERVER_HOLD_IN_H

#include "server.h"

/* Before there is a loop: what it is forbidden later it does not begin with. */
void server_expect_hold(const server *s);

/* Before there are threads. What the system does not provide for is logged. */
void server_hold_in(const server *s);

#endif
