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
        case 0xc2: low = 0xa0; break;     /* below: C1 control characters */
        case 0xe0: low = 0xa0; break;     /* below: overlong */
        case 0xed: high = 0x9f; break;    /* above: surrogates */
        case 0xf0: low = 0x90; break;     /* below: overlong */
        case 0xf4: high = 0x8f; break;    /* above: beyond Unicode */
        default: break;
        }
    }
    return byte >= low && byte <= high;
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
