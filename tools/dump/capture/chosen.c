/* SPDX-License-Identifier: ISC */
#include "chosen.h"

#include "watch/allocate.h"

#include <stdlib.h>
#include <string.h>

struct chosen_session {
    endpoint ends[2]; /* the smaller one first */
    int64_t start, end;
};

/* The last acknowledgements come when all was said. */
static const int64_t grace = 1000000000;

/* ---- order ---- */

static int compare_endpoints(const endpoint *a, const endpoint *b)
{
    int order = memcmp(a->ip, b->ip, sizeof(a->ip));

    if (order == 0)
        order = (a->family > b->family) - (a->family < b->family);
    return order != 0 ? order : (a->port > b->port) - (a->port < b->port);
}

static void set_ends(endpoint ends[2], const endpoint *a, const endpoint *b)
{
    int turned = compare_endpoints(a, b) > 0;

    ends[turned] = *a;
    ends[!turned] = *b;
}

static int compare(const void *one, const void *other)
{
    const chosen_session *a = one, *b = other;
    int order = compare_endpoints(&a->ends[0], &b->ends[0]);

    return order != 0 ? order : compare_endpoints(&a->ends[1], &b->ends[1]);
}

/* ---- sink ---- */

static void chosen_begin(void *ctx, const session_info *info)
{
    const event_sink *next = ((chosen *)ctx)->next;

    next->begin(next->ctx, info);
}

static void chosen_item(void *ctx, const session_info *info, const item *what)
{
    const event_sink *next = ((chosen *)ctx)->next;

    next->item(next->ctx, info, what);
}

static void chosen_end(void *ctx, const session_info *info, const outcome *how)
{
    chosen *c = ctx;
    chosen_session *added;

    if (c->count == c->room) {
        c->room = c->room > 0 ? 2 * c->room : 64;
        c->sessions = reallocate(c->sessions, c->room * sizeof(*c->sessions));
    }
    added = &c->sessions[c->count++];
    set_ends(added->ends, &info->about.client, &info->about.server);
    added->start = info->about.start;
    added->end = how->time;
    c->next->end(c->next->ctx, info, how);
}

event_sink chosen_sink(chosen *c, const event_sink *next)
{
    c->next = next;
    return (event_sink){ c, chosen_begin, chosen_item, chosen_end };
}

/* ---- frames ---- */

void chosen_complete(chosen *c)
{
    if (c->count > 0)
        qsort(c->sessions, c->count, sizeof(*c->sessions), compare);
}

static int is_during(const chosen_session *s, int64_t time)
{
    int64_t last = s->end < INT64_MAX - grace ? s->end + grace : INT64_MAX;

    return time >= s->start && time <= last;
}

static int is_between(const chosen_session *s, const segment *seg)
{
    size_t size = sizeof(seg->from.ip);

    return (memcmp(s->ends[0].ip, seg->from.ip, size) == 0 && memcmp(s->ends[1].ip, seg->to.ip, size) == 0) ||
           (memcmp(s->ends[1].ip, seg->from.ip, size) == 0 && memcmp(s->ends[0].ip, seg->to.ip, size) == 0);
}

static int has_fragment(const chosen *c, const segment *seg, int64_t time)
{
    for (size_t i = 0; i < c->count; i++)
        if (is_between(&c->sessions[i], seg) && is_during(&c->sessions[i], time))
            return 1;
    return 0;
}

int chosen_has(const chosen *c, const segment *seg, int is_fragment, int64_t time)
{
    chosen_session wanted;
    const chosen_session *found, *end;

    if (is_fragment || c->count == 0)
        return has_fragment(c, seg, time);
    end = c->sessions + c->count;
    memset(&wanted, 0, sizeof(wanted));
    set_ends(wanted.ends, &seg->from, &seg->to);
    found = bsearch(&wanted, c->sessions, c->count, sizeof(wanted), compare);
    if (found == NULL)
        return 0;
    while (found > c->sessions && compare(found - 1, &wanted) == 0)
        found--;
    for (; found < end && compare(found, &wanted) == 0; found++)
        if (is_during(found, time))
            return 1;
    return 0;
}

void chosen_clear(chosen *c)
{
    free(c->sessions);
    memset(c, 0, sizeof(*c));
}
