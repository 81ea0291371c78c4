/* SPDX-License-Identifier: ISC */
/* A TCP stream from segments as they may be captured. */
#include "stream_run.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

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

START_TEST(segments)
{
    for (int i = 0; i < ORIGINS; i++) {
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
    tcase_add_loop_test(tcase, random_segments, 0, 200);
    return run_suite(suite);
}
