/* sidewire-dump: shows the sessions in a capture. */
#include "arguments.h"
#include "capture.h"
#include "observer.h"
#include "report.h"
#include "text.h"

#include <sidewire/mbedtls.h>

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

/* ---- from connections to observers ---- */

static void *watch_open(void *ctx, const connection *about)
{
    return observer_new(ctx, about);
}

static int watch_data(void *watch, from side, int64_t time, uint8_t *data, size_t len)
{
    return observer_data(watch, side, time, data, len);
}

static void watch_lost(void *watch, from side, int64_t time, uint64_t n)
{
    observer_lost(watch, side, time, n);
}

static void watch_end(void *watch, from side, int64_t time)
{
    (void)time;
    observer_end(watch, side);
}

static void watch_close(void *watch, flow_end how, from breaker, int64_t time)
{
    observer_close(watch, how, breaker, time);
}

/* ---- what is said on standard error ---- */

/* Passes everything on to the printer, and reports damage. */
typedef struct monitor {
    const char *capture;        /* its name */
    event_sink printer;
    int damaged;
} monitor;

static void monitor_begin(void *ctx, const session_info *info)
{
    const event_sink *printer = &((monitor *)ctx)->printer;

    printer->begin(printer->ctx, info);
}

static void monitor_item(void *ctx, const session_info *info, const item *what)
{
    const event_sink *printer = &((monitor *)ctx)->printer;

    printer->item(printer->ctx, info, what);
}

static void monitor_end(void *ctx, const session_info *info, const outcome *how)
{
    monitor *m = ctx;
    char words[512];

    m->printer.end(m->printer.ctx, info, how);
    if (!how->damaged)
        return;
    text_outcome(info, how, words, sizeof(words));
    report("%s: session %" PRIu64 ": %s", m->capture, info->number, words);
    m->damaged = 1;
}

static void report_unused(monitor *m, uint64_t n, const char *what)
{
    if (n == 0)
        return;
    report("%s: %" PRIu64 " %s", m->capture, n, what);
    m->damaged = 1;
}

/* ---- run ---- */

/* Reads to the end, or to where the file is damaged. */
static void read_all(capture *c, flows *f, monitor *m)
{
    const capture_counts *counts = capture_seen(c);
    char why[CAPTURE_WHY_SIZE];
    segment seg;
    int result;

    while ((result = capture_next(c, &seg, why)) > 0)
        flows_segment(f, &seg);
    flows_finish(f);
    if (result < 0) {
        report("%s: after %" PRIu64 " packets: %s", m->capture, counts->frames, why);
        m->damaged = 1;
    }
    report_unused(m, counts->cut, "packets were captured too short to tell what they are");
    report_unused(m, counts->fragments, "IP fragments were not put together");
    report_unused(m, counts->damaged, "packets have damaged headers");
}

static void report_none(monitor *m, const capture_counts *counts)
{
    report("%s: no session found in %" PRIu64 " packets", m->capture, counts->frames);
    report_unused(m, counts->shortened, "of them were not captured to their end");
    m->damaged = 1;
}

static int dump(const arguments *args, const sw_crypto *crypto)
{
    monitor m = { args->capture, text_sink(stdout), 0 };
    event_sink sink = { &m, monitor_begin, monitor_item, monitor_end };
    observer_setup setup = { crypto, &args->keys, &sink, 0, 0 };
    flow_watcher watcher = { &setup, watch_open, watch_data, watch_lost, watch_end, watch_close };
    char why[CAPTURE_WHY_SIZE];
    capture *c = capture_open(args->capture, why);
    flows *f;

    if (c == NULL) {
        report("%s: %s", args->capture, why);
        return STATUS_UNREADABLE;
    }
    f = flows_new(&watcher);
    read_all(c, f, &m);
    flows_free(f);
    if (setup.sessions == 0)
        report_none(&m, capture_seen(c));
    capture_close(c);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        report_system("standard output", errno);
        return STATUS_FAILURE;
    }
    return m.damaged ? STATUS_DAMAGED : STATUS_OK;
}

int main(int argc, char **argv)
{
    arguments args;
    sw_crypto *crypto;
    int status = STATUS_FAILURE;

    report_program(argv[0]);
    if (arguments_parse(&args, argc, argv, &status)) {
        crypto = sw_mbedtls_new();
        if (crypto == NULL)
            report("no memory, or no randomness");
        else
            status = dump(&args, crypto);
        sw_mbedtls_free(crypto);
    }
    keyring_clear(&args.keys);
    return status;
}
