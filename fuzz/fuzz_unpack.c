/* SPDX-License-Identifier: ISC */
/* A capture that is compressed: unpacked in pieces it is what it is as a whole, and ends alike. The first two bytes of
 * an input are the sizes of the pieces, of what is read and of what is made. */
#include "capture/unpack.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

enum { MADE_MAX = 1 << 16 };

/* What came of an input: the first MADE_MAX bytes of it, and how it ended. */
typedef struct unpacked {
    uint8_t bytes[MADE_MAX];
    size_t len;
    int result; /* -1: damaged; 0: all was taken; 1: there is more than is looked at */
    int ends;
} unpacked;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* As the reader of a file does: more is offered when nothing comes of what is there. */
static void unpack(unpacked *all, const uint8_t *data, size_t len, size_t piece, size_t room)
{
    unpacker *u = unpacker_new(data, least(len, UNPACK_MAGIC_SIZE));
    char why[CAPTURE_WHY_SIZE];
    size_t at = 0, offered = least(piece, len);

    all->len = 0;
    all->result = 0;
    while (all->result == 0) {
        size_t used, made, space = least(room, MADE_MAX - all->len);

        if (space == 0) {
            all->result = 1;
            break;
        }
        all->result = unpacker_run(u, data + at, offered - at, &used, all->bytes + all->len, space, &made, why);
        check(used <= offered - at && made <= space, "within what was given");
        at += used;
        all->len += made;
        if (all->result == 0 && used == 0 && made == 0) {
            if (offered == len)
                break;
            offered += least(piece, len - offered);
        }
    }
    all->ends = all->result == 0 && unpacker_end(u, why) == 0;
    unpacker_free(u);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static unpacked whole, pieces;
    unpacker *u;
    size_t both;

    if (size < 2 || (u = unpacker_new(data + 2, least(size - 2, UNPACK_MAGIC_SIZE))) == NULL)
        return 0; /* not compressed */
    unpacker_free(u);
    unpack(&whole, data + 2, size - 2, size, MADE_MAX);
    unpack(&pieces, data + 2, size - 2, (size_t)data[0] + 1, (size_t)data[1] + 1);
    if (whole.result >= 0 && pieces.result >= 0) {
        check_result("result", pieces.result, whole.result);
        check_number("may end", (uint64_t)pieces.ends, (uint64_t)whole.ends);
        check_number("size", pieces.len, whole.len);
    }
    /* Which damage is seen, and how much comes before it, is the library's business: zstd looks at less where all of a
     * frame is there. */
    both = least(pieces.len, whole.len);
    check_bytes("text", pieces.bytes, both, whole.bytes, both);
    return 0;
}
