/* SPDX-License-Identifier: ISC */
/* A finding on its way to the screen. */
#ifndef SIDEWIRE_WIRESHARK_VIEW_H
#define SIDEWIRE_WIRESHARK_VIEW_H

#include "finding.h"

#include <sidewire/command.h>

#include <epan/packet.h>

typedef struct view {
    const finding *finding;
    packet_info *pinfo;
    tvbuff_t *payload; /* what the finding was made from */
    tvbuff_t *text;    /* the finding's own; NULL: it has none */
} view;

/* Where an item lies. */
tvbuff_t *view_bytes(const view *v, const item *it);
/* Its bytes without the header. */
const guint8 *view_body(const view *v, const item *it);

/* The arguments of a command, which are in *argv. */
sw_error view_command(const view *v, const item *it, sw_argument **argv, sw_command_info *arguments);

/* Content of a session: bytes of output, logs and uploads. */
int view_is_content(const item *it);
int view_is_log(const item *it);

/* The first words of a command, in one line; "" if it is damaged. */
const char *view_words(const view *v, const item *it);

/* `OUTPUT 213 bytes`, and the first words of a text, without control characters. */
const char *view_summary(const view *v, const item *it);

#endif
