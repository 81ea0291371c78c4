#include "views.h"

#include "follow.h"
#include "html.h"
#include "json.h"
#include "private_file.h"
#include "report.h"
#include "stats.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
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

static void add_standard_output(views *out, const views_wanted *wanted)
{
    text_style style = { wanted->colour, wanted->hex };

    switch (wanted->kind) {
    case VIEW_TEXT:
        add(out, text_view(stdout, style));
        break;
    case VIEW_JSON:
        add(out, json_view(stdout));
        break;
    case VIEW_FOLLOW:
        add(out, follow_view());
        break;
    case VIEW_STATS:
        add(out, stats_view(stdout));
        break;
    case VIEW_NONE:
        break;
    }
}

int views_open(views *out, const views_wanted *wanted, const char *name, const sw_crypto *crypto)
{
    int fd;

    memset(out, 0, sizeof(*out));
    out->sink = (event_sink){ out, all_begin, all_item, all_end };
    if (wanted->page != NULL) {
        out->page_path = wanted->page;
        fd = private_file_open(wanted->page, O_WRONLY | O_TRUNC);
        if (fd >= 0)
            fcntl(fd, F_SETFL, 0); /* a pipe may be waited for */
        out->page = fd >= 0 ? fdopen(fd, "w") : NULL;
        if (out->page == NULL) {
            report_system(wanted->page, errno);
            return -1;
        }
        add(out, html_view(out->page, name, crypto));
    }
    add_standard_output(out, wanted);
    return 0;
}

int views_want_bodies(const views_wanted *wanted)
{
    return wanted->hex || wanted->page != NULL || wanted->kind == VIEW_JSON ||
           wanted->kind == VIEW_FOLLOW;
}

int views_flush(views *out)
{
    for (size_t i = 0; i < out->count; i++)
        out->views[i].flush(out->views[i].sink.ctx);
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : -1;
}

static int close_page(views *out)
{
    int failed = ferror(out->page);

    if (fclose(out->page) == 0 && !failed)
        return 0;
    report_system(out->page_path, errno);
    return -1;
}

int views_close(views *out)
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
    if (out->page != NULL && close_page(out) < 0)
        result = -1;
    return result;
}
