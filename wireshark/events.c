/* SPDX-License-Identifier: ISC */
/* From the observer's events to items: puts messages together. */
#include "session_internal.h"

#include "secrets.h"

#include <sidewire/ssh.h>

#include <epan/wmem_scopes.h>

enum { RECORD_HEADER = 2 }; /* bytes of its size */

/* ---- messages ---- */

static void message_start(message *m, const sw_observer_event *event, item_kind kind, uint32_t since)
{
    g_byte_array_set_size(m->body, 0);
    m->under_way = 1;
    m->kind = kind;
    m->band = event->band != SW_BAND_ANY ? event->band : BAND_NONE;
    m->size = event->size;
    m->offset = 0;
    m->at = event->message_at;
    m->end = event->at;
    m->frame = since;
}

/* Shows what is kept of a message: all of it, or a part. */
static item *show_part(session *s, unsigned end)
{
    message *m = &s->peers[end].message;
    item *it = item_add(s, end, m->kind);

    it->band = m->band;
    it->size = m->size;
    it->offset = m->offset;
    it->header = m->band != BAND_NONE && m->offset == 0 ? SW_HEADER_SIZE : 0;
    item_set_bytes(s, end, it, m->at, m->end, m->body->data, m->body->len);
    item_set_frame(s, it, m->frame);
    item_set_exchange(s, it);
    m->offset += it->len;
    g_byte_array_set_size(m->body, 0);
    return it;
}

/* What came of a message of which no more will come. */
static void show_broken(session *s, unsigned end)
{
    message *m = &s->peers[end].message;
    unsigned header = m->band != BAND_NONE ? SW_HEADER_SIZE : 0;

    if (!m->under_way)
        return;
    m->under_way = 0;
    show_part(s, end)->error = (sw_error){ SW_E_TRUNCATED, header + m->offset, header + m->size };
}

/* A challenge or response is complete. It may have been shown as it came, when nobody knew where it ends. */
static void show_proof(session *s, unsigned end, const sw_observer_event *event)
{
    peer *p = &s->peers[end];
    int is_shown = p->shown > 0 && p->shown_from == event->at && p->shown == event->at + event->len;
    item *it;

    if (event->kind == SW_OBSERVED_CHALLENGE)
        keys_for_challenge(s, event);
    else
        keys_for_response(s, event);
    p->message.under_way = 0;
    if (is_shown)
        return;
    it = show_part(s, end);
    it->verdict = event->verdict;
    if (!s->key_told)
        it->note = s->key;
    s->key_told = s->key != NULL;
}

/* Sealed: who it is. Records of earlier frames go on to say that it is not known. */
static void note_user(session *s, const uint8_t *body, size_t len)
{
    agreement *a;
    sw_ssh_proof proof;

    if (s->agreed == NULL || sw_ssh_proof_read(&proof, body, len) < 0)
        return;
    a = wmem_memdup(wmem_file_scope(), s->agreed, sizeof(*a));
    a->user = wmem_memdup(wmem_file_scope(), proof.user, proof.user_len);
    a->user_len = proof.user_len;
    s->agreed = a;
}

static void take_message(session *s, unsigned end, const sw_observer_event *event, item_kind kind, uint32_t since)
{
    message *m = &s->peers[end].message;
    size_t taken = 0;

    if (event->first)
        message_start(m, event, kind, since);
    while (taken < event->len) {
        size_t n = event->len - taken, room = PART_SIZE - m->body->len;

        if (room == 0) {
            show_part(s, end);
            continue;
        }
        n = n < room ? n : room;
        if (m->body->len == 0 && m->offset > 0)
            m->at = event->at + taken;
        g_byte_array_append(m->body, event->data + taken, (guint)n);
        taken += n;
        m->end = event->at + taken;
    }
    if (event->last && m->kind == ITEM_NOISE)
        keys_for_noise(s, event);
    else if (event->last && m->kind == ITEM_PROOF)
        note_user(s, m->body->data, m->body->len);
    if (event->last && (m->kind == ITEM_CHALLENGE || m->kind == ITEM_RESPONSE)) {
        show_proof(s, end, event);
    } else if (event->last) {
        m->under_way = 0;
        show_part(s, end);
    }
}

static void take_packet(session *s, unsigned end, const sw_observer_event *event, uint32_t since)
{
    item_kind kind = ITEM_DATA;

    if (event->band == SW_BAND_PROCEED)
        kind = ITEM_PROCEED;
    else if (event->band == SW_BAND_COMMAND)
        kind = ITEM_COMMAND;
    else if (event->band == SW_BAND_CHALLENGE_RESPONSE)
        kind = ITEM_PROOF;
    take_message(s, end, event, kind, since);
}

/* ---- what is no message ---- */

/* The bytes of an event as an item. */
static item *show_bytes(session *s, unsigned end, const sw_observer_event *event, item_kind kind, uint32_t since)
{
    item *it = item_add(s, end, kind);

    item_set_bytes(s, end, it, event->at, event->at + event->len, event->data, event->len);
    item_set_frame(s, it, since);
    item_set_exchange(s, it);
    return it;
}

agreement *agreement_new(const sw_request *request, const uint8_t *text)
{
    agreement *a = wmem_new0(wmem_file_scope(), agreement);

    a->features = request->features;
    if (request->user == NULL)
        return a;
    a->user_len = request->user_len;
    a->user_offset = (size_t)((const uint8_t *)request->user - text);
    a->user = wmem_memdup(wmem_file_scope(), request->user, request->user_len);
    return a;
}

/* Greeting or request, unless it was shown as it came. */
static void take_opening(session *s, unsigned end, const sw_observer_event *event, item_kind kind, uint32_t since)
{
    peer *p = &s->peers[end];

    if (kind == ITEM_GREETING)
        s->greeted = 1;
    else if (event->error.code == SW_OK)
        s->agreed = agreement_new(&event->request, event->data);
    if (p->shown_from != event->at || p->shown != event->at + event->len)
        show_bytes(s, end, event, kind, since)->error = event->error;
}

static void take_encrypted(session *s, unsigned end, const sw_observer_event *event, uint32_t since)
{
    peer *p = &s->peers[end];
    item *it = show_bytes(s, end, event, ITEM_ENCRYPTED, since);

    it->wrong_keys = s->wrong_keys;
    it->quiet = event->data == NULL;
    if (!p->excused)
        it->note = s->wrong_keys ? "the keys do not fit" : secrets_excuse(is_sealed(s));
    p->excused = 1;
}

/* The message that is under way goes on without some of its bytes, or it does not. */
static void message_goes_on(session *s, unsigned end, const sw_observer_event *event)
{
    message *m = &s->peers[end].message;

    if (!event->in_message) {
        show_broken(s, end);
        return;
    }
    if (m->body->len > 0 || m->offset == 0)
        show_part(s, end);
    m->offset += event->missing;
}

/* Sealed: what becomes of the message is told later. */
static void take_hole(session *s, unsigned end, const sw_observer_event *event)
{
    item *it;

    if (!is_sealed(s))
        message_goes_on(s, end, event);
    it = item_add(s, end, ITEM_LOST);
    it->size = event->missing;
    it->in_message = event->in_message;
}

static void take_record(session *s, unsigned end, const sw_observer_event *event, uint32_t since)
{
    item *it;

    if (!event->opened)
        message_goes_on(s, end, event);
    it = item_add(s, end, ITEM_RECORD);
    it->size = event->size;
    it->number = event->number;
    it->opened = it->quiet = event->opened;
    it->rekeyed = event->rekeyed;
    it->error = event->error;
    item_set_bytes(s, end, it, event->at, event->at + RECORD_HEADER + event->size, NULL, event->size);
    item_set_frame(s, it, since);
}

static void take_resumption(session *s, unsigned end, const sw_observer_event *event)
{
    if (is_sealed(s))
        message_goes_on(s, end, event);
    item_add(s, end, ITEM_RESUMED)->sure = event->sure;
}

/* Do these bytes begin with a header that is wrong? */
static int is_bad_header(const sw_observer_event *event)
{
    if (event->data == NULL)
        return 0;
    switch (event->error.code) {
    case SW_E_BAND:
    case SW_E_UNEXPECTED:
    case SW_E_NOT_EMPTY:
    case SW_E_PACKET_SIZE: return event->len >= SW_HEADER_SIZE;
    default: return 0;
    }
}

static void take_damage(session *s, unsigned end, const sw_observer_event *event, uint32_t since)
{
    const uint8_t *p = event->data;
    item *it;

    if (!event->in_message)
        show_broken(s, end);
    it = item_add(s, end, ITEM_UNDECODED);
    it->error = event->error;
    it->quiet = event->data == NULL && event->error.code == SW_OK;
    item_set_frame(s, it, since);
    if (!is_bad_header(event)) {
        item_set_bytes(s, end, it, event->at, event->at + event->len, p, event->len);
        return;
    }
    it->header = SW_HEADER_SIZE;
    it->size = (uint64_t)p[3] << 24 | (uint64_t)p[2] << 16 | (uint64_t)p[1] << 8 | p[0];
    it->band = p[SW_HEADER_SIZE - 1];
    item_set_bytes(s, end, it, event->at, event->at + event->len, p + SW_HEADER_SIZE, event->len - SW_HEADER_SIZE);
}

void take_event(session *s, unsigned end, const sw_observer_event *event, uint32_t since)
{
    switch (event->kind) {
    case SW_OBSERVED_GREETING: take_opening(s, end, event, ITEM_GREETING, since); break;
    case SW_OBSERVED_REQUEST: take_opening(s, end, event, ITEM_REQUEST, since); break;
    case SW_OBSERVED_NOISE: take_message(s, end, event, ITEM_NOISE, since); break;
    case SW_OBSERVED_RECORD: take_record(s, end, event, since); break;
    case SW_OBSERVED_CHALLENGE: take_message(s, end, event, ITEM_CHALLENGE, since); break;
    case SW_OBSERVED_RESPONSE: take_message(s, end, event, ITEM_RESPONSE, since); break;
    case SW_OBSERVED_PROCEED: take_message(s, end, event, ITEM_PROCEED, since); break;
    case SW_OBSERVED_COMMAND: take_message(s, end, event, ITEM_COMMAND, since); break;
    case SW_OBSERVED_PACKET: take_packet(s, end, event, since); break;
    case SW_OBSERVED_TEXT: show_bytes(s, end, event, ITEM_DATA, since); break;
    case SW_OBSERVED_WRONG_KEYS: keys_refused(s); break;
    case SW_OBSERVED_ENCRYPTED: take_encrypted(s, end, event, since); break;
    case SW_OBSERVED_LOST: take_hole(s, end, event); break;
    case SW_OBSERVED_UNDECODED: take_damage(s, end, event, since); break;
    case SW_OBSERVED_RESUMED: take_resumption(s, end, event); break;
    case SW_OBSERVED_CANDIDATE: keys_for_candidate(s, end, event); break;
    }
}
