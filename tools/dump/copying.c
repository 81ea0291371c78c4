/* SPDX-License-Identifier: ISC */
#include "copying.h"

static void copy_frame(void *ctx, const frame *in, frame_result result, const segment *seg)
{
    (void)result;
    (void)seg;
    frame_file_add(((copying *)ctx)->file, in);
}

static void copy_chosen(void *ctx, const frame *in, frame_result result, const segment *seg)
{
    copying *c = ctx;

    if ((result == FRAME_TCP || result == FRAME_FRAGMENT) &&
        chosen_has(&c->chosen, seg, result == FRAME_FRAGMENT, in->time))
        frame_file_add(c->file, in);
}

int copying_open(copying *c, const frame_file_setup *setup, const filter *wanted, char why[CAPTURE_WHY_SIZE])
{
    if (setup->path == NULL)
        return 0;
    c->selects = filter_chooses_sessions(wanted);
    c->file = frame_file_open(setup, why);
    return c->file != NULL ? 0 : -1;
}

void copying_prepare(copying *c, capture_setup *source)
{
    if (c->file == NULL || c->selects)
        return;
    source->frame = copy_frame;
    source->frame_ctx = c;
}

int copying_select(copying *c, const capture_setup *source, char why[CAPTURE_WHY_SIZE])
{
    capture_setup again = *source;
    capture *captures;
    segment seg;

    if (c->file == NULL || !c->selects)
        return 0;
    chosen_complete(&c->chosen);
    again.frame = copy_chosen;
    again.frame_ctx = c;
    again.hooks.secrets = NULL; /* they were copied when they came */
    captures = capture_open(&again, why);
    if (captures == NULL)
        return -1;
    while (capture_next(captures, &seg, why) > 0)
        ; /* where a capture is damaged was told before */
    capture_close(captures);
    return 0;
}

void copying_secrets(copying *c, uint32_t type, const uint8_t *data, size_t len)
{
    if (c->file != NULL)
        frame_file_secrets(c->file, type, data, len);
}

void copying_flush(copying *c)
{
    if (c->file != NULL)
        frame_file_flush(c->file);
}

int copying_close(copying *c, int keep)
{
    chosen_clear(&c->chosen);
    return frame_file_close(c->file, keep);
}
