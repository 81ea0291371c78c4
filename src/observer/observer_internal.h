/* SPDX-License-Identifier: ISC */
/* What the parts of the observer share. Each step takes from the input of an end: 1 and an event, or 0. It has moved on
 * if bytes were taken or the state is another one; else it waits. */
#ifndef SIDEWIRE_SRC_OBSERVER_INTERNAL_H
#define SIDEWIRE_SRC_OBSERVER_INTERNAL_H

#include <sidewire/observer.h>

#include "../packet_internal.h"

enum { NO_CLIENT = 2 };

typedef enum end_state {
    END_OPENING,    /* greeting; request */
    END_PROOF,      /* challenge; response */
    END_BLOCK_TOLD, /* legacy: a challenge was told of, but is not taken yet */
    END_LOCKED,     /* encrypted; keys may come */
    END_FIRST,      /* the first bytes show whether the keys fit */
    END_PACKETS,    /* sideband packets, decrypted */
    END_SEARCH,     /* somewhere in them: looks for a header */
    END_TEXT,       /* legacy text, decrypted */
    END_ENCRYPTED,  /* passed over */
    END_RECORDS,    /* sealed: records, opened */
    END_BROKEN      /* not followed any more */
} end_state;

/* ---- observer.c ---- */

/* Fills an event of an end, which tells of the next byte. Always 1. */
int swi_observer_tell(const sw_observer *o, unsigned end, sw_observer_event *event, sw_observed kind);
/* n bytes of the input are taken, and are the data of the event, which tells of them. Always 1. */
int swi_observer_give(sw_observer_end *s, sw_observer_input *in, sw_observer_event *event, size_t n);
void swi_observer_take(sw_observer_end *s, sw_observer_input *in, size_t n);
/* Nothing can be taken before that came. Always 0. */
int swi_observer_wait(sw_observer_end *s, sw_observer_wait what);
/* All bytes of the input are passed over; their end is BROKEN from here on. Always 1. */
int swi_observer_break(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event,
                       sw_error error);
/* How much of an end had been seen when the other end's byte at `place` was first seen. 0: not seen yet, or not known. */
uint64_t swi_observer_reached(const sw_observer *o, unsigned end, uint64_t place);

static inline int swi_observer_is_sealed(const sw_observer *o)
{
    return (o->features & SW_FEATURES_SEALED) != 0;
}

static inline int swi_observer_is_final(const sw_observer_input *in)
{
    return in->missing > 0 || in->ended;
}

static inline unsigned swi_observer_side(const sw_observer *o, unsigned end)
{
    return end == o->client ? SW_FROM_CLIENT : SW_FROM_SERVER;
}

/* ---- opening.c, proof.c, packets.c, records.c, search.c, text.c: the steps ---- */

int swi_observe_opening(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event);
int swi_observe_proof(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event);
int swi_observe_block_told(sw_observer *o, unsigned end, sw_observer_input *in);
int swi_observe_locked(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event);
int swi_observe_first(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event);
int swi_observe_packets(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event);
int swi_observe_search(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event);
int swi_observe_noise(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event);
int swi_observe_records(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event);
int swi_observe_text(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event);

/* ---- late.c ---- */

/* Does the header of a challenge begin here? */
int swi_observer_is_challenge(const uint8_t header[SW_HEADER_SIZE]);
/* Neither end is known. Do they begin with a challenge and a response? 1: now they are known. */
int swi_observer_begins_with_proof(sw_observer *o, unsigned end, const sw_observer_input *in);
/* Is there something that keys may make a session of? 1 and an event; 0: no, or not yet, or it was told of. */
int swi_observer_tell_candidate(sw_observer *o, unsigned end, const sw_observer_input *in,
                                sw_observer_event *event);
/* The server's side begins inside of its challenge, or behind it, so nothing tells the size of what is left of that but the
 * PROCEED behind it, which the keys tell. */
int swi_observe_challenge_rest(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event);
/* There is no request, and a message of the proof begins here: can the session be followed all the same? 1: both ends go on
 * with their proofs, as far as they were seen; 0: not before the other end is seen; -1: no. */
int swi_observer_assume(sw_observer *o, unsigned end, const sw_observer_input *in);

/* ---- opening.c ---- */

/* What was lost while nobody knew whose it was. */
int swi_observer_tell_lost(sw_observer *o, unsigned end, sw_observer_event *event);
/* Bytes are missing in a greeting or a request. */
int swi_observe_opening_hole(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event);

/* ---- proof.c ---- */

/* What begins here is encrypted. */
void swi_observer_lock(sw_observer_end *s);
/* The keys are of no use for either end. Always 1. */
int swi_observer_wrong_keys(sw_observer *o, unsigned end, sw_observer_event *event);
/* Wipes what an end decrypts with. */
void swi_observer_wipe_channel(const sw_observer *o, sw_observer_end *s);
/* A challenge or response is over. */
void swi_observer_proof_over(sw_observer *o, unsigned end, sw_observer_event *event);

/* ---- packets.c ---- */

/* Decrypts what is not yet. 0, or 1 and an event: the backend failed. */
int swi_observer_decrypt(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event);
/* Moves the key stream on. SW_OK, or the error. */
int swi_observer_skip(sw_observer_end *s, uint64_t n);
/* Is that a header which may come next? */
sw_error swi_observer_check_header(const sw_observer *o, unsigned end, const uint8_t header[SW_HEADER_SIZE]);
/* The next bytes of a message whose header was taken. 0: there are none. */
int swi_observe_body(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event);
void swi_observer_message(sw_observer_end *s, uint8_t band, uint32_t size);

/* ---- search.c ---- */

/* Could a header begin here? */
int swi_observer_header_fits(const sw_observer *o, unsigned end, const uint8_t header[SW_HEADER_SIZE]);

/* ---- records.c ---- */

/* Bytes are missing in a sealed session. */
int swi_observe_sealed_hole(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event);

/* ---- drift.c ---- */

/* It is not known where the next record begins: looks for one that opens. */
int swi_observe_drift(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event);
/* n bytes of records are passed over, which nobody can read: 1, or 0 if n is 0. */
int swi_observer_pass(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event, size_t n,
                      sw_observed kind);
/* n bytes of text are not to be had. */
void swi_observer_lose_text(sw_observer_end *s, sw_observer_event *event, uint64_t n);

#endif
