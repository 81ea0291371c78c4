/* SPDX-License-Identifier: ISC */
/* Status items: however a stream is cut, the same items or the same error come out of it, and what
 * was read, written again, reads the same. Input: status_choices, then items of either form. */
#include <sidewire/audio/status.h>

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "choices.h"
#include "trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A numbering that is not ours, of names that begin alike. */
static const sw_status_item other_items[] = { { 0xfe, "status" }, { 0x02, "stat" }, { 0x1a, "~" } };
static const sw_status_table other = { other_items, 3 };
static const sw_status_table *const tables[] = { &sw_status_items, &other, NULL };
enum { TABLE_COUNT = sizeof(tables) / sizeof(tables[0]) };

/* One way through the stream. */
typedef struct run {
    sw_status_form form;
    const sw_status_table *table;
    sw_status_reader reader;
    trace items; /* number, name, size and value of each */
    trace value; /* of the item under way */
    size_t used;
    size_t item_start; /* in the stream */
    int result;
} run;

static void run_start(run *r, const status_choices *choices)
{
    memset(r, 0, sizeof(*r));
    r->form = choices->form & 1 ? SW_STATUS_PARSER : SW_STATUS_HUMAN;
    r->table = tables[choices->table % TABLE_COUNT];
    check_result("init", sw_status_reader_init(&r->reader, r->form, r->table), SW_OK);
}

static void run_free(run *r)
{
    trace_free(&r->items);
    trace_free(&r->value);
}

/* ---- values ---- */

static void check_values(const char *text, size_t len)
{
    char out[SW_STATUS_TIME_MAX];
    char flags_text[SW_STATUS_FLAGS_TEXT_SIZE + 1];
    sw_status_state state;
    unsigned flags;
    sw_status_time time, again;

    if (sw_status_state_parse(text, len, &state, NULL) == SW_OK) {
        const char *known = sw_status_state_text(state);
        check_bytes("state", known, strlen(known), text, len);
    }
    if (sw_status_flags_parse(text, len, &flags, NULL) == SW_OK) {
        sw_status_flags_format(flags, flags_text);
        check_bytes("flags", flags_text, strlen(flags_text), text, len);
    }
    if (sw_status_time_parse(text, len, &time, NULL) != SW_OK)
        return;
    for (int padded = 0; padded <= 1; padded++) {
        size_t n = sw_status_time_format(&time, padded, out, sizeof(out));
        check(n > 0, "what was read as a time can be written");
        check_result("time", sw_status_time_parse(out, n, &again, NULL), SW_OK);
        check_number("seconds", again.seconds, time.seconds);
        check_number("microseconds", again.microseconds, time.microseconds);
    }
}

/* ---- items ---- */

static void read_again(const run *r, const sw_status_slice *slice, const uint8_t *item, size_t len)
{
    sw_status_reader reader;
    sw_status_slice again;
    size_t used;

    check_result("init", sw_status_reader_init(&reader, r->form, r->table), SW_OK);
    check_result("item again", sw_status_reader_next(&reader, item, len, &used, &again), 1);
    check_number("bytes of it", used, len);
    check(again.last, "an item that is whole in the input is one slice");
    if (slice->name != NULL)
        check_bytes("name", again.name, strlen(again.name), slice->name, strlen(slice->name));
    check_number("number", (uint64_t)again.number, (uint64_t)slice->number);
    check_number("size", again.size, slice->size);
    check_bytes("value", again.data, again.len, r->value.data, r->value.len);
    check_result("end", sw_status_reader_end(&reader), SW_OK);
}

/* Writes a whole item to exactly the room needed, and to one byte less. */
static void write_again(const run *r, const sw_status_slice *slice, size_t item_len)
{
    const sw_status_item item = { slice->number < 0 ? 0 : (uint8_t)slice->number,
                                  slice->name != NULL ? slice->name : "unknown" };
    const uint8_t *value = r->value.len > 0 ? r->value.data : NULL;
    uint8_t *out = exact_block(item_len);
    size_t len, none;
    sw_error error;
    int result = sw_status_write(r->form, &item, value, r->value.len, out, item_len, &len, &error);

    check_result("code", error.code, result);
    if (r->value.len > SW_STATUS_VALUE_MAX) {
        check_result("write", result, SW_E_STATUS_SIZE);
    } else {
        check_result("write", result, SW_OK);
        /* people's form: the blank in front of an empty value is not written */
        check(len == item_len || (r->value.len == 0 && r->form == SW_STATUS_HUMAN),
              "an item is written as long as it was read");
        read_again(r, slice, out, len);
        check_result("write", sw_status_write(r->form, &item, value, r->value.len, out, len - 1, &none, &error),
                     SW_E_SPACE);
        check_number("room needed", error.limit, len);
    }
    free(out);
}

static void take_slice(run *r, const sw_status_slice *slice, size_t end)
{
    check_number("offset", slice->offset, r->value.len);
    check(slice->last || slice->len > 0, "only a last slice is empty");
    trace_add(&r->value, slice->data, slice->len);
    check(slice->size >= r->value.len, "a slice lies within its value");
    if (!slice->last)
        return;
    check_number("size", slice->size, r->value.len);
    check((slice->name == NULL) == (r->table == NULL && r->form == SW_STATUS_PARSER), "an item has a name");
    check((slice->number < 0) == (r->table == NULL && r->form == SW_STATUS_HUMAN), "an item has a number");
    trace_note(&r->items, 'n', (uint64_t)slice->number);
    if (slice->name != NULL)
        trace_add(&r->items, slice->name, strlen(slice->name));
    trace_note(&r->items, 's', slice->size);
    trace_add(&r->items, r->value.data, r->value.len);
    write_again(r, slice, end - r->item_start);
    check_values(r->value.len > 0 ? (const char *)r->value.data : "", r->value.len);
    trace_free(&r->value);
    r->item_start = end;
}

/* ---- ways through a stream ---- */

/* Feeds text[0..len), of which the reader takes what it likes. */
static void feed(run *r, const uint8_t *text, size_t len)
{
    size_t at = 0;
    uint8_t *in = exact_copy(text, len);

    do {
        size_t used = 0;
        sw_status_slice slice;
        r->result = sw_status_reader_next(&r->reader, in + at, len - at, &used, &slice);
        check(used <= len - at, "no more is taken than there is");
        at += used;
        if (r->result > 0) {
            check(used > 0 && slice.data + slice.len + slice.last == in + at,
                  "a slice ends where the bytes taken do");
            take_slice(r, &slice, r->used + at);
        } else if (r->result == 0) {
            check_number("bytes taken when more is needed", at, len);
        }
    } while (r->result >= 0 && at < len);
    free(in);
    r->used += at;
}

static void check_failed(run *r)
{
    sw_error error = sw_status_reader_error(&r->reader);
    size_t used = 9;
    sw_status_slice slice;

    check(error.code <= SW_E_STATUS_LENGTH && error.code >= SW_E_STATUS_TRUNCATED, "only the peer does wrong");
    check_result("result", r->result, error.code);
    check_result("second result", sw_status_reader_next(&r->reader, NULL, 0, &used, &slice), r->result);
    check_number("bytes taken after an error", used, 0);
}

/* By `sizes`; NULL: whole. */
static void read_stream(run *r, const uint8_t *text, size_t len, const uint8_t *sizes)
{
    cutter cut = { sizes, 0 };

    while (r->result >= 0 && r->used < len)
        feed(r, text + r->used, cutter_next(&cut, len - r->used));
    if (r->result < 0)
        check_failed(r);
    r->result = sw_status_reader_end(&r->reader);
    check_result("end", r->result == SW_OK, r->item_start == len);
}

static void compare(const run *r, const run *whole)
{
    check_result("result", r->result, whole->result);
    check_number("bytes taken", r->used, whole->used);
    check_same_error("error", sw_status_reader_error(&r->reader), sw_status_reader_error(&whole->reader));
    check_bytes("items", r->items.data, r->items.len, whole->items.data, whole->items.len);
    check_bytes("value", r->value.data, r->value.len, whole->value.data, whole->value.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t ones[CHOICES_CUTS] = { 1, 1, 1, 1, 1, 1 };
    status_choices choices;
    const uint8_t *text = choices_read(&choices, sizeof(choices), data, &size);
    run whole, cut, bytewise;

    run_start(&whole, &choices);
    run_start(&cut, &choices);
    run_start(&bytewise, &choices);
    read_stream(&whole, text, size, NULL);
    read_stream(&cut, text, size, choices.cuts);
    read_stream(&bytewise, text, size, ones);
    compare(&cut, &whole);
    compare(&bytewise, &whole);
    run_free(&whole);
    run_free(&cut);
    run_free(&bytewise);
    return 0;
}
