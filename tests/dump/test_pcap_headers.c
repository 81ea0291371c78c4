/* SPDX-License-Identifier: ISC */
/* Headers of pcap files, of each kind and byte order: each field is a number that no other place of the header would give. */
#include "capture/pcap_headers.h"
#include "suite.h"
#include "support.h"

#include <string.h>

/* ---- of files ---- */

/* clang-format off */
static const struct {
    const char *name, *hex;
    pcap_headers expected;
} heads[] = {
    { "little-endian, microseconds", "d4c3b2a1" "02000400" "a1a2a3a4" "b1b2b3b4" "c1c2c3c4" "01020304",
      { .swapped = 0, .nanoseconds = 0, .crossed = 0, .link = 0x0201, .packet_head = 16 } },
    { "big-endian, microseconds", "a1b2c3d4" "00020004" "a1a2a3a4" "b1b2b3b4" "c1c2c3c4" "04030201",
      { .swapped = 1, .nanoseconds = 0, .crossed = 0, .link = 0x0201, .packet_head = 16 } },
    { "little-endian, nanoseconds", "4d3cb2a1" "02000400" "00000000" "00000000" "ffff0000" "71000000",
      { .swapped = 0, .nanoseconds = 1, .crossed = 0, .link = 0x71, .packet_head = 16 } },
    { "big-endian, nanoseconds", "a1b23c4d" "00020004" "00000000" "00000000" "0000ffff" "00000071",
      { .swapped = 1, .nanoseconds = 1, .crossed = 0, .link = 0x71, .packet_head = 16 } },
    { "longer headers", "34cdb2a1" "02000400" "00000000" "00000000" "ffff0000" "01000000",
      { .swapped = 0, .nanoseconds = 0, .crossed = 0, .link = 1, .packet_head = 24 } },
    { "longer headers, big-endian", "a1b2cd34" "00020004" "00000000" "00000000" "0000ffff" "00000001",
      { .swapped = 1, .nanoseconds = 0, .crossed = 0, .link = 1, .packet_head = 24 } },
    { "old, little-endian", "d4c3b2a1" "02000300" "00000000" "00000000" "ffff0000" "01000000",
      { .swapped = 0, .nanoseconds = 0, .crossed = 1, .link = 1, .packet_head = 16 } },
    { "oldest, big-endian", "a1b2c3d4" "00020000" "00000000" "00000000" "0000ffff" "00000001",
      { .swapped = 1, .nanoseconds = 0, .crossed = 1, .link = 1, .packet_head = 16 } },
};

static const struct {
    const char *hex, *why;
} unknown[] = {
    { "d4c3b2a1" "02000500" "00000000" "00000000" "ffff0000" "01000000", "version 2.5 of pcap is not known" },
    { "d4c3b2a1" "03000400" "00000000" "00000000" "ffff0000" "01000000", "version 3.4 of pcap is not known" },
    { "a1b2c3d4" "00010002" "00000000" "00000000" "ffff0000" "01000000", "version 1.2 of pcap is not known" },
    { "a1b2c3d4" "02000004" "00000000" "00000000" "ffff0000" "01000000", "version 512.4 of pcap is not known" },
};
/* clang-format on */

START_TEST(files)
{
    bytes head = bytes_from_hex(heads[_i].hex);
    const pcap_headers *expected = &heads[_i].expected;
    char why[PCAP_HEADERS_WHY_SIZE];
    pcap_headers seen;

    ck_assert_uint_eq(head.len, PCAP_FILE_HEAD_SIZE);
    ck_assert_int_eq(pcap_begins(head.data), 1);
    ck_assert_int_eq(pcap_begin(&seen, head.data, why), 0);
    ck_assert_int_eq(seen.swapped, expected->swapped);
    ck_assert_int_eq(seen.nanoseconds, expected->nanoseconds);
    ck_assert_int_eq(seen.crossed, expected->crossed);
    ck_assert_uint_eq(seen.link, expected->link);
    ck_assert_uint_eq(seen.packet_head, expected->packet_head);
    bytes_free(&head);
}
END_TEST

START_TEST(versions_unknown)
{
    bytes head = bytes_from_hex(unknown[_i].hex);
    char why[PCAP_HEADERS_WHY_SIZE];
    pcap_headers seen;

    ck_assert_int_eq(pcap_begin(&seen, head.data, why), -1);
    ck_assert_str_eq(why, unknown[_i].why);
    bytes_free(&head);
}
END_TEST

/* One bit of the mark is another. */
START_TEST(no_mark)
{
    static const char *const marks[] = { "d4c3b2a1", "a1b2c3d4", "4d3cb2a1", "a1b23c4d", "34cdb2a1", "a1b2cd34" };

    for (int i = 0; i < COUNT(marks); i++) {
        bytes mark = bytes_from_hex(marks[i]);

        for (int bit = 0; bit < 32; bit++) {
            mark.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
            ck_assert_int_eq(pcap_begins(mark.data), 0);
            mark.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        ck_assert_int_eq(pcap_begins(mark.data), 1);
        bytes_free(&mark);
    }
}
END_TEST

/* ---- of packets ---- */

/* clang-format off */
static const struct {
    const char *name;
    pcap_headers file;
    const char *hex;
    int64_t time;
    size_t captured, length;
} packets[] = {
    { "little-endian", { .link = 7 }, "04030201" "05000000" "08070000" "0c0b0a09",
      INT64_C(16909060000005000), 0x708, 0x090a0b0c },
    { "big-endian", { .swapped = 1, .link = 7 }, "01020304" "00000005" "00000708" "090a0b0c",
      INT64_C(16909060000005000), 0x708, 0x090a0b0c },
    { "nanoseconds", { .nanoseconds = 1, .link = 7 }, "04030201" "05000000" "08070000" "0c0b0a09",
      INT64_C(16909060000000005), 0x708, 0x090a0b0c },
    { "crossed", { .crossed = 1, .link = 7 }, "01000000" "00000000" "40000000" "3f000000",
      1000000000, 0x3f, 0x40 },
    { "may be crossed, but is not", { .crossed = 1, .link = 7 }, "01000000" "00000000" "3f000000" "40000000",
      1000000000, 0x3f, 0x40 },
    { "the longer one first", { .link = 7 }, "01000000" "00000000" "40000000" "3f000000", 1000000000, 0x40, 0x3f },
    { "as large as may be", { .link = 7 }, "ffffffff" "00000000" "00001000" "00001000",
      INT64_C(4294967295000000000), PCAP_PACKET_MAX, PCAP_PACKET_MAX },
};
/* clang-format on */

START_TEST(packet_headers)
{
    bytes head = bytes_from_hex(packets[_i].hex);
    char why[PCAP_HEADERS_WHY_SIZE];
    frame seen;

    memset(&seen, 0x5a, sizeof(seen));
    ck_assert_int_eq(pcap_packet(&packets[_i].file, head.data, &seen, why), 0);
    ck_assert_msg(seen.time == packets[_i].time, "%s: at %lld", packets[_i].name, (long long)seen.time);
    ck_assert_uint_eq(seen.captured, packets[_i].captured);
    ck_assert_uint_eq(seen.length, packets[_i].length);
    ck_assert_uint_eq(seen.link, 7);
    bytes_free(&head);
}
END_TEST

START_TEST(packet_too_large)
{
    static const pcap_headers files_of[] = { { .link = 1 }, { .link = 1, .crossed = 1 } };
    bytes head = bytes_from_hex(
        "0000000000000000"
        "01001000"
        "01001000");
    char why[PCAP_HEADERS_WHY_SIZE];
    frame seen;

    ck_assert_int_eq(pcap_packet(&files_of[_i], head.data, &seen, why), -1);
    ck_assert_str_eq(why, "a packet has 1048577 bytes, more than 1048576");
    bytes_free(&head);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dump pcap headers");
    TCase *tcase = suite_case(suite, "headers");

    tcase_add_loop_test(tcase, files, 0, COUNT(heads));
    tcase_add_loop_test(tcase, versions_unknown, 0, COUNT(unknown));
    tcase_add_test(tcase, no_mark);
    tcase_add_loop_test(tcase, packet_headers, 0, COUNT(packets));
    tcase_add_loop_test(tcase, packet_too_large, 0, 2);
    return run_suite(suite);
}
