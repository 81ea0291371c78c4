/* SPDX-License-Identifier: ISC */
/* The senders, which are simulated: `sender` keeps their state [protocol, section 9.2], `si` shows
 * it, and nothing is sent. */
#ifndef SIDEWIRE_SERVER_SENDERS_H
#define SIDEWIRE_SERVER_SENDERS_H

#include "reply.h"

#include <sidewire/audio.h>

enum { SENDER_ENTRIES_MAX = 256 }; /* of an access list, and of a list of targets */

typedef struct sender_state sender_state;

/* Fields are private to senders.c. */
typedef struct senders {
    const sw_sender_table *table;
    sender_state *states; /* one for each of the table's */
} senders;

/* All are off, without access list and targets. The table is lent until senders_free. 0, or -1
 * without memory. senders_free may follow any result. */
int senders_init(senders *set, const sw_sender_table *table);
void senders_free(senders *set);

/* Runs a whole `sender` command and finishes the reply. Takes no memory but the reply's. */
void senders_command(senders *set, const sw_argument *argv, size_t argc, reply *r);

/* Adds a block of lines for each sender to the reply's packet. All bytes are printable, TAB or LF:
 * the parser lets no others into a host. */
void senders_print(const senders *set, reply *r);

#endif
