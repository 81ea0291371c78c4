/* What the parts of the observer share. */
#ifndef SIDEWIRE_DUMP_OBSERVER_INTERNAL_H
#define SIDEWIRE_DUMP_OBSERVER_INTERNAL_H

#include "observer.h"

enum { PREVIEW_MAX = 256 };     /* bytes kept of a body that nothing depends on */

typedef enum side_state {
    SIDE_OPENING,               /* greeting; request */
    SIDE_PROOF,                 /* challenge; response */
    SIDE_PACKETS,               /* sideband packets, decrypted */
    SIDE_TEXT,                  /* legacy text, decrypted */
    SIDE_SEALED,                /* encrypted, no key */
    SIDE_BROKEN                 /* cannot be followed any more */
} side_state;

typedef struct buffer {
    uint8_t *data;
    size_t len, cap;
} buffer;

/* One direction. */
typedef struct side {
    side_state state;
    sw_decoder decoder;
    sw_cipher cipher;

    int collecting;             /* an item has begun */
    int64_t time;               /* of its first byte */
    unsigned band;
    uint64_t size, came;        /* its bytes; size is known for packets */
    buffer kept;                /* the first of them */
    int64_t last;               /* time of the latest byte */
    int heard;                  /* there was one */
    int greeted;                /* PROCEED has come; legacy client: the command */

    uint64_t passed;            /* bytes not decoded */
    int64_t passed_time;
    uint64_t lost;              /* bytes not in the capture */
    int64_t lost_time;
    sw_error error;
} side;

struct observer {
    observer_setup *setup;
    session_info info;
    side sides[2];
    int begun;                  /* it is a session, and was shown */
    int rejected;               /* it is none */
    int featured;               /* a whole greeting with features was seen: it is one */
    sw_greeting greeting;
    buffer greeting_text;
    int64_t greeting_time;
    char *user;
    sw_challenge challenge;     /* once it is open */
    stage stage;
    int exit_status;
    int has_closer;             /* one side has closed */
    from closer;
};

/* ---- observer.c ---- */

void buffer_add(buffer *b, const uint8_t *data, size_t n, size_t max);

/* Starts collecting an item, unless one has begun. */
void item_start(side *s, int64_t time);
/* Adds n bytes to it, of which the first ones up to `max` are kept. */
void item_add(side *s, const uint8_t *data, size_t n, size_t max);
/* What was collected so far, as an item. */
item item_collected(const side *s, from who, item_kind kind);
/* Shows an item that was collected, and is ready for the next one. */
void item_show(observer *o, item *what);

void show_greeting(observer *o);
/* Shows the session, its greeting, and what was lost of it so far. */
void session_begin(observer *o);

/* This side cannot be followed any more. */
void side_break(observer *o, from who, sw_error error);

/* ---- observer_handshake.c: each takes bytes and says how many ---- */

size_t take_greeting(observer *o, int64_t time, const uint8_t *data, size_t len);
size_t take_request(observer *o, int64_t time, const uint8_t *data, size_t len);
size_t take_proof(observer *o, from who, int64_t time, uint8_t *data, size_t len);

/* Puts what was collected aside as the greeting, or shows it if the session has begun. */
void greeting_keep(observer *o);
/* Does what the client sent so far begin as a request does? */
int request_begun(const observer *o);
/* The server's answer came, or nothing comes any more: what the client sent is the request. */
void request_end(observer *o);
/* A packet of the handshake is complete. */
void proof_complete(observer *o, from who);
/* Legacy: the challenge ends here, for want of a better sign. */
void challenge_end(observer *o);

/* ---- observer_traffic.c ---- */

size_t take_packets(observer *o, from who, int64_t time, uint8_t *data, size_t len);
size_t take_text(observer *o, from who, int64_t time, uint8_t *data, size_t len);

/* Shows what is incomplete where the stream ends or bytes are lost, and says what is wrong
 * with it. */
sw_error show_unfinished(observer *o, from who);
/* Legacy: shows the run of text collected, as something else follows. */
void text_end_run(observer *o, from who);

#endif
