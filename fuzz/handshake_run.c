/* SPDX-License-Identifier: ISC */
#include "handshake_run.h"

#include <sidewire/handshake.h>

#include <stdlib.h>
#include <string.h>

#include "fake_crypto.h"
#include "check.h"
#include "choices.h"
#include "trace.h"

/* What both runs have in common. */
typedef struct setup {
    int is_server;
    handshake_choices choices;
    char text[256]; /* the client's user name or the server's banner */
    sw_policy policy;
    sw_private_key private_key;
    sw_public_key public_key;
    const uint8_t *peer;
    size_t peer_len;
} setup;

typedef struct run {
    const setup *setup;
    fake_crypto fake;
    sw_client_config client;
    sw_server_config server;
    sw_handshake handshake;
    uint8_t *scratch;
    size_t scratch_size;
    cutter cut;
    size_t used; /* of the peer's bytes */
    size_t burst, burst_end;
    trace events;
    sw_error error;
} run;

/* ---- start ---- */

static void setup_read(setup *s, int is_server, const uint8_t *data, size_t size)
{
    unsigned bits;

    memset(s, 0, sizeof(*s));
    s->is_server = is_server;
    s->peer = choices_read(&s->choices, sizeof(s->choices), data, &size);
    s->peer_len = size;
    s->policy.features = s->choices.policy & SW_FEATURES_ALL;
    s->policy.allow_legacy = s->choices.policy & POLICY_LEGACY;
    s->policy.allow_rc4 = s->choices.policy & POLICY_RC4;
    memset(s->text, 'a', s->choices.name_len);
    bits = choices_key_bits(s->choices.key);
    fake_key_pair(&s->private_key, &s->public_key, bits, FUZZ_KEY_SEED);
}

static int start(run *r)
{
    const setup *s = r->setup;

    if (s->is_server) {
        r->server.crypto = &r->fake.table;
        r->server.policy = s->policy;
        r->server.decoy_secret[0] = 1;
        r->server.banner = s->text[0] != '\0' ? s->text : NULL;
        return sw_handshake_server(&r->handshake, &r->server, r->scratch, r->scratch_size);
    }
    r->client.crypto = &r->fake.table;
    r->client.policy = s->policy;
    r->client.user = s->text;
    r->client.key = sw_private_key_view(&s->private_key);
    return sw_handshake_client(&r->handshake, &r->client, r->scratch, r->scratch_size);
}

static void run_init(run *r, const setup *s, const uint8_t *cuts)
{
    memset(r, 0, sizeof(*r));
    r->setup = s;
    fake_crypto_init(&r->fake, s->is_server ? FUZZ_SERVER_SEED : FUZZ_CLIENT_SEED);
    r->fake.fail_at = s->choices.fail_at;
    r->scratch_size = SW_SCRATCH_MIN + 16 * (size_t)s->choices.scratch;
    r->scratch = exact_block(r->scratch_size);
    memset(r->scratch, 0, r->scratch_size);
    r->cut.sizes = cuts;
}

/* ---- steps ---- */

static void send_output(run *r)
{
    trace_note(&r->events, 'o', r->used);
    while (sw_handshake_step(&r->handshake) == SW_STEP_SEND) {
        size_t len;
        const uint8_t *output = sw_handshake_output(&r->handshake, &len);
        check(output != NULL && len > 0, "there is something to send");
        len = cutter_next(&r->cut, len);
        trace_add(&r->events, output, len);
        check_result("sent", sw_handshake_sent(&r->handshake, len), SW_OK);
    }
}

static void answer_key(run *r)
{
    const sw_public_key *key = r->setup->choices.key & KEY_UNKNOWN ? NULL : &r->setup->public_key;
    size_t len;
    const char *user = sw_handshake_user(&r->handshake, &len);

    check(user != NULL && len > 0, "who asks for a key has a name");
    trace_note(&r->events, 'k', r->used);
    trace_add(&r->events, user, len);
    sw_handshake_key(&r->handshake, key);
}

static void receive(run *r)
{
    size_t len = cutter_next(&r->cut, r->burst_end - r->used);
    const uint8_t *peer = r->setup->peer + r->used;
    uint8_t *in = exact_copy(peer, len);
    size_t used;
    int result = sw_handshake_recv(&r->handshake, in, len, &used);

    check(used <= len, "no more is taken than there is");
    check_bytes("bytes not taken", in + used, len - used, peer + used, len - used);
    if (result == SW_OK) {
        check(used > 0, "bytes were taken");
        check(used == len || sw_handshake_step(&r->handshake) != SW_STEP_RECV, "bytes stay only for another step");
    }
    r->used += used;
    free(in);
}

static void pause_ends(run *r)
{
    if (!r->setup->is_server)
        sw_handshake_greeting_end(&r->handshake);
    sw_handshake_burst_end(&r->handshake);
}

/* The peer's bytes up to the next silence are all taken. Returns 0 if it has no more. */
static int next_burst(run *r)
{
    const handshake_choices *choices = &r->setup->choices;
    size_t left = r->setup->peer_len - r->used;
    size_t size = left;

    if (r->burst > 0)
        pause_ends(r);
    if (r->burst > 0 && left == 0)
        return 0;
    if (r->burst < HANDSHAKE_BURSTS)
        size = choices_number(choices->bursts[r->burst]);
    r->burst_end += size == 0 || size > left ? left : size;
    r->burst++;
    return 1;
}

static void receive_or_end(run *r)
{
    if (r->used < r->burst_end)
        receive(r);
    else if (!next_burst(r) && sw_handshake_step(&r->handshake) == SW_STEP_RECV)
        check(sw_handshake_end(&r->handshake) < 0, "an early end is an error");
}

/* ---- end ---- */

static void cipher_rest(run *r)
{
    size_t len = r->setup->peer_len - r->used;
    uint8_t *rest = exact_copy(r->setup->peer + r->used, len);
    uint8_t zeros[64] = { 0 };
    sw_cipher in, out;

    trace_note(&r->events, 'd', r->used);
    trace_note(&r->events, 'f', sw_handshake_features(&r->handshake));
    if (sw_handshake_finish(&r->handshake, &in, &out) == SW_OK) {
        check_zero("scratch after the end", r->scratch, r->scratch_size);
        r->fake.fail_at = 0;
        check_result("decryption", sw_cipher_apply(&in, rest, rest, len), SW_OK);
        check_result("encryption", sw_cipher_apply(&out, zeros, zeros, sizeof(zeros)), SW_OK);
        trace_add(&r->events, rest, len);
        trace_add(&r->events, zeros, sizeof(zeros));
        sw_cipher_wipe(&in);
        sw_cipher_wipe(&out);
    }
    free(rest);
}

static void check_failed(run *r)
{
    uint8_t byte = 0x5a;
    size_t used, len;
    int code = r->error.code;

    check_zero("scratch after an error", r->scratch, r->scratch_size);
    check_result("step after an error", sw_handshake_step(&r->handshake), code);
    check_result("recv after an error", sw_handshake_recv(&r->handshake, &byte, 1, &used), code);
    check_number("bytes taken after an error", used, 0);
    check_result("burst after an error", sw_handshake_burst_end(&r->handshake), code);
    check_result("greeting after an error", sw_handshake_greeting_end(&r->handshake), code);
    check_result("sent after an error", sw_handshake_sent(&r->handshake, 1), code);
    check_result("end after an error", sw_handshake_end(&r->handshake), code);
    check(sw_handshake_output(&r->handshake, &len) == NULL, "no output after an error");
}

static void run_free(run *r)
{
    sw_handshake_wipe(&r->handshake);
    check_zero("wiped handshake", &r->handshake, sizeof(r->handshake));
    check_number("AES states not wiped", r->fake.aes_states, 0);
    trace_free(&r->events);
    free(r->scratch);
}

static void run_all(run *r)
{
    int step = start(r);

    if (step == SW_OK)
        step = sw_handshake_step(&r->handshake);
    for (; step > 0 && step != SW_STEP_DONE; step = sw_handshake_step(&r->handshake)) {
        if (step == SW_STEP_SEND)
            send_output(r);
        else if (step == SW_STEP_KEY)
            answer_key(r);
        else
            receive_or_end(r);
    }
    if (step == SW_STEP_DONE)
        cipher_rest(r);
    r->error = sw_handshake_error(&r->handshake);
    if (r->error.code < 0)
        check_failed(r);
}

void handshake_compare(int is_server, const uint8_t *data, size_t size)
{
    setup s;
    run whole, cut;

    setup_read(&s, is_server, data, size);
    run_init(&whole, &s, NULL);
    run_init(&cut, &s, s.choices.cuts);
    run_all(&whole);
    run_all(&cut);
    check_same_error("error", cut.error, whole.error);
    check_bytes("events", cut.events.data, cut.events.len, whole.events.data, whole.events.len);
    check(fake_crypto_same_work(&cut.fake, &whole.fake), "the backend does the same work");
    run_free(&whole);
    run_free(&cut);
}
