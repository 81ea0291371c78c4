/* SPDX-License-Identifier: ISC */
/* Tunnels over IP and UDP. */
#include "layers.h"

/* [RFC 2784, RFC 2890]; version 1 is PPTP's [RFC 2637, section 4.1]. */
frame_result layer_gre(layers *l)
{
    /* clang-format off */
    enum { CHECKSUM = 0x8000, ROUTING = 0x4000, KEY = 0x2000, SEQUENCE = 0x1000, ACK = 0x0080,
           VERSION = 7, ERSPAN = 0x88be };
    /* clang-format on */
    frame_result result = layer_need(l, 4);
    unsigned flags, type;
    size_t header = 4;

    if (result != FRAME_NEXT)
        return result;
    flags = read16(l->data);
    type = read16(l->data + 2);
    if ((flags & VERSION) > 1 || flags & ROUTING)
        return FRAME_OTHER;
    if ((flags & VERSION) == 0 && flags & CHECKSUM)
        header += 4;
    header += flags & KEY ? 4 : 0;
    header += flags & SEQUENCE ? 4 : 0;
    header += (flags & VERSION) == 1 && flags & ACK ? 4 : 0;
    result = layer_need(l, header);
    if (result != FRAME_NEXT)
        return result;
    if (header == l->length) /* a keep-alive, or PPTP's acknowledgement */
        return FRAME_OTHER;
    if (type == ERSPAN && !(flags & SEQUENCE)) /* its first version has no header */
        return layer_next(l, header, SPACE_LINK, LINK_ETHERNET);
    return layer_next(l, header, SPACE_ETHER, type);
}

/* A header of fixed size with an Ethernet frame behind it. */
static frame_result take_before_ethernet(layers *l, size_t header)
{
    frame_result result = layer_need(l, header);

    return result == FRAME_NEXT ? layer_next(l, header, SPACE_LINK, LINK_ETHERNET) : result;
}

frame_result layer_erspan2(layers *l)
{
    return take_before_ethernet(l, 8);
}

frame_result layer_erspan3(layers *l)
{
    enum { HEADER = 12, OPTIONAL = 8, HAS_OPTIONAL = 1 };
    frame_result result = layer_need(l, HEADER);

    if (result != FRAME_NEXT)
        return result;
    return take_before_ethernet(l, HEADER + (l->data[11] & HAS_OPTIONAL ? OPTIONAL : 0));
}

/* [RFC 3378] */
frame_result layer_etherip(layers *l)
{
    return take_before_ethernet(l, 2);
}

/* [RFC 7348, section 5] */
frame_result layer_vxlan(layers *l)
{
    enum { VALID = 8 };
    frame_result result = layer_need(l, 8);

    if (result != FRAME_NEXT)
        return result;
    return l->data[0] & VALID ? layer_next(l, 8, SPACE_LINK, LINK_ETHERNET) : FRAME_OTHER;
}

/* What follows a header, as VXLAN-GPE and NSH number it. */
static frame_result next_numbered(layers *l, size_t header, unsigned protocol)
{
    enum { NEXT_IPV4 = 1, NEXT_IPV6 = 2, NEXT_ETHERNET = 3, NEXT_NSH = 4, NEXT_MPLS = 5 };

    switch (protocol) {
    case NEXT_IPV4: return layer_next(l, header, SPACE_ETHER, ETHER_IPV4);
    case NEXT_IPV6: return layer_next(l, header, SPACE_ETHER, ETHER_IPV6);
    case NEXT_ETHERNET: return layer_next(l, header, SPACE_LINK, LINK_ETHERNET);
    case NEXT_NSH: return layer_next(l, header, SPACE_ETHER, ETHER_NSH);
    case NEXT_MPLS: return layer_next(l, header, SPACE_ETHER, ETHER_MPLS);
    default: return FRAME_OTHER;
    }
}

/* A service chain's header [RFC 8300, section 2]. */
frame_result layer_nsh(layers *l)
{
    enum { LENGTH_MASK = 0x3f, HEADER_MIN = 8 };
    frame_result result = layer_need(l, HEADER_MIN);
    size_t header;

    if (result != FRAME_NEXT)
        return result;
    header = (size_t)(l->data[1] & LENGTH_MASK) * 4;
    if (header < HEADER_MIN)
        return FRAME_DAMAGED;
    result = layer_need(l, header);
    return result == FRAME_NEXT ? next_numbered(l, header, l->data[3]) : result;
}

/* VXLAN with a byte that says what follows. */
frame_result layer_vxlan_gpe(layers *l)
{
    enum { HAS_NEXT = 4 };
    frame_result result = layer_need(l, 8);

    if (result != FRAME_NEXT)
        return result;
    if (!(l->data[0] & HAS_NEXT))
        return layer_vxlan(l);
    return next_numbered(l, 8, l->data[3]);
}

/* [RFC 8926, section 3.4] */
frame_result layer_geneve(layers *l)
{
    enum { VERSION = 0xc0, OPTION_WORDS = 0x3f, CONTROL = 0x80 };
    frame_result result = layer_need(l, 8);
    size_t header;

    if (result != FRAME_NEXT)
        return result;
    if (l->data[0] & VERSION || l->data[1] & CONTROL)
        return FRAME_OTHER;
    header = 8 + (size_t)(l->data[0] & OPTION_WORDS) * 4;
    result = layer_need(l, header);
    return result == FRAME_NEXT ? layer_next(l, header, SPACE_ETHER, read16(l->data + 2)) : result;
}

/* Packets of users of mobile networks [3GPP TS 29.281, section 5]. */
frame_result layer_gtp(layers *l)
{
    enum { VERSION_AND_TYPE = 0xf0, VERSION_1 = 0x30, ANY_OPTION = 7, HAS_EXTENSION = 4, USER_DATA = 0xff };
    frame_result result = layer_need(l, 8);
    size_t header = 8;
    uint8_t next;

    if (result != FRAME_NEXT)
        return result;
    if ((l->data[0] & VERSION_AND_TYPE) != VERSION_1 || l->data[1] != USER_DATA)
        return FRAME_OTHER;
    if (l->data[0] & ANY_OPTION)
        header += 4;
    result = layer_need(l, header);
    next = result == FRAME_NEXT && l->data[0] & HAS_EXTENSION ? l->data[header - 1] : 0;
    while (result == FRAME_NEXT && next != 0) {
        size_t size = 0;

        result = layer_need(l, header + 1);
        if (result == FRAME_NEXT)
            size = (size_t)l->data[header] * 4;
        if (result == FRAME_NEXT && size == 0)
            return FRAME_DAMAGED;
        header += size;
        if (result == FRAME_NEXT)
            result = layer_need(l, header);
        if (result == FRAME_NEXT)
            next = l->data[header - 1];
    }
    return result == FRAME_NEXT ? layer_next(l, header, SPACE_LINK, LINK_RAW) : result;
}

/* [RFC 2661, section 3.1] */
frame_result layer_l2tp(layers *l)
{
    enum { CONTROL = 0x8000, HAS_LENGTH = 0x4000, HAS_SEQUENCE = 0x0800, HAS_OFFSET = 0x0200, VERSION = 0x000f };
    frame_result result = layer_need(l, 6);
    unsigned flags;
    size_t header = 6;

    if (result != FRAME_NEXT)
        return result;
    flags = read16(l->data);
    if (flags & CONTROL || (flags & VERSION) != 2)
        return FRAME_OTHER;
    header += flags & HAS_LENGTH ? 2 : 0;
    header += flags & HAS_SEQUENCE ? 4 : 0;
    if (flags & HAS_OFFSET) {
        result = layer_need(l, header + 2);
        if (result != FRAME_NEXT)
            return result;
        header += 2 + (size_t)read16(l->data + header);
    }
    result = layer_need(l, header);
    if (result != FRAME_NEXT)
        return result;
    layer_next(l, header, SPACE_LINK, LINK_PPP);
    return layer_ppp_link(l);
}

/* [RFC 9300, section 5] */
frame_result layer_lisp(layers *l)
{
    frame_result result = layer_need(l, 8);

    return result == FRAME_NEXT ? layer_next(l, 8, SPACE_LINK, LINK_RAW) : result;
}

/* Frames sent on by sniffers: tagged fields, then an Ethernet frame. */
frame_result layer_tzsp(layers *l)
{
    enum { ETHERNET = 1, PADDING = 0, END = 1 };
    frame_result result = layer_need(l, 5);
    size_t at = 4;

    if (result != FRAME_NEXT)
        return result;
    if (read16(l->data + 2) != ETHERNET)
        return FRAME_OTHER;
    while (result == FRAME_NEXT && l->data[at] != END) {
        size_t size = 1;

        if (l->data[at] != PADDING) {
            result = layer_need(l, at + 2);
            if (result != FRAME_NEXT)
                return result;
            size = 2 + (size_t)l->data[at + 1];
        }
        at += size;
        result = layer_need(l, at + 1);
    }
    return result == FRAME_NEXT ? layer_next(l, at + 1, SPACE_LINK, LINK_ETHERNET) : result;
}
