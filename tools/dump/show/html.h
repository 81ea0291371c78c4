/* SPDX-License-Identifier: ISC */
/* Sessions as one page for a browser, which needs nothing else. The page holds records; its script
 * draws them. All that comes from a capture is in base64 there, so that no byte of it can mean
 * anything to the browser, and the script only ever makes text of it. */
#ifndef SIDEWIRE_DUMP_HTML_H
#define SIDEWIRE_DUMP_HTML_H

#include "timepiece.h"
#include "view.h"

#include <stdio.h>

/* What the page can hold and still be used. It says what it left out. */
enum {
    HTML_PACKETS_MAX = 500000,
    HTML_BODY_MAX = 64 << 10,   /* bytes of a packet */
    HTML_BODIES_MAX = 64 << 20, /* bytes of all packets; when they are used up: */
    HTML_BODY_SHORT = 256       /* bytes of a packet */
};

/* Prints to `out`, which must stay. Bodies should come whole. capture: its name. times: how the page tells
 * them at first. The backend makes the digests by which the page allows its own script and no other. */
view html_view(FILE *out, const char *capture, time_format times, const sw_crypto *crypto);

/* The records alone, a line for each, for a page that is there already. */
view html_records(FILE *out, const char *capture, time_format times);

#endif
