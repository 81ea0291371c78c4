/* What the parts of the observer share. */
#ifndef SIDEWIRE_DUMP_OBSERVER_INTERNAL_H
#define SIDEWIRE_DUMP_OBSERVER_INTERNAL_H

#include "observer.h"

enum {
    PREVIEW_MAX = 256,          /* bytes kept of a body that nothing depends on */
    PART_MAX = 256 << 10        /* of one that is wanted whole: then they are shown */
};

typedef enum side_state {
    SIDE_OPENING,               /* greeting; request */
    SIDE_PROOF,                 /* challenge; response */
    SIDE_WAITING,               /* for what the other side is known to have said before */
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
    side_state resume;          /* what follows SIDE_WAITING */
    int waited;                 /* once is enough */
    sw_decoder decoder;
    sw_cipher cipher;

    int collecting;             /* an item has begun */
    int64_t time;               /* of its first byte */
    unsigned band;
    uint64_t size, came;        /* its bytes; size is known for packets */
    uint64_t missing;           /* bytes of it that are not in the capture */
    buffer kept;                /* the first of them; if it is shown in parts, the latest */
    int parts;                  /* a part of it was shown */
    int64_t last;               /* time of the latest byte */
    int heard;                  /* there was one */
    int greeted;                /* PROCEED has come; legacy client: the command */

    uint64_t passed;            /* bytes not decoded */
    int64_t passed_time;
    uint64_t lost;              /* bytes not in the capture */
    int64_t lost_time;
    uint64_t conflicts, misplaced;
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
    sw_secrets challenge;     /* once it is open */
    stage stage;
    int exit_status;
    int has_closer;             /* one side has closed */
    from closer;
};

/* ---- observer.c ---- */

/* Shows the session, its greeting, and what was lost of it so far. */
void session_begin(observer *o);

/* This side cannot be followed any more. */
void side_break(observer *o, from who, sw_error error);

/* ---- observer_hole.c ---- */

/* n bytes are missing. If they lie inside of something of known size, its bytes behind them can
 * still be decoded: 1. Else 0, and nothing was done. */
int cross_hole(observer *o, from who, int64_t time, uint64_t n);

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
/* Legacy: what the client sends is the response. */
void response_begin(observer *o, int64_t time);
void response_complete(observer *o);

/* ---- observer_keys.c ---- */

/* Which key opens the block? All that have its size are tried. */
int open_challenge(observer *o, const buffer *block);
/* Unless the keys are known, looks for the response in the key log. */
void open_by_response(observer *o, const buffer *response);
/* The next size at which a key of ours might fit. */
size_t next_key_size(const observer *o, size_t have);
/* What this side sends from here on is encrypted. */
void begin_encryption(observer *o, from who);

/* ---- observer_wait.c ---- */

/* Is it worth it to keep what this side sends until more of the other side is seen? */
int has_to_wait(const observer *o, from who);
void wait_begin(observer *o, from who);
size_t take_waiting(observer *o, from who, int64_t time, const uint8_t *data, size_t len);
/* If it waits: it does so no more, and what was kept is taken. */
void wait_end(observer *o, from who);
/* Feeds bytes of a side that were kept, from an offset on, once it is known what they are. */
void replay(observer *o, from who, int64_t time, size_t offset);

/* ---- observer_traffic.c ---- */

size_t take_packets(observer *o, from who, int64_t time, uint8_t *data, size_t len);
size_t take_encrypted(observer *o, from who, int64_t time, uint8_t *data, size_t len);
size_t take_text(observer *o, from who, int64_t time, uint8_t *data, size_t len);

/* Counts bytes as not decoded and gives up this side. */
void side_fail(observer *o, from who, size_t n, sw_error error);
/* The beginning of a packet's body: 1, or 0 if there can be no such packet here. */
int packet_begin(observer *o, from who, const sw_chunk *chunk);
void packet_complete(observer *o, from who);

/* Shows what is incomplete where the stream ends or bytes are lost, and says what is wrong
 * with it. */
sw_error show_unfinished(observer *o, from who);
/* Legacy: shows the run of text collected, as something else follows. */
void text_end_run(observer *o, from who);

#endif
