#include "session_internal.h"

#include "secrets.h"

#include <epan/wmem_scopes.h>

#include <string.h>

static stream_pool pool;

/* ---- life ---- */

static gboolean session_free(wmem_allocator_t *scope, wmem_cb_event_t event, void *data)
{
    session *s = data;

    (void)scope;
    (void)event;
    for (int who = 0; who < 2; who++) {
        side *me = &s->sides[who];

        stream_clear(&me->order);
        sw_cipher_wipe(&me->cipher);
        g_byte_array_free(me->input, TRUE);
        g_byte_array_free(me->kept, TRUE);
    }
    sw_secrets_wipe(&s->challenge);
    g_byte_array_free(s->text, TRUE);
    g_free(s);
    return FALSE;
}

/* Empty, but not without memory. */
static GByteArray *new_bytes(void)
{
    return g_byte_array_sized_new(64);
}

session *session_new(void)
{
    session *s = g_new0(session, 1); /* ciphers must not move, so no part of it is ever copied */

    sw_greeting_init(&s->greeting);
    for (int who = 0; who < 2; who++) {
        s->sides[who].order.pool = &pool;
        s->sides[who].input = new_bytes();
        s->sides[who].kept = new_bytes();
        sw_decoder_init(&s->sides[who].decoder, SW_CHALLENGE_MAX);
    }
    s->text = new_bytes();
    wmem_register_callback(wmem_file_scope(), session_free, s);
    return s;
}

/* ---- input ---- */

uint8_t *input_bytes(const side *s, size_t *len)
{
    *len = s->input->len - s->used;
    return s->input->data + s->used;
}

void input_skip(side *s, size_t n)
{
    s->used += (guint)n;
    if (s->place != NO_PLACE)
        s->place += (int64_t)n;
}

/* place: where they lie in the frame's payload, or NO_PLACE. */
static void input_add(side *s, const uint8_t *data, size_t len, int64_t place)
{
    if (s->input->len == 0)
        s->place = place;
    else if (s->place == NO_PLACE || s->place + s->input->len != place)
        s->place = NO_PLACE;
    g_byte_array_append(s->input, data, (guint)len);
    s->heard = s->fed = 1;
}

static void input_forget_used(side *s)
{
    if (s->used > 0)
        g_byte_array_remove_range(s->input, 0, s->used);
    s->used = 0;
}

void kept_start(const session *s, side *of, int is_clear)
{
    g_byte_array_set_size(of->kept, 0);
    of->kept_place = is_clear ? of->place : NO_PLACE;
    of->kept_frame = s->frame;
    of->shown = 0;
    of->offset = 0;
}

void kept_take(side *s, size_t n)
{
    size_t len;

    g_byte_array_append(s->kept, input_bytes(s, &len), (guint)n);
    input_skip(s, n);
}

/* ---- items ---- */

item *item_add(session *s, from who, item_kind kind)
{
    record *r = s->record;
    item *it = wmem_new0(wmem_file_scope(), item);

    it->kind = kind;
    it->side = who;
    it->band = BAND_NONE;
    if (r->last != NULL)
        r->last->next = it;
    else
        r->first = it;
    r->last = it;
    return it;
}

static void item_set_bytes(session *s, item *it, int64_t place, const uint8_t *data, size_t len)
{
    it->len = len;
    if (it->size < len)
        it->size = len;
    if (place != NO_PLACE) {
        it->start = (size_t)place;
    } else if (len > 0) {
        it->is_decrypted = 1;
        it->start = s->text->len;
        g_byte_array_append(s->text, data, (guint)len);
    }
}

void item_set_kept(session *s, item *it, side *of)
{
    item_set_bytes(s, it, of->kept_place, of->kept->data, of->kept->len);
    if (of->kept_frame != s->frame)
        it->first_frame = of->kept_frame;
    of->shown = of->kept->len;
}

void item_set_input(session *s, item *it, const side *of, size_t n)
{
    size_t len;

    item_set_bytes(s, it, of->place, input_bytes(of, &len), n);
}

/* ---- steps ---- */

/* All of the input, in an item of this kind. */
static item *pass_over(session *s, from who, item_kind kind)
{
    side *me = &s->sides[who];
    item *it = item_add(s, who, kind);
    size_t len;

    input_bytes(me, &len);
    item_set_input(s, it, me, len);
    input_skip(me, len);
    return it;
}

void side_break(session *s, from who, const sw_error *error, const char *note)
{
    side *me = &s->sides[who];
    size_t len;

    input_bytes(me, &len);
    if (len > 0 || error != NULL || note != NULL) {
        item *it = pass_over(s, who, ITEM_UNDECODED);

        if (error != NULL)
            it->error = *error;
        it->note = note;
    }
    me->state = SIDE_BROKEN;
    stream_clear(&me->order);
    sw_cipher_wipe(&me->cipher);
    kept_start(s, me, 0);
}

static int step(session *s, from who)
{
    side *me = &s->sides[who];
    item *it;

    if (me->used == me->input->len)
        return 0;
    switch (me->state) {
    case SIDE_OPENING:
        return who == FROM_SERVER ? take_greeting(s) : take_request(s);
    case SIDE_PROOF:
        return who == FROM_SERVER ? take_challenge(s) : take_response(s);
    case SIDE_WAITING:
        if (s->sides[FROM_CLIENT].state != SIDE_BROKEN)
            return 0;
        begin_encryption(s, who);
        return 1;
    case SIDE_PACKETS:
        return take_packets(s, who);
    case SIDE_TEXT:
        return take_text(s, who);
    case SIDE_SEALED:
        it = pass_over(s, who, ITEM_ENCRYPTED);
        if (!me->excused)
            it->note = secrets_excuse();
        me->excused = 1;
        return 1;
    case SIDE_BROKEN:
        break;
    }
    pass_over(s, who, ITEM_UNDECODED);
    return 1;
}

static void advance(session *s)
{
    int moved;

    do {
        moved = step(s, FROM_SERVER);
        moved |= step(s, FROM_CLIENT);
    } while (moved);
    for (int who = 0; who < 2; who++)
        input_forget_used(&s->sides[who]);
}

/* ---- segments ---- */

static void lose(session *s, from who, uint32_t n)
{
    item *it = item_add(s, who, ITEM_LOST);

    it->size = n;
    if (s->sides[who].state != SIDE_SEALED)
        side_break(s, who, NULL, NULL);
}

void session_starts_at(session *s, from who, uint32_t seq)
{
    stream_start(&s->sides[who].order, seq - 1);
}

static void put_in_order(session *s, from who, const payload *in)
{
    side *me = &s->sides[who];
    segment seg = { .seq = in->seq, .data = in->data, .len = in->len, .cut = in->cut };
    piece part;

    stream_add(&me->order, &seg);
    while (stream_next(&me->order, &part)) {
        uint32_t place = me->order.next - part.len - in->seq;
        int is_here = place < in->len && part.len <= in->len - place;

        if (part.kind == PIECE_DATA) {
            input_add(me, part.data, part.len, is_here ? (int64_t)place : NO_PLACE);
        } else {
            advance(s);
            lose(s, who, part.len);
        }
    }
    advance(s);
}

/* What came of a packet, or a legacy message, that is not complete. */
static void show_begun(session *s, from who)
{
    side *me = &s->sides[who];
    int in_packet = sw_decoder_end(&me->decoder).code == SW_E_TRUNCATED;
    int in_text = me->state == SIDE_TEXT ||
                  (me->state == SIDE_PROOF && who == FROM_CLIENT);
    item *it;

    if (!in_packet && (!in_text || me->kept->len == 0))
        return;
    it = item_add(s, who, ITEM_BEGUN);
    it->offset = me->kept->len;
    if (in_packet && me->kept->len > 0) { /* its header is complete */
        it->band = me->band;
        it->size = me->size;
        it->offset += me->offset;
        it->offset -= me->offset == 0 ? SW_HEADER_SIZE : 0;
    }
}

/* Shows what has no end mark, as far as it came. */
static void show_open_ended(session *s, from who)
{
    side *me = &s->sides[who];
    item_kind kind = who == FROM_SERVER ? ITEM_GREETING : ITEM_REQUEST;
    int is_legacy = s->agreed != NULL && !(s->agreed->features & SW_FEATURE_SIDEBAND);
    item *it;

    if (me->kept->len == me->shown)
        return;
    if (me->state == SIDE_PROOF && who == FROM_SERVER && is_legacy)
        kind = ITEM_CHALLENGE;
    else if (me->state != SIDE_OPENING)
        return;
    it = item_add(s, who, kind);
    item_set_kept(s, it, me);
    /* in pieces it looks wrong until the last one has come */
    if (kind == ITEM_REQUEST && it->first_frame == 0 &&
        (s->request_error.code != SW_E_REQUEST_PREFIX || it->len >= REQUEST_DECIDED))
        it->error = s->request_error;
}

static void show_waiting(session *s, from who, const payload *in)
{
    side *me = &s->sides[who];
    size_t len;
    item *it;

    input_bytes(me, &len);
    if (len > 0) {
        it = item_add(s, who, ITEM_HELD);
        it->size = len;
        it->note = who == FROM_SERVER ? "the client's turn has not been captured yet"
                                      : "the server's turn has not been captured yet";
    } else if (!me->fed && (int32_t)(in->seq - me->order.next) > 0) {
        it = item_add(s, who, ITEM_HELD);
        it->size = in->len;
        it->offset = in->seq - me->order.next;
    }
}

record *session_take(session *s, from who, const payload *in)
{
    side *me = &s->sides[who];

    s->record = wmem_new0(wmem_file_scope(), record);
    s->record->side = who;
    s->frame = in->frame;
    g_byte_array_set_size(s->text, 0);
    for (int i = 0; i < 2; i++) {
        s->sides[i].fed = 0;
        s->sides[i].place = s->sides[i].kept_place = NO_PLACE;
    }
    if (me->state == SIDE_BROKEN) {
        input_add(me, in->data, in->len, 0);
        advance(s);
    } else {
        put_in_order(s, who, in);
        for (int i = 0; i < 2; i++)
            show_open_ended(s, (from)i);
        if (me->fed)
            show_begun(s, who);
        show_waiting(s, who, in);
    }
    s->record->agreed = s->agreed;
    s->record->text_len = s->text->len;
    s->record->text = wmem_memdup(wmem_file_scope(), s->text->data, s->text->len);
    return s->record;
}
