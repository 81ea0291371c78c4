/* SPDX-License-Identifier: ISC */
/* Are unknown users told from known ones by the time of a challenge, or of what follows a wrong answer? */
#include "challenge.h"
#include "guessing.h"
#include "hostile.h"
#include "many_users.h"
#include "scratch.h"
#include "suite.h"

#include <sidewire/backends.h>

enum { BACKENDS = 3 };

static const user_kind same_keys[] = { { 2048, 65537, 1, 0 } };
static const user_kind mixed_keys[] = { { 2048, 65537, 3, 0 }, { 2048, 3, 1, 0 }, { 3072, 65537, 1, 0 } };

/* Of each name, unknown and known. */
typedef struct times {
    guess_values asked[2], refused[2];
} times;

static times seen;

/* How many names and tries, as the machine bears. */
static int names_of(int in_short, int in_long)
{
    if (hostile_is_long())
        return in_long;
    return hostile_is_sanitized() ? in_short / 8 : in_short;
}

static void forget(void)
{
    for (int is_known = 0; is_known < 2; is_known++) {
        guess_reset(&seen.asked[is_known]);
        guess_reset(&seen.refused[is_known]);
    }
}

/* Asks in the names from `first` on, each known one beside an unknown one, which are first as often. */
static void ask_all(target *t, int first, int count, int round)
{
    for (int step = 0; step < count; step++) {
        int i = first + guess_order(step, count, round);
        for (int k = 0; k < 2; k++) {
            int is_known = (step + round + k) % 2;
            challenge c;
            challenge_ask(t, is_known ? known_name(i) : unknown_name(i), 1, &c);
            guess_note(&seen.asked[is_known], i, c.asked_ms);
            guess_note(&seen.refused[is_known], i, c.refused_ms);
        }
    }
}

static double us(const guess_values *values, int names)
{
    return 1e3 * guess_median(values, names);
}

static void judge(const char *what, int names, int tries)
{
    double limit = guess_limit(names);
    double asked = guess_area(&seen.asked[0], &seen.asked[1], names);
    double refused = guess_area(&seen.refused[0], &seen.refused[1], names);

    hostile_figure(
        "known and unknown users, %s, %d names of each, least of %d: AUC %.3f by the time of a challenge "
        "(%.1f and %.1f us), %.3f by that of a refusal (%.1f and %.1f us), allowed %.3f",
        what, names, tries, asked, us(&seen.asked[1], names), us(&seen.asked[0], names), refused,
        us(&seen.refused[1], names), us(&seen.refused[0], names), limit);
    ck_assert(asked <= limit);
    ck_assert(refused <= limit);
}

static void by_socket(const char *what, const user_kind *kinds, int kind_count, const char *options, int names,
                      int tries)
{
    target t;

    many_users_write(kinds, kind_count, 0, names);
    t = target_start(0, options);
    forget();
    for (int round = 0; round < tries; round++)
        ask_all(&t, 0, names, round);
    target_stop(&t);
    judge(what, names, tries);
}

START_TEST(each_backend)
{
    const char *backend = sw_backend_name((size_t)_i);

    if (backend != NULL && (_i == 0 || !hostile_is_sanitized()))
        by_socket(backend, same_keys, COUNT(same_keys), scratch_format("--crypto %s", backend),
                  names_of(1100, 2000), hostile_is_long() ? 5 : 1);
}
END_TEST

/* Sizes and exponents come as often with names that nobody has. */
START_TEST(mixed_sizes_and_exponents)
{
    by_socket("three kinds of keys", mixed_keys, COUNT(mixed_keys), "", names_of(1100, 2000),
              hostile_is_long() ? 5 : 1);
}
END_TEST

/* A process for each connection, which reads the list: so there are many short ones. */
START_TEST(each_connection_a_server)
{
    enum { LIST = 25 };
    int names = names_of(200, 1100);
    int tries = hostile_is_long() ? 2 : 1;
    target t = target_start(1, "");

    forget();
    for (int first = 0; first < names; first += LIST) {
        many_users_write(same_keys, COUNT(same_keys), first, LIST);
        for (int round = 0; round < tries; round++)
            ask_all(&t, first, LIST, round);
    }
    judge("--inetd", names, tries);
}
END_TEST

/* The measure itself: it is 1 if values are apart, and 0.5 if they are alike. */
START_TEST(measure)
{
    static guess_values low = { { 1, 2 } }, high = { { 3, 4 } }, outer = { { 1, 4 } }, inner = { { 2, 3 } };
    static guess_values noted;

    ck_assert(guess_area(&low, &high, 2) > 0.999);
    ck_assert(guess_area(&high, &low, 2) > 0.999);
    ck_assert(guess_area(&outer, &inner, 2) < 0.501);
    ck_assert(guess_limit(1067) < 0.5501);
    ck_assert(guess_limit(100) > 0.6);
    guess_reset(&noted);
    guess_note(&noted, 1, 3);
    guess_note(&noted, 1, 2);
    guess_note(&noted, 1, 4);
    ck_assert(noted.least[1] < 2.1 && noted.least[1] > 1.9);
}
END_TEST

START_TEST(order)
{
    enum { NAMES = 1100 };
    int count[NAMES] = { 0 };

    for (int step = 0; step < NAMES; step++)
        count[guess_order(step, NAMES, 3)]++;
    for (int i = 0; i < NAMES; i++)
        ck_assert_int_eq(count[i], 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hostile timing");

    tcase_add_test(e2e_case(suite, "measure"), measure);
    tcase_add_test(e2e_case(suite, "order"), order);
    tcase_add_loop_test(e2e_case(suite, "backends"), each_backend, 0, BACKENDS);
    tcase_add_test(e2e_case(suite, "mixed"), mixed_sizes_and_exponents);
    tcase_add_test(e2e_case(suite, "inetd"), each_connection_a_server);
    return e2e_main(suite);
}
