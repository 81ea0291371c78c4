/* SPDX-License-Identifier: ISC */
/* A key log, read whole, and as a file that grows: the first byte of the input tells where it is cut. The sessions in
 * it are the same, and each that is found has the keys of its line. */
#include "keylog.h"
#include "keylog_line.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "text_file.h"
#include "trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TURNS_MAX = 8 };

static int digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* As many bytes in hex as there are, at most 32. */
static size_t read_hex(const uint8_t *text, size_t len, uint8_t out[SW_SHA256_SIZE])
{
    size_t n = 0;

    for (; 2 * n + 1 < len && n < SW_SHA256_SIZE; n++) {
        int high = digit(text[2 * n]), low = digit(text[2 * n + 1]);
        if (high < 0 || low < 0)
            break;
        out[n] = (uint8_t)(high << 4 | low);
    }
    return n;
}

/* May what is before this place, without what follows, be a line with all its keys? If it goes on it is damaged, but what
 * was read of it before is kept: a log that grew there is not the same. */
static int may_end(const uint8_t *data, size_t at)
{
    size_t digits = 0;

    while (at > 0 && (data[at - 1] == ' ' || data[at - 1] == '\t' || data[at - 1] == '\r'))
        at--;
    while (at > digits && digit(data[at - 1 - digits]) >= 0)
        digits++;
    return digits == 2 * SW_CIPHER_KEY_SIZE;
}

/* All the lines that claim a sealed session, the newest first. */
static void compare_sealed(keylog_reader *whole, keylog_reader *grown, const uint8_t *ephemeral)
{
    int found = 1;

    for (unsigned turn = 0; found && turn < TURNS_MAX; turn++) {
        sw_secrets a, b;
        memset(&a, 0, sizeof(a));
        memset(&b, 0, sizeof(b));
        found = keylog_find_sealed(whole, ephemeral, turn, &a);
        check_result("found sealed", keylog_find_sealed(grown, ephemeral, turn, &b), found);
        check_bytes("sealed keys", &b, sizeof(b), &a, sizeof(a));
    }
}

/* Both logs know, or do not know, whatever in the input may be a response. */
static void compare(keylog_reader *whole, keylog_reader *grown, const uint8_t *data, size_t size)
{
    for (size_t i = 0; i + 1 < size; i++) {
        uint8_t response[SW_SHA256_SIZE];
        sw_secrets a, b;
        size_t n;
        int found;
        if (data[i] != ' ')
            continue;
        n = read_hex(data + i + 1, size - i - 1, response);
        if (n != SW_SHA1_SIZE && n != SW_SHA256_SIZE)
            continue;
        memset(&a, 0, sizeof(a));
        memset(&b, 0, sizeof(b));
        found = keylog_find(whole, response, n, &a);
        check_result("found", keylog_find(grown, response, n, &b), found);
        check_bytes("keys", &b, sizeof(b), &a, sizeof(a));
        if (n == SW_X25519_SIZE)
            compare_sealed(whole, grown, response);
    }
}

/* The same lines as they come out of a capture: whole ones, and the last one whether it has ended or not. */
static void compare_uses(keylog_reader *whole, const uint8_t *data, size_t size)
{
    keylog_reader *used = keylog_new_empty("capture");
    char *text = (char *)exact_copy(data, size);

    (void)keylog_line_is_in(text, size);
    (void)keylog_knows_secrets(0x544c534b, text, size);
    keylog_use(used, text, size);
    if (size > 0 && text[size - 1] == '\n')
        compare(whole, used, data, size);
    keylog_close(used);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    keylog_reader *whole, *grown;
    text_file all, part;
    char why[256];
    size_t cut;

    if (size == 0)
        return 0;
    cut = data[0] * (size - 1) / 255;
    data++;
    size--;
    while (may_end(data, cut))
        cut--;
    text_file_open(&all, -1);
    text_file_append(&all, data, size);
    text_file_open(&part, -1);
    text_file_append(&part, data, cut);
    whole = keylog_new(all.path);
    grown = keylog_new(part.path);
    check_result("whole", keylog_read(whole, why, sizeof(why)), 0);
    check_result("a part", keylog_read(grown, why, sizeof(why)), 0);
    text_file_append(&part, data + cut, size - cut);
    check_result("all", keylog_read(grown, why, sizeof(why)), 0);
    compare(whole, grown, data, size);
    compare_uses(whole, data, size);
    keylog_close(whole);
    keylog_close(grown);
    text_file_close(&all);
    text_file_close(&part);
    return 0;
}
