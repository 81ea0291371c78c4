/* SPDX-License-Identifier: ISC */
#include "patterns.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

int patterns_are_too_long(const sw_argument *argv, size_t argc)
{
    for (size_t i = 0; i < argc; i++)
        if (argv[i].len > PATTERN_MAX)
            return 1;
    return 0;
}

int patterns_init(patterns *p, const sw_argument *argv, size_t argc)
{
    size_t size = 1;
    char *end;

    for (size_t i = 0; i < argc; i++)
        size += argv[i].len + 1;
    p->count = 0;
    p->text = end = malloc(size);
    if (end == NULL)
        return -1;
    for (size_t i = 0; i < argc; i++) {
        if (argv[i].len > 0 && memchr(argv[i].data, '\0', argv[i].len) != NULL)
            continue; /* no name has a NUL */
        if (argv[i].len > 0)
            memcpy(end, argv[i].data, argv[i].len);
        end[argv[i].len] = '\0';
        end += argv[i].len + 1;
        p->count++;
    }
    return 0;
}

void patterns_free(patterns *p)
{
    free(p->text);
    p->text = NULL;
    p->count = 0;
}

size_t patterns_prefix(const patterns *p)
{
    const char *pattern = p->text;
    size_t len = p->count > 0 ? strcspn(pattern, "*?[\\") : 0;

    for (size_t i = 1; i < p->count; i++) {
        size_t same = 0;

        pattern += strlen(pattern) + 1;
        while (same < len && pattern[same] == p->text[same]) /* an end, or what is special, is not the same */
            same++;
        len = same;
    }
    return len;
}

int patterns_match(const patterns *p, const char *name)
{
    const char *pattern = p->text;

    for (size_t i = 0; i < p->count; i++, pattern += strlen(pattern) + 1)
        if (fnmatch(pattern, name, 0) == 0)
            return 1;
    return 0;
}
