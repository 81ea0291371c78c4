/* What the bytes of one frame were found to be. It is kept as long as the capture is open: a frame
 * is shown many times and in any order, but its bytes can be decrypted once only. */
#ifndef SIDEWIRE_WIRESHARK_RECORD_H
#define SIDEWIRE_WIRESHARK_RECORD_H

#include <sidewire/handshake.h>

#include <glib.h>

typedef enum from { FROM_CLIENT = 0, FROM_SERVER = 1 } from;

typedef enum item_kind {
    ITEM_GREETING,              /* this, a request and a legacy challenge: all that came so far */
    ITEM_REQUEST,
    ITEM_CHALLENGE,
    ITEM_RESPONSE,
    ITEM_PROCEED,
    ITEM_COMMAND,
    ITEM_DATA,                  /* any other packet; legacy: text, or bytes of an upload */
    ITEM_ENCRYPTED,             /* no key */
    ITEM_BEGUN,                 /* so much came of something that ends in a later frame */
    ITEM_HELD,                  /* waits for bytes that belong before it */
    ITEM_LOST,                  /* bytes that are not in the capture */
    ITEM_UNDECODED              /* behind an error or a loss */
} item_kind;

typedef enum response_check { RESPONSE_UNCHECKED, RESPONSE_RIGHT, RESPONSE_WRONG } response_check;

enum { BAND_NONE = 256 };       /* no band of a packet, which is one byte */

/* Texts are those of the record's scope. */
typedef struct item {
    struct item *next;
    item_kind kind;
    from side;
    unsigned band;              /* BAND_NONE: in no packet, or not known yet */
    uint64_t size;              /* bytes of the whole, without a packet's header */
    uint64_t offset;            /* where this part of it begins; 0: all of it, or the first part.
                                 * ITEM_BEGUN: how much of it came; ITEM_HELD: bytes missing */
    int is_decrypted;           /* lies in the record's text, not in the payload of the frame */
    size_t start;               /* of its bytes, which begin with the header of a packet */
    size_t header;              /* bytes of that; 0: none here */
    size_t len;                 /* bytes of the body behind it */
    uint32_t first_frame;       /* where its first byte came; 0: in this frame */
    response_check response;
    const char *note;           /* name of the key, if one fits; else what is wrong, or NULL */
    sw_error error;
} item;

/* What a session is, as far as that was known when the frame came. */
typedef struct agreement {
    unsigned features;
    const char *user;           /* not NUL-terminated */
    size_t user_len;
    size_t user_offset;         /* in the request */
} agreement;

typedef struct record {
    from side;                  /* who sent the frame */
    const agreement *agreed;    /* NULL: no request has come */
    uint8_t *text;              /* what was decrypted, or put together from several frames */
    size_t text_len;
    item *first, *last;
} record;

#endif
