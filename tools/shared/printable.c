/* SPDX-License-Identifier: ISC */
#include "printable.h"

#include "utf8.h"

#include <langinfo.h>
#include <string.h>

enum { ZERO_WIDTH_NON_JOINER = 0x200c, ZERO_WIDTH_JOINER = 0x200d, BEHIND_LATIN = 0x590 };

int printable_locale_is_ascii(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
}

int printable_is_hidden(uint32_t code)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
#include "hidden_ranges.h"
    };
    size_t low = 0;
    size_t high = sizeof(ranges) / sizeof(ranges[0]);

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (code > ranges[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    return low == sizeof(ranges) / sizeof(ranges[0]) || code >= ranges[low].first;
}

static size_t escape(const printable *state, uint8_t byte, char *out)
{
    static const char digits[] = "0123456789abcdef";
    const char *letter = state->one_line && byte != 0 ? strchr("\nn\rr\tt\\\\", byte) : NULL;

    out[0] = '\\';
    if (letter != NULL) {
        out[1] = letter[1];
        return 2;
    }
    out[1] = 'x';
    out[2] = digits[byte >> 4];
    out[3] = digits[byte & 15];
    return 4;
}

static size_t escape_partial(printable *state, char *out)
{
    size_t len = 0;

    for (size_t i = 0; i < state->have; i++)
        len += escape(state, state->partial[i], out + len);
    state->have = 0;
    state->joins = 0;
    return len;
}

size_t printable_end(printable *state, char out[PRINTABLE_MAX])
{
    size_t len = escape_partial(state, out);

    state->joins = 0;
    return len;
}

static int passes(const printable *state, uint32_t code)
{
    if (code == ZERO_WIDTH_NON_JOINER || code == ZERO_WIDTH_JOINER)
        return state->joins;
    return !printable_is_hidden(code);
}

/* The sequence in `partial`, which this byte made longer. */
static size_t take_sequence(printable *state, char *out)
{
    uint32_t code;
    size_t len = state->have;
    int n = utf8_sequence(state->partial, len, &code);

    if (n == 0)
        return 0;
    if (n < 0 || !passes(state, code))
        return escape_partial(state, out);
    memcpy(out, state->partial, len);
    state->have = 0;
    state->joins = code >= BEHIND_LATIN && code != ZERO_WIDTH_NON_JOINER && code != ZERO_WIDTH_JOINER;
    return len;
}

static int is_plain(const printable *state, uint8_t byte)
{
    if (byte == '\n' || byte == '\t' || byte == '\\')
        return !state->one_line;
    return byte >= 0x20 && byte < 0x7f;
}

size_t printable_byte(printable *state, uint8_t byte, char out[PRINTABLE_MAX])
{
    int continues = byte >= 0x80 && byte < 0xc0;
    size_t len = state->have > 0 && !continues ? escape_partial(state, out) : 0;

    if (byte >= 0x80 && !state->ascii_only) {
        state->partial[state->have++] = byte;
        return len + take_sequence(state, out + len);
    }
    state->joins = 0;
    if (!is_plain(state, byte))
        return len + escape(state, byte, out + len);
    out[len] = (char)byte;
    return len + 1;
}
