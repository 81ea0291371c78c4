/* SPDX-License-Identifier: ISC */
/* Frames to files: one, several of a size or a time, of which only the latest stay; and what is never
 * written over. */
#include "capture/capture.h"
#include "capture/chosen.h"
#include "capture/frame_file.h"
#include "own_errors.h"
#include "scratch.h"
#include "suite.h"
#include "support.h"
#include "tools.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Ethernet, IPv4 and TCP, with the port 1 at its place, and one byte. */
/* clang-format off */
static const char head[] = "0200000000010200000000ff0800" "4500002900000000400600000a0000010a000002"
                           "00010b4d" "00000001" "00000001" "50100000" "00000000" "78";
/* clang-format on */

enum { ETHERNET = 1, RAW = 101, MAC_BYTES = 14, PORT_AT = 34, FRAME_SIZE = 10000 };

static const int64_t second = 1000000000;

static frame_file *open_file(const char *path, long size, long seconds, long files)
{
    frame_file_setup setup = { path, size, seconds, files };
    char why[CAPTURE_WHY_SIZE];
    frame_file *r = frame_file_open(&setup, why);

    ck_assert_msg(r != NULL, "%s", why);
    return r;
}

static void add(frame_file *r, unsigned link, uint16_t port, int64_t time)
{
    bytes data = bytes_from_hex(head);
    uint8_t *large = calloc(1, FRAME_SIZE);
    size_t skipped = link == RAW ? MAC_BYTES : 0;

    ck_assert_ptr_nonnull(large);
    memcpy(large, data.data, data.len);
    large[PORT_AT] = (uint8_t)(port >> 8);
    large[PORT_AT + 1] = (uint8_t)port;
    frame_file_add(r, &(frame){ time, large + skipped, FRAME_SIZE - skipped, FRAME_SIZE - skipped, link, 0 });
    bytes_free(&data);
    free(large);
}

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

/* The ports and times of all segments. */
static const char *contents(const char *path)
{
    static char text[4096];
    capture_setup setup = { .paths = &path, .path_count = 1, .hooks = { NULL, on_idle, on_progress, NULL } };
    char why[CAPTURE_WHY_SIZE];
    capture *c = capture_open(&setup, why);
    size_t len = 0;
    segment seg;

    ck_assert_msg(c != NULL, "%s", why);
    text[0] = '\0';
    while (capture_next(c, &seg, why) > 0)
        len +=
            (size_t)snprintf(text + len, sizeof(text) - len, "%u@%lld ", seg.from.port, (long long)seg.time.time);
    capture_close(c);
    return text;
}

START_TEST(one_file)
{
    frame_file *r = open_file("all.pcapng", 0, 0, 0);

    add(r, ETHERNET, 1, 7);
    add(r, RAW, 2, 8);
    add(r, ETHERNET, 3, 5 * second);
    frame_file_flush(r);
    ck_assert_str_eq(contents("all.pcapng"), "1@7 2@8 3@5000000000 ");
    ck_assert_int_eq(frame_file_close(r, 1), 0);
    ck_assert_str_eq(contents("all.pcapng"), "1@7 2@8 3@5000000000 ");
}
END_TEST

static void on_secrets(void *ctx, uint32_t type, const uint8_t *data, size_t len)
{
    (void)ctx;
    ck_assert_uint_eq(type, 7);
    ck_assert_uint_eq(len, 5);
    ck_assert_mem_eq(data, "keys\n", 5);
    scratch_write_text("secrets", "came");
}

START_TEST(secrets)
{
    const char *path = "all.pcapng";
    capture_setup setup = { .paths = &path, .path_count = 1, .hooks = { NULL, on_idle, on_progress, on_secrets } };
    frame_file *r = open_file(path, 0, 0, 0);
    char why[CAPTURE_WHY_SIZE];
    capture *c;
    segment seg;

    frame_file_secrets(r, 7, (const uint8_t *)"keys\n", 5);
    add(r, ETHERNET, 1, 7);
    ck_assert_int_eq(frame_file_close(r, 1), 0);
    c = capture_open(&setup, why);
    ck_assert_msg(c != NULL, "%s", why);
    ck_assert_int_eq(capture_next(c, &seg, why), 1);
    ck_assert_int_eq(capture_next(c, &seg, why), 0);
    capture_close(c);
    ck_assert_str_eq(scratch_read("secrets", NULL), "came");
}
END_TEST

START_TEST(by_size)
{
    frame_file *r = open_file("folder.d/all.pcapng", 2 * FRAME_SIZE, 0, 2);

    for (uint16_t port = 1; port <= 7; port++)
        add(r, ETHERNET, port, port);
    ck_assert_int_eq(frame_file_close(r, 1), 0);
    ck_assert_int_ne(access("folder.d/all-00001.pcapng", F_OK), 0);
    ck_assert_int_ne(access("folder.d/all-00002.pcapng", F_OK), 0);
    ck_assert_str_eq(contents("folder.d/all-00003.pcapng"), "5@5 6@6 ");
    ck_assert_str_eq(contents("folder.d/all-00004.pcapng"), "7@7 ");
}
END_TEST

START_TEST(by_time)
{
    frame_file *r = open_file("folder.d/all", 0, 10, 0);

    add(r, ETHERNET, 1, 3 * second);
    add(r, ETHERNET, 2, 12 * second);
    add(r, RAW, 3, 13 * second);
    add(r, ETHERNET, 4, 23 * second + 1);
    ck_assert_int_eq(frame_file_close(r, 1), 0);
    ck_assert_str_eq(contents("folder.d/all-00001"), "1@3000000000 2@12000000000 ");
    ck_assert_str_eq(contents("folder.d/all-00002"), "3@13000000000 ");
    ck_assert_str_eq(contents("folder.d/all-00003"), "4@23000000001 ");
}
END_TEST

/* What a file holds already may be a capture, or a key. */
START_TEST(never_over_a_file)
{
    static const frame_file_setup setups[] = { { "key", 0, 0, 0 }, { "all", 1, 0, 0 } };
    char why[CAPTURE_WHY_SIZE];

    scratch_write_text("key", "secret");
    scratch_write_text("all-00001", "secret");
    ck_assert_ptr_null(frame_file_open(&setups[0], why));
    expect_match("why", why, "key: File exists");
    ck_assert_ptr_null(frame_file_open(&setups[1], why));
    expect_match("why", why, "all-00001: File exists");
    ck_assert_str_eq(scratch_read("key", NULL), "secret");
}
END_TEST

START_TEST(cannot_be_written)
{
    frame_file_setup full = { "/dev/full", 0, 0, 0 }, missing = { "missing/all", 0, 0, 0 };
    char why[CAPTURE_WHY_SIZE];
    frame_file *r;

    ck_assert_ptr_null(frame_file_open(&full, why));
    expect_match("why", why, "/dev/full: No space left on device");
    ck_assert_ptr_null(frame_file_open(&missing, why));
    r = open_file("all", FRAME_SIZE, 0, 0);
    scratch_write_text("all-00002", "another's");
    add(r, ETHERNET, 1, 1);
    add(r, ETHERNET, 2, 2);
    add(r, ETHERNET, 3, 3);
    ck_assert_int_eq(frame_file_close(r, 1), -1);
    ck_assert_str_eq(scratch_read("all-00002", NULL), "another's");
    ck_assert_str_eq(contents("all-00001"), "1@1 ");
}
END_TEST

START_TEST(nothing_to_keep)
{
    ck_assert_int_eq(frame_file_close(open_file("all", 0, 0, 0), 0), 0);
    ck_assert_int_ne(access("all", F_OK), 0);
}
END_TEST

/* What is captured is its user's own. */
START_TEST(private)
{
    frame_file *r = open_file("all", 0, 0, 0);
    struct stat status;

    ck_assert_int_eq(stat("all", &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0600);
    ck_assert_int_eq(frame_file_close(r, 1), 0);
    ck_assert_int_eq(frame_file_close(NULL, 1), 0);
}
END_TEST

/* A new file each second, of which two stay: nothing is said of those that are removed, or are gone already. */
START_TEST(by_one_second)
{
    frame_file *r = open_file("all", 0, 1, 2);

    own_errors_begin();
    for (uint16_t port = 1; port <= 4; port++) {
        add(r, ETHERNET, port, port * second);
        add(r, ETHERNET, (uint16_t)(10 + port), port * second + second - 1);
        if (port == 2)
            unlink("all-00001");
    }
    ck_assert_int_eq(frame_file_close(r, 1), 0);
    ck_assert_str_eq(own_errors(), "");
    own_errors_end();
    ck_assert_int_ne(access("all-00001", F_OK), 0);
    ck_assert_int_ne(access("all-00002", F_OK), 0);
    ck_assert_str_eq(contents("all-00003"), "3@3000000000 13@3999999999 ");
    ck_assert_str_eq(contents("all-00004"), "4@4000000000 14@4999999999 ");
}
END_TEST

/* The disk is full: that is said once, and the file is not written to any more. */
START_TEST(full)
{
    frame_file *r = open_file("pipe", 1, 0, 0);

    own_errors_begin();
    ck_assert_int_eq(symlink("/dev/full", "pipe-00002"), 0);
    add(r, ETHERNET, 1, 1);
    add(r, ETHERNET, 2, 2);
    add(r, ETHERNET, 3, 3);
    frame_file_flush(r);
    ck_assert_int_eq(frame_file_close(r, 1), -1);
    ck_assert_str_eq(own_errors(), "sidewire: pipe-00002: No space left on device\n");
    own_errors_end();
    ck_assert_str_eq(contents("pipe-00001"), "1@1 ");
}
END_TEST

/* More kinds of link than a file has room for: those that came first are written, and nothing of the others. */
START_TEST(many_links)
{
    enum { ROOM = 64 };
    frame_file *r = open_file("all", 0, 0, 0);

    for (unsigned i = 0; i < ROOM - 1; i++)
        add(r, 1000 + i, 9, 9); /* of no link that is known */
    add(r, ETHERNET, 1, 1);
    add(r, RAW, 2, 2);
    add(r, ETHERNET, 3, 3);
    ck_assert_int_eq(frame_file_close(r, 1), 0);
    ck_assert_str_eq(contents("all"), "1@1 3@3 ");
}
END_TEST

/* ---- which frames ---- */

static void ignore(void *ctx, const session_info *info)
{
    (void)ctx;
    (void)info;
}

static void ignore_end(void *ctx, const session_info *info, const outcome *how)
{
    (void)ctx;
    (void)info;
    (void)how;
}

static endpoint end_of(uint8_t host, uint16_t port)
{
    return (endpoint){ { 10, 0, 0, host }, port, 4 };
}

static int has(const chosen *c, endpoint sender, endpoint receiver, int is_fragment, int64_t time)
{
    segment seg = { .from = sender, .to = receiver };

    return chosen_has(c, &seg, is_fragment, time);
}

START_TEST(chosen_sessions)
{
    static const event_sink next = { NULL, ignore, NULL, ignore_end };
    endpoint client = end_of(1, 7), target = end_of(2, 2990), other = end_of(1, 8);
    chosen c = { 0 };
    event_sink sink = chosen_sink(&c, &next);

    for (int i = 0; i < 3; i++) { /* one connection after the other, between the same ends */
        session_info info = { .about = { client, target, (10 + 10 * i) * second } };
        outcome how = { .time = (12 + 10 * i) * second };

        sink.begin(sink.ctx, &info);
        if (i != 1) /* which is not wanted */
            sink.end(sink.ctx, &info, &how);
    }
    chosen_complete(&c);
    ck_assert(has(&c, client, target, 0, 10 * second));
    ck_assert(has(&c, target, client, 0, 12 * second + 5));
    ck_assert(!has(&c, client, target, 0, 9 * second));
    ck_assert(!has(&c, client, target, 0, 21 * second));
    ck_assert(has(&c, client, target, 0, 31 * second));
    ck_assert(!has(&c, other, target, 0, 31 * second));
    other.port = target.port = 0;
    ck_assert(has(&c, target, other, 1, 31 * second));
    ck_assert(!has(&c, target, end_of(3, 0), 1, 31 * second));
    chosen_clear(&c);
}
END_TEST

static void make_folder(void)
{
    scratch_enter();
    ck_assert_int_eq(mkdir("folder.d", 0700), 0);
}

int main(void)
{
    Suite *suite = suite_create("dump frame file");
    TCase *tcase = suite_case(suite, "frame file");
    int result;

    if (scratch_open() < 0)
        return EXIT_FAILURE;
    tcase_add_checked_fixture(tcase, make_folder, scratch_leave);
    tcase_add_test(tcase, one_file);
    tcase_add_test(tcase, secrets);
    tcase_add_test(tcase, by_size);
    tcase_add_test(tcase, by_time);
    tcase_add_test(tcase, never_over_a_file);
    tcase_add_test(tcase, cannot_be_written);
    tcase_add_test(tcase, nothing_to_keep);
    tcase_add_test(tcase, private);
    tcase_add_test(tcase, by_one_second);
    tcase_add_test(tcase, full);
    tcase_add_test(tcase, many_links);
    tcase_add_test(tcase, chosen_sessions);
    result = run_suite(suite);
    scratch_close();
    return result;
}
