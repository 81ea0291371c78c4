/* SPDX-License-Identifier: ISC */
/* Key files, behind the byte of their form: DER, whose values lie in each other, and strings of SSH in a row. */
#include "mutator.h"

#include "key_text.h"

enum { CONSTRUCTED = 0x20, BIT_STRING = 3, OCTET_STRING = 4, LONG_FORM = 0x80, DEPTH_MAX = 8 };

/* The head of a value: its size with the bytes of the length, or 0 if it is not all there. *len: of what is behind it. */
static size_t read_head(const uint8_t *p, size_t size, size_t *len)
{
    size_t head = 2;

    if (size < head)
        return 0;
    *len = p[1];
    if (p[1] & LONG_FORM) {
        head += p[1] & 3;
        *len = 0;
        for (size_t i = 2; i < head && i < size; i++)
            *len = *len << 8 | p[i];
    }
    return head <= size ? head : 0;
}

static void write_head(uint8_t *p, size_t head, size_t len)
{
    if (head == 2)
        p[1] = (uint8_t)(len < LONG_FORM ? len : LONG_FORM - 1);
    for (size_t i = head; i-- > 2; len >>= 8)
        p[i] = (uint8_t)len;
    if (head > 2)
        p[1] = (uint8_t)(LONG_FORM | (head - 2));
}

/* No value is longer than what it lies in, and the last one fills that. */
static void repair_der(uint8_t *p, size_t size, int depth)
{
    size_t head, len, skip;

    while (depth < DEPTH_MAX && (head = read_head(p, size, &len)) > 0) {
        if (len > size - head) {
            len = size - head;
            write_head(p, head, len);
            (void)read_head(p, size, &len);
        }
        skip = p[0] == BIT_STRING && len > 0;
        if ((p[0] & CONSTRUCTED) || p[0] == BIT_STRING || p[0] == OCTET_STRING)
            repair_der(p + head + skip, len - skip, depth + 1);
        p += head + len;
        size -= head + len;
    }
}

static void repair_ssh(uint8_t *p, size_t size)
{
    while (size >= 4) {
        size_t len = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
        if (len > size - 4) {
            len = size - 4;
            for (int i = 0; i < 4; i++)
                p[i] = (uint8_t)(len >> 8 * (3 - i));
        }
        p += 4 + len;
        size -= 4 + len;
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
    if (!mutator_change(data, &size, max_size, seed) || size == 0)
        return size;
    if (data[0] >= KEY_FORM_SPKI && data[0] <= KEY_FORM_PKCS8)
        repair_der(data + 1, size - 1, 0);
    else if (data[0] == KEY_FORM_SSH_LINE)
        repair_ssh(data + 1, size - 1);
    return size;
}
