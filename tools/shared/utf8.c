/* SPDX-License-Identifier: ISC */
#include "utf8.h"

/* How many bytes follow a first one; -1: it is none. */
static int following(uint8_t first)
{
    if (first < 0x80)
        return 0;
    if (first < 0xc2 || first > 0xf4)
        return -1;
    return first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
}

static int may_follow(uint8_t first, uint8_t second)
{
    switch (first) {
    case 0xe0: return second >= 0xa0 && second <= 0xbf; /* below: overlong */
    case 0xed: return second >= 0x80 && second <= 0x9f; /* above: surrogates */
    case 0xf0: return second >= 0x90 && second <= 0xbf; /* below: overlong */
    case 0xf4: return second >= 0x80 && second <= 0x8f; /* above: beyond Unicode */
    default: return second >= 0x80 && second <= 0xbf;
    }
}

int utf8_sequence(const uint8_t *p, size_t len, uint32_t *code)
{
    int n;

    if (len == 0)
        return 0;
    n = following(p[0]);
    if (n <= 0) {
        *code = p[0];
        return n < 0 ? -1 : 1;
    }
    *code = p[0] & (0x3fu >> n);
    for (int i = 1; i <= n; i++) {
        if ((size_t)i == len)
            return 0;
        if (!may_follow(i == 1 ? p[0] : 0, p[i]))
            return -1;
        *code = *code << 6 | (p[i] & 0x3fu);
    }
    return n + 1;
}
