/* SPDX-License-Identifier: ISC */
#include "status_log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void status_log_start(status_log *log, sw_status_form form, const sw_status_table *table)
{
    memset(log, 0, sizeof(*log));
    memset(&log->reader, 0xa5, sizeof(log->reader)); /* init sets all of it */
    ck_assert_int_eq(sw_status_reader_init(&log->reader, form, table), SW_OK);
}

static void add(status_log *log, const void *data, size_t len)
{
    ck_assert_uint_lt(len, sizeof(log->text) - log->len);
    if (len > 0)
        memcpy(log->text + log->len, data, len);
    log->len += len;
}

static void add_slice(status_log *log, const sw_status_slice *slice)
{
    char text[100];
    int n;

    if (slice->offset != log->offset || (slice->len == 0 && !slice->last) ||
        slice->offset + slice->len > slice->size || (slice->last && slice->offset + slice->len != slice->size))
        ck_abort_msg("slice at %" PRIu64 " of %zu bytes, last %d, of %" PRIu64 "; %" PRIu64 " came before",
                     slice->offset, slice->len, slice->last, slice->size, log->offset);
    add(log, slice->data, slice->len);
    log->offset = slice->last ? 0 : log->offset + slice->len;
    if (!slice->last)
        return;
    n = snprintf(text, sizeof(text), " = %d %s %" PRIu64 "\n", slice->number,
                 slice->name != NULL ? slice->name : "?", slice->size);
    add(log, text, (size_t)n);
}

/* One call; returns how much it took. */
static size_t step(status_log *log, const uint8_t *in, size_t len)
{
    size_t used = SIZE_MAX;
    sw_status_slice slice;
    int result = sw_status_reader_next(&log->reader, in, len, &used, &slice);

    if (result > 1 || used > len)
        ck_abort_msg("result %d, %zu of %zu bytes used", result, used, len);
    if (result == 0 && used != len)
        ck_abort_msg("more is needed, but %zu of %zu bytes were taken", used, len);
    if (result == 1) {
        const uint8_t *end = slice.data + slice.len + slice.last;
        if (used == 0 || end != in + used || (slice.last && end[-1] != '\n'))
            ck_abort_msg("slice does not end where the used bytes do");
        add_slice(log, &slice);
    }
    log->result = result;
    log->taken += used;
    return used;
}

void status_log_feed(status_log *log, const void *piece, size_t len)
{
    uint8_t *in = exact_copy(piece, len);
    size_t pos = 0;

    do
        pos += step(log, in + pos, len - pos);
    while (pos < len && log->result >= 0);
    if (len > 0 && memcmp(in, piece, len) != 0)
        ck_abort_msg("the input was touched");
    free(in);
}

void status_log_feed_cut(status_log *log, const char *text, size_t len, size_t a, size_t b)
{
    status_log_feed(log, text, a);
    if (log->result >= 0)
        status_log_feed(log, text + a, b - a);
    if (log->result >= 0)
        status_log_feed(log, text + b, len - b);
}

void status_log_check(const char *what, const status_log *log, const char *expected, size_t len)
{
    if (log->len != len || memcmp(log->text, expected, len) != 0)
        ck_abort_msg("%s: read '%.*s', expected '%.*s'", what, (int)log->len, log->text, (int)len, expected);
}
