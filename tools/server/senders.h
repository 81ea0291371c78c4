/* The senders, which are simulated: `sender` keeps their state [protocol, section 9.2], `si` shows
 * it, and nothing is sent. */
#ifndef SIDEWIRE_SERVER_SENDERS_H
#define SIDEWIRE_SERVER_SENDERS_H

#include "reply.h"

#include <sidewire/audio.h>

enum { SENDER_ENTRIES_MAX = 256 };   /* of an access list, and of a list of targets */

struct sender_state;

/* Fields are private to senders.c. */
struct senders {
    const sw_sender_table *table;
    struct sender_state *states; /* one for each of the table's */
};

/* All are off, without access list and targets. The table is lent until senders_free. 0, or -1
 * without memory. senders_free may follow any result. */
int senders_init(struct senders *senders, const sw_sender_table *table);
void senders_free(struct senders *senders);

/* Runs a whole `sender` command and finishes the reply. Takes no memory but the reply's. */
void senders_command(struct senders *senders, const sw_argument *argv, size_t argc,
                     struct reply *reply);

/* Adds a block of lines for each sender to the reply's packet. All bytes are printable, TAB or LF:
 * the parser lets no others into a host. */
void senders_print(const struct senders *senders, struct reply *reply);

#endif
