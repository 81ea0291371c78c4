/* SPDX-License-Identifier: ISC */
/* What the bytes of one frame were found to be. It is kept as long as the capture is open: a frame
 * is shown many times and in any order, but its bytes can be decrypted once only. */
#ifndef SIDEWIRE_WIRESHARK_FINDING_H
#define SIDEWIRE_WIRESHARK_FINDING_H

#include <sidewire/observer.h>

#include <wsutil/nstime.h>

#include <glib.h>

typedef enum item_kind {
    ITEM_GREETING, /* this, a request and a legacy challenge: all that came so far */
    ITEM_REQUEST,
    ITEM_CHALLENGE,
    ITEM_RESPONSE,
    ITEM_NOISE, /* sealed: a message of the handshake */
    ITEM_PROOF, /* sealed: what proves the user */
    ITEM_PROCEED,
    ITEM_COMMAND,
    ITEM_DATA,      /* any other packet; legacy: text, or bytes of an upload */
    ITEM_RECORD,    /* sealed: a record; what is in it has items of its own */
    ITEM_ENCRYPTED, /* no key */
    ITEM_BEGUN,     /* so much came of something that ends in a later frame */
    ITEM_HELD,      /* waits for bytes that belong before it */
    ITEM_LOST,      /* bytes that are not in the capture */
    ITEM_UNDECODED, /* damaged, or behind damage or a loss */
    ITEM_RESUMED    /* behind that decoding goes on here */
} item_kind;

enum { BAND_NONE = 256 }; /* no band of a packet, which is one byte */

/* A question and its answer: request and PROCEED, command and exit packet. What is not known yet is 0. */
typedef struct exchange {
    uint32_t asked, answered; /* frames */
    nstime_t asked_time, answered_time;
} exchange;

/* Bytes of it lie in the payload of the frame, or, decrypted or put together, in the finding's text. Texts are
 * those of the finding's scope. */
typedef struct item {
    struct item *next;
    item_kind kind;
    int side;             /* SW_FROM_CLIENT, SW_FROM_SERVER */
    unsigned band;        /* BAND_NONE: in no packet, or not known yet */
    uint64_t size;        /* bytes of the whole, without a packet's header */
    uint64_t offset;      /* where this part of it begins; 0: all of it, or the first part.
                                 * ITEM_BEGUN: how much of it came; ITEM_HELD: bytes missing */
    size_t came_at, came; /* bytes of the payload that it was made from; none if it is of
                                 * other frames */
    int in_text;
    size_t start;             /* of its bytes, which begin with the header of a packet */
    size_t header;            /* bytes of that; 0: none here */
    size_t len;               /* bytes of the body behind it */
    uint32_t first_frame;     /* where its first byte came; 0: in this frame */
    sw_verdict verdict;       /* ITEM_RESPONSE */
    int wrong_keys;           /* ITEM_ENCRYPTED: there were keys, but they do not fit */
    uint64_t number;          /* ITEM_RECORD: from 0 on in its direction */
    int opened, rekeyed;      /* ITEM_RECORD; rekeyed: the first under another key */
    int quiet;                /* other items tell of it, so the column does not */
    int sure;                 /* ITEM_RESUMED */
    int in_message;           /* ITEM_LOST: of one that goes on */
    const exchange *exchange; /* that it belongs to, or NULL */
    int answers;              /* it is the answer of that */
    int awaits_keys;          /* ITEM_HELD: for these, and nothing else */
    const char *note;         /* name of the key, if one fits; else what is wrong, or NULL */
    sw_error error;
} item;

/* What a session is, as far as that was known when the frame came. */
typedef struct agreement {
    unsigned features;
    const char *user; /* not NUL-terminated; NULL: sealed, and not known */
    size_t user_len;
    size_t user_offset; /* in the request */
} agreement;

typedef struct finding {
    int side;                /* who sent the frame, as far as is known */
    unsigned session;        /* from 1 on, as sidewire-dump counts; 0: not known yet */
    const agreement *agreed; /* NULL: no request has come */
    uint8_t *text;           /* what was decrypted, or put together from several frames */
    size_t text_len;
    int conflicts; /* it repeats bytes that came before, but differently */
    item *first, *last;
} finding;

#endif
