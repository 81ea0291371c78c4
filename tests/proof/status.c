/* SPDX-License-Identifier: ISC */
/* Status items: the reader under any sequence of calls, the writer, and the values. */
#include "any.h"

#include <sidewire/audio/status.h>

enum { SIZE = 70000, SMALL = 1 };

static uint8_t bytes[SIZE], out[SIZE];
static const sw_status_item items[] = { { 5, "five" }, { 7, "a" }, { 9, "0123456789012345678901234567890" } };
static const sw_status_table table = { items, 3 };

/* Input of a byte, of none, or that is not there. */
static void next(sw_status_reader *reader)
{
    sw_status_slice slice;
    size_t used, len = any_size(SMALL);
    int result;

    any_bytes(bytes, SIZE);
    /*@ split len; */
    result = sw_status_reader_next(reader, bytes + (SIZE - len), len, &used, &slice);
    if (result == 1) {
        /*@ assert slice.len == 0 || \valid_read(slice.data + (0 .. slice.len - 1)); */
        /*@ assert slice.name == \null || valid_read_string(slice.name); */
    }
    /*@ merge len; */
    sw_status_reader_next(any_int ? reader : NULL, NULL, any_int ? 1 : 0, any_int ? &used : NULL, &slice);
}

static void read_all(sw_status_form form, const sw_status_table *known)
{
    sw_status_reader reader;

    if (sw_status_reader_init(any_int ? &reader : NULL, form, known) < 0)
        return;
    /* within a name, what came of it has room; needs -eva-interprocedural-splits */
    /*@ dynamic_split reader.state; */
    /*@ loop unroll 0; */
    while (any_int) {
        /*@ slevel merge; */
        next(&reader);
        (void)sw_status_reader_error(any_int ? &reader : NULL);
        if (any_int)
            (void)sw_status_reader_end(any_int ? &reader : NULL);
    }
}

void prove_status_parser(void)
{
    read_all(SW_STATUS_PARSER, any_int ? &table : NULL);
    read_all((sw_status_form)any_int, NULL);
}

void prove_status_human(void)
{
    read_all(SW_STATUS_HUMAN, any_int ? &table : NULL);
}

void prove_status_writer(void)
{
    sw_error error;
    const sw_status_item *item = any_int ? &items[0] : any_int ? &items[2] : NULL;
    size_t n = any_size(3), cap = any_size(12), len;

    any_bytes(bytes, SIZE);
    sw_status_write((sw_status_form)any_int, item, any_int ? bytes : NULL, any_size(SIZE), NULL, any_size(SIZE),
                    any_int ? &len : NULL, any_int ? &error : NULL);
    /*@ split n; */
    /*@ split cap; */
    sw_status_write((sw_status_form)any_int, item, bytes + (SIZE - n), n, out + (SIZE - cap), cap, &len, &error);
}

void prove_status_values(void)
{
    char text[SW_STATUS_TIME_MAX + 1], *end = text + sizeof(text);
    sw_status_time time;
    sw_status_state state;
    sw_error error;
    unsigned flags;
    size_t len = any_size(SW_STATUS_TIME_MAX);

    any_bytes(text, sizeof(text));
    any_bytes(&time, sizeof(time));
    /*@ split len; */
    switch (any_int) {
    case 0: sw_status_time_format(any_int ? &time : NULL, any_int, any_int ? end - len : NULL, len); break;
    case 1: sw_status_time_parse(end - len, len, any_int ? &time : NULL, any_int ? &error : NULL); break;
    case 2: sw_status_state_parse(end - len, len, any_int ? &state : NULL, any_int ? &error : NULL); break;
    case 3: sw_status_flags_parse(end - len, len, any_int ? &flags : NULL, any_int ? &error : NULL); break;
    case 4: sw_status_flags_format(any_unsigned, any_int ? end - (SW_STATUS_FLAGS_TEXT_SIZE + 1) : NULL); break;
    case 5: (void)sw_status_state_text((sw_status_state)any_int); break;
    default: sw_status_table_check(any_int ? &sw_status_items : any_int ? &table : NULL, any_int ? &error : NULL);
    }
}
