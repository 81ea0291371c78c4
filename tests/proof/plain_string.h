/* SPDX-License-Identifier: ISC */
/* Instead of functions of string.h that say where something is, for Eva, whose own ones say only that it may be anywhere:
 * included in front of each file. */
#ifndef SIDEWIRE_TESTS_PROOF_PLAIN_STRING_H
#define SIDEWIRE_TESTS_PROOF_PLAIN_STRING_H

#include <string.h>

static inline void *plain_memchr(const void *text, int byte, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (((const unsigned char *)text)[i] == (unsigned char)byte)
            return (unsigned char *)text + i;
    return NULL;
}

static inline size_t plain_strlen(const char *text)
{
    size_t n = 0;

    while (text[n] != '\0')
        n++;
    return n;
}

static inline int plain_memcmp(const void *a, const void *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (((const unsigned char *)a)[i] != ((const unsigned char *)b)[i])
            return ((const unsigned char *)a)[i] < ((const unsigned char *)b)[i] ? -1 : 1;
    return 0;
}

#define memchr plain_memchr
#define strlen plain_strlen
#define memcmp plain_memcmp

#endif
