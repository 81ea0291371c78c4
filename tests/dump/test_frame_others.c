/* SPDX-License-Identifier: ISC */
/* Frames that are no TCP over IP, what they are told to be, and those that are not made of parts. */
#include "watch/frame.h"
#include "frame_layers.h"
#include "suite.h"
#include "support.h"

/* clang-format off */
static const struct {
    const char *name;
    unsigned link;
    const char *hex;
    frame_result result;
    const char *as;              /* what it is told to be */
} others[] = {
    { "ARP", ETHERNET, MACS "0806" "0001080006040001", FRAME_OTHER, "EtherType 0x0806 (ARP)" },
    { "nobody knows it", ETHERNET, MACS "1234" "0001080006040001", FRAME_OTHER, "EtherType 0x1234" },
    { "802.3", ETHERNET, MACS "0026" "424203000000", FRAME_OTHER, "LLC SAP 0x42 (spanning tree)" },
    { "SNAP of a vendor", ETHERNET, MACS "0026" "aaaa0300000c2000", FRAME_OTHER, "LLC SAP 0xaa" },
    { "PPPoE, LCP", ETHERNET, MACS "8864" "110000010008" "c021" "01010004", FRAME_OTHER,
      "PPP protocol 0xc021 (LCP)" },
    { "UDP", RAW, "450000000001000040110000" IPV4_ADDRESSES "c000003500080000", FRAME_OTHER,
      "IP protocol 17 (UDP)" },
    { "SCTP", RAW, "450000000001000040840000" IPV4_ADDRESSES, FRAME_OTHER, "IP protocol 132 (SCTP)" },
    { "GTP, control", RAW, "450000000001000040110000" IPV4_ADDRESSES "c000086800000000"
      "3201000400000000", FRAME_OTHER, "UDP port 2152 (GTP)" },
    { "no tunnel at its port", RAW, "450000000001000040110000" IPV4_ADDRESSES "c00012b500000000"
      "0800000000000100" MACS "0800" "0000", FRAME_OTHER, "EtherType 0x0800 (IPv4)" },
    { "wireless, encrypted", WIRELESS, "08410000" "020000000001" "020000000002", FRAME_OTHER,
      "link type 105 (IEEE802_11)" },
    { "another link", UNKNOWN, "450000140001000040060000" IPV4_ADDRESSES, FRAME_OTHER,
      "link type 147" },
    { "another family", NULL_LINK, "07000000" "450000", FRAME_OTHER, "link type 0 (NULL)" },
    { "tag behind tag without end", ETHERNET, MACS "8100" "00018100" "00018100" "0001",
      FRAME_DAMAGED, NULL },
    { "version 6 behind the type of IPv4", ETHERNET, MACS "0800"
      "6000000000000640" IPV6_ADDRESSES, FRAME_DAMAGED, NULL },
    { "version 4 behind the type of IPv6", ETHERNET, MACS "86dd"
      "450000280001000040060000" IPV4_ADDRESSES "0000000000000000000000000000000000000000",
      FRAME_DAMAGED, NULL },
    { "version 5", RAW, "550000140001000040060000" IPV4_ADDRESSES, FRAME_DAMAGED, NULL },
    { "nothing", RAW, "-", FRAME_DAMAGED, NULL },
};
/* clang-format on */

START_TEST(other)
{
    bytes data = bytes_from_hex(others[_i].hex);
    frames *all = frames_new();
    frame in = { 0, data.data, data.len, data.len, others[_i].link, 1 };
    frame_other seen[FRAME_OTHERS_MAX];
    uint64_t count;
    segment seg;

    ck_assert_msg(frames_parse(all, &in, &seg) == others[_i].result, "%s", others[_i].name);
    ck_assert_uint_eq(frames_others(all, seen, &count), others[_i].as != NULL);
    ck_assert_uint_eq(count, others[_i].as != NULL);
    if (others[_i].as != NULL)
        ck_assert_str_eq(seen[0].name, others[_i].as);
    bytes_free(&data);
    frames_free(all);
}
END_TEST

/* The most frequent ones are told first, and all are counted. */
START_TEST(many_others)
{
    frames *all = frames_new();
    frame_other seen[FRAME_OTHERS_MAX];
    uint64_t count;
    segment seg;

    for (unsigned i = 0; i < 3 * FRAME_OTHERS_MAX; i++)
        for (unsigned times = 0; times <= i; times++)
            frames_parse(all, &(frame){ 0, NULL, 0, 0, 1000 + i, 1 }, &seg);
    ck_assert_uint_eq(frames_others(all, seen, &count), FRAME_OTHERS_MAX);
    ck_assert_uint_eq(count, 3 * FRAME_OTHERS_MAX * (3 * FRAME_OTHERS_MAX + 1) / 2);
    for (unsigned i = 0; i < FRAME_OTHERS_MAX; i++)
        ck_assert_uint_eq(seen[i].count, FRAME_OTHERS_MAX - i);
    frames_free(all);
}
END_TEST

/* NFLOG's attributes have sizes, so its frames are not made of parts. */
START_TEST(netfilter)
{
    static const char *const hex[] = {
        "02000001"
        "0800010008000000"
        "05000a0041000000"
        "2c000900"
        "450000280001000040060000" IPV4_ADDRESSES "0bae1f9001020304fffefdfc5018100000000000",
        "02000001"
        "0008000108000000"
        "0005000a41000000"
        "002c0009"
        "450000280001000040060000" IPV4_ADDRESSES "0bae1f9001020304fffefdfc5018100000000000",
    };
    frames *all = frames_new();
    segment seg;

    for (int i = 0; i < COUNT(hex); i++) {
        bytes data = bytes_from_hex(hex[i]);

        ck_assert_int_eq(frames_parse(all, &(frame){ 0, data.data, data.len, data.len, NFLOG, 1 }, &seg),
                         FRAME_TCP);
        ck_assert_uint_eq(seg.from.port, 0x0bae);
        bytes_free(&data);
    }
    frames_free(all);
}
END_TEST

START_TEST(links_known)
{
    ck_assert_str_eq(frame_link_name(ETHERNET), "ETHERNET");
    ck_assert_ptr_null(frame_link_name(UNKNOWN));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dump frame others");
    TCase *tcase = suite_case(suite, "frame");

    tcase_add_loop_test(tcase, other, 0, COUNT(others));
    tcase_add_test(tcase, many_others);
    tcase_add_test(tcase, netfilter);
    tcase_add_test(tcase, links_known);
    return run_suite(suite);
}
