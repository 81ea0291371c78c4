/* A session, followed from its first frame to its last one [protocol, sections 2 to 9]. */
#ifndef SIDEWIRE_WIRESHARK_SESSION_H
#define SIDEWIRE_WIRESHARK_SESSION_H

#include "record.h"

typedef struct session session;

/* The payload of a TCP segment. */
typedef struct payload {
    uint32_t frame;
    uint32_t seq;
    const uint8_t *data;        /* as captured */
    uint32_t len;
    uint32_t cut;               /* bytes behind it that were sent but not captured */
} payload;

/* Belongs to the capture: is freed, its keys wiped, when that is closed. */
session *session_new(void);

/* Where the bytes of a side begin, if that is known before they come. */
void session_starts_at(session *s, from side, uint32_t seq);

/* Takes what one side sent. Frames have to come in the order captured, each once. */
record *session_take(session *s, from side, const payload *in);

/* ---- how sessions are recognised ---- */

/* Are these the first bytes that a server sends? */
int is_greeting(const uint8_t *data, size_t len);
/* Are these the first bytes that a client sends? */
int is_request(const uint8_t *data, size_t len);

#endif
