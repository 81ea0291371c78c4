/* SPDX-License-Identifier: ISC */
/* How the layers of a frame are taken off. Each layer is a row in a table (layers.c): the number by
 * which the layer below announces it, its name, and a function that takes its header off and says
 * what follows. To teach the program another one, write such a function and add a row. */
#ifndef SIDEWIRE_DUMP_LAYERS_H
#define SIDEWIRE_DUMP_LAYERS_H

#include "fragments.h"
#include "frame.h"

/* Whose numbers announce what follows. */
typedef enum layer_space {
    SPACE_LINK,  /* LINKTYPE_* */
    SPACE_ETHER, /* EtherTypes */
    SPACE_SAP,   /* of LLC */
    SPACE_PPP,
    SPACE_IP,  /* protocols, and IPv6 extension headers */
    SPACE_UDP, /* ports */
    SPACE_COUNT
} layer_space;

/* clang-format off */
enum { LINK_ETHERNET = 1, LINK_PPP = 9, LINK_RAW = 101, ETHER_IPV4 = 0x0800, ETHER_IPV6 = 0x86dd,
       ETHER_MPLS = 0x8847, ETHER_NSH = 0x894f, ETHER_BRIDGED = 0x6558, IP_TCP = 6, IP_UDP = 17, IP_GRE = 47 };
/* clang-format on */

/* What is left of a frame. */
typedef struct layers {
    const uint8_t *data;
    size_t captured, length; /* captured <= length, once a header was checked */
    layer_space space;       /* what it is */
    unsigned number;
    int guessed; /* by a UDP port: it may be something else */
    int64_t time;
    uint64_t frame; /* its number */
    fragments *fragments;
    segment *out;
} layers;

typedef frame_result (*layer_parser)(layers *l);

static inline uint16_t read16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t read32(const uint8_t *p)
{
    return (uint32_t)read16(p) << 16 | read16(p + 2);
}

/* Why a header of n bytes cannot be read, or FRAME_NEXT if it can. */
static inline frame_result layer_need(const layers *l, size_t n)
{
    if (l->captured >= n)
        return FRAME_NEXT;
    return l->length >= n ? FRAME_CUT : FRAME_DAMAGED;
}

/* Takes off n bytes, which were captured; behind them lies this. */
static inline frame_result layer_next(layers *l, size_t n, layer_space space, unsigned number)
{
    l->data += n;
    l->captured -= n;
    l->length -= n;
    l->space = space;
    l->number = number;
    return FRAME_NEXT;
}

/* Drops what is behind the first `length` bytes: padding of the layer below. */
static inline void layer_shorten(layers *l, size_t length)
{
    l->length = length;
    if (l->captured > length)
        l->captured = length;
}

/* layers_link.c */
frame_result layer_ethernet(layers *l);
frame_result layer_cooked(layers *l);
frame_result layer_cooked2(layers *l);
frame_result layer_null(layers *l);
frame_result layer_raw(layers *l);
frame_result layer_ppp_link(layers *l);
frame_result layer_hdlc(layers *l);
frame_result layer_nflog(layers *l);
frame_result layer_pktap(layers *l);
frame_result layer_wireless(layers *l);
frame_result layer_radiotap(layers *l);
frame_result layer_ppi(layers *l);
frame_result layer_netanalyzer(layers *l);
frame_result layer_enc(layers *l);
frame_result layer_pflog(layers *l);
frame_result layer_metadata(layers *l);
frame_result layer_ring(layers *l);
frame_result layer_vlan(layers *l);
frame_result layer_llc(layers *l);
frame_result layer_pppoe(layers *l);
frame_result layer_ppp(layers *l);
frame_result layer_mpls(layers *l);
frame_result layer_service(layers *l);

/* layers_ip.c */
frame_result layer_ipv4(layers *l);
frame_result layer_ipv6(layers *l);
frame_result layer_extension(layers *l);
frame_result layer_authentication(layers *l);
frame_result layer_fragment(layers *l);
frame_result layer_tcp(layers *l);
frame_result layer_udp(layers *l);

/* layers_tunnel.c */
frame_result layer_gre(layers *l);
frame_result layer_erspan2(layers *l);
frame_result layer_erspan3(layers *l);
frame_result layer_etherip(layers *l);
frame_result layer_vxlan(layers *l);
frame_result layer_vxlan_gpe(layers *l);
frame_result layer_nsh(layers *l);
frame_result layer_geneve(layers *l);
frame_result layer_gtp(layers *l);
frame_result layer_l2tp(layers *l);
frame_result layer_lisp(layers *l);
frame_result layer_tzsp(layers *l);

/* The row that has this number, or NULL. */
typedef struct layer_row {
    unsigned number;
    const char *name;
    layer_parser parse; /* NULL: it is known that no TCP can be read in it */
} layer_row;

const layer_row *layer_find(layer_space space, unsigned number);

#endif
