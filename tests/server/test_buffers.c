/* SPDX-License-Identifier: ISC */
/* Buffers and the budget they are taken from. Linked with --wrap=malloc. */
#include "buffers.h"

#include "suite.h"

#include <stdlib.h>

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);

enum { SIZE = 1237 }; /* bytes, as nothing else has that are allocated meanwhile */

static int has_memory = 1;
static unsigned allocations;

void *__wrap_malloc(size_t size)
{
    allocations += size == SIZE;
    return has_memory || size != SIZE ? __real_malloc(size) : NULL;
}

START_TEST(budget)
{
    memory_budget b = { .limit = 100 };

    ck_assert_int_eq(memory_take(&b, 60), 1);
    ck_assert_int_eq(memory_take(&b, 41), 0);
    ck_assert_uint_eq(b.used, 60); /* nothing of what was refused */
    ck_assert_int_eq(memory_take(&b, SIZE_MAX), 0);
    ck_assert_int_eq(memory_take(&b, 40), 1);
    ck_assert_int_eq(memory_take(&b, 0), 1);
    ck_assert_int_eq(memory_take(&b, 1), 0);
    memory_give(&b, 99);
    ck_assert_uint_eq(b.used, 1);
    ck_assert_int_eq(memory_take(&b, 99), 1);
    ck_assert_uint_eq(b.used, 100);
}
END_TEST

/* What is given back is kept, up to a few, and taken again before anything new is. */
START_TEST(pool)
{
    enum { TAKEN = BUFFERS_KEPT + 2 };
    memory_budget b = { .limit = TAKEN * SIZE };
    buffer_pool p = { .size = SIZE, .budget = &b };
    uint8_t *taken[TAKEN];

    allocations = 0;
    for (int i = 0; i < TAKEN; i++) {
        taken[i] = buffer_take(&p);
        ck_assert_ptr_nonnull(taken[i]);
        taken[i][SIZE - 1] = 1;
    }
    ck_assert_uint_eq(allocations, TAKEN);
    ck_assert_ptr_null(buffer_take(&p)); /* beyond the budget */
    buffer_give(&p, NULL);
    ck_assert_uint_eq(b.used, TAKEN * SIZE);
    for (int i = 0; i < TAKEN; i++)
        buffer_give(&p, taken[i]);
    ck_assert_uint_eq(b.used, 0); /* what is kept is nobody's */
    ck_assert_uint_eq(p.kept, BUFFERS_KEPT);
    for (int i = BUFFERS_KEPT; i > 0; i--)
        ck_assert_ptr_eq(buffer_take(&p), taken[i - 1]);
    ck_assert_uint_eq(allocations, TAKEN);
    ck_assert_uint_eq(b.used, BUFFERS_KEPT * SIZE);
    for (int i = 0; i < BUFFERS_KEPT; i++)
        buffer_give(&p, taken[i]);
    buffer_pool_free(&p);
    ck_assert_uint_eq(p.kept, 0);
}
END_TEST

START_TEST(pool_without_budget)
{
    buffer_pool p = { .size = 8 };
    uint8_t *buffer = buffer_take(&p);

    ck_assert_ptr_nonnull(buffer);
    buffer_give(&p, buffer);
    ck_assert_ptr_eq(buffer_take(&p), buffer);
    buffer_give(&p, buffer);
    buffer_pool_free(&p);
}
END_TEST

/* What could not be had does not count. */
START_TEST(no_memory)
{
    memory_budget b = { .limit = SIZE };
    buffer_pool p = { .size = SIZE, .budget = &b };

    has_memory = 0;
    ck_assert_ptr_null(buffer_take(&p));
    has_memory = 1;
    ck_assert_uint_eq(b.used, 0);
    buffer_give(&p, buffer_take(&p));
    ck_assert_uint_eq(p.kept, 1);
    buffer_pool_free(&p);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("buffers");
    TCase *tcase = suite_case(suite, "buffers");

    tcase_add_test(tcase, budget);
    tcase_add_test(tcase, pool);
    tcase_add_test(tcase, pool_without_budget);
    tcase_add_test(tcase, no_memory);
    return run_suite(suite);
}
