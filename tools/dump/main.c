/* SPDX-License-Identifier: ISC */
/* sidewire-dump: shows the sessions in a capture. */
#include "arguments.h"
#include "capture/capture.h"
#include "capture/interrupt.h"
#include "capture/privileges.h"
#include "capture/raw_streams.h"
#include "copying.h"
#include "hold_in.h"
#include "options.h"
#include "report.h"
#include "show/gather.h"
#include "show/losses.h"
#include "show/views.h"
#include "standard_streams.h"
#include "watch/session.h"

#include <sidewire/backends.h>

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    BAR_BYTES = 16 << 20, /* of a capture that a progress bar is worth it for */
    KEYS_TIME = 200,      /* milliseconds between looks into a key log that grows */
    QUIET_TIME = 500      /* milliseconds after which nothing late is expected */
};

/* ---- captures ---- */

/* All that events pass through, last first. */
typedef struct sinks {
    views out;
    filtered selected;
    losses losses;
    copying copy;
    flows *flows;       /* NULL before the capture is open */
    watch_setup *setup; /* the same */
} sinks;

static int on_idle(void *ctx, int quiet)
{
    sinks *all = ctx;

    if (quiet)
        flows_quiet(all->flows);
    views_flush(&all->out);
    copying_flush(&all->copy);
    if (all->setup != NULL && sessions_retry(all->setup))
        return KEYS_TIME;
    return all->flows != NULL && flows_wait_for_quiet(all->flows) ? QUIET_TIME : -1;
}

static void on_progress(void *ctx, uint64_t bytes)
{
    progress_draw(&((sinks *)ctx)->losses.bar, bytes);
}

/* Rights that were needed to open it are given up before anything is looked at. */
static capture *open_capture(const arguments *args, const capture_setup *setup, char why[CAPTURE_WHY_SIZE])
{
    capture *c = capture_open(setup, why);

    if (c == NULL || args->interface == NULL || privileges_drop(args->user, why) == 0)
        return c;
    capture_close(c);
    return NULL;
}

/* Where output does not go to the same terminal. */
static void start_bar(progress *bar, const capture *c)
{
    if (isatty(STDOUT_FILENO))
        return;
    progress_init(bar, STDERR_FILENO, capture_descriptor(c));
    if (bar->total < BAR_BYTES)
        bar->terminal = -1;
}

/* Reads to the end, or to where the capture is damaged, or while there is somebody to read it
 * for. */
static void read_all(capture *c, flows *f, losses *m)
{
    char why[CAPTURE_WHY_SIZE];
    segment seg;
    int result;

    start_bar(&m->bar, c);
    while ((result = capture_next(c, &seg, why)) > 0 && !ferror(stdout))
        flows_segment(f, &seg);
    flows_finish(f);
    progress_clear(&m->bar);
    losses_packets(m, capture_seen(c), capture_frames(c), result < 0 ? why : NULL);
    losses_unused(m, f);
}

/* Keys in the capture. */
static void on_secrets(void *ctx, uint32_t type, const uint8_t *data, size_t len)
{
    watch_setup *setup = ((sinks *)ctx)->setup;

    copying_secrets(&((sinks *)ctx)->copy, type, data, len);
    if (!keylog_knows_secrets(type, data, len))
        return;
    if (setup->log == NULL)
        setup->log = keylog_new_empty(((sinks *)ctx)->losses.name);
    keylog_use(setup->log, (const char *)data, len);
    sessions_retry(setup);
}

static int watch_capture(const arguments *args, watch_setup *setup, sinks *all)
{
    losses *m = &all->losses;
    capture_setup source = { args->captures,
                             args->capture_count,
                             args->interface,
                             args->filter,
                             (uint64_t)args->packets,
                             { all, on_idle, on_progress, on_secrets },
                             NULL,
                             NULL };
    flow_watcher watcher = sessions_watcher(setup);
    char why[CAPTURE_WHY_SIZE];
    capture *c;

    all->flows = NULL;
    all->setup = setup;
    copying_prepare(&all->copy, &source);
    c = open_capture(args, &source, why);
    if (c == NULL) {
        report("%s", why);
        return STATUS_UNREADABLE;
    }
    hold_in(args, &all->out.page);
    if (args->interface != NULL)
        report("%s: capturing, until SIGINT or SIGTERM", m->name);
    all->flows = flows_new(&watcher);
    read_all(c, all->flows, m);
    flows_free(all->flows);
    if (setup->sessions == 0)
        losses_no_session(m, capture_seen(c), capture_frames(c));
    losses_candidates(m, setup->candidates);
    capture_close(c);
    if (copying_select(&all->copy, &source, why) == 0)
        return STATUS_OK;
    report("%s", why);
    return STATUS_FAILURE;
}

/* ---- raw streams ---- */

static int watch_streams(const arguments *args, watch_setup *setup, sinks *all)
{
    losses *m = &all->losses;
    char why[CAPTURE_WHY_SIZE];

    hold_in(args, &all->out.page);
    if (raw_streams_watch(args->streams, setup, why, sizeof(why)) < 0) {
        report("%s", why);
        return STATUS_UNREADABLE;
    }
    if (setup->sessions == 0)
        losses_no_session(m, NULL, NULL);
    return STATUS_OK;
}

/* ---- run ---- */

static const char *source_name(const arguments *args)
{
    if (args->capture_count > 0)
        return args->capture_count == 1 ? args->captures[0] : "captures";
    if (args->interface != NULL)
        return args->interface;
    return args->streams[FROM_SERVER] != NULL ? args->streams[FROM_SERVER] : args->streams[FROM_CLIENT];
}

static int list_interfaces(void)
{
    char why[CAPTURE_WHY_SIZE];

    if (capture_list_interfaces(why) < 0) {
        report("interfaces: %s", why);
        return STATUS_UNREADABLE;
    }
    if (fflush(stdout) == 0 && !ferror(stdout))
        return STATUS_OK;
    report_system("standard output", errno);
    return STATUS_FAILURE;
}

/* All that is written to. 0, or -1 after a message. */
static int open_outputs(sinks *all, const arguments *args, const char *name, const sw_crypto *crypto)
{
    char why[CAPTURE_WHY_SIZE];

    memset(all, 0, sizeof(*all));
    if (copying_open(&all->copy, &args->copy, &args->wanted, why) < 0)
        report("%s", why);
    else if (views_open(&all->out, &args->shown, name, crypto) < 0)
        copying_close(&all->copy, 0);
    else
        return 0;
    return -1;
}

/* 0, or -1 after a message. */
static int close_outputs(sinks *all, int keep)
{
    int result = views_close(&all->out, keep);

    return copying_close(&all->copy, keep) < 0 ? -1 : result;
}

/* What waits until it is known whether it is wanted could not be kept. */
static int check_waiting(const gather *waiting)
{
    if (waiting == NULL || gather_failed(waiting) == 0)
        return 0;
    report_system("temporary file", gather_failed(waiting));
    return -1;
}

/* With --follow, one session at a time need not wait for its end. Others wait for that then, so not where it may last for
 * hours: while it is captured. */
static int may_pass(const arguments *args)
{
    struct stat info;

    if (args->shown.kind != VIEW_FOLLOW || filter_needs_whole(&args->wanted) || args->interface != NULL)
        return 0;
    for (size_t i = 0; i < args->capture_count; i++)
        if (stat(args->captures[i], &info) < 0 || !S_ISREG(info.st_mode))
            return 0;
    return 1;
}

static int dump(arguments *args, const sw_crypto *crypto)
{
    const char *name = source_name(args);
    int streams = args->capture_count == 0 && args->interface == NULL;
    watch_setup setup = { .crypto = crypto,
                          .keys = &args->keys,
                          .log = args->log,
                          .whole_bodies = views_want_bodies(&args->shown) || args->wanted.text != NULL };
    event_sink shown, selected, whole, watched;
    gather *waiting = NULL;
    sinks all;
    int status;

    if (args->list)
        return list_interfaces();
    keyring_prepare(&args->keys, crypto);
    if (open_outputs(&all, args, name, crypto) < 0)
        return STATUS_FAILURE;
    shown = chosen_sink(&all.copy.chosen, &all.out.sink);
    selected = filter_sink(&all.selected, &args->wanted, all.copy.selects ? &shown : &all.out.sink);
    whole = selected;
    if (args->shown.by_session || filter_needs_whole(&args->wanted)) {
        waiting = gather_new(&args->wanted, &selected, may_pass(args));
        whole = gather_sink(waiting);
    }
    watched = losses_sink(&all.losses, name, &whole);
    setup.sink = &watched;
    status = streams ? watch_streams(args, &setup, &all) : watch_capture(args, &setup, &all);
    if (setup.sessions > 0 && all.selected.sessions == 0)
        report("%s: none of the %llu sessions is selected", name, (unsigned long long)setup.sessions);
    if (check_waiting(waiting) < 0)
        all.losses.damaged = 1;
    gather_free(waiting);
    if (setup.log != args->log)
        keylog_close(setup.log);
    if (close_outputs(&all, status != STATUS_UNREADABLE) < 0 && status == STATUS_OK)
        status = STATUS_FAILURE;
    return status == STATUS_OK && all.losses.damaged ? STATUS_DAMAGED : status;
}

int main(int argc, char **argv)
{
    arguments args;
    sw_crypto *crypto = NULL;
    int status = STATUS_FAILURE;

    report_program(argv[0]);
    if (standard_streams_open() < 0)
        return STATUS_FAILURE;
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is like a full disk */
    if (arguments_parse(&args, argc, argv, &status)) {
        status = STATUS_FAILURE;
        crypto = start_crypto(args.crypto);
        if (crypto != NULL && interrupt_open() < 0)
            report_system("signals", errno);
        else if (crypto != NULL)
            status = dump(&args, crypto);
    }
    arguments_clear(&args);
    sw_backend_free(crypto);
    return status;
}
