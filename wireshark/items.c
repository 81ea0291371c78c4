/* SPDX-License-Identifier: ISC */
/* Items: where their bytes lie, in the frame or in the finding's text, and which question they answer. */
#include "session_internal.h"

#include <epan/wmem_scopes.h>

#include <string.h>

/* ---- items ---- */

item *item_add(session *s, unsigned end, item_kind kind)
{
    finding *r = s->finding;
    item *it = wmem_new0(wmem_file_scope(), item);

    it->kind = kind;
    it->side = role_of(s, end);
    it->band = BAND_NONE;
    if (r->last != NULL)
        r->last->next = it;
    else
        r->first = it;
    r->last = it;
    return it;
}

/* What of the frame's payload an item was made from. */
static void mark_payload(const session *s, unsigned end, item *it, uint64_t at, uint64_t until)
{
    int64_t first = (int64_t)at - s->place;
    int64_t last = (int64_t)until - s->place;

    if (first < 0)
        first = 0;
    if (last > (int64_t)s->payload_len)
        last = (int64_t)s->payload_len;
    if (first >= last || end != s->end)
        return;
    it->came_at = (size_t)first;
    it->came = (size_t)(last - first);
}

static void append_header(GByteArray *text, const item *it)
{
    uint8_t header[SW_HEADER_SIZE];
    sw_encoder encoder;

    sw_encoder_init(&encoder);
    sw_encoder_begin(&encoder, (uint8_t)it->band, (uint32_t)it->size, header);
    g_byte_array_append(text, header, sizeof(header));
}

/* Are these bytes those of the frame itself? */
static int lies_in_frame(const session *s, const item *it, const uint8_t *bytes, size_t len)
{
    return it->came == len && memcmp(bytes, s->payload + it->came_at, len) == 0;
}

void item_set_bytes(session *s, unsigned end, item *it, uint64_t at, uint64_t until, const uint8_t *body,
                    size_t len)
{
    guint start = s->text->len;
    size_t all = it->header + len;

    mark_payload(s, end, it, at, until);
    if (it->size < len)
        it->size = len;
    it->start = it->came_at;
    it->len = body != NULL || len == 0 ? len : it->came;
    if (all == 0 || (body == NULL && len > 0))
        return;
    if (it->header > 0)
        append_header(s->text, it);
    g_byte_array_append(s->text, body, (guint)len);
    if (until - at == all && lies_in_frame(s, it, s->text->data + start, all)) {
        g_byte_array_set_size(s->text, start);
    } else {
        it->in_text = 1;
        it->start = start;
    }
}

void item_set_frame(const session *s, item *it, uint32_t since)
{
    if (since != s->frame)
        it->first_frame = since;
}

/* ---- questions and answers ---- */

static void ask(session *s, exchange **e)
{
    if (*e == NULL)
        *e = wmem_new0(wmem_file_scope(), exchange);
    (*e)->asked = s->frame;
    (*e)->asked_time = s->time;
}

static int is_answer(const item *it)
{
    switch (it->band) {
    case SW_BAND_PROCEED:
    case SW_BAND_EXIT_SUCCESS:
    case SW_BAND_EXIT_FAILURE: return 1;
    default: return it->band == BAND_NONE;
    }
}

void item_set_exchange(session *s, item *it)
{
    exchange **e = it->kind == ITEM_REQUEST || it->kind == ITEM_PROCEED ? &s->login : &s->command;
    int asks = it->kind == ITEM_REQUEST || it->kind == ITEM_COMMAND;

    if (!asks && it->kind != ITEM_PROCEED && it->kind != ITEM_DATA)
        return;
    if (asks)
        ask(s, e);
    it->exchange = *e;
    if (asks || *e == NULL || it->side == SW_FROM_CLIENT || !is_answer(it) || (*e)->answered > 0)
        return;
    it->answers = 1;
    (*e)->answered = s->frame;
    (*e)->answered_time = s->time;
}
