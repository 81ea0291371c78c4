/* SPDX-License-Identifier: ISC */
/* A whole session of both sides: if nothing stands against it, each side sees exactly what the
 * other one sent, however it is cut; if something does, both ways to cut fail alike; and if bytes
 * or the backend are faulty, it still comes to an end. Sealed sessions too: of what was changed on its way nothing
 * is given out.
 * Input: session_choices, then what arguments and data are made of. */
#include <string.h>

#include "check.h"
#include "chosen_pair.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LEGACY_COMMAND_OVERHEAD = 17, LEGACY_REQUEST_SIZE = sizeof(SW_LEGACY_AWAITING_DATA) - 1 };

/* ---- what is to be expected ---- */

/* How a session ends that nothing disturbs. */
typedef enum prospect {
    GOES_WELL,
    FAILS,
    FAILS_TWICE, /* of two reasons that know nothing of each other: which is first depends on the cuts */
    DEPENDS      /* on where the cuts let records begin: the command is left over by a full buffer */
} prospect;

static int is_sealed(unsigned features)
{
    return (features & SW_FEATURES_SEALED) != 0;
}

static unsigned agreed_features(const chosen_pair *pair)
{
    unsigned both = pair->client_config.policy.features & pair->server_config.policy.features;

    if (both & SW_FEATURE_NOISE_AESGCM)
        return SW_FEATURE_SIDEBAND | SW_FEATURE_NOISE_AESGCM;
    if (is_sealed(both))
        return SW_FEATURE_SIDEBAND | SW_FEATURE_NOISE_CHACHAPOLY;
    return both & SW_FEATURE_SIDEBAND ? both : 0;
}

static int allows(const sw_policy *policy, unsigned features)
{
    if (policy->require_sealed)
        return 0;
    if (!(features & SW_FEATURE_SIDEBAND))
        return policy->allow_legacy;
    return policy->allow_rc4 ||
           ((features & SW_FEATURE_AES_CTR128) && !(policy->features & ~features & SW_FEATURE_SHA256));
}

/* Plain: a server that seals leaves a notice, which a client that may seal finds; and a key is of RSA. */
static int plain_passes(const chosen_pair *pair, unsigned features)
{
    const sw_policy *client = &pair->client_config.policy;
    const sw_policy *server = &pair->server_config.policy;

    return allows(client, features) && allows(server, features) && allows(client, client->features) &&
           allows(server, server->features) && !(is_sealed(client->features) && is_sealed(server->features)) &&
           !(pair->choices.key & KEY_ED25519);
}

/* Bytes of the records of so much text. */
static size_t records_size(const sw_session *receiver, size_t text)
{
    size_t most = (size_t)receiver->record_limit - SW_RECORD_TAG_SIZE;

    return text + (text + most - 1) / most * SW_RECORD_OVERHEAD;
}

/* What proves the user fits what the client sends from, and the server collects it in. */
static int proof_passes(const chosen_pair *pair)
{
    const size_t most = 4096, lengths = 3 * 4 + 2 * 4, name = sizeof(PAIR_USER) - 1;
    size_t n = pair->public_key.n_size;
    size_t rsa =
        4 + sizeof("ssh-rsa") - 1 + 4 + pair->public_key.e_size + 4 + 1 + n + sizeof("rsa-sha2-256") - 1 + n;
    size_t ed25519 = 51 + sizeof("ssh-ed25519") - 1 + SW_ED25519_SIGNATURE_SIZE;
    size_t len = lengths + name + (pair->choices.key & KEY_ED25519 ? ed25519 : rsa);

    return records_size(&pair->server.session, SW_HEADER_SIZE + len) <= pair->client.tx_size &&
           len <= pair->server.tx_size && len <= most;
}

/* Does the command fit all buffers, and can this mode carry it? */
static prospect command_prospect(const chosen_pair *pair, unsigned features)
{
    size_t len = features == 0 ? LEGACY_COMMAND_OVERHEAD : 0;
    size_t tx_size;

    for (size_t i = 0; i < pair->argc; i++) {
        if (features == 0 && pair->argv[i][0] == '\0')
            return FAILS;
        len += strlen(pair->argv[i]) + 1;
    }
    tx_size = len + (features == 0 ? 0 : SW_HEADER_SIZE);
    if (is_sealed(features))
        tx_size = records_size(&pair->server.session, tx_size);
    if (pair->argc == 0 || tx_size > pair->client.tx_size || len > pair->server.rx_size || len > SW_COMMAND_MAX)
        return FAILS;
    /* the most that may be there, and a record behind it */
    if (is_sealed(features) &&
        len - 1 + SW_RECORD_HEADER_SIZE + pair->server.session.record_limit > pair->server.rx_size)
        return DEPENDS;
    return GOES_WELL;
}

static prospect find_prospect(const chosen_pair *pair)
{
    unsigned features = agreed_features(pair);
    int is_unknown = pair->choices.key & KEY_UNKNOWN;
    prospect command = command_prospect(pair, features);

    if (!is_sealed(features))
        return is_unknown || !plain_passes(pair, features) ? FAILS : command;
    /* the command does not wait for the server's word, which a server that fails over it may keep for itself */
    if (command == FAILS)
        return FAILS_TWICE;
    return is_unknown || !proof_passes(pair) ? FAILS : command;
}

/* What the server puts out, request included. */
static void make_output(const chosen_pair *pair, unsigned features, trace *output)
{
    if (pair->choices.flags & SESSION_UPLOAD && features == 0)
        trace_banded(output, SW_BAND_OUTPUT, SW_LEGACY_AWAITING_DATA, LEGACY_REQUEST_SIZE);
    else if (pair->choices.flags & SESSION_UPLOAD)
        trace_note(output, 'a', 0);
    for (size_t i = 0; i < SESSION_REPLIES; i++) {
        uint8_t band = chosen_pair_reply_band(pair, i);
        size_t len = chosen_pair_reply_len(pair, i);
        if (band != 0)
            trace_banded(output, features != 0 ? band : SW_BAND_OUTPUT, chosen_pair_content(pair, len), len);
    }
}

/* In legacy mode whatever begins as the request does is the request, if the client expects one. */
static size_t find_request(const chosen_pair *pair, const trace *output)
{
    trace request = { NULL, 0, 0 };
    size_t size;

    trace_banded(&request, SW_BAND_OUTPUT, SW_LEGACY_AWAITING_DATA, LEGACY_REQUEST_SIZE);
    size = request.len;
    if (!(pair->choices.flags & SESSION_EXPECT) || output->len < size ||
        memcmp(output->data, request.data, size) != 0)
        size = 0;
    trace_free(&request);
    return size;
}

static void expect_client(const chosen_pair *pair, trace *seen)
{
    unsigned features = agreed_features(pair);
    trace output = { NULL, 0, 0 };
    size_t request;

    make_output(pair, features, &output);
    request = features == 0 ? find_request(pair, &output) : 0;
    if (is_sealed(features))
        trace_note(seen, 's', 0);
    if (is_sealed(features) && chosen_pair_signs(pair))
        trace_note(seen, 'g', 0);
    trace_note(seen, 'r', features);
    if (request > 0)
        trace_note(seen, 'a', 0);
    if (output.len > request)
        trace_add(seen, output.data + request, output.len - request);
    if (features != 0)
        trace_note(seen, 'x', pair->choices.flags & SESSION_EXIT_FAILURE);
    trace_note(seen, 'c', 0);
    trace_free(&output);
}

static void expect_server(const chosen_pair *pair, trace *seen)
{
    unsigned features = agreed_features(pair);
    int is_sent = features != 0 || pair->choices.flags & SESSION_EXPECT;
    size_t len = is_sent ? chosen_pair_upload_len(pair) : 0;

    trace_note(seen, 'k', strlen(PAIR_USER));
    trace_add(seen, PAIR_USER, strlen(PAIR_USER));
    trace_note(seen, 'r', features);
    trace_note(seen, 'm', SW_OK);
    for (size_t i = 0; i < pair->argc; i++) {
        trace_note(seen, 'v', strlen(pair->argv[i]));
        trace_add(seen, pair->argv[i], strlen(pair->argv[i]));
    }
    if ((pair->choices.flags & SESSION_UPLOAD) && !(pair->choices.flags & SESSION_REFUSE)) {
        trace_banded(seen, SW_BAND_BLOB_DATA, chosen_pair_content(pair, len), len);
        trace_note(seen, 'u', 0);
    }
}

static void check_success(const chosen_pair *pair)
{
    trace client = { NULL, 0, 0 };
    trace server = { NULL, 0, 0 };

    check_result("client's error", sw_session_error(&pair->client.session).code, SW_OK);
    check_result("server's error", sw_session_error(&pair->server.session).code, SW_OK);
    expect_client(pair, &client);
    expect_server(pair, &server);
    check_bytes("what the client saw", pair->client.seen.data, pair->client.seen.len, client.data, client.len);
    check_bytes("what the server saw", pair->server.seen.data, pair->server.seen.len, server.data, server.len);
    check_result("client's mode", sw_session_is_legacy(&pair->client.session), agreed_features(pair) == 0);
    check_result("server's mode", sw_session_is_legacy(&pair->server.session), agreed_features(pair) == 0);
    trace_free(&client);
    trace_free(&server);
}

/* ---- other endings ---- */

static void check_alike(const char *what, const pair_side *cut, const pair_side *whole)
{
    check_same_error(what, sw_session_error(&cut->session), sw_session_error(&whole->session));
    check_bytes(what, cut->seen.data, cut->seen.len, whole->seen.data, whole->seen.len);
}

static void check_failed(pair_side *side)
{
    int code = sw_session_error(&side->session).code;
    sw_event event;
    size_t len;

    if (code == SW_OK)
        return;
    check_result("next after an error", sw_session_next(&side->session, &event), code);
    check_result("burst after an error", sw_session_burst_end(&side->session), code);
    check_result("greeting after an error", sw_session_greeting_end(&side->session), code);
    check_result("deferred after an error", sw_session_defer(&side->session, 0), code);
    check_result("exit after an error", sw_session_exit(&side->session, 0), code);
    check_number("wants after an error", sw_session_wants(&side->session), 0);
    check(sw_session_tx_bytes(&side->session, &len) == NULL, "nothing to write after an error");
    check(sw_session_rx_space(&side->session, &len) == NULL, "nothing to read after an error");
    check_number("AES states after an error", side->fake.aes_states, 0);
    check_number("states of sealed sessions after an error", side->fake.aead_states + side->fake.sha256_states, 0);
}

static int is_faulty(const session_choices *choices)
{
    return choices->corrupt_mask != 0 || choices->client_fail_at != 0 || choices->server_fail_at != 0;
}

static void check_beginning(const char *what, const trace *seen, const trace *expected)
{
    check(seen->len <= expected->len, what);
    check_bytes(what, seen->data, seen->len, expected->data, seen->len);
}

/* A sealed session with a byte changed on its way: what was told before that, and nothing else. */
static void check_changed(const chosen_pair *pair)
{
    trace client = { NULL, 0, 0 };
    trace server = { NULL, 0, 0 };

    if (!is_sealed(agreed_features(pair)) || find_prospect(pair) == FAILS || find_prospect(pair) == FAILS_TWICE)
        return;
    expect_client(pair, &client);
    expect_server(pair, &server);
    check_beginning("what a client saw of a changed session", &pair->client.seen, &client);
    check_beginning("what a server saw of a changed session", &pair->server.seen, &server);
    trace_free(&client);
    trace_free(&server);
}

/* Well, or with a command that the server had no room for. */
static void check_either(const chosen_pair *pair)
{
    int code = sw_session_error(&pair->server.session).code;

    if (code == SW_OK)
        check_success(pair);
    else
        check_result("server without room", code, SW_E_PACKET_SIZE);
}

static void compare_runs(chosen_pair *cut, const uint8_t *data, size_t size)
{
    static chosen_pair whole;
    prospect likely;

    chosen_pair_init(&whole, data, size, 0);
    likely = find_prospect(&whole); /* by the limits that both announce */
    chosen_pair_run(&whole);
    if (likely == GOES_WELL) {
        check_success(&whole);
        check_success(cut);
    } else if (likely == DEPENDS) {
        check_either(&whole);
        check_either(cut);
    } else if (likely == FAILS_TWICE) {
        check(sw_session_error(&whole.client.session).code < 0, "the client is told, if whole");
        check(sw_session_error(&cut->client.session).code < 0, "the client is told, if cut");
    } else {
        check(sw_session_error(&whole.client.session).code < 0 || agreed_features(&whole) == 0,
              "the client is told, but in legacy mode");
        check_alike("client", &cut->client, &whole.client);
        check_alike("server", &cut->server, &whole.server);
    }
    check_failed(&whole.client);
    check_failed(&whole.server);
    chosen_pair_free(&whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static chosen_pair cut;

    chosen_pair_init(&cut, data, size, 1);
    if (chosen_pair_started(&cut)) {
        chosen_pair_run(&cut);
        if (!is_faulty(&cut.choices))
            compare_runs(&cut, data, size);
        else if (cut.choices.client_fail_at == 0 && cut.choices.server_fail_at == 0)
            check_changed(&cut);
        check_failed(&cut.client);
        check_failed(&cut.server);
    }
    chosen_pair_free(&cut);
    return 0;
}
