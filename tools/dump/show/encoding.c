#include "encoding.h"

#include <string.h>

enum { BASE64_AT_ONCE = 3072 }; /* bytes, a multiple of three */

static const uint64_t largest_exact = (UINT64_C(1) << 53) - 1;

/* ---- UTF-8 ---- */

/* Length of the well-formed sequence of two bytes or more that begins here; 0: none does. */
static size_t sequence_length(const uint8_t *p, size_t len)
{
    uint8_t low = 0x80;
    uint8_t high = 0xbf;
    size_t n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;

    if (p[0] < 0xc2 || p[0] > 0xf4 || len < n)
        return 0;
    switch (p[0]) {
    case 0xe0: low = 0xa0; break;       /* below: overlong */
    case 0xed: high = 0x9f; break;      /* above: surrogates */
    case 0xf0: low = 0x90; break;       /* below: overlong */
    case 0xf4: high = 0x8f; break;      /* above: beyond Unicode */
    default: break;
    }
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < n; i++)
        if (p[i] < 0x80 || p[i] > 0xbf)
            return 0;
    return n;
}

/* How many bytes from here on are ASCII? Looks at eight at a time. */
static size_t ascii_length(const uint8_t *p, size_t len)
{
    static const uint64_t high_bits = UINT64_C(0x8080808080808080);
    size_t n = 0;

    for (uint64_t word; len - n >= sizeof(word); n += sizeof(word)) {
        memcpy(&word, p + n, sizeof(word));
        if (word & high_bits)
            break;
    }
    while (n < len && p[n] < 0x80)
        n++;
    return n;
}

int is_utf8(const uint8_t *data, size_t len)
{
    size_t i = 0;

    for (;;) {
        size_t n;

        i += ascii_length(data + i, len - i);
        if (i == len)
            return 1;
        n = sequence_length(data + i, len - i);
        if (n == 0)
            return 0;
        i += n;
    }
}

/* ---- JSON ---- */

/* What stands behind the backslash: 'u' means the number, 0 that the byte stands for itself. */
static const char escapes[128] = {
    'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'b', 't', 'n', 'u', 'f', 'r', 'u', 'u',
    'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u',
    ['"'] = '"', ['\\'] = '\\', [0x7f] = 'u'
};

static void put_unit(writer *w, unsigned unit)
{
    static const char hex[] = "0123456789abcdef";
    char *out = writer_room(w, 6);

    out[0] = '\\';
    out[1] = 'u';
    for (int i = 0; i < 4; i++)
        out[2 + i] = hex[unit >> (12 - 4 * i) & 15];
    w->len += 6;
}

static void put_code_point(writer *w, const uint8_t *sequence, size_t n)
{
    unsigned code = sequence[0] & (0xffu >> (n + 1));

    for (size_t i = 1; i < n; i++)
        code = code << 6 | (sequence[i] & 0x3fu);
    if (code < 0x10000) {
        put_unit(w, code);
    } else {
        put_unit(w, 0xd800 + ((code - 0x10000) >> 10));
        put_unit(w, 0xdc00 + (code & 0x3ff));
    }
}

void put_json_string(writer *w, const uint8_t *data, size_t len)
{
    put_char(w, '"');
    for (size_t i = 0; i < len;) {
        size_t plain = plain_length(data + i, len - i);

        put_bytes(w, data + i, plain);
        i += plain;
        if (i == len)
            break;
        if (data[i] >= 0x80) {
            size_t n = sequence_length(data + i, len - i);

            put_code_point(w, data + i, n);
            i += n;
        } else if (escapes[data[i]] == 'u') {
            put_unit(w, data[i++]);
        } else {
            put_char(w, '\\');
            put_char(w, escapes[data[i++]]);
        }
    }
    put_char(w, '"');
}

void put_json_text(writer *w, const char *text)
{
    put_json_string(w, (const uint8_t *)text, strlen(text));
}

void put_json_number(writer *w, uint64_t n)
{
    if (n > largest_exact)
        put_char(w, '"');
    put_number(w, n, 0);
    if (n > largest_exact)
        put_char(w, '"');
}

/* ---- base64 ---- */

/* Writes four characters for one to three bytes. */
static void encode_base64(char out[4], const uint8_t *data, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned bits = (unsigned)data[0] << 16;

    if (n > 1)
        bits |= (unsigned)data[1] << 8;
    if (n > 2)
        bits |= data[2];
    out[0] = digits[bits >> 18];
    out[1] = digits[bits >> 12 & 63];
    out[2] = n > 1 ? digits[bits >> 6 & 63] : '=';
    out[3] = n > 2 ? digits[bits & 63] : '=';
}

void put_base64(writer *w, const uint8_t *data, size_t len)
{
    while (len > 0) {
        size_t n = len < BASE64_AT_ONCE ? len : BASE64_AT_ONCE;
        char *out = writer_room(w, (n + 2) / 3 * 4);
        size_t i = 0;

        for (; n - i >= 3; i += 3, out += 4)
            encode_base64(out, data + i, 3);
        if (i < n) {
            encode_base64(out, data + i, n - i);
            out += 4;
        }
        w->len = (size_t)(out - w->data);
        data += n;
        len -= n;
    }
}
