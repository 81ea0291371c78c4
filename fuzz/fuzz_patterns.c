/* SPDX-License-Identifier: ISC */
/* Shell patterns of a command, and a name: NUL ends each pattern but the last, what follows that is the name. A name
 * that matches begins with what patterns_prefix says, and matches the patterns in any other order, too; the database
 * is only asked for names that begin so. */
#include "patterns.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

enum { PATTERNS_MAX = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Cuts the input into arguments, the last of which is the name. Returns how many there are, at least 1. */
static size_t cut(sw_argument *argv, const uint8_t *data, size_t size)
{
    size_t count = 0;

    while (count < PATTERNS_MAX) {
        const uint8_t *nul = size > 0 ? memchr(data, '\0', size) : NULL;

        argv[count].data = (const char *)data;
        argv[count].len = nul != NULL ? (size_t)(nul - data) : size;
        count++;
        if (nul == NULL)
            return count;
        size -= (size_t)(nul + 1 - data);
        data = nul + 1;
    }
    argv[count].data = (const char *)data;
    argv[count].len = size; /* with a NUL in it, perhaps */
    return count + 1;
}

static char *text_of(sw_argument name)
{
    char *text = malloc(name.len + 1);

    if (name.len > 0)
        memcpy(text, name.data, name.len);
    text[name.len] = '\0';
    return text;
}

static void check_order(const sw_argument *argv, size_t count, const char *name, int matches)
{
    sw_argument turned[PATTERNS_MAX];
    patterns p;

    for (size_t i = 0; i < count; i++)
        turned[i] = argv[count - 1 - i];
    check_result("init", patterns_init(&p, turned, count), 0);
    check_result("in another order", patterns_match(&p, name), matches);
    patterns_free(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    sw_argument argv[PATTERNS_MAX + 1];
    size_t count = cut(argv, data, size) - 1;
    char *name = text_of(argv[count]);
    size_t prefix;
    int matches;
    patterns p;

    if (!patterns_are_too_long(argv, count)) {
        check_result("init", patterns_init(&p, argv, count), 0);
        prefix = patterns_prefix(&p);
        matches = patterns_match(&p, name);
        check(p.count <= count, "no more than there were");
        if (matches)
            check(strncmp(name, p.text, prefix) == 0, "a match begins with the prefix");
        check_order(argv, count, name, matches);
        patterns_free(&p);
    }
    free(name);
    return 0;
}
