/* SPDX-License-Identifier: ISC */
/* What the parts of a session share. */
#ifndef SIDEWIRE_WIRESHARK_SESSION_INTERNAL_H
#define SIDEWIRE_WIRESHARK_SESSION_INTERNAL_H

#include "session.h"

#include "watch/queue.h"
#include "watch/stream.h"

enum {
    KEPT_MAX = SW_OBSERVER_KEEP, /* bytes of an end that the observer cannot take yet */
    PART_SIZE = 1 << 20          /* bodies larger than this are shown in parts of this size */
};

/* What came of a message that is not complete. */
typedef struct message {
    int under_way;
    item_kind kind;
    unsigned band;
    uint64_t size;    /* of its body */
    uint64_t offset;  /* of the part in `body`, */
    uint64_t at, end; /* and where that begins in the stream, with the header if it has one, and ends */
    uint32_t frame;   /* of its first byte */
    GByteArray *body;
} message;

/* One end of the connection. Places are counted from the first byte that it sent. */
typedef struct peer {
    stream order;               /* brings its segments into order */
    uint64_t reached;           /* place behind all that is in order */
    queue waiting;              /* what the observer has not taken */
    uint64_t shown_from, shown; /* of what waits these bytes were shown as they came */
    int fed;                    /* bytes of the frame under way were in order */
    int excused;                /* it was said why it cannot be decrypted */
    message message;
} peer;

struct session {
    sw_observer observer;
    unsigned number; /* 0: nothing but a greeting was seen */
    peer peers[2];
    exchange *login, *command; /* NULL: not begun */
    int greeted, challenged;   /* it came */
    agreement *agreed;
    sw_error request_error;              /* of the request as far as it came */
    const char *key;                     /* what the session is decrypted with; of the capture's scope */
    int key_told;                        /* an item has its name */
    int wrong_keys;                      /* those that were known do not fit */
    uint8_t response[SW_SHA256_SIZE];    /* sealed: the client's ephemeral key */
    size_t response_size;                /* 0: not seen */
    unsigned turn;                       /* sealed: which of several lines of the key log is to be tried */
    uint8_t refused[SW_CIPHER_KEY_SIZE]; /* the client's key that does not fit, if there was one */
    uint8_t given[SW_CIPHER_KEY_SIZE];

    /* the frame under way */
    finding *finding;
    uint32_t frame;
    nstime_t time;
    unsigned end;  /* its sender */
    int64_t place; /* of its payload in the stream */
    const uint8_t *payload;
    size_t payload_len;
    GByteArray *text; /* decrypted bytes for it */
};

static inline int is_sealed(const session *s)
{
    return (sw_observer_features(&s->observer) & SW_FEATURES_SEALED) != 0;
}

/* What an end is, or, as long as nobody knows, what it seems to be. */
int role_of(const session *s, unsigned end);

/* ---- items.c ---- */

/* Adds an item of an end, which has no bytes yet. */
item *item_add(session *s, unsigned end, item_kind kind);
/* Its bytes: those of a header, if it has one, and its body. They were made of those of the stream from `at` to
 * `until`. body: NULL if they are those, as far as they are in this frame. */
void item_set_bytes(session *s, unsigned end, item *it, uint64_t at, uint64_t until, const uint8_t *body,
                    size_t len);
/* Its first byte came in that frame. */
void item_set_frame(const session *s, item *it, uint32_t since);

/* It asks, or answers, or belongs to an answer. */
void item_set_exchange(session *s, item *it);

/* ---- events.c ---- */

/* An event of the observer, whose first byte came in frame `since`. */
void take_event(session *s, unsigned end, const sw_observer_event *event, uint32_t since);

/* The user and features of a request; text: as it was sent. Of the capture's scope. */
agreement *agreement_new(const sw_request *request, const uint8_t *text);

/* ---- session_keys.c ---- */

/* A challenge or a response came: perhaps there are keys. */
void keys_for_challenge(session *s, const sw_observer_event *event);
void keys_for_response(session *s, const sw_observer_event *event);
/* What the observer would take for a message of the handshake, if there are keys that belong to it. */
void keys_for_candidate(session *s, unsigned end, const sw_observer_event *event);
void keys_for_noise(session *s, const sw_observer_event *event);
/* Looks into the key log again, for a session that is encrypted still. */
void keys_retry(session *s);
/* Those that were given do not fit. */
void keys_refused(session *s);
/* May bytes of an end wait for keys? */
int keys_may_come(const session *s);

#endif
