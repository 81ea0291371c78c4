/* SPDX-License-Identifier: ISC */
/* A TCP stream from segments as they may be captured.
 *
 * Segments are written as words: FROM+LENGTH are bytes of the stream a, b, c ... at this place; x
 * behind it: other ones (A, B, C ...); /SIZE: so many were sent, of which LENGTH were captured; F:
 * with FIN. S is a SYN, aPLACE an acknowledgement of all before that place, with a window of 1000
 * bytes; a FIN takes a place. G gives gaps up. What comes out is written as the bytes, [N] where N
 * are lost, and a dot for the end. */
#include "watch/stream.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct run {
    stream_pool *pool;
    stream stream;
    uint32_t origin; /* sequence number of the first byte */
    FILE *out;
    uint64_t conflicts, misplaced;
} run;

static void run_start(run *r, uint32_t origin, FILE *out)
{
    memset(r, 0, sizeof(*r));
    r->pool = calloc(1, sizeof(*r->pool));
    ck_assert_ptr_nonnull(r->pool);
    r->stream.pool = r->pool;
    r->origin = origin;
    r->out = out;
}

static void run_pump(run *r)
{
    piece p;

    while (stream_next(&r->stream, &p)) {
        if (p.kind == PIECE_DATA)
            fwrite(p.data, 1, p.len, r->out);
        else if (p.kind == PIECE_LOST)
            fprintf(r->out, "[%u]", p.len);
        else
            fputc('.', r->out);
        if (p.kind == PIECE_DATA)
            memset(p.data, '!', p.len); /* whoever gets it may overwrite it */
    }
    r->conflicts += r->stream.conflicts;
    r->misplaced += r->stream.misplaced;
    r->stream.conflicts = r->stream.misplaced = 0;
}

static void run_segment(run *r, uint32_t at, const void *data, uint32_t len, uint32_t cut, uint8_t flags)
{
    segment seg = {
        .time = { 1, 1 }, .seq = r->origin + at, .flags = flags, .data = data, .len = len, .cut = cut
    };

    stream_add(&r->stream, &seg);
    run_pump(r);
}

static void run_end(run *r)
{
    stream_clear(&r->stream);
    ck_assert_uint_eq(r->stream.held_bytes, 0);
    ck_assert_uint_eq(r->stream.held_segments, 0);
    ck_assert_uint_eq(r->pool->held, 0);
    ck_assert_uint_eq(r->pool->recent, 0);
    free(r->pool);
}

/* ---- words ---- */

static void run_word(run *r, const char *word)
{
    char letters[64];
    char *end;
    unsigned long at = strtoul(word, &end, 10);
    unsigned long len = *end == '+' ? strtoul(end + 1, &end, 10) : 0;
    int first = *end == 'x' ? 'A' : 'a';
    unsigned long size;

    ck_assert_uint_lt(len, sizeof(letters));
    for (size_t i = 0; i < len; i++)
        letters[i] = (char)(first + (int)((at + i) % 26));
    end += *end == 'x';
    size = *end == '/' ? strtoul(end + 1, &end, 10) : len;
    ck_assert_msg(*end == '\0' || strcmp(end, "F") == 0, "%s", word);
    run_segment(r, (uint32_t)at, letters, (uint32_t)len, (uint32_t)(size - len), *end == 'F' ? TCP_FIN : 0);
}

static void run_words(run *r, const char *words)
{
    char *copy = strdup(words);
    char *state;

    ck_assert_ptr_nonnull(copy);
    for (char *word = strtok_r(copy, " ", &state); word != NULL; word = strtok_r(NULL, " ", &state)) {
        if (strcmp(word, "G") == 0)
            stream_give_up(&r->stream);
        else if (strcmp(word, "S") == 0)
            stream_start(&r->stream, r->origin - 1);
        else if (word[0] == 'a')
            stream_acknowledge(&r->stream, r->origin + (uint32_t)strtoul(word + 1, NULL, 10), 1000, 2);
        else
            run_word(r, word);
        run_pump(r);
    }
    free(copy);
}

static const struct {
    const char *words, *bytes;
    unsigned conflicts, misplaced;
} cases[] = {
    { "S", "", 0, 0 },
    { "S 0+3 3+3 6+3F a10", "abcdefghi.", 0, 0 },
    { "0+3 3+3", "abcdef", 0, 0 }, /* no SYN */
    { "5+3 8+1", "fghi", 0, 0 },
    { "S 3+3 0+3", "abcdef", 0, 0 }, /* out of order */
    { "S 6+3F a10 3+3 0+3", "abcdefghi.", 0, 0 },
    { "S 6+3 0+3 3+3 9+1", "abcdefghij", 0, 0 },
    { "S 3+3 6+3 0+3", "abcdefghi", 0, 0 },
    { "S 0+3 0+3 3+3 0+6 3+3", "abcdef", 0, 0 }, /* retransmitted */
    { "S 3+3 3+3 0+3 3+3", "abcdef", 0, 0 },
    { "S 0+3 0+3F a4", "abc.", 0, 0 },
    { "S 0+3 1+5 4+4", "abcdefgh", 0, 0 }, /* overlapping */
    { "S 0+6 2+3x", "abcdef", 1, 0 },
    { "S 0+6 2+3x 2+3x 0+6", "abcdef", 2, 0 },
    { "S 0+6 4+4x", "abcdefGH", 1, 0 },
    { "S 5+5x 0+10", "abcdeFGHIJ", 1, 0 }, /* the first copy is the one held */
    { "S 0+1 5+5 1+9x", "aBCDEfghij", 1, 0 },
    { "S 2+2 6+2x 4+2 0+10", "abcdefGHij", 1, 0 },
    { "S 2+2 6+2 0+10x", "ABcdEFghIJ", 1, 0 },
    { "S 3+3 1+7 0+1", "abcdefgh", 0, 0 },
    { "S 2+2 2+2x 2+2x 0+4", "abcd", 2, 0 },
    { "S 0+5 4+1x", "abcde", 0, 0 }, /* keep-alive: any byte, or none */
    { "S 0+5 4+0 4+1 5+5", "abcdefghij", 0, 0 },
    { "S 0+1 5+5 9+1x 1+4", "abcdefghij", 0, 0 },
    { "S 0+5 3+1x", "abcde", 1, 0 },      /* not the latest byte: no keep-alive */
    { "S 0+3/5 5+3", "abc[2]fgh", 0, 0 }, /* cut off */
    { "S 0+0/5 5+3", "[5]fgh", 0, 0 },
    { "S 0+3/5F a6", "abc[2].", 0, 0 },
    { "S 5+2/4 0+5 9+1", "abcdefg[2]j", 0, 0 },
    { "S 5+2/5 7+3 0+5", "abcdefghij", 0, 0 }, /* the rest comes in another copy */
    { "S 5+2/5 8+2 0+5", "abcdefg[1]ij", 0, 0 },
    { "S 5+0/5 5+5 0+5", "abcdefghij", 0, 0 },
    { "S 5+0/1 6+3 0+5", "abcde[1]ghi", 0, 0 },
    { "S 5+5 5+0/5 5+2/5 0+5", "abcdefghij", 0, 0 },
    { "S 5+5 3+1/9 0+3", "abcd[1]fghij[2]", 0, 0 },
    { "S 5+6/9 5+5/12 0+5", "abcdefghijk[6]", 0, 0 },
    { "S 5+6/9 5+5/12 0+20", "abcdefghijklmnopqrst", 0, 0 },
    { "S 5+6/9 5+5/6 0+20", "abcdefghijklmnopqrst", 0, 0 },
    { "S 5+2/5 7+3 0+5 G 1500000000+2 3000000000+2", /* far behind what was cut off */
      "abcdefghij[1499999990]st[1499999998]kl", 0, 0 },
    { "S 0+3/5 3+2 5+1", "abc[2]f", 0, 0 }, /* too late */
    { "S 0+3/5 1+6", "abc[2]fg", 0, 0 },
    { "S 0+3/9 1+3/6 5+5", "abc[6]j", 0, 0 },
    { "S 0+3 5+3 G", "abc[2]fgh", 0, 0 }, /* lost */
    { "S 0+3 5+3 9+1 G", "abc[2]fgh[1]j", 0, 0 },
    { "S G 0+3 5+3", "abc[2]fgh", 0, 0 },
    { "S 0+3 5+3 G 3+2x", "abc[2]fgh", 0, 0 },
    { "S 0+3 5+3F G", "abc[2]fgh.", 0, 0 },
    { "S 0+3 8+0F G", "abc[5].", 0, 0 },
    { "S 0+3 3+0F a4", "abc.", 0, 0 }, /* the end */
    { "S 3+0F a4 0+3", "abc.", 0, 0 },
    { "S 0+0F a1", ".", 0, 0 },
    { "S 0+3F a4 3+3", "abc.", 0, 0 },
    { "S 0+3F 3+0F a4", "abc.", 0, 0 },
    { "S 1+3F a5 0+1 9+9", "abcd.", 0, 0 },
    { "S 0+3F a4 0+3x", "abc.", 0, 0 },
    { "S 0+3F", "abc", 0, 0 }, /* the end, if the receiver agrees */
    { "S 0+3F G", "abc.", 0, 0 },
    { "S 0+3F 3+3 6+0F a7", "abcdef.", 0, 1 }, /* a FIN with bytes behind it */
    { "S 0+3 4+0F 3+3 6+0F a7", "abcdef.", 0, 1 },
    { "S 0+3 1+0F 3+3", "abcdef", 0, 1 },
    { "S 0+3 900+0F 3+3F a7", "abcdef.", 0, 1 }, /* one behind another */
    { "S 0+3F 900+0F a4", "abc.", 0, 1 },
    { "S 5+1F a7 7+3 0+5", "abcdef.", 0, 1 }, /* bytes behind what is acknowledged */
    { "S 0+3F a4 3+1", "abc.", 0, 0 },
    { "S a0 0+3F a4", "abc.", 0, 0 },         /* what it has is before the first byte: no end of any number */
    { "S 5+0F a6 5+1x 0+5", "abcde.", 0, 0 }, /* a keep-alive behind it */
    { "S a0 0+3 2000+3 3+3 a6 G", "abcdef", 0, 1 }, /* out of the window */
    { "S a0 0+3 2000+3 2003+3 3+3 a6 G", "abcdef", 0, 2 },
    { "S a0 0+3 2000+0F 3+3 a6 G", "abcdef", 0, 1 },
    { "S a0 0+3 1000+1 a3 G", "abc[997]m", 0, 0 }, /* at its edge */
    { "S 0+3 2000+3 G", "abc[1997]yza", 0, 0 },    /* nobody knows the window */
};

/* Everywhere, and where sequence numbers wrap. */
static const uint32_t origins[] = { 1000, 0, 1, 0xfffffffd, 0xfffffff8, 0x7ffffffc, 0x80000000 };

START_TEST(segments)
{
    for (int i = 0; i < COUNT(origins); i++) {
        char *text;
        size_t size;
        FILE *out = open_memstream(&text, &size);
        run r;

        run_start(&r, origins[i], out);
        run_words(&r, cases[_i].words);
        fclose(out);
        ck_assert_msg(strcmp(text, cases[_i].bytes) == 0, "%s from %u: %s, not %s", cases[_i].words, origins[i],
                      text, cases[_i].bytes);
        ck_assert_msg(r.conflicts == cases[_i].conflicts, "%s: %u conflicts", cases[_i].words,
                      (unsigned)r.conflicts);
        ck_assert_msg(r.misplaced == cases[_i].misplaced, "%s: %u misplaced", cases[_i].words,
                      (unsigned)r.misplaced);
        run_end(&r);
        free(text);
    }
}
END_TEST

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
        for (int k = 0; k < COUNT(origins); k++) {
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

/* ---- any order, any copies: each byte is that of its first copy ---- */

enum { LENGTH = 400, TAKES = 60 };

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

START_TEST(random_segments)
{
    uint32_t state = (uint32_t)_i;
    uint8_t first[LENGTH] = { 0 };
    char expected[8 * LENGTH] = "";
    size_t missing = 0, len = 0;
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    run r;

    run_start(&r, 0xffffff00, out);
    stream_start(&r.stream, r.origin - 1);
    for (int i = 0; i < TAKES; i++) {
        uint32_t at = next_random(&state) % LENGTH;
        uint32_t n = 2 + next_random(&state) % 30;
        uint8_t data[32];

        if (n > LENGTH - at)
            n = LENGTH - at;
        for (uint32_t k = 0; k < n; k++) {
            data[k] = (uint8_t)('a' + (next_random(&state) % 50 == 0));
            if (n > 1 && first[at + k] == 0)
                first[at + k] = data[k];
        }
        if (n > 1) /* one byte could be a keep-alive */
            run_segment(&r, at, data, n, 0, 0);
    }
    stream_give_up(&r.stream);
    run_pump(&r);
    fclose(out);
    for (size_t i = 0; i < LENGTH; i++) {
        if (first[i] == 0) {
            missing++;
            continue;
        }
        if (missing > 0)
            len += (size_t)sprintf(expected + len, "[%zu]", missing);
        missing = 0;
        expected[len++] = (char)first[i];
    }
    expected[len] = '\0';
    ck_assert_str_eq(text, expected);
    run_end(&r);
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dump stream");
    TCase *tcase = suite_case(suite, "stream");

    tcase_add_loop_test(tcase, segments, 0, COUNT(cases));
    tcase_add_test(tcase, large_segment);
    tcase_add_loop_test(tcase, gap_waits, 0, COUNT(waits));
    tcase_add_test(tcase, gap_waits_until);
    tcase_add_test(tcase, gap_waits_until_bytes);
    tcase_add_test(tcase, times);
    tcase_add_test(tcase, is_at);
    tcase_add_test(tcase, is_anywhere);
    tcase_add_loop_test(tcase, random_segments, 0, 200);
    return run_suite(suite);
}
