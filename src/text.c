/* SPDX-License-Identifier: ISC */
#include "text.h"

#include <string.h>

int swi_name_is(const char *name, const char *text, size_t len)
{
    for (; len > 0 && *name == *text && *name != '\0'; len--) {
        name++;
        text++;
    }
    return len == 0 && *name == '\0';
}

unsigned swi_name_bit(const char *const *names, const char *text, size_t len)
{
    unsigned bit = 1;

    for (; *names != NULL; names++, bit <<= 1)
        if (swi_name_is(*names, text, len))
            return bit;
    return 0;
}

int swi_names_parse(const char *const *names, const char *text, size_t len, unsigned *set, size_t *at,
                    size_t *name_len)
{
    unsigned all = 0;
    size_t start = 0;

    for (size_t i = 0; i <= len; i++) {
        unsigned bit;
        if (i < len && text[i] != ',')
            continue;
        bit = i > start ? swi_name_bit(names, text + start, i - start) : 0;
        if (bit == 0) {
            *at = start;
            *name_len = i - start;
            return 0;
        }
        all |= bit;
        start = i + 1;
    }
    *set = all;
    return 1;
}

void swi_text_put(swi_text *text, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++, text->len++)
        if (text->len < text->cap)
            text->out[text->len] = bytes[i];
}

void swi_text_number(swi_text *text, uint64_t number, unsigned least)
{
    char digits[SWI_DIGITS_MAX];
    size_t i = sizeof(digits);

    for (unsigned n = 0; n < least || number > 0; n++, number /= 10)
        digits[--i] = (char)('0' + number % 10);
    swi_text_put(text, digits + i, sizeof(digits) - i);
}

void swi_text_names(swi_text *text, const char *const *names, unsigned set)
{
    const char *separator = "";

    for (; *names != NULL; names++, set >>= 1) {
        if (!(set & 1))
            continue;
        swi_text_put(text, separator, strlen(separator));
        swi_text_put(text, *names, strlen(*names));
        separator = ",";
    }
}
