/* SPDX-License-Identifier: ISC */
/* What there is to say of a session on one line. */
#ifndef SIDEWIRE_DUMP_SUMMARY_H
#define SIDEWIRE_DUMP_SUMMARY_H

#include "watch/events.h"

enum { SUMMARY_COMMAND_MAX = 400, SUMMARY_ID_SIZE = 192 };

typedef struct summary {
    uint64_t number; /* comes first: what the tree is searched by */
    size_t command_len;
    char command[SUMMARY_COMMAND_MAX]; /* its arguments, with blanks between them; or their beginning */
    uint64_t packets[2], bytes[2];     /* by `from`; of messages */
    uint64_t items;                    /* packets, and what is told of in place of one */
} summary;

/* Of the sessions that are open. Zero it. */
typedef struct summaries {
    void *tree;
} summaries;

summary *summary_begin(summaries *all, const session_info *info);
void summary_item(summaries *all, const session_info *info, const item *what);
/* Frees it; to be copied before. */
summary summary_end(summaries *all, const session_info *info);

/* A name for the session that no other has, in whatever capture: when it began, and between whom. */
void summary_id(const session_info *info, char out[SUMMARY_ID_SIZE]);

#endif
