/* SPDX-License-Identifier: ISC */
#include "view.h"

#include <epan/strutil.h>

#include <string.h>

enum { ARGUMENTS_SHOWN = 200, TEXT_SHOWN = 40 }; /* bytes, in a summary */

/* ---- bytes ---- */

tvbuff_t *view_bytes(const view *v, const item *it)
{
    return it->in_text ? v->text : v->payload;
}

const guint8 *view_body(const view *v, const item *it)
{
    return tvb_get_ptr(view_bytes(v, it), (gint)(it->start + it->header), (gint)it->len);
}

/* ---- commands ---- */

sw_error view_command(const view *v, const item *it, sw_argument **argv, sw_command_info *arguments)
{
    const guint8 *body = view_body(v, it);
    size_t max = it->len <= SW_COMMAND_MAX ? it->len : 0; /* larger ones are refused */
    sw_error error;

    memset(arguments, 0, sizeof(*arguments));
    *argv = wmem_alloc_array(v->pinfo->pool, sw_argument, max + 1);
    if (it->band == BAND_NONE)
        sw_command_decode_legacy(body, it->len, *argv, max, arguments, &error);
    else
        sw_command_decode(body, it->len, *argv, max, arguments, &error);
    return error;
}

const char *view_words(const view *v, const item *it)
{
    wmem_strbuf_t *out = wmem_strbuf_new(v->pinfo->pool, "");
    size_t left = ARGUMENTS_SHOWN;
    sw_argument *argv;
    sw_command_info arguments;

    if (view_command(v, it, &argv, &arguments).code < 0)
        return "";
    for (size_t i = 0; i < arguments.count; i++) {
        size_t len = argv[i].len < left ? argv[i].len : left;

        if (i > 0)
            wmem_strbuf_append_c(out, ' ');
        if (left == 0) {
            wmem_strbuf_append(out, "...");
            break;
        }
        wmem_strbuf_append_printf(out, "\"%s\"%s", format_text(v->pinfo->pool, (const void *)argv[i].data, len),
                                  len < argv[i].len ? "..." : "");
        left -= len < left ? len + 1 : len; /* an empty one counts too */
    }
    return wmem_strbuf_get_str(out);
}

/* ---- content ---- */

int view_is_content(const item *it)
{
    return it->kind == ITEM_DATA && it->len > 0;
}

int view_is_log(const item *it)
{
    return it->band >= SW_BAND_DEBUG_LOG && it->band <= SW_BAND_EMERG_LOG;
}

/* Its bytes are meant to be read. */
static int is_text(const item *it)
{
    if (it->kind != ITEM_DATA || it->side != SW_FROM_SERVER)
        return 0;
    return it->band == BAND_NONE || it->band == SW_BAND_OUTPUT || view_is_log(it);
}

/* ---- names ---- */

static const char *kind_name(item_kind kind)
{
    static const char *const names[] = {
        [ITEM_GREETING] = "Greeting",     [ITEM_REQUEST] = "Request",
        [ITEM_CHALLENGE] = "Challenge",   [ITEM_RESPONSE] = "Response",
        [ITEM_NOISE] = "Noise message",   [ITEM_PROOF] = "Proof",
        [ITEM_RECORD] = "Record",         [ITEM_PROCEED] = "Proceed",
        [ITEM_COMMAND] = "Command",       [ITEM_DATA] = "Text",
        [ITEM_ENCRYPTED] = "Encrypted",   [ITEM_BEGUN] = "Part of a packet",
        [ITEM_HELD] = "Held back",        [ITEM_LOST] = "Not captured",
        [ITEM_UNDECODED] = "Not decoded", [ITEM_RESUMED] = "Decoding goes on",
    };

    return names[kind];
}

static const char *name_of(const view *v, const item *it)
{
    if (it->band == BAND_NONE)
        return kind_name(it->kind);
    if (it->band >= SW_BAND_COUNT)
        return wmem_strdup_printf(v->pinfo->pool, "Band %u", it->band);
    return sw_band_name(it->band);
}

/* ---- summary ---- */

static void append_size(const item *it, wmem_strbuf_t *out)
{
    if (it->kind == ITEM_BEGUN && it->band != BAND_NONE)
        wmem_strbuf_append_printf(out, ", %" PRIu64 " of %" PRIu64 " bytes so far", it->offset, it->size);
    else if (it->kind == ITEM_BEGUN)
        wmem_strbuf_append_printf(out, ", %" PRIu64 " bytes so far", it->offset);
    else if (it->len < it->size && it->len > 0 && it->kind != ITEM_RECORD)
        wmem_strbuf_append_printf(out, " bytes %" PRIu64 "-%" PRIu64 " of %" PRIu64, it->offset,
                                  it->offset + it->len - 1, it->size);
    else if (it->size > 0)
        wmem_strbuf_append_printf(out, " %" PRIu64 " bytes", it->size);
}

static void append_text(const view *v, const item *it, size_t max, wmem_strbuf_t *out)
{
    size_t len = it->len < max ? it->len : max;

    wmem_strbuf_append_printf(out, " \"%s\"%s", format_text(v->pinfo->pool, (const void *)view_body(v, it), len),
                              len < it->len ? "..." : "");
}

const char *view_summary(const view *v, const item *it)
{
    wmem_strbuf_t *out = wmem_strbuf_new(v->pinfo->pool, name_of(v, it));
    const char *words = it->kind == ITEM_COMMAND ? view_words(v, it) : "";

    if (it->kind == ITEM_REQUEST || it->kind == ITEM_GREETING)
        append_text(v, it, it->len, out);
    else if (words[0] != '\0')
        wmem_strbuf_append_printf(out, " %s", words);
    else
        append_size(it, out);
    if (is_text(it) && it->len > 0)
        append_text(v, it, TEXT_SHOWN, out);
    if (it->side != v->finding->side)
        wmem_strbuf_append(out, it->side == SW_FROM_SERVER ? " (from the server)" : " (from the client)");
    return wmem_strbuf_get_str(out);
}
