/* SPDX-License-Identifier: ISC */
/* IP, and TCP and UDP in it. */
#include "layers.h"

#include <string.h>

static void set_addresses(segment *out, uint8_t family, const uint8_t *from, const uint8_t *to)
{
    size_t n = family == 4 ? 4 : 16;

    memset(&out->from, 0, sizeof(out->from));
    memset(&out->to, 0, sizeof(out->to));
    out->from.family = out->to.family = family;
    memcpy(out->from.ip, from, n);
    memcpy(out->to.ip, to, n);
}

/* How large the packet says that it is. What the layer below says is too small where a capture was
 * shortened by a program that did not leave the length alone. */
static void set_length(layers *l, size_t length)
{
    if (length > l->length)
        l->length = length;
    else
        layer_shorten(l, length);
}

/* ---- fragments ---- */

/* May TCP be in it? Of UDP only the first fragment can tell. */
static int is_wanted(unsigned protocol, const layers *l, size_t offset)
{
    const layer_row *row = layer_find(SPACE_IP, protocol);

    if (row == NULL || row->parse == NULL)
        return 0;
    return protocol != IP_UDP ||
           (offset == 0 && l->captured >= 4 && layer_find(SPACE_UDP, read16(l->data + 2)) != NULL);
}

/* l: the part of the packet that is here. */
static frame_result take_fragment(layers *l, unsigned protocol, uint32_t id, size_t offset, int more)
{
    fragment in = { &l->out->from, &l->out->to, id,       (uint8_t)protocol,
                    l->time,       offset,      more,     is_wanted(protocol, l, offset),
                    l->data,       l->captured, l->length };
    frame_result result;

    if (protocol != IP_UDP && !in.wanted) {
        layer_next(l, 0, SPACE_IP, protocol);
        return FRAME_OTHER;
    }
    result = fragments_add(l->fragments, &in);
    if (result != FRAME_NEXT)
        return result;
    l->data = in.data;
    l->captured = in.captured;
    l->length = in.length;
    return layer_next(l, 0, SPACE_IP, protocol);
}

/* ---- IPv4 ---- */

frame_result layer_ipv4(layers *l)
{
    enum { MORE = 0x2000, OFFSET = 0x1fff };
    frame_result result = layer_need(l, 20);
    size_t header, total;
    unsigned protocol, place, id;

    if (result != FRAME_NEXT)
        return result;
    header = (size_t)(l->data[0] & 15) * 4;
    total = read16(l->data + 2);
    if (total == 0) /* left to the network card, which cuts a large send into packets */
        total = l->length;
    if (l->data[0] >> 4 != 4 || header < 20 || total < header)
        return FRAME_DAMAGED;
    set_length(l, total);
    result = layer_need(l, header);
    if (result != FRAME_NEXT)
        return result;
    set_addresses(l->out, 4, l->data + 12, l->data + 16);
    id = read16(l->data + 4);
    place = read16(l->data + 6);
    protocol = l->data[9];
    layer_next(l, header, SPACE_IP, protocol);
    if (place & (MORE | OFFSET))
        return take_fragment(l, protocol, id, (size_t)(place & OFFSET) * 8, (place & MORE) != 0);
    return FRAME_NEXT;
}

/* ---- IPv6 ---- */

frame_result layer_ipv6(layers *l)
{
    frame_result result = layer_need(l, 40);
    size_t payload;

    if (result != FRAME_NEXT)
        return result;
    if (l->data[0] >> 4 != 6)
        return FRAME_DAMAGED;
    payload = read16(l->data + 4);
    if (payload > 0) /* 0: larger than the field can tell */
        set_length(l, payload + 40);
    set_addresses(l->out, 6, l->data + 8, l->data + 24);
    return layer_next(l, 40, SPACE_IP, l->data[6]);
}

static frame_result take_extension(layers *l, size_t header)
{
    frame_result result = layer_need(l, header);

    return result == FRAME_NEXT ? layer_next(l, header, SPACE_IP, l->data[0]) : result;
}

frame_result layer_extension(layers *l)
{
    frame_result result = layer_need(l, 8);

    return result == FRAME_NEXT ? take_extension(l, ((size_t)l->data[1] + 1) * 8) : result;
}

frame_result layer_authentication(layers *l)
{
    frame_result result = layer_need(l, 8);

    return result == FRAME_NEXT ? take_extension(l, ((size_t)l->data[1] + 2) * 4) : result;
}

frame_result layer_fragment(layers *l)
{
    enum { MORE = 1, OFFSET = 0xfff8 };
    frame_result result = layer_need(l, 8);
    unsigned protocol, place;
    uint32_t id;

    if (result != FRAME_NEXT)
        return result;
    protocol = l->data[0];
    place = read16(l->data + 2);
    id = read32(l->data + 4);
    layer_next(l, 8, SPACE_IP, protocol);
    if (place & (MORE | OFFSET))
        return take_fragment(l, protocol, id, place & OFFSET, place & MORE);
    return FRAME_NEXT;
}

/* ---- TCP ---- */

enum { TCP_HEADER = 20 };

/* The window scale among the options of a SYN [RFC 7323, section 2.2]. */
static uint8_t find_scale(const uint8_t *options, size_t len)
{
    enum { END = 0, NOTHING = 1, SCALE = 3, SCALE_SIZE = 3 };
    size_t at = 0;

    while (at < len && options[at] != END) {
        if (options[at] == NOTHING) {
            at++;
            continue;
        }
        if (len - at < 2 || options[at + 1] < 2 || options[at + 1] > len - at)
            break;
        if (options[at] == SCALE && options[at + 1] == SCALE_SIZE)
            return options[at + 2] < TCP_SCALE_MAX ? options[at + 2] : TCP_SCALE_MAX;
        at += options[at + 1];
    }
    return TCP_NO_SCALE;
}

frame_result layer_tcp(layers *l)
{
    frame_result result = layer_need(l, TCP_HEADER);
    segment *out = l->out;
    size_t header;

    if (result != FRAME_NEXT)
        return result;
    out->time = (stamp){ l->time, l->frame };
    out->from.port = read16(l->data);
    out->to.port = read16(l->data + 2);
    out->seq = read32(l->data + 4);
    out->ack = read32(l->data + 8);
    out->flags = l->data[13];
    out->window = read16(l->data + 14);
    out->scale = TCP_NO_SCALE;
    header = (size_t)(l->data[12] >> 4) * 4;
    if (header < TCP_HEADER || header > l->length)
        return FRAME_DAMAGED;
    if (header > l->captured) { /* options cut: how much payload there was is still known */
        out->data = l->data + l->captured;
        out->len = 0;
    } else {
        out->data = l->data + header;
        out->len = (uint32_t)(l->captured - header);
        if (out->flags & TCP_SYN)
            out->scale = find_scale(l->data + TCP_HEADER, header - TCP_HEADER);
    }
    out->cut = (uint32_t)(l->length - header) - out->len;
    return FRAME_TCP;
}

/* ---- UDP ---- */

/* Only what goes to the port of a tunnel is looked into. */
frame_result layer_udp(layers *l)
{
    enum { UDP_HEADER = 8 };
    frame_result result = layer_need(l, UDP_HEADER);
    unsigned port;
    size_t length;

    if (result != FRAME_NEXT)
        return result;
    port = read16(l->data + 2);
    length = read16(l->data + 4);
    if (layer_find(SPACE_UDP, port) == NULL)
        return FRAME_OTHER;
    if (length >= UDP_HEADER && length <= l->length)
        layer_shorten(l, length);
    l->guessed = 1;
    return layer_next(l, UDP_HEADER, SPACE_UDP, port);
}
