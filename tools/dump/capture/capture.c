/* SPDX-License-Identifier: ISC */
#include "capture.h"

#include "expression.h"
#include "interrupt.h"
#include "merge.h"
#include "watch/allocate.h"

#include <stdlib.h>
#include <string.h>

struct capture {
    const capture_setup *setup;
    expression *filter; /* of files; NULL: all pass */
    merge *merge;
    frames *frames;
    capture_counts counts;
};

static int open_files(capture *c, char why[CAPTURE_WHY_SIZE])
{
    const capture_setup *setup = c->setup;

    if (setup->filter != NULL) {
        c->filter = expression_new(setup->filter, why);
        if (c->filter == NULL)
            return -1;
    }
    for (size_t i = 0; i < setup->path_count; i++) {
        char detail[CAPTURE_WHY_SIZE];
        source one;

        if (source_file(&one, setup->paths[i], &setup->hooks, &c->counts.bytes, detail) < 0) {
            snprintf(why, CAPTURE_WHY_SIZE, "%.200s: %.300s", setup->paths[i], detail);
            return -1;
        }
        merge_add(c->merge, &one, setup->paths[i]);
    }
    return 0;
}

static int open_interface(capture *c, char why[CAPTURE_WHY_SIZE])
{
    const capture_setup *setup = c->setup;
    char detail[CAPTURE_WHY_SIZE];
    source one;

    if (source_live(&one, setup->interface, setup->filter, &setup->hooks, detail) < 0) {
        snprintf(why, CAPTURE_WHY_SIZE, "%.100s: %.400s", setup->interface, detail);
        return -1;
    }
    merge_add(c->merge, &one, setup->interface);
    return 0;
}

capture *capture_open(const capture_setup *setup, char why[CAPTURE_WHY_SIZE])
{
    capture *c = allocate(sizeof(*c));

    c->setup = setup;
    c->merge = merge_new();
    c->frames = frames_new();
    if ((setup->path_count > 0 ? open_files(c, why) : open_interface(c, why)) == 0)
        return c;
    capture_close(c);
    return NULL;
}

/* A TCP segment: 1, else 0. */
static int use_frame(capture *c, const frame *in, segment *out)
{
    frame_result result = frames_parse(c->frames, in, out);

    c->counts.frames++;
    if (c->setup->frame != NULL)
        c->setup->frame(c->setup->frame_ctx, in, result, out);
    switch (result) {
    case FRAME_TCP: c->counts.shortened += out->cut > 0; return 1;
    case FRAME_CUT: c->counts.cut++; return 0;
    case FRAME_DAMAGED: c->counts.damaged++; return 0;
    default: return 0;
    }
}

static int is_full(const capture *c)
{
    return c->setup->limit > 0 && c->counts.frames >= c->setup->limit;
}

int capture_next(capture *c, segment *out, char why[CAPTURE_WHY_SIZE])
{
    int result = 0;
    frame in;

    while (!interrupt_came() && !is_full(c) && (result = merge_next(c->merge, &in, why)) > 0) {
        int matches = c->filter != NULL ? expression_matches(c->filter, &in, why) : 1;

        if (matches < 0)
            return -1;
        if (matches && use_frame(c, &in, out))
            return 1;
    }
    c->counts.dropped = merge_dropped(c->merge);
    return interrupt_came() || is_full(c) ? 0 : result;
}

int capture_descriptor(const capture *c)
{
    return merge_descriptor(c->merge);
}

const capture_counts *capture_seen(const capture *c)
{
    return &c->counts;
}

const frames *capture_frames(const capture *c)
{
    return c->frames;
}

void capture_close(capture *c)
{
    merge_free(c->merge);
    expression_free(c->filter);
    frames_free(c->frames);
    free(c);
}
