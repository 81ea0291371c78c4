/* SPDX-License-Identifier: ISC */
#include "stats.h"

#include "describe.h"
#include "watch/allocate.h"
#include "report.h"
#include "writer.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

enum {
    KINDS = ITEM_UNDECODED + 1,
    ROWS = KINDS + SW_BAND_COUNT,
    NAME_COLUMNS = 20,
    PACKETS_COLUMNS = 14,
    BYTES_COLUMNS = 14
};

static const char indent[] = "    ";

typedef struct count {
    uint64_t packets, bytes;
} count;

/* Of one session, or of all. Rows: bands of packets, and kinds of what is in none. */
typedef struct counts {
    count rows[ROWS][2];
} counts;

typedef struct session_stats {
    uint64_t number; /* comes first: what the tree is searched by */
    int64_t proceed; /* when the server answered the response */
    int proceeded;
    counts counts;
} session_stats;

typedef struct stats {
    writer w;
    void *open; /* tree of session_stats */
    counts counts;
    uint64_t sessions, handshakes;
    int64_t first, last;               /* begin of the first session, and the latest end of one */
    uint64_t shortest, longest, total; /* of handshakes, nanoseconds */
} stats;

static int compare(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;

    return (left > right) - (left < right);
}

static session_stats *find(const stats *s, uint64_t number)
{
    session_stats **node = tfind(&number, &s->open, compare);

    return *node;
}

/* ---- counting ---- */

static void stats_begin(void *ctx, const session_info *info)
{
    stats *s = ctx;
    session_stats *session = allocate(sizeof(*session));

    session->number = info->number;
    if (tsearch(session, &s->open, compare) == NULL) {
        report_system("memory", errno);
        exit(STATUS_FAILURE);
    }
    if (s->sessions == 0 || info->about.start < s->first)
        s->first = info->about.start;
    s->sessions++;
}

static void stats_item(void *ctx, const session_info *info, const item *what)
{
    session_stats *session = find(ctx, info->number);
    int message = item_is_message(what);
    size_t row = message && what->band != BAND_NONE ? KINDS + what->band : (size_t)what->kind;
    count *c = &session->counts.rows[row][what->side];

    if (message || what->kind == ITEM_RECORD)
        c->packets += what->offset == 0;
    c->bytes += what->offset > 0 || what->more ? what->body_len : what->came;
    if (what->side == FROM_SERVER && !session->proceeded &&
        (what->kind == ITEM_PROCEED || what->kind == ITEM_ENCRYPTED || what->kind == ITEM_RECORD)) {
        session->proceed = what->time;
        session->proceeded = 1;
    }
}

static void add_counts(counts *sum, const counts *more)
{
    for (size_t row = 0; row < ROWS; row++) {
        for (int side = 0; side < 2; side++) {
            sum->rows[row][side].packets += more->rows[row][side].packets;
            sum->rows[row][side].bytes += more->rows[row][side].bytes;
        }
    }
}

static void add_handshake(stats *s, int64_t duration)
{
    uint64_t ns = duration > 0 ? (uint64_t)duration : 0;

    if (s->handshakes == 0 || ns < s->shortest)
        s->shortest = ns;
    if (ns > s->longest)
        s->longest = ns;
    s->total += ns;
    s->handshakes++;
}

/* ---- tables ---- */

static void put_cell(writer *w, uint64_t n, size_t width)
{
    if (n > 0) {
        put_number(w, n, width);
    } else {
        put_blanks(w, width - 1);
        put_char(w, '-');
    }
}

static void put_row(writer *w, const char *name, const count sides[2])
{
    if (sides[0].packets + sides[0].bytes + sides[1].packets + sides[1].bytes == 0)
        return;
    put_text(w, indent);
    put_padded(w, name, NAME_COLUMNS);
    for (int side = 0; side < 2; side++) {
        put_cell(w, sides[side].packets, PACKETS_COLUMNS);
        put_cell(w, sides[side].bytes, BYTES_COLUMNS);
    }
    put_char(w, '\n');
}

static void put_heading(writer *w, int side, const char *what, size_t width)
{
    size_t len = strlen(arrow_names[side]) + strlen(what);

    put_blanks(w, len < width ? width - len : 0);
    put_text(w, arrow_names[side]);
    put_text(w, what);
}

static void put_headings(writer *w)
{
    put_text(w, indent);
    put_blanks(w, NAME_COLUMNS);
    for (int side = 0; side < 2; side++) {
        put_heading(w, side, " packets", PACKETS_COLUMNS);
        put_heading(w, side, " bytes", BYTES_COLUMNS);
    }
    put_char(w, '\n');
}

static void put_table(writer *w, const counts *all)
{
    count sum[2] = { { 0, 0 }, { 0, 0 } };

    put_headings(w);
    for (size_t row = 0; row < ROWS; row++) {
        item what = { .kind = ITEM_DATA, .band = BAND_NONE };

        if (row < KINDS)
            what.kind = (item_kind)row;
        else
            what.band = (unsigned)(row - KINDS);
        put_row(w, item_name(&what), all->rows[row]);
        for (int side = 0; side < 2; side++) {
            if (what.kind == ITEM_LOST)
                continue;
            sum[side].packets += all->rows[row][side].packets;
            sum[side].bytes += all->rows[row][side].bytes;
        }
    }
    put_row(w, "total", sum);
}

static void put_time(writer *w, const char *name, int64_t ns)
{
    put_text(w, name);
    put_seconds(w, ns, 6, 0);
    put_text(w, " s");
}

static void put_session(writer *w, const session_info *info)
{
    char words[ENDPOINT_TEXT_SIZE];

    put_text(w, "session ");
    put_number(w, info->number, 0);
    put_text(w, ": ");
    describe_endpoint(&info->about.client, words);
    put_text(w, words);
    put_text(w, " > ");
    describe_endpoint(&info->about.server, words);
    put_text(w, words);
    if (info->user != NULL) {
        put_text(w, ", user ");
        put_escaped(w, info->user, info->user_len);
    }
    put_char(w, '\n');
}

static void stats_end(void *ctx, const session_info *info, const outcome *how)
{
    stats *s = ctx;
    session_stats *session = find(s, info->number);
    char words[OUTCOME_SIZE];

    put_session(&s->w, info);
    put_text(&s->w, indent);
    put_time(&s->w, "duration ", relative_time(info, how->time));
    if (session->proceeded) {
        put_time(&s->w, ", handshake ", relative_time(info, session->proceed));
        add_handshake(s, relative_time(info, session->proceed));
    }
    text_outcome(info, how, words, sizeof(words));
    put_text(&s->w, ", ");
    put_text(&s->w, words);
    put_char(&s->w, '\n');
    put_table(&s->w, &session->counts);
    put_char(&s->w, '\n');
    writer_event_over(&s->w);
    if (s->sessions == 1 || how->time > s->last)
        s->last = how->time;
    add_counts(&s->counts, &session->counts);
    tdelete(session, &s->open, compare);
    free(session);
}

static void put_total(stats *s)
{
    writer *w = &s->w;

    put_text(w, "total: ");
    put_number(w, s->sessions, 0);
    put_text(w, s->sessions == 1 ? " session" : " sessions");
    if (s->sessions > 0)
        put_time(w, ", duration ", (int64_t)((uint64_t)s->last - (uint64_t)s->first));
    put_char(w, '\n');
    if (s->handshakes > 0) {
        put_text(w, indent);
        put_number(w, s->handshakes, 0);
        put_text(w, s->handshakes == 1 ? " handshake" : " handshakes");
        put_time(w, ": shortest ", (int64_t)s->shortest);
        put_time(w, ", mean ", (int64_t)(s->total / s->handshakes));
        put_time(w, ", longest ", (int64_t)s->longest);
        put_char(w, '\n');
    }
    put_table(w, &s->counts);
}

static void stats_flush(void *ctx)
{
    writer_flush(&((stats *)ctx)->w);
}

static int stats_finish(void *ctx)
{
    stats *s = ctx;

    put_total(s);
    stats_flush(s);
    while (s->open != NULL) {
        void *one = *(void **)s->open;

        tdelete(one, &s->open, compare);
        free(one);
    }
    free(s);
    return 0;
}

view stats_view(FILE *out)
{
    stats *s = allocate(sizeof(*s));
    view p = { { s, stats_begin, stats_item, stats_end }, stats_flush, stats_finish };

    writer_init(&s->w, out);
    return p;
}
