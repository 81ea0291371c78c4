/* SPDX-License-Identifier: ISC */
#include "frame.h"

#include "allocate.h"
#include "layers.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    LENGTH_MAX = 1 << 20, /* more than any network card or loopback hands on in one piece */
    LAYERS_MAX = 32       /* of a frame; more are a loop of somebody's making */
};

typedef struct other {
    layer_space space;
    unsigned number;
    uint64_t count;
} other;

struct frames {
    fragments *fragments;
    other others[FRAME_OTHERS_MAX];
    size_t other_count;
    uint64_t all_others;
};

frames *frames_new(void)
{
    frames *f = allocate(sizeof(*f));

    f->fragments = fragments_new();
    return f;
}

void frames_free(frames *f)
{
    if (f != NULL)
        fragments_free(f->fragments);
    free(f);
}

uint64_t frames_fragments(const frames *f)
{
    return fragments_lost(f->fragments);
}

/* ---- what is no TCP ---- */

static void count_other(frames *f, const layers *l)
{
    size_t i = 0;

    f->all_others++;
    while (i < f->other_count && (f->others[i].space != l->space || f->others[i].number != l->number))
        i++;
    if (i == FRAME_OTHERS_MAX)
        return;
    f->others[i].space = l->space;
    f->others[i].number = l->number;
    f->others[i].count++;
    if (i == f->other_count)
        f->other_count++;
}

static void name_other(const other *o, char *out, size_t size)
{
    static const struct {
        const char *name;
        int hex_digits; /* 0: decimal */
    } spaces[SPACE_COUNT] = {
        [SPACE_LINK] = { "link type", 0 },   [SPACE_ETHER] = { "EtherType", 4 }, [SPACE_SAP] = { "LLC SAP", 2 },
        [SPACE_PPP] = { "PPP protocol", 4 }, [SPACE_IP] = { "IP protocol", 0 },  [SPACE_UDP] = { "UDP port", 0 }
    };
    const layer_row *row = layer_find(o->space, o->number);
    int digits = spaces[o->space].hex_digits;
    char number[32];

    if (digits > 0)
        snprintf(number, sizeof(number), "0x%0*x", digits, o->number);
    else
        snprintf(number, sizeof(number), "%u", o->number);
    snprintf(out, size, "%s %s%s%s%s", spaces[o->space].name, number, row != NULL ? " (" : "",
             row != NULL ? row->name : "", row != NULL ? ")" : "");
}

size_t frames_others(const frames *f, frame_other out[FRAME_OTHERS_MAX], uint64_t *all)
{
    *all = f->all_others;
    for (size_t i = 0; i < f->other_count; i++) {
        size_t at = i;

        for (; at > 0 && out[at - 1].count < f->others[i].count; at--)
            out[at] = out[at - 1];
        name_other(&f->others[i], out[at].name, sizeof(out[at].name));
        out[at].count = f->others[i].count;
    }
    return f->other_count;
}

/* ---- layer by layer ---- */

const char *frame_link_name(unsigned link)
{
    const layer_row *row = layer_find(SPACE_LINK, link);

    return row != NULL ? row->name : NULL;
}

static size_t believed_length(const frame *in)
{
    return in->length < in->captured || in->length > LENGTH_MAX ? in->captured : in->length;
}

frame_result frames_parse(frames *f, const frame *in, segment *out)
{
    layers l = { in->data, in->captured, believed_length(in), SPACE_LINK,   in->link,
                 0,        in->time,     in->number,          f->fragments, out };
    frame_result result = FRAME_NEXT;

    for (int i = 0; i < LAYERS_MAX && result == FRAME_NEXT; i++) {
        const layer_row *row = layer_find(l.space, l.number);

        result = row != NULL && row->parse != NULL ? row->parse(&l) : FRAME_OTHER;
    }
    if (result == FRAME_NEXT)
        return FRAME_DAMAGED;
    if (l.guessed && (result == FRAME_CUT || result == FRAME_DAMAGED))
        result = FRAME_OTHER; /* it was something else */
    if (result == FRAME_OTHER)
        count_other(f, &l);
    return result;
}
