/* SPDX-License-Identifier: ISC */
/* What single fields of headers decide: each frame is one in which another place, size or bit would tell something else. */
#include "watch/frame.h"
#include "suite.h"
#include "support.h"

#include <stdlib.h>
#include <string.h>

enum {
    ETHERNET = 1,
    NULL_LINK = 0,
    PPP = 9,
    RAW = 101,
    PPP_ETHER = 51,
    WIRELESS = 105,
    RADIOTAP = 127,
    PFLOG = 117,
    PPI = 192,
    NFLOG = 239
};

/* ---- layers, in hex ---- */

/* clang-format off */
#define MACS "0200000000010200000000ff"
#define ADDRESSES "0a000001" "0a000002"
#define TCP "0bae1f90" "01020304" "fffefdfc" "5018" "1020" "00000000" "64617461"
#define IPV4 "4500002c0001000040060000" ADDRESSES TCP
#define IPV4_OPEN "450000000001000040060000" ADDRESSES TCP /* as long as what is around it says */
#define OUTER(protocol) MACS "0800" "450000000001000040" protocol "0000" ADDRESSES
#define UDP(port) OUTER("11") "c000" port "0000" "0000"
#define UDP_OF(port, length) OUTER("11") "c000" port length "0000"
#define STATIONS "020000000001" "020000000002" "020000000003"
/* clang-format on */

static bytes frame_bytes(const char *before, size_t zeros, const char *after)
{
    bytes all = bytes_from_hex(before), rest = bytes_from_hex(after);
    uint8_t *padding = calloc(1, zeros + 1);

    bytes_append(&all, padding, zeros);
    bytes_append(&all, rest.data, rest.len);
    bytes_free(&rest);
    free(padding);
    return all;
}

/* ---- the segment in a frame ---- */

/* clang-format off */
static const struct {
    const char *name;
    unsigned link;
    const char *before;
    size_t zeros;                /* bytes between both */
    const char *after;
} whole[] = {
    { "LLC, polled", ETHERNET, MACS "002f" "060613", 0, IPV4 },
    { "wireless, four stations", WIRELESS, "08030000" STATIONS "0000" "020000000004" "aaaa03000000" "0800", 0, IPV4 },
    { "wireless, high throughput", WIRELESS, "88810000" STATIONS "0000" "0000" "00000000" "aaaa03000000" "0800", 0,
      IPV4 },
    { "radiotap, long", RADIOTAP, "0000080100000000", 256, "08010000" STATIONS "0000" "aaaa03000000" "0800" IPV4 },
    { "PPI, a large link type", PPI, "0000080014010000" "0800000000000001000100060200000000010000", 0, IPV4 },
    { "PPI, long", PPI, "0000080101000000", 256, MACS "0800" IPV4 },
    { "netfilter, a long attribute", NFLOG, "02000001" "04010a00", 256, "30000900" IPV4 },
    { "netfilter, an attribute that is filled up", NFLOG, "02000001" "05000a0041000000" "30000900", 0, IPV4 },
    { "PPP, MPLS to many", PPP, "ff03" "0283" "00010140", 0, IPV4 },
    { "L2TP, numbered", ETHERNET, UDP("06a5") "0802" "00010002" "00000000" "ff030021", 0, IPV4 },
    { "L2TP, with a length", ETHERNET, UDP("06a5") "4002" "0000" "00010002" "ff030021", 0, IPV4 },
    { "L2TP, padded", ETHERNET, UDP("06a5") "0202" "00010002" "0003" "000000" "ff030021", 0, IPV4 },
    { "GTP, with a number of a unit", ETHERNET, UDP("0868") "31ff000000000001" "00000000", 0, IPV4 },
    { "GTP, two extensions", ETHERNET, UDP("0868") "34ff000000000001" "00000085" "01000085" "020000000000" "0000", 0,
      IPV4 },
    { "TZSP, a field and no padding", ETHERNET, UDP("9090") "01000001" "0a0105" "01" MACS "0800", 0, IPV4 },
    { "TZSP, padding first", ETHERNET, UDP("9090") "01000001" "0000" "0a00" "01" MACS "0800", 0, IPV4 },
};
/* clang-format on */

START_TEST(found)
{
    bytes data = frame_bytes(whole[_i].before, whole[_i].zeros, whole[_i].after);
    frames *all = frames_new();
    segment seg = { 0 };

    ck_assert_msg(frames_parse(all, &(frame){ 7, data.data, data.len, data.len, whole[_i].link, 9 }, &seg) ==
                      FRAME_TCP,
                  "%s", whole[_i].name);
    ck_assert_uint_eq(seg.from.port, 0x0bae);
    ck_assert_uint_eq(seg.to.port, 0x1f90);
    ck_assert_uint_eq(seg.seq, 0x01020304);
    ck_assert_uint_eq(seg.ack, 0xfffefdfc);
    ck_assert_uint_eq(seg.window, 0x1020);
    ck_assert_uint_eq(seg.len, 4);
    ck_assert_uint_eq(seg.cut, 0);
    ck_assert_mem_eq(seg.data, "data", 4);
    frames_free(all);
    bytes_free(&data);
}
END_TEST

/* ---- what is none ---- */

/* clang-format off */
static const struct {
    const char *name;
    unsigned link;
    const char *hex;
    size_t captured;             /* of the frame; 0: all of it */
    frame_result result;
    const char *as;              /* what it is told to be, if it is something else */
} others[] = {
    { "the first EtherType", ETHERNET, MACS "0600" "0000", 0, FRAME_OTHER, "EtherType 0x0600" },
    { "the longest length", ETHERNET, MACS "05ff" "424203000000", 0, FRAME_OTHER, "LLC SAP 0x42 (spanning tree)" },
    { "LLC, a frame that is counted", ETHERNET, MACS "0030" "06060000" IPV4, 0, FRAME_OTHER, "LLC SAP 0x06 (IP)" },
    { "SNAP from another point", ETHERNET, MACS "0034" "aa0603000000" "0800" IPV4, 0, FRAME_OTHER, "LLC SAP 0xaa" },
    { "SNAP to another point", ETHERNET, MACS "0034" "42aa03000000" "0800" IPV4, 0, FRAME_OTHER,
      "LLC SAP 0x42 (spanning tree)" },
    { "a large family", NULL_LINK, "02010000" IPV4, 0, FRAME_OTHER, "link type 0 (NULL)" },
    { "a log's header that is none", PFLOG, "0002" "0000" IPV4, 2, FRAME_DAMAGED, NULL },
    { "netfilter, a field that is cut", NFLOG, "02000001" "08000a0000000000" "30000900" IPV4, 10, FRAME_CUT, NULL },
    { "netfilter, a packet that is cut", NFLOG, "02000001" "30000900" IPV4, 20, FRAME_CUT, NULL },
    { "nothing behind IPv6", RAW, "6000000000003b40" "20010db8000000000000000000000001"
      "20010db80000000000000000000000ff", 0, FRAME_OTHER, "IP protocol 59 (nothing)" },
    { "VXLAN without a number", ETHERNET, UDP("12b5") "0000000000000100" MACS "0800" IPV4, 0, FRAME_OTHER,
      "UDP port 4789 (VXLAN)" },
    { "VXLAN-GPE without either, cut", ETHERNET, UDP("12b6") "0000000000000100" MACS "0800" IPV4, 50, FRAME_OTHER,
      "UDP port 4790 (VXLAN-GPE)" },
    { "Geneve, another version", ETHERNET, UDP("17c1") "4000080000000100" IPV4, 0, FRAME_OTHER,
      "UDP port 6081 (Geneve)" },
    { "Geneve, control", ETHERNET, UDP("17c1") "0080080000000100" IPV4, 0, FRAME_OTHER, "UDP port 6081 (Geneve)" },
    { "GTP, an extension of no size", ETHERNET, UDP("0868") "34ff000000000001" "00000085" "00000000" IPV4, 0,
      FRAME_OTHER, "UDP port 2152 (GTP)" },
    { "GTP, cut before an extension", ETHERNET, UDP("0868") "34ff000000000001" "00000085" "01000000" IPV4, 54,
      FRAME_OTHER, "UDP port 2152 (GTP)" },
    { "L2TP, control", ETHERNET, UDP("06a5") "8002" "00010002" "ff030021" IPV4, 0, FRAME_OTHER,
      "UDP port 1701 (L2TP)" },
    { "L2TP, cut before the padding", ETHERNET, UDP("06a5") "0202" "00010002" "0003" "000000" "ff030021" IPV4, 48,
      FRAME_OTHER, "UDP port 1701 (L2TP)" },
    { "TZSP, cut behind a field", ETHERNET, UDP("9090") "01000001" "0a0105" "01" MACS "0800" IPV4, 49, FRAME_OTHER,
      "UDP port 37008 (TZSP)" },
    { "TZSP, cut in a field", ETHERNET, UDP("9090") "01000001" "0a0105" "01" MACS "0800" IPV4, 47, FRAME_OTHER,
      "UDP port 37008 (TZSP)" },
};
/* clang-format on */

START_TEST(not_found)
{
    bytes data = bytes_from_hex(others[_i].hex);
    size_t captured = others[_i].captured > 0 ? others[_i].captured : data.len;
    uint8_t *exact = exact_copy(data.data, captured);
    frames *all = frames_new();
    frame_other seen[FRAME_OTHERS_MAX];
    uint64_t count;
    segment seg;

    ck_assert_msg(frames_parse(all, &(frame){ 7, exact, captured, data.len, others[_i].link, 9 }, &seg) ==
                      others[_i].result,
                  "%s", others[_i].name);
    ck_assert_uint_eq(frames_others(all, seen, &count), others[_i].as != NULL);
    if (others[_i].as != NULL)
        ck_assert_str_eq(seen[0].name, others[_i].as);
    frames_free(all);
    free(exact);
    bytes_free(&data);
}
END_TEST

/* ---- lengths: what is behind the end is padding ---- */

/* clang-format off */
static const struct {
    const char *name;
    unsigned link;
    const char *hex;
    uint32_t len;                /* of the payload */
} lengths[] = {
    { "UDP", ETHERNET, UDP_OF("1292", "0038") "00000800" IPV4_OPEN "ffffffff", 4 },
    { "UDP, longer than the packet", ETHERNET, UDP_OF("1292", "003d") "00000800" IPV4_OPEN "ffffffff", 8 },
    { "UDP, shorter than its header", ETHERNET, UDP_OF("1292", "0007") "00000800" IPV4_OPEN "ffffffff", 8 },
    { "UDP, all there is", ETHERNET, UDP_OF("1292", "003c") "00000800" IPV4_OPEN "ffffffff", 8 },
    { "PPPoE", PPP_ETHER, "11000001002e" "0021" IPV4_OPEN "ffffffff", 4 },
    { "PPPoE, longer than the frame", PPP_ETHER, "110000010100" "0021" IPV4_OPEN "ffffffff", 8 },
    { "Ethernet", ETHERNET, MACS "002f" "060603" IPV4_OPEN "ffffffff", 4 },
    { "nothing", ETHERNET, MACS "0800" IPV4_OPEN "ffffffff", 8 },
};
/* clang-format on */

START_TEST(lengths_believed)
{
    bytes data = bytes_from_hex(lengths[_i].hex);
    frames *all = frames_new();
    segment seg;

    ck_assert_int_eq(frames_parse(all, &(frame){ 7, data.data, data.len, data.len, lengths[_i].link, 9 }, &seg),
                     FRAME_TCP);
    ck_assert_msg(seg.len == lengths[_i].len, "%s: %u bytes", lengths[_i].name, (unsigned)seg.len);
    frames_free(all);
    bytes_free(&data);
}
END_TEST

/* ---- TCP's options ---- */

/* clang-format off */
static const struct {
    const char *options;
    unsigned flags;
    uint8_t scale;
} options[] = {
    { "-", TCP_SYN, TCP_NO_SCALE },
    { "03030700", TCP_SYN, 7 },
    { "03030000", TCP_SYN, 0 },
    { "03030d00", TCP_SYN, 13 },
    { "03030e00", TCP_SYN, 14 },
    { "03030f00", TCP_SYN, 14 },               /* the largest that there is */
    { "0303ff00", TCP_SYN, 14 },
    { "03030700", TCP_SYN | TCP_ACK, 7 },
    { "03030700", TCP_ACK, TCP_NO_SCALE },     /* it is told once */
    { "01030307", TCP_SYN, 7 },
    { "0101030307000000", TCP_SYN, 7 },
    { "c802030307000000", TCP_SYN, 7 },        /* behind another one */
    { "0204ffff03030700", TCP_SYN, 7 },
    { "0003030700000000", TCP_SYN, TCP_NO_SCALE }, /* behind the end */
    { "0500030307000000", TCP_SYN, TCP_NO_SCALE }, /* behind one of no size, */
    { "0501030307000000", TCP_SYN, TCP_NO_SCALE },
    { "05ff030307000000", TCP_SYN, TCP_NO_SCALE }, /* or of more than there is */
    { "0304070000000000", TCP_SYN, TCP_NO_SCALE }, /* of another size */
    { "0302030307000000", TCP_SYN, 7 },
    { "01010303", TCP_SYN, TCP_NO_SCALE },     /* cut off by the header's own size */
    { "01010103", TCP_SYN, TCP_NO_SCALE },
    { "01010101", TCP_SYN, TCP_NO_SCALE },
    { "02040101", TCP_SYN, TCP_NO_SCALE },
};
/* clang-format on */

/* A segment with these options, and with data behind them or without, of which `captured` bytes are there (0: all). */
static frame_result parse_options(int i, int no_data, size_t captured, segment *seg, uint8_t **exact)
{
    static const uint8_t header[] = { 0x45, 0, 0,  0, 0, 1, 0,    0,    64,   6,    0, 0, 10, 0,
                                      0,    1, 10, 0, 0, 2, 0x0b, 0xae, 0x1f, 0x90, 1, 2, 3,  4,
                                      0,    0, 0,  0, 0, 0, 0x10, 0x20, 0,    0,    0, 0 };
    bytes data = bytes_copy(header, sizeof(header)), more = bytes_from_hex(options[i].options);
    frames *all = frames_new();
    frame_result result;

    data.data[32] = (uint8_t)((20 + more.len) / 4 << 4);
    data.data[33] = (uint8_t)options[i].flags;
    bytes_append(&data, more.data, more.len);
    bytes_append(&data, "data", no_data ? 0 : 4);
    if (captured == 0)
        captured = data.len;
    *exact = exact_copy(data.data, captured);
    memset(seg, 0x5a, sizeof(*seg));
    result = frames_parse(all, &(frame){ 7, *exact, captured, data.len, RAW, 9 }, seg);
    bytes_free(&data);
    bytes_free(&more);
    frames_free(all);
    return result;
}

START_TEST(scales)
{
    for (int no_data = 0; no_data < 2; no_data++) {
        segment seg;
        uint8_t *exact;

        ck_assert_int_eq(parse_options(_i, no_data, 0, &seg, &exact), FRAME_TCP);
        ck_assert_msg(seg.scale == options[_i].scale, "%s: %u", options[_i].options, seg.scale);
        ck_assert_uint_eq(seg.window, 0x1020);
        ck_assert_uint_eq(seg.len, no_data ? 0 : 4);
        free(exact);
    }
}
END_TEST

/* How much payload there was is known even if not all options were captured. */
START_TEST(options_cut)
{
    for (size_t captured = 40; captured < 48; captured++) {
        segment seg;
        uint8_t *exact;

        ck_assert_int_eq(parse_options(10, 0, captured, &seg, &exact), FRAME_TCP);
        ck_assert_uint_eq(seg.scale, TCP_NO_SCALE);
        ck_assert_ptr_eq(seg.data, exact + captured);
        ck_assert_uint_eq(seg.len, 0);
        ck_assert_uint_eq(seg.cut, 4);
        free(exact);
    }
}
END_TEST

/* ---- fragments ---- */

/* clang-format off */
static const struct {
    const char *name;
    const char *frames[4];
    frame_result results[4];
    uint64_t lost;
} fragmented[] = {
    { "IPv4", { "4500002c0100200040060000" ADDRESSES "0bae1f9001020304fffefdfc5018102000000000" "61626364",
                "450000180100000340060000" ADDRESSES "65666768" },
      { FRAME_FRAGMENT, FRAME_TCP }, 0 },
    { "IPv4, two packets", { "4500002c0100200040060000" ADDRESSES "0bae1f90010203040506070850180000000000006162636400",
                             "450000180200000340060000" ADDRESSES "65666768",
                             "450000180101000340060000" ADDRESSES "65666768" },
      { FRAME_FRAGMENT, FRAME_FRAGMENT, FRAME_FRAGMENT }, 3 },
    { "IPv6", { "6000000000202c40" "20010db8000000000000000000000001" "20010db80000000000000000000000ff"
                "0600000101020304" "0bae1f90010203040506070850180000000000006162636400",
                "60000000000c2c40" "20010db8000000000000000000000001" "20010db80000000000000000000000ff"
                "0600001801020304" "65666768" },
      { FRAME_FRAGMENT, FRAME_TCP }, 0 },
    { "IPv6, two packets", { "6000000000202c40" "20010db8000000000000000000000001" "20010db80000000000000000000000ff"
                             "0600000101020304" "0bae1f90010203040506070850180000000000006162636400",
                             "60000000000c2c40" "20010db8000000000000000000000001" "20010db80000000000000000000000ff"
                             "0600001802020304" "65666768" },
      { FRAME_FRAGMENT, FRAME_FRAGMENT }, 2 },
    { "a tunnel", { "450000240001200040110000" ADDRESSES "c000129200000000" "0000080045000000",
                    "4500003c0001000240110000" ADDRESSES "0001000040060000" ADDRESSES TCP },
      { FRAME_FRAGMENT, FRAME_TCP }, 0 },
    { "half of a tunnel", { "450000240001200040110000" ADDRESSES "c000129200000000" "0000080045000000" },
      { FRAME_FRAGMENT }, 1 },
    { "half of what is no tunnel", { "450000240001200040110000" ADDRESSES "c000003500000000" "0000080045000000" },
      { FRAME_FRAGMENT }, 0 },
    { "the other half", { "450000240001000240110000" ADDRESSES "c000129200000000" "0000080045000000" },
      { FRAME_FRAGMENT }, 0 },
};
/* clang-format on */

START_TEST(put_together)
{
    frames *all = frames_new();
    segment seg;

    for (int i = 0; i < 4 && fragmented[_i].frames[i] != NULL; i++) {
        bytes data = bytes_from_hex(fragmented[_i].frames[i]);
        frame_result result = frames_parse(all, &(frame){ 7, data.data, data.len, data.len, RAW, 9 }, &seg);

        ck_assert_msg(result == fragmented[_i].results[i], "%s: result %d", fragmented[_i].name, result);
        if (result == FRAME_TCP) {
            ck_assert_uint_eq(seg.from.port, 0x0bae);
            ck_assert_uint_eq(seg.len + seg.cut, _i < 4 ? 8 : 4);
        }
        bytes_free(&data);
    }
    ck_assert_uint_eq(frames_fragments(all), fragmented[_i].lost);
    frames_free(all);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dump layers");
    TCase *tcase = suite_case(suite, "layers");

    tcase_add_loop_test(tcase, found, 0, COUNT(whole));
    tcase_add_loop_test(tcase, not_found, 0, COUNT(others));
    tcase_add_loop_test(tcase, lengths_believed, 0, COUNT(lengths));
    tcase_add_loop_test(tcase, scales, 0, COUNT(options));
    tcase_add_test(tcase, options_cut);
    tcase_add_loop_test(tcase, put_together, 0, COUNT(fragmented));
    return run_suite(suite);
}
