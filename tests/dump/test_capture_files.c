/* SPDX-License-Identifier: ISC */
/* Captures in files: compressed, cut off, several at once. Frames are their own text, behind an
 * Ethernet header with an IPv4 and a TCP header, in whose place their number is. */
#include "capture/capture.h"
#include "process.h"
#include "scratch.h"
#include "suite.h"
#include "support.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

/* A pcap file, little-endian, with a frame for each time in microseconds, until 0. */
static bytes pcap_of(const unsigned *times)
{
    enum { SECONDS = 0, MICROSECONDS = 4, PORT = 50 };
    /* clang-format off */
    bytes head = bytes_from_hex("d4c3b2a1" "02000400" "00000000" "00000000" "ffff0000" "01000000");
    bytes one = bytes_from_hex("00000000" "00000000" "37000000" "37000000"
        "0200000000010200000000ff0800" "4500002900000000400600000a0000010a000002"
        "00000b4d" "00000001" "00000001" "50100000" "00000000" "78");
    /* clang-format on */
    size_t count = 0;
    bytes out;
    uint8_t *next;

    while (times[count] != 0)
        count++;
    out = (bytes){ malloc(head.len + count * one.len), head.len + count * one.len };
    ck_assert_ptr_nonnull(out.data);
    memcpy(out.data, head.data, head.len);
    next = out.data + head.len;
    for (size_t i = 0; i < count; i++, next += one.len) {
        uint32_t seconds = htole32(times[i] / 1000000), rest = htole32(times[i] % 1000000);
        uint16_t port = htobe16((uint16_t)times[i]);

        memcpy(next, one.data, one.len);
        memcpy(next + SECONDS, &seconds, sizeof(seconds));
        memcpy(next + MICROSECONDS, &rest, sizeof(rest));
        memcpy(next + PORT, &port, sizeof(port));
    }
    bytes_free(&head);
    bytes_free(&one);
    return out;
}

static bytes gzip_of(bytes plain)
{
    enum { GZIP = 16 };
    bytes out = { malloc(plain.len + 1000), plain.len + 1000 };
    z_stream z;

    memset(&z, 0, sizeof(z));
    ck_assert_int_eq(deflateInit2(&z, 6, Z_DEFLATED, MAX_WBITS + GZIP, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = plain.data;
    z.avail_in = (unsigned)plain.len;
    z.next_out = out.data;
    z.avail_out = (unsigned)out.len;
    ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    out.len = z.total_out;
    deflateEnd(&z);
    return out;
}

static bytes zstd_of(bytes plain)
{
    bytes out = { malloc(ZSTD_compressBound(plain.len)), ZSTD_compressBound(plain.len) };
    ZSTD_CCtx *context = ZSTD_createCCtx();

    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    out.len = ZSTD_compress2(context, out.data, out.len, plain.data, plain.len);
    ck_assert(!ZSTD_isError(out.len));
    ZSTD_freeCCtx(context);
    return out;
}

/* ---- reading ---- */

static int on_idle(void *ctx, int quiet)
{
    (void)ctx;
    (void)quiet;
    return -1;
}

static void on_progress(void *ctx, uint64_t read)
{
    (void)ctx;
    (void)read;
}

/* The ports of all segments, and why it ended, if it was damaged; until the next call. */
static const char *read_all(const char *const *paths, size_t count, const char *filter)
{
    static char text[8192];
    capture_setup setup = {
        .paths = paths, .path_count = count, .filter = filter, .hooks = { NULL, on_idle, on_progress, NULL }
    };
    char why[CAPTURE_WHY_SIZE];
    capture *c = capture_open(&setup, why);
    size_t len = 0;
    segment seg;
    int result;

    if (c == NULL) {
        snprintf(text, sizeof(text), "not opened: %s", why);
        return text;
    }
    text[0] = '\0';
    while ((result = capture_next(c, &seg, why)) > 0)
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%u ", seg.from.port);
    if (result < 0)
        snprintf(text + len, sizeof(text) - len, "! %s", why);
    capture_close(c);
    return text;
}

static void expect_one(const char *path, const char *filter, const char *expected)
{
    expect_match(path, read_all(&path, 1, filter), expected);
}

/* ---- compressed ---- */

static const unsigned some[] = { 1, 2, 3, 0 };

START_TEST(compressed)
{
    bytes plain = pcap_of(some), packed = _i ? zstd_of(plain) : gzip_of(plain);

    scratch_write("packed", packed.data, packed.len);
    expect_one("packed", NULL, "1 2 3 ");
    scratch_write("cut", packed.data, packed.len - 6);
    expect_one("cut", NULL, _i ? "*the zstd file is cut off" : "*the gzip file is cut off");
    packed.data[packed.len / 2] ^= 0x55;
    scratch_write("damaged", packed.data, packed.len);
    expect_one("damaged", NULL, "*the * file is damaged: *");
    bytes_free(&plain);
    bytes_free(&packed);
}
END_TEST

/* Large, so that it is unpacked in pieces; in parts that were compressed one by one. */
START_TEST(compressed_in_parts)
{
    enum { FRAMES = 20000 };
    unsigned *times = calloc(FRAMES + 1, sizeof(*times));
    const char *path = "packed";
    capture_setup setup = { .paths = &path, .path_count = 1, .hooks = { NULL, on_idle, on_progress, NULL } };
    char why[CAPTURE_WHY_SIZE];
    uint64_t count = 0;
    bytes plain, both = { 0 };
    capture *c;
    segment seg;

    for (unsigned i = 0; i < FRAMES; i++)
        times[i] = i + 1;
    plain = pcap_of(times);
    for (size_t at = 0; at < plain.len; at += 300001) {
        bytes part = { plain.data + at, plain.len - at < 300001 ? plain.len - at : 300001 };
        bytes packed = _i ? zstd_of(part) : gzip_of(part);

        bytes_append(&both, packed.data, packed.len);
        bytes_free(&packed);
    }
    scratch_write(path, both.data, both.len);
    c = capture_open(&setup, why);
    ck_assert_msg(c != NULL, "%s", why);
    while (capture_next(c, &seg, why) > 0)
        ck_assert_uint_eq(seg.time.frame, ++count);
    ck_assert_uint_eq(count, FRAMES);
    capture_close(c);
    bytes_free(&plain);
    bytes_free(&both);
    free(times);
}
END_TEST

/* ---- several, filtered, not there ---- */

START_TEST(by_time)
{
    static const unsigned first[] = { 1, 5, 6, 20, 0 }, second[] = { 2, 3, 30, 31, 0 }, third[] = { 4, 5, 0 },
                          none[] = { 0 };
    static const char *const paths[] = { "first", "second", "third", "none" };
    const unsigned *const all[] = { first, second, third, none };

    for (int i = 0; i < COUNT(paths); i++) {
        bytes file = pcap_of(all[i]);

        scratch_write(paths[i], file.data, file.len - (i == 1 ? 3 : 0));
        bytes_free(&file);
    }
    expect_match("all", read_all(paths, 4, NULL), "1 2 3 4 5 5 6 20 30 ! second: the file is cut off: *");
    expect_match("some", read_all(paths, 4, "tcp src port 5 or tcp src port 30"), "5 5 30 ! second: *");
}
END_TEST

/* A file cut off anywhere: what is whole before is read, and where it ends is told. */
START_TEST(cut_anywhere)
{
    enum { HEAD = 24, PACKET_HEAD = 16, PACKET = PACKET_HEAD + 55 };
    static const char *const read[] = { "", "1 ", "1 2 ", "1 2 3 " };
    bytes file = pcap_of(some);

    ck_assert_uint_eq(file.len, HEAD + 3 * PACKET);
    for (size_t len = HEAD; len <= file.len; len++) {
        size_t whole = (len - HEAD) / PACKET, have = (len - HEAD) % PACKET;
        char expected[256];

        if (have == 0)
            snprintf(expected, sizeof(expected), "%s", read[whole]);
        else if (have < PACKET_HEAD)
            snprintf(expected, sizeof(expected),
                     "%s! the file is cut off: %zu of the 16 bytes of a packet's header", read[whole], have);
        else
            snprintf(expected, sizeof(expected), "%s! the file is cut off: %zu of the 71 bytes of a packet",
                     read[whole], have);
        scratch_write("cut", file.data, len);
        expect_one("cut", NULL, expected);
    }
    bytes_free(&file);
}
END_TEST

/* Blocks that are too large to be read are passed over, if nothing needs them. */
START_TEST(large_blocks)
{
    enum { SIZE = (16 << 20) + 4, UNKNOWN = 0x0bad, PACKET = 6 };
    /* clang-format off */
    bytes begin = bytes_from_hex("0a0d0d0a1c0000004d3c2b1a01000000ffffffffffffffff1c000000"
                                 "0100000014000000010000000000000014000000");
    bytes packet = bytes_from_hex("0600000058000000" "00000000" "00000000" "01000000" "37000000" "37000000"
        "0200000000010200000000ff0800" "4500002900000000400600000a0000010a000002"
        "00070b4d" "00000001" "00000001" "50100000" "00000000" "78" "00" "58000000");
    /* clang-format on */
    uint32_t head[2] = { htole32(_i == 0 ? UNKNOWN : PACKET), htole32(SIZE) };
    uint8_t *large = calloc(1, SIZE);

    memcpy(large, head, sizeof(head));
    memcpy(large + SIZE - 4, &head[1], 4);
    bytes_append(&begin, packet.data, packet.len);
    bytes_append(&begin, large, SIZE);
    bytes_append(&begin, packet.data, packet.len);
    scratch_write("large", begin.data, begin.len);
    expect_one("large", NULL, _i == 0 ? "7 7 " : "7 ! a block has 16777220 bytes, more than 16777216");
    scratch_write("cut", begin.data, begin.len - packet.len - 5);
    expect_one("cut", NULL, _i == 0 ? "7 " : "7 ! *");
    free(large);
    bytes_free(&begin);
    bytes_free(&packet);
}
END_TEST

START_TEST(not_opened)
{
    static const char *const both[] = { "good", "missing" };
    bytes file = pcap_of(some);

    scratch_write("good", file.data, file.len);
    scratch_write("text", "this is no capture", 18);
    scratch_write("empty", "", 0);
    file.data[20] = 147;
    scratch_write("link", file.data, file.len);
    expect_one("good", "tcp src port 2", "2 ");
    expect_one("good", "nosuch", "not opened: filter 'nosuch': *");
    expect_one("missing", NULL, "not opened: missing: No such file or directory");
    expect_one("text", NULL, "not opened: text: unknown file format");
    expect_one("empty", NULL, "not opened: empty: the file is empty");
    scratch_write("head", file.data, 10);
    expect_one("head", NULL, "not opened: head: the file is cut off: 10 of the 24 bytes of its header");
    scratch_write("mark", file.data, 3);
    expect_one("mark", NULL, "not opened: mark: unknown file format");
    expect_one("link", NULL, "not opened: link: link type 147 (*) is not supported");
    expect_match("both", read_all(both, 2, NULL), "not opened: missing: *");
    bytes_free(&file);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dump capture files");
    TCase *tcase = suite_case(suite, "files");
    int result;

    if (scratch_open() < 0)
        return EXIT_FAILURE;
    tcase_add_checked_fixture(tcase, scratch_enter, scratch_leave);
    tcase_add_loop_test(tcase, compressed, 0, 2);
    tcase_add_loop_test(tcase, compressed_in_parts, 0, 2);
    tcase_add_test(tcase, by_time);
    tcase_add_test(tcase, cut_anywhere);
    tcase_add_loop_test(tcase, large_blocks, 0, 2);
    tcase_add_test(tcase, not_opened);
    result = run_suite(suite);
    scratch_close();
    return result;
}
