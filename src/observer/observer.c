/* SPDX-License-Identifier: ISC */
#include "observer_internal.h"

#include <string.h>

/* ---- who spoke when ---- */

/* Bytes of a later turn were seen. Only the handshake's turns are of use, of which there are few. */
static void begin_turn(sw_observer *o, unsigned end)
{
    sw_observer_turn *turn = &o->turns[o->turn_count++];

    turn->speaker = end;
    turn->offered[0] = o->ends[0].offered;
    turn->offered[1] = o->ends[1].offered;
}

static void note_offer(sw_observer *o, unsigned end, const sw_observer_input *in)
{
    sw_observer_end *s = &o->ends[end];
    uint64_t offered = s->at + in->len + in->missing; /* behind which something came */

    if (offered <= s->offered)
        return;
    if (o->turn_count < SW_OBSERVER_TURNS && (o->turn_count == 0 || o->turns[o->turn_count - 1].speaker != end))
        begin_turn(o, end);
    s->offered = offered;
}

uint64_t swi_observer_reached(const sw_observer *o, unsigned end, uint64_t place)
{
    for (unsigned i = 0; i < o->turn_count; i++) {
        int is_last = i + 1 == o->turn_count;
        uint64_t said = is_last ? o->ends[!end].offered : o->turns[i + 1].offered[!end];

        if (o->turns[i].speaker != end && said > place)
            return o->turns[i].offered[end];
    }
    return 0;
}

/* ---- events ---- */

int swi_observer_tell(const sw_observer *o, unsigned end, sw_observer_event *event, sw_observed kind)
{
    const sw_observer_end *s = &o->ends[end];

    memset(event, 0, sizeof(*event));
    event->kind = kind;
    event->side = (int)swi_observer_side(o, end);
    event->at = event->message_at = s->at;
    return 1;
}

void swi_observer_take(sw_observer_end *s, sw_observer_input *in, size_t n)
{
    s->at += n;
    if (n > 0) /* there may be no data at all */
        in->data += n;
    in->len -= n;
}

int swi_observer_give(sw_observer_end *s, sw_observer_input *in, sw_observer_event *event, size_t n)
{
    event->data = in->data;
    event->len = n;
    swi_observer_take(s, in, n);
    return 1;
}

int swi_observer_wait(sw_observer_end *s, sw_observer_wait what)
{
    s->wait = (uint8_t)what;
    return 0;
}

int swi_observer_break(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event,
                       sw_error error)
{
    sw_observer_end *s = &o->ends[end];

    s->state = END_BROKEN;
    s->in_message = 0;
    swi_observer_tell(o, end, event, SW_OBSERVED_UNDECODED);
    event->error = error;
    return swi_observer_give(s, in, event, in->len);
}

/* ---- bytes ---- */

/* All that is there. */
static int pass_over(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event,
                     sw_observed kind)
{
    if (in->len == 0)
        return 0;
    swi_observer_tell(o, end, event, kind);
    return swi_observer_give(&o->ends[end], in, event, in->len);
}

static int step(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event)
{
    if (o->ends[end].lost > 0 && o->client != NO_CLIENT)
        return swi_observer_tell_lost(o, end, event);
    if (swi_observer_is_sealed(o) && o->ends[end].state > END_PROOF && o->ends[end].state < END_BROKEN)
        return swi_observe_records(o, end, in, event);
    switch ((end_state)o->ends[end].state) {
    case END_OPENING: return swi_observe_opening(o, end, in, event);
    case END_PROOF: return swi_observe_proof(o, end, in, event);
    case END_BLOCK_TOLD: return swi_observe_block_told(o, end, in);
    case END_LOCKED:
    case END_ENCRYPTED: return swi_observe_locked(o, end, in, event);
    case END_FIRST: return swi_observe_first(o, end, in, event);
    case END_PACKETS: return swi_observe_packets(o, end, in, event);
    case END_SEARCH: return swi_observe_search(o, end, in, event);
    case END_TEXT: return swi_observe_text(o, end, in, event);
    case END_RECORDS:
    case END_BROKEN: break;
    }
    return pass_over(o, end, in, event, SW_OBSERVED_UNDECODED);
}

/* ---- holes ---- */

static int lose(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event)
{
    sw_observer_end *s = &o->ends[end];

    swi_observer_tell(o, end, event, SW_OBSERVED_LOST);
    event->missing = in->missing;
    s->at += in->missing;
    in->missing = 0;
    return 1;
}

/* A message of known size is under way, and goes on behind the hole. */
static int cross(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event)
{
    sw_observer_end *s = &o->ends[end];

    lose(o, end, in, event);
    event->in_message = 1;
    event->message_at = s->message_at;
    event->band = s->band;
    event->size = s->size;
    event->offset = s->done;
    s->done += (uint32_t)event->missing;
    return 1;
}

static int hole(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event)
{
    sw_observer_end *s = &o->ends[end];
    int is_encrypted = s->state == END_PACKETS || s->state == END_SEARCH || s->state == END_TEXT;
    sw_error error = { SW_OK, 0, 0 };

    if (s->state == END_OPENING)
        return swi_observe_opening_hole(o, end, in, event);
    if (swi_observer_is_sealed(o) && s->state != END_BROKEN)
        return swi_observe_sealed_hole(o, end, in, event);
    if (is_encrypted)
        error.code = swi_observer_skip(s, in->missing);
    if (error.code < 0)
        return swi_observer_break(o, end, in, event, error);
    if (s->in_message && in->missing <= s->size - s->done)
        return cross(o, end, in, event);
    s->in_message = 0;
    s->greeted |= s->state == END_TEXT;
    if (s->state == END_PACKETS)
        s->state = END_SEARCH;
    else if (s->state == END_PROOF)
        s->state = END_BROKEN; /* the size of what is lost is not known, nor where encryption begins */
    return lose(o, end, in, event);
}

/* ---- for everybody ---- */

void sw_observer_init(sw_observer *observer, const sw_crypto *crypto)
{
    if (observer == NULL)
        return;
    memset(observer, 0, sizeof(*observer));
    observer->crypto = crypto;
    observer->client = NO_CLIENT;
}

/* Is there something to tell of that needs no byte? */
static int has_to_tell(const sw_observer_end *s)
{
    return (s->in_message && s->done == s->size) || s->lost > 0;
}

static int advance(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event)
{
    sw_observer_end *s = &o->ends[end];
    uint64_t at;
    unsigned state;

    do {
        int result;

        at = s->at;
        state = s->state;
        result = step(o, end, in, event);
        if (result != 0)
            return result;
    } while (s->at != at || s->state != state);
    return 0;
}

int sw_observer_next(sw_observer *observer, unsigned end, sw_observer_input *in, sw_observer_event *event)
{
    sw_observer_end *s;

    if (observer == NULL || in == NULL || event == NULL || (in->data == NULL && in->len > 0))
        return SW_E_NULL;
    if (end > 1)
        return SW_E_STATE;
    s = &observer->ends[end];
    note_offer(observer, end, in);
    swi_observer_wait(s, SW_WAIT_MORE);
    while (!observer->rejected) {
        int locked;

        if ((in->len > 0 || in->missing > 0 || has_to_tell(s)) && advance(observer, end, in, event) != 0)
            return 1;
        locked = s->state == END_LOCKED;
        if (in->len > 0 || in->missing == 0 || (locked && !in->full) || observer->rejected)
            break;
        if (hole(observer, end, in, event) != 0)
            return 1;
    }
    if (observer->rejected) {
        swi_observer_take(s, in, in->len);
        in->missing = 0;
    }
    return 0;
}

static void forget_keys(sw_observer *o)
{
    o->has_keys = o->has_response = 0;
    sw_secrets_wipe(&o->keys);
}

int sw_observer_open(sw_observer *observer, const sw_secrets *keys, size_t block)
{
    if (observer == NULL || keys == NULL)
        return SW_E_NULL;
    if (observer->has_keys || !observer->requested)
        return SW_E_STATE;
    observer->keys = *keys;
    observer->has_keys = 1;
    observer->has_response = keys->response_size > 0;
    if (block > 0)
        observer->block = block;
    return SW_OK;
}

void sw_observer_abandon(sw_observer *observer, unsigned end)
{
    if (observer == NULL || end > 1)
        return;
    swi_observer_wipe_channel(observer, &observer->ends[end]);
    observer->ends[end].state = END_BROKEN;
    observer->ends[end].in_message = 0;
}

sw_observer_wait sw_observer_waits(const sw_observer *observer, unsigned end)
{
    return observer != NULL && end <= 1 ? (sw_observer_wait)observer->ends[end].wait : SW_WAIT_MORE;
}

int sw_observer_is_session(const sw_observer *observer)
{
    if (observer == NULL || observer->rejected)
        return -1;
    return observer->requested || observer->featured;
}

int sw_observer_client(const sw_observer *observer)
{
    return observer != NULL && observer->client != NO_CLIENT ? (int)observer->client : -1;
}

unsigned sw_observer_features(const sw_observer *observer)
{
    return observer != NULL ? observer->features : 0;
}

void sw_observer_wipe(sw_observer *observer)
{
    if (observer == NULL)
        return;
    for (unsigned end = 0; end < 2; end++)
        swi_observer_wipe_channel(observer, &observer->ends[end]);
    forget_keys(observer);
}
