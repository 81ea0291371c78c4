/* SPDX-License-Identifier: ISC */
#include "merge.h"

#include "watch/allocate.h"

#include <stdlib.h>

typedef struct member {
    source source;
    const char *name;
    size_t order; /* in which it was added */
    frame next;   /* that is to be given out */
} member;

struct merge {
    member *members; /* the first `live` of them are a heap, by time; behind them are those
                                 * that are over */
    size_t count, live;
    int begun, given;           /* the first frame is there; it was given out */
    char why[CAPTURE_WHY_SIZE]; /* of the first that was damaged */
};

merge *merge_new(void)
{
    return allocate(sizeof(merge));
}

void merge_free(merge *m)
{
    for (size_t i = 0; m != NULL && i < m->count; i++)
        m->members[i].source.close(m->members[i].source.self);
    if (m != NULL)
        free(m->members);
    free(m);
}

void merge_add(merge *m, const source *one, const char *name)
{
    m->members = reallocate(m->members, (m->count + 1) * sizeof(*m->members));
    m->members[m->count] = (member){ .source = *one, .name = name, .order = m->count };
    m->live = ++m->count;
}

/* ---- heap ---- */

static int is_before(const member *a, const member *b)
{
    return a->next.time < b->next.time || (a->next.time == b->next.time && a->order < b->order);
}

static void swap(member *a, member *b)
{
    member kept = *a;

    *a = *b;
    *b = kept;
}

/* Puts a member that may be too late for its place where it belongs. */
static void sink(merge *m, size_t at)
{
    for (;;) {
        size_t first = at;

        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < m->live; child++)
            if (is_before(&m->members[child], &m->members[first]))
                first = child;
        if (first == at)
            return;
        swap(&m->members[at], &m->members[first]);
        at = first;
    }
}

/* ---- frames ---- */

/* Its next frame: 1, or 0 if it has none. */
static int advance(merge *m, member *one)
{
    char why[CAPTURE_WHY_SIZE];
    int result = one->source.next(one->source.self, &one->next, why);

    if (result < 0 && m->why[0] == '\0')
        snprintf(m->why, sizeof(m->why), m->count > 1 ? "%.200s: %.300s" : "%.0s%.511s", one->name, why);
    return result > 0;
}

static void begin(merge *m)
{
    m->begun = 1;
    for (size_t i = 0; i < m->live;) {
        if (advance(m, &m->members[i]))
            i++;
        else
            swap(&m->members[i], &m->members[--m->live]);
    }
    for (size_t i = m->live; i-- > 0;)
        sink(m, i);
}

int merge_next(merge *m, frame *out, char why[CAPTURE_WHY_SIZE])
{
    if (!m->begun) {
        begin(m);
    } else if (m->given) {
        if (!advance(m, &m->members[0]))
            swap(&m->members[0], &m->members[--m->live]);
        sink(m, 0);
    }
    m->given = m->live > 0;
    if (m->given) {
        *out = m->members[0].next;
        return 1;
    }
    snprintf(why, CAPTURE_WHY_SIZE, "%s", m->why);
    return m->why[0] != '\0' ? -1 : 0;
}

uint64_t merge_dropped(merge *m)
{
    uint64_t dropped = 0;

    for (size_t i = 0; i < m->count; i++)
        dropped += m->members[i].source.dropped(m->members[i].source.self);
    return dropped;
}

int merge_descriptor(const merge *m)
{
    return m->count == 1 ? m->members[0].source.descriptor(m->members[0].source.self) : -1;
}
