/* SPDX-License-Identifier: ISC */
#include "conversation.h"

#include "describe.h"
#include "watch/allocate.h"
#include "writer.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_COLUMNS = 4 };

/* What stands before a line. */
enum { MARK_CLIENT = '>', MARK_SERVER = '<', MARK_LOG = '!', MARK_OURS = '-' };

/* A session of which a line has begun. */
typedef struct talk {
    uint64_t number; /* comes first: what the tree is searched by */
    char mark;
    size_t len;
    uint8_t line[CONVERSATION_LINE_MAX];
} talk;

typedef struct conversation {
    writer w;
    void *talks; /* tree of talk */
} conversation;

static int compare(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

    return (left > right) - (left < right);
}

/* ---- lines ---- */

/* Columns of what servers print are told by TAB. */
static void put_tabbed(writer *w, const uint8_t *data, size_t len)
{
    const uint8_t *tab;

    while (len > 0 && (tab = memchr(data, '\t', len)) != NULL) {
        put_escaped(w, data, (size_t)(tab - data));
        put_char(w, '\t');
        len -= (size_t)(tab - data) + 1;
        data = tab + 1;
    }
    put_escaped(w, data, len);
}

static void put_line(writer *w, uint64_t number, char mark, const void *data, size_t len, const char *end)
{
    put_number(w, number, NUMBER_COLUMNS);
    put_char(w, ' ');
    put_char(w, mark);
    put_char(w, ' ');
    put_tabbed(w, data, len);
    put_text(w, end);
    writer_event_over(w);
}

static talk *find(const conversation *c, uint64_t number)
{
    talk **node = tfind(&number, &c->talks, compare);

    return node != NULL ? *node : NULL;
}

static void end_line(conversation *c, uint64_t number)
{
    talk *t = find(c, number);

    if (t == NULL)
        return;
    put_line(&c->w, number, t->mark, t->line, t->len, "\n");
    tdelete(t, &c->talks, compare);
    free(t);
}

/* Bytes without LF, of a line that goes on. */
static void hold(conversation *c, uint64_t number, char mark, const uint8_t *data, size_t len)
{
    talk *t = find(c, number);

    if (t == NULL) {
        t = allocate(sizeof(*t));
        t->number = number;
        t->mark = mark;
        if (tsearch(t, &c->talks, compare) == NULL)
            allocation_failed();
    }
    while (len > 0) {
        size_t room = sizeof(t->line) - t->len, n = len < room ? len : room;

        if (room == 0) {
            put_line(&c->w, number, mark, t->line, t->len, "\\\n");
            t->len = 0;
            continue;
        }
        memcpy(t->line + t->len, data, n);
        t->len += n;
        data += n;
        len -= n;
    }
}

static void say(conversation *c, uint64_t number, char mark, const uint8_t *data, size_t len)
{
    const talk *t = find(c, number);

    if (t != NULL && t->mark != mark)
        end_line(c, number);
    while (len > 0) {
        const uint8_t *lf = memchr(data, '\n', len);
        size_t n = lf != NULL ? (size_t)(lf - data) : len;

        hold(c, number, mark, data, n);
        if (lf == NULL)
            return;
        end_line(c, number);
        data += n + 1;
        len -= n + 1;
    }
}

/* ---- sink ---- */

static void conversation_begin(void *ctx, const session_info *info)
{
    conversation *c = ctx;
    char client[ENDPOINT_TEXT_SIZE], server[ENDPOINT_TEXT_SIZE], date[DATE_TEXT_SIZE];
    writer *w = &c->w;

    describe_endpoint(&info->about.client, client);
    describe_endpoint(&info->about.server, server);
    describe_date(info->about.start, date);
    put_number(w, info->number, NUMBER_COLUMNS);
    put_text(w, " - session ");
    put_text(w, client);
    put_text(w, " > ");
    put_text(w, server);
    put_text(w, ", ");
    put_text(w, date);
    if (info->user != NULL) {
        put_text(w, ", user ");
        put_escaped(w, info->user, info->user_len);
    }
    put_char(w, '\n');
    writer_event_over(w);
}

/* As it would be typed, but for quotes, which only arguments with blanks have. */
static void put_command(conversation *c, const session_info *info, const item *what)
{
    writer *w = &c->w;

    end_line(c, info->number);
    put_number(w, info->number, NUMBER_COLUMNS);
    put_text(w, " >");
    for (size_t i = 0; i < what->arguments.count; i++) {
        const sw_argument *argument = &what->argv[i];
        int is_plain = argument->len > 0;

        for (size_t k = 0; k < argument->len; k++)
            is_plain &= argument->data[k] > ' ' && argument->data[k] != '"' && argument->data[k] != '\'';
        put_char(w, ' ');
        if (is_plain)
            put_escaped(w, argument->data, argument->len);
        else
            put_quoted(w, argument->data, argument->len);
    }
    put_char(w, '\n');
    writer_event_over(w);
}

/* 0: it is of no interest to who wants to know what was said. */
static char mark_of(const item *what)
{
    if (what->kind != ITEM_DATA)
        return 0;
    if (what->side == FROM_CLIENT)
        return MARK_CLIENT;
    if (what->band >= SW_BAND_DEBUG_LOG && what->band <= SW_BAND_EMERG_LOG)
        return MARK_LOG;
    return what->band == SW_BAND_OUTPUT || what->band == BAND_NONE ? MARK_SERVER : 0;
}

static void put_unsaid(conversation *c, const session_info *info, const item *what)
{
    char note[NOTE_SIZE], fault[NOTE_SIZE];
    writer *w = &c->w;

    end_line(c, info->number);
    describe_item(info, what, note);
    describe_fault(what, fault);
    put_number(w, info->number, NUMBER_COLUMNS);
    put_text(w, " - ");
    put_text(w, arrow_names[what->side]);
    put_char(w, ' ');
    put_number(w, what->size, 0);
    put_text(w, " bytes ");
    put_text(w, kind_name(what->kind));
    for (int i = 0; i < 2; i++) {
        const char *words = i == 0 ? note : fault;

        put_text(w, words[0] != '\0' ? ", " : "");
        put_escaped(w, words, strlen(words));
    }
    put_char(w, '\n');
    writer_event_over(w);
}

static void conversation_item(void *ctx, const session_info *info, const item *what)
{
    conversation *c = ctx;
    char mark = mark_of(what);

    if (what->kind == ITEM_RECORD && what->number > 0 && !session_is_open(info))
        return; /* for want of keys: the first of them said so */
    if (!item_is_message(what))
        put_unsaid(c, info, what);
    else if (what->kind == ITEM_COMMAND && what->error.code == SW_OK)
        put_command(c, info, what);
    else if (mark != 0)
        say(c, info->number, mark, what->body, what->body_len);
}

static void conversation_end(void *ctx, const session_info *info, const outcome *how)
{
    conversation *c = ctx;
    char words[OUTCOME_SIZE];

    end_line(c, info->number);
    text_outcome(info, how, words, sizeof(words));
    put_line(&c->w, info->number, MARK_OURS, words, strlen(words), "\n");
}

static void conversation_flush(void *ctx)
{
    writer_flush(&((conversation *)ctx)->w);
}

static int conversation_finish(void *ctx)
{
    conversation_flush(ctx);
    free(ctx);
    return 0;
}

view conversation_view(FILE *out)
{
    conversation *c = allocate(sizeof(*c));
    view p = { { c, conversation_begin, conversation_item, conversation_end },
               conversation_flush,
               conversation_finish };

    writer_init(&c->w, out);
    return p;
}
