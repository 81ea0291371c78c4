/* SPDX-License-Identifier: ISC */
#include "text.h"

#include "colour.h"
#include "fitted.h"
#include "hexdump.h"
#include "utf8.h"
#include "watch/allocate.h"

#include <stdlib.h>
#include <string.h>

/* How much is shown. */
enum {
    PREVIEW_BYTES = 60,    /* of a body */
    BINARY_BYTES = 16,     /* of one that is no text, in hex */
    HANDSHAKE_BYTES = 200, /* of a greeting or request */
    COMMAND_BYTES = 1000   /* of all arguments together */
};

/* How wide. */
enum { NUMBER_COLUMNS = 4, FRAME_COLUMNS = 8, NAME_COLUMNS = 18, SIZE_COLUMNS = 10, PLACE_SIZE = 256 };

/* What a line begins with: often the same as the one before, since many packets come in a segment. */
typedef struct place {
    uint64_t session, frame;
    int64_t time;
    size_t len; /* 0: there is none */
    char words[PLACE_SIZE];
} place;

typedef struct text {
    text_style style;
    timepiece timepiece;
    size_t line; /* where it begins in the writer */
    place place; /* of the line before */
    writer w;
} text;

static const colour side_colours[] = { [FROM_CLIENT] = COLOUR_CLIENT, [FROM_SERVER] = COLOUR_SERVER };

static void put_coloured(text *t, colour c, const char *words, size_t width)
{
    if (t->style.colour && c != COLOUR_NONE)
        put_colour(&t->w, c);
    put_text(&t->w, words);
    if (t->style.colour && c != COLOUR_NONE)
        put_colour(&t->w, COLOUR_NONE);
    put_blanks(&t->w, strlen(words) < width ? width - strlen(words) : 0);
}

/* Goes to further lines if it is too wide. */
static void wrap_line(text *t)
{
    fitted_wrap(&t->w, t->line, t->style.width, NUMBER_COLUMNS + 1);
}

static void end_line(text *t)
{
    put_char(&t->w, '\n');
    writer_event_over(&t->w);
}

/* ---- header ---- */

static void put_agreement(text *t, const session_info *info)
{
    char features[SW_FEATURES_TEXT_MAX];
    size_t len = sw_features_format(info->features, features, sizeof(features));

    if (info->user != NULL) { /* of a sealed session he is not known yet */
        put_text(&t->w, ", user ");
        put_escaped(&t->w, info->user, info->user_len);
    }
    put_text(&t->w, len > 0 ? ", features " : ", legacy");
    put_bytes(&t->w, features, len);
    put_text(&t->w, ", cipher ");
    put_text(&t->w, cipher_name(info->features));
}

static void text_begin(void *ctx, const session_info *info)
{
    text *t = ctx;
    char words[ENDPOINT_TEXT_SIZE];
    char date[DATE_TEXT_SIZE];

    t->line = fitted_begin(&t->w);
    put_number(&t->w, info->number, NUMBER_COLUMNS);
    put_char(&t->w, ' ');
    put_coloured(t, COLOUR_HEADER, "session", 0);
    put_char(&t->w, ' ');
    describe_endpoint(&info->about.client, words);
    put_text(&t->w, words);
    put_text(&t->w, " > ");
    describe_endpoint(&info->about.server, words);
    put_text(&t->w, words);
    put_text(&t->w, ", ");
    describe_date(info->about.start, date);
    put_text(&t->w, date);
    if (info->request_seen)
        put_agreement(t, info);
    wrap_line(t);
    end_line(t);
}

/* ---- items ---- */

/* Length of the beginning that is shown of a text, not cut inside of a character of UTF-8. */
static size_t shown_length(const void *data, size_t len, size_t max)
{
    const uint8_t *p = data;
    size_t n = len < max ? len : max;

    while (n < len && n > 0 && max - n < 3 && (p[n] & 0xc0) == 0x80)
        n--;
    return n;
}

/* Would more than a fifth of it have to be escaped? */
static int is_binary(const uint8_t *p, size_t len)
{
    size_t strange = 0;

    for (size_t i = plain_length(p, len); i < len;) {
        uint32_t code;
        int n = utf8_sequence(p + i, len - i, &code);

        if (n <= 0 || (p[i] < 0x20 && p[i] != '\n' && p[i] != '\r' && p[i] != '\t'))
            strange++;
        i += n > 0 ? (size_t)n : 1;
    }
    return strange > len / 5;
}

static void put_binary(text *t, const item *what)
{
    static const char hex[] = "0123456789abcdef";
    size_t len = what->body_len < BINARY_BYTES ? what->body_len : BINARY_BYTES;

    put_char(&t->w, ' ');
    for (size_t i = 0; i < len; i++) {
        put_char(&t->w, ' ');
        put_char(&t->w, hex[what->body[i] >> 4]);
        put_char(&t->w, hex[what->body[i] & 15]);
    }
    put_text(&t->w, len < what->size ? "..." : "");
}

static void put_body(text *t, const item *what)
{
    size_t max = what->kind == ITEM_GREETING || what->kind == ITEM_REQUEST ? HANDSHAKE_BYTES : PREVIEW_BYTES;
    size_t len = shown_length(what->body, what->body_len, max);

    if (what->size == 0)
        return;
    if (plain_length(what->body, len) == len) { /* most bodies are */
        put_bytes(&t->w, "  \"", 3);
        put_bytes(&t->w, what->body, len);
        put_char(&t->w, '"');
    } else if (is_binary(what->body, len)) {
        put_binary(t, what);
        return;
    } else {
        put_text(&t->w, "  ");
        put_quoted(&t->w, what->body, len);
    }
    if (len < what->size)
        put_text(&t->w, "...");
}

static void put_arguments(text *t, const item *what)
{
    size_t left = COMMAND_BYTES;

    put_char(&t->w, ' ');
    for (size_t i = 0; i < what->arguments.count; i++) {
        const sw_argument *argument = &what->argv[i];
        size_t n = shown_length(argument->data, argument->len, left);

        put_char(&t->w, ' ');
        if (left == 0) {
            put_text(&t->w, "... (");
            put_number(&t->w, what->arguments.count, 0);
            put_text(&t->w, " arguments)");
            break;
        }
        put_quoted(&t->w, argument->data, n);
        if (n < argument->len)
            put_text(&t->w, "...");
        left -= n < left ? n + 1 : n; /* an empty one counts too */
    }
}

static void put_continuation(text *t, const item *what)
{
    put_text(&t->w, "  from byte ");
    put_number(&t->w, what->offset, 0);
    put_text(&t->w, " on");
}

static void put_note(text *t, const char *before, const char *note, const char *after)
{
    if (note[0] == '\0')
        return;
    put_text(&t->w, before);
    put_escaped(&t->w, note, strlen(note));
    put_text(&t->w, after);
}

static void put_detail(text *t, const session_info *info, const item *what)
{
    char note[NOTE_SIZE];

    describe_item(info, what, note);
    if (!item_is_message(what)) {
        put_text(&t->w, "  bytes");
        put_note(t, ", ", note, "");
    } else if (what->kind == ITEM_COMMAND && what->error.code == SW_OK) {
        put_arguments(t, what);
        put_note(t, " (", note, ")");
    } else if (what->kind == ITEM_CHALLENGE || what->kind == ITEM_RESPONSE || what->kind == ITEM_NOISE) {
        put_note(t, "  ", note, "");
    } else if (what->offset > 0) {
        put_continuation(t, what);
    } else {
        put_body(t, what);
    }
}

/* Numbers of the session and of the frame, and the time. */
static void format_place(text *t, const session_info *info, int64_t time, uint64_t number)
{
    char words[TIME_TEXT_SIZE];
    size_t len = timepiece_tell(&t->timepiece, info, time, words), width = timepiece_width(&t->timepiece);

    put_number(&t->w, info->number, NUMBER_COLUMNS);
    put_char(&t->w, ' ');
    if (t->style.colour)
        put_colour(&t->w, COLOUR_FAINT);
    if (t->style.frames && number > 0)
        put_number(&t->w, number, FRAME_COLUMNS);
    else if (t->style.frames)
        put_blanks(&t->w, FRAME_COLUMNS);
    if (t->style.frames)
        put_char(&t->w, ' ');
    put_blanks(&t->w, len < width ? width - len : 0);
    put_bytes(&t->w, words, len);
    if (t->style.colour)
        put_colour(&t->w, COLOUR_NONE);
    put_char(&t->w, ' ');
}

static void put_place(text *t, const session_info *info, int64_t time, uint64_t number)
{
    place *p = &t->place;
    char *start;

    if (p->len > 0 && p->session == info->number && p->time == time && p->frame == number) {
        put_bytes(&t->w, p->words, p->len);
        return;
    }
    start = writer_room(&t->w, PLACE_SIZE); /* so that all of it lies there */
    format_place(t, info, time, number);
    p->len = t->style.time != TIMES_DELTA ? (size_t)(t->w.data + t->w.len - start) : 0;
    if (p->len > sizeof(p->words))
        p->len = 0;
    memcpy(p->words, start, p->len);
    p->session = info->number;
    p->frame = number;
    p->time = time;
}

static colour item_colour(const item *what, const char *fault)
{
    if (item_is_fault(what) || fault[0] != '\0')
        return COLOUR_ERROR;
    switch (what->band) {
    case SW_BAND_ERROR_LOG:
    case SW_BAND_CRIT_LOG:
    case SW_BAND_EMERG_LOG:
    case SW_BAND_EXIT_FAILURE: return COLOUR_ERROR;
    case SW_BAND_WARNING_LOG: return COLOUR_WARNING;
    default: return COLOUR_NONE;
    }
}

/* Would rows of hex not fit where they usually begin? */
static int is_narrow(const text *t)
{
    enum { HEX_COLUMNS = 88 };

    return t->style.width > 0 && t->style.width < HEX_COLUMNS;
}

static void text_item(void *ctx, const session_info *info, const item *what)
{
    text *t = ctx;
    char fault[NOTE_SIZE];

    describe_fault(what, fault);
    /* parts that go on have nothing new to tell but their bytes, and what is wrong */
    if (what->kind == ITEM_DATA && what->offset > 0 && !t->style.hex && fault[0] == '\0')
        return;
    t->line = fitted_begin(&t->w);
    put_place(t, info, what->time, what->frame);
    put_coloured(t, side_colours[what->side], arrow_names[what->side], 0);
    put_char(&t->w, ' ');
    put_coloured(t, item_colour(what, fault), item_name(what), NAME_COLUMNS);
    put_char(&t->w, ' ');
    put_number(&t->w, what->size, SIZE_COLUMNS);
    put_detail(t, info, what);
    if (fault[0] != '\0') {
        put_text(&t->w, " (");
        put_coloured(t, COLOUR_ERROR, fault, 0);
        put_char(&t->w, ')');
    }
    fitted_cut(&t->w, t->line, t->style.width);
    if (t->style.hex && what->body_len > 0) {
        put_char(&t->w, '\n');
        put_hexdump(&t->w, is_narrow(t) ? "  " : "          ", what->body, what->body_len, what->offset);
        writer_event_over(&t->w);
    } else {
        end_line(t);
    }
}

/* ---- end ---- */

static void text_end(void *ctx, const session_info *info, const outcome *how)
{
    text *t = ctx;
    char words[OUTCOME_SIZE];

    text_outcome(info, how, words, sizeof(words));
    t->line = fitted_begin(&t->w);
    put_place(t, info, how->time, 0);
    put_text(&t->w, "end ");
    put_coloured(t, how->damaged || how->exit_status > 0 ? COLOUR_ERROR : COLOUR_NONE, words, 0);
    wrap_line(t);
    end_line(t);
}

static void text_flush(void *ctx)
{
    writer_flush(&((text *)ctx)->w);
}

static int text_finish(void *ctx)
{
    text_flush(ctx);
    free(ctx);
    return 0;
}

view text_view(FILE *out, text_style style)
{
    text *t = allocate(sizeof(*t));
    view p = { { t, text_begin, text_item, text_end }, text_flush, text_finish };

    t->style = style;
    t->timepiece.format = style.time;
    writer_init(&t->w, out);
    return p;
}
