/* SPDX-License-Identifier: ISC */
#include "session_internal.h"

#include "platform.h"
#include "release.h"
#include "secrets.h"

#include <epan/wmem_scopes.h>

#include <string.h>

static stream_pool pool;
static unsigned session_count;

/* ---- life ---- */

static release_bool session_free(wmem_allocator_t *scope, wmem_cb_event_t event, void *data)
{
    session *s = data;

    (void)scope;
    (void)event;
    for (unsigned end = 0; end < 2; end++) {
        peer *p = &s->peers[end];

        stream_clear(&p->order);
        queue_free(&p->waiting);
        g_byte_array_free(p->message.body, TRUE);
    }
    sw_observer_wipe(&s->observer);
    platform_wipe(s->given, sizeof(s->given));
    platform_wipe(s->refused, sizeof(s->refused));
    g_byte_array_free(s->text, TRUE);
    g_free(s);
    return FALSE;
}

/* Empty, but not without memory. */
static GByteArray *new_bytes(void)
{
    return g_byte_array_sized_new(64);
}

void sessions_reset(void)
{
    session_count = 0;
}

session *session_new(void)
{
    session *s = g_new0(session, 1); /* ciphers must not move, so no part of it is ever copied */

    sw_observer_init(&s->observer, secrets_crypto());
    for (unsigned end = 0; end < 2; end++) {
        s->peers[end].order.pool = &pool;
        s->peers[end].message.body = new_bytes();
    }
    s->text = new_bytes();
    wmem_register_callback(wmem_file_scope(), session_free, s);
    return s;
}

/* ---- who is who ---- */

/* Could what waits of this end be the beginning of a request? */
static int seems_client(const session *s, unsigned end)
{
    sw_observer_input in = queue_offer(&s->peers[end].waiting);

    return in.len > 0 && sw_observer_is_request(in.data, in.len) >= 0;
}

int role_of(const session *s, unsigned end)
{
    int client = sw_observer_client(&s->observer);

    if (client < 0)
        client = seems_client(s, 0) ? 0 : 1;
    return (int)end == client ? SW_FROM_CLIENT : SW_FROM_SERVER;
}

static int is_over(const session *s)
{
    return sw_observer_is_session(&s->observer) < 0;
}

/* ---- feeding ---- */

/* Offers what waits of an end: all of it, or, if bytes of both ends wait, up to the next event, so that the ends take
 * turns. 1: something became of it. */
static int offer(session *s, unsigned end, int full)
{
    queue *q = &s->peers[end].waiting;
    int in_turns = s->peers[!end].waiting.count > 0 && q->bytes.len <= KEPT_MAX;
    int moved = 0;
    int taken;

    do {
        sw_observer_input in = queue_offer(q);
        sw_observer_input rest = in;
        sw_observer_event event;

        rest.full = full;
        while (!(in_turns && moved) && sw_observer_next(&s->observer, end, &rest, &event) > 0) {
            uint64_t place = event.first ? event.message_at : event.at;

            moved = 1;
            if (s->number == 0 && event.kind != SW_OBSERVED_GREETING && event.kind != SW_OBSERVED_CANDIDATE)
                s->number = ++session_count;
            take_event(s, end, &event, q->count > 0 ? (uint32_t)queue_time(q, place).frame : s->frame);
        }
        taken = rest.len < in.len || rest.missing < in.missing;
        queue_taken(q, &rest);
        moved |= taken;
    } while (taken && q->count > 0 && !in_turns);
    return moved;
}

/* Can bytes of this end be kept no longer? */
static int is_full(const session *s, unsigned end)
{
    if (s->peers[end].waiting.bytes.len > KEPT_MAX)
        return 1;
    return sw_observer_waits(&s->observer, end) == SW_WAIT_KEYS && !keys_may_come(s);
}

/* Goes on with what waits, until nothing becomes of it any more. First the sender's: that there are bytes of it may be what
 * the other end's wait for. */
static void pump(session *s)
{
    int moved;

    do {
        moved = 0;
        for (unsigned i = 0; i < 2 && !is_over(s); i++) {
            unsigned end = i == 0 ? s->end : !s->end;

            moved |= offer(s, end, 0);
            if (s->peers[end].waiting.count > 0 && is_full(s, end))
                moved |= offer(s, end, 1);
        }
    } while (moved && !is_over(s));
}

void session_starts_at(session *s, unsigned end, uint32_t seq)
{
    stream_start(&s->peers[end].order, seq - 1);
}

static void put_in_order(session *s, const payload *in)
{
    peer *p = &s->peers[s->end];
    segment seg = { .seq = in->seq, .data = in->data, .len = in->len, .cut = in->cut };
    piece part;

    seg.time.frame = in->frame;
    stream_add(&p->order, &seg);
    while (stream_next(&p->order, &part)) {
        if (part.kind == PIECE_DATA) {
            queue_add(&p->waiting, part.time, part.data, part.len);
            p->fed = 1;
        } else {
            part.time.frame = in->frame;
            queue_add_missing(&p->waiting, part.time, part.len);
        }
        p->reached += part.len;
    }
    s->finding->conflicts = p->order.conflicts > 0;
    p->order.conflicts = 0;
}

/* ---- what waits ---- */

/* What came of a request so far. It may end with any byte, and what is wrong with it may become right until then. */
static sw_error request_so_far(const uint8_t *text, size_t len, sw_request *request)
{
    sw_error error;

    if (len > 0 && (text[len - 1] == '\0' || text[len - 1] == '\n'))
        len--;
    if (len > 0 && text[len - 1] == '\r')
        len--;
    sw_request_parse(text, len, request, &error);
    return error;
}

/* A client that says something else than a request: then this is no session, and the observer has no more to say. */
static void note_request(session *s)
{
    sw_observer_input in = queue_offer(&s->peers[s->end].waiting);
    sw_request request;

    s->request_error.code = SW_OK;
    if (s->agreed == NULL && role_of(s, s->end) == SW_FROM_CLIENT)
        s->request_error = request_so_far(in.data, in.len, &request);
}

static int is_text(const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((data[i] < 0x20 && strchr("\n\r\t", data[i]) == NULL) || data[i] == 0 || data[i] == 0x7f)
            return 0;
    return 1;
}

/* What has no end mark is shown as far as it came, when nobody knows yet whether it goes on. ITEM_HELD: it is none
 * of that. */
static item_kind open_ended_kind(const session *s, unsigned end, const sw_observer_input *in)
{
    if (role_of(s, end) == SW_FROM_CLIENT)
        return s->agreed == NULL ? ITEM_REQUEST : ITEM_HELD;
    if (!s->greeted && is_text(in->data, in->len))
        return ITEM_GREETING;
    if (s->agreed != NULL && !(s->agreed->features & SW_FEATURE_SIDEBAND) && !s->challenged)
        return ITEM_CHALLENGE;
    return ITEM_HELD;
}

static void show_open_ended(session *s, unsigned end, item_kind kind, const sw_observer_input *in)
{
    peer *p = &s->peers[end];
    item *it = item_add(s, end, kind);
    sw_request request;

    item_set_bytes(s, end, it, p->waiting.at, p->waiting.at + in->len, in->data, in->len);
    item_set_frame(s, it, (uint32_t)queue_time(&p->waiting, p->waiting.at).frame);
    item_set_exchange(s, it);
    p->shown_from = p->waiting.at;
    p->shown = p->waiting.at + in->len;
    if (kind != ITEM_REQUEST)
        return;
    it->error = request_so_far(in->data, in->len, &request);
    if (it->error.code == SW_OK)
        s->finding->agreed = agreement_new(&request, in->data);
    /* in pieces it looks wrong until the last one has come */
    if (it->error.code == SW_E_REQUEST_PREFIX || it->first_frame != 0)
        it->error.code = SW_OK;
}

/* Of a message some came, of another nothing but the beginning of its header. */
static void show_begun(session *s, unsigned end, const sw_observer_input *in)
{
    const message *m = &s->peers[end].message;
    item *it = item_add(s, end, ITEM_BEGUN);

    it->offset = in->len;
    if (m->under_way) {
        it->band = m->band;
        it->size = m->size;
        it->offset = m->offset + m->body->len;
    }
}

static void show_waiting(session *s, unsigned end)
{
    peer *p = &s->peers[end];
    sw_observer_input in = queue_offer(&p->waiting);
    item_kind kind = in.len > 0 ? open_ended_kind(s, end, &in) : ITEM_BEGUN;
    item *it;

    if (kind != ITEM_BEGUN && kind != ITEM_HELD) {
        if (p->waiting.at + in.len > p->shown)
            show_open_ended(s, end, kind, &in);
    } else if (end != s->end || !p->fed || (in.len == 0 && !p->message.under_way)) {
        return;
    } else if (in.len > 0 && sw_observer_waits(&s->observer, end) != SW_WAIT_MORE) {
        it = item_add(s, end, ITEM_HELD);
        it->size = in.len;
        it->awaits_keys = sw_observer_waits(&s->observer, end) == SW_WAIT_KEYS;
        it->note = role_of(s, end) == SW_FROM_SERVER ? "the client's turn has not been captured yet"
                                                     : "the server's turn has not been captured yet";
    } else {
        show_begun(s, end, &in);
    }
}

/* TCP did not hand over what belongs before these bytes. */
static void show_early(session *s, const payload *in)
{
    const peer *p = &s->peers[s->end];
    item *it;

    if (p->fed || (int32_t)(in->seq - p->order.next) <= 0)
        return;
    it = item_add(s, s->end, ITEM_HELD);
    it->size = in->len;
    it->offset = in->seq - p->order.next;
}

/* ---- frames ---- */

static void frame_start(session *s, unsigned end, const payload *in)
{
    peer *p = &s->peers[end];

    s->finding = wmem_new0(wmem_file_scope(), finding);
    s->frame = in->frame;
    s->time = in->time;
    s->end = end;
    if (!p->order.started)
        session_starts_at(s, end, in->seq);
    s->place = (int64_t)p->reached + (int32_t)(in->seq - p->order.next);
    s->payload = in->data;
    s->payload_len = in->len;
    s->peers[0].fed = s->peers[1].fed = 0;
    g_byte_array_set_size(s->text, 0);
}

/* It turned out, now or earlier, that this is no session. */
static void show_no_session(session *s, const payload *in)
{
    item *it = item_add(s, s->end, ITEM_UNDECODED);

    item_set_bytes(s, s->end, it, (uint64_t)s->place, (uint64_t)s->place + in->len, in->data, in->len);
    it->error = s->request_error;
    if (it->error.code == SW_OK)
        it->note = "this is no session";
}

finding *session_take(session *s, unsigned end, const payload *in)
{
    frame_start(s, end, in);
    put_in_order(s, in);
    note_request(s);
    keys_retry(s);
    pump(s);
    s->finding->side = role_of(s, end);
    s->finding->agreed = s->agreed;
    s->finding->session = s->number;
    if (is_over(s)) {
        show_no_session(s, in);
    } else {
        for (unsigned i = 0; i < 2; i++)
            show_waiting(s, i);
        show_early(s, in);
    }
    s->finding->text_len = s->text->len;
    s->finding->text = wmem_memdup(wmem_file_scope(), s->text->data, s->text->len);
    return s->finding;
}
