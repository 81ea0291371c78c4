/* SPDX-License-Identifier: ISC */
/* Who was refused, and told so: their sockets stay open for a moment. If one were closed while bytes of the
 * peer are unread, TCP would throw away what the peer has not read yet, which is the reason. */
#ifndef SIDEWIRE_SERVER_REFUSALS_H
#define SIDEWIRE_SERVER_REFUSALS_H

#include <uv.h>

enum {
    REFUSALS_MAX = 16, /* at once; the oldest goes for a newer one */
    REFUSAL_MS = 1000
};

typedef struct refused_peer {
    int fd;
    int64_t until; /* ms */
} refused_peer;

typedef struct refusals {
    refused_peer waiting[REFUSALS_MAX]; /* in the order they came, from `first` on, round and round */
    size_t first, count;
    uv_timer_t timer; /* until the oldest one goes */
} refusals;

void refusals_init(refusals *r, uv_loop_t *loop);
/* Sends the text as far as there is room, and takes the socket, which does not block. */
void refusals_add(refusals *r, int fd, const char *text);
/* Closes them all. */
void refusals_end(refusals *r);

#endif
