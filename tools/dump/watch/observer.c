#include "observer_items.h"

#include "allocate.h"

#include <stdlib.h>
#include <string.h>

void session_begin(observer *o)
{
    const event_sink *sink = o->setup->sink;

    o->begun = 1;
    o->info.number = ++o->setup->sessions;
    sink->begin(sink->ctx, &o->info);
    if (o->greeting_text.len > 0)
        show_greeting(o);
    for (int who = 0; who < 2; who++)
        if (o->sides[who].lost > 0)
            show_count(o, (from)who, ITEM_LOST, o->sides[who].lost_time, o->sides[who].lost);
}

/* ---- bytes ---- */

void side_break(observer *o, from who, sw_error error)
{
    side *s = &o->sides[who];

    s->state = SIDE_BROKEN;
    s->collecting = 0;
    if (s->error.code == SW_OK)
        s->error = error;
}

static size_t pass_over(observer *o, from who, int64_t time, size_t len)
{
    side *s = &o->sides[who];

    /* the server's next word ends the request even if it cannot be understood */
    if (who == FROM_SERVER && request_begun(o))
        request_end(o);
    if (s->passed == 0)
        s->passed_time = time;
    s->passed += len;
    return len;
}

static size_t take(observer *o, from who, int64_t time, uint8_t *data, size_t len)
{
    switch (o->sides[who].state) {
    case SIDE_OPENING:
        return who == FROM_SERVER ? take_greeting(o, time, data, len)
                                  : take_request(o, time, data, len);
    case SIDE_PROOF:
        return take_proof(o, who, time, data, len);
    case SIDE_WAITING:
        return take_waiting(o, who, time, data, len);
    case SIDE_PACKETS:
        return take_encrypted(o, who, time, data, len);
    case SIDE_TEXT:
        return take_text(o, who, time, data, len);
    case SIDE_SEALED:
    case SIDE_BROKEN:
        break;
    }
    return pass_over(o, who, time, len);
}

int observer_data(observer *o, from who, int64_t time, uint8_t *data, size_t len)
{
    side *s = &o->sides[who];

    text_end_run(o, who == FROM_SERVER ? FROM_CLIENT : FROM_SERVER);
    while (len > 0 && !o->rejected) {
        size_t n;

        if (who == FROM_SERVER && s->state >= SIDE_PACKETS && s->state <= SIDE_SEALED)
            o->stage = STAGE_ENCRYPTED;
        n = take(o, who, time, data, len);
        data += n;
        len -= n;
    }
    s->last = time;
    s->heard = 1;
    return !o->rejected;
}

/* Bytes of the greeting or the request are missing: can this still be seen to be a session? */
static void lost_opening(observer *o, from who, int64_t time, uint64_t n)
{
    if (who == FROM_SERVER) { /* that is for the client's bytes to tell */
        greeting_keep(o);
        if (o->begun)
            show_count(o, who, ITEM_LOST, time, n);
    } else if (request_begun(o) || o->featured) {
        o->sides[FROM_CLIENT].collecting = 0; /* half a request cannot be relied on */
        session_begin(o);
    } else {
        o->rejected = 1;
    }
}

void observer_lost(observer *o, from who, int64_t time, uint64_t n)
{
    static const sw_error no_error = { SW_OK, 0, 0 };
    side *s = &o->sides[who];

    if (s->lost == 0)
        s->lost_time = time;
    s->lost += n;
    wait_end(o, who);
    if (s->state == SIDE_SEALED || s->state == SIDE_BROKEN || o->rejected)
        return;
    if (who == FROM_SERVER && s->state == SIDE_PROOF && request_begun(o))
        request_end(o); /* what is lost is of the answer */
    if (s->state == SIDE_OPENING) {
        lost_opening(o, who, time, n);
    } else if (cross_hole(o, who, time, n)) {
        return;
    } else if (o->begun) {
        show_unfinished(o, who);
        show_count(o, who, ITEM_LOST, time, n);
    }
    side_break(o, who, no_error);
}

void observer_conflict(observer *o, from who, uint64_t n)
{
    o->sides[who].conflicts += n;
}

void observer_misplaced(observer *o, from who, uint64_t n)
{
    o->sides[who].misplaced += n;
}

int observer_is_proving(const observer *o, from who)
{
    return o->sides[who].state == SIDE_PROOF;
}

void observer_end(observer *o, from who)
{
    if (!o->has_closer)
        o->closer = who;
    o->has_closer = 1;
}

/* ---- life ---- */

observer *observer_new(observer_setup *setup, const connection *about)
{
    observer *o = allocate(sizeof(*o));

    o->setup = setup;
    o->info.about = *about;
    o->info.keys = setup->keys->count;
    if (setup->log != NULL)
        o->info.keylog = keylog_name(setup->log);
    o->exit_status = -1;
    sw_greeting_init(&o->greeting);
    for (int who = 0; who < 2; who++)
        sw_decoder_init(&o->sides[who].decoder, SW_CHALLENGE_MAX);
    return o;
}

static void show_end(observer *o, flow_end how, from breaker, int64_t time)
{
    const event_sink *sink = o->setup->sink;
    outcome end;

    memset(&end, 0, sizeof(end));
    end.time = time;
    end.stage = o->stage;
    end.how = how;
    end.closer = o->has_closer ? o->closer : breaker;
    end.breaker = breaker;
    end.exit_status = o->exit_status;
    end.unseen[FROM_SERVER] = !o->sides[FROM_SERVER].heard && o->sides[FROM_SERVER].lost == 0;
    end.unseen[FROM_CLIENT] = !o->sides[FROM_CLIENT].heard && o->sides[FROM_CLIENT].lost == 0 &&
                              o->sides[FROM_SERVER].passed > 0;
    end.damaged = how == FLOW_DROPPED || end.unseen[FROM_SERVER] || end.unseen[FROM_CLIENT];
    for (int who = 0; who < 2; who++) {
        const side *s = &o->sides[who];

        end.lost[who] = s->lost;
        end.error[who] = s->error;
        end.conflicts[who] = s->conflicts;
        end.misplaced[who] = s->misplaced;
        if (s->lost > 0 || s->conflicts > 0 || s->misplaced > 0 || s->error.code < 0 ||
            (s->state == SIDE_BROKEN && s->passed > 0))
            end.damaged = 1;
    }
    sink->end(sink->ctx, &o->info, &end);
}

/* Shows what was still being collected, if this was a session. */
static void show_rest(observer *o)
{
    const side *client = &o->sides[FROM_CLIENT];

    if (request_begun(o))
        request_end(o);
    else if (!o->begun && o->featured && client->came == 0)
        session_begin(o);
    if (!o->begun)
        return;
    wait_end(o, FROM_CLIENT);
    wait_end(o, FROM_SERVER);
    for (int who = 0; who < 2; who++) {
        sw_error error = show_unfinished(o, (from)who);

        if (error.code < 0)
            side_break(o, (from)who, error);
    }
    for (int who = 0; who < 2; who++) {
        const side *s = &o->sides[who];

        if (s->passed > 0)
            show_count(o, (from)who, s->state == SIDE_SEALED ? ITEM_ENCRYPTED : ITEM_UNDECODED,
                       s->passed_time, s->passed);
    }
}

void observer_close(observer *o, flow_end how, from breaker, int64_t time)
{
    if (!o->rejected)
        show_rest(o);
    if (o->begun)
        show_end(o, how, breaker, time);
    for (int who = 0; who < 2; who++) {
        sw_cipher_wipe(&o->sides[who].cipher);
        free(o->sides[who].kept.data);
    }
    sw_secrets_wipe(&o->challenge);
    free(o->greeting_text.data);
    free(o->user);
    free(o);
}
