/* SPDX-License-Identifier: ISC */
#include "views.h"

#include "conversation.h"
#include "extract.h"
#include "follow.h"
#include "html.h"
#include "json.h"
#include "report.h"
#include "stats.h"
#include "table.h"
#include "text.h"

#include <errno.h>
#include <string.h>

/* ---- to all of them ---- */

static void all_begin(void *ctx, const session_info *info)
{
    views *out = ctx;

    for (size_t i = 0; i < out->count; i++)
        out->views[i].sink.begin(out->views[i].sink.ctx, info);
}

static void all_item(void *ctx, const session_info *info, const item *what)
{
    views *out = ctx;

    for (size_t i = 0; i < out->count; i++)
        out->views[i].sink.item(out->views[i].sink.ctx, info, what);
}

static void all_end(void *ctx, const session_info *info, const outcome *how)
{
    views *out = ctx;

    for (size_t i = 0; i < out->count; i++)
        out->views[i].sink.end(out->views[i].sink.ctx, info, how);
}

/* ---- life ---- */

static void add(views *out, view p)
{
    out->views[out->count++] = p;
}

static void add_standard_output(views *out, const views_wanted *wanted, const char *name)
{
    text_style style = { wanted->colour, wanted->hex, wanted->frames, wanted->time, wanted->width };

    switch (wanted->kind) {
    case VIEW_TEXT: add(out, text_view(stdout, style)); break;
    case VIEW_JSON: add(out, json_view(stdout, wanted->without_bodies)); break;
    case VIEW_FOLLOW: add(out, follow_view()); break;
    case VIEW_CONVERSATION: add(out, conversation_view(stdout)); break;
    case VIEW_STATS: add(out, stats_view(stdout)); break;
    case VIEW_SESSIONS: add(out, session_lines(stdout)); break;
    case VIEW_TABLE_SESSIONS: add(out, table_of_sessions(stdout, name)); break;
    case VIEW_TABLE_PACKETS: add(out, table_of_packets(stdout, name)); break;
    case VIEW_NONE: break;
    }
}

int views_open(views *out, const views_wanted *wanted, const char *name, const sw_crypto *crypto)
{
    memset(out, 0, sizeof(*out));
    out->sink = (event_sink){ out, all_begin, all_item, all_end };
    if (wanted->page != NULL) {
        if (page_file_open(&out->page, wanted->page, wanted->in_place) < 0)
            return -1;
        add(out, html_view(out->page.file, name, wanted->time, crypto));
    }
    if (wanted->folder != NULL) {
        view files;

        if (extract_view(&files, wanted->folder) < 0)
            return -1;
        add(out, files);
    }
    add_standard_output(out, wanted, name);
    return 0;
}

int views_want_bodies(const views_wanted *wanted)
{
    return wanted->hex || wanted->page != NULL || wanted->folder != NULL ||
           (wanted->kind == VIEW_JSON && !wanted->without_bodies) || wanted->kind == VIEW_FOLLOW ||
           wanted->kind == VIEW_CONVERSATION;
}

int views_flush(views *out)
{
    for (size_t i = 0; i < out->count; i++)
        out->views[i].flush(out->views[i].sink.ctx);
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : -1;
}

int views_close(views *out, int keep_page)
{
    int result = 0;

    for (size_t i = 0; i < out->count; i++)
        if (out->views[i].finish(out->views[i].sink.ctx) < 0)
            result = -1;
    out->count = 0;
    if (views_flush(out) < 0) {
        report_system("standard output", errno);
        result = -1;
    }
    if (out->page.file != NULL && page_file_close(&out->page, keep_page) < 0)
        result = -1;
    return result;
}
