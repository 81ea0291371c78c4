#include "reply.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reply_packet {
    struct reply_packet *next;
    sw_band band;
    size_t len, cap, sent;
    char *text;                  /* of its own */
    const void *lent;            /* instead of it; NULL: none */
};

/* Makes room for n more bytes. */
static int reserve(struct reply_packet *packet, size_t n)
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
    return 0;
}

static struct reply_packet *append(struct reply *reply, sw_band band)
{
    struct reply_packet *packet = calloc(1, sizeof(*packet));

    if (packet == NULL) {
        reply->out_of_memory = 1;
        return NULL;
    }
    packet->band = band;
    if (reply->last != NULL)
        reply->last->next = packet;
    else
        reply->first = packet;
    reply->last = packet;
    return packet;
}

void reply_begin(struct reply *reply, sw_band band)
{
    struct reply_packet *packet = append(reply, band);

    if (packet != NULL && reserve(packet, 1) < 0)
        reply->out_of_memory = 1;
}

void reply_lend(struct reply *reply, sw_band band, const void *data, size_t len)
{
    struct reply_packet *packet = append(reply, band);

    if (packet == NULL)
        return;
    packet->lent = data;
    packet->len = len;
}

void reply_print(struct reply *reply, const char *format, ...)
{
    struct reply_packet *packet = reply->last;
    va_list args;
    int n;

    if (packet == NULL || reply->out_of_memory)
        return;
    va_start(args, format);
    n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0 || reserve(packet, (size_t)n + 1) < 0) {
        reply->out_of_memory = 1;
        return;
    }
    va_start(args, format);
    vsnprintf(packet->text + packet->len, (size_t)n + 1, format, args);
    va_end(args);
    packet->len += (size_t)n;
}

void reply_add(struct reply *reply, const void *data, size_t len)
{
    struct reply_packet *packet = reply->last;

    if (packet == NULL || len == 0 || reply->out_of_memory)
        return;
    if (reserve(packet, len) < 0) {
        reply->out_of_memory = 1;
        return;
    }
    memcpy(packet->text + packet->len, data, len);
    packet->len += len;
}

void reply_give_up(struct reply *reply)
{
    reply->out_of_memory = 1;
}

int reply_is_waiting(const struct reply *reply)
{
    return reply->first == NULL && !reply->finished && !reply->out_of_memory;
}

int reply_is_finished(const struct reply *reply)
{
    return reply->finished;
}

void reply_finish(struct reply *reply, int status)
{
    reply->finished = 1;
    reply->status = status;
}

void reply_fail(struct reply *reply, const char *message)
{
    reply_begin(reply, SW_BAND_ERROR_LOG);
    reply_print(reply, "%s\n", message);
    reply_finish(reply, 1);
}

static void drop_first(struct reply *reply)
{
    struct reply_packet *packet = reply->first;

    reply->first = packet->next;
    if (reply->first == NULL)
        reply->last = NULL;
    free(packet->text);
    free(packet);
}

int reply_send(struct reply *reply, sw_session *session)
{
    int progress = 0;
    int result = 1;

    if (reply->out_of_memory)
        return -1;
    while (reply->first != NULL) {
        struct reply_packet *packet = reply->first;
        const char *bytes = packet->lent != NULL ? packet->lent : packet->text;
        size_t taken;
        result = sw_session_send(session, (uint8_t)packet->band, bytes + packet->sent,
                                 packet->len - packet->sent, &taken);
        if (result <= 0)
            return result < 0 ? -1 : progress;
        progress = 1;
        packet->sent += taken;
        if (packet->sent == packet->len)
            drop_first(reply);
    }
    if (!reply->finished || reply->exited)
        return progress;
    result = sw_session_exit(session, reply->status);
    if (result <= 0)
        return result < 0 ? -1 : progress;
    reply->exited = 1;
    return 1;
}

void reply_free(struct reply *reply)
{
    while (reply->first != NULL)
        drop_first(reply);
}
