/* SPDX-License-Identifier: ISC */
#include "show_handshake.h"

#include "fields.h"
#include "secrets.h"
#include "tree.h"

#include <sidewire/ssh.h>

enum { LIMIT_SIZE = 2 }; /* bytes of the payload of the client's Noise message */

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

void show_agreement(const view *v, proto_tree *tree)
{
    const agreement *agreed = v->finding->agreed;

    if (agreed == NULL)
        return;
    if (agreed->user != NULL && (v->finding->first == NULL || v->finding->first->kind != ITEM_REQUEST))
        tree_add_generated(tree, hf_user, v->payload, tree_text(v, agreed->user, agreed->user_len));
    tree_add_generated(tree, hf_mode, v->payload, mode_name(agreed->features));
    tree_add_generated(tree, hf_cipher, v->payload, cipher_name(agreed->features));
}

void show_greeting(const view *v, proto_tree *tree, const item *it)
{
    sw_greeting greeting;
    size_t used;

    tree_add_text(v, tree, hf_greeting, it, 0, it->len);
    sw_greeting_init(&greeting);
    if (sw_greeting_feed(&greeting, view_body(v, it), it->len, &used) == 1)
        tree_add_generated(tree, hf_features, view_bytes(v, it), tree_features(v, greeting.features));
}

void show_request(const view *v, proto_tree *tree, const item *it)
{
    const agreement *agreed = v->finding->agreed;

    tree_add_text(v, tree, hf_request, it, 0, it->len);
    if (agreed == NULL)
        return;
    if (!(agreed->features & SW_FEATURES_SEALED))
        tree_add_text(v, tree, hf_user, it, agreed->user_offset, agreed->user_len);
    tree_add_generated(tree, hf_features, view_bytes(v, it), tree_features(v, agreed->features));
}

void show_response(const view *v, proto_tree *tree, const item *it)
{
    proto_item *field = tree_add_body(v, tree, hf_response, it);

    if (it->verdict == SW_VERDICT_UNKNOWN)
        return;
    if (it->verdict == SW_VERDICT_WRONG)
        expert_add_info(v->pinfo, field, &ei_response);
    proto_item_set_generated(
        proto_tree_add_boolean(tree, hf_response_right, view_bytes(v, it), 0, 0, it->verdict == SW_VERDICT_RIGHT));
}

/* ---- sealed sessions ---- */

/* The client's has a payload in clear: the largest record that it takes. */
void show_noise(const view *v, proto_tree *tree, const item *it)
{
    tree_add_body(v, tree, hf_noise, it);
    if (it->side == SW_FROM_CLIENT && it->len == it->size && it->len > LIMIT_SIZE)
        proto_tree_add_item(tree, hf_record_limit, view_bytes(v, it), (gint)(it->start + it->len - LIMIT_SIZE),
                            LIMIT_SIZE, ENC_BIG_ENDIAN);
}

void show_proof(const view *v, proto_tree *tree, const item *it)
{
    proto_item *body = tree_add_body(v, tree, hf_body, it);
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
        tree_add_generated(tree, hf_user_key, view_bytes(v, it),
                           wmem_strdup_printf(v->pinfo->pool, "%s %s",
                                              key.type == SW_KEY_ED25519 ? "ssh-ed25519" : "ssh-rsa",
                                              fingerprint));
}

void show_sealed_record(const view *v, proto_tree *tree, const item *it)
{
    proto_item_set_generated(proto_tree_add_uint64(tree, hf_record, v->payload, 0, 0, it->number));
    tree_add_number(tree, hf_record_length, v->payload, it->size);
    proto_item_set_generated(proto_tree_add_boolean(tree, hf_record_opened, v->payload, 0, 0, it->opened ? 1 : 0));
    if (it->rekeyed)
        proto_item_set_generated(proto_tree_add_boolean(tree, hf_record_rekeyed, v->payload, 0, 0, 1));
}
