/* SPDX-License-Identifier: ISC */
/* Who gets a place: limits by source and user, refusals by chance, and who goes for a newer one. */
#include "admission.h"
#include "suite.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

enum { MAX = 100, FOR_STRANGERS = 75, PER_SOURCE = 16, PER_USER = 4, NEVER = UINT16_MAX };

static admission a;
static tally_entry *entries[MAX];

static void setup(void)
{
    admission_init(&a, MAX, PER_SOURCE, PER_USER, 7);
}

static void teardown(void)
{
    admission_free(&a);
}

static struct sockaddr_storage address(const char *text)
{
    struct sockaddr_storage from = { .ss_family = AF_UNSPEC };
    struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(1) };
    struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons(2) };

    if (inet_pton(AF_INET, text, &in.sin_addr) == 1)
        memcpy(&from, &in, sizeof(in));
    else if (inet_pton(AF_INET6, text, &in6.sin6_addr) == 1)
        memcpy(&from, &in6, sizeof(in6));
    return from;
}

static admission_verdict ask(const char *from, unsigned chance)
{
    struct sockaddr_storage there = address(from);

    return admission_ask(&a, &there, chance);
}

static tally_entry *come(const char *from)
{
    struct sockaddr_storage there = address(from);

    return admission_stranger_comes(&a, &there);
}

/* So many strangers, each from an address of its own. */
static void fill(int count)
{
    struct sockaddr_storage there = address("10.0.0.0");
    struct sockaddr_in in;

    memcpy(&in, &there, sizeof(in));
    for (int i = 0; i < count; i++) {
        in.sin_addr.s_addr = htonl(0x0a000000U + (uint32_t)i);
        memcpy(&there, &in, sizeof(in));
        entries[i] = admission_stranger_comes(&a, &there);
    }
}

/* ---- sources ---- */

static const struct {
    const char *first, *other;
    int is_same;
} sources[] = {
    { "192.0.2.1", "192.0.2.1", 1 },
    { "192.0.2.1", "192.0.2.2", 0 },
    { "192.0.2.1", "::ffff:192.0.2.1", 1 },
    { "::ffff:192.0.2.1", "::ffff:192.0.2.2", 0 },
    { "2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", 1 },
    { "2001:db8::1", "2001:db8:0:1::1", 0 },
};

START_TEST(limit_of_a_source)
{
    tally_entry *one = NULL;

    for (int i = 0; i < PER_SOURCE; i++) {
        ck_assert_int_eq(ask(sources[_i].other, NEVER), ADMIT);
        one = come(sources[_i].first);
    }
    ck_assert_int_eq(ask(sources[_i].first, NEVER), REFUSE_SOURCE);
    ck_assert_int_eq(ask(sources[_i].other, NEVER), sources[_i].is_same ? REFUSE_SOURCE : ADMIT);
    admission_stranger_leaves(&a, one);
    ck_assert_int_eq(ask(sources[_i].first, NEVER), ADMIT);
}
END_TEST

/* Descriptors that somebody else connected have no source, and no limit. */
START_TEST(no_source)
{
    for (int i = 0; i < 2 * PER_SOURCE; i++) {
        ck_assert_int_eq(ask("nowhere", NEVER), ADMIT);
        ck_assert_ptr_null(come("nowhere"));
    }
}
END_TEST

/* Nobody can tell from one what meets in the other. */
START_TEST(seeds)
{
    ck_assert_uint_eq(a.sources.seed, 7);
    ck_assert_uint_eq(a.users.seed, ~UINT64_C(7));
}
END_TEST

/* ---- places ---- */

/* Strangers have three quarters; behind that the oldest goes for each newer one. */
START_TEST(places_of_strangers)
{
    fill(FOR_STRANGERS - 1);
    ck_assert_int_eq(ask("192.0.2.1", 0), ADMIT);
    come("192.0.2.1");
    ck_assert_int_eq(ask("192.0.2.2", 0), ADMIT_FOR_OLDEST);
    admission_stranger_leaves(&a, entries[0]);
    ck_assert_int_eq(ask("192.0.2.2", 0), ADMIT);
}
END_TEST

/* Members may have all places, and then there is none for others. */
START_TEST(places_of_members)
{
    tally_entry *last = NULL;
    char name[16];

    fill(10);
    for (int i = 0; i < MAX - 10; i++)
        last = admission_member_comes(&a, name, (size_t)snprintf(name, sizeof(name), "user%d", i));
    ck_assert_int_eq(ask("192.0.2.1", NEVER), ADMIT_FOR_OLDEST);
    for (int i = 0; i < 10; i++) {
        admission_stranger_leaves(&a, entries[i]);
        last = admission_member_comes(&a, name, (size_t)snprintf(name, sizeof(name), "more%d", i));
    }
    ck_assert_int_eq(ask("192.0.2.1", NEVER), REFUSE_FULL);
    admission_member_leaves(&a, last);
    ck_assert_int_eq(ask("192.0.2.1", NEVER), ADMIT);
}
END_TEST

/* ---- chance ---- */

/* How many of all chances refuse. */
static int refusals(const char *from)
{
    int count = 0;

    for (unsigned chance = 0; chance <= UINT16_MAX; chance++)
        count += ask(from, chance) == REFUSE_EARLY;
    return count;
}

/* It grows with how many there are, and with how many of them are from there; who has none here is never
 * refused by chance. */
START_TEST(early_refusal)
{
    int half, few, more;

    for (int i = 0; i < 4; i++)
        come("192.0.2.1");
    for (int i = 0; i < 8; i++)
        come("192.0.2.2");
    fill(FOR_STRANGERS / 2 - 12);
    half = refusals("192.0.2.2");
    ck_assert_int_eq(half, 0);
    fill(19);
    few = refusals("192.0.2.1");
    more = refusals("192.0.2.2");
    ck_assert_int_gt(few, UINT16_MAX / 10);
    ck_assert_int_gt(more, 3 * few / 2);
    ck_assert_int_lt(more, UINT16_MAX / 2);
    ck_assert_int_eq(refusals("192.0.2.3"), 0);
}
END_TEST

/* When all places of strangers are taken, it is by how many are from there alone, however many more there are for a moment. */
START_TEST(early_refusal_when_full)
{
    int full;

    come("192.0.2.1");
    fill(FOR_STRANGERS - 1);
    full = refusals("192.0.2.1");
    ck_assert_int_eq(full, (UINT16_MAX + 1) / PER_SOURCE);
    fill(10);
    ck_assert_int_eq(refusals("192.0.2.1"), full);
    come("192.0.2.4");
    ck_assert_int_eq(refusals("192.0.2.4"), full);
}
END_TEST

/* So many places of strangers are taken, `there` of them by one source: how many of all chances refuse its next. */
static const struct {
    size_t max, per_source;
    int strangers, there, refusals;
} early[] = {
    { MAX, PER_SOURCE, 37, 8, 0 },
    { MAX, PER_SOURCE, 38, 8, 862 },
    { MAX, PER_SOURCE, 38, 0, 0 },
    { MAX, PER_SOURCE, 38, 1, 107 },
    { MAX, PER_SOURCE, 75, 15, 61440 },
    { MAX, PER_SOURCE, 80, 15, 61440 },
    { MAX, 0, 37, 16, 0 },
    { MAX, 0, 38, 16, 1724 },
    { MAX, 0, 38, 20, 1724 },
    { MAX, 0, 75, 15, 61440 },
    { MAX, 0, 75, 16, UINT16_MAX + 1 },
    { MAX, 0, 75, 30, UINT16_MAX + 1 },
    { MAX, 32, 75, 30, 61440 },
    { 1, 2, 1, 1, 32768 },
    { 2, 2, 2, 1, 32768 },
    { 4, 4, 2, 2, 16384 },
    { 4, 4, 3, 2, 32768 },
};

START_TEST(early_refusal_exactly)
{
    admission_free(&a);
    admission_init(&a, early[_i].max, early[_i].per_source, PER_USER, 7);
    for (int i = 0; i < early[_i].there; i++)
        come("192.0.2.1");
    fill(early[_i].strangers - early[_i].there);
    ck_assert_int_eq(refusals("192.0.2.1"), early[_i].refusals);
}
END_TEST

/* ---- users ---- */

START_TEST(limit_of_a_user)
{
    tally_entry *one = NULL;

    for (int i = 0; i < PER_USER; i++) {
        ck_assert_int_eq(admission_may_join(&a, "alice", 5), 1);
        one = admission_member_comes(&a, "alice", 5);
    }
    ck_assert_int_eq(admission_may_join(&a, "alice", 5), 0);
    ck_assert_int_eq(admission_may_join(&a, "alicf", 5), 1);
    ck_assert_int_eq(admission_may_join(&a, "alic", 4), 1);
    admission_member_leaves(&a, one);
    ck_assert_int_eq(admission_may_join(&a, "alice", 5), 1);
}
END_TEST

START_TEST(no_limits)
{
    admission_free(&a);
    admission_init(&a, MAX, 0, 0, 7);
    for (int i = 0; i < FOR_STRANGERS / 2; i++) {
        ck_assert_int_eq(ask("192.0.2.1", 0), ADMIT);
        come("192.0.2.1");
    }
    for (int i = 0; i < MAX / 4; i++) {
        ck_assert_int_eq(admission_may_join(&a, "alice", 5), 1);
        admission_member_comes(&a, "alice", 5);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("admission");
    TCase *tcase = suite_case(suite, "admission");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, limit_of_a_source, 0, COUNT(sources));
    tcase_add_test(tcase, no_source);
    tcase_add_test(tcase, seeds);
    tcase_add_test(tcase, places_of_strangers);
    tcase_add_test(tcase, places_of_members);
    tcase_add_test(tcase, early_refusal);
    tcase_add_test(tcase, early_refusal_when_full);
    tcase_add_loop_test(tcase, early_refusal_exactly, 0, COUNT(early));
    tcase_add_test(tcase, limit_of_a_user);
    tcase_add_test(tcase, no_limits);
    return run_suite(suite);
}
