/* SPDX-License-Identifier: ISC */
/* Sealed sessions: records that are not opened, what is missing behind them, and who the user is. */
#include "session_internal.h"

#include "allocate.h"

#include <string.h>

uint64_t untold_bytes(side *s, uint64_t n)
{
    uint64_t told = n < s->in_record ? n : s->in_record;

    s->in_record -= told;
    return n - told;
}

/* What becomes of the message under way: it goes on without some bytes, or it does not. */
static void tell_rest(watch *w, const sw_observer_event *event, stamp time)
{
    side *s = &w->sides[event->side];
    item lost = item_counted(event->side, ITEM_LOST, time, s->unshown);

    if (event->in_message) {
        show_hole(w, event->side, time, event->missing);
    } else {
        show_unfinished(w, event->side);
        if (s->unshown > 0)
            show_item(w, &lost);
    }
    s->unshown = 0;
}

void take_record(watch *w, const sw_observer_event *event, stamp time)
{
    side *s = &w->sides[event->side];
    item what = item_counted(event->side, ITEM_RECORD, time, event->size);
    int is_damaged = w->info.challenge >= CHALLENGE_OPENED;

    s->records++;
    s->rekeyed += event->rekeyed;
    if (event->side == FROM_CLIENT && w->stage < STAGE_ANSWERED)
        w->stage = STAGE_ANSWERED;
    if (event->opened) {
        s->unshown = 0; /* it was of the message that goes on */
        return;
    }
    if (s->encrypted + s->passed > 0)
        show_passed(w, event->side, 1);
    what.number = event->number;
    what.error = event->error;
    s->in_record = event->size;
    s->damaged |= is_damaged;
    if (s->error.code == SW_OK)
        s->error = event->error;
    show_item(w, &what);
    tell_rest(w, event, time);
}

void take_sealed_hole(watch *w, const sw_observer_event *event, stamp time)
{
    side *s = &w->sides[event->side];
    item what = item_counted(event->side, ITEM_LOST, time, event->missing);

    s->lost += event->missing;
    untold_bytes(s, event->missing);
    if (s->collecting)
        s->unshown += event->missing;
    else
        show_item(w, &what);
}

void take_resumption(watch *w, const sw_observer_event *event, stamp time)
{
    show_passed(w, event->side, 1);
    if (is_sealed(w))
        tell_rest(w, event, time);
}

void note_user(watch *w, const side *s)
{
    sw_ssh_proof proof;
    sw_ssh_key key;

    if (s->kind != ITEM_RESPONSE || w->user != NULL || sw_ssh_proof_read(&proof, s->kept.data, s->kept.len) < 0)
        return;
    w->user = allocate(proof.user_len + 1);
    memcpy(w->user, proof.user, proof.user_len);
    w->info.user = w->user;
    w->info.user_len = proof.user_len;
    if (sw_ssh_key_read(&key, proof.key, proof.key_len) == SW_OK &&
        sw_fingerprint(w->setup->crypto, proof.key, proof.key_len, w->info.fingerprint) == SW_OK)
        w->info.user_key = key.type;
}
