/* SPDX-License-Identifier: ISC */
#include "html.h"

#include "describe.h"
#include "encoding.h"
#include "watch/allocate.h"
#include "page/page.h"
#include "report.h"
#include "summary.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Records lie in elements of about so many bytes, so that no text in the page is huge. */
enum { BLOCK_BYTES = 256 << 10, RECORD_BYTES = 100 };

typedef struct html {
    writer w;
    const char *const *rest;    /* of the page, behind the records; NULL: there is no page around them */
    size_t block;               /* bytes in the open element, about; 0: none is open */
    uint64_t packets, left_out; /* in the page, and not */
    uint64_t bodies;            /* bytes of bodies in the page */
    uint64_t shortened;         /* packets whose body is not all in the page */
    summaries open;
    int failed;
} html;

/* ---- the page ---- */

static size_t text_length(const char *const *lines)
{
    size_t len = 0;

    for (; *lines != NULL; lines++)
        len += strlen(*lines);
    return len;
}

/* The source expression that allows an element with these lines: the digest of all between its
 * tags, which begins with a LF. */
static int put_digest(writer *w, const sw_crypto *crypto, const char *const *lines)
{
    uint8_t digest[SW_SHA256_SIZE];
    size_t len = 1;
    char *text = allocate(text_length(lines) + 2);
    int result;

    text[0] = '\n';
    for (; *lines != NULL; lines++) {
        memcpy(text + len, *lines, strlen(*lines));
        len += strlen(*lines);
    }
    result = crypto->sha256(crypto->ctx, digest, (const uint8_t *)text, len);
    free(text);
    put_text(w, "'sha256-");
    put_base64(w, digest, sizeof(digest));
    put_char(w, '\'');
    return result;
}

static int put_policy(writer *w, const sw_crypto *crypto)
{
    int result;

    put_text(w,
             "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
             "script-src ");
    result = put_digest(w, crypto, page_script);
    put_text(w, "; style-src ");
    if (put_digest(w, crypto, page_style) < 0)
        result = -1;
    put_text(w,
             "; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; "
             "trusted-types 'none'\">\n");
    return result;
}

static void put_lines(writer *w, const char *const *lines)
{
    for (; *lines != NULL; lines++)
        put_text(w, *lines);
}

/* Writes all up to the records. */
static void put_page(html *h, const sw_crypto *crypto)
{
    const char *const *line = page_html;

    for (; strcmp(*line, "@records@\n") != 0; line++) {
        if (strcmp(*line, "@policy@\n") == 0)
            h->failed = put_policy(&h->w, crypto) < 0;
        else if (strcmp(*line, "@style@\n") == 0)
            put_lines(&h->w, page_style);
        else if (strcmp(*line, "@script@\n") == 0)
            put_lines(&h->w, page_script);
        else
            put_text(&h->w, *line);
    }
    h->rest = line + 1;
}

/* ---- records ---- */

/* Each record is an array in JSON on a line of its own. */
static void begin_record(html *h, const char *name)
{
    if (h->block == 0 && h->rest != NULL)
        put_text(&h->w, "<script type=\"application/json\" class=\"records\">\n");
    h->block += RECORD_BYTES;
    put_text(&h->w, "[\"");
    put_text(&h->w, name);
    put_char(&h->w, '"');
}

static void end_block(html *h)
{
    if (h->block > 0 && h->rest != NULL)
        put_text(&h->w, "</script>\n");
    h->block = 0;
}

static void end_record(html *h)
{
    put_text(&h->w, "]\n");
    if (h->block >= BLOCK_BYTES)
        end_block(h);
}

static void add_number(html *h, uint64_t n)
{
    put_char(&h->w, ',');
    put_json_number(&h->w, n);
}

static void add_seconds(html *h, int64_t ns)
{
    put_char(&h->w, ',');
    put_seconds(&h->w, ns, 9, 0);
}

/* A name that is ours. */
static void add_name(html *h, const char *name)
{
    put_char(&h->w, ',');
    put_json_text(&h->w, name);
}

static void put_data(html *h, const void *data, size_t len)
{
    put_char(&h->w, '"');
    put_base64(&h->w, data, len);
    put_char(&h->w, '"');
    h->block += len;
}

static void add_data(html *h, const void *data, size_t len)
{
    put_char(&h->w, ',');
    put_data(h, data, len);
}

static void add_text(html *h, const char *text)
{
    add_data(h, text, strlen(text));
}

/* ---- sessions ---- */

/* That of a sealed session is known at its end. */
static void add_user(html *h, const session_info *info)
{
    if (info->user != NULL)
        add_data(h, info->user, info->user_len);
    else
        put_text(&h->w, ",null");
}

static void html_begin(void *ctx, const session_info *info)
{
    html *h = ctx;
    char words[ENDPOINT_TEXT_SIZE];
    char date[DATE_TEXT_SIZE], nanoseconds[24];
    char features[SW_FEATURES_TEXT_MAX + 1] = "";

    summary_begin(&h->open, info);
    begin_record(h, "session");
    add_number(h, info->number);
    describe_date(info->about.start, date);
    add_name(h, date);
    snprintf(nanoseconds, sizeof(nanoseconds), "%" PRId64, info->about.start); /* too many for a number */
    add_name(h, nanoseconds);
    describe_endpoint(&info->about.client, words);
    add_name(h, words);
    describe_endpoint(&info->about.server, words);
    add_name(h, words);
    if (info->request_seen) {
        add_user(h, info);
        sw_features_format(info->features, features, sizeof(features) - 1);
        add_name(h, features);
        add_name(h, cipher_name(info->features));
    }
    end_record(h);
}

/* How much of a body the page still takes. */
static size_t body_allowance(const html *h, uint64_t offset)
{
    size_t max = h->bodies < HTML_BODIES_MAX ? HTML_BODY_MAX : HTML_BODY_SHORT;

    return offset < max ? max - (size_t)offset : 0;
}

static void add_body(html *h, const item *what)
{
    size_t max = body_allowance(h, what->offset);
    size_t len = what->body_len < max ? what->body_len : max;

    if (what->offset == 0 && item_is_message(what) && what->size > max)
        h->shortened++;
    h->bodies += len;
    add_data(h, what->body, len);
}

static void add_arguments(html *h, const item *what)
{
    if (what->kind != ITEM_COMMAND || what->error.code < 0)
        return;
    put_text(&h->w, ",[");
    for (size_t i = 0; i < what->arguments.count; i++) {
        if (i > 0)
            put_char(&h->w, ',');
        put_data(h, what->argv[i].data, what->argv[i].len);
    }
    put_char(&h->w, ']');
}

static void packet_record(html *h, const session_info *info, const item *what)
{
    char words[NOTE_SIZE];

    begin_record(h, "packet");
    add_number(h, info->number);
    add_number(h, what->side);
    add_seconds(h, relative_time(info, what->time));
    add_number(h, what->frame);
    add_name(h, kind_name(what->kind));
    add_name(h, item_name(what));
    add_number(h, what->size);
    add_number(h, what->came);
    describe_item(info, what, words);
    add_text(h, words);
    describe_fault(what, words);
    add_text(h, words);
    add_body(h, what);
    add_arguments(h, what);
    end_record(h);
}

/* Another part of the packet that this side sent last. */
static void part_record(html *h, const session_info *info, const item *what)
{
    char words[NOTE_SIZE];

    begin_record(h, "part");
    add_number(h, info->number);
    add_number(h, what->side);
    add_number(h, what->offset);
    add_number(h, what->size);
    add_number(h, what->came);
    describe_fault(what, words);
    add_text(h, words);
    add_body(h, what);
    end_record(h);
}

static void html_item(void *ctx, const session_info *info, const item *what)
{
    html *h = ctx;
    int is_part = what->offset > 0 && item_is_message(what);

    summary_item(&h->open, info, what);
    if (is_part && h->left_out == 0) {
        if (body_allowance(h, what->offset) > 0 || !what->more)
            part_record(h, info, what);
    } else if (!is_part && h->packets < HTML_PACKETS_MAX) {
        h->packets++;
        packet_record(h, info, what);
    } else if (!is_part) {
        h->left_out++;
    }
}

/* ---- end ---- */

static void html_end(void *ctx, const session_info *info, const outcome *how)
{
    html *h = ctx;
    summary sum = summary_end(&h->open, info);
    char words[OUTCOME_SIZE];

    if (h->left_out > 0) {
        begin_record(h, "sums");
        add_number(h, info->number);
        add_number(h, sum.items);
        add_number(h, sum.bytes[FROM_CLIENT]);
        add_number(h, sum.bytes[FROM_SERVER]);
        end_record(h);
    }
    text_outcome(info, how, words, sizeof(words));
    begin_record(h, "end");
    add_number(h, info->number);
    add_seconds(h, relative_time(info, how->time));
    add_text(h, words);
    add_name(h, how->damaged ? "damaged" : "whole");
    add_name(h, how->exit_status < 0 ? "" : how->exit_status == 0 ? "success" : "failure");
    add_text(h, info->key != NULL ? info->key : "");
    add_user(h, info);
    snprintf(words, sizeof(words), "%s %s", user_key_name(info), info->fingerprint);
    add_text(h, info->user_key != SW_KEY_NONE ? words : "");
    end_record(h);
}

static void html_flush(void *ctx)
{
    writer_flush(&((html *)ctx)->w);
}

static int html_finish(void *ctx)
{
    html *h = ctx;
    int failed = h->failed;

    begin_record(h, "totals");
    add_number(h, h->left_out);
    add_number(h, h->shortened);
    add_number(h, HTML_BODY_MAX);
    end_record(h);
    end_block(h);
    if (h->rest != NULL)
        put_lines(&h->w, h->rest);
    writer_flush(&h->w);
    free(h);
    if (failed)
        report("page: the digest of its script could not be computed");
    return failed ? -1 : 0;
}

static view view_of(html *h, FILE *out)
{
    writer_init(&h->w, out);
    return (view){ { h, html_begin, html_item, html_end }, html_flush, html_finish };
}

/* The first of them. */
static void capture_record(html *h, const char *capture, time_format times)
{
    begin_record(h, "capture");
    add_text(h, capture);
    add_name(h, time_format_name(times));
    end_record(h);
}

view html_view(FILE *out, const char *capture, time_format times, const sw_crypto *crypto)
{
    html *h = allocate(sizeof(*h));
    view p = view_of(h, out);

    put_page(h, crypto);
    capture_record(h, capture, times);
    return p;
}

view html_records(FILE *out, const char *capture, time_format times)
{
    html *h = allocate(sizeof(*h));
    view p = view_of(h, out);

    capture_record(h, capture, times);
    return p;
}
