#include "printable.h"

#include <string.h>

static size_t escape(uint8_t byte, char *out)
{
    static const char digits[] = "0123456789abcdef";

    out[0] = '\\';
    out[1] = 'x';
    out[2] = digits[byte >> 4];
    out[3] = digits[byte & 15];
    return 4;
}

/* Length of the sequence that a byte begins; 0 if it begins none. */
static uint8_t sequence_length(uint8_t byte)
{
    if (byte >= 0xc2 && byte <= 0xdf)
        return 2;
    if (byte >= 0xe0 && byte <= 0xef)
        return 3;
    return byte >= 0xf0 && byte <= 0xf4 ? 4 : 0;
}

static int continues(const printable *state, uint8_t byte)
{
    uint8_t low = 0x80;
    uint8_t high = 0xbf;

    if (state->have == 1) {
        switch (state->partial[0]) {
        case 0xe0: low = 0xa0; break;     /* below: overlong */
        case 0xed: high = 0x9f; break;    /* above: surrogates */
        case 0xf0: low = 0x90; break;     /* below: overlong */
        case 0xf4: high = 0x8f; break;    /* above: beyond Unicode */
        default: break;
        }
    }
    return byte >= low && byte <= high;
}

/* Not all invisible ones: ZWNJ and ZWJ (U+200C, U+200D) belong to how Persian and emoji are spelt, and
 * variation selectors only choose between pictures. */
int printable_is_hidden(uint32_t code)
{
    static const struct { uint32_t first, last; } ranges[] = {
        { 0x00, 0x1f }, { 0x7f, 0x9f },     /* control characters */
        { 0xad, 0xad },                     /* soft hyphen */
        { 0x61c, 0x61c },                   /* Arabic letter mark */
        { 0x180e, 0x180e },                 /* Mongolian vowel separator */
        { 0x200b, 0x200b },                 /* zero width space */
        { 0x200e, 0x200f },                 /* marks of direction */
        { 0x2028, 0x202e },                 /* line and paragraph separator; directions */
        { 0x2060, 0x206f },                 /* word joiner, invisible operators, directions */
        { 0xfeff, 0xfeff },                 /* byte order mark */
        { 0xfff9, 0xfffb },                 /* interlinear annotation */
        { 0x1bca0, 0x1bca3 },               /* shorthand format controls */
        { 0x1d173, 0x1d17a },               /* musical format controls */
        { 0xe0000, 0xe007f }                /* tags */
    };

    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
        if (code >= ranges[i].first && code <= ranges[i].last)
            return 1;
    return 0;
}

/* Of a complete sequence of two bytes or more. */
static uint32_t code_point(const printable *state)
{
    uint32_t code = state->partial[0] & (0xffu >> (state->need + 1));

    for (size_t i = 1; i < state->need; i++)
        code = code << 6 | (state->partial[i] & 0x3fu);
    return code;
}

size_t printable_end(printable *state, char out[PRINTABLE_MAX])
{
    size_t len = 0;

    for (size_t i = 0; i < state->have; i++)
        len += escape(state->partial[i], out + len);
    state->have = 0;
    return len;
}

size_t printable_byte(printable *state, uint8_t byte, char out[PRINTABLE_MAX])
{
    size_t len = 0;

    if (state->have > 0 && continues(state, byte)) {
        state->partial[state->have++] = byte;
        if (state->have < state->need)
            return 0;
        if (printable_is_hidden(code_point(state)))
            return printable_end(state, out);
        memcpy(out, state->partial, state->need);
        state->have = 0;
        return state->need;
    }
    len = printable_end(state, out);
    if (!state->ascii_only && sequence_length(byte) > 0) {
        state->partial[0] = byte;
        state->have = 1;
        state->need = sequence_length(byte);
        return len;
    }
    if (byte != '\n' && byte != '\t' && (byte < 0x20 || byte >= 0x7f))
        return len + escape(byte, out + len);
    out[len] = (char)byte;
    return len + 1;
}
