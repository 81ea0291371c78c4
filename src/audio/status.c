/* SPDX-License-Identifier: ISC */
/* Writer of status items, and the values that have a form of their own [protocol, section 10]. */
#include <sidewire/audio/status.h>

#include <string.h>

#include "../error_internal.h"
#include "../text.h"

/* ---- writer ---- */

/* `LLLL II:`, and what LLLL counts beside the value: `II:` and LF. */
enum { PARSER_HEAD_SIZE = 8, PARSER_OVERHEAD = 4 };

static void write_hex(uint8_t *out, unsigned digits, unsigned number)
{
    for (; digits > 0; number >>= 4)
        out[--digits] = (uint8_t) "0123456789abcdef"[number & 15];
}

static void write_parser_head(uint8_t *out, unsigned number, size_t value_len)
{
    write_hex(out, 4, (unsigned)value_len + PARSER_OVERHEAD);
    out[4] = ' ';
    write_hex(out + 5, 2, number);
    out[7] = ':';
}

/* Without a value the line feed will be where the blank is. */
static void write_human_head(uint8_t *out, const char *name)
{
    size_t n = strlen(name);

    memcpy(out, name, n); /* bugprone-not-null-terminated-result: it is no string */
    out[n] = ':';
    out[n + 1] = ' ';
}

int sw_status_write(sw_status_form form, const sw_status_item *item, const void *value, size_t value_len,
                    uint8_t *out, size_t cap, size_t *len, sw_error *error)
{
    const sw_status_table table = { item, 1 };
    const char *lf;
    size_t head = PARSER_HEAD_SIZE;
    int result = sw_status_table_check(&table, error);

    if (len != NULL)
        *len = 0;
    if (len == NULL || (value == NULL && value_len > 0) || (out == NULL && cap > 0))
        result = SW_E_NULL;
    else if (result == SW_OK && form != SW_STATUS_HUMAN && form != SW_STATUS_PARSER)
        result = SW_E_CONFIG;
    if (result < 0)
        return swi_error_set(error, result, 0, 0);
    if (value_len > SW_STATUS_VALUE_MAX)
        return swi_error_set(error, SW_E_STATUS_SIZE, value_len, SW_STATUS_VALUE_MAX);
    if (form == SW_STATUS_HUMAN) {
        lf = value_len > 0 ? memchr(value, '\n', value_len) : NULL;
        if (lf != NULL)
            return swi_error_set(error, SW_E_STATUS_LINE, (uint64_t)(lf - (const char *)value), value_len);
        head = strlen(item->name) + 1 + (value_len > 0);
    }
    if (cap < head + value_len + 1)
        return swi_error_set(error, SW_E_SPACE, cap, head + value_len + 1);
    if (value_len > 0)
        /* first: it may lie where the head goes; core.NonNullParamChecker: cap is not 0 */
        memmove(out + head, value, value_len);
    if (form == SW_STATUS_HUMAN)
        write_human_head(out, item->name);
    else
        write_parser_head(out, item->number, value_len);
    out[head + value_len] = '\n';
    *len = head + value_len + 1;
    return swi_error_set(error, SW_OK, 0, 0);
}

/* ---- values ---- */

static const char *const state_texts[] = { "stopped", "paused", "playing" };
enum { STATE_COUNT = sizeof(state_texts) / sizeof(state_texts[0]) };

const char *sw_status_state_text(sw_status_state state)
{
    return (unsigned)state < STATE_COUNT ? state_texts[state] : NULL;
}

int sw_status_state_parse(const char *text, size_t len, sw_status_state *state, sw_error *error)
{
    size_t most = 0;

    if (state == NULL || (text == NULL && len > 0))
        return swi_error_set(error, SW_E_NULL, 0, 0);
    for (unsigned i = 0; i < STATE_COUNT; i++) {
        const char *known = state_texts[i];
        size_t n = 0;
        while (n < len && known[n] != '\0' && text[n] == known[n])
            n++;
        if (n == len && known[n] == '\0') {
            *state = (sw_status_state)i;
            return swi_error_set(error, SW_OK, 0, 0);
        }
        most = n > most ? n : most;
    }
    return swi_error_set(error, SW_E_STATUS_VALUE, most, len);
}

static const char flag_chars[] = "PONR"; /* from memory [M]; in the order of the flags' bits */

void sw_status_flags_format(unsigned flags, char *out)
{
    if (out == NULL)
        return;
    for (unsigned i = 0; i < SW_STATUS_FLAGS_TEXT_SIZE; i++)
        out[i] = flags >> i & 1 ? flag_chars[i] : ' ';
    out[SW_STATUS_FLAGS_TEXT_SIZE] = '\0';
}

int sw_status_flags_parse(const char *text, size_t len, unsigned *flags, sw_error *error)
{
    unsigned set = 0;
    size_t i = 0;

    if (flags == NULL || (text == NULL && len > 0))
        return swi_error_set(error, SW_E_NULL, 0, 0);
    for (; i < len && i < SW_STATUS_FLAGS_TEXT_SIZE; i++) {
        if (text[i] == flag_chars[i])
            set |= 1u << i;
        else if (text[i] != ' ')
            break;
    }
    if (i != SW_STATUS_FLAGS_TEXT_SIZE || i != len)
        return swi_error_set(error, SW_E_STATUS_VALUE, i, len);
    *flags = set;
    return swi_error_set(error, SW_OK, 0, 0);
}

enum { MICROSECONDS = 1000000, MICROSECOND_DIGITS = 6 };

size_t sw_status_time_format(const sw_status_time *time, int padded, char *out, size_t cap)
{
    char bytes[SW_STATUS_TIME_MAX];
    swi_text text = { bytes, sizeof(bytes), 0 };

    if (time == NULL || out == NULL || time->microseconds >= MICROSECONDS)
        return 0;
    swi_text_number(&text, time->seconds, 1);
    swi_text_put(&text, ".", 1);
    swi_text_number(&text, time->microseconds, padded ? MICROSECOND_DIGITS : 1);
    if (text.len > cap)
        return 0;
    memcpy(out, bytes, text.len);
    return text.len;
}

/* Takes the decimal number at text[at], of at most `digits` digits, and moves on behind it, or to the first
 * byte that is not of a number of 64 bits. Returns whether there is one. */
static int take_number(const char *text, size_t len, size_t *at, size_t digits, uint64_t *number)
{
    size_t start = *at;

    for (*number = 0; *at < len && text[*at] >= '0' && text[*at] <= '9'; ++*at) {
        uint64_t digit = (uint64_t)(text[*at] - '0');
        if (*at - start == digits || *number > (UINT64_MAX - digit) / 10)
            break;
        *number = *number * 10 + digit;
    }
    return *at > start;
}

int sw_status_time_parse(const char *text, size_t len, sw_status_time *time, sw_error *error)
{
    uint64_t seconds, microseconds = 0;
    size_t at = 0;

    if (time == NULL || (text == NULL && len > 0))
        return swi_error_set(error, SW_E_NULL, 0, 0);
    if (!take_number(text, len, &at, SIZE_MAX, &seconds) || at == len || text[at] != '.')
        return swi_error_set(error, SW_E_STATUS_VALUE, at, len);
    at++;
    if (!take_number(text, len, &at, MICROSECOND_DIGITS, &microseconds) || at < len)
        return swi_error_set(error, SW_E_STATUS_VALUE, at, len);
    time->seconds = seconds;
    time->microseconds = (uint32_t)microseconds;
    return swi_error_set(error, SW_OK, 0, 0);
}
