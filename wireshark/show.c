#include "show.h"

#include "fields.h"
#include "printable.h"
#include "secrets.h"
#include "view.h"

#include <sidewire/ssh.h>

#include <epan/charsets.h>

enum {
    ITEMS_MAX = 10000,          /* of one frame, in the tree */
    ITEMS_NAMED = 16,           /* of them, in the column */
    LIMIT_SIZE = 2              /* bytes of the payload of the client's Noise message */
};

/* ---- fields ---- */

static void add_generated(proto_tree *tree, int field, tvbuff_t *tvb, const char *text)
{
    proto_item_set_generated(proto_tree_add_string(tree, field, tvb, 0, 0, text));
}

static void add_number(proto_tree *tree, int field, tvbuff_t *tvb, uint64_t n)
{
    proto_item_set_generated(proto_tree_add_uint(tree, field, tvb, 0, 0, (guint32)n));
}

static proto_item *add_body(const view *v, proto_tree *tree, int field, const item *it)
{
    return proto_tree_add_item(tree, field, view_bytes(v, it), (gint)(it->start + it->header),
                               (gint)it->len, ENC_NA);
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
static const char *text_of(const view *v, const void *data, size_t len)
{
    const guint8 *p = data;
    wmem_strbuf_t *out = wmem_strbuf_sized_new(v->pinfo->pool, len + 1, 0);

    for (size_t i = 0; i < len; i++) {
        if (p[i] < 0x20 && p[i] != '\t' && p[i] != '\n' && p[i] != '\r') {
            wmem_strbuf_append_unichar(out, 0x2400u + p[i]);
        } else if (p[i] == 0x7f) {
            wmem_strbuf_append_unichar(out, 0x2421);
        } else {
            wmem_strbuf_append_c(out, (char)p[i]);
        }
    }
    return without_hidden(v, (const char *)get_utf_8_string(
                                 v->pinfo->pool, (const guint8 *)wmem_strbuf_get_str(out),
                                 (gint)wmem_strbuf_get_len(out)));
}

/* len bytes of an item's body. */
static void add_text(const view *v, proto_tree *tree, int field, const item *it, size_t offset,
                     size_t len)
{
    proto_tree_add_string(tree, field, view_bytes(v, it), (gint)(it->start + it->header + offset),
                          (gint)len, text_of(v, view_body(v, it) + offset, len));
}

static const char *features_text(const view *v, unsigned features)
{
    char text[SW_FEATURES_TEXT_MAX];

    return wmem_strndup(v->pinfo->pool, text, sw_features_format(features, text, sizeof(text)));
}

static const char *mode_name(unsigned features)
{
    if (features & SW_FEATURES_SEALED)
        return "sealed";
    return features & SW_FEATURE_SIDEBAND ? "sideband" : "legacy";
}

static const char *cipher_name(unsigned features)
{
    if (features & SW_FEATURE_NOISE_AESGCM)
        return "AES-256-GCM";
    if (features & SW_FEATURE_NOISE_CHACHAPOLY)
        return "ChaCha20-Poly1305";
    return sw_features_cipher(features) == SW_CIPHER_AES_CTR128 ? "AES-128-CTR" : "RC4";
}

static void show_agreement(const view *v, proto_tree *tree)
{
    const agreement *agreed = v->record->agreed;

    if (agreed == NULL)
        return;
    if (agreed->user != NULL &&
        (v->record->first == NULL || v->record->first->kind != ITEM_REQUEST))
        add_generated(tree, hf_user, v->payload,
                      text_of(v, agreed->user, agreed->user_len));
    add_generated(tree, hf_mode, v->payload, mode_name(agreed->features));
    add_generated(tree, hf_cipher, v->payload, cipher_name(agreed->features));
}

static void show_greeting(const view *v, proto_tree *tree, const item *it)
{
    sw_greeting greeting;
    size_t used;

    add_text(v, tree, hf_greeting, it, 0, it->len);
    sw_greeting_init(&greeting);
    if (sw_greeting_feed(&greeting, view_body(v, it), it->len, &used) == 1)
        add_generated(tree, hf_features, view_bytes(v, it), features_text(v, greeting.features));
}

static void show_request(const view *v, proto_tree *tree, const item *it)
{
    const agreement *agreed = v->record->agreed;

    add_text(v, tree, hf_request, it, 0, it->len);
    if (agreed == NULL)
        return;
    if (!(agreed->features & SW_FEATURES_SEALED))
        add_text(v, tree, hf_user, it, agreed->user_offset, agreed->user_len);
    add_generated(tree, hf_features, view_bytes(v, it), features_text(v, agreed->features));
}

static void show_response(const view *v, proto_tree *tree, const item *it)
{
    proto_item *field = add_body(v, tree, hf_response, it);

    if (it->verdict == SW_VERDICT_UNKNOWN)
        return;
    if (it->verdict == SW_VERDICT_WRONG)
        expert_add_info(v->pinfo, field, &ei_response);
    proto_item_set_generated(proto_tree_add_boolean(tree, hf_response_right, view_bytes(v, it), 0,
                                                    0, it->verdict == SW_VERDICT_RIGHT));
}

/* ---- sealed sessions ---- */

/* The client's has a payload in clear: the largest record that it takes. */
static void show_noise(const view *v, proto_tree *tree, const item *it)
{
    add_body(v, tree, hf_noise, it);
    if (it->side == SW_FROM_CLIENT && it->len == it->size && it->len > LIMIT_SIZE)
        proto_tree_add_item(tree, hf_record_limit, view_bytes(v, it),
                            (gint)(it->start + it->len - LIMIT_SIZE), LIMIT_SIZE, ENC_BIG_ENDIAN);
}

static void show_proof(const view *v, proto_tree *tree, const item *it)
{
    proto_item *body = add_body(v, tree, hf_body, it);
    char fingerprint[SW_FINGERPRINT_SIZE + 1];
    sw_ssh_proof proof;
    sw_ssh_key key;

    if (it->len < it->size)
        return;
    if (sw_ssh_proof_read(&proof, view_body(v, it), it->len) < 0) {
        expert_add_info(v->pinfo, body, &ei_malformed);
        return;
    }
    if (sw_ssh_key_read(&key, proof.key, proof.key_len) == SW_OK &&
        sw_fingerprint(secrets_crypto(), proof.key, proof.key_len, fingerprint) == SW_OK)
        add_generated(tree, hf_user_key, view_bytes(v, it),
                      wmem_strdup_printf(v->pinfo->pool, "%s %s",
                                         key.type == SW_KEY_ED25519 ? "ssh-ed25519" : "ssh-rsa",
                                         fingerprint));
}

static void show_sealed_record(const view *v, proto_tree *tree, const item *it)
{
    proto_item_set_generated(proto_tree_add_uint64(tree, hf_record, v->payload, 0, 0, it->number));
    add_number(tree, hf_record_length, v->payload, it->size);
    proto_item_set_generated(proto_tree_add_boolean(tree, hf_record_opened, v->payload, 0, 0,
                                                    it->opened ? 1 : 0));
    if (it->rekeyed)
        proto_item_set_generated(proto_tree_add_boolean(tree, hf_record_rekeyed, v->payload, 0, 0, 1));
}

static void add_error(const view *v, proto_item *field, sw_error error)
{
    char text[256];
    expert_field *info = &ei_malformed;

    switch (error.code) {
    case SW_E_BAND:
    case SW_E_UNEXPECTED:
        info = &ei_band;
        break;
    case SW_E_PACKET_SIZE:
    case SW_E_NOT_EMPTY:
    case SW_E_GREETING_SIZE:
    case SW_E_REQUEST_SIZE:
    case SW_E_CHALLENGE_SIZE:
    case SW_E_COMMAND_SIZE:
        info = &ei_length;
        break;
    case SW_E_TRUNCATED:
        info = &ei_truncated;
        break;
    case SW_E_RECORD:
        info = &ei_record;
        break;
    default:
        break;
    }
    sw_error_format(&error, text, sizeof(text));
    expert_add_info_format(v->pinfo, field, info, "%s", text);
}

static void show_command(const view *v, proto_tree *tree, const item *it)
{
    proto_item *body = add_body(v, tree, hf_body, it);
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
        add_text(v, tree, hf_argv, it, (size_t)(argv[i].data - start), argv[i].len);
    if (arguments.unterminated)
        expert_add_info(v->pinfo, body, &ei_unterminated);
}

static void show_data(const view *v, proto_tree *tree, const item *it)
{
    int is_text = it->band >= SW_BAND_OUTPUT && it->band <= SW_BAND_EMERG_LOG;

    if (it->band == BAND_NONE)
        is_text = it->side == SW_FROM_SERVER;
    if (it->len > 0)
        add_body(v, tree, hf_body, it);
    if (it->len > 0 && is_text)
        add_text(v, tree, hf_text, it, 0, it->len);
    if (it->band == SW_BAND_EXIT_SUCCESS || it->band == SW_BAND_EXIT_FAILURE)
        add_number(tree, hf_exit_status, view_bytes(v, it), it->band == SW_BAND_EXIT_FAILURE);
}

static void show_encrypted(const view *v, proto_tree *tree, const item *it)
{
    proto_item *bytes = add_body(v, tree, hf_encrypted, it);

    if (it->note != NULL)
        expert_add_info_format(v->pinfo, bytes, it->wrong_keys ? &ei_wrong_keys : &ei_no_key, "%s",
                               it->note);
}

/* What is wrong with the first of these bytes is told of the item; the others are behind that. */
static void show_undecoded(const view *v, proto_tree *tree, const item *it)
{
    proto_item *place = it->len > 0 ? add_body(v, tree, hf_undecoded, it)
                                    : proto_tree_get_parent(tree);

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

    if (it->note != NULL)
        expert_add_info_format(v->pinfo, field, &ei_held, "%s", it->note);
    else
        expert_add_info_format(v->pinfo, field, &ei_held,
                               "%" PRIu64 " bytes before these are missing. If they are in the "
                               "capture, let TCP reassemble out-of-order segments, or not analyze "
                               "sequence numbers", it->offset);
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
    length = proto_tree_add_uint(tree, hf_length, tvb, (gint)it->start,
                                 it->header > 0 ? SW_HEADER_SIZE - 1 : 0, (guint32)it->size);
    band = proto_tree_add_uint(tree, hf_band, tvb,
                               (gint)it->start + (it->header > 0 ? SW_HEADER_SIZE - 1 : 0),
                               it->header > 0 ? 1 : 0, it->band);
    if (it->header == 0) {
        proto_item_set_generated(length);
        proto_item_set_generated(band);
    }
    if (it->len < it->size)
        add_number(tree, hf_offset, tvb, it->offset);
}

static void show_content(const view *v, proto_tree *tree, const item *it)
{
    switch (it->kind) {
    case ITEM_GREETING:
        show_greeting(v, tree, it);
        break;
    case ITEM_REQUEST:
        show_request(v, tree, it);
        break;
    case ITEM_CHALLENGE:
        add_body(v, tree, hf_challenge, it);
        break;
    case ITEM_RESPONSE:
        show_response(v, tree, it);
        break;
    case ITEM_NOISE:
        show_noise(v, tree, it);
        break;
    case ITEM_PROOF:
        show_proof(v, tree, it);
        break;
    case ITEM_RECORD:
        show_sealed_record(v, tree, it);
        break;
    case ITEM_COMMAND:
        show_command(v, tree, it);
        break;
    case ITEM_PROCEED:
    case ITEM_DATA:
        show_data(v, tree, it);
        break;
    case ITEM_ENCRYPTED:
        show_encrypted(v, tree, it);
        break;
    case ITEM_UNDECODED:
        show_undecoded(v, tree, it);
        break;
    case ITEM_BEGUN:
        add_number(tree, hf_begun, v->payload, it->offset);
        break;
    case ITEM_HELD:
        show_held(v, tree, it);
        break;
    case ITEM_LOST:
        show_lost(v, tree, it);
        break;
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
            add_number(tree, hf_answer_in, v->payload, e->answered);
        return;
    }
    if (it->side == SW_FROM_SERVER)
        add_number(tree, hf_answer_to, v->payload, e->asked);
    if (!it->answers)
        return;
    nstime_delta(&time, &e->answered_time, &e->asked_time);
    proto_item_set_generated(proto_tree_add_time(tree, hf_time, v->payload, 0, 0, &time));
}

static void show_item(const view *v, proto_tree *tree, const item *it, const char *summary)
{
    proto_item *top;
    proto_tree *under = proto_tree_add_subtree(tree, v->payload, (gint)it->came_at, (gint)it->came,
                                               ett_item, &top, summary);

    show_header(v, under, it);
    show_content(v, under, it);
    if (it->first_frame != 0)
        add_number(under, hf_begins_in, v->payload, it->first_frame);
    if ((it->kind == ITEM_CHALLENGE || it->kind == ITEM_RESPONSE) && it->note != NULL)
        add_generated(under, hf_key, v->payload, it->note);
    show_exchange(v, under, it);
    if (it->error.code < 0)
        add_error(v, top, it->error);
}

const view *show_record(const record *r, int proto, tvbuff_t *payload, packet_info *pinfo,
                        proto_tree *tree)
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
        add_number(under, hf_session, payload, r->session);
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
    if (r->conflicts)
        expert_add_info(pinfo, top, &ei_conflict);
    if (count == ITEMS_MAX)
        expert_add_info(pinfo, top, &ei_too_many);
    return v;
}
