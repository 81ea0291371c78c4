/* SPDX-License-Identifier: ISC */
/* Filters as tcpdump has them, pcap-filter(7), for frames from files. */
#ifndef SIDEWIRE_DUMP_EXPRESSION_H
#define SIDEWIRE_DUMP_EXPRESSION_H

#include "input.h"
#include "watch/frame.h"

typedef struct expression expression;

/* text must stay. NULL with the reason in why. */
expression *expression_new(const char *text, char why[CAPTURE_WHY_SIZE]);
void expression_free(expression *e);

/* 1 or 0; -1, with the reason in why: it makes no sense for frames of this link type. */
int expression_matches(expression *e, const frame *in, char why[CAPTURE_WHY_SIZE]);

#endif
