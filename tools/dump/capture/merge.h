/* SPDX-License-Identifier: ISC */
/* The frames of several sources as one, by their time. */
#ifndef SIDEWIRE_DUMP_MERGE_H
#define SIDEWIRE_DUMP_MERGE_H

#include "source.h"

typedef struct merge merge;

merge *merge_new(void);

/* Closes them all. */
void merge_free(merge *m);

/* Before the first merge_next. The source is the merge's from here on; name is for messages, and must
 * stay. */
void merge_add(merge *m, const source *one, const char *name);

/* As of a source. Where one is damaged, the others go on; this is told when all are over. Of frames with
 * the same time, those of the source that was added first come first. */
int merge_next(merge *m, frame *out, char why[CAPTURE_WHY_SIZE]);

uint64_t merge_dropped(merge *m);

/* Of the only source, else -1. */
int merge_descriptor(const merge *m);

#endif
