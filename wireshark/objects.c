/* SPDX-License-Identifier: ISC */
/* Export Objects: what each side of a session sent as content, one object a side, under the names that sidewire-dump
 * --extract gives to files. An object is in the list from its first byte on and grows there, so that one of a session
 * that does not end is there, too. */
#include "objects.h"

#include "view.h"

#include <epan/export_object.h>
#include <epan/to_str.h>

#include <string.h>

enum { HOLE_MAX = 16 << 20 }; /* bytes that are filled with zeros for one hole */

/* What is exported of a session. Entries belong to the list. */
typedef struct transfer {
    export_object_entry_t *entries[2]; /* by side; NULL: nothing came yet */
    size_t room[2];
    char *command; /* its first words */
} transfer;

static GHashTable *transfers; /* by the session's number; NULL: there are none */

static void transfer_free(void *data)
{
    g_free(((transfer *)data)->command);
    g_free(data);
}

static void reset(void)
{
    if (transfers != NULL)
        g_hash_table_destroy(transfers);
    transfers = NULL;
}

static transfer *transfer_of(const finding *r)
{
    void *key = GUINT_TO_POINTER(r->session);
    transfer *t;

    if (transfers == NULL)
        transfers = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, transfer_free);
    t = g_hash_table_lookup(transfers, key);
    if (t == NULL) {
        t = g_new0(transfer, 1);
        g_hash_table_insert(transfers, key, t);
    }
    return t;
}

static export_object_entry_t *entry_new(const view *v, const transfer *t, int side)
{
    export_object_entry_t *entry = g_new0(export_object_entry_t, 1);
    int from_server = v->finding->side == SW_FROM_SERVER;
    char *server = address_to_str(NULL, from_server ? &v->pinfo->src : &v->pinfo->dst);

    entry->pkt_num = v->pinfo->num;
    entry->hostname = g_strdup(server);
    entry->content_type = g_strdup(t->command != NULL ? t->command : "");
    entry->filename = g_strdup_printf("%u.%s", v->finding->session, side == SW_FROM_SERVER ? "reply" : "upload");
    wmem_free(NULL, server);
    return entry;
}

/* data: NULL for zeros. */
static void append(transfer *t, int side, const guint8 *data, size_t len)
{
    export_object_entry_t *entry = t->entries[side];

    if (len > t->room[side] - entry->payload_len) {
        t->room[side] = MAX(2 * t->room[side], entry->payload_len + len);
        entry->payload_data = g_realloc(entry->payload_data, t->room[side]);
    }
    if (data != NULL)
        memcpy(entry->payload_data + entry->payload_len, data, len);
    else
        memset(entry->payload_data + entry->payload_len, 0, len);
    entry->payload_len += len;
}

static void take_content(export_object_list_t *list, const view *v, const item *it)
{
    transfer *t = transfer_of(v->finding);

    if (t->entries[it->side] == NULL) {
        t->entries[it->side] = entry_new(v, t, it->side);
        append(t, it->side, view_body(v, it), it->len);
        list->add_entry(list->gui_data, t->entries[it->side]);
    } else {
        append(t, it->side, view_body(v, it), it->len);
    }
}

/* In what is exported already; before its first byte a hole is in the handshake. */
static void take_hole(const view *v, const item *it)
{
    transfer *t = transfer_of(v->finding);

    if (t->entries[it->side] != NULL && it->size <= HOLE_MAX)
        append(t, it->side, NULL, (size_t)it->size);
}

static tap_packet_status take(void *tap, packet_info *pinfo, epan_dissect_t *edt, const void *data,
                              tap_flags_t flags)
{
    const view *v = data;
    tap_packet_status status = TAP_PACKET_DONT_REDRAW;

    (void)pinfo;
    (void)edt;
    (void)flags;
    for (const item *it = v->finding->first; it != NULL; it = it->next) {
        if (it->kind == ITEM_COMMAND && it->offset == 0) {
            transfer *t = transfer_of(v->finding);

            g_free(t->command);
            t->command = g_strdup(view_words(v, it));
        } else if (it->kind == ITEM_LOST) {
            take_hole(v, it);
        } else if (view_is_content(it) && !view_is_log(it)) {
            take_content(tap, v, it);
            status = TAP_PACKET_REDRAW;
        }
    }
    return status;
}

int objects_register(int proto)
{
    return register_export_object(proto, take, reset);
}
