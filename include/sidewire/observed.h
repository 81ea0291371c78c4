/* SPDX-License-Identifier: ISC */
/* What an observer of sessions tells (observer.h): which events there are, and what is in them. */
#ifndef SIDEWIRE_OBSERVED_H
#define SIDEWIRE_OBSERVED_H

#include <sidewire/messages.h>

SW_BEGIN_DECLS

enum { SW_FROM_CLIENT = 0, SW_FROM_SERVER = 1 };

typedef enum sw_observed {
    SW_OBSERVED_GREETING = 1, /* data: all of it, or what there is of it */
    SW_OBSERVED_REQUEST,      /* data: all of it, with its end mark if there is one; request, or error. That of a
                                  * sealed session names no user; its features are the suite and sideband */
    SW_OBSERVED_NOISE,      /* sealed: a message of the handshake. That of the client begins with the ephemeral key
                                  * by which key logs name sessions; answer with keys if they are known */
    SW_OBSERVED_CHALLENGE,  /* a message; answer with keys if one opens it (sw_observer_open) */
    SW_OBSERVED_RESPONSE,   /* a message; answer with keys if none were known before */
    SW_OBSERVED_PROCEED,    /* legacy: its text */
    SW_OBSERVED_COMMAND,    /* legacy: all of it, or, if not `last`, what there is of it */
    SW_OBSERVED_PACKET,     /* a message of an encrypted sideband session, PROCEED and COMMAND too, and in a sealed
                                  * one CHALLENGE_RESPONSE (sw_ssh_proof_read) */
    SW_OBSERVED_RECORD,     /* sealed: a record begins here; size: the n of its header. opened: its text follows as
                                  * packets. Else for want of keys; or error: what is wrong with it; or bytes of it are
                                  * missing; what is left of it follows as ENCRYPTED or UNDECODED. in_message: the message
                                  * that is under way goes on behind it, without `missing` bytes of its body from
                                  * byte `offset` on, which were in it */
    SW_OBSERVED_TEXT,       /* legacy: output, or bytes of an upload */
    SW_OBSERVED_WRONG_KEYS, /* the keys given do not fit what is decrypted with them, and are forgotten. No byte
                                  * was taken. Others may be given, now or later */
    SW_OBSERVED_ENCRYPTED,  /* len bytes passed over for want of keys */
    SW_OBSERVED_LOST,       /* `missing` bytes were missing here. in_message: the message that is under way goes on
                                  * behind them, from byte `offset` + `missing` of its body on. Sealed: whether one
                                  * goes on is told by RECORD or RESUMED */
    SW_OBSERVED_UNDECODED,  /* len bytes passed over behind damage or a hole. data: as far as they could be
                                  * decrypted, or NULL. error: what is wrong with the first of them, if anything is.
                                  * Sealed, in_message: the message that is under way goes on behind them */
    SW_OBSERVED_RESUMED,    /* decoding goes on here with a header that fits; sure: and so does the next. Sealed:
                                  * or with a record that opens; in_message as with RECORD */
    SW_OBSERVED_CANDIDATE /* nothing says that this is a session, but for what this end begins with, which may be a
                                  * message of the handshake: of the band CHALLENGE or CHALLENGE_RESPONSE, with a body of
                                  * `size` bytes, or, SW_BAND_ANY, one of legacy mode. data: all that is there, header
                                  * and what follows, too; none of it is taken. Keys that belong to it make a session of
                                  * it (sw_observer_believe), and nothing else does. Once for each end */
} sw_observed;

typedef enum sw_verdict {
    SW_VERDICT_UNKNOWN, /* no keys, or not all of the response is there */
    SW_VERDICT_RIGHT,
    SW_VERDICT_WRONG
} sw_verdict;

/* A message (NOISE, CHALLENGE, RESPONSE, PACKET) comes in one event or in several, `first` to `last`. Those of the handshake
 * come in one unless bytes are missing. */
typedef struct sw_observer_event {
    sw_observed kind;
    int side;            /* SW_FROM_CLIENT, SW_FROM_SERVER */
    uint64_t at;         /* place of data[0] in what this end sent, of the hole, or of the header */
    uint64_t message_at; /* where the message begins: its header, if it has one, else its body */
    const uint8_t *data; /* in the caller's input; valid as long as that is */
    size_t len;
    uint32_t size, offset; /* of a message: bytes of its body, and where data lies in that */
    uint8_t band;          /* of a sideband packet, else SW_BAND_ANY */
    uint8_t first, last;   /* of a message: these are its first, its last bytes */
    uint8_t in_message, sure;
    uint8_t opened, rekeyed; /* RECORD; rekeyed: it is the first under another key */
    sw_verdict verdict;      /* RESPONSE */
    uint64_t missing;        /* LOST; in_message: bytes of a body */
    uint64_t number;         /* RECORD: from 0 on */
    sw_request request;      /* REQUEST */
    sw_error error;          /* REQUEST, RECORD, UNDECODED */
} sw_observer_event;

SW_END_DECLS
#endif
