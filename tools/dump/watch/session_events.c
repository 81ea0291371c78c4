/* SPDX-License-Identifier: ISC */
/* From the observer's events to what happened in a session. */
#include "session_internal.h"

#include "allocate.h"

#include <string.h>

/* Legacy text that follows after a pause of this many nanoseconds is shown apart. */
static const int64_t run_pause = 1000000000;

/* ---- messages ---- */

static item_kind packet_kind(unsigned band)
{
    if (band == SW_BAND_PROCEED)
        return ITEM_PROCEED;
    if (band == SW_BAND_CHALLENGE_RESPONSE)
        return ITEM_RESPONSE;
    return band == SW_BAND_COMMAND ? ITEM_COMMAND : ITEM_DATA;
}

static item_kind message_kind(const sw_observer_event *event)
{
    switch (event->kind) {
    case SW_OBSERVED_CHALLENGE: return ITEM_CHALLENGE;
    case SW_OBSERVED_RESPONSE: return ITEM_RESPONSE;
    case SW_OBSERVED_NOISE: return ITEM_NOISE;
    case SW_OBSERVED_PROCEED: return ITEM_PROCEED;
    case SW_OBSERVED_COMMAND: return ITEM_COMMAND;
    default: return packet_kind(event->band);
    }
}

/* Sealed: the first that a server says may be that it does not let the user in. */
static void note_exit(watch *w, int status)
{
    const side *server = &w->sides[FROM_SERVER];

    if (is_sealed(w) && status == 1 && !w->proceeded && server->lost == 0 && !server->damaged &&
        server->records == 1)
        w->refused = 1;
    else
        w->exit_status = status;
}

/* What the message means for the whole. */
static void note_message(watch *w, const sw_observer_event *event)
{
    int is_challenge =
        event->kind == SW_OBSERVED_CHALLENGE || (event->kind == SW_OBSERVED_NOISE && event->side == FROM_SERVER);

    if (event->kind == SW_OBSERVED_PACKET && event->last &&
        (event->band == SW_BAND_EXIT_SUCCESS || event->band == SW_BAND_EXIT_FAILURE))
        note_exit(w, event->band == SW_BAND_EXIT_FAILURE);
    else if (event->kind == SW_OBSERVED_PACKET && event->band == SW_BAND_PROCEED)
        w->proceeded = 1;
    else if (is_challenge && w->stage < STAGE_CHALLENGED)
        w->stage = STAGE_CHALLENGED;
    else if (event->kind == SW_OBSERVED_RESPONSE && w->stage < STAGE_ANSWERED)
        w->stage = STAGE_ANSWERED;
}

static void note_keys(watch *w, const sw_observer_event *event)
{
    if (event->kind == SW_OBSERVED_CHALLENGE)
        keys_for_challenge(w, event);
    else if (event->kind == SW_OBSERVED_RESPONSE)
        keys_for_response(w, event);
    else if (event->kind == SW_OBSERVED_NOISE && event->side == FROM_CLIENT)
        keys_for_noise(w, event);
    else if (event->kind == SW_OBSERVED_PACKET)
        note_user(w, &w->sides[event->side]);
}

static response_check check_of(const watch *w, const sw_observer_event *event)
{
    if (w->info.challenge != CHALLENGE_OPENED || event->verdict == SW_VERDICT_UNKNOWN)
        return RESPONSE_UNCHECKED;
    return event->verdict == SW_VERDICT_RIGHT ? RESPONSE_RIGHT : RESPONSE_WRONG;
}

/* Challenge and response wait until keys were looked for, which tells what to say of them. */
static void proof_over(watch *w, int who, const sw_observer_event *event)
{
    side *s = &w->sides[who];
    item what;

    note_keys(w, event);
    item_collected(s, who, &what);
    what.response = check_of(w, event);
    s->collecting = 0;
    show_item(w, &what);
}

static void take_message(watch *w, const sw_observer_event *event, stamp time)
{
    int who = event->side;
    side *s = &w->sides[who];

    if (event->first) {
        item_start(s, message_kind(event), time);
        s->size = event->size;
        if (event->band != SW_BAND_ANY)
            s->band = event->band;
    }
    item_add(w, who, event->data, event->len);
    note_message(w, event);
    if (!event->last)
        return;
    if (s->kind == ITEM_CHALLENGE || s->kind == ITEM_RESPONSE || s->kind == ITEM_NOISE)
        proof_over(w, who, event);
    else
        item_over(w, who);
}

static void take_text(watch *w, const sw_observer_event *event, stamp time)
{
    side *s = &w->sides[event->side];

    if (time.time > s->last.time && (uint64_t)time.time - (uint64_t)s->last.time > (uint64_t)run_pause)
        text_end_run(w, event->side);
    if (!s->collecting)
        item_start(s, ITEM_DATA, time);
    item_add(w, event->side, event->data, event->len);
}

static void take_request(watch *w, const sw_observer_event *event, stamp time)
{
    const sw_request *request = &event->request;
    item what = item_counted(FROM_CLIENT, ITEM_REQUEST, time, event->len);

    if (event->error.code == SW_OK && request->user_len > 0) {
        w->user = allocate(request->user_len);
        memcpy(w->user, request->user, request->user_len);
        w->info.user = w->user;
        w->info.user_len = request->user_len;
    }
    if (event->error.code == SW_OK) {
        w->info.features = request->features;
        w->info.request_seen = 1;
    }
    w->stage = STAGE_REQUESTED;
    what.body = event->data;
    what.body_len = event->len;
    what.error = event->error;
    session_begin(w);
    show_item(w, &what);
}

static void take_hole(watch *w, const sw_observer_event *event, stamp time)
{
    item what = item_counted(event->side, ITEM_LOST, time, event->missing);

    w->sides[event->side].lost += event->missing;
    if (event->in_message) {
        show_hole(w, event->side, time, event->missing);
        return;
    }
    show_unfinished(w, event->side);
    show_item(w, &what);
}

static void pass_over(uint64_t *count, stamp *since, uint64_t n, stamp time)
{
    if (*count == 0)
        *since = time;
    *count += n;
}

static void take_damage(watch *w, const sw_observer_event *event, stamp time)
{
    side *s = &w->sides[event->side];

    if (!event->in_message)
        show_unfinished(w, event->side);
    s->damaged = 1;
    if (s->error.code == SW_OK)
        s->error = event->error;
    pass_over(&s->passed, &s->passed_time, untold_bytes(s, event->len), time);
}

void take_event(watch *w, const sw_observer_event *event, stamp time)
{
    side *s = &w->sides[event->side];

    if (event->kind == SW_OBSERVED_GREETING) {
        w->greeting_time = time;
        buffer_add(&w->greeting, event->data, event->len, SW_GREETING_MAX);
        if (w->begun)
            show_greeting(w);
        return;
    }
    if (event->kind == SW_OBSERVED_REQUEST) {
        take_request(w, event, time);
        return;
    }
    session_begin(w);
    if (!w->info.request_seen)
        w->info.features = sw_observer_features(&w->observer);
    switch (event->kind) {
    case SW_OBSERVED_ENCRYPTED:
        pass_over(&s->encrypted, &s->encrypted_time, untold_bytes(s, event->len), time);
        return;
    case SW_OBSERVED_RECORD: take_record(w, event, time); return;
    case SW_OBSERVED_UNDECODED: take_damage(w, event, time); return;
    case SW_OBSERVED_LOST:
        if (is_sealed(w) && w->stage > STAGE_REQUESTED)
            take_sealed_hole(w, event, time);
        else
            take_hole(w, event, time);
        return;
    case SW_OBSERVED_WRONG_KEYS: keys_refused(w); return;
    case SW_OBSERVED_RESUMED: take_resumption(w, event, time); return;
    default: break;
    }
    if (s->encrypted + s->passed > 0)
        show_passed(w, event->side, 1);
    if (event->kind == SW_OBSERVED_TEXT)
        take_text(w, event, time);
    else
        take_message(w, event, time);
}
