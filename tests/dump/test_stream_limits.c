/* SPDX-License-Identifier: ISC */
/* A TCP stream: how much waits behind a gap, when its pieces were captured, and where it is. */
#include "stream_run.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

/* ---- limits ---- */

START_TEST(large_segment)
{
    enum { SIZE = 200000 };
    uint8_t *data = malloc(SIZE);
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    run r;

    for (size_t i = 0; i < SIZE; i++)
        data[i] = (uint8_t)((uint32_t)i * 2654435761u >> 24); /* nowhere the same as some power of two before */
    run_start(&r, 0xfffe0000, out);
    run_segment(&r, 0, data, SIZE / 2, 0, 0);
    run_segment(&r, SIZE / 2, data + SIZE / 2, SIZE / 2, 0, 0);
    run_segment(&r, SIZE - 5000, data + SIZE - 5000, 5000, 0, 0);
    ck_assert_uint_eq(r.conflicts, 0);
    data[SIZE - 10]++;
    run_segment(&r, SIZE - 5000, data + SIZE - 5000, 5000, 0, 0);
    ck_assert_uint_eq(r.conflicts, 1);
    data[SIZE - 10]--;
    data[0]++; /* forgotten by now */
    run_segment(&r, 0, data, SIZE, 0, 0);
    ck_assert_uint_eq(r.conflicts, 1);
    data[0]--;
    fclose(out);
    ck_assert_uint_eq(size, SIZE);
    ck_assert_mem_eq(text, data, SIZE);
    run_end(&r);
    free(text);
    free(data);
}
END_TEST

static const struct {
    uint32_t segment, count; /* size, and how many wait behind the gap until it is lost */
} waits[] = {
    { 1, STREAM_HOLD_SEGMENTS },
    { 65536, STREAM_HOLD_BYTES / 65536 },
};

START_TEST(gap_waits)
{
    uint8_t *data = calloc(1, waits[_i].segment);
    FILE *out = fopen("/dev/null", "w");
    uint32_t at = 10;
    run r;

    run_start(&r, 1, out);
    stream_start(&r.stream, 0);
    for (uint32_t i = 0; i < waits[_i].count - 1; i++, at += waits[_i].segment) {
        run_segment(&r, at, data, waits[_i].segment, 0, 0);
        ck_assert_uint_eq(r.stream.next, 1);
    }
    for (int i = 0; i < 2; i++, at += waits[_i].segment)
        run_segment(&r, at, data, waits[_i].segment, 0, 0);
    ck_assert_uint_gt(r.stream.next, 11);
    run_end(&r);
    fclose(out);
    free(data);
}
END_TEST

/* As many as may wait do so. */
START_TEST(gap_waits_until)
{
    FILE *out = fopen("/dev/null", "w");
    run r;

    run_start(&r, 1, out);
    stream_start(&r.stream, 0);
    for (uint32_t i = 0; i < STREAM_HOLD_SEGMENTS; i++)
        run_segment(&r, 10 + 2 * i, "x", 1, 1, 0);
    ck_assert_uint_eq(r.stream.held_segments, STREAM_HOLD_SEGMENTS);
    ck_assert_uint_eq(r.stream.next, 1);
    run_segment(&r, 10 + 2 * STREAM_HOLD_SEGMENTS, "x", 1, 1, 0);
    ck_assert_uint_gt(r.stream.next, 1);
    run_end(&r);
    fclose(out);
}
END_TEST

/* As many bytes, with what keeps each segment, as may wait do so, too. */
START_TEST(gap_waits_until_bytes)
{
    enum { SIZE = 60000 };
    static const uint8_t data[2 * SIZE];
    FILE *out = fopen("/dev/null", "w");
    size_t kept, left;
    uint32_t at = 10;
    run r;

    run_start(&r, 1, out);
    stream_start(&r.stream, 0);
    run_segment(&r, at, data, SIZE, 0, 0);
    kept = r.stream.held_bytes - SIZE;
    while ((left = STREAM_HOLD_BYTES - r.stream.held_bytes) > SIZE + 2 * kept)
        run_segment(&r, at += SIZE, data, SIZE, 0, 0);
    run_segment(&r, at += SIZE, data, (uint32_t)(left - kept), 0, 0);
    ck_assert_uint_eq(r.stream.held_bytes, STREAM_HOLD_BYTES);
    ck_assert_uint_eq(r.stream.next, 1);
    run_segment(&r, at + 2 * SIZE, data, 2, 0, 0);
    ck_assert_uint_gt(r.stream.next, 1);
    run_end(&r);
    fclose(out);
}
END_TEST

/* ---- when it was captured ---- */

/* Each piece has the time of the segment that it is of; a gap that of what is behind it, and so has the end. */
START_TEST(times)
{
    static const struct {
        uint32_t at, len;
        uint8_t flags;
        int64_t time;
    } segments_of[] = { { 0, 3, 0, 10 }, { 9, 3, 0, 20 }, { 3, 3, 0, 30 }, { 12, 0, TCP_FIN, 40 } };
    static const struct {
        piece_kind kind;
        int64_t time;
        uint32_t len;
    } expected[] = { { PIECE_DATA, 10, 3 },
                     { PIECE_DATA, 30, 3 },
                     { PIECE_LOST, 20, 3 },
                     { PIECE_DATA, 20, 3 },
                     { PIECE_END, 40, 0 } };
    stream_pool *pool = calloc(1, sizeof(*pool));
    stream s = { .pool = pool };
    int seen = 0;

    stream_start(&s, 999);
    for (int i = 0; i < COUNT(segments_of); i++) {
        segment seg = { .time = { segments_of[i].time, (uint64_t)segments_of[i].time + 1 },
                        .seq = 1000 + segments_of[i].at,
                        .flags = segments_of[i].flags,
                        .data = (const uint8_t *)"abc",
                        .len = segments_of[i].len };
        piece p;

        stream_add(&s, &seg);
        if (i == COUNT(segments_of) - 1)
            stream_give_up(&s);
        memset(&p, 0x5a, sizeof(p));
        while (stream_next(&s, &p)) {
            ck_assert_int_lt(seen, COUNT(expected));
            ck_assert_int_eq(p.kind, expected[seen].kind);
            ck_assert_int_eq(p.time.time, expected[seen].time);
            ck_assert_uint_eq(p.time.frame, (uint64_t)expected[seen].time + 1);
            ck_assert_uint_eq(p.len, expected[seen].len);
            ck_assert_int_eq(p.data != NULL, p.kind == PIECE_DATA);
            memset(&p, 0x5a, sizeof(p));
            seen++;
        }
    }
    ck_assert_int_eq(seen, COUNT(expected));
    stream_clear(&s);
    free(pool);
}
END_TEST

/* ---- where a stream is ---- */

static const struct {
    const char *words;
    uint32_t from, until; /* places that are there, both included */
} places[] = {
    { "S", 0, 0 },
    { "S 0+5", 5, 5 },
    { "S a2 0+5", 2, 5 },    /* what the receiver has not, and what was sent */
    { "S 0+5 9+2", 11, 11 }, /* or the end of all that was seen, */
    { "S 0+5F", 5, 6 },      /* and before and behind a FIN */
    { "S 0+5 a5 8+2F", 10, 11 },
};

START_TEST(is_at)
{
    FILE *out = fopen("/dev/null", "w");

    for (int i = 0; i < COUNT(places); i++)
        for (int k = 0; k < ORIGINS; k++) {
            run r;

            run_start(&r, origins[k], out);
            run_words(&r, places[i].words);
            for (uint32_t at = 0; at < 20; at++) {
                int is_there = stream_is_at(&r.stream, r.origin + at), next = (int)(r.stream.next - r.origin);

                ck_assert_msg(is_there == ((at >= places[i].from && at <= places[i].until) || (int)at == next),
                              "%s: place %u", places[i].words, (unsigned)at);
            }
            run_end(&r);
        }
    fclose(out);
}
END_TEST

/* Of a stream of which nothing was seen, any place will do. */
START_TEST(is_anywhere)
{
    stream_pool *pool = calloc(1, sizeof(*pool));
    stream s = { .pool = pool };

    for (uint32_t at = 0; at < 10; at++)
        ck_assert_int_eq(stream_is_at(&s, at * 500000000u), 1);
    free(pool);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dump stream limits");
    TCase *tcase = suite_case(suite, "limits");

    tcase_add_test(tcase, large_segment);
    tcase_add_loop_test(tcase, gap_waits, 0, COUNT(waits));
    tcase_add_test(tcase, gap_waits_until);
    tcase_add_test(tcase, gap_waits_until_bytes);
    tcase_add_test(tcase, times);
    tcase_add_test(tcase, is_at);
    tcase_add_test(tcase, is_anywhere);
    return run_suite(suite);
}
