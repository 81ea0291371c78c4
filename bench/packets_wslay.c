/* SPDX-License-Identifier: ISC */
/* WebSocket frames of a server, read by wslay. */
#include "packets.h"

#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <wslay/wslay.h>

typedef struct frames {
    contender contender;
    const packet_plan *plan;
    uint8_t *bytes;
    size_t size, at; /* at: how much of it was read */
    wslay_frame_context_ptr wslay;
} frames;

static size_t write_header(uint8_t *out, uint32_t body)
{
    out[0] = 0x80 | WSLAY_BINARY_FRAME; /* the first and last of its message */
    if (body < 126) {
        out[1] = (uint8_t)body;
        return 2;
    }
    out[1] = 126;
    out[2] = (uint8_t)(body >> 8);
    out[3] = (uint8_t)body;
    return 4;
}

static ssize_t read_bytes(uint8_t *out, size_t len, int flags, void *context)
{
    frames *f = context;
    size_t n = f->size - f->at < len ? f->size - f->at : len;

    (void)flags;
    memcpy(out, f->bytes + f->at, n);
    f->at += n;
    return n > 0 ? (ssize_t)n : -1;
}

/* A body may come in pieces: `begun` bytes of it were seen. */
static void run(void *context)
{
    frames *f = context;
    packet_tally tally = { 0, 0, 0 };
    struct wslay_frame_iocb frame;
    uint64_t begun = 0;

    for (size_t pass = 0; pass < f->plan->passes; pass++) {
        f->at = 0;
        while (wslay_frame_recv(f->wslay, &frame) >= 0) {
            if (begun == 0) {
                tally.count++;
                tally.marks += frame.data[0];
            }
            begun += frame.data_length;
            tally.bytes += frame.data_length;
            if (begun == frame.payload_length)
                begun = 0;
        }
    }
    packets_check(f->plan, &tally, f->contender.name);
}

static void stop(void *context)
{
    frames *f = context;

    wslay_frame_context_free(f->wslay);
    free(f->bytes);
    free(f);
}

contender *packets_wslay(const packet_plan *plan)
{
    static const struct wslay_frame_callbacks callbacks = { NULL, read_bytes, NULL };
    frames *f = calloc(1, sizeof(*f));

    if (f == NULL || wslay_frame_context_init(&f->wslay, &callbacks, f) != 0)
        fail("no memory");
    f->contender.name = "wslay";
    f->contender.run = run;
    f->contender.stop = stop;
    f->contender.context = f;
    f->contender.units = (double)plan->count * (double)plan->passes;
    f->plan = plan;
    f->bytes = packets_build(plan, write_header, &f->size);
    return &f->contender;
}
