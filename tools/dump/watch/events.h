/* SPDX-License-Identifier: ISC */
/* What is seen of sessions, for whoever shows it. Pointers are valid during the call only. */
#ifndef SIDEWIRE_DUMP_EVENTS_H
#define SIDEWIRE_DUMP_EVENTS_H

#include "flows.h"

#include <sidewire/command.h>
#include <sidewire/handshake.h>
#include <sidewire/ssh.h>

typedef enum challenge_state {
    CHALLENGE_NONE,       /* none was seen, or not all of it */
    CHALLENGE_UNOPENED,   /* no key opens it; sealed: nor is the session in the key log */
    CHALLENGE_WRONG_KEYS, /* there were keys, but what they decrypt makes no sense */
    CHALLENGE_OPENED,
    CHALLENGE_KEYLOG /* the session's keys are in the key log; known from the response
                                 * on, or from the client's first message in a sealed one */
} challenge_state;

typedef struct session_info {
    uint64_t number; /* from 1 on, in the order of the first lines shown */
    connection about;
    int request_seen; /* user and features are known, or, of a sealed session, the features */
    const char *user; /* not NUL-terminated; sealed: known when its record is opened, else NULL */
    size_t user_len;
    unsigned features;    /* SW_FEATURE_* requested; without sideband: legacy. If the request was not seen: those
                                 * that the session seems to have */
    sw_key_type user_key; /* sealed: of the user; SW_KEY_NONE: not known */
    char fingerprint[SW_FINGERPRINT_SIZE + 1]; /* of that key, or empty */
    challenge_state challenge;
    size_t keys;        /* how many were tried */
    const char *key;    /* name of the one that opens the challenge, or of the key log, or
                                 * NULL */
    const char *keylog; /* name of the key log there is to look into, or NULL */
} session_info;

typedef enum item_kind {
    ITEM_GREETING,
    ITEM_REQUEST,
    ITEM_CHALLENGE,
    ITEM_RESPONSE, /* sealed: what proves the user */
    ITEM_NOISE,    /* sealed: a message of the handshake */
    ITEM_PROCEED,
    ITEM_COMMAND,
    ITEM_DATA,      /* any other packet; legacy: a run of text. If whole bodies are
                                 * wanted, it comes in parts when it is large or has a hole */
    ITEM_RECORD,    /* sealed: a record that was not opened: for want of keys, or it is damaged or not
                                 * whole; size: all of it behind its header */
    ITEM_ENCRYPTED, /* all that was passed over for want of a key */
    ITEM_LOST,      /* not in the capture. Of a body that goes on behind it: comes
                                 * before the item of that, or between its parts; offset is its
                                 * place there. Else what follows cannot be decoded, except for
                                 * legacy text. Sealed: also what lay in records that did not open */
    ITEM_UNDECODED  /* all that was passed over behind an error or a loss */
} item_kind;

enum { BAND_NONE = SW_BAND_COUNT };

typedef enum response_check { RESPONSE_UNCHECKED, RESPONSE_RIGHT, RESPONSE_WRONG } response_check;

typedef struct item {
    item_kind kind;
    from side;
    int64_t time;        /* of its first byte */
    uint64_t frame;      /* that it came in, in its file; 0: not known */
    unsigned band;       /* of a sideband packet; BAND_NONE for all else */
    uint64_t number;     /* ITEM_RECORD: of the record in its direction, from 0 on */
    uint64_t size;       /* bytes of the whole, without a packet's header; of a part of a run
                                 * of text: of what came so far */
    uint64_t came;       /* how many of them came, so far if there are more parts; less than
                                 * size: broken off, or with a hole */
    const uint8_t *body; /* the first of them, up to a hole; of a part: all of them, from
                                 * offset on */
    size_t body_len;
    uint64_t offset;         /* where a part lies in the whole; 0: the first, or no parts */
    int more;                /* another part of the same body follows */
    int resumed;             /* ITEM_UNDECODED: decoding goes on behind it */
    const sw_argument *argv; /* ITEM_COMMAND, unless error */
    sw_command_info arguments;
    response_check response; /* ITEM_RESPONSE */
    sw_error error;          /* ITEM_COMMAND, ITEM_REQUEST, ITEM_RECORD, ITEM_UNDECODED: what is wrong */
} item;

/* How far a session came. */
typedef enum stage {
    STAGE_GREETED,
    STAGE_REQUESTED,
    STAGE_CHALLENGED,
    STAGE_ANSWERED, /* the response was sent */
    STAGE_ENCRYPTED /* the server answered it */
} stage;

typedef struct outcome {
    int64_t time;
    stage stage;
    flow_end how;
    from closer;           /* who closed first */
    from breaker;          /* who broke it off, if `how` is FLOW_RESET */
    int exit_status;       /* 0, 1, or -1: not seen */
    int refused;           /* sealed: the server did not let the user in */
    uint64_t records[2];   /* sealed: of each side that were seen */
    uint64_t rekeyed[2];   /* and how often a new key was used for them */
    uint64_t lost[2];      /* bytes of each side that are not in the capture */
    int unseen[2];         /* nothing of this side is in it, but something should be */
    uint64_t conflicts[2]; /* segments of each side that repeat bytes differently; the first
                                 * copy of them counts */
    uint64_t misplaced[2]; /* segments of each side that were passed over, as they are not where
                                 * the stream is */
    sw_error error[2];     /* first error in what each side sent; SW_OK: none */
    int damaged;           /* not everything could be decoded, for another reason than a key */
} outcome;

/* Whoever shows it. begin comes before all items of a session, end after them. */
typedef struct event_sink {
    void *ctx;
    void (*begin)(void *ctx, const session_info *info);
    void (*item)(void *ctx, const session_info *info, const item *what);
    void (*end)(void *ctx, const session_info *info, const outcome *how);
} event_sink;

#endif
