/* SPDX-License-Identifier: ISC */
/* What the parts of a watch share. */
#ifndef SIDEWIRE_DUMP_WATCH_SESSION_INTERNAL_H
#define SIDEWIRE_DUMP_WATCH_SESSION_INTERNAL_H

#include "queue.h"
#include "session.h"

enum {
    KEPT_MAX = SW_OBSERVER_KEEP, /* bytes of an end that the observer cannot take yet */
    PREVIEW_MAX = 256,           /* bytes kept of a body that nothing depends on */
    PART_MAX = 256 << 10         /* of one that is wanted whole: then they are shown */
};

/* What one side said. By role, unlike queues. */
typedef struct side {
    int collecting; /* an item has begun */
    stamp time;     /* of its first byte */
    unsigned band;
    uint64_t size, came; /* its bytes; size is known for messages */
    uint64_t missing;    /* bytes of it that are not in the capture */
    buffer kept;         /* the first of them; if it is shown in parts, the latest */
    int parts;           /* a part of it was shown */
    item_kind kind;      /* of the item */
    stamp last;          /* of the latest byte */
    int damaged;         /* bytes of it could not be decoded */

    uint64_t encrypted, passed; /* bytes not decrypted for want of keys; not decoded */
    stamp encrypted_time, passed_time;
    uint64_t in_record; /* sealed: bytes of the present record that are told by its item */
    uint64_t unshown;   /* sealed: lost bytes of which the next record tells what they were */
    uint64_t records, rekeyed;
    uint64_t lost;  /* bytes not in the capture */
    sw_error error; /* the first */
} side;

struct watch {
    watch_setup *setup;
    watch *newer, *older; /* in the setup's list of those that wait for keys */
    int is_waiting;
    session_info info;
    sw_observer observer;
    queue queues[2];                     /* by end */
    int heard[2];                        /* by end: there were bytes */
    stamp last[2];                       /* by end: when it was heard last */
    uint64_t lost[2];                    /* by end */
    uint64_t conflicts[2], misplaced[2]; /* by end: segments */
    side sides[2];
    int begun;       /* it is a session, and was shown */
    buffer greeting; /* until it has begun */
    stamp greeting_time;
    char *user;
    uint8_t response[SW_SHA256_SIZE]; /* sealed: the ephemeral key */
    size_t response_size;             /* what the key log is searched by; 0: not seen */
    int is_candidate;                 /* the response is only what may be one, of the end `candidate` */
    from candidate;
    int tried;                         /* every line of the key log */
    int may_be_session;                /* a message of the handshake was seen, as it seems */
    unsigned turn;                     /* sealed: which of the lines of that key is next */
    int proceeded, refused;            /* the server let the user in, or not */
    uint8_t given[SW_CIPHER_KEY_SIZE]; /* the client's key that was given last */
    stage stage;
    int exit_status;
    int has_closer; /* one end has closed */
    from closer;    /* that end */
};

static inline int is_sealed(const watch *w)
{
    return (w->info.features & SW_FEATURES_SEALED) != 0;
}

/* What the end is, as far as that is known. */
static inline int role_of(const watch *w, unsigned end)
{
    int client = sw_observer_client(&w->observer);

    return client < 0 || client == FROM_CLIENT ? (int)end : (int)!end;
}

/* ---- session_items.c ---- */

/* An item that is only a number of bytes. */
item item_counted(int who, item_kind kind, stamp time, uint64_t n);
void show_item(watch *w, const item *what);
void show_greeting(watch *w);
/* Shows the session, and its greeting if it was seen. */
void session_begin(watch *w);

/* One is collected: it begins, and bytes are added; then it is shown, complete. */
void item_start(side *s, item_kind kind, stamp time);
void item_add(watch *w, int who, const uint8_t *data, size_t n);
void item_over(watch *w, int who);
/* What was collected so far. */
void item_collected(const side *s, int who, item *what);

/* Bytes of the body under way are missing: shows what was kept of it, and the hole. */
void show_hole(watch *w, int who, stamp time, uint64_t n);
/* Shows what is incomplete where the stream ends or bytes are lost, and says what is wrong with it. */
sw_error show_unfinished(watch *w, int who);
/* Legacy: shows the run of text collected, as something else follows. */
void text_end_run(watch *w, int who);
/* Shows how much was passed over, if anything. */
void show_passed(watch *w, int who, int resumed);

/* ---- session_events.c ---- */

/* An event of the observer, whose first byte came at that time. */
void take_event(watch *w, const sw_observer_event *event, stamp time);

/* ---- session_records.c ---- */

/* Sealed: a record, a hole, and decoding that goes on behind one. */
void take_record(watch *w, const sw_observer_event *event, stamp time);
void take_sealed_hole(watch *w, const sw_observer_event *event, stamp time);
void take_resumption(watch *w, const sw_observer_event *event, stamp time);
/* How many of these bytes no item has told of. */
uint64_t untold_bytes(side *s, uint64_t n);
/* What is known of a user by his proof. */
void note_user(watch *w, const side *s);

/* ---- session_keys.c ---- */

/* A challenge or a response came: perhaps there are keys. */
void keys_for_challenge(watch *w, const sw_observer_event *event);
void keys_for_response(watch *w, const sw_observer_event *event);
void keys_for_noise(watch *w, const sw_observer_event *event);
/* Nothing was seen of the client's answer, and there will be nothing: perhaps the keys of some line fit what the server says
 * behind its challenge. 1: there are keys now. */
int keys_by_trying(watch *w, from server);
/* The observer has a candidate at an end. */
void keys_for_candidate(watch *w, from end, const sw_observer_event *event);
/* Looks into the key log again. 1: there are keys now. */
int keys_retry(watch *w);
/* The keys that were given do not fit. */
void keys_refused(watch *w);
/* The watch is in the list of those that wait for keys as long as these may come. */
void keys_note_waiting(watch *w, int is_waiting);
/* May keys come that are not there yet? */
int keys_may_come(const watch *w);

#endif
