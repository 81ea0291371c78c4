/* SPDX-License-Identifier: ISC */
#include "encoding.h"

#include "utf8.h"

#include <string.h>

enum { BASE64_AT_ONCE = 3072 }; /* bytes, a multiple of three */

static const uint64_t largest_exact = (UINT64_C(1) << 53) - 1;

/* ---- UTF-8 ---- */

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
        uint32_t code;
        int n;

        i += ascii_length(data + i, len - i);
        if (i == len)
            return 1;
        n = utf8_sequence(data + i, len - i, &code);
        if (n <= 0)
            return 0;
        i += (size_t)n;
    }
}

/* ---- JSON ---- */

/* What stands behind the backslash: 'u' means the number, 0 that the byte stands for itself. */
static const char escapes[128] = { 'u', 'u', 'u', 'u', 'u', 'u',         'u',           'u',         'b',
                                   't', 'n', 'u', 'f', 'r', 'u',         'u',           'u',         'u',
                                   'u', 'u', 'u', 'u', 'u', 'u',         'u',           'u',         'u',
                                   'u', 'u', 'u', 'u', 'u', ['"'] = '"', ['\\'] = '\\', [0x7f] = 'u' };

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

static void put_code_point(writer *w, uint32_t code)
{
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
            uint32_t code;
            int n = utf8_sequence(data + i, len - i, &code);

            put_code_point(w, code);
            i += (size_t)n;
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
