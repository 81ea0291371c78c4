/* SPDX-License-Identifier: ISC */
/* Colours of a terminal, a few of its own sixteen, so that they suit its background. */
#ifndef SIDEWIRE_DUMP_COLOUR_H
#define SIDEWIRE_DUMP_COLOUR_H

#include "writer.h"

typedef enum colour {
    COLOUR_NONE,
    COLOUR_HEADER,
    COLOUR_FAINT,
    COLOUR_CLIENT,
    COLOUR_SERVER,
    COLOUR_WARNING,
    COLOUR_ERROR
} colour;

/* Is the file a terminal that shows colours, and NO_COLOR not set? */
int colour_wanted(FILE *out);

/* From here on; COLOUR_NONE ends a colour and is what put_colour(w, c) has to be followed by. */
void put_colour(writer *w, colour c);

#endif
