/* SPDX-License-Identifier: ISC */
/* Incremental reader of status items in either form [protocol, section 10]. */
#include "status_internal.h"

#include <string.h>

#include "../error_internal.h"

/* BEHIND_NAME: human form, behind the colon. In a head, `seen` tells where. */
enum { IN_HEAD, BEHIND_NAME, IN_VALUE };

/* Where the fields of `LLLL II:` end, and what LLLL counts beside the value: `II:` and LF. */
enum { LENGTH_END = 4, NUMBER_START = 5, NUMBER_END = 7, OVERHEAD = 4 };

static int reader_fail(sw_status_reader *reader, int code, uint64_t value, uint64_t limit)
{
    return swi_error_set(&reader->error, code, value, limit);
}

int sw_status_reader_init(sw_status_reader *reader, sw_status_form form, const sw_status_table *table)
{
    if (reader == NULL)
        return SW_E_NULL;
    memset(reader, 0, sizeof(*reader));
    reader->form = (uint8_t)form;
    reader->table = table;
    reader->name_max = table == NULL ? SW_STATUS_NAME_MAX : 0;
    if (form != SW_STATUS_HUMAN && form != SW_STATUS_PARSER)
        return reader_fail(reader, SW_E_CONFIG, 0, 0);
    if (table != NULL && sw_status_table_check(table, &reader->error) < 0)
        return reader->error.code;
    for (size_t i = 0; table != NULL && i < table->count; i++) {
        size_t n = strlen(table->items[i].name);
        if (n > reader->name_max)
            reader->name_max = (uint8_t)n;
    }
    return SW_OK;
}

/* ---- heads, byte by byte: each returns SW_OK or the error that the byte is ---- */

static int expect(sw_status_reader *reader, uint8_t byte, uint8_t expected, int code)
{
    return byte == expected ? SW_OK : reader_fail(reader, code, byte, expected);
}

/* Digit number `place` of a field, counted from 1. */
static int take_digit(sw_status_reader *reader, uint8_t byte, unsigned place, uint32_t *field, int code)
{
    unsigned lower = byte | 0x20u;
    unsigned digit;

    if (byte >= '0' && byte <= '9')
        digit = byte - (unsigned)'0';
    else if (lower >= 'a' && lower <= 'f')
        digit = lower - 'a' + 10;
    else
        return reader_fail(reader, code, byte, place);
    *field = (place == 1 ? 0 : *field << 4) | digit;
    return SW_OK;
}

static int take_length(sw_status_reader *reader, uint8_t byte, unsigned place)
{
    int result = take_digit(reader, byte, place, &reader->size, SW_E_STATUS_LENGTH);

    if (result < 0 || place < LENGTH_END)
        return result;
    if (reader->size < OVERHEAD)
        return reader_fail(reader, SW_E_STATUS_SHORT, reader->size, OVERHEAD);
    reader->size -= OVERHEAD;
    return SW_OK;
}

static int take_number(sw_status_reader *reader, uint8_t byte, unsigned place)
{
    int result = take_digit(reader, byte, place, &reader->number, SW_E_STATUS_NUMBER);

    if (result < 0 || place < NUMBER_END - NUMBER_START || reader->table == NULL)
        return result;
    reader->item = swi_status_find_number(reader->table, reader->number);
    if (reader->item == NULL)
        return reader_fail(reader, SW_E_STATUS_UNKNOWN, reader->number, reader->table->count);
    return SW_OK;
}

static int parser_byte(sw_status_reader *reader, uint8_t byte)
{
    unsigned at = (unsigned)reader->seen;

    if (at < LENGTH_END)
        return take_length(reader, byte, at + 1);
    if (at < NUMBER_START)
        return expect(reader, byte, ' ', SW_E_STATUS_BLANK);
    if (at < NUMBER_END)
        return take_number(reader, byte, at - NUMBER_START + 1);
    reader->state = IN_VALUE;
    return expect(reader, byte, ':', SW_E_STATUS_COLON);
}

/* The colon behind a name of `len` bytes has come. */
static int end_name(sw_status_reader *reader, size_t len)
{
    if (reader->table != NULL)
        reader->item = swi_status_find_name(reader->table, reader->name, len);
    if (len == 0 || (reader->table != NULL && reader->item == NULL))
        return reader_fail(reader, SW_E_STATUS_NAME, len, 0);
    return SW_OK;
}

static int human_byte(sw_status_reader *reader, uint8_t byte)
{
    size_t len = (size_t)reader->seen;

    if (reader->state == BEHIND_NAME) {
        reader->state = IN_VALUE;
        return expect(reader, byte, ' ', SW_E_STATUS_BLANK);
    }
    if (byte == ':') {
        reader->state = BEHIND_NAME;
        return end_name(reader, len);
    }
    if (byte <= ' ' || byte > '~') /* no byte of a name: it has ended without its colon */
        return reader_fail(reader, SW_E_STATUS_COLON, byte, ':');
    if (len >= reader->name_max)
        return reader_fail(reader, SW_E_STATUS_NAME_SIZE, len + 1, reader->name_max);
    reader->name[len] = (char)byte;
    reader->name[len + 1] = '\0';
    return SW_OK;
}

/* Takes what there is of a head. */
static int read_head(sw_status_reader *reader, const uint8_t *in, size_t len, size_t *used)
{
    int result = SW_OK;

    while (*used < len && reader->state != IN_VALUE) {
        if (reader->state == BEHIND_NAME && in[*used] == '\n') {
            reader->state = IN_VALUE; /* an empty one; its LF is still to come */
            break;
        }
        result = reader->form == SW_STATUS_HUMAN ? human_byte(reader, in[*used]) : parser_byte(reader, in[*used]);
        if (result < 0)
            break;
        reader->seen++;
        ++*used;
    }
    return result;
}

/* ---- values ---- */

/* How many bytes of in[0..len), len > 0, are of the value. *last: and the LF is behind them. */
static size_t value_bytes(const sw_status_reader *reader, const uint8_t *in, size_t len, int *last)
{
    const uint8_t *lf;
    uint32_t left;
    size_t n;

    if (reader->form == SW_STATUS_HUMAN) {
        lf = memchr(in, '\n', len);
        *last = lf != NULL;
        return lf != NULL ? (size_t)(lf - in) : len;
    }
    left = reader->size - (uint32_t)reader->offset;
    n = left < len ? left : len;
    *last = n < len && in[n] == '\n';
    return n;
}

static void fill_slice(const sw_status_reader *reader, sw_status_slice *slice, const uint8_t *data, size_t n,
                       int last)
{
    int human = reader->form == SW_STATUS_HUMAN;

    if (reader->item != NULL) {
        slice->name = reader->item->name;
        slice->number = reader->item->number;
    } else {
        slice->name = human ? reader->name : NULL;
        slice->number = human ? -1 : (int)reader->number;
    }
    slice->last = last;
    slice->size = human ? reader->offset + n : reader->size;
    slice->offset = reader->offset;
    slice->len = n;
    slice->data = data;
}

static int read_value(sw_status_reader *reader, const uint8_t *in, size_t len, size_t *used,
                      sw_status_slice *slice)
{
    int last;
    size_t n;

    if (len == 0)
        return 0;
    n = value_bytes(reader, in, len, &last);
    if (n == 0 && !last)
        return reader_fail(reader, SW_E_STATUS_END, in[0], '\n');
    fill_slice(reader, slice, in, n, last);
    *used += n + (size_t)last;
    reader->offset += n;
    reader->seen += n;
    if (last) {
        reader->state = IN_HEAD;
        reader->seen = reader->offset = 0;
    }
    return 1;
}

int sw_status_reader_next(sw_status_reader *reader, const uint8_t *in, size_t len, size_t *used,
                          sw_status_slice *slice)
{
    int result;

    if (used != NULL)
        *used = 0;
    if (reader == NULL)
        return SW_E_NULL;
    if (reader->error.code < 0)
        return reader->error.code;
    if (used == NULL || slice == NULL || (in == NULL && len > 0))
        return reader_fail(reader, SW_E_NULL, 0, 0);
    if (len == 0)
        return 0;
    result = read_head(reader, in, len, used);
    if (result < 0 || reader->state != IN_VALUE)
        return result;
    return read_value(reader, in + *used, len - *used, used, slice);
}

int sw_status_reader_end(sw_status_reader *reader)
{
    if (reader == NULL)
        return SW_E_NULL;
    if (reader->error.code == SW_OK && reader->seen > 0)
        reader_fail(reader, SW_E_STATUS_TRUNCATED, reader->seen, 0);
    return reader->error.code;
}

sw_error sw_status_reader_error(const sw_status_reader *reader)
{
    return swi_error_of(reader == NULL ? NULL : &reader->error);
}
