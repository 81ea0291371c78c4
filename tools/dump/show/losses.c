/* SPDX-License-Identifier: ISC */
#include "losses.h"

#include "describe.h"
#include "report.h"

#include <inttypes.h>
#include <string.h>

static void losses_begin(void *ctx, const session_info *info)
{
    const event_sink *next = ((losses *)ctx)->next;

    next->begin(next->ctx, info);
}

static void losses_item(void *ctx, const session_info *info, const item *what)
{
    const event_sink *next = ((losses *)ctx)->next;

    next->item(next->ctx, info, what);
}

static void losses_end(void *ctx, const session_info *info, const outcome *how)
{
    losses *m = ctx;
    char words[OUTCOME_SIZE];

    m->next->end(m->next->ctx, info, how);
    if (!how->damaged)
        return;
    text_outcome(info, how, words, sizeof(words));
    progress_clear(&m->bar);
    report("%s: session %" PRIu64 ": %s", m->name, info->number, words);
    m->damaged = 1;
}

event_sink losses_sink(losses *m, const char *name, const event_sink *next)
{
    event_sink sink = { m, losses_begin, losses_item, losses_end };

    memset(m, 0, sizeof(*m));
    m->name = name;
    m->next = next;
    m->bar.terminal = -1;
    return sink;
}

static void report_unused(losses *m, uint64_t n, const char *what)
{
    if (n == 0)
        return;
    report("%s: %" PRIu64 " %s", m->name, n, what);
    m->damaged = 1;
}

void losses_packets(losses *m, const capture_counts *counts, const frames *seen, const char *why)
{
    if (why != NULL) {
        report("%s: after %" PRIu64 " packets: %s", m->name, counts->frames, why);
        m->damaged = 1;
    }
    report_unused(m, counts->cut, "packets were captured too short to tell what they are");
    report_unused(m, frames_fragments(seen), "IP fragments were not put together");
    report_unused(m, counts->damaged, "packets have damaged headers");
    report_unused(m, counts->dropped, "packets were dropped by the system");
}

void losses_unused(losses *m, const flows *f)
{
    uint64_t segments, bytes;

    flows_unused(f, &segments, &bytes);
    if (segments == 0)
        return;
    report("%s: %" PRIu64 " bytes in %" PRIu64 " packets came behind the end of their session", m->name, bytes,
           segments);
    m->damaged = 1;
}

/* `38 packets are no TCP: 30 EtherType 0x88e5 (MACsec), 8 IP protocol 17 (UDP)` */
static void report_others(const losses *m, const frames *seen)
{
    frame_other others[FRAME_OTHERS_MAX];
    char words[FRAME_OTHERS_MAX * (sizeof(others[0].name) + 24)] = "";
    uint64_t all;
    size_t count = frames_others(seen, others, &all), len = 0;

    for (size_t i = 0; i < count; i++) {
        len += (size_t)snprintf(words + len, sizeof(words) - len, "%s ", i > 0 ? "," : "");
        if (count > 1)
            len += (size_t)snprintf(words + len, sizeof(words) - len, "%" PRIu64 " ", others[i].count);
        len += (size_t)snprintf(words + len, sizeof(words) - len, "%s", others[i].name);
    }
    if (all > 0)
        report("%s: %" PRIu64 " packets are no TCP:%s", m->name, all, words);
}

void losses_candidates(losses *m, uint64_t n)
{
    report_unused(m, n,
                  n == 1
                      ? "connection begins as a session does with its challenge or response, but no key fits it"
                      : "connections begin as sessions do with their challenge or response, but no key fits them");
}

void losses_no_session(losses *m, const capture_counts *counts, const frames *seen)
{
    m->damaged = 1;
    if (counts == NULL) {
        report("%s: this is no session", m->name);
        return;
    }
    report("%s: no session found in %" PRIu64 " packets", m->name, counts->frames);
    report_unused(m, counts->shortened, "of them were not captured to their end");
    report_others(m, seen);
}
