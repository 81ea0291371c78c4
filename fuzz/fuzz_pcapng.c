/* SPDX-License-Identifier: ISC */
/* A pcapng file of anybody's making: blocks, the frames in them, and what the layers of these say. */
#include "capture/pcapng.h"
#include "check.h"
#include "trace.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_secrets(void *ctx, uint32_t type, const uint8_t *data, size_t len)
{
    static volatile uint8_t sum;

    (void)ctx;
    (void)type;
    for (size_t i = 0; i < len; i++)
        sum = (uint8_t)(sum + data[i]);
}

/* A block lies in memory of its own, so that a step beyond it is seen. Its size, or 0. */
static size_t take_block(pcapng *reader, frames *taken_apart, const uint8_t *data, size_t size)
{
    uint8_t head[PCAPNG_HEAD_SIZE] = { 0 };
    char why[PCAPNG_WHY_SIZE] = "";
    frame in = { .number = 1 };
    size_t block;
    uint8_t *copy;
    segment seg;

    memcpy(head, data, size < sizeof(head) ? size : sizeof(head));
    block = pcapng_block_size(reader, head, why);
    if (block > PCAPNG_BLOCK_MAX)
        (void)pcapng_may_skip(reader, head);
    check(block > 0 || why[0] != '\0', "damage is told");
    if (block == 0 || block > size)
        return 0;
    copy = exact_copy(data, block);
    switch (pcapng_block(reader, copy, block, &in, why)) {
    case PCAPNG_FRAME:
        check(in.data >= copy && in.data + in.captured <= copy + block, "a frame lies in its block");
        if (frames_parse(taken_apart, &in, &seg) == FRAME_TCP)
            check(seg.time.frame == 1, "a segment knows its frame");
        break;
    case PCAPNG_DAMAGED:
        check(why[0] != '\0', "damage is told");
        block = 0;
        break;
    case PCAPNG_NOTHING: break;
    }
    free(copy);
    return block;
}

static void take_pcapng(frames *taken_apart, const uint8_t *data, size_t size)
{
    pcapng_hooks hooks = { NULL, on_secrets };
    pcapng *reader = pcapng_new(&hooks);
    size_t block = 1;

    while (size > 0 && block > 0) {
        block = take_block(reader, taken_apart, data, size);
        data += block;
        size -= block;
    }
    (void)pcapng_dropped(reader);
    pcapng_free(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    frames *taken_apart = frames_new();

    take_pcapng(taken_apart, data, size);
    frames_free(taken_apart);
    return 0;
}
