/* SPDX-License-Identifier: ISC */
#include "table.h"

#include "describe.h"
#include "summary.h"
#include "watch/allocate.h"
#include "writer.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 200 }; /* bytes of a body in a table */

typedef struct table {
    writer w;
    const char *capture;
    summaries open;
    char id[SUMMARY_ID_SIZE]; /* of the session of the row before, */
    uint64_t id_session;      /* whose number is this; 0: none was */
} table;

/* ---- fields ---- */

/* No field has the end of a line in it, so that a line is a row for everybody. */
static void put_field(writer *w, const void *data, size_t len)
{
    const char *p = data;

    put_char(w, '"');
    while (len > 0) {
        const char *quote = memchr(p, '"', len);
        size_t n = quote != NULL ? (size_t)(quote - p) : len;

        put_escaped(w, p, n);
        if (quote == NULL)
            break;
        put_text(w, "\"\"");
        p += n + 1;
        len -= n + 1;
    }
    put_char(w, '"');
}

static void put_word(writer *w, const char *text)
{
    put_field(w, text, strlen(text));
    put_char(w, ',');
}

static void put_count(writer *w, uint64_t n)
{
    put_number(w, n, 0);
    put_char(w, ',');
}

static void put_time(writer *w, int64_t time)
{
    put_seconds(w, time, 9, 0);
    put_char(w, ',');
}

static void put_end_of(writer *w, const endpoint *e)
{
    char address[ENDPOINT_TEXT_SIZE];

    describe_address(e, address);
    put_word(w, address);
    put_count(w, e->port);
}

/* What all rows begin with. */
static void put_place(table *t, const session_info *info)
{
    if (t->id_session != info->number)
        summary_id(info, t->id);
    t->id_session = info->number;
    put_word(&t->w, t->id);
    put_word(&t->w, t->capture);
    put_count(&t->w, info->number);
}

static void end_row(writer *w)
{
    put_char(w, '\n');
    writer_event_over(w);
}

/* ---- sessions ---- */

static void sessions_begin(void *ctx, const session_info *info)
{
    summary_begin(&((table *)ctx)->open, info);
}

static void sessions_item(void *ctx, const session_info *info, const item *what)
{
    summary_item(&((table *)ctx)->open, info, what);
}

static void sessions_end(void *ctx, const session_info *info, const outcome *how)
{
    table *t = ctx;
    summary s = summary_end(&t->open, info);
    char words[OUTCOME_SIZE];
    writer *w = &t->w;

    put_place(t, info);
    put_time(w, info->about.start);
    put_time(w, how->time);
    put_time(w, relative_time(info, how->time));
    put_end_of(w, &info->about.client);
    put_end_of(w, &info->about.server);
    put_field(w, info->user, info->user_len);
    put_char(w, ',');
    put_word(w, info->request_seen ? mode_name(info->features) : "");
    put_word(w, info->request_seen ? cipher_name(info->features) : "");
    put_field(w, s.command, s.command_len);
    put_char(w, ',');
    if (how->exit_status >= 0)
        put_number(w, (uint64_t)how->exit_status, 0);
    put_char(w, ',');
    for (int side = 0; side < 2; side++) {
        put_count(w, s.packets[side]);
        put_count(w, s.bytes[side]);
        put_count(w, how->lost[side]);
    }
    text_outcome(info, how, words, sizeof(words));
    put_word(w, words);
    put_text(w, how->damaged ? "true" : "false");
    end_row(w);
}

/* ---- packets ---- */

static void packets_begin(void *ctx, const session_info *info)
{
    (void)ctx;
    (void)info;
}

static void packets_item(void *ctx, const session_info *info, const item *what)
{
    table *t = ctx;
    writer *w = &t->w;
    size_t len = what->body_len < TEXT_MAX ? what->body_len : TEXT_MAX;

    put_place(t, info);
    if (what->frame > 0)
        put_number(w, what->frame, 0);
    put_char(w, ',');
    put_time(w, what->time);
    put_time(w, relative_time(info, what->time));
    put_word(w, side_names[what->side]);
    put_word(w, kind_name(what->kind));
    put_word(w, what->band != BAND_NONE ? sw_band_name(what->band) : "");
    put_count(w, what->size);
    put_count(w, what->came);
    put_count(w, what->offset);
    put_field(w, what->body, item_is_message(what) ? len : 0);
    end_row(w);
}

static void packets_end(void *ctx, const session_info *info, const outcome *how)
{
    (void)ctx;
    (void)info;
    (void)how;
}

/* ---- lines ---- */

static void lines_end(void *ctx, const session_info *info, const outcome *how)
{
    enum { NUMBER = 4, CLIENT = 21, USER = 10, DURATION = 11, BYTES = 10 };
    table *t = ctx;
    summary s = summary_end(&t->open, info);
    char date[DATE_TEXT_SIZE], client[ENDPOINT_TEXT_SIZE];
    writer *w = &t->w;

    describe_date(info->about.start, date);
    describe_endpoint(&info->about.client, client);
    put_number(w, info->number, NUMBER);
    put_char(w, ' ');
    put_text(w, date);
    put_char(w, ' ');
    put_padded(w, client, CLIENT);
    put_char(w, ' ');
    put_escaped(w, info->user, info->user_len);
    put_blanks(w, info->user_len < USER ? USER - info->user_len : 0);
    put_text(w, how->exit_status < 0 ? " -" : how->exit_status > 0 ? " 1" : " 0");
    put_seconds(w, relative_time(info, how->time), 3, DURATION);
    put_char(w, ' ');
    put_number(w, s.bytes[FROM_CLIENT] + s.bytes[FROM_SERVER], BYTES);
    put_text(w, "  ");
    put_escaped(w, s.command, s.command_len);
    if (how->damaged)
        put_text(w, "  (damaged)");
    end_row(w);
}

/* ---- life ---- */

static void table_flush(void *ctx)
{
    writer_flush(&((table *)ctx)->w);
}

static int table_finish(void *ctx)
{
    table_flush(ctx);
    free(ctx);
    return 0;
}

static table *new_table(FILE *out, const char *capture, const char *head)
{
    table *t = allocate(sizeof(*t));

    writer_init(&t->w, out);
    t->capture = capture;
    put_text(&t->w, head);
    return t;
}

view table_of_sessions(FILE *out, const char *capture)
{
    table *t =
        new_table(out, capture,
                  "id,capture,session,start,end,duration,client_address,client_port,server_address,server_port,"
                  "user,mode,cipher,command,exit_status,client_packets,client_bytes,client_lost,server_packets,"
                  "server_bytes,server_lost,outcome,damaged\n");

    return (view){ { t, sessions_begin, sessions_item, sessions_end }, table_flush, table_finish };
}

view table_of_packets(FILE *out, const char *capture)
{
    table *t =
        new_table(out, capture, "id,capture,session,frame,time,relative,from,kind,band,size,came,offset,text\n");

    return (view){ { t, packets_begin, packets_item, packets_end }, table_flush, table_finish };
}

view session_lines(FILE *out)
{
    table *t = new_table(out, "", "");

    return (view){ { t, sessions_begin, sessions_item, lines_end }, table_flush, table_finish };
}
