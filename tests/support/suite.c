/* SPDX-License-Identifier: ISC */
#include "suite.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { TEST_SECONDS = 120 };

static int run_with(Suite *suite, enum fork_status fork_status)
{
    SRunner *runner = srunner_create(suite);
    int run, failed;

    srunner_set_fork_status(runner, fork_status);
    srunner_run_all(runner, CK_NORMAL);
    run = srunner_ntests_run(runner);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed > 0 || run == 0;
}

int run_suite(Suite *suite)
{
    return run_with(suite, CK_FORK_GETENV);
}

int run_suite_apart(Suite *suite)
{
    return run_with(suite, CK_FORK);
}

TCase *suite_case(Suite *suite, const char *name)
{
    TCase *tcase = tcase_create(name);

    tcase_set_timeout(tcase, TEST_SECONDS);
    suite_add_tcase(suite, tcase);
    return tcase;
}

uint8_t *exact_copy(const void *data, size_t len)
{
    uint8_t *copy = malloc(len);

    if (copy == NULL && len > 0)
        ck_abort_msg("no memory");
    if (len > 0)
        memcpy(copy, data, len);
    return copy;
}

int holds_bytes(const void *whole, size_t len, const void *part, size_t part_len)
{
    const uint8_t *bytes = whole, *end = bytes + len;
    int first = *(const uint8_t *)part;

    for (; (bytes = memchr(bytes, first, (size_t)(end - bytes))) != NULL; bytes++) {
        if ((size_t)(end - bytes) < part_len)
            return 0;
        if (memcmp(bytes, part, part_len) == 0)
            return 1;
    }
    return 0;
}

void check_error(const char *what, sw_error error, int code, uint64_t value, uint64_t limit)
{
    if (error.code != code || error.value != value || error.limit != limit)
        ck_abort_msg("%s: error %d, value %" PRIu64 ", limit %" PRIu64 "; expected %d, %" PRIu64 ", %" PRIu64,
                     what, error.code, error.value, error.limit, code, value, limit);
}
