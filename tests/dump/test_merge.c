/* SPDX-License-Identifier: ISC */
/* Several sources as one: frames by time, sources that end or break, what is asked of all of them. */
#include "capture/merge.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- a source of frames at given times, which tells where it is from by its link ---- */

enum { SOURCES = 9, FRAMES = 40 };

typedef struct scripted {
    unsigned link;
    const int *times; /* until -1; or until -2: it is damaged there */
    uint64_t dropped;
    int descriptor, closed;
} scripted;

static int next(void *self, frame *out, char why[CAPTURE_WHY_SIZE])
{
    scripted *s = self;

    if (*s->times < 0) {
        snprintf(why, CAPTURE_WHY_SIZE, "damage %u", s->link);
        return *s->times == -2 ? -1 : 0;
    }
    *out = (frame){ .time = *s->times++, .link = s->link };
    return 1;
}

static uint64_t dropped(void *self)
{
    return ((scripted *)self)->dropped;
}

static int descriptor(const void *self)
{
    return ((const scripted *)self)->descriptor;
}

static void close_it(void *self)
{
    ((scripted *)self)->closed++;
}

static merge *merge_of(scripted *sources, size_t count)
{
    static const char *const names[SOURCES] = { "a", "b", "c", "d", "e", "f", "g", "h", "i" };
    merge *m = merge_new();

    for (size_t i = 0; i < count; i++) {
        source one = { &sources[i], next, dropped, descriptor, close_it };

        sources[i].link = (unsigned)i;
        merge_add(m, &one, names[i]);
    }
    return m;
}

static void finish(merge *m, const scripted *sources, size_t count)
{
    merge_free(m);
    for (size_t i = 0; i < count; i++)
        ck_assert_int_eq(sources[i].closed, 1);
}

/* ---- order ---- */

static unsigned next_random(unsigned *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 16;
}

/* Few different times, so that many are the same: then the source that was added first comes first. */
START_TEST(in_order)
{
    static int times[SOURCES][FRAMES + 1];
    scripted sources[SOURCES] = { 0 };
    size_t count = 1 + (size_t)_i % SOURCES, expected = 0, seen = 0;
    unsigned state = (unsigned)_i, last_link = 0;
    char why[CAPTURE_WHY_SIZE];
    int64_t last = 0;
    frame out;
    merge *m;

    for (size_t i = 0; i < count; i++) {
        size_t own = next_random(&state) % FRAMES;
        int time = 0;

        for (size_t k = 0; k < own; k++)
            times[i][k] = time += (int)(next_random(&state) % 4);
        times[i][own] = -1;
        sources[i].times = times[i];
        expected += own;
    }
    m = merge_of(sources, count);
    while (merge_next(m, &out, why) > 0) {
        ck_assert_msg(out.time > last || (out.time == last && out.link >= last_link), "%d of %u behind %d of %u",
                      (int)out.time, out.link, (int)last, last_link);
        last = out.time;
        last_link = out.link;
        seen++;
    }
    ck_assert_str_eq(why, "");
    ck_assert_uint_eq(seen, expected);
    finish(m, sources, count);
}
END_TEST

/* ---- damage ---- */

/* What all sources gave, and why it ended, if it did not end well. */
static const char *read_all(merge *m)
{
    static char text[256];
    char why[CAPTURE_WHY_SIZE] = "?";
    size_t len = 0;
    frame out;
    int result;

    text[0] = '\0';
    while ((result = merge_next(m, &out, why)) > 0)
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%d/%u ", (int)out.time, out.link);
    snprintf(text + len, sizeof(text) - len, "%d %s", result, why);
    return text;
}

static const int none[] = { -1 }, broken[] = { -2 }, early[] = { 1, 2, -1 }, breaks[] = { 1, 3, -2 },
                 late[] = { 2, 5, 6, -1 };

static const struct {
    const int *times[3];
    const char *expected;
} damages[] = {
    { { none }, "0 " },
    { { early }, "1/0 2/0 0 " },
    { { broken }, "-1 damage 0" }, /* the only one: whoever asks knows its name */
    { { breaks }, "1/0 3/0 -1 damage 0" },
    { { none, none, none }, "0 " },
    { { none, early }, "1/1 2/1 0 " },
    { { broken, early }, "1/1 2/1 -1 a: damage 0" },
    { { early, breaks, late }, "1/0 1/1 2/0 2/2 3/1 5/2 6/2 -1 b: damage 1" },
    { { late, breaks, broken }, "1/1 2/0 3/1 5/0 6/0 -1 c: damage 2" }, /* the first that was seen to be */
};

START_TEST(damaged)
{
    scripted sources[3] = { 0 };
    size_t count = 0;
    merge *m;

    for (; count < 3 && damages[_i].times[count] != NULL; count++)
        sources[count].times = damages[_i].times[count];
    m = merge_of(sources, count);
    ck_assert_str_eq(read_all(m), damages[_i].expected);
    finish(m, sources, count);
}
END_TEST

/* ---- what is asked of all ---- */

START_TEST(asked)
{
    scripted sources[] = { { .times = early, .dropped = 3, .descriptor = 17 },
                           { .times = none, .dropped = 40, .descriptor = 18 },
                           { .times = broken, .dropped = 500, .descriptor = 19 } };
    static const uint64_t sums[] = { 0, 3, 43, 543 };
    static const int descriptors[] = { -1, 17, -1, -1 };
    merge *m = merge_of(sources, (size_t)_i);

    ck_assert_uint_eq(merge_dropped(m), sums[_i]);
    ck_assert_int_eq(merge_descriptor(m), descriptors[_i]);
    read_all(m);
    ck_assert_uint_eq(merge_dropped(m), sums[_i]); /* of those too that are over */
    finish(m, sources, (size_t)_i);
}
END_TEST

START_TEST(nothing)
{
    merge_free(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dump merge");
    TCase *tcase = suite_case(suite, "merge");

    tcase_add_loop_test(tcase, in_order, 0, 300);
    tcase_add_loop_test(tcase, damaged, 0, COUNT(damages));
    tcase_add_loop_test(tcase, asked, 0, 4);
    tcase_add_test(tcase, nothing);
    return run_suite(suite);
}
