/* SPDX-License-Identifier: ISC */
#include "session_internal.h"

#include "allocate.h"
#include "platform.h"

#include <stdlib.h>
#include <string.h>

enum {
    HOLE_CREDIT = 1 << 30,     /* bytes crossed in a capture, however few holes they are in */
    HOLE_CREDIT_EACH = 1 << 16 /* and what every hole adds: no packet is larger */
};

/* ---- feeding ---- */

static int is_over(const watch *w)
{
    return sw_observer_is_session(&w->observer) < 0;
}

/* What the server says behind the client's answer shows that it answered. */
static void note_stage(watch *w, const sw_observer_event *event)
{
    if (event->side == FROM_SERVER && (event->kind == SW_OBSERVED_PACKET || event->kind == SW_OBSERVED_PROCEED ||
                                       event->kind == SW_OBSERVED_TEXT || event->kind == SW_OBSERVED_ENCRYPTED ||
                                       event->kind == SW_OBSERVED_RECORD))
        w->stage = STAGE_ENCRYPTED;
}

static void take(watch *w, unsigned end, const sw_observer_event *event, stamp time)
{
    if (event->kind == SW_OBSERVED_CANDIDATE) {
        keys_for_candidate(w, (from)end, event);
        return;
    }
    note_stage(w, event);
    take_event(w, event, time);
}

/* Where the item of an event begins. */
static uint64_t place_of(const sw_observer_event *event)
{
    return event->first ? event->message_at : event->at;
}

/* Does the other end wait for what this one says, to be told of in its turn? */
static int is_awaited(const watch *w, unsigned end)
{
    return w->queues[!end].count > 0 && sw_observer_waits(&w->observer, !end) == SW_WAIT_OTHER;
}

/* Offers what waits of an end, as far as an event that the other end waits for. 1: something became of it. */
static int offer_queue(watch *w, unsigned end, int full, int ended)
{
    queue *q = &w->queues[end];
    int moved = 0;
    int awaited = 0;
    int taken;

    do {
        sw_observer_input in = queue_offer(q);
        sw_observer_input rest = in;
        sw_observer_event event;

        rest.full = full;
        rest.ended = ended;
        while (!awaited && sw_observer_next(&w->observer, end, &rest, &event) > 0) {
            moved = 1;
            take(w, end, &event, q->count > 0 ? queue_time(q, place_of(&event)) : w->last[end]);
            awaited = !full && !ended && is_awaited(w, end);
        }
        taken = rest.len < in.len || rest.missing < in.missing;
        queue_taken(q, &rest);
        moved |= taken;
    } while (taken && !awaited && q->count > 0);
    return moved;
}

/* May bytes of this end be given up? */
static int is_full(const watch *w, unsigned end)
{
    if (w->queues[end].bytes.len > KEPT_MAX)
        return 1;
    return sw_observer_waits(&w->observer, end) == SW_WAIT_KEYS && !keys_may_come(w);
}

/* Goes on with what waits, until nothing becomes of it any more. */
static void pump(watch *w)
{
    int moved;

    do {
        moved = 0;
        for (unsigned end = 0; end < 2 && !is_over(w); end++) {
            moved |= offer_queue(w, end, 0, 0);
            if (is_full(w, end) && role_of(w, end) == FROM_SERVER)
                moved |= keys_by_trying(w, (from)end);
            if (is_full(w, end) && w->queues[end].count > 0)
                moved |= offer_queue(w, end, 1, 0);
        }
    } while (moved && !is_over(w));
}

/* Bytes in order, with nothing before them that waits. 1: something became of them. */
static int take_directly(watch *w, unsigned end, stamp time, uint8_t *data, size_t len)
{
    queue *q = &w->queues[end];
    sw_observer_input rest = { data, len, 0, 0, 0 };
    sw_observer_event event;
    int moved = 0;

    while (sw_observer_next(&w->observer, end, &rest, &event) > 0) {
        moved = 1;
        take(w, end, &event, time);
    }
    q->at += len - rest.len;
    if (rest.len > 0 && !is_over(w))
        queue_add(q, time, rest.data, rest.len);
    return moved;
}

/* Is there something that could go on now? */
static int has_waiting(const watch *w)
{
    return w->queues[0].count + w->queues[1].count > 0 || w->stage < STAGE_ENCRYPTED;
}

/* Its keys may have come before it waited for them. */
static void note_waiting(watch *w)
{
    int waits = w->response_size > 0 && keys_may_come(w) && !is_over(w);

    if (waits && !w->is_waiting && keys_retry(w)) {
        pump(w);
        waits = keys_may_come(w) && !is_over(w);
    }
    keys_note_waiting(w, waits);
}

int watch_data(watch *w, from end, stamp time, uint8_t *data, size_t len)
{
    w->heard[end] = 1;
    w->last[end] = time;
    text_end_run(w, !role_of(w, end));
    if (w->queues[end].count == 0)
        take_directly(w, end, time, data, len);
    else
        queue_add(&w->queues[end], time, data, len);
    if (has_waiting(w))
        pump(w);
    note_waiting(w);
    w->sides[role_of(w, end)].last = time;
    return !is_over(w);
}

/* A few bytes in a capture can claim that gigabytes are missing. */
static int affordable(watch_setup *setup, uint64_t n)
{
    uint64_t credit = HOLE_CREDIT + (setup->holes + 1) * HOLE_CREDIT_EACH;

    if (n > credit - setup->crossed)
        return 0;
    setup->holes++;
    setup->crossed += n;
    return 1;
}

void watch_lost(watch *w, from end, stamp time, uint64_t n)
{
    if (w->begun && !affordable(w->setup, n))
        sw_observer_abandon(&w->observer, end);
    w->lost[end] += n;
    w->last[end] = time;
    queue_add_missing(&w->queues[end], time, n);
    pump(w);
}

void watch_message_over(watch *w, from end)
{
    offer_queue(w, end, 1, 0);
    pump(w);
}

void watch_conflict(watch *w, from end, uint64_t n)
{
    w->conflicts[end] += n;
}

void watch_misplaced(watch *w, from end, uint64_t n)
{
    w->misplaced[end] += n;
}

void watch_end(watch *w, from end)
{
    if (!w->has_closer)
        w->closer = end;
    w->has_closer = 1;
}

int sessions_retry(watch_setup *setup)
{
    watch *older;

    if (setup->waiting == NULL || !keylog_grew(setup->log))
        return setup->waiting != NULL;
    for (watch *w = setup->waiting; w != NULL; w = older) {
        older = w->older;
        if (keys_retry(w))
            pump(w);
        keys_note_waiting(w, keys_may_come(w));
    }
    return setup->waiting != NULL;
}

/* ---- life ---- */

watch *watch_new(watch_setup *setup, const connection *about)
{
    watch *w = allocate(sizeof(*w));

    w->setup = setup;
    w->info.about = *about;
    w->info.keys = setup->keys->count;
    if (setup->log != NULL)
        w->info.keylog = keylog_name(setup->log);
    w->exit_status = -1;
    sw_observer_init(&w->observer, setup->crypto);
    return w;
}

static void show_end(watch *w, flow_end how, from breaker, stamp time)
{
    const event_sink *sink = w->setup->sink;
    outcome end;

    memset(&end, 0, sizeof(end));
    end.time = time.time;
    end.stage = w->stage;
    end.how = how;
    end.closer = (from)role_of(w, w->has_closer ? w->closer : breaker);
    end.breaker = (from)role_of(w, breaker);
    end.exit_status = w->exit_status;
    end.refused = w->refused;
    end.damaged = how == FLOW_DROPPED;
    for (unsigned i = 0; i < 2; i++) {
        int who = role_of(w, i);
        const side *s = &w->sides[who];

        end.lost[who] = s->lost;
        end.records[who] = s->records;
        end.rekeyed[who] = s->rekeyed;
        end.error[who] = s->error;
        end.conflicts[who] = w->conflicts[i];
        end.misplaced[who] = w->misplaced[i];
        end.unseen[who] = !w->heard[i] && w->lost[i] == 0 &&
                          (who == FROM_SERVER || w->sides[FROM_SERVER].damaged ||
                           (!w->info.request_seen && w->stage >= STAGE_CHALLENGED));
        if (s->lost > 0 || w->conflicts[i] > 0 || w->misplaced[i] > 0 || s->error.code < 0 || s->damaged ||
            end.unseen[who])
            end.damaged = 1;
    }
    sink->end(sink->ctx, &w->info, &end);
}

/* Shows what was still being collected, if this was a session. */
static void show_rest(watch *w)
{
    int moved;

    keys_retry(w);
    pump(w);
    keys_by_trying(w, (from)(role_of(w, 1) == FROM_SERVER));
    do {
        unsigned server = role_of(w, 1) == FROM_SERVER;
        unsigned first = is_sealed(w) ? !server : server; /* the greeting comes before the request */

        moved = offer_queue(w, first, 1, 1);
        moved |= offer_queue(w, !first, 1, 1);
    } while (moved && !is_over(w));
    if (is_over(w))
        return;
    if (!w->begun && sw_observer_is_session(&w->observer) == 0)
        return;
    session_begin(w);
    for (int who = 0; who < 2; who++) {
        sw_error error = show_unfinished(w, who);

        if (w->sides[who].error.code == SW_OK)
            w->sides[who].error = error;
    }
    for (int who = 0; who < 2; who++)
        show_passed(w, who, 0);
}

void watch_close(watch *w, flow_end how, from breaker, stamp time)
{
    show_rest(w);
    if (w->begun)
        show_end(w, how, breaker, time);
    else
        w->setup->candidates += w->may_be_session != 0;
    keys_note_waiting(w, 0);
    for (int i = 0; i < 2; i++) {
        queue_free(&w->queues[i]);
        free(w->sides[i].kept.data);
    }
    sw_observer_wipe(&w->observer);
    platform_wipe(w->given, sizeof(w->given));
    free(w->greeting.data);
    free(w->user);
    free(w);
}

/* ---- connections ---- */

static void *open_watch(void *ctx, const connection *about)
{
    return watch_new(ctx, about);
}

static int on_data(void *of, from end, stamp time, uint8_t *data, size_t len)
{
    return watch_data(of, end, time, data, len);
}

static void on_lost(void *of, from end, stamp time, uint64_t n)
{
    watch_lost(of, end, time, n);
}

static void on_conflict(void *of, from end, uint64_t n)
{
    watch_conflict(of, end, n);
}

static void on_misplaced(void *of, from end, uint64_t n)
{
    watch_misplaced(of, end, n);
}

static void on_end(void *of, from end, stamp time)
{
    (void)time;
    watch_end(of, end);
}

static void on_close(void *of, flow_end how, from breaker, stamp time)
{
    watch_close(of, how, breaker, time);
}

static int begins(const uint8_t *data, size_t len)
{
    return sw_observer_is_request(data, len) > 0 || sw_observer_is_greeting(data, len) > 0 ||
           sw_observer_is_proof(data, len) > 0;
}

flow_watcher sessions_watcher(watch_setup *setup)
{
    return (
        flow_watcher){ setup, begins, open_watch, on_data, on_lost, on_conflict, on_misplaced, on_end, on_close };
}
