/* SPDX-License-Identifier: ISC */
#include "show.h"

#include "fields.h"
#include "show_handshake.h"
#include "tree.h"

enum {
    ITEMS_MAX = 10000, /* of one frame, in the tree */
    ITEMS_NAMED = 16   /* of them, in the column */
};

/* ---- what is wrong ---- */

static void add_error(const view *v, proto_item *field, sw_error error)
{
    char text[256];
    expert_field *info = &ei_malformed;

    switch (error.code) {
    case SW_E_BAND:
    case SW_E_UNEXPECTED: info = &ei_band; break;
    case SW_E_PACKET_SIZE:
    case SW_E_NOT_EMPTY:
    case SW_E_GREETING_SIZE:
    case SW_E_REQUEST_SIZE:
    case SW_E_CHALLENGE_SIZE:
    case SW_E_COMMAND_SIZE: info = &ei_length; break;
    case SW_E_TRUNCATED: info = &ei_truncated; break;
    case SW_E_RECORD: info = &ei_record; break;
    default: break;
    }
    sw_error_format(&error, text, sizeof(text));
    expert_add_info_format(v->pinfo, field, info, "%s", text);
}

static void show_command(const view *v, proto_tree *tree, const item *it)
{
    proto_item *body = tree_add_body(v, tree, hf_body, it);
    const char *start = (const char *)view_body(v, it);
    sw_argument *argv;
    sw_command_info arguments;
    sw_error error;

    if (it->error.code < 0)
        return;
    error = view_command(v, it, &argv, &arguments);
    if (error.code < 0) {
        add_error(v, body, error);
        return;
    }
    for (size_t i = 0; i < arguments.count; i++)
        tree_add_text(v, tree, hf_argv, it, (size_t)(argv[i].data - start), argv[i].len);
    if (arguments.unterminated)
        expert_add_info(v->pinfo, body, &ei_unterminated);
}

static void show_data(const view *v, proto_tree *tree, const item *it)
{
    int is_text = it->band >= SW_BAND_OUTPUT && it->band <= SW_BAND_EMERG_LOG;

    if (it->band == BAND_NONE)
        is_text = it->side == SW_FROM_SERVER;
    if (it->len > 0)
        tree_add_body(v, tree, hf_body, it);
    if (it->len > 0 && is_text)
        tree_add_text(v, tree, hf_text, it, 0, it->len);
    if (it->band == SW_BAND_EXIT_SUCCESS || it->band == SW_BAND_EXIT_FAILURE)
        tree_add_number(tree, hf_exit_status, view_bytes(v, it), it->band == SW_BAND_EXIT_FAILURE);
}

static void show_encrypted(const view *v, proto_tree *tree, const item *it)
{
    proto_item *bytes = tree_add_body(v, tree, hf_encrypted, it);

    if (it->note != NULL)
        expert_add_info_format(v->pinfo, bytes, it->wrong_keys ? &ei_wrong_keys : &ei_no_key, "%s", it->note);
}

/* What is wrong with the first of these bytes is told of the item; the others are behind that. */
static void show_undecoded(const view *v, proto_tree *tree, const item *it)
{
    proto_item *place = it->len > 0 ? tree_add_body(v, tree, hf_undecoded, it) : proto_tree_get_parent(tree);

    if (it->note != NULL)
        expert_add_info_format(v->pinfo, place, &ei_malformed, "%s", it->note);
    else if (it->error.code == SW_OK)
        expert_add_info(v->pinfo, place, &ei_undecoded);
}

static void show_lost(const view *v, proto_tree *tree, const item *it)
{
    proto_item *field = proto_tree_add_uint(tree, hf_lost, v->payload, 0, 0, (guint32)it->size);

    if (it->in_message)
        expert_add_info_format(v->pinfo, field, &ei_lost,
                               "Bytes are not in the capture; the packet goes on behind them");
    else
        expert_add_info(v->pinfo, field, &ei_lost);
}

static void show_held(const view *v, proto_tree *tree, const item *it)
{
    proto_item *field = proto_tree_add_uint(tree, hf_held, v->payload, 0, 0, (guint32)it->size);

    if (it->awaits_keys)
        expert_add_info(v->pinfo, field, &ei_awaits_keys);
    else if (it->note != NULL)
        expert_add_info_format(v->pinfo, field, &ei_held, "%s", it->note);
    else
        expert_add_info_format(v->pinfo, field, &ei_held,
                               "%" PRIu64
                               " bytes before these are missing. If they are in the "
                               "capture, let TCP reassemble out-of-order segments, or not analyze "
                               "sequence numbers",
                               it->offset);
}

/* ---- items ---- */

/* Band and length of a packet. They are not given where one only begins, so that each is found
 * once. */
static void show_header(const view *v, proto_tree *tree, const item *it)
{
    tvbuff_t *tvb = view_bytes(v, it);
    proto_item *length, *band;

    if (it->band == BAND_NONE || it->kind == ITEM_BEGUN)
        return;
    length = proto_tree_add_uint(tree, hf_length, tvb, (gint)it->start, it->header > 0 ? SW_HEADER_SIZE - 1 : 0,
                                 (guint32)it->size);
    band = proto_tree_add_uint(tree, hf_band, tvb, (gint)it->start + (it->header > 0 ? SW_HEADER_SIZE - 1 : 0),
                               it->header > 0 ? 1 : 0, it->band);
    if (it->header == 0) {
        proto_item_set_generated(length);
        proto_item_set_generated(band);
    }
    if (it->len < it->size)
        tree_add_number(tree, hf_offset, tvb, it->offset);
}

static void show_content(const view *v, proto_tree *tree, const item *it)
{
    switch (it->kind) {
    case ITEM_GREETING: show_greeting(v, tree, it); break;
    case ITEM_REQUEST: show_request(v, tree, it); break;
    case ITEM_CHALLENGE: tree_add_body(v, tree, hf_challenge, it); break;
    case ITEM_RESPONSE: show_response(v, tree, it); break;
    case ITEM_NOISE: show_noise(v, tree, it); break;
    case ITEM_PROOF: show_proof(v, tree, it); break;
    case ITEM_RECORD: show_sealed_record(v, tree, it); break;
    case ITEM_COMMAND: show_command(v, tree, it); break;
    case ITEM_PROCEED:
    case ITEM_DATA: show_data(v, tree, it); break;
    case ITEM_ENCRYPTED: show_encrypted(v, tree, it); break;
    case ITEM_UNDECODED: show_undecoded(v, tree, it); break;
    case ITEM_BEGUN: tree_add_number(tree, hf_begun, v->payload, it->offset); break;
    case ITEM_HELD: show_held(v, tree, it); break;
    case ITEM_LOST: show_lost(v, tree, it); break;
    case ITEM_RESUMED:
        expert_add_info(v->pinfo, proto_tree_get_parent(tree), it->sure ? &ei_resumed : &ei_unsure);
        break;
    }
}

static void show_exchange(const view *v, proto_tree *tree, const item *it)
{
    const exchange *e = it->exchange;
    nstime_t time;

    if (e == NULL)
        return;
    if (it->kind == ITEM_REQUEST || it->kind == ITEM_COMMAND) {
        if (e->answered > 0)
            tree_add_number(tree, hf_answer_in, v->payload, e->answered);
        return;
    }
    if (it->side == SW_FROM_SERVER)
        tree_add_number(tree, hf_answer_to, v->payload, e->asked);
    if (!it->answers)
        return;
    nstime_delta(&time, &e->answered_time, &e->asked_time);
    proto_item_set_generated(proto_tree_add_time(tree, hf_time, v->payload, 0, 0, &time));
}

static void show_item(const view *v, proto_tree *tree, const item *it, const char *summary)
{
    proto_item *top;
    proto_tree *under =
        proto_tree_add_subtree(tree, v->payload, (gint)it->came_at, (gint)it->came, ett_item, &top, summary);

    show_header(v, under, it);
    show_content(v, under, it);
    if (it->first_frame != 0)
        tree_add_number(under, hf_begins_in, v->payload, it->first_frame);
    if ((it->kind == ITEM_CHALLENGE || it->kind == ITEM_RESPONSE) && it->note != NULL)
        tree_add_generated(under, hf_key, v->payload, it->note);
    show_exchange(v, under, it);
    if (it->error.code < 0)
        add_error(v, top, it->error);
}

const view *show_finding(const finding *r, int proto, tvbuff_t *payload, packet_info *pinfo, proto_tree *tree)
{
    view *v = wmem_new0(pinfo->pool, view);
    proto_item *top = proto_tree_add_item(tree, proto, payload, 0, -1, ENC_NA);
    proto_tree *under = proto_item_add_subtree(top, ett_protocol);
    int count = 0, named = 0;

    *v = (view){ r, pinfo, payload, NULL };
    if (r->text_len > 0) {
        v->text = tvb_new_child_real_data(payload, r->text, (guint)r->text_len, (gint)r->text_len);
        add_new_data_source(pinfo, v->text, "Decrypted Sidewire");
    }
    col_set_str(pinfo->cinfo, COL_PROTOCOL, "Sidewire");
    col_set_str(pinfo->cinfo, COL_INFO, r->first == NULL ? "Nothing new" : "");
    if (r->session > 0)
        tree_add_number(under, hf_session, payload, r->session);
    show_agreement(v, under);
    for (const item *it = r->first; it != NULL && count < ITEMS_MAX; it = it->next, count++) {
        const char *summary = view_summary(v, it);

        if (!it->quiet && named < ITEMS_NAMED)
            col_append_sep_str(pinfo->cinfo, COL_INFO, ", ", summary);
        else if (!it->quiet && named == ITEMS_NAMED)
            col_append_str(pinfo->cinfo, COL_INFO, ", ...");
        if (!it->quiet && named++ == 0)
            proto_item_append_text(top, ", %s", summary);
        show_item(v, under, it, summary);
    }
    if (named == 0 && r->first != NULL)
        col_add_str(pinfo->cinfo, COL_INFO, view_summary(v, r->first));
    if (r->conflicts)
        expert_add_info(pinfo, top, &ei_conflict);
    if (count == ITEMS_MAX)
        expert_add_info(pinfo, top, &ei_too_many);
    return v;
}
