/* SPDX-License-Identifier: ISC */
/* Of frames in hex: numbers of link types, and what many layers begin with. */
#ifndef TESTS_FRAME_LAYERS_H
#define TESTS_FRAME_LAYERS_H

#define MACS "0200000000010200000000ff"

/* clang-format off */
enum { ETHERNET = 1, COOKED = 113, COOKED2 = 276, NULL_LINK = 0, LOOP = 108, RAW = 101,
       IPV4_LINK = 228, IPV6_LINK = 229, PPP = 9, PPP_HDLC = 50, PPP_ETHER = 51, HDLC = 104, ATM = 100,
       WIRELESS = 105, RADIOTAP = 127, NFLOG = 239, PPI = 192, NETANALYZER = 240, ENC = 109,
       PFLOG = 117, PKTAP = 258, UNKNOWN = 147 };
/* clang-format on */

#define IPV4_ADDRESSES "c0000201c6336402"
#define IPV6_ADDRESSES "20010db800000000000000000000000120010db80000000000000000000000ff"

#endif
