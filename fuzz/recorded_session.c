/* SPDX-License-Identifier: ISC */
#include "recorded_session.h"

#include <sidewire/record.h>

#include <string.h>

#include "../tests/support/fake_crypto.h"
#include "check.h"
#include "chosen_pair.h"

static void set_choices(session_choices *c, unsigned features)
{
    memset(c, 0, sizeof(*c));
    c->client_policy = c->server_policy = (uint8_t)(features | POLICY_LEGACY | POLICY_RC4);
    c->flags = features != 0 ? SESSION_UPLOAD : 0;
    c->client_tx = c->server_tx = 224; /* each reply is one packet */
    c->argc = 3;
    choices_set_number(c->arg_len, 20);
    choices_set_number(c->upload_len, 400);
    c->replies[0][0] = 1;
    choices_set_number(c->replies[0] + 1, 1500);
}

static void find_parts(recorded_session *r)
{
    const trace *server = &r->sent[RECORDED_SERVER];
    char list[SW_FEATURES_TEXT_MAX];
    size_t len = sw_features_format(r->features, list, sizeof(list));
    size_t header = r->features != 0 ? SW_HEADER_SIZE : 0;
    unsigned lines = r->features != 0 ? 2 : 1;

    while (lines > 0)
        lines -= server->data[r->opening[RECORDED_SERVER]++] == '\n';
    r->opening[RECORDED_CLIENT] = strlen("auth rsa " PAIR_USER) + (len > 0) + len;
    r->proof[RECORDED_SERVER] = r->opening[RECORDED_SERVER] + header + r->key.n_size;
    r->proof[RECORDED_CLIENT] = r->opening[RECORDED_CLIENT] + header + sw_features_response_size(r->features);
    check(r->proof[RECORDED_SERVER] < server->len, "the server went on behind the challenge");
    check(r->proof[RECORDED_CLIENT] < r->sent[RECORDED_CLIENT].len, "the client went on behind the response");
}

static void find_keys(recorded_session *r)
{
    const uint8_t *block = r->sent[RECORDED_SERVER].data + r->proof[RECORDED_SERVER] - r->key.n_size;
    sw_rsa_private key = sw_private_key_view(&r->key);
    fake_crypto fake;

    fake_crypto_init(&fake, 0);
    check_result("challenge", sw_challenge_open(&r->keys, &fake.table, &key, r->features, block, key.n_size, NULL),
                 SW_OK);
}

/* ---- sealed ---- */

/* One end of a sealed session, whose handshake is bytes of the right sizes: no observer can look into it. */
typedef struct sealing {
    fake_crypto fake;
    sw_record record;
    trace *sent;
} sealing;

static void seal_packet(sealing *s, uint8_t band, size_t size, size_t a_record)
{
    uint8_t text[SW_HEADER_SIZE + 2048] = { (uint8_t)size, (uint8_t)(size >> 8), 0, 0, band };
    uint8_t record[sizeof(text) + SW_RECORD_OVERHEAD];

    fake_crypto_fill(text + SW_HEADER_SIZE, size, size);
    for (size_t at = 0, n; at < SW_HEADER_SIZE + size; at += n) {
        n = SW_HEADER_SIZE + size - at < a_record ? SW_HEADER_SIZE + size - at : a_record;
        memcpy(record + SW_RECORD_HEADER_SIZE, text + at, n);
        check_result("seal", sw_record_seal(&s->record, record, n), SW_OK);
        trace_add(s->sent, record, n + SW_RECORD_OVERHEAD);
    }
}

static void seal_begin(sealing *s, recorded_session *r, int who, const char *text, size_t message)
{
    uint8_t frame[100] = { 0, (uint8_t)(message - 2) };
    sw_suite suite = r->features & SW_FEATURE_NOISE_AESGCM ? SW_SUITE_AESGCM : SW_SUITE_CHACHAPOLY;

    fake_crypto_init(&s->fake, 0);
    s->sent = &r->sent[who];
    trace_add(s->sent, text, strlen(text));
    r->opening[who] = s->sent->len;
    trace_add(s->sent, frame, message);
    r->proof[who] = s->sent->len;
    check_result("records",
                 sw_record_init(&s->record, &s->fake.table, suite,
                                who == RECORDED_CLIENT ? r->keys.client_key : r->keys.server_key,
                                SW_RECORD_LIMIT_MAX),
                 SW_OK);
}

static void record_sealed(recorded_session *r)
{
    size_t a_record = r->features & SW_FEATURE_NOISE_AESGCM ? 1000 : 100;
    char request[64] = "auth noise_nx_25519_aesgcm_sha256\n";
    sealing s;

    if (!(r->features & SW_FEATURE_NOISE_AESGCM))
        strcpy(request, "auth noise_nx_25519_chachapoly_sha256\n");
    memset(r->keys.client_key, 1, sizeof(r->keys.client_key));
    memset(r->keys.server_key, 2, sizeof(r->keys.server_key));
    seal_begin(&s, r, RECORDED_CLIENT, request, 36);
    seal_packet(&s, SW_BAND_CHALLENGE_RESPONSE, 300, a_record);
    seal_packet(&s, SW_BAND_COMMAND, 20, a_record);
    seal_packet(&s, SW_BAND_BLOB_DATA, 400, a_record);
    seal_packet(&s, SW_BAND_BLOB_DATA, 0, a_record);
    sw_record_wipe(&s.record);
    seal_begin(&s, r, RECORDED_SERVER, "hello\nFeatures: sideband,noise_nx_25519_aesgcm_sha256\n", 100);
    seal_packet(&s, SW_BAND_PROCEED, 0, a_record);
    seal_packet(&s, SW_BAND_AWAITING_DATA, 0, a_record);
    seal_packet(&s, SW_BAND_OUTPUT, 1500, a_record);
    seal_packet(&s, SW_BAND_INFO_LOG, 30, 7);
    seal_packet(&s, SW_BAND_EXIT_SUCCESS, 0, a_record);
    sw_record_wipe(&s.record);
}

const recorded_session *recorded_session_get(unsigned which)
{
    static const unsigned features[RECORDED_SESSIONS] = { 0,
                                                          1,
                                                          3,
                                                          7,
                                                          SW_FEATURE_SIDEBAND | SW_FEATURE_NOISE_AESGCM,
                                                          SW_FEATURE_SIDEBAND | SW_FEATURE_NOISE_CHACHAPOLY };
    static recorded_session sessions[RECORDED_SESSIONS];
    static chosen_pair pair;
    recorded_session *r = &sessions[which];
    session_choices choices;

    if (r->ready)
        return r;
    r->ready = 1;
    r->features = features[which];
    if (r->features & SW_FEATURES_SEALED) {
        record_sealed(r);
        return r;
    }
    set_choices(&choices, r->features);
    chosen_pair_init(&pair, (const uint8_t *)&choices, sizeof(choices), 0);
    check(chosen_pair_started(&pair), "the session's policies are good");
    chosen_pair_run(&pair);
    trace_add(&r->sent[RECORDED_CLIENT], pair.client.sent.data, pair.client.sent.len);
    trace_add(&r->sent[RECORDED_SERVER], pair.server.sent.data, pair.server.sent.len);
    r->key = pair.private_key;
    chosen_pair_free(&pair);
    find_parts(r);
    find_keys(r);
    return r;
}
