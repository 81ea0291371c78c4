/* SPDX-License-Identifier: ISC */
/* Frames of all link types, put together from what each layer may look like. */
#include "watch/frame.h"
#include "frame_layers.h"
#include "suite.h"
#include "support.h"

#include <stdlib.h>
#include <string.h>

/* ---- layers, in hex ---- */

/* What is around a tunnel. A length of 0 is the rest of the frame. */
/* clang-format off */
#define OUTER(protocol) MACS "0800" "450000000001000040" protocol "0000" "0a000001" "0a000002"
#define OUTER6(protocol) MACS "86dd" "600000000000" protocol "40" \
    "20010db80000000000000000000000aa" "20010db80000000000000000000000bb"
#define UDP(port) OUTER("11") "c000" port "0000" "0000"

static const struct {
    const char *name;
    unsigned link;
    const char *header4, *header6;   /* before IPv4 and IPv6; NULL: not possible */
} links[] = {
    { "Ethernet", ETHERNET, MACS "0800", MACS "86dd" },
    { "one tag", ETHERNET, MACS "810000050800", MACS "8100000586dd" },
    { "two tags", ETHERNET, MACS "88a80001810000050800", MACS "88a800018100000586dd" },
    { "two old tags", ETHERNET, MACS "91000001810000050800", MACS "910000018100000586dd" },
    { "cooked", COOKED, "00000001000602000000000100000800",
      "000000010006020000000001000086dd" },
    { "cooked, tag", COOKED, "00000001000602000000000100008100" "00050800",
      "00000001000602000000000100008100" "000586dd" },
    { "cooked v2", COOKED2, "0800000000000001000100060200000000010000",
      "86dd000000000001000100060200000000010000" },
    { "cooked v2, tag", COOKED2, "8100000000000001000100060200000000010000" "00050800",
      "8100000000000001000100060200000000010000" "000586dd" },
    { "null, little-endian, Linux", NULL_LINK, "02000000", "0a000000" },
    { "null, little-endian, macOS", NULL_LINK, "02000000", "1e000000" },
    { "null, big-endian, NetBSD", NULL_LINK, "00000002", "00000018" },
    { "loop, FreeBSD", LOOP, "00000002", "0000001c" },
    { "loop, OpenBSD", LOOP, "00000002", "00000018" },
    { "raw", RAW, "-", "-" },
    { "IPv4", IPV4_LINK, "-", NULL },
    { "IPv6", IPV6_LINK, NULL, "-" },
    { "raw, by the system's number", 12, "-", "-" },
    { "LLC and SNAP", ETHERNET, MACS "0100" "aaaa03000000" "0800", MACS "0100" "aaaa03000000" "86dd" },
    { "LLC and SNAP, bridge", ETHERNET, MACS "0100" "aaaa030000f8" "0800",
      MACS "0100" "aaaa030000f8" "86dd" },
    { "LLC", ETHERNET, MACS "0100" "060603", NULL },
    { "cooked, LLC", COOKED, "00000001000602000000000100000004" "aaaa03000000" "0800",
      "00000001000602000000000100000004" "aaaa03000000" "86dd" },
    { "PPPoE", ETHERNET, MACS "8864" "11000001ffff" "0021", MACS "8864" "11000001ffff" "0057" },
    { "PPPoE in a tag", ETHERNET, MACS "810000078864" "11000001ffff" "0021",
      MACS "810000078864" "11000001ffff" "0057" },
    { "PPPoE, short protocol", ETHERNET, MACS "8864" "11000001ffff" "21",
      MACS "8864" "11000001ffff" "57" },
    { "PPPoE link", PPP_ETHER, "11000001ffff" "0021", "11000001ffff" "0057" },
    { "PPP", PPP, "ff03" "0021", "ff03" "0057" },
    { "PPP without address", PPP, "0021", "0057" },
    { "PPP, HDLC", PPP_HDLC, "ff03" "0021", "ff03" "0057" },
    { "PPP, Cisco's", PPP_HDLC, "0f000800", "0f0086dd" },
    { "Cisco HDLC", HDLC, "0f000800", "0f0086dd" },
    { "ATM", ATM, "aaaa03000000" "0800", "aaaa03000000" "86dd" },
    { "PPP, MPLS", PPP, "ff03" "0281" "00010140", "ff03" "0281" "00010140" },
    { "MPLS", ETHERNET, MACS "8847" "00010140", MACS "8847" "00010140" },
    { "three labels", ETHERNET, MACS "8848" "00010040" "00020040" "00030140",
      MACS "8848" "00010040" "00020040" "00030140" },
    { "pseudowire", ETHERNET, MACS "8847" "00010140" "00000000" MACS "0800",
      MACS "8847" "00010140" "00000000" MACS "86dd" },
    { "pseudowire without control word", ETHERNET, MACS "8847" "00010140" "1200000000010200000000ff"
      "0800", MACS "8847" "00010140" "1200000000010200000000ff" "86dd" },
    { "provider bridge", ETHERNET, MACS "88e7" "00000001" MACS "0800",
      MACS "88e7" "00000001" MACS "86dd" },
    { "metadata", ETHERNET, MACS "8909" "0101000100050800", MACS "8909" "01010001000586dd" },
    { "redundant ring", ETHERNET, MACS "892f" "004000010800", MACS "892f" "0040000186dd" },
    { "NSH", ETHERNET, MACS "894f" "0fc60101" "00000000" "00000000000000000000000000000000",
      MACS "894f" "0fc20102" "00000000" },
    { "NSH, Ethernet", ETHERNET, MACS "894f" "0fc20103" "00000000" MACS "0800",
      MACS "894f" "0fc20103" "00000000" MACS "86dd" },
    { "NSH in VXLAN-GPE", ETHERNET, UDP("12b6") "0c00000400000100" "0fc20101" "00000000",
      UDP("12b6") "0c00000400000100" "0fc20102" "00000000" },
    { "PPI", PPI, "0000080001000000" MACS "0800", "00000c00" "01000000" "00000000" MACS "86dd" },
    { "net analyzer", NETANALYZER, "00000000" MACS "0800", "00000000" MACS "86dd" },
    { "ENC", ENC, "020000000000000000000000", "000000180000000000000000" },
    { "PFLOG", PFLOG, "07020000" "00000000", "05180000" "00000000" },
    { "wireless", WIRELESS, "08010000" "020000000001" "020000000002" "020000000003" "0000"
      "aaaa03000000" "0800", "08010000" "020000000001" "020000000002" "020000000003" "0000"
      "aaaa03000000" "86dd" },
    { "wireless, quality of service", WIRELESS, "88020000" "020000000001" "020000000002"
      "020000000003" "0000" "0000" "aaaa03000000" "0800", "88020000" "020000000001" "020000000002"
      "020000000003" "0000" "0000" "aaaa03000000" "86dd" },
    { "radiotap", RADIOTAP, "0000090000000000" "00" "08010000" "020000000001" "020000000002"
      "020000000003" "0000" "aaaa03000000" "0800", "0000090000000000" "00" "08010000" "020000000001"
      "020000000002" "020000000003" "0000" "aaaa03000000" "86dd" },
    { "PKTAP, Ethernet", PKTAP, "0c000000" "01000000" "01000000" MACS "0800",
      "0c000000" "01000000" "01000000" MACS "86dd" },
    { "PKTAP, big-endian, raw", PKTAP, "00000010" "00000001" "0000000c" "00000000",
      "00000010" "00000001" "0000000c" "00000000" },
    { "IP in IP", ETHERNET, OUTER("04"), OUTER("29") },
    { "IP in IPv6", ETHERNET, OUTER6("04"), OUTER6("29") },
    { "authenticated", ETHERNET, OUTER("33") "0404000000000001" "00000001" "000000000000000000000000",
      NULL },
    { "GRE", ETHERNET, OUTER("2f") "00000800", OUTER("2f") "000086dd" },
    { "GRE, all options", ETHERNET, OUTER("2f") "b0000800" "00000000" "00000001" "00000002",
      OUTER("2f") "b00086dd" "00000000" "00000001" "00000002" },
    { "GRE, Ethernet", ETHERNET, OUTER6("2f") "20006558" "00000001" MACS "0800",
      OUTER6("2f") "20006558" "00000001" MACS "86dd" },
    { "PPTP", ETHERNET, OUTER("2f") "3081880b" "00000001" "00000002" "00000003" "ff03" "0021",
      OUTER("2f") "3001880b" "00000001" "00000002" "0057" },
    { "ERSPAN, first version", ETHERNET, OUTER("2f") "000088be" MACS "0800",
      OUTER("2f") "000088be" MACS "86dd" },
    { "ERSPAN, second version", ETHERNET, OUTER("2f") "100088be" "00000001" "1001000100000000" MACS
      "0800", OUTER("2f") "100088be" "00000001" "1001000100000000" MACS "86dd" },
    { "ERSPAN, third version", ETHERNET, OUTER("2f") "100022eb" "00000001" "200100010000000000000001"
      "0000000000000000" MACS "0800", OUTER("2f") "100022eb" "00000001" "200100010000000000000000"
      MACS "86dd" },
    { "EtherIP", ETHERNET, OUTER("61") "3000" MACS "0800", OUTER("61") "3000" MACS "86dd" },
    { "MPLS in IP", ETHERNET, OUTER("89") "00010140", OUTER("89") "00010140" },
    { "VXLAN", ETHERNET, UDP("12b5") "0800000000000100" MACS "0800",
      UDP("12b5") "0800000000000100" MACS "86dd" },
    { "VXLAN, Linux's old port", ETHERNET, UDP("2118") "0800000000000100" MACS "0800",
      UDP("2118") "0800000000000100" MACS "86dd" },
    { "VXLAN-GPE", ETHERNET, UDP("12b6") "0c00000100000100", UDP("12b6") "0c00000200000100" },
    { "VXLAN-GPE, Ethernet", ETHERNET, UDP("12b6") "0c00000300000100" MACS "0800",
      UDP("12b6") "0800000000000100" MACS "86dd" },
    { "Geneve", ETHERNET, UDP("17c1") "0000655800000100" MACS "0800",
      UDP("17c1") "0200655800000100" "0102000100000000" MACS "86dd" },
    { "Geneve, IP", ETHERNET, UDP("17c1") "0000080000000100", UDP("17c1") "000086dd00000100" },
    { "GTP", ETHERNET, UDP("0868") "30ff000000000001", UDP("0868") "34ff000000000001" "00000085"
      "01000000" },
    { "L2TP", ETHERNET, UDP("06a5") "0002" "00010002" "ff030021",
      UDP("06a5") "4802" "0000" "00010002" "00000000" "0057" },
    { "LISP", ETHERNET, UDP("10f5") "0000000000000001", UDP("10f5") "0000000000000001" },
    { "GRE in UDP", ETHERNET, UDP("1292") "00000800", UDP("1292") "000086dd" },
    { "MPLS in UDP", ETHERNET, UDP("19eb") "00010140", UDP("19eb") "00010140" },
    { "Teredo", ETHERNET, NULL, UDP("0dd8") },
    { "TZSP", ETHERNET, UDP("9090") "01000001" "01" MACS "0800",
      UDP("9090") "01000001" "0a0105" "00" "01" MACS "86dd" },
    { "GRE in VXLAN in GRE", ETHERNET, OUTER("2f") "00000800" "4500000000010000401100000a0000010a000002"
      "c00012b500000000" "0800000000000100" OUTER("2f") "00000800", NULL },
};
/* clang-format on */

/* The length is filled in: at 2 in IPv4, at 4, without the first 40 bytes, in IPv6. */
/* clang-format off */
/* clang-format on */

static const struct {
    const char *name;
    int version;
    const char *header;
    frame_result result;
} networks[] = {
    { "IPv4", 4, "450000000001000040060000" IPV4_ADDRESSES, FRAME_TCP },
    { "not to be fragmented", 4, "450000000001400040060000" IPV4_ADDRESSES, FRAME_TCP },
    { "IPv4 options", 4, "480000000001000040060000" IPV4_ADDRESSES "010101010000000000000000", FRAME_TCP },
    { "first fragment", 4, "450000000001200040060000" IPV4_ADDRESSES, FRAME_FRAGMENT },
    { "last fragment", 4, "450000000001000140060000" IPV4_ADDRESSES, FRAME_FRAGMENT },
    { "UDP", 4, "450000000001000040110000" IPV4_ADDRESSES, FRAME_OTHER },
    { "fragment of UDP", 4, "450000000001200040110000" IPV4_ADDRESSES, FRAME_FRAGMENT },
    { "fragment of ICMP", 4, "450000000001200040010000" IPV4_ADDRESSES, FRAME_OTHER },
    { "header of 16 bytes", 4, "440000000001000040060000" IPV4_ADDRESSES, FRAME_DAMAGED },
    { "IPv6", 6, "6000000000000640" IPV6_ADDRESSES, FRAME_TCP },
    { "hop by hop", 6, "6000000000000040" IPV6_ADDRESSES "0600050200000000", FRAME_TCP },
    { "routing", 6, "6000000000002b40" IPV6_ADDRESSES "060200000000000020010db8000000000000000000000007",
      FRAME_TCP },
    { "destination options", 6, "6000000000003c40" IPV6_ADDRESSES "06010104000000000104000000000000", FRAME_TCP },
    { "authentication", 6, "6000000000003340" IPV6_ADDRESSES "060400000000000100000001000000000000000000000000",
      FRAME_TCP },
    { "mobility", 6, "6000000000008740" IPV6_ADDRESSES "0600000000000000", FRAME_TCP },
    { "host identity, then Shim6", 6,
      "6000000000008b40" IPV6_ADDRESSES "8c00000000000000"
      "0600000000000000",
      FRAME_TCP },
    { "fragment that is all", 6, "6000000000002c40" IPV6_ADDRESSES "0600000000000001", FRAME_TCP },
    { "all of them", 6,
      "6000000000000040" IPV6_ADDRESSES "3c00050200000000"
      "2b00010400000000"
      "2c02000000000000"
      "20010db8000000000000000000000007"
      "3300000000000001"
      "060400000000000100000001000000000000000000000000",
      FRAME_TCP },
    { "first fragment, IPv6", 6, "6000000000002c40" IPV6_ADDRESSES "0600000100000001", FRAME_FRAGMENT },
    { "last fragment, IPv6", 6, "6000000000002c40" IPV6_ADDRESSES "0600000800000001", FRAME_FRAGMENT },
    { "fragment of UDP, IPv6", 6, "6000000000002c40" IPV6_ADDRESSES "1100000800000001", FRAME_FRAGMENT },
    { "ICMPv6", 6, "6000000000003a40" IPV6_ADDRESSES, FRAME_OTHER },
    { "nothing next", 6, "6000000000000040" IPV6_ADDRESSES "3b00050200000000", FRAME_OTHER },
};

/* clang-format off */
static const struct {
    const char *name;
    const char *header;
    frame_result result;
} transports[] = {
    { "TCP", "0bae1f90" "01020304" "fffefdfc" "5018" "100000000000", FRAME_TCP },
    { "TCP options", "0bae1f90" "01020304" "fffefdfc" "7018" "100000000000"
      "0101030301010101", FRAME_TCP },
    { "header of 16 bytes", "0bae1f90" "01020304" "fffefdfc" "4018" "100000000000", FRAME_DAMAGED },
    { "header beyond the packet", "0bae1f90" "01020304" "fffefdfc" "f018" "100000000000",
      FRAME_DAMAGED },
};
/* clang-format on */

static const char payload[] = "some data...";
enum { PAYLOAD_LEN = sizeof(payload) - 1 };

typedef struct built {
    const char *link_name, *network_name;
    bytes data;
    size_t network, transport; /* where these begin */
    int is_ipv6, guessed;
} built;

static void append_hex(bytes *out, const char *hex)
{
    bytes b = bytes_from_hex(hex);

    bytes_append(out, b.data, b.len);
    bytes_free(&b);
}

static void put16(built *f, size_t at, size_t value)
{
    f->data.data[at] = (uint8_t)(value >> 8);
    f->data.data[at + 1] = (uint8_t)value;
}

/* Is the link over UDP? What is at the port of a tunnel may be something else: it is never damaged. */
static int is_guessed(int link)
{
    static const char udp_at_outer[] =
        "4011"
        "0000"
        "0a000001";
    const char *header = links[link].header4 != NULL ? links[link].header4 : links[link].header6;

    return strstr(header, udp_at_outer) != NULL;
}

/* 0: there is no such frame. */
static int build(built *f, int link, int network, int transport)
{
    const char *header = networks[network].version == 4 ? links[link].header4 : links[link].header6;

    if (header == NULL)
        return 0;
    f->link_name = links[link].name;
    f->network_name = networks[network].name;
    f->is_ipv6 = networks[network].version == 6;
    f->guessed = is_guessed(link);
    f->data = bytes_from_hex(header);
    f->network = f->data.len;
    append_hex(&f->data, networks[network].header);
    f->transport = f->data.len;
    append_hex(&f->data, transports[transport].header);
    bytes_append(&f->data, payload, PAYLOAD_LEN);
    if (f->is_ipv6)
        put16(f, f->network + 4, f->data.len - f->network - 40);
    else
        put16(f, f->network + 2, f->data.len - f->network);
    return 1;
}

/* Asserts that hold write into a file each time, and there are half a million frames. */
static void reject(const built *f, size_t captured, size_t length, const char *why)
{
    ck_abort_msg("%s, %s: %zu bytes of %zu: %s", f->link_name, f->network_name, captured, length, why);
}

/* Of a frame of which so many bytes were captured, of so many sent. Only fragments are remembered. */
static frame_result parse(const built *f, unsigned link, size_t captured, size_t length, segment *out)
{
    static frames *all;
    uint8_t *copy = exact_copy(f->data.data, captured);
    frame_result result;

    if (all == NULL)
        all = frames_new();
    memset(out, 0x5a, sizeof(*out));
    result = frames_parse(all, &(frame){ 7, copy, captured, length, link, 9 }, out);
    if (result == FRAME_TCP && (out->time.time != 7 || out->time.frame != 9 ||
                                memcmp(out->data, payload, out->len < PAYLOAD_LEN ? out->len : PAYLOAD_LEN) != 0))
        reject(f, captured, length, "not its time, or not its payload");
    free(copy);
    if (result == FRAME_FRAGMENT) {
        frames_free(all);
        all = NULL;
    }
    return result;
}

static int is_end(const endpoint *e, const built *f, size_t at, uint16_t port)
{
    size_t n = f->is_ipv6 ? 16 : 4;
    static const uint8_t zeros[16];

    return e->family == (f->is_ipv6 ? 6 : 4) && e->port == port &&
           memcmp(e->ip, f->data.data + f->network + at, n) == 0 && memcmp(e->ip + n, zeros, 16 - n) == 0;
}

static int is_segment(const built *f, const segment *seg)
{
    return is_end(&seg->from, f, f->is_ipv6 ? 8 : 12, 0x0bae) &&
           is_end(&seg->to, f, f->is_ipv6 ? 24 : 16, 0x1f90) && seg->seq == 0x01020304 && seg->ack == 0xfffefdfc &&
           seg->flags == 0x18 && seg->len + seg->cut == PAYLOAD_LEN;
}

/* The segment, if it is one, has to be as it was built. */
static void expect(const built *f, unsigned link, size_t captured, size_t length, frame_result result)
{
    segment seg;
    frame_result seen = parse(f, link, captured, length, &seg);

    if (seen != result)
        reject(f, captured, length, "another result");
    if (seen == FRAME_TCP && !is_segment(f, &seg))
        reject(f, captured, length, "another segment");
}

static frame_result expected(int link, int network, int transport)
{
    frame_result result =
        networks[network].result != FRAME_TCP ? networks[network].result : transports[transport].result;

    return is_guessed(link) && result == FRAME_DAMAGED ? FRAME_OTHER : result;
}

typedef void check_function(const built *f, unsigned link_type, frame_result result);

static void each_frame_of(int link, check_function *check)
{
    for (int network = 0; network < COUNT(networks); network++)
        for (int transport = 0; transport < (network == 0 ? COUNT(transports) : 2); transport++) {
            built f;

            if (!build(&f, link, network, transport))
                continue;
            check(&f, links[link].link, expected(link, network, transport));
            bytes_free(&f.data);
        }
}

/* Calls for every frame that can be. */
static void each_frame(check_function *check)
{
    for (int link = 0; link < COUNT(links); link++)
        each_frame_of(link, check);
}

/* ---- whole ---- */

static void check_whole(const built *f, unsigned link_type, frame_result result)
{
    expect(f, link_type, f->data.len, f->data.len, result);
}

START_TEST(whole)
{
    for (int link = 0; link < COUNT(links); link++)
        ck_assert_ptr_nonnull(frame_link_name(links[link].link));
    each_frame(check_whole);
}
END_TEST

/* Ethernet fills small frames up. */
static void check_padded(const built *f, unsigned link_type, frame_result result)
{
    built padded = *f;

    padded.data = bytes_copy(f->data.data, f->data.len);
    bytes_append(&padded.data, "padding", 7);
    expect(&padded, link_type, padded.data.len, padded.data.len, result);
    bytes_free(&padded.data);
}

START_TEST(padded_frame)
{
    each_frame(check_padded);
}
END_TEST

/* ---- captured in part ---- */

static void check_cut(const built *f, unsigned link_type, frame_result result)
{
    for (size_t captured = 0; captured < f->data.len; captured++) {
        segment seg;
        frame_result seen = parse(f, link_type, captured, f->data.len, &seg);
        int is_right = seen == result || seen == FRAME_CUT || (f->guessed && seen == FRAME_OTHER);

        if (result == FRAME_TCP && captured >= f->transport + 20)
            is_right = seen == FRAME_TCP;
        if (!is_right || (seen == FRAME_TCP && !is_segment(f, &seg)))
            reject(f, captured, f->data.len, "not what can be seen of it");
    }
}

START_TEST(cut)
{
    each_frame(check_cut);
}
END_TEST

/* What was sent is told too small: IP's own length is believed. */
static void check_short(const built *f, unsigned link_type, frame_result result)
{
    for (size_t length = 0; length < f->data.len; length++) {
        segment seg;
        frame_result seen = parse(f, link_type, length, length, &seg);
        int is_right = seen == result || seen == FRAME_CUT || seen == FRAME_DAMAGED || seen == FRAME_OTHER;

        if (!is_right || (seen == FRAME_TCP && !is_segment(f, &seg)))
            reject(f, length, length, "not what can be seen of it");
    }
}

START_TEST(sent_in_part)
{
    each_frame(check_short);
}
END_TEST

/* Or too large, or nothing. */
static void check_bogus(const built *f, unsigned link_type, frame_result result)
{
    static const size_t lengths[] = { 0, 1, 0x80000000, 0xffffffff };

    for (int i = 0; i < COUNT(lengths); i++)
        expect(f, link_type, f->data.len, lengths[i], result);
}

START_TEST(bogus_length)
{
    each_frame(check_bogus);
}
END_TEST

/* ---- others ---- */

/* A length of 0 is left to a network card that cuts large packets. */
START_TEST(no_length)
{
    for (int network = 0; network < COUNT(networks); network++) {
        built f;

        if (networks[network].result != FRAME_TCP)
            continue;
        ck_assert(build(&f, 0, network, 0));
        put16(&f, f.network + (f.is_ipv6 ? 4 : 2), 0);
        expect(&f, ETHERNET, f.data.len, f.data.len, FRAME_TCP);
        bytes_free(&f.data);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dump frame");
    TCase *tcase = suite_case(suite, "frame");

    tcase_add_test(tcase, whole);
    tcase_add_test(tcase, padded_frame);
    tcase_add_test(tcase, cut);
    tcase_add_test(tcase, sent_in_part);
    tcase_add_test(tcase, bogus_length);
    tcase_add_test(tcase, no_length);
    return run_suite(suite);
}
