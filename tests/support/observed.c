/* SPDX-License-Identifier: ISC */
#include "observed.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(int is_so, const char *what)
{
    if (is_so)
        return;
    fprintf(stderr, "observed: not so: %s\n", what);
    abort();
}

/* ---- log ---- */

static void note(observed_end *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void note(observed_end *e, const char *format, ...)
{
    char line[128];
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    if (e->log_cap - e->log_len < sizeof(line)) {
        e->log_cap = 2 * e->log_cap + sizeof(line); /* not each time: that copies all of it */
        e->log = realloc(e->log, e->log_cap);
        must(e->log != NULL, "there is memory");
    }
    memcpy(e->log + e->log_len, line, (size_t)n + 1);
    e->log_len += (size_t)n;
}

/* Writes down what was collected. */
static void flush(observed_end *e)
{
    if (e->name[0] == '\0')
        return;
    if (e->size > 0)
        note(e, "%s %" PRIu64 "/%" PRIu64 " %08x\n", e->name, e->came, e->size, e->sum);
    else
        note(e, "%s %" PRIu64 " %08x\n", e->name, e->came, e->sum);
    e->name[0] = '\0';
}

/* Adds to what is collected under that name, or begins it. */
static void collect(observed_end *e, const char *name, int begins, uint64_t size, const sw_observer_event *event)
{
    if (begins || strcmp(e->name, name) != 0) {
        flush(e);
        snprintf(e->name, sizeof(e->name), "%s", name);
        e->came = 0;
        e->sum = 2166136261u;
        e->size = size;
    }
    e->came += event->len;
    for (size_t i = 0; event->data != NULL && i < event->len; i++)
        e->sum = (e->sum ^ event->data[i]) * 16777619u;
}

static const char *message_name(const sw_observer_event *event)
{
    static const char *const names[] = {
        [SW_OBSERVED_GREETING] = "greeting",   [SW_OBSERVED_REQUEST] = "request",
        [SW_OBSERVED_CHALLENGE] = "challenge", [SW_OBSERVED_RESPONSE] = "response",
        [SW_OBSERVED_PROCEED] = "proceed",     [SW_OBSERVED_COMMAND] = "command",
        [SW_OBSERVED_PACKET] = NULL,           [SW_OBSERVED_NOISE] = "noise",
        [SW_OBSERVED_TEXT] = "text",           [SW_OBSERVED_ENCRYPTED] = "encrypted",
        [SW_OBSERVED_UNDECODED] = "undecoded",
    };

    return event->kind == SW_OBSERVED_PACKET ? sw_band_name(event->band) : names[event->kind];
}

static void note_message(observed *o, observed_end *e, const sw_observer_event *event)
{
    const char *name = message_name(event);
    int is_message = event->kind == SW_OBSERVED_CHALLENGE || event->kind == SW_OBSERVED_NOISE ||
                     event->kind == SW_OBSERVED_RESPONSE || event->kind == SW_OBSERVED_PACKET;

    must(name != NULL, "a band has a name");
    if (event->kind == SW_OBSERVED_RESPONSE && event->last)
        o->verdict = event->verdict;
    if (is_message) {
        o->bands |= 1u << event->band;
        must(event->offset + event->len <= event->size, "data lies in its body");
        must(event->first || e->name[0] != '\0' || e->log_len > 0, "a message begins first");
        must(event->last == (event->offset + event->len == event->size), "the last bytes end it");
    }
    collect(e, name, is_message && event->first, is_message ? event->size : 0, event);
    if (event->error.code < 0)
        note(e, "error %d\n", event->error.code);
    if (is_message ? event->last : event->kind <= SW_OBSERVED_COMMAND)
        flush(e);
}

/* Bytes of a body that were in records which did not open. */
static void note_skipped(observed_end *e, const sw_observer_event *event)
{
    if (event->in_message)
        note(e, "%" PRIu64 " bytes of it from %" PRIu32 " on are not to be had\n", event->missing, event->offset);
}

/* What was passed over in a message, or before one. */
static void flush_passed(observed_end *e)
{
    if (e->passed > 0)
        note(e, "undecoded %" PRIu64 " in message\n", e->passed);
    e->passed = 0;
    if (strcmp(e->name, "undecoded") == 0 || strcmp(e->name, "encrypted") == 0)
        flush(e);
}

static void note_record(observed_end *e, const sw_observer_event *event)
{
    flush_passed(e);
    note(e, "record %" PRIu64 " of %" PRIu32 "%s%s\n", event->number, event->size,
         event->opened ? "" : ", not opened", event->rekeyed ? ", rekeyed" : "");
    if (event->error.code < 0)
        note(e, "error %d\n", event->error.code);
    note_skipped(e, event);
}

static void take(observed *o, observed_end *e, const sw_observer_event *event)
{
    if (event->kind == SW_OBSERVED_UNDECODED && event->in_message) {
        e->passed += event->len;
        if (event->error.code < 0)
            note(e, "error %d\n", event->error.code);
        return;
    }
    switch (event->kind) {
    case SW_OBSERVED_RECORD: note_record(e, event); break;
    case SW_OBSERVED_WRONG_KEYS: o->wrong_keys++; break;
    case SW_OBSERVED_LOST:
        flush_passed(e);
        if (!event->in_message && !(o->observer.features & SW_FEATURES_SEALED))
            flush(e);
        note(e, "lost %" PRIu64 "%s\n", event->missing, event->in_message ? " in message" : "");
        break;
    case SW_OBSERVED_RESUMED:
        flush_passed(e);
        note(e, "resumed at %" PRIu64 "%s\n", event->at, event->sure ? "" : ", not sure");
        note_skipped(e, event);
        break;
    case SW_OBSERVED_CANDIDATE: break;
    default: note_message(o, e, event); break;
    }
}

/* ---- keys ---- */

static int give(observed *o)
{
    return o->keys != NULL && sw_observer_open(&o->observer, o->keys, o->block) == SW_OK;
}

static void answer(observed *o, const sw_observer_event *event)
{
    if ((event->kind == SW_OBSERVED_CHALLENGE && o->when == KEYS_AT_CHALLENGE) ||
        (event->kind == SW_OBSERVED_NOISE && event->side == SW_FROM_CLIENT &&
         (o->when == KEYS_AT_CHALLENGE || o->when == KEYS_AT_RESPONSE)) ||
        (event->kind == SW_OBSERVED_RESPONSE && o->when == KEYS_AT_RESPONSE && event->last))
        give(o);
}

/* ---- queues ---- */

static void *exact(const void *data, size_t len)
{
    void *copy = malloc(len > 0 ? len : 1);

    must(copy != NULL, "there is memory");
    if (len > 0)
        memcpy(copy, data, len);
    return copy;
}

/* The bytes and the hole that the observer left. */
static void leave(observed_queue *q, size_t offered, const sw_observer_input *rest, int crossed)
{
    size_t taken = offered - rest->len;

    if (q->len > 0) {
        memcpy(q->data + taken, rest->data, rest->len);
        memmove(q->data, q->data + taken, q->len - taken);
    }
    q->len -= taken;
    if (crossed) {
        q->hole_count--;
        memmove(q->holes, q->holes + 1, q->hole_count * sizeof(q->holes[0]));
    }
    for (size_t i = 0; i < q->hole_count; i++)
        q->holes[i].at -= taken;
}

static int offer(observed *o, unsigned end, int full, int ended)
{
    observed_end *e = &o->ends[end];
    observed_queue *q = &e->queue;
    size_t len = q->hole_count > 0 ? q->holes[0].at : q->len;
    uint64_t hole = q->hole_count > 0 ? q->holes[0].size : 0;
    uint8_t *copy = exact(q->data, len);
    sw_observer_input in = { copy, len, hole, ended && q->hole_count == 0, full };
    sw_observer_event event;
    int moved = 0;

    while (sw_observer_next(&o->observer, end, &in, &event) > 0) {
        must(event.data == NULL || (event.data >= copy && event.data + event.len <= copy + len),
             "data lies in the input");
        take(o, e, &event);
        if (o->told != NULL)
            o->told(o->context, &event);
        answer(o, &event);
        moved = 1;
    }
    must(in.data + in.len == copy + len, "bytes are taken from the front");
    moved |= in.len < len || in.missing < hole;
    leave(q, len, &in, hole > 0 && in.missing == 0);
    free(copy);
    return moved;
}

static void pump(observed *o, int full, int ended)
{
    int moved;

    do {
        moved = offer(o, 0, full, ended);
        moved |= offer(o, 1, full, ended);
    } while (moved);
}

/* ---- for everybody ---- */

void observed_start(observed *o, const sw_crypto *crypto, const sw_secrets *keys, observed_keys when)
{
    memset(o, 0, sizeof(*o));
    sw_observer_init(&o->observer, crypto);
    o->crypto = crypto;
    o->keys = keys;
    o->when = when;
}

void observed_feed(observed *o, unsigned end, const void *data, size_t len)
{
    observed_queue *q = &o->ends[end].queue;

    q->data = realloc(q->data, q->len + len + 1);
    must(q->data != NULL, "there is memory");
    if (len > 0)
        memcpy(q->data + q->len, data, len);
    q->len += len;
    offer(o, end, 0, 0);
    pump(o, o->full, 0);
}

void observed_lose(observed *o, unsigned end, uint64_t n)
{
    observed_queue *q = &o->ends[end].queue;

    if (n == 0)
        return;
    if (q->hole_count > 0 && q->holes[q->hole_count - 1].at == q->len) {
        q->holes[q->hole_count - 1].size += n;
    } else {
        must(q->hole_count < OBSERVED_HOLES, "there are not too many holes");
        q->holes[q->hole_count].at = q->len;
        q->holes[q->hole_count++].size = n;
    }
    q->data = realloc(q->data, q->len + 1);
    offer(o, end, 0, 0);
    pump(o, o->full, 0);
}

void observed_finish(observed *o)
{
    pump(o, 0, 0);
    if (o->when == KEYS_AT_END) {
        give(o);
        pump(o, 0, 0);
    }
    pump(o, 1, 1);
    for (int end = 0; end < 2; end++) {
        flush_passed(&o->ends[end]);
        flush(&o->ends[end]);
        must(o->ends[end].queue.len == 0, "all is taken in the end");
    }
}

const char *observed_log(const observed *o, unsigned end)
{
    return o->ends[end].log != NULL ? o->ends[end].log : "";
}

void observed_free(observed *o)
{
    sw_observer_wipe(&o->observer);
    for (int end = 0; end < 2; end++) {
        free(o->ends[end].queue.data);
        free(o->ends[end].log);
    }
}
