/* SPDX-License-Identifier: ISC */
/* A passive observer of one connection: tells from the bytes of both ends what happens in a session of others
 * [protocol, sections 2 to 9; sealed]. For decoders of captures and the like.
 *
 * The caller has the bytes that each end sent, in order, with their holes. It offers them, end by end, in the order
 * in which they were seen, and takes out events:
 *
 *     sw_observer_input in = { data, len, 0, 0, 0 };
 *     while (sw_observer_next(observer, end, &in, &event) > 0)
 *         ...
 *     keep in.data[0..in.len), and offer it again with what comes behind it
 *
 * What is not taken waits for more: for the rest of a message, for what the other end said before it was
 * answered, or for keys; sw_observer_waits tells which. After any event the bytes kept of the other end may be
 * of use, and are to be offered again. The observer has no memory for bytes; how many are kept is the caller's
 * decision, who sets `full` when it keeps no more than these. SW_OBSERVER_KEEP bytes for each end are plenty: greeting,
 * request, challenge and response must be offered whole (at most 4101 bytes), and so must a legacy command (32768) and a
 * sealed record (65537).
 *
 * A sealed session is records. Of each one an event tells, and if there are keys and it opens, packets follow that
 * were in it. If it does not, its number of bytes of text is known all the same, and what comes behind it is decoded.
 *
 * Ends are 0 and 1, whichever is which: who is the client is told by what is said. If that begins with the challenge, or
 * nothing of the client is seen behind a greeting, there is no REQUEST: then the session has sideband, and which
 * cipher it has is found out with the keys. Where only one message of the handshake was seen, that alone is not believed
 * without its keys, and in legacy mode, whose messages nothing can be told by, neither are both. */
#ifndef SIDEWIRE_OBSERVER_H
#define SIDEWIRE_OBSERVER_H

#include <sidewire/handshake.h>
#include <sidewire/observed.h>
#include <sidewire/record.h>

SW_BEGIN_DECLS

/* Bytes of one end, and what is behind them. What is taken is removed here, and decrypted in place. */
typedef struct sw_observer_input {
    uint8_t *data;
    size_t len;
    uint64_t missing; /* behind these bytes so many are not to be had; 0: none, or not known yet */
    int ended;        /* behind all that, this end sends nothing more */
    int full;         /* what waits for others can be kept no longer */
} sw_observer_input;

/* What the bytes of an end that were not taken wait for. */
typedef enum sw_observer_wait {
    SW_WAIT_MORE,  /* for more of this end */
    SW_WAIT_OTHER, /* for what the other end said meanwhile */
    SW_WAIT_KEYS   /* for sw_observer_open */
} sw_observer_wait;

enum { SW_OBSERVER_KEEP = 68 << 10, SW_OBSERVER_TURNS = 8 };

/* Private, as all of sw_observer. */
typedef struct sw_observer_end {
    uint64_t at;          /* place of the next byte to be taken */
    uint64_t offered;     /* where the bytes seen so far end */
    uint64_t clear_until; /* up to here they are decrypted */
    uint64_t encrypted_from;
    uint64_t message_at;
    uint64_t lost, lost_at; /* how much while nobody knew whose it was, and where the first of it is */
    uint32_t size, done, largest;
    uint8_t state, band, wait;
    uint8_t in_message, begun; /* its header was taken; an event told of it */
    uint8_t greeted, spoke_otherwise, candidate;
    uint8_t late; /* the band of the message that its bytes begin with, if that is one of the handshake */
    union {
        sw_cipher cipher;
        sw_record record; /* sealed */
    } channel;

    /* sealed */
    uint64_t border, counter; /* where the next record begins that was not begun, and its number */
    uint64_t behind_hole;     /* a record may begin here */
    uint64_t header_at;
    uint32_t text;   /* bytes of an opened record that are left; its tag is behind them */
    uint32_t usual;  /* size of the largest record so far */
    uint32_t credit; /* bytes that may be tried in vain */
    uint8_t header[SW_HEADER_SIZE], header_len; /* of a packet: what came of it */
    uint8_t passing;         /* as what the rest of a record is told; 0: it is the tag of an opened one */
    uint8_t seeking;         /* where the next packet begins is not known */
    uint8_t opened, refused; /* the keys opened a record of this end, or did not fit it */
    uint8_t unseen;          /* what would show whether they do is lost */
} sw_observer_end;

typedef struct sw_observer_turn {
    uint64_t offered[2];
    unsigned speaker;
} sw_observer_turn;

/* About 3 KiB. Not to be copied or moved while in use. */
typedef struct sw_observer {
    const sw_crypto *crypto;
    sw_observer_end ends[2];
    sw_observer_turn turns[SW_OBSERVER_TURNS];
    unsigned turn_count, client; /* index of the client's end, or 2: not known */
    unsigned features;
    uint64_t greeting_end, request_end;
    size_t block;
    uint8_t requested, featured, rejected, has_keys, has_response, proved;
    uint8_t assumed; /* the request was not seen */
    sw_secrets keys;
} sw_observer;

/* crypto decrypts AES, and for sealed sessions AEADs, and must stay. */
SW_API void sw_observer_init(sw_observer *observer, const sw_crypto *crypto);

/* Takes bytes of an end from *in and says what they are: 1 and an event, after which it is to be called again with what is
 * left of the same input, or 0 if nothing more can be taken for now. Bytes that were not taken must be offered
 * again as they are, with or without more behind them: some may be decrypted already.
 * SW_E_NULL; SW_E_STATE for an end other than 0 and 1. */
SW_API int sw_observer_next(sw_observer *observer, unsigned end, sw_observer_input *in, sw_observer_event *event);

/* Gives the keys of the session, at any time after the request: as answer to a challenge, a response or NOISE, or later.
 * If bytes were passed over for want of them, decoding begins at the next header that fits. `response` in them is
 * compared with the client's if it has a size. block: bytes of a legacy challenge, if the keys were found in
 * the beginning of what its event has; else 0. They are copied. SW_E_STATE if there are keys already, or neither request nor
 * challenge. */
SW_API int sw_observer_open(sw_observer *observer, const sw_secrets *keys, size_t block);

/* There are keys that belong to what an end began with (CANDIDATE): it is that side of a session. To be followed by
 * sw_observer_open. SW_E_NULL; SW_E_STATE if there is no such candidate. */
SW_API int sw_observer_believe(sw_observer *observer, unsigned end, int side);

/* This end is not to be followed any more: all that it sends is UNDECODED. */
SW_API void sw_observer_abandon(sw_observer *observer, unsigned end);

SW_API sw_observer_wait sw_observer_waits(const sw_observer *observer, unsigned end);

/* 1: it is a session; 0: not known yet; -1: it is none, and takes what comes without events. */
SW_API int sw_observer_is_session(const sw_observer *observer);

/* Which end is the client: 0 or 1, or -1: not known yet. */
SW_API int sw_observer_client(const sw_observer *observer);

/* SW_FEATURE_* of the request, or, if that was not seen, those that the session seems to have; 0 before it. */
SW_API unsigned sw_observer_features(const sw_observer *observer);

/* Wipes all keys. */
SW_API void sw_observer_wipe(sw_observer *observer);

/* Could these be the first bytes of a client, or of a server? 1: they are; 0: there are too few to
 * tell; -1: no. Any text is a greeting, so that of a server is only believed with its features line or deployed
 * servers' first words. */
SW_API int sw_observer_is_request(const uint8_t *data, size_t len);
SW_API int sw_observer_is_greeting(const uint8_t *data, size_t len);
/* The same for the first bytes behind greeting and request: is this the header of a challenge, or of a response? */
SW_API int sw_observer_is_proof(const uint8_t *data, size_t len);

SW_END_DECLS
#endif
