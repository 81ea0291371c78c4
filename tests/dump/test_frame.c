/* Frames of all link types, put together from what each layer may look like. */
#include "watch/frame.h"
#include "suite.h"
#include "support.h"

#include <pcap/dlt.h>
#include <stdlib.h>
#include <string.h>

/* ---- layers, in hex ---- */

#define MACS "0200000000010200000000ff"

static const struct {
    const char *name;
    int link;
    const char *header4, *header6;   /* before IPv4 and IPv6; NULL: not possible */
} links[] = {
    { "Ethernet", DLT_EN10MB, MACS "0800", MACS "86dd" },
    { "one tag", DLT_EN10MB, MACS "810000050800", MACS "8100000586dd" },
    { "two tags", DLT_EN10MB, MACS "88a80001810000050800", MACS "88a800018100000586dd" },
    { "two old tags", DLT_EN10MB, MACS "91000001810000050800", MACS "910000018100000586dd" },
    { "cooked", DLT_LINUX_SLL, "00000001000602000000000100000800",
      "000000010006020000000001000086dd" },
    { "cooked, tag", DLT_LINUX_SLL, "00000001000602000000000100008100" "00050800",
      "00000001000602000000000100008100" "000586dd" },
    { "cooked v2", DLT_LINUX_SLL2, "0800000000000001000100060200000000010000",
      "86dd000000000001000100060200000000010000" },
    { "cooked v2, tag", DLT_LINUX_SLL2, "8100000000000001000100060200000000010000" "00050800",
      "8100000000000001000100060200000000010000" "000586dd" },
    { "null, little-endian, Linux", DLT_NULL, "02000000", "0a000000" },
    { "null, little-endian, macOS", DLT_NULL, "02000000", "1e000000" },
    { "null, big-endian, NetBSD", DLT_NULL, "00000002", "00000018" },
    { "loop, FreeBSD", DLT_LOOP, "00000002", "0000001c" },
    { "loop, OpenBSD", DLT_LOOP, "00000002", "00000018" },
    { "raw", DLT_RAW, "-", "-" },
    { "IPv4", DLT_IPV4, "-", NULL },
    { "IPv6", DLT_IPV6, NULL, "-" },
};

/* The length is filled in: at 2 in IPv4, at 4, without the first 40 bytes, in IPv6. */
#define IPV4_ADDRESSES "c0000201" "c6336402"
#define IPV6_ADDRESSES "20010db8000000000000000000000001" "20010db80000000000000000000000ff"

static const struct {
    const char *name;
    int version;
    const char *header;
    frame_result result;
} networks[] = {
    { "IPv4", 4, "450000000001000040060000" IPV4_ADDRESSES, FRAME_TCP },
    { "not to be fragmented", 4, "450000000001400040060000" IPV4_ADDRESSES, FRAME_TCP },
    { "IPv4 options", 4, "480000000001000040060000" IPV4_ADDRESSES "010101010000000000000000",
      FRAME_TCP },
    { "first fragment", 4, "450000000001200040060000" IPV4_ADDRESSES, FRAME_FRAGMENT },
    { "last fragment", 4, "450000000001000140060000" IPV4_ADDRESSES, FRAME_FRAGMENT },
    { "UDP", 4, "450000000001000040110000" IPV4_ADDRESSES, FRAME_OTHER },
    { "fragment of UDP", 4, "450000000001200040110000" IPV4_ADDRESSES, FRAME_OTHER },
    { "header of 16 bytes", 4, "440000000001000040060000" IPV4_ADDRESSES, FRAME_DAMAGED },
    { "IPv6", 6, "6000000000000640" IPV6_ADDRESSES, FRAME_TCP },
    { "hop by hop", 6, "6000000000000040" IPV6_ADDRESSES "0600050200000000", FRAME_TCP },
    { "routing", 6, "6000000000002b40" IPV6_ADDRESSES
      "060200000000000020010db8000000000000000000000007", FRAME_TCP },
    { "destination options", 6, "6000000000003c40" IPV6_ADDRESSES
      "06010104000000000104000000000000", FRAME_TCP },
    { "authentication", 6, "6000000000003340" IPV6_ADDRESSES
      "060400000000000100000001000000000000000000000000", FRAME_TCP },
    { "mobility", 6, "6000000000008740" IPV6_ADDRESSES "0600000000000000", FRAME_TCP },
    { "host identity, then Shim6", 6, "6000000000008b40" IPV6_ADDRESSES "8c00000000000000"
      "0600000000000000", FRAME_TCP },
    { "fragment that is all", 6, "6000000000002c40" IPV6_ADDRESSES "0600000000000001", FRAME_TCP },
    { "all of them", 6, "6000000000000040" IPV6_ADDRESSES "3c00050200000000" "2b00010400000000"
      "2c02000000000000" "20010db8000000000000000000000007" "3300000000000001"
      "060400000000000100000001000000000000000000000000", FRAME_TCP },
    { "first fragment, IPv6", 6, "6000000000002c40" IPV6_ADDRESSES "0600000100000001",
      FRAME_FRAGMENT },
    { "last fragment, IPv6", 6, "6000000000002c40" IPV6_ADDRESSES "0600000800000001",
      FRAME_FRAGMENT },
    { "fragment of UDP, IPv6", 6, "6000000000002c40" IPV6_ADDRESSES "1100000800000001",
      FRAME_OTHER },
    { "ICMPv6", 6, "6000000000003a40" IPV6_ADDRESSES, FRAME_OTHER },
    { "nothing next", 6, "6000000000000040" IPV6_ADDRESSES "3b00050200000000", FRAME_OTHER },
};

static const struct {
    const char *name;
    const char *header;
    frame_result result;
} transports[] = {
    { "TCP", "0bae1f90" "01020304" "fffefdfc" "5018" "100000000000", FRAME_TCP },
    { "TCP options", "0bae1f90" "01020304" "fffefdfc" "8018" "100000000000"
      "0101080a0000000100000002", FRAME_TCP },
    { "header of 16 bytes", "0bae1f90" "01020304" "fffefdfc" "4018" "100000000000", FRAME_DAMAGED },
    { "header beyond the packet", "0bae1f90" "01020304" "fffefdfc" "f018" "100000000000",
      FRAME_DAMAGED },
};

static const char payload[] = "some data";
enum { PAYLOAD_LEN = sizeof(payload) - 1 };

typedef struct frame {
    bytes data;
    size_t network, transport;   /* where these begin */
    int is_ipv6;
} frame;

static void append_hex(bytes *out, const char *hex)
{
    bytes b = bytes_from_hex(hex);

    bytes_append(out, b.data, b.len);
    bytes_free(&b);
}

static void put16(frame *f, size_t at, size_t value)
{
    f->data.data[at] = (uint8_t)(value >> 8);
    f->data.data[at + 1] = (uint8_t)value;
}

/* 0: there is no such frame. */
static int build(frame *f, int link, int network, int transport)
{
    const char *header = networks[network].version == 4 ? links[link].header4
                                                        : links[link].header6;

    if (header == NULL)
        return 0;
    f->is_ipv6 = networks[network].version == 6;
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

/* Of a frame of which so many bytes were captured, of so many sent. */
static frame_result parse(const frame *f, int link, size_t captured, size_t length, segment *out)
{
    uint8_t *copy = exact_copy(f->data.data, captured);
    frame_result result;

    memset(out, 0x5a, sizeof(*out));
    result = frame_parse(link, copy, captured, length, out);
    if (result == FRAME_TCP && out->len > 0)
        ck_assert_mem_eq(out->data, payload, out->len < PAYLOAD_LEN ? out->len : PAYLOAD_LEN);
    free(copy);
    return result;
}

static void check_end(const endpoint *e, const frame *f, size_t at, uint16_t port)
{
    size_t n = f->is_ipv6 ? 16 : 4;
    static const uint8_t zeros[16];

    ck_assert_uint_eq(e->family, f->is_ipv6 ? 6 : 4);
    ck_assert_uint_eq(e->port, port);
    ck_assert_mem_eq(e->ip, f->data.data + f->network + at, n);
    ck_assert_mem_eq(e->ip + n, zeros, 16 - n);
}

static void check_segment(const frame *f, const segment *seg)
{
    check_end(&seg->from, f, f->is_ipv6 ? 8 : 12, 0x0bae);
    check_end(&seg->to, f, f->is_ipv6 ? 24 : 16, 0x1f90);
    ck_assert_uint_eq(seg->seq, 0x01020304);
    ck_assert_uint_eq(seg->ack, 0xfffefdfc);
    ck_assert_uint_eq(seg->flags, 0x18);
    ck_assert_uint_eq(seg->len + seg->cut, PAYLOAD_LEN);
}

static frame_result expected(int network, int transport)
{
    return networks[network].result != FRAME_TCP ? networks[network].result
                                                 : transports[transport].result;
}

/* Calls for every frame of a link type that can be. */
static void each_frame(int link, void (*check)(const frame *f, int dlt, frame_result result))
{
    for (int network = 0; network < COUNT(networks); network++)
        for (int transport = 0; transport < COUNT(transports); transport++) {
            frame f;

            if (!build(&f, link, network, transport))
                continue;
            check(&f, links[link].link, expected(network, transport));
            bytes_free(&f.data);
        }
}

/* ---- whole ---- */

static void check_whole(const frame *f, int dlt, frame_result result)
{
    segment seg;

    ck_assert_int_eq(parse(f, dlt, f->data.len, f->data.len, &seg), result);
    if (result == FRAME_TCP)
        check_segment(f, &seg);
}

START_TEST(whole)
{
    ck_assert(frame_link_known(links[_i].link));
    each_frame(_i, check_whole);
}
END_TEST

/* Ethernet fills small frames up. */
static void check_padded(const frame *f, int dlt, frame_result result)
{
    frame padded = *f;
    segment seg;

    padded.data = bytes_copy(f->data.data, f->data.len);
    bytes_append(&padded.data, "padding", 7);
    ck_assert_int_eq(parse(&padded, dlt, padded.data.len, padded.data.len, &seg), result);
    if (result == FRAME_TCP)
        check_segment(f, &seg);
    bytes_free(&padded.data);
}

START_TEST(padded_frame)
{
    each_frame(_i, check_padded);
}
END_TEST

/* ---- captured in part ---- */

static void check_cut(const frame *f, int dlt, frame_result result)
{
    for (size_t captured = 0; captured < f->data.len; captured++) {
        segment seg;
        frame_result seen = parse(f, dlt, captured, f->data.len, &seg);

        ck_assert_msg(seen == result || seen == FRAME_CUT, "%zu bytes: %d", captured, (int)seen);
        if (result == FRAME_TCP && captured >= f->transport + 20)
            ck_assert_int_eq(seen, FRAME_TCP);
        if (seen == FRAME_TCP)
            check_segment(f, &seg);
    }
}

START_TEST(cut)
{
    each_frame(_i, check_cut);
}
END_TEST

/* Sent in part: that cannot be, since the headers tell more. */
static void check_short(const frame *f, int dlt, frame_result result)
{
    for (size_t length = 0; length < f->data.len; length++) {
        segment seg;
        frame_result seen = parse(f, dlt, length, length, &seg);

        ck_assert_int_ne(seen, FRAME_TCP);
        ck_assert_int_ne(seen, FRAME_CUT);
        if (length > f->transport)
            ck_assert(seen == FRAME_DAMAGED || seen == result);
    }
}

START_TEST(sent_in_part)
{
    each_frame(_i, check_short);
}
END_TEST

/* ---- others ---- */

/* A length of 0 is left to a network card that cuts large packets. */
START_TEST(no_length)
{
    for (int network = 0; network < COUNT(networks); network++) {
        frame f;
        segment seg;

        if (networks[network].result != FRAME_TCP)
            continue;
        ck_assert(build(&f, 0, network, 0));
        put16(&f, f.network + (f.is_ipv6 ? 4 : 2), 0);
        ck_assert_int_eq(parse(&f, DLT_EN10MB, f.data.len, f.data.len, &seg), FRAME_TCP);
        check_segment(&f, &seg);
        bytes_free(&f.data);
    }
}
END_TEST

static const struct {
    const char *name;
    int link;
    const char *hex;
    frame_result result;
} others[] = {
    { "ARP", DLT_EN10MB, MACS "0806" "0001080006040001", FRAME_OTHER },
    { "802.3", DLT_EN10MB, MACS "0026" "424203000000", FRAME_OTHER },
    { "tag behind tag without end", DLT_EN10MB, MACS "8100" "00018100" "00018100" "0001",
      FRAME_DAMAGED },
    { "version 6 behind the type of IPv4", DLT_EN10MB, MACS "0800"
      "6000000000000640" IPV6_ADDRESSES, FRAME_DAMAGED },
    { "version 4 behind the type of IPv6", DLT_EN10MB, MACS "86dd"
      "450000280001000040060000" IPV4_ADDRESSES "0000000000000000000000000000000000000000",
      FRAME_DAMAGED },
    { "version 5", DLT_RAW, "550000140001000040060000" IPV4_ADDRESSES, FRAME_DAMAGED },
    { "another family", DLT_NULL, "07000000" "450000", FRAME_OTHER },
    { "nothing", DLT_RAW, "-", FRAME_DAMAGED },
    { "another link", DLT_IEEE802_11, "450000140001000040060000" IPV4_ADDRESSES, FRAME_OTHER },
};

START_TEST(other)
{
    bytes data = bytes_from_hex(others[_i].hex);
    segment seg;

    ck_assert_msg(frame_parse(others[_i].link, data.data, data.len, data.len, &seg) ==
                      others[_i].result, "%s", others[_i].name);
    bytes_free(&data);
}
END_TEST

START_TEST(links_known)
{
    ck_assert(!frame_link_known(DLT_IEEE802_11));
    ck_assert(!frame_link_known(-1));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dump frame");
    TCase *tcase = suite_case(suite, "frame");

    tcase_add_loop_test(tcase, whole, 0, COUNT(links));
    tcase_add_loop_test(tcase, padded_frame, 0, COUNT(links));
    tcase_add_loop_test(tcase, cut, 0, COUNT(links));
    tcase_add_loop_test(tcase, sent_in_part, 0, COUNT(links));
    tcase_add_test(tcase, no_length);
    tcase_add_loop_test(tcase, other, 0, COUNT(others));
    tcase_add_test(tcase, links_known);
    return run_suite(suite);
}
