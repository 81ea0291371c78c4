/* SPDX-License-Identifier: ISC */
#include "check.h"

#include <sidewire/audio/error.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void check(int is_so, const char *what)
{
    if (is_so)
        return;
    fprintf(stderr, "fuzz: not so: %s\n", what);
    abort();
}

void check_number(const char *what, uint64_t seen, uint64_t expected)
{
    if (seen == expected)
        return;
    fprintf(stderr, "fuzz: %s: %" PRIu64 " instead of %" PRIu64 "\n", what, seen, expected);
    abort();
}

void check_result(const char *what, int seen, int expected)
{
    if (seen == expected)
        return;
    fprintf(stderr, "fuzz: %s: %d instead of %d\n", what, seen, expected);
    abort();
}

static void print_bytes(const char *name, const uint8_t *p, size_t len, size_t from)
{
    fprintf(stderr, "  %s, %zu bytes, from %zu:", name, len, from);
    for (size_t i = from; i < len && i < from + 32; i++)
        fprintf(stderr, " %02x", p[i]);
    fputc('\n', stderr);
}

void check_bytes(const char *what, const void *seen, size_t seen_len, const void *expected, size_t expected_len)
{
    const uint8_t *a = seen;
    const uint8_t *b = expected;
    size_t i = 0;

    while (i < seen_len && i < expected_len && a[i] == b[i])
        i++;
    if (i == seen_len && i == expected_len)
        return;
    fprintf(stderr, "fuzz: %s: differs at byte %zu\n", what, i);
    print_bytes("seen", a, seen_len, i);
    print_bytes("expected", b, expected_len, i);
    abort();
}

void check_same_error(const char *what, sw_error seen, sw_error expected)
{
    char text[2][160];

    if (seen.code == expected.code && seen.value == expected.value && seen.limit == expected.limit)
        return;
    sw_audio_error_format(&seen, text[0], sizeof(text[0]));
    sw_audio_error_format(&expected, text[1], sizeof(text[1]));
    fprintf(stderr, "fuzz: %s: error %d (%s) instead of %d (%s)\n", what, seen.code, text[0], expected.code,
            text[1]);
    abort();
}

void check_zero(const char *what, const void *bytes, size_t len)
{
    const uint8_t *p = bytes;

    for (size_t i = 0; i < len; i++) {
        if (p[i] == 0)
            continue;
        fprintf(stderr, "fuzz: %s: byte %zu of %zu is not zero\n", what, i, len);
        abort();
    }
}
