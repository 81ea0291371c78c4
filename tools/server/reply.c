/* SPDX-License-Identifier: ISC */
#include "reply.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of a body: nobody is known to send more in a packet, so some client may not take more. */
enum { REPLY_BODY_MAX = 65536 - SW_HEADER_SIZE };

struct reply_packet {
    reply_packet *next;
    sw_band band;
    size_t len, cap, sent;
    char *text;       /* of its own */
    const void *lent; /* instead of it; NULL: none */
};

/* Makes room for n more bytes. */
static int reserve(reply_packet *packet, size_t n)
{
    size_t cap = packet->cap == 0 ? 256 : packet->cap;
    char *text;

    while (cap - packet->len < n)
        cap *= 2;
    if (cap == packet->cap)
        return 0;
    text = realloc(packet->text, cap);
    if (text == NULL)
        return -1;
    packet->text = text;
    packet->cap = cap;
    return 0; /* analyzer-malloc-leak: packet->text has it */
}

static reply_packet *append(reply *r, sw_band band)
{
    reply_packet *packet = calloc(1, sizeof(*packet));

    if (packet == NULL) {
        r->out_of_memory = 1;
        return NULL;
    }
    packet->band = band;
    if (r->last != NULL)
        r->last->next = packet;
    else
        r->first = packet;
    r->last = packet;
    return packet;
}

void reply_begin(reply *r, sw_band band)
{
    reply_packet *packet = append(r, band);

    if (packet != NULL && reserve(packet, 1) < 0)
        r->out_of_memory = 1;
}

void reply_lend(reply *r, sw_band band, const void *data, size_t len)
{
    reply_packet *packet = append(r, band);

    if (packet == NULL)
        return;
    packet->lent = data;
    packet->len = len;
}

void reply_print(reply *r, const char *format, ...)
{
    reply_packet *packet = r->last;
    va_list args;
    int n;

    if (packet == NULL || r->out_of_memory)
        return;
    va_start(args, format);
    n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0 || reserve(packet, (size_t)n + 1) < 0) {
        r->out_of_memory = 1;
        return;
    }
    va_start(args, format);
    vsnprintf(packet->text + packet->len, (size_t)n + 1, format, args);
    va_end(args);
    packet->len += (size_t)n;
}

void reply_add(reply *r, const void *data, size_t len)
{
    reply_packet *packet = r->last;

    if (packet == NULL || len == 0 || r->out_of_memory)
        return;
    if (reserve(packet, len) < 0) {
        r->out_of_memory = 1;
        return;
    }
    memcpy(packet->text + packet->len, data, len);
    packet->len += len;
}

void reply_give_up(reply *r)
{
    r->out_of_memory = 1;
}

size_t reply_size(const reply *r)
{
    size_t size = 0;

    for (const reply_packet *packet = r->first; packet != NULL; packet = packet->next)
        size += packet->len - packet->sent;
    return size;
}

int reply_is_idle(const reply *r)
{
    return r->first == NULL && !r->out_of_memory && (!r->finished || r->exited);
}

int reply_is_waiting(const reply *r)
{
    return r->first == NULL && !r->finished && !r->out_of_memory;
}

int reply_is_almost_waiting(const reply *r)
{
    return r->first == r->last && !r->finished && !r->out_of_memory;
}

int reply_is_finished(const reply *r)
{
    return r->finished;
}

void reply_finish(reply *r, int status)
{
    r->finished = 1;
    r->status = status;
}

void reply_fail(reply *r, const char *message)
{
    reply_begin(r, SW_BAND_ERROR_LOG);
    reply_print(r, "%s\n", message);
    reply_finish(r, 1);
}

static void drop_first(reply *r)
{
    reply_packet *packet = r->first;

    r->first = packet->next;
    if (r->first == NULL)
        r->last = NULL;
    free(packet->text);
    free(packet);
}

int reply_send(reply *r, sw_session *session)
{
    int progress = 0;
    int result = 1;

    if (r->out_of_memory)
        return -1;
    while (r->first != NULL) {
        reply_packet *packet = r->first;
        const char *bytes = packet->lent != NULL ? packet->lent : packet->text;
        size_t left = packet->len - packet->sent;
        size_t taken;
        result = sw_session_send(session, (uint8_t)packet->band, bytes + packet->sent,
                                 left < REPLY_BODY_MAX ? left : REPLY_BODY_MAX, &taken);
        if (result <= 0)
            return result < 0 ? -1 : progress;
        progress = 1;
        packet->sent += taken;
        if (packet->sent == packet->len)
            drop_first(r);
    }
    if (!r->finished || r->exited)
        return progress;
    result = sw_session_exit(session, r->status);
    if (result <= 0)
        return result < 0 ? -1 : progress;
    r->exited = 1;
    return 1;
}

void reply_free(reply *r)
{
    while (r->first != NULL)
        drop_first(r);
}
