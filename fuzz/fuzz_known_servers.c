/* SPDX-License-Identifier: ISC */
/* A file of known servers: what it says of an address is what its lines say one by one, and a line that was written by us
 * is read as that. */
#include "known_servers.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ADDRESSES_MAX = 8 }; /* that are looked for in each line */

static known_result find(const uint8_t *text, size_t len, const char *address, const uint8_t *key,
                         unsigned long *line)
{
    char *copy = (char *)exact_copy(text, len);
    known_result result = known_servers_find(copy, len, address, key, line);

    free(copy);
    return result;
}

/* The end of the line that begins here, with its LF if it has one. */
static size_t line_end(const uint8_t *data, size_t size, size_t at)
{
    const uint8_t *lf = memchr(data + at, '\n', size - at);

    return lf != NULL ? (size_t)(lf - data) + 1 : size;
}

static const uint8_t mark[] = { 0xef, 0xbb, 0xbf }; /* is passed over where a file begins, and nowhere else */

static int has_mark(const uint8_t *text, size_t len)
{
    return len >= sizeof(mark) && memcmp(text, mark, sizeof(mark)) == 0;
}

/* As find, for a line that is not the first one: a mark there is a part of it. */
static known_result find_in_line(const uint8_t *text, size_t len, const char *address, const uint8_t *key,
                                 unsigned long *line)
{
    trace marked = { NULL, 0, 0 };
    known_result result;

    if (has_mark(text, len))
        trace_add(&marked, mark, sizeof(mark));
    trace_add(&marked, text, len);
    result = find(marked.data, marked.len, address, key, line);
    trace_free(&marked);
    return result;
}

/* What the lines say: the first broken one, or the first one for the server, and the best of them. */
static known_result find_by_line(const uint8_t *data, size_t size, const char *address, const uint8_t *key,
                                 unsigned long *line)
{
    known_result result = KNOWN_NOT;
    unsigned long number = 1;

    *line = 0;
    for (size_t at = 0, end; at < size; at = end, number++) {
        unsigned long here;
        known_result one;

        end = line_end(data, size, at);
        one = (at > 0 ? find_in_line : find)(data + at, end - at, address, key, &here);
        check_number("line", here, one != KNOWN_NOT);
        if (one == KNOWN_BROKEN) {
            *line = number;
            return KNOWN_BROKEN;
        }
        if (one != KNOWN_NOT && *line == 0)
            *line = number;
        if (one > result)
            result = one;
    }
    return result;
}

/* The first word of a text, as far as an address can go. */
static void first_word(const uint8_t *data, size_t size, char out[SERVER_ADDRESS_SIZE])
{
    size_t len = 0;

    while (len < size && len < SERVER_ADDRESS_SIZE - 1 && data[len] > ' ')
        len++;
    memcpy(out, data, len);
    out[len] = '\0';
}

static void check_address(const uint8_t *data, size_t size, const char *address)
{
    static const uint8_t key[SW_X25519_SIZE] = { 1 };
    const uint8_t *keys[] = { NULL, key };
    char written[KNOWN_LINE_SIZE];
    unsigned long line, expected_line;

    for (int i = 0; i < 2; i++) {
        known_result expected = find_by_line(data, size, address, keys[i], &expected_line);

        check_result("the whole file", find(data, size, address, keys[i], &line), expected);
        check_number("line of the file", line, expected_line);
        check(keys[i] != NULL || expected != KNOWN_RIGHT, "no key is right if none was asked for");
    }
    if (find(data, size, address, NULL, &line) != KNOWN_OTHER)
        return;
    known_server_line(address, key, written);
    check_result("a line written again", find((const uint8_t *)written, strlen(written), address, key, &line),
                 KNOWN_RIGHT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char address[SERVER_ADDRESS_SIZE];
    size_t at = 0;

    for (int i = 0; i < ADDRESSES_MAX && at < size; i++, at = line_end(data, size, at)) {
        first_word(data + at, size - at, address);
        check_address(data, size, address);
    }
    return 0;
}
