/* SPDX-License-Identifier: ISC */
/* Link layers, and what lies between them and IP. */
#include "layers.h"

enum {
    ETHER_LENGTH_MAX = 0x5ff, /* up to here an EtherType is the length of what follows */
    LLC_HEADER = 3
};

/* An EtherType that may be a length, with LLC behind it [IEEE 802.3, 3.2.6]. */
static frame_result next_ether(layers *l, size_t header, unsigned type)
{
    if (type > ETHER_LENGTH_MAX)
        return layer_next(l, header, SPACE_ETHER, type);
    layer_next(l, header, SPACE_ETHER, type);
    if (type < LLC_HEADER)
        return FRAME_OTHER;
    if (type <= l->length)
        layer_shorten(l, type);
    return layer_llc(l);
}

/* A header of fixed size with an EtherType in it. */
static frame_result take_typed(layers *l, size_t header, size_t type_at)
{
    frame_result result = layer_need(l, header);

    return result == FRAME_NEXT ? next_ether(l, header, read16(l->data + type_at)) : result;
}

frame_result layer_ethernet(layers *l)
{
    return take_typed(l, 14, 12);
}

frame_result layer_vlan(layers *l)
{
    return take_typed(l, 4, 2);
}

/* A provider backbone bridge: a tag, and the customer's frame [IEEE 802.1Q, 9.5 and 9.7]. */
frame_result layer_service(layers *l)
{
    return take_typed(l, 18, 16);
}

/* A security group tag, as Cisco's switches put it there. */
frame_result layer_metadata(layers *l)
{
    return take_typed(l, 8, 6);
}

/* High-availability seamless redundancy: path, size, sequence number [IEC 62439-3]. */
frame_result layer_ring(layers *l)
{
    return take_typed(l, 6, 4);
}

frame_result layer_llc(layers *l)
{
    enum { SNAP = 0xaa, UNNUMBERED = 3, OUI_BRIDGE = 0xf8 };
    frame_result result = layer_need(l, LLC_HEADER);
    uint32_t oui;

    if (result != FRAME_NEXT)
        return result;
    if ((l->data[2] & UNNUMBERED) != UNNUMBERED) { /* between stations that count their frames */
        layer_next(l, 0, SPACE_SAP, l->data[0]);
        return FRAME_OTHER;
    }
    if (l->data[0] != SNAP || l->data[1] != SNAP)
        return layer_next(l, LLC_HEADER, SPACE_SAP, l->data[0]);
    result = layer_need(l, 8);
    if (result != FRAME_NEXT)
        return result;
    oui = read32(l->data + 2) & 0xffffff;
    if (oui != 0 && oui != OUI_BRIDGE) {
        layer_next(l, 0, SPACE_SAP, SNAP);
        return FRAME_OTHER;
    }
    return layer_next(l, 8, SPACE_ETHER, read16(l->data + 6));
}

/* Linux cooked: its protocol is an EtherType, or one of Linux's own. */
static frame_result take_cooked(layers *l, size_t header, size_t type_at)
{
    enum { LINUX_LLC = 4 };
    frame_result result = layer_need(l, header);
    unsigned type;

    if (result != FRAME_NEXT)
        return result;
    type = read16(l->data + type_at);
    layer_next(l, header, SPACE_ETHER, type);
    return type == LINUX_LLC ? layer_llc(l) : FRAME_NEXT;
}

frame_result layer_cooked(layers *l)
{
    return take_cooked(l, 16, 14);
}

frame_result layer_cooked2(layers *l)
{
    return take_cooked(l, 20, 0);
}

/* An address family, of whatever system captured. Only the number for IPv4 is the same everywhere. */
static frame_result next_family(layers *l, size_t header, uint32_t family)
{
    switch (family) {
    case 2: return layer_next(l, header, SPACE_ETHER, ETHER_IPV4);
    case 10: /* Linux */
    case 24: /* NetBSD, OpenBSD */
    case 28: /* FreeBSD */
    case 30: /* macOS */ return layer_next(l, header, SPACE_ETHER, ETHER_IPV6);
    default: return FRAME_OTHER;
    }
}

/* A header that begins with four bytes of the family, in the byte order of whatever machine captured. */
static frame_result take_family(layers *l, size_t header)
{
    frame_result result = layer_need(l, header);
    uint32_t family;

    if (result != FRAME_NEXT)
        return result;
    family = read32(l->data);
    if (family > 0xffff)
        family = (uint32_t)l->data[1] << 8 | l->data[0];
    return next_family(l, header, family);
}

frame_result layer_null(layers *l)
{
    return take_family(l, 4);
}

/* OpenBSD's interface for what IPsec has decrypted. */
frame_result layer_enc(layers *l)
{
    return take_family(l, 12);
}

/* OpenBSD's log of filtered packets: the header's size, the family. Packets begin at the next multiple of four. */
frame_result layer_pflog(layers *l)
{
    frame_result result = layer_need(l, 2);
    size_t header;

    if (result != FRAME_NEXT)
        return result;
    header = ((size_t)l->data[0] + 3) & ~(size_t)3;
    if (header < 4)
        return FRAME_DAMAGED;
    result = layer_need(l, header);
    return result == FRAME_NEXT ? next_family(l, header, l->data[1]) : result;
}

/* A capturing device's header, then Ethernet. */
frame_result layer_netanalyzer(layers *l)
{
    frame_result result = layer_need(l, 4);

    return result == FRAME_NEXT ? layer_next(l, 4, SPACE_LINK, LINK_ETHERNET) : result;
}

frame_result layer_raw(layers *l)
{
    frame_result result = layer_need(l, 1);

    if (result != FRAME_NEXT)
        return result;
    return layer_next(l, 0, SPACE_ETHER, l->data[0] >> 4 == 6 ? ETHER_IPV6 : ETHER_IPV4);
}

/* ---- PPP ---- */

/* The protocol, of one byte or two [RFC 1661, section 6.5]. */
frame_result layer_ppp(layers *l)
{
    frame_result result = layer_need(l, 2);

    if (result != FRAME_NEXT)
        return result;
    if (l->data[0] & 1)
        return layer_next(l, 1, SPACE_PPP, l->data[0]);
    return layer_next(l, 2, SPACE_PPP, read16(l->data));
}

/* As captured from a serial line: usually with address and control before the protocol. Cisco's own
 * framing has EtherTypes. */
frame_result layer_ppp_link(layers *l)
{
    enum { ALL_STATIONS = 0xff, UNNUMBERED = 3, CISCO_UNICAST = 0x0f, CISCO_MULTICAST = 0x8f };
    frame_result result = layer_need(l, 4);

    if (result != FRAME_NEXT)
        return result;
    if (l->data[0] == CISCO_UNICAST || l->data[0] == CISCO_MULTICAST)
        return layer_hdlc(l);
    if (l->data[0] == ALL_STATIONS && l->data[1] == UNNUMBERED)
        layer_next(l, 2, SPACE_LINK, LINK_PPP);
    return layer_ppp(l);
}

frame_result layer_hdlc(layers *l)
{
    return take_typed(l, 4, 2);
}

/* [RFC 2516, section 4]; also the link type, which begins at the same place. */
frame_result layer_pppoe(layers *l)
{
    enum { VERSION_AND_TYPE = 0x11, SESSION_DATA = 0 };
    frame_result result = layer_need(l, 6);
    size_t length;

    if (result != FRAME_NEXT)
        return result;
    if (l->data[0] != VERSION_AND_TYPE)
        return FRAME_DAMAGED;
    if (l->data[1] != SESSION_DATA)
        return FRAME_OTHER;
    length = read16(l->data + 4);
    layer_next(l, 6, SPACE_LINK, LINK_PPP);
    if (length < l->length)
        layer_shorten(l, length);
    return layer_ppp(l);
}

/* ---- MPLS ---- */

/* The label stack. What it carries is told by the first bits: IP's version, or zero, which is the
 * control word of an Ethernet pseudowire [RFC 4928, section 3]. */
frame_result layer_mpls(layers *l)
{
    enum { BOTTOM = 1 };
    frame_result result;
    int bottom;

    do {
        result = layer_need(l, 4);
        if (result != FRAME_NEXT)
            return result;
        bottom = l->data[2] & BOTTOM;
        layer_next(l, 4, SPACE_ETHER, ETHER_MPLS);
    } while (!bottom);
    result = layer_need(l, 1);
    if (result != FRAME_NEXT)
        return result;
    switch (l->data[0] >> 4) {
    case 4: return layer_next(l, 0, SPACE_ETHER, ETHER_IPV4);
    case 6: return layer_next(l, 0, SPACE_ETHER, ETHER_IPV6);
    case 0:
        result = layer_need(l, 4);
        return result == FRAME_NEXT ? layer_next(l, 4, SPACE_LINK, LINK_ETHERNET) : result;
    default: return layer_ethernet(l); /* a pseudowire without control word */
    }
}

/* ---- wireless ---- */

/* Data frames that are not encrypted, with LLC in them [IEEE 802.11, 9.2 and 9.3.2]. */
frame_result layer_wireless(layers *l)
{
    enum { TYPE = 0x0c, DATA = 0x08, EMPTY = 0x40, QOS = 0x80, BOTH_WAYS = 3, PROTECTED = 0x40, ORDER = 0x80 };
    frame_result result = layer_need(l, 2);
    size_t header = 24;

    if (result != FRAME_NEXT)
        return result;
    if ((l->data[0] & TYPE) != DATA || l->data[0] & EMPTY || l->data[1] & PROTECTED)
        return FRAME_OTHER;
    if ((l->data[1] & BOTH_WAYS) == BOTH_WAYS)
        header += 6;
    if (l->data[0] & QOS)
        header += l->data[1] & ORDER ? 6 : 2;
    result = layer_need(l, header);
    if (result != FRAME_NEXT)
        return result;
    layer_next(l, header, SPACE_LINK, l->number);
    return layer_llc(l);
}

frame_result layer_radiotap(layers *l)
{
    enum { LINK_WIRELESS = 105 };
    frame_result result = layer_need(l, 8);
    size_t header;

    if (result != FRAME_NEXT)
        return result;
    header = (size_t)l->data[3] << 8 | l->data[2];
    if (header < 8)
        return FRAME_DAMAGED;
    result = layer_need(l, header);
    return result == FRAME_NEXT ? layer_next(l, header, SPACE_LINK, LINK_WIRELESS) : result;
}

/* ---- headers that systems put before a packet, in the byte order of their machines ---- */

static uint32_t little32(const uint8_t *p)
{
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

/* Per-packet information: its size, and the link type of what follows. */
frame_result layer_ppi(layers *l)
{
    enum { HEADER_MIN = 8 };
    frame_result result = layer_need(l, HEADER_MIN);
    size_t header;

    if (result != FRAME_NEXT)
        return result;
    header = (size_t)l->data[3] << 8 | l->data[2];
    if (header < HEADER_MIN)
        return FRAME_DAMAGED;
    result = layer_need(l, header);
    return result == FRAME_NEXT ? layer_next(l, header, SPACE_LINK, little32(l->data + 4)) : result;
}

/* Netfilter's log: attributes of a size and a type, one of which is the packet. */
frame_result layer_nflog(layers *l)
{
    /* clang-format off */
    enum { HEADER = 4, ATTRIBUTE = 4, TYPE_MASK = 0x7fff, PAYLOAD = 9, FAMILY_IPV4 = 2,
           FAMILY_IPV6 = 10, FAMILY_BRIDGE = 7 };
    /* clang-format on */
    frame_result result = layer_need(l, HEADER);
    unsigned family;

    if (result != FRAME_NEXT)
        return result;
    family = l->data[0];
    layer_next(l, HEADER, SPACE_LINK, l->number);
    while ((result = layer_need(l, ATTRIBUTE)) == FRAME_NEXT) {
        int little = l->data[1] < l->data[0] || read16(l->data) > l->length;
        size_t size = little ? (size_t)l->data[1] << 8 | l->data[0] : read16(l->data);
        unsigned type = (little ? (unsigned)l->data[3] << 8 | l->data[2] : read16(l->data + 2)) & TYPE_MASK;

        if (size < ATTRIBUTE || size > l->length)
            return FRAME_DAMAGED;
        if (type == PAYLOAD) {
            layer_shorten(l, size);
            if (family == FAMILY_BRIDGE)
                return layer_next(l, ATTRIBUTE, SPACE_LINK, LINK_ETHERNET);
            if (family != FAMILY_IPV4 && family != FAMILY_IPV6)
                return FRAME_OTHER;
            return layer_next(l, ATTRIBUTE, SPACE_ETHER, family == FAMILY_IPV4 ? ETHER_IPV4 : ETHER_IPV6);
        }
        size = (size + 3) & ~(size_t)3;
        if (size > l->captured)
            return size > l->length ? FRAME_DAMAGED : FRAME_CUT;
        layer_next(l, size, SPACE_LINK, l->number);
    }
    return l->length == 0 ? FRAME_OTHER : result;
}

/* macOS: where the packet begins, and its link type. */
frame_result layer_pktap(layers *l)
{
    enum { LENGTH_AT = 0, TYPE_AT = 4, LINK_AT = 8, HEADER_MIN = 12, A_PACKET = 1 };
    frame_result result = layer_need(l, HEADER_MIN);
    uint32_t (*read)(const uint8_t *) = little32;
    uint32_t header;

    if (result != FRAME_NEXT)
        return result;
    if (read(l->data + LENGTH_AT) > 0xffff)
        read = read32;
    header = read(l->data + LENGTH_AT);
    if (header < HEADER_MIN)
        return FRAME_DAMAGED;
    if (read(l->data + TYPE_AT) != A_PACKET)
        return FRAME_OTHER;
    result = layer_need(l, header);
    if (result != FRAME_NEXT)
        return result;
    return layer_next(l, header, SPACE_LINK, read(l->data + LINK_AT));
}
