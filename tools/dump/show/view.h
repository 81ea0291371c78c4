/* SPDX-License-Identifier: ISC */
/* One way to show sessions. Whether writing worked is asked of the file. */
#ifndef SIDEWIRE_DUMP_VIEW_H
#define SIDEWIRE_DUMP_VIEW_H

#include "watch/events.h"

typedef struct view {
    event_sink sink;
    /* Hands all that the events so far have to say to the file. */
    void (*flush)(void *ctx);
    /* After the last event: writes what is left and frees sink.ctx. 0, or -1 after a message. */
    int (*finish)(void *ctx);
} view;

#endif
