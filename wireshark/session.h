/* SPDX-License-Identifier: ISC */
/* A session, followed from its first frame to its last one: the core's observer tells what happens, and its events
 * become records of frames. */
#ifndef SIDEWIRE_WIRESHARK_SESSION_H
#define SIDEWIRE_WIRESHARK_SESSION_H

#include "finding.h"

typedef struct session session;

/* The payload of a TCP segment. */
typedef struct payload {
    uint32_t frame;
    nstime_t time; /* of the frame */
    uint32_t seq;
    const uint8_t *data; /* as captured */
    uint32_t len;
    uint32_t cut; /* bytes behind it that were sent but not captured */
} payload;

/* Belongs to the capture: is freed, its keys wiped, when that is closed. */
session *session_new(void);

/* Another capture begins: sessions are counted from 1 on. */
void sessions_reset(void);

/* Where the bytes of an end (0 or 1, whichever is which) begin, if that is known before they come. */
void session_starts_at(session *s, unsigned end, uint32_t seq);

/* Takes what one end sent. Frames have to come in the order captured, each once. */
finding *session_take(session *s, unsigned end, const payload *in);

#endif
