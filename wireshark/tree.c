/* SPDX-License-Identifier: ISC */
#include "tree.h"

#include "printable.h"

#include <epan/charsets.h>

void tree_add_generated(proto_tree *tree, int field, tvbuff_t *tvb, const char *text)
{
    proto_item_set_generated(proto_tree_add_string(tree, field, tvb, 0, 0, text));
}

void tree_add_number(proto_tree *tree, int field, tvbuff_t *tvb, uint64_t n)
{
    proto_item_set_generated(proto_tree_add_uint(tree, field, tvb, 0, 0, (guint32)n));
}

proto_item *tree_add_body(const view *v, proto_tree *tree, int field, const item *it)
{
    return proto_tree_add_item(tree, field, view_bytes(v, it), (gint)(it->start + it->header), (gint)it->len,
                               ENC_NA);
}

/* Replaces what is hidden in valid UTF-8, see printable.h, by U+FFFD. */
static const char *without_hidden(const view *v, const char *text)
{
    wmem_strbuf_t *out = wmem_strbuf_new(v->pinfo->pool, "");

    for (; *text != '\0'; text = g_utf8_find_next_char(text, NULL)) {
        gunichar code = g_utf8_get_char(text);

        wmem_strbuf_append_unichar(out, code >= 0x80 && printable_is_hidden(code) ? 0xfffd : code);
    }
    return wmem_strbuf_get_str(out);
}

/* Bytes as UTF-8 that does no harm to a terminal, whoever prints it: control characters other than
 * white space are replaced by pictures of them, U+2400 and up, or by U+FFFD, and so are invisible
 * ones that could make a text look like another one. */
const char *tree_text(const view *v, const void *data, size_t len)
{
    const guint8 *p = data;
    wmem_strbuf_t *out = wmem_strbuf_new(v->pinfo->pool, "");

    for (size_t i = 0; i < len; i++) {
        if (p[i] < 0x20 && p[i] != '\t' && p[i] != '\n' && p[i] != '\r') {
            wmem_strbuf_append_unichar(out, 0x2400u + p[i]);
        } else if (p[i] == 0x7f) {
            wmem_strbuf_append_unichar(out, 0x2421);
        } else {
            wmem_strbuf_append_c(out, (char)p[i]);
        }
    }
    return without_hidden(v,
                          (const char *)get_utf_8_string(v->pinfo->pool, (const guint8 *)wmem_strbuf_get_str(out),
                                                         (gint)wmem_strbuf_get_len(out)));
}

/* len bytes of an item's body. */
void tree_add_text(const view *v, proto_tree *tree, int field, const item *it, size_t offset, size_t len)
{
    proto_tree_add_string(tree, field, view_bytes(v, it), (gint)(it->start + it->header + offset), (gint)len,
                          tree_text(v, view_body(v, it) + offset, len));
}

const char *tree_features(const view *v, unsigned features)
{
    char text[SW_FEATURES_TEXT_MAX];

    return wmem_strndup(v->pinfo->pool, text, sw_features_format(features, text, sizeof(text)));
}
