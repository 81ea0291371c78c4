/* SPDX-License-Identifier: ISC */
/* Sessions as lines of text. */
#ifndef SIDEWIRE_DUMP_TEXT_H
#define SIDEWIRE_DUMP_TEXT_H

#include "describe.h"
#include "timepiece.h"
#include "view.h"

#include <stdio.h>

typedef struct text_style {
    int colour; /* see colour_wanted */
    int hex;    /* bodies in hex too; they should come whole */
    int frames; /* their numbers, as Wireshark has them */
    time_format time;
    size_t width; /* columns that lines have to fit into; 0: any */
} text_style;

/* Prints to `out`, which must stay. */
view text_view(FILE *out, text_style style);

#endif
