#include "outputs.h"

#include "follow.h"
#include "html.h"
#include "json.h"
#include "report.h"
#include "stats.h"
#include "text.h"

#include <errno.h>
#include <string.h>

/* ---- to all of them ---- */

static void all_begin(void *ctx, const session_info *info)
{
    outputs *out = ctx;

    for (size_t i = 0; i < out->count; i++)
        out->printers[i].sink.begin(out->printers[i].sink.ctx, info);
}

static void all_item(void *ctx, const session_info *info, const item *what)
{
    outputs *out = ctx;

    for (size_t i = 0; i < out->count; i++)
        out->printers[i].sink.item(out->printers[i].sink.ctx, info, what);
}

static void all_end(void *ctx, const session_info *info, const outcome *how)
{
    outputs *out = ctx;

    for (size_t i = 0; i < out->count; i++)
        out->printers[i].sink.end(out->printers[i].sink.ctx, info, how);
}

/* ---- life ---- */

static void add(outputs *out, printer p)
{
    out->printers[out->count++] = p;
}

static void add_standard_output(outputs *out, const arguments *args)
{
    text_style style = { args->colour, args->hex };

    switch (args->shown) {
    case OUTPUT_TEXT:
        add(out, text_printer(stdout, style));
        break;
    case OUTPUT_JSON:
        add(out, json_printer(stdout));
        break;
    case OUTPUT_FOLLOW:
        add(out, follow_printer());
        break;
    case OUTPUT_STATS:
        add(out, stats_printer(stdout));
        break;
    case OUTPUT_NONE:
        break;
    }
}

int outputs_open(outputs *out, const arguments *args, const char *name, const sw_crypto *crypto)
{
    memset(out, 0, sizeof(*out));
    out->sink = (event_sink){ out, all_begin, all_item, all_end };
    if (args->page != NULL) {
        out->page_path = args->page;
        out->page = fopen(args->page, "we");
        if (out->page == NULL) {
            report_system(args->page, errno);
            return -1;
        }
        add(out, html_printer(out->page, name, crypto));
    }
    add_standard_output(out, args);
    return 0;
}

int outputs_want_bodies(const arguments *args)
{
    return args->hex || args->page != NULL || args->shown == OUTPUT_JSON ||
           args->shown == OUTPUT_FOLLOW;
}

int outputs_flush(outputs *out)
{
    for (size_t i = 0; i < out->count; i++)
        out->printers[i].flush(out->printers[i].sink.ctx);
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : -1;
}

static int close_page(outputs *out)
{
    int failed = ferror(out->page);

    if (fclose(out->page) == 0 && !failed)
        return 0;
    report_system(out->page_path, errno);
    return -1;
}

int outputs_close(outputs *out)
{
    int result = 0;

    for (size_t i = 0; i < out->count; i++)
        if (out->printers[i].finish(out->printers[i].sink.ctx) < 0)
            result = -1;
    out->count = 0;
    if (outputs_flush(out) < 0) {
        report_system("standard output", errno);
        result = -1;
    }
    if (out->page != NULL && close_page(out) < 0)
        result = -1;
    return result;
}
