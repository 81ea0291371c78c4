/* SPDX-License-Identifier: ISC */
/* What the server keeps of its rights once it has started. */
#ifndef SIDEWIRE_SERVER_HOLD_IN_H
#define SIDEWIRE_SERVER_HOLD_IN_H

#include "server.h"

/* Before there are threads. What the system does not provide for is logged. */
void server_hold_in(const server *s);

#endif
