/* What the parts of a session share. */
#ifndef SIDEWIRE_WIRESHARK_SESSION_INTERNAL_H
#define SIDEWIRE_WIRESHARK_SESSION_INTERNAL_H

#include "session.h"

#include "watch/stream.h"

/* Bytes of one side that wait for the other to be seen first. */
enum { EARLY_MAX = SW_HEADER_SIZE + SW_CHALLENGE_MAX };

/* Bodies larger than this are shown in parts of this size. */
enum { PART_SIZE = 1 << 20 };

/* A client's first bytes are judged by their prefix once there are so many. */
enum { REQUEST_DECIDED = 16 };

enum { NO_PLACE = -1 };

typedef enum side_state {
    SIDE_OPENING,               /* greeting; request */
    SIDE_PROOF,                 /* challenge; response */
    SIDE_WAITING,               /* server: the key log may know the response that is to come */
    SIDE_PACKETS,               /* sideband packets, decrypted */
    SIDE_TEXT,                  /* legacy text, decrypted */
    SIDE_SEALED,                /* encrypted, no key */
    SIDE_BROKEN                 /* cannot be followed any more */
} side_state;

typedef struct side {
    side_state state;
    stream order;               /* brings its segments into order */
    int heard;                  /* bytes of it came */
    int fed;                    /* in the frame under way, too */
    int excused;                /* it was said why it cannot be decrypted */

    GByteArray *input;          /* in order, but not yet understood */
    guint used;                 /* bytes of it that are done with */
    int64_t place;              /* of the first of the others in the frame's payload, or NO_PLACE */

    sw_decoder decoder;
    sw_cipher cipher;
    int greeted;                /* PROCEED has come; legacy client: the command */

    GByteArray *kept;           /* what has come of something that is not complete */
    int64_t kept_place;         /* as place */
    uint32_t kept_frame;        /* of its first byte */
    guint shown;                /* bytes of it that were shown, though more may follow */
    unsigned band;              /* of a packet whose header is complete */
    uint32_t size, offset;      /* of its body; of the part that is kept */
} side;

struct session {
    side sides[2];
    sw_greeting greeting;
    agreement *agreed;
    sw_error request_error;     /* of the request as far as it came */
    sw_secrets challenge;
    int opened;                 /* its keys are known */

    record *record;             /* of the frame under way, whose number is: */
    uint32_t frame;
    GByteArray *text;           /* decrypted bytes for it */
};

/* ---- session.c ---- */

/* The input. */
uint8_t *input_bytes(const side *s, size_t *len);
void input_skip(side *s, size_t n);

/* Forgets what is kept, and is ready to keep something that begins with the next byte of the input.
 * is_clear: it can be shown where it lies in the frame. */
void kept_start(const session *s, side *of, int is_clear);
/* Keeps the next n bytes of the input. */
void kept_take(side *s, size_t n);

/* Adds an item, which has no bytes yet. */
item *item_add(session *s, from who, item_kind kind);
/* Its bytes are all that is kept, or the next n of the input. */
void item_set_kept(session *s, item *it, side *of);
void item_set_input(session *s, item *it, const side *of, size_t n);

/* This side cannot be followed any more. error and note tell why, and may be
 * NULL. */
void side_break(session *s, from who, const sw_error *error, const char *note);

/* ---- session_handshake.c, session_traffic.c: each takes from the input of a side that has some.
 * 1: something was done; 0: nothing can be done before the other side goes on ---- */

int take_greeting(session *s);
int take_request(session *s);
int take_challenge(session *s);
int take_response(session *s);
int take_packets(session *s, from who);
int take_text(session *s, from who);

/* A packet of the handshake is complete: it is what is kept. */
void proof_complete(session *s, from who);

/* Its bytes are all that is kept; in a sideband session they are of a packet. */
void packet_set_kept(session *s, item *it, side *of);

/* What the side sends from here on is encrypted. */
void begin_encryption(session *s, from who);

#endif
