/* SPDX-License-Identifier: ISC */
/* What `stat` prints each time [protocol, section 10]. */
#ifndef SIDEWIRE_SERVER_STATUS_ROUND_H
#define SIDEWIRE_SERVER_STATUS_ROUND_H

#include "playback.h"
#include "reply.h"

/* Adds all items to the reply's packet. now: ms of server_clock. */
void status_round_print(const playback *p, sw_status_form form, int64_t now, reply *r);

#endif
