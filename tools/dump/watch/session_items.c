/* From the observer's events to items: puts messages together, or hands them on in parts. */
#include "session_internal.h"

#include "allocate.h"

#include <stdlib.h>
#include <string.h>

/* Legacy text that follows after a pause of this many nanoseconds is shown apart. */
static const int64_t run_pause = 1000000000;

/* ---- collecting ---- */

static void item_start(side *s, item_kind kind, stamp time)
{
    s->collecting = 1;
    s->kind = kind;
    s->time = time;
    s->band = BAND_NONE;
    s->size = s->came = s->missing = 0;
    s->kept.len = 0;
    s->parts = 0;
}

/* How many bytes of it are behind us. */
static uint64_t item_position(const side *s)
{
    return s->came + s->missing;
}

/* What was collected so far, as an item. */
static item item_collected(const side *s, int who)
{
    item what;

    memset(&what, 0, sizeof(what));
    what.kind = s->kind;
    what.side = (from)who;
    what.time = s->time.time;
    what.frame = s->time.frame;
    what.band = s->band;
    what.size = s->size > item_position(s) ? s->size : item_position(s);
    what.came = s->came;
    what.body = s->kept.data;
    what.body_len = s->kept.len;
    if (s->parts)
        what.offset = item_position(s) - s->kept.len;
    return what;
}

/* ---- showing ---- */

void show_item(watch *w, const item *what)
{
    const event_sink *sink = w->setup->sink;

    sink->item(sink->ctx, &w->info, what);
}

item item_counted(int who, item_kind kind, stamp time, uint64_t n)
{
    item what;

    memset(&what, 0, sizeof(what));
    what.kind = kind;
    what.side = (from)who;
    what.time = time.time;
    what.frame = time.frame;
    what.band = BAND_NONE;
    what.size = what.came = n;
    return what;
}

void show_passed(watch *w, int who, int resumed)
{
    side *s = &w->sides[who];
    item what;

    if (s->encrypted > 0) {
        what = item_counted(who, ITEM_ENCRYPTED, s->encrypted_time, s->encrypted);
        show_item(w, &what);
    }
    if (s->passed > 0) {
        what = item_counted(who, ITEM_UNDECODED, s->passed_time, s->passed);
        what.error = s->error;
        what.resumed = resumed;
        show_item(w, &what);
    }
    s->encrypted = s->passed = 0;
}

static void show_greeting(watch *w)
{
    item what = item_counted(FROM_SERVER, ITEM_GREETING, w->greeting_time, w->greeting.len);

    what.body = w->greeting.data;
    what.body_len = w->greeting.len;
    if (what.body_len > 0)
        show_item(w, &what);
}

void session_begin(watch *w)
{
    const event_sink *sink = w->setup->sink;

    if (w->begun)
        return;
    w->begun = 1;
    if (sw_observer_client(&w->observer) == FROM_SERVER) {
        endpoint server = w->info.about.client;

        w->info.about.client = w->info.about.server;
        w->info.about.server = server;
    }
    w->info.number = ++w->setup->sessions;
    sink->begin(sink->ctx, &w->info);
    show_greeting(w);
}

/* ---- bodies ---- */

static int is_in_parts(const watch *w, const side *s)
{
    return w->setup->whole_bodies && s->kind == ITEM_DATA;
}

/* Shows what was kept of a body of which more follows. */
static void show_part(watch *w, int who)
{
    side *s = &w->sides[who];
    item what = item_collected(s, who);

    what.more = 1;
    show_item(w, &what);
    s->parts = 1;
    s->kept.len = 0;
}

/* How much of it is kept if it is not shown in parts. */
static size_t kept_max(const side *s)
{
    if (s->kind == ITEM_DATA)
        return PREVIEW_MAX;
    return s->kind == ITEM_COMMAND ? SW_COMMAND_MAX : SW_CHALLENGE_MAX;
}

static void item_add(watch *w, int who, const uint8_t *data, size_t n)
{
    side *s = &w->sides[who];

    if (!is_in_parts(w, s)) {
        if (s->missing == 0)
            buffer_add(&s->kept, data, n, kept_max(s));
        s->came += n;
        return;
    }
    while (n > 0) {
        size_t room, some;

        if (s->kept.len == PART_MAX)
            show_part(w, who);
        room = PART_MAX - s->kept.len;
        some = n < room ? n : room;
        buffer_add(&s->kept, data, some, PART_MAX);
        s->came += some;
        data += some;
        n -= some;
    }
}

/* ---- commands ---- */

static void decode_command(const side *s, item *what, sw_argument *argv)
{
    sw_error *error = &what->error;

    if (what->size > SW_COMMAND_MAX)
        *error = (sw_error){ SW_E_COMMAND_SIZE, what->size, SW_COMMAND_MAX };
    else if (s->missing > 0)
        *error = (sw_error){ SW_E_TRUNCATED, s->came, what->size };
    else if (s->band == BAND_NONE)
        sw_command_decode_legacy(s->kept.data, s->kept.len, argv, s->kept.len, &what->arguments, error);
    else
        sw_command_decode(s->kept.data, s->kept.len, argv, s->kept.len, &what->arguments, error);
    what->argv = argv;
}

/* Shows an item that is complete. */
static void item_over(watch *w, int who)
{
    side *s = &w->sides[who];
    item what = item_collected(s, who);
    sw_argument *argv = NULL;

    s->collecting = 0;
    if (s->kind == ITEM_COMMAND) {
        argv = allocate((s->kept.len + 1) * sizeof(*argv));
        decode_command(s, &what, argv);
    }
    show_item(w, &what);
    free(argv);
}

/* ---- what is not complete ---- */

void text_end_run(watch *w, int who)
{
    side *s = &w->sides[who];

    if (s->collecting && s->kind == ITEM_DATA && s->band == BAND_NONE)
        item_over(w, who);
}

sw_error show_unfinished(watch *w, int who)
{
    side *s = &w->sides[who];
    unsigned header = s->band != BAND_NONE ? SW_HEADER_SIZE : 0;
    item what;

    text_end_run(w, who);
    if (!s->collecting)
        return (sw_error){ SW_OK, 0, 0 };
    what = item_collected(s, who);
    what.error = (sw_error){ SW_E_TRUNCATED, header + s->came, header + what.size };
    if (s->kind == ITEM_COMMAND && s->band == BAND_NONE)
        what.error.code = SW_E_NO_COMMAND;
    s->collecting = 0;
    show_item(w, &what);
    return what.error;
}

/* ---- events ---- */

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
    what = item_collected(s, who);
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

    if (time.time - s->last.time > run_pause)
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

void show_hole(watch *w, int who, stamp time, uint64_t n)
{
    side *s = &w->sides[who];
    item what = item_counted(who, ITEM_LOST, time, n);

    if (is_in_parts(w, s) && (s->kept.len > 0 || !s->parts))
        show_part(w, who);
    what.offset = item_position(s);
    s->missing += n;
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
