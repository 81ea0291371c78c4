/* SPDX-License-Identifier: ISC */
/* pcapng files, block by block: sections of both byte orders, interfaces, times, damage. */
#include "capture/pcapng.h"
#include "process.h"
#include "scratch.h"
#include "suite.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- blocks ---- */

/* clang-format off */
enum { SECTION = 0x0a0d0d0a, INTERFACE = 1, OLD_PACKET = 2, SIMPLE = 3, STATISTICS = 5, PACKET = 6,
       SECRETS = 10, MARK = 0x1a2b3c4d };
/* clang-format on */

typedef struct writer {
    bytes file;
    int big;      /* byte order of what is written */
    size_t block; /* where it begins */
} writer;

static void put(writer *w, uint64_t value, int size)
{
    uint8_t data[8];

    for (int i = 0; i < size; i++)
        data[w->big ? size - 1 - i : i] = (uint8_t)(value >> 8 * i);
    bytes_append(&w->file, data, (size_t)size);
}

static void begin(writer *w, uint32_t type)
{
    w->block = w->file.len;
    put(w, type, 4);
    put(w, 0, 4);
}

static void end(writer *w)
{
    size_t size;
    bytes length = { 0 };
    writer one = { .big = w->big };

    while (w->file.len % 4 != 0)
        put(w, 0, 1);
    size = w->file.len - w->block + 4;
    put(w, size, 4);
    put(&one, size, 4);
    length = one.file;
    memcpy(w->file.data + w->block + 4, length.data, 4);
    bytes_free(&length);
}

static void put_option(writer *w, unsigned code, uint64_t value, unsigned size)
{
    put(w, code, 2);
    put(w, size, 2);
    put(w, value, (int)size);
    while (w->file.len % 4 != 0)
        put(w, 0, 1);
}

static void put_section(writer *w)
{
    begin(w, SECTION);
    put(w, MARK, 4);
    put(w, 1, 2);
    put(w, 0, 2);
    put(w, UINT64_MAX, 8);
    end(w);
}

/* resolution: as in the file, 0: none is told. */
static void put_interface(writer *w, unsigned link, uint32_t snaplen, uint8_t resolution, int64_t offset)
{
    begin(w, INTERFACE);
    put(w, link, 2);
    put(w, 0, 2);
    put(w, snaplen, 4);
    if (resolution != 0)
        put_option(w, 9, resolution, 1);
    if (offset != 0)
        put_option(w, 14, (uint64_t)offset, 8);
    put_option(w, 0, 0, 0);
    end(w);
}

/* drops: 0: none are told. */
static void put_packet(writer *w, unsigned interface, uint64_t ticks, const char *text, uint32_t length,
                       uint64_t drops)
{
    begin(w, PACKET);
    put(w, interface, 4);
    put(w, ticks >> 32, 4);
    put(w, ticks & UINT32_MAX, 4);
    put(w, strlen(text), 4);
    put(w, length, 4);
    bytes_append(&w->file, text, strlen(text));
    while (w->file.len % 4 != 0)
        put(w, 0, 1);
    if (drops > 0)
        put_option(w, 4, drops, 8);
    end(w);
}

/* ---- reading ---- */

typedef struct reading {
    pcapng *reader;
    FILE *out;
} reading;

static void on_secrets(void *ctx, uint32_t type, const uint8_t *data, size_t len)
{
    fprintf(((reading *)ctx)->out, "secrets %x %.*s\n", (unsigned)type, (int)len, (const char *)data);
}

/* Writes what it holds, as text to be freed; why it ends, too. *dropped as told. */
static char *read_all(const bytes *file, uint64_t *dropped)
{
    char *text, why[PCAPNG_WHY_SIZE] = "";
    size_t size, at = 0;
    reading r = { NULL, open_memstream(&text, &size) };
    pcapng_hooks hooks = { &r, on_secrets };

    r.reader = pcapng_new(&hooks);
    while (at < file->len) {
        uint8_t head[PCAPNG_HEAD_SIZE] = { 0 };
        size_t have = file->len - at, block;
        pcapng_result result;
        uint8_t *copy;
        frame out = { 0 };

        memcpy(head, file->data + at, have < sizeof(head) ? have : sizeof(head));
        block = pcapng_block_size(r.reader, head, why);
        if (block == 0 || block > have) {
            fprintf(r.out, "! %s\n", why);
            break;
        }
        copy = exact_copy(file->data + at, block);
        result = pcapng_block(r.reader, copy, block, &out, why);
        if (result == PCAPNG_FRAME)
            fprintf(r.out, "%u %lld %zu %.*s\n", out.link, (long long)out.time, out.length, (int)out.captured,
                    (const char *)out.data);
        free(copy);
        if (result == PCAPNG_DAMAGED) {
            fprintf(r.out, "! %s\n", why);
            break;
        }
        at += block;
    }
    if (dropped != NULL)
        *dropped = pcapng_dropped(r.reader);
    pcapng_free(r.reader);
    fclose(r.out);
    return text;
}

static void expect(const writer *w, const char *expected)
{
    char *text = read_all(&w->file, NULL);

    ck_assert_str_eq(text, expected);
    free(text);
}

/* ---- what is right ---- */

START_TEST(both_orders)
{
    writer w = { .big = _i };

    put_section(&w);
    put_interface(&w, 1, 65535, 0, 0);
    put_interface(&w, 276, 96, 9, 0);
    put_packet(&w, 0, 1700000000000001, "one", 3, 0);
    put_packet(&w, 1, 1700000000000000002, "second", 100, 0);
    w.big = !w.big; /* a section of the other kind, with interfaces of its own */
    put_section(&w);
    put_interface(&w, 101, 0, 0, 0);
    put_packet(&w, 0, 5, "three", 5, 0);
    expect(&w, "1 1700000000000001000 3 one\n276 1700000000000000002 100 second\n101 5000 5 three\n");
    bytes_free(&w.file);
}
END_TEST

static const struct {
    uint8_t resolution;
    int64_t offset;
    uint64_t ticks;
    long long time;
} times[] = {
    { 0, 0, 1500000, 1500000000 }, /* microseconds, if nothing is told */
    { 6, 0, 1500000, 1500000000 },
    { 3, 0, 1500, 1500000000 },
    { 9, 0, 1500000000, 1500000000 },
    { 12, 0, 1500000000000, 1500000000 },
    { 0x80 | 1, 0, 3, 1500000000 }, /* parts of two */
    { 0x80 | 32, 0, (UINT64_C(3) << 31), 1500000000 },
    { 0x80 | 40, 0, (UINT64_C(3) << 39), 1500000000 },
    { 0, 2, 1500000, 3500000000 }, /* seconds to be added */
    { 0, -2, 1500000, -500000000 },
    { 127, 0, UINT64_MAX, 0 }, /* without end */
    { 0x80 | 63, 0, UINT64_MAX, 1999999999 },
    { 0x80 | 64, 0, UINT64_MAX, 1999999999 }, /* finer than ticks can tell */
    { 0x80 | 127, 0, UINT64_MAX, 1999999999 },
};

START_TEST(resolutions)
{
    for (int big = 0; big < 2; big++) {
        writer w = { .big = big };

        put_section(&w);
        put_interface(&w, 1, 0, times[_i].resolution, times[_i].offset);
        put_packet(&w, 0, times[_i].ticks, "x", 1, 0);
        expect(&w, scratch_format("1 %lld 1 x\n", times[_i].time));
        bytes_free(&w.file);
    }
}
END_TEST

/* Blocks of old writers, and of those that know no time. */
START_TEST(other_packets)
{
    writer w = { .big = _i };
    uint64_t dropped;
    char *text;

    put_section(&w);
    put_interface(&w, 1, 4, 0, 0);
    begin(&w, OLD_PACKET);
    put(&w, 0, 2);
    put(&w, 7, 2); /* dropped before it */
    put(&w, 0, 4);
    put(&w, 9, 4);
    put(&w, 3, 4);
    put(&w, 3, 4);
    bytes_append(&w.file, "old", 3);
    end(&w);
    begin(&w, SIMPLE);
    put(&w, 10, 4);
    bytes_append(&w.file, "simp", 4); /* as much as the interface takes */
    end(&w);
    begin(&w, 0x0bad);
    put(&w, 1, 4);
    end(&w);
    text = read_all(&w.file, &dropped);
    ck_assert_str_eq(text, "1 9000 3 old\n1 9000 10 simp\n");
    ck_assert_uint_eq(dropped, 7);
    free(text);
    bytes_free(&w.file);
}
END_TEST

/* Without a time and without options: as much is captured as fits the interface's limit and the block. */
START_TEST(simple_packets)
{
    static const struct {
        uint32_t limit, length;
        size_t bytes; /* in the block */
        const char *expected;
    } cases[] = {
        { 0, 8, 8, "1 0 8 abcdefgh\n" },    { 0, 6, 8, "1 0 6 abcdef\n" }, { 0, 10, 8, "1 0 10 abcdefgh\n" },
        { 5, 10, 8, "1 0 10 abcde\n" },     { 5, 5, 8, "1 0 5 abcde\n" },  { 5, 4, 4, "1 0 4 abcd\n" },
        { 20, 10, 8, "1 0 10 abcdefgh\n" }, { 0, 0, 0, "1 0 0 \n" },
    };

    for (int i = 0; i < COUNT(cases); i++) {
        writer w = { .big = _i };

        put_section(&w);
        put_interface(&w, 1, cases[i].limit, 0, 0);
        begin(&w, SIMPLE);
        put(&w, cases[i].length, 4);
        bytes_append(&w.file, "abcdefgh", cases[i].bytes);
        end(&w);
        expect(&w, cases[i].expected);
        bytes_free(&w.file);
    }
}
END_TEST

/* Blocks with nothing in them, packets with no bytes, and options that are none of what is looked for. */
START_TEST(least)
{
    writer w = { .big = _i };
    uint64_t dropped;
    char *text;

    put_section(&w);
    begin(&w, 0x0bad);
    end(&w);
    begin(&w, INTERFACE);
    put(&w, 1, 2);
    put(&w, 0, 2);
    put(&w, 0, 4);
    put_option(&w, 2, UINT64_C(0x4142434445464748), 8); /* a name */
    put_option(&w, 14, 77, 4);                          /* an offset of another size */
    put_option(&w, 9, 9, 1);
    end(&w);
    put_packet(&w, 0, 5, "", 100, 0);
    begin(&w, PACKET);
    put(&w, 0, 8);
    put(&w, 6, 4);
    put(&w, 0, 8);
    put_option(&w, 2, 1, 8); /* another number than that of drops, */
    put_option(&w, 4, 1, 4); /* and another size */
    end(&w);
    text = read_all(&w.file, &dropped);
    ck_assert_str_eq(text, "1 5 100 \n1 6 0 \n");
    ck_assert_uint_eq(dropped, 0);
    free(text);
    bytes_free(&w.file);
}
END_TEST

/* Drops are told with packets, or at the end of an interface; those of sections add up. */
START_TEST(drops)
{
    writer w = { .big = _i };
    uint64_t dropped;

    for (int section = 0; section < 2; section++) {
        put_section(&w);
        put_interface(&w, 1, 0, 0, 0);
        put_interface(&w, 1, 0, 0, 0);
        put_packet(&w, 0, 0, "x", 1, 5);
        put_packet(&w, 0, 0, "x", 1, 2);
        begin(&w, STATISTICS);
        put(&w, 1, 4);
        put(&w, 0, 8);
        put_option(&w, 5, 20, 8);
        put_option(&w, 7, 1, 8);
        end(&w);
    }
    free(read_all(&w.file, &dropped));
    ck_assert_uint_eq(dropped, 2 * (7 + 21));
    bytes_free(&w.file);
}
END_TEST

START_TEST(secrets)
{
    writer w = { .big = _i };

    put_section(&w);
    begin(&w, SECRETS);
    put(&w, 0x12345678, 4);
    put(&w, 7, 4);
    bytes_append(&w.file, "a line\n", 7);
    end(&w);
    begin(&w, SECRETS); /* less than it says */
    put(&w, 1, 4);
    put(&w, 100, 4);
    end(&w);
    expect(&w, "secrets 12345678 a line\n\n");
    bytes_free(&w.file);
}
END_TEST

/* ---- what is damaged ---- */

START_TEST(damage)
{
    static const struct {
        size_t from, until;
        const char *hex, *expected;
    } cases[] = {
        { 8, 12, "00000000", "*! the section begins with 0x00000000, which tells no byte order\n" },
        { 12, 14, "0200", "*! version 2 of pcapng is not known\n" },
        { 4, 8, "0b000000", "*! a block of type 0xa0d0d0a has 11 bytes\n" },
        { 24, 28, "20000000", "*! a block of 28 bytes ends as one of 32\n" },
        { 60, 64, "01000000", "*! a packet is of interface 1 of 1\n" },
        { 72, 76, "05000000", "*! a packet has 5 captured bytes in a block of 36\n" },
        { 72, 76, "ffffffff", "*! a packet has 4294967295 captured bytes in a block of 36\n" },
    };
    writer w = { .big = 0 };
    bytes change = bytes_from_hex(cases[_i].hex);
    char *text;

    put_section(&w);               /* 28 bytes */
    put_interface(&w, 1, 0, 0, 0); /* 24 */
    put_packet(&w, 0, 0, "data", 4, 0);
    ck_assert_uint_eq(cases[_i].until - cases[_i].from, change.len);
    memcpy(w.file.data + cases[_i].from, change.data, change.len);
    text = read_all(&w.file, NULL);
    expect_match("damage", text, cases[_i].expected);
    free(text);
    bytes_free(&change);
    bytes_free(&w.file);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dump pcapng");
    TCase *tcase = suite_case(suite, "pcapng");

    tcase_add_loop_test(tcase, both_orders, 0, 2);
    tcase_add_loop_test(tcase, resolutions, 0, COUNT(times));
    tcase_add_loop_test(tcase, other_packets, 0, 2);
    tcase_add_loop_test(tcase, simple_packets, 0, 2);
    tcase_add_loop_test(tcase, least, 0, 2);
    tcase_add_loop_test(tcase, drops, 0, 2);
    tcase_add_loop_test(tcase, secrets, 0, 2);
    tcase_add_loop_test(tcase, damage, 0, 7);
    return run_suite(suite);
}
