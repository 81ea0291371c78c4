/* SPDX-License-Identifier: ISC */
/* Flat tables of what a peer said: whatever is in users, commands and bodies, each line is a row of the head's number of
 * fields [RFC 4180], the number that was told, and no byte of it acts on a terminal.
 * Input: a byte of the session's features and one of its outcome, then items, each an item_choices and that many bytes;
 * the first one's bytes are the user. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "choices.h"
#include "show/describe.h"
#include "show/table.h"
#include "trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARGUMENTS_MAX = 16 };

typedef struct told_choices {
    uint8_t features, outcome;
} told_choices;

typedef struct item_choices {
    uint8_t kind; /* modulo the number of kinds */
    uint8_t band, side, len;
} item_choices;

/* ---- telling ---- */

static void tell_item(const view *v, const session_info *info, const item_choices *c, const uint8_t *body,
                      size_t len)
{
    uint8_t *copy = exact_copy(body, len);
    sw_argument argv[ARGUMENTS_MAX];
    item what = { .kind = (item_kind)(c->kind % (ITEM_UNDECODED + 1u)),
                  .side = c->side & 1 ? FROM_SERVER : FROM_CLIENT,
                  .time = (int64_t)c->side << 32,
                  .frame = c->side,
                  .size = len,
                  .came = len,
                  .body = copy,
                  .body_len = len };

    what.band = c->band <= BAND_NONE ? c->band : (unsigned)BAND_NONE;
    if (what.kind == ITEM_COMMAND) {
        sw_command_decode(copy, len, argv, ARGUMENTS_MAX, &what.arguments, &what.error);
        what.argv = argv;
    }
    v->sink.item(v->sink.ctx, info, &what);
    free(copy);
}

/* Tells all of it. Returns the number of items. */
static size_t tell(const view *v, const uint8_t *data, size_t size)
{
    session_info info = { .number = 1 };
    outcome how = { .time = 1, .exit_status = -1 };
    told_choices choices;
    size_t items = 0, user_len;
    char *user;

    data = choices_read(&choices, sizeof(choices), data, &size);
    user_len = size < choices.outcome ? size : choices.outcome;
    user = (char *)exact_copy(data, user_len);
    info.about.client = (endpoint){ { 192, 0, 2, 1 }, 1, 4 };
    info.about.server = (endpoint){ { 0x20, 1, 0xd, 0xb8 }, 2990, 16 };
    info.features = choices.features & SW_FEATURES_ALL;
    info.request_seen = choices.features >> 7;
    info.user = user;
    info.user_len = user_len;
    how.stage = (stage)(choices.outcome % (STAGE_ENCRYPTED + 1u));
    how.exit_status = choices.outcome % 3 - 1;
    how.damaged = choices.outcome & 1;
    v->sink.begin(v->sink.ctx, &info);
    for (; size > 0; items++) {
        item_choices c;
        size_t len;
        data = choices_read(&c, sizeof(c), data, &size);
        len = c.len < size ? c.len : size;
        tell_item(v, &info, &c, data, len);
        data += len;
        size -= len;
    }
    v->sink.end(v->sink.ctx, &info, &how);
    free(user);
    return items;
}

/* ---- reading ---- */

/* One field from p on: quoted, with its quotes doubled, or plain. Returns where it ends. */
static const char *read_field(const char *p)
{
    if (*p != '"')
        return p + strcspn(p, ",\n\"");
    for (p++; *p != '\0' && *p != '\n'; p++) {
        if (*p != '"')
            continue;
        if (p[1] != '"')
            return p + 1;
        p++;
    }
    check(0, "a quoted field ends on its line");
    return p;
}

/* A row from p on, with its LF: how many fields. */
static size_t read_row(const char **p)
{
    size_t fields = 0;

    for (;;) {
        *p = read_field(*p);
        fields++;
        if (**p != ',')
            break;
        (*p)++;
    }
    check(**p == '\n', "behind a field is a comma, or the end of the line");
    (*p)++;
    return fields;
}

static void check_table(const char *text, size_t len, size_t rows)
{
    const char *p = text;
    size_t fields = read_row(&p);

    for (size_t i = 0; i < len; i++)
        check(text[i] == '\n' || ((unsigned char)text[i] >= ' ' && text[i] != 0x7f), "nothing acts on a terminal");
    while (*p != '\0') {
        check(rows > 0, "no more rows than were told");
        check_number("fields", read_row(&p), fields);
        rows--;
    }
    check_number("rows that are missing", rows, 0);
    check_number("bytes", (uint64_t)(p - text), len);
}

static void show(view (*make)(FILE *out, const char *capture), int of_packets, const uint8_t *data, size_t size)
{
    char *text = NULL;
    size_t len = 0, items;
    FILE *out = open_memstream(&text, &len);
    view v = make(out, "a \"capture\",\n.pcap");

    items = tell(&v, data, size);
    check_result("finish", v.finish(v.sink.ctx), 0);
    fclose(out);
    check_table(text, len, of_packets ? items : 1);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    show(table_of_sessions, 0, data, size);
    show(table_of_packets, 1, data, size);
    return 0;
}
