/* SPDX-License-Identifier: ISC */
#include "event_log.h"

#include "report.h"

#include <check.h>
#include <inttypes.h>
#include <stdlib.h>

enum { SHOWN = 24 };

static const char *const arrows[] = { "C>S", "S>C" };

static const char *item_text(const item *what)
{
    static const char *const names[] = {
        [ITEM_GREETING] = "greeting",   [ITEM_REQUEST] = "request", [ITEM_CHALLENGE] = "challenge",
        [ITEM_RESPONSE] = "response",   [ITEM_NOISE] = "noise",     [ITEM_RECORD] = "record",
        [ITEM_PROCEED] = "proceed",     [ITEM_COMMAND] = "command", [ITEM_DATA] = "text",
        [ITEM_ENCRYPTED] = "encrypted", [ITEM_LOST] = "lost",       [ITEM_UNDECODED] = "undecoded",
    };

    return what->band != BAND_NONE ? sw_band_name(what->band) : names[what->kind];
}

static void log_begin(void *ctx, const session_info *info)
{
    event_log *log = ctx;

    fprintf(log->out, "begin %" PRIu64 " %.*s\n", info->number, (int)info->user_len,
            info->user_len > 0 ? info->user : "");
}

static void log_body(event_log *log, const item *what)
{
    size_t len = what->body_len < SHOWN ? what->body_len : SHOWN;

    fputs(" \"", log->out);
    print_escaped(log->out, what->body, len);
    fputs(len < what->body_len ? "\"..." : "\"", log->out);
    if (len < what->body_len)
        fprintf(log->out, "%zu", what->body_len);
}

static void log_item(void *ctx, const session_info *info, const item *what)
{
    event_log *log = ctx;

    if (log->brief && what->kind <= ITEM_NOISE)
        return;
    log->packets += !what->more;
    log->body_bytes += what->body_len;
    fprintf(log->out, "%s %s %" PRIu64 "/%" PRIu64, arrows[what->side], item_text(what), what->came, what->size);
    if (what->kind == ITEM_RECORD)
        fprintf(log->out, " number %" PRIu64, what->number);
    if (what->offset > 0)
        fprintf(log->out, " @%" PRIu64, what->offset);
    if (what->more)
        fputs(" +", log->out);
    if (what->kind == ITEM_CHALLENGE && info->challenge == CHALLENGE_OPENED)
        fprintf(log->out, " opened by %s", info->key);
    if (what->kind == ITEM_RESPONSE && info->challenge == CHALLENGE_KEYLOG)
        fprintf(log->out, " in the key log");
    if (what->response != RESPONSE_UNCHECKED)
        fputs(what->response == RESPONSE_RIGHT ? " right" : " wrong", log->out);
    if (what->body_len > 0 && what->kind != ITEM_CHALLENGE && what->kind != ITEM_RESPONSE)
        log_body(log, what);
    for (size_t i = 0; what->kind == ITEM_COMMAND && i < what->arguments.count; i++)
        fprintf(log->out, " [%.*s]", (int)what->argv[i].len, what->argv[i].data);
    if (what->error.code < 0)
        fprintf(log->out, " error %d", what->error.code);
    fputc('\n', log->out);
}

static void log_end(void *ctx, const session_info *info, const outcome *how)
{
    static const char *const stages[] = { "greeted", "requested", "challenged", "answered", "encrypted" };
    event_log *log = ctx;

    fprintf(log->out, "end %s", stages[how->stage]);
    if (info->user_key != SW_KEY_NONE)
        fprintf(log->out, " %.*s %.12s", (int)info->user_len, info->user, info->fingerprint);
    if (how->refused)
        fputs(" refused", log->out);
    if (how->exit_status >= 0)
        fprintf(log->out, " exit %d", how->exit_status);
    for (int side = 0; side < 2; side++) {
        if (how->lost[side] > 0)
            fprintf(log->out, " %s lost %" PRIu64, arrows[side], how->lost[side]);
        if (how->conflicts[side] > 0)
            fprintf(log->out, " %s conflicts %" PRIu64, arrows[side], how->conflicts[side]);
        if (how->misplaced[side] > 0)
            fprintf(log->out, " %s misplaced %" PRIu64, arrows[side], how->misplaced[side]);
        if (how->unseen[side])
            fprintf(log->out, " %s unseen", arrows[side]);
        if (how->error[side].code < 0)
            fprintf(log->out, " %s error %d", arrows[side], how->error[side].code);
    }
    fputs(how->damaged ? " damaged\n" : "\n", log->out);
}

event_sink event_log_open(event_log *log)
{
    event_sink sink = { log, log_begin, log_item, log_end };
    int brief = log->brief;

    *log = (event_log){ .brief = brief };
    log->out = open_memstream(&log->text, &log->size);
    ck_assert_ptr_nonnull(log->out);
    return sink;
}

const char *event_log_text(event_log *log)
{
    ck_assert_int_eq(fflush(log->out), 0);
    return log->text;
}

void event_log_close(event_log *log)
{
    fclose(log->out);
    free(log->text);
}
