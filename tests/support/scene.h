/* SPDX-License-Identifier: ISC */
/* A session as a capture hands it on, and what is told of it, as numbers. Either end may be the client's. */
#ifndef SIDEWIRE_TESTS_SCENE_H
#define SIDEWIRE_TESTS_SCENE_H

#include "watched.h"

enum { ITEMS_MAX = 32 };

typedef struct seen {
    outcome end;
    session_info info;
    int ends, items;
    struct {
        item_kind kind;
        from side;
        int64_t time;
        uint64_t frame, came;
    } item[ITEMS_MAX];
} seen;

typedef struct scene {
    watched w;
    event_sink sink;
    seen seen;
    flow_watcher watcher;
    int swapped; /* who was taken for the client is the server */
} scene;

/* swapped: who was taken for the client is the server. */
void scene_open(scene *s, unsigned features, int swapped);
/* Tells that it is over, at time 99; what is told then. The rest is for watched_close. */
const outcome *scene_end(scene *s, flow_end how, from breaker);

/* The end of the connection that is this side. */
from scene_end_of(const scene *s, from side);
/* Feeds a side up to there, at a time that is also the frame's number. */
void scene_feed(scene *s, from side, size_t until, int64_t time);
/* Feeds greeting, request, challenge and response, at times 1 to 4; then all the rest, the server's at 5, the client's at 6. */
void scene_handshake(scene *s);
void scene_rest(scene *s);

#endif
