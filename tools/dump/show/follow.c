/* SPDX-License-Identifier: ISC */
#include "follow.h"

#include "describe.h"
#include "watch/allocate.h"
#include "output.h"
#include "report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { HELD_MAX = 16384 };

typedef struct follow {
    output output;
    size_t held_len;
    uint8_t held[HELD_MAX]; /* for standard output; more may follow */
    uint64_t session;       /* of what was printed last; 0: nothing was */
    int in_line;            /* and it has not ended its line */
    int failed;             /* standard output cannot be written */
} follow;

static void write_band(follow *f, unsigned band, const uint8_t *data, size_t len)
{
    if (!f->failed && len > 0)
        f->failed = output_write(&f->output, (uint8_t)band, data, len) < 0;
}

static void write_held(follow *f)
{
    write_band(f, SW_BAND_OUTPUT, f->held, f->held_len);
    f->held_len = 0;
}

/* Nothing waits on its way to a terminal, nor before anything that goes to standard error: so all
 * comes in order. */
static void put(follow *f, unsigned band, const uint8_t *data, size_t len)
{
    int may_wait = band == SW_BAND_OUTPUT && !f->output.on_terminal;

    if (!may_wait || len > HELD_MAX - f->held_len)
        write_held(f);
    if (!may_wait || len > HELD_MAX) {
        write_band(f, band, data, len);
    } else {
        memcpy(f->held + f->held_len, data, len);
        f->held_len += len;
    }
}

/* Before a message of ours. 0 if there is to be none any more: standard output failed. */
static int end_lines(follow *f)
{
    write_held(f);
    if (f->failed)
        return 0;
    output_end_line(&f->output);
    if (output_line_is_open(&f->output))
        output_write(&f->output, SW_BAND_OUTPUT, "\n", 1);
    return 1;
}

/* Another session begins a line of its own. */
static void leave_session(follow *f, const session_info *info)
{
    if (f->session != 0 && f->session != info->number && f->in_line && !f->output.on_terminal)
        put(f, SW_BAND_OUTPUT, (const uint8_t *)"\n", 1);
    if (f->session != info->number)
        f->in_line = 0;
}

/* What follows is of this session. */
static void turn_to(follow *f, const session_info *info)
{
    char client[ENDPOINT_TEXT_SIZE], server[ENDPOINT_TEXT_SIZE];

    if (f->session != 0 && f->session != info->number && end_lines(f)) {
        describe_endpoint(&info->about.client, client);
        describe_endpoint(&info->about.server, server);
        report("session %" PRIu64 ", %s > %s%s%.*s", info->number, client, server,
               info->user != NULL ? ", user " : "", (int)info->user_len, info->user != NULL ? info->user : "");
    }
    f->session = info->number;
}

/* Bytes that are missing from what is printed. */
static void say_missing(follow *f, const session_info *info, const item *what)
{
    char note[NOTE_SIZE];

    leave_session(f, info);
    turn_to(f, info);
    if (!end_lines(f))
        return;
    describe_item(info, what, note);
    if (what->kind == ITEM_RECORD && what->error.code < 0)
        describe_fault(what, note);
    report("session %" PRIu64 ": %" PRIu64 " bytes %s%s%s", info->number, what->size, kind_name(what->kind),
           note[0] != '\0' ? ", " : "", note);
}

/* Legacy: the server's word for an upload to begin, which clients keep to themselves. */
static int asks_for_upload(const item *what)
{
    static const char words[] = SW_LEGACY_AWAITING_DATA;

    return what->band == BAND_NONE && what->size == sizeof(words) - 1 && what->body_len == what->size &&
           memcmp(what->body, words, what->body_len) == 0;
}

static int is_log(unsigned band)
{
    return band >= SW_BAND_DEBUG_LOG && band <= SW_BAND_EMERG_LOG;
}

static void follow_begin(void *ctx, const session_info *info)
{
    (void)ctx;
    (void)info;
}

static void follow_item(void *ctx, const session_info *info, const item *what)
{
    follow *f = ctx;
    int is_output = what->band == BAND_NONE || what->band == SW_BAND_OUTPUT;

    if (what->side != FROM_SERVER || f->failed)
        return;
    if (what->kind == ITEM_RECORD && what->number > 0 && !session_is_open(info))
        return; /* for want of keys: the first of them said so */
    if (!item_is_message(what)) {
        say_missing(f, info, what);
    } else if (what->kind == ITEM_DATA && what->body_len > 0 && !asks_for_upload(what) &&
               (is_output || is_log(what->band))) {
        leave_session(f, info);
        turn_to(f, info);
        if (is_output)
            f->in_line = what->body[what->body_len - 1] != '\n';
        put(f, is_output ? SW_BAND_OUTPUT : what->band, what->body, what->body_len);
    }
}

static void follow_end(void *ctx, const session_info *info, const outcome *how)
{
    (void)ctx;
    (void)info;
    (void)how;
}

static void follow_flush(void *ctx)
{
    write_held(ctx);
}

static int follow_finish(void *ctx)
{
    follow *f = ctx;
    int result;

    write_held(f);
    result = f->failed ? -1 : output_end(&f->output, 1);
    free(f);
    return result;
}

view follow_view(void)
{
    follow *f = allocate(sizeof(*f));
    view p = { { f, follow_begin, follow_item, follow_end }, follow_flush, follow_finish };

    output_init(&f->output, 0);
    return p;
}
