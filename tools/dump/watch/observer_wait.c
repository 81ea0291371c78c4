/* What was captured before that which it answers: the two directions may come in odd order. */
#include "observer_items.h"

#include <stdlib.h>
#include <string.h>

enum { WAIT_MAX = 65536 };      /* bytes that are kept meanwhile */

/* Is what this side waits for still to come? For the client that is the challenge, for the server
 * the response. */
static int is_to_come(const observer *o, from who)
{
    side_state other = o->sides[who == FROM_SERVER ? FROM_CLIENT : FROM_SERVER].state;

    return other == SIDE_OPENING || other == SIDE_PROOF ||
           (who == FROM_SERVER && other == SIDE_WAITING);
}

int has_to_wait(const observer *o, from who)
{
    return !o->sides[who].waited && is_to_come(o, who);
}

void wait_begin(observer *o, from who)
{
    side *s = &o->sides[who];

    s->resume = s->state;
    s->state = SIDE_WAITING;
    s->waited = 1;
}

size_t take_waiting(observer *o, from who, int64_t time, const uint8_t *data, size_t len)
{
    side *s = &o->sides[who];

    if (!is_to_come(o, who) || len > WAIT_MAX - s->kept.len) {
        wait_end(o, who);
        return 0;
    }
    item_start(s, time);
    item_add(s, data, len, WAIT_MAX);
    return len;
}

void replay(observer *o, from who, int64_t time, size_t offset)
{
    side *s = &o->sides[who];
    buffer kept = s->kept;

    memset(&s->kept, 0, sizeof(s->kept));
    s->collecting = 0;
    observer_data(o, who, time, kept.data + offset, kept.len - offset);
    free(kept.data);
}

void wait_end(observer *o, from who)
{
    side *s = &o->sides[who];

    if (s->state != SIDE_WAITING)
        return;
    s->state = s->resume;
    if (s->state == SIDE_SEALED)
        begin_encryption(o, who);
    if (s->collecting)
        replay(o, who, s->time, 0);
}
