/* SPDX-License-Identifier: ISC */
/* IP packets from fragments that come in any order, twice, in part, or with lies in them.
 *
 * Fragments are written as words: FROM+LENGTH are bytes a, b, c ... of the packet at this place; x
 * behind it: other ones (A, B, C ...); /SIZE: so many were sent, of which LENGTH were captured; a dot
 * at the end: the last one. nID: from here on of packet ID; tSECONDS: from here on at this time. What
 * comes out is written as the bytes, [N] where N were not captured, and a bar behind each packet; ! is
 * damage. */
#include "watch/fragments.h"
#include "suite.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct run {
    fragments *all;
    uint32_t id;
    int64_t time;
    FILE *out;
} run;

static const endpoint source = { { 10, 0, 0, 1 }, 0, 4 }, destination = { { 10, 0, 0, 2 }, 0, 4 };

static void run_word(run *r, const char *word)
{
    uint8_t letters[64];
    char *end;
    unsigned long at = strtoul(word, &end, 10);
    unsigned long len = *end == '+' ? strtoul(end + 1, &end, 10) : 0;
    int first = *end == 'x' ? 'A' : 'a';
    fragment in = { .from = &source,
                    .to = &destination,
                    .id = r->id,
                    .protocol = 6,
                    .time = r->time * 1000000000,
                    .offset = at,
                    .wanted = 1,
                    .captured = len };
    uint8_t *copy;

    ck_assert_uint_lt(len, sizeof(letters));
    for (size_t i = 0; i < len; i++)
        letters[i] = (uint8_t)(first + (int)((at + i) % 26));
    end += *end == 'x';
    in.length = *end == '/' ? strtoul(end + 1, &end, 10) : len;
    in.more = *end != '.';
    copy = exact_copy(letters, len);
    in.data = copy;
    switch (fragments_add(r->all, &in)) {
    case FRAME_NEXT:
        fwrite(in.data, 1, in.captured, r->out);
        if (in.captured < in.length)
            fprintf(r->out, "[%zu]", in.length - in.captured);
        fputc('|', r->out);
        break;
    case FRAME_DAMAGED: fputc('!', r->out); break;
    default: break;
    }
    free(copy);
}

static const struct {
    const char *words, *packets;
    uint64_t lost;
} cases[] = {
    { "0+8 8+8 16+3.", "abcdefghijklmnopqrs|", 0 },
    { "16+3. 8+8 0+8", "abcdefghijklmnopqrs|", 0 },           /* any order */
    { "0+8 0+8 16+3. 16+3. 8+8", "abcdefghijklmnopqrs|", 0 }, /* copies */
    { "0+8 8+8 16+3. 16+3. 0+8 8+8", "abcdefghijklmnopqrs|", 0 },
    { "0+16 8+8 16+3.", "abcdefghijklmnopqrs|", 0 }, /* overlapping, alike */
    { "0+8 16+3.", "", 2 },                          /* lost */
    { "0+8 n2 8+3.", "", 2 },
    { "0+8 8+4/8 16+3.", "abcdefghijkl[7]|", 0 }, /* not captured to the end */
    { "0+8 8+1/3.", "abcdefghi[2]|", 0 },
    { "0+8 8+8x 8+8 16+3.", "", 4 }, /* contradictions */
    { "0+8 16+3. 16+4. 8+8", "", 4 },
    { "0+8 16+3. 24+8", "", 3 },
    { "24+8 16+3.", "", 2 },
    { "0+8 8+3. 0+8x 8+3x.", "abcdefghijk|ABCDEFGHIJK|", 0 }, /* the number is used again */
    { "0+8 t70 0+8x 8+3x.", "ABCDEFGHIJK|", 1 },              /* after a time */
    { "0+8 n2 0+8x n1 8+3. n2 8+2x.", "abcdefghijk|ABCDEFGHIJ|", 0 },
    { "0+7", "!", 0 }, /* cannot be */
    { "0+0", "!", 0 },
    { "65528+8.", "!", 0 },
};

START_TEST(packets)
{
    char *text, *state;
    size_t size;
    char *copy = strdup(cases[_i].words);
    run r = { .all = fragments_new(), .id = 1, .out = open_memstream(&text, &size) };

    for (char *word = strtok_r(copy, " ", &state); word != NULL; word = strtok_r(NULL, " ", &state)) {
        if (word[0] == 'n')
            r.id = (uint32_t)strtoul(word + 1, NULL, 10);
        else if (word[0] == 't')
            r.time = strtol(word + 1, NULL, 10);
        else
            run_word(&r, word);
    }
    fclose(r.out);
    ck_assert_msg(strcmp(text, cases[_i].packets) == 0, "%s: %s, not %s", cases[_i].words, text,
                  cases[_i].packets);
    ck_assert_msg(fragments_lost(r.all) == cases[_i].lost, "%s: %u lost", cases[_i].words,
                  (unsigned)fragments_lost(r.all));
    fragments_free(r.all);
    free(text);
    free(copy);
}
END_TEST

/* Of too many packets those go that wait for longest; what nobody wants is no loss. */
START_TEST(too_many)
{
    fragments *all = fragments_new();
    uint8_t data[8] = { 0 };

    for (uint32_t i = 0; i < 3 * FRAGMENTED_MAX; i++) {
        fragment in = { &source, &destination, i, 6, 0, 0, 1, i % 3 == 0, data, 8, 8 };

        ck_assert_int_eq(fragments_add(all, &in), FRAME_FRAGMENT);
    }
    ck_assert_uint_eq(fragments_lost(all), FRAGMENTED_MAX);
    for (uint32_t i = 2 * FRAGMENTED_MAX; i < 3 * FRAGMENTED_MAX; i++) {
        fragment in = { &source, &destination, i, 6, 0, 8, 0, 0, data, 8, 8 };

        ck_assert_int_eq(fragments_add(all, &in), FRAME_NEXT);
        ck_assert_uint_eq(in.length, 16);
    }
    fragments_free(all);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dump fragments");
    TCase *tcase = suite_case(suite, "fragments");

    tcase_add_loop_test(tcase, packets, 0, COUNT(cases));
    tcase_add_test(tcase, too_many);
    return run_suite(suite);
}
