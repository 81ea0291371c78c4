/* SPDX-License-Identifier: ISC */
/* All views of a run, as one sink. */
#ifndef SIDEWIRE_DUMP_VIEWS_H
#define SIDEWIRE_DUMP_VIEWS_H

#include "page_file.h"
#include "timepiece.h"
#include "view.h"

#include <stdio.h>

enum { VIEWS_MAX = 3 };

/* What goes to standard output. */
/* clang-format off */
typedef enum view_kind { VIEW_TEXT, VIEW_JSON, VIEW_FOLLOW, VIEW_CONVERSATION, VIEW_STATS,
               VIEW_SESSIONS, VIEW_TABLE_SESSIONS, VIEW_TABLE_PACKETS, VIEW_NONE } view_kind;
/* clang-format on */

/* What is to be shown. */
typedef struct views_wanted {
    view_kind kind;
    int hex, colour; /* of text */
    size_t width;    /* columns that lines of text have to fit into; 0: any */
    int frames;      /* text has the numbers of frames */
    time_format time;
    int without_bodies; /* of JSON */
    int by_session;     /* each in one piece */
    const char *page;   /* path of an HTML page, or NULL */
    const char *folder; /* where contents go to as files, or NULL */
    int in_place;       /* the page cannot be renamed when it is complete */
} views_wanted;

typedef struct views {
    view views[VIEWS_MAX];
    size_t count;
    page_file page;
    event_sink sink;
} views;

/* name: of what is read. 0, or -1 after a message; *out must stay. */
int views_open(views *out, const views_wanted *wanted, const char *name, const sw_crypto *crypto);

/* Do they want bodies whole? */
int views_want_bodies(const views_wanted *wanted);

/* Hands on what waits in buffers. 0, or -1: standard output fails. */
int views_flush(views *out);

/* After the last event. keep_page: there was something to show, so that the page may take the place of
 * another. 0, or -1 after a message. */
int views_close(views *out, int keep_page);

#endif
