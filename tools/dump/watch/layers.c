/* SPDX-License-Identifier: ISC */
#include "layers.h"

/* ---- the tables: the most frequent ones first ---- */

static const layer_row links[] = {
    { LINK_ETHERNET, "ETHERNET", layer_ethernet },
    { 113, "LINUX_SLL", layer_cooked },
    { 276, "LINUX_SLL2", layer_cooked2 },
    { 0, "NULL", layer_null },
    { 108, "LOOP", layer_null },
    { LINK_RAW, "RAW", layer_raw },
    { 12, "RAW", layer_raw }, /* as numbered in memory by most systems */
    { 14, "RAW", layer_raw }, /* and by OpenBSD */
    { 228, "IPV4", layer_raw },
    { 229, "IPV6", layer_raw },
    { LINK_PPP, "PPP", layer_ppp_link },
    { 50, "PPP_HDLC", layer_ppp_link },
    { 51, "PPP_ETHER", layer_pppoe },
    { 104, "C_HDLC", layer_hdlc },
    { 100, "ATM_RFC1483", layer_llc },
    { 11, "ATM_RFC1483", layer_llc },
    { 105, "IEEE802_11", layer_wireless },
    { 127, "IEEE802_11_RADIOTAP", layer_radiotap },
    { 192, "PPI", layer_ppi },
    { 240, "NETANALYZER", layer_netanalyzer },
    { 109, "ENC", layer_enc },
    { 117, "PFLOG", layer_pflog },
    { 239, "NFLOG", layer_nflog },
    { 258, "PKTAP", layer_pktap },
    { 149, "PKTAP", layer_pktap }, /* as old macOS wrote it */
};

static const layer_row ethertypes[] = {
    { ETHER_IPV4, "IPv4", layer_ipv4 },
    { ETHER_IPV6, "IPv6", layer_ipv6 },
    { 0x8100, "VLAN", layer_vlan },
    { 0x88a8, "service VLAN", layer_vlan },
    { 0x9100, "old VLAN", layer_vlan },
    { 0x9200, "old VLAN", layer_vlan },
    { 0x8864, "PPPoE", layer_pppoe },
    { ETHER_MPLS, "MPLS", layer_mpls },
    { 0x8848, "MPLS", layer_mpls },
    { ETHER_BRIDGED, "bridged Ethernet", layer_ethernet },
    { 0x880b, "PPP", layer_ppp_link },
    { 0x88e7, "provider bridge", layer_service },
    { 0x8870, "long LLC", layer_llc },
    { 0x8909, "Cisco's metadata", layer_metadata },
    { 0x892f, "redundant ring", layer_ring },
    { ETHER_NSH, "NSH", layer_nsh },
    { 0x88be, "ERSPAN", layer_erspan2 },
    { 0x22eb, "ERSPAN III", layer_erspan3 },
    { 0x0806, "ARP", NULL },
    { 0x8863, "PPPoE discovery", NULL },
    { 0x88cc, "LLDP", NULL },
    { 0x88e5, "MACsec", NULL },
    { 0x888e, "802.1X", NULL },
};

static const layer_row saps[] = {
    { 0x06, "IP", layer_ipv4 }, { 0x42, "spanning tree", NULL }, { 0xe0, "IPX", NULL },
    { 0xf0, "NetBIOS", NULL },  { 0xfe, "OSI", NULL },
};

static const layer_row ppp_protocols[] = {
    { 0x0021, "IPv4", layer_ipv4 },     { 0x0057, "IPv6", layer_ipv6 }, { 0x0281, "MPLS", layer_mpls },
    { 0x0283, "MPLS", layer_mpls },     { 0x0031, "bridged", NULL },    { 0x003d, "multilink", NULL },
    { 0x002d, "compressed TCP", NULL }, { 0x00fd, "compressed", NULL }, { 0xc021, "LCP", NULL },
    { 0x8021, "IPCP", NULL },
};

static const layer_row ip_protocols[] = {
    { IP_TCP, "TCP", layer_tcp },
    { IP_UDP, "UDP", layer_udp },
    { 4, "IPv4", layer_ipv4 },
    { 41, "IPv6", layer_ipv6 },
    { IP_GRE, "GRE", layer_gre },
    { 97, "EtherIP", layer_etherip },
    { 137, "MPLS", layer_mpls },
    { 0, "hop by hop", layer_extension },
    { 43, "routing", layer_extension },
    { 44, "fragment", layer_fragment },
    { 51, "authentication", layer_authentication },
    { 60, "destination options", layer_extension },
    { 135, "mobility", layer_extension },
    { 139, "host identity", layer_extension },
    { 140, "Shim6", layer_extension },
    { 1, "ICMP", NULL },
    { 2, "IGMP", NULL },
    { 50, "ESP", NULL },
    { 58, "ICMPv6", NULL },
    { 59, "nothing", NULL },
    { 89, "OSPF", NULL },
    { 108, "compressed", NULL },
    { 115, "L2TP", NULL },
    { 132, "SCTP", NULL },
};

/* Where tunnels go to. All other ports are told as UDP. */
static const layer_row
    udp_ports
        [] = {
            { 4789, "VXLAN", layer_vxlan },
            { 8472, "VXLAN", layer_vxlan }, /* of Linux, before there was a number for it */
            { 4790, "VXLAN-GPE", layer_vxlan_gpe },
            { 6081, "Geneve", layer_geneve },
            { 2152, "GTP", layer_gtp },
            { 1701, "L2TP", layer_l2tp },
            { 4341, "LISP", layer_lisp },
            { 4754, "GRE", layer_gre },
            { 6635, "MPLS", layer_mpls },
            { 3544, "Teredo", layer_ipv6 },
            { 37008, "TZSP", layer_tzsp },
        };

#define ROWS(table)                                                                                               \
    {                                                                                                             \
        table, sizeof(table) / sizeof((table)[0])                                                                 \
    }

static const struct {
    const layer_row *rows;
    size_t count;
} spaces[SPACE_COUNT] = {
    [SPACE_LINK] = ROWS(links),        [SPACE_ETHER] = ROWS(ethertypes), [SPACE_SAP] = ROWS(saps),
    [SPACE_PPP] = ROWS(ppp_protocols), [SPACE_IP] = ROWS(ip_protocols),  [SPACE_UDP] = ROWS(udp_ports),
};

const layer_row *layer_find(layer_space space, unsigned number)
{
    for (size_t i = 0; i < spaces[space].count; i++)
        if (spaces[space].rows[i].number == number)
            return &spaces[space].rows[i];
    return NULL;
}
