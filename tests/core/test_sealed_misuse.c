/* SPDX-License-Identifier: ISC */
/* Sealed sessions whose application or peer does what it should not, or late: records by hand, commands in many records,
 * answers that come twice or are nothing, buffers that are not there. */
#include "sealed_pair.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

enum { RX = 2048, TX = 4096 };

/* ---- two sessions, moved on by hand ---- */

static fake_crypto fakes[2];
static wired_keys keys;
static sw_client_config client_config;
static sw_server_config server_config;
static sw_session client, server;
static uint8_t buffers[4][TX];
static char long_name[300];

static void setup(void)
{
    fake_crypto_init(&fakes[0], 11);
    fake_crypto_init(&fakes[1], 22);
    wired_keys_make(&keys, SW_KEY_ED25519);
    client_config = wired_client(&fakes[0].table, &keys, SW_FEATURES_SEALED);
    server_config = wired_server(&fakes[1].table, &keys, SW_FEATURES_SEALED);
    memset(long_name, 'n', sizeof(long_name) - 1);
}

static void teardown(void)
{
    sw_session_wipe(&client);
    sw_session_wipe(&server);
    ck_assert_uint_eq(fakes[0].aead_states + fakes[1].aead_states, 0);
}

static void open_both(size_t rx)
{
    ck_assert_int_eq(sw_session_client(&client, &client_config, buffers[0], RX, buffers[1], TX), SW_OK);
    ck_assert_int_eq(sw_session_server(&server, &server_config, buffers[2], rx, buffers[3], TX), SW_OK);
}

static void move_all(void)
{
    size_t n;

    do {
        n = wired_move(&client, &server, 0) + wired_move(&server, &client, 0);
        (void)sw_session_burst_end(&server);
    } while (n > 0);
}

/* The next event of a side, with what the other has to say for it. */
static int next_event(sw_session *s, sw_event *event)
{
    int type;

    for (int i = 0; i < 8; i++) {
        type = sw_session_next(s, event);
        if (type != SW_EVENT_NEED_MORE)
            return type;
        move_all();
        if (s == &client)
            (void)sw_session_next(&server, event);
        else
            (void)sw_session_next(&client, event);
        move_all();
    }
    return type;
}

static int sign(const sw_event *event)
{
    uint8_t blob[SW_SSH_SIGNATURE_MAX];
    size_t len;

    ck_assert_int_eq(sw_ssh_sign(&fakes[0].table, NULL, &keys.ed25519, event->message, SW_SSHSIG_SIZE, blob,
                                 sizeof(blob), &len),
                     SW_OK);
    return sw_session_sign(&client, blob, len);
}

/* Until the client is to sign. */
static void shake_hands(size_t rx, sw_event *event)
{
    open_both(rx);
    ck_assert_int_eq(next_event(&client, event), SW_EVENT_SERVER_KEY);
    ck_assert_int_eq(sw_session_accept(&client, 1), SW_OK);
    ck_assert_int_eq(next_event(&client, event), SW_EVENT_SIGN);
}

static void authenticate(size_t rx)
{
    sw_event event;

    shake_hands(rx, &event);
    ck_assert_int_eq(sign(&event), SW_OK);
    ck_assert_int_eq(next_event(&client, &event), SW_EVENT_READY);
    ck_assert_int_eq(next_event(&server, &event), SW_EVENT_KEY);
    ck_assert_int_eq(sw_session_key(&server, &keys.known), SW_OK);
    ck_assert_int_eq(next_event(&server, &event), SW_EVENT_READY);
    move_all();
}

/* ---- what is asked comes again until it is answered ---- */

START_TEST(test_asked_again)
{
    sw_event event, again;

    open_both(RX);
    ck_assert_int_eq(next_event(&client, &event), SW_EVENT_SERVER_KEY);
    ck_assert_int_eq(sw_session_defer(&client, 0), SW_OK);
    ck_assert_int_eq(sw_session_next(&client, &again), SW_EVENT_SERVER_KEY);
    ck_assert_ptr_eq(again.server_key, event.server_key);
    ck_assert_int_eq(sw_session_accept(&client, 1), SW_OK);
    ck_assert_int_eq(next_event(&client, &event), SW_EVENT_SIGN);
    ck_assert_int_eq(sw_session_defer(&client, 0), SW_OK);
    ck_assert_int_eq(sw_session_next(&client, &event), SW_EVENT_SIGN);
    ck_assert_uint_eq(sw_session_wants(&client), SW_WANT_APPLICATION);
    ck_assert_int_eq(sign(&event), SW_OK);
    ck_assert_int_eq(next_event(&server, &event), SW_EVENT_KEY);
    ck_assert_int_eq(sw_session_defer(&server, 0), SW_OK);
    ck_assert_int_eq(sw_session_next(&server, &again), SW_EVENT_KEY);
    ck_assert_uint_eq(again.user_len, event.user_len);
    ck_assert_mem_eq(again.user, "bob", 3);
    ck_assert_uint_eq(sw_session_wants(&server), SW_WANT_APPLICATION);
    ck_assert_int_eq(sw_session_key(&server, &keys.known), SW_OK);
    ck_assert_int_eq(sw_session_key(&server, &keys.known), SW_E_STATE);
}
END_TEST

/* The application took no event between the answer and what comes of it. */
START_TEST(test_refused_later)
{
    sw_event event;

    shake_hands(RX, &event);
    ck_assert_int_eq(sign(&event), SW_OK);
    ck_assert_int_eq(next_event(&server, &event), SW_EVENT_KEY);
    ck_assert_int_eq(sw_session_key(&server, NULL), SW_OK);
    ck_assert_uint_eq(sw_session_wants(&server), SW_WANT_APPLICATION);
    ck_assert_int_eq(sw_session_next(&server, &event), SW_EVENT_REFUSED);
    ck_assert_int_eq(event.status, SW_E_AUTH);
    move_all();
    ck_assert_int_eq(sw_session_next(&client, &event), SW_E_USER_REFUSED);
}
END_TEST

/* ---- the client's proof ---- */

START_TEST(test_signatures)
{
    static const uint8_t garbage[] = { 0, 0, 0, 1, 'x' };
    sw_event event;

    shake_hands(RX, &event);
    ck_assert_int_eq(sw_session_sign(&client, NULL, 0), SW_E_NULL);
    ck_assert_int_eq(sw_session_sign(&client, garbage, sizeof(garbage)), SW_E_NULL); /* for ever */
    sw_session_wipe(&client);
    sw_session_wipe(&server);
    shake_hands(RX, &event);
    ck_assert_int_eq(sw_session_sign(&client, garbage, sizeof(garbage)), SW_E_SIGNATURE);
    ck_assert_int_eq(sw_session_sign(NULL, garbage, sizeof(garbage)), SW_E_NULL);
}
END_TEST

/* A name that a plain request could carry, and a proof cannot. */
START_TEST(test_long_name)
{
    sw_event event;

    client_config.user = long_name;
    shake_hands(RX, &event);
    ck_assert_int_eq(sign(&event), SW_E_USER_NAME);
    sw_session_wipe(&client);
    sw_session_wipe(&server);
    long_name[255] = '\0';
    shake_hands(RX, &event);
    ck_assert_int_eq(sign(&event), SW_OK);
    ck_assert_int_eq(next_event(&server, &event), SW_EVENT_KEY);
    ck_assert_uint_eq(event.user_len, 255);
}
END_TEST

START_TEST(test_closed_before_proof)
{
    sw_event event;

    shake_hands(RX, &event);
    ck_assert_int_eq(sw_session_rx_end(&client), SW_OK);
    ck_assert_int_eq(sw_session_next(&client, &event), SW_E_AUTH_REFUSED);
}
END_TEST

/* The proof of an RSA user fits the buffer, but not with what is around it. */
START_TEST(test_no_room_for_proof)
{
    enum { PROOF = 570, AROUND = SW_HEADER_SIZE + SW_RECORD_OVERHEAD };
    size_t cap = PROOF - 1 + (size_t)_i;
    sw_event event;

    wired_keys_make(&keys, SW_KEY_RSA);
    client_config = wired_client(&fakes[0].table, &keys, SW_FEATURES_SEALED);
    ck_assert_int_eq(sw_session_client(&client, &client_config, buffers[0], RX, buffers[1], cap), SW_OK);
    ck_assert_int_eq(sw_session_server(&server, &server_config, buffers[2], RX, buffers[3], TX), SW_OK);
    ck_assert_int_eq(next_event(&client, &event), SW_EVENT_SERVER_KEY);
    ck_assert_int_eq(sw_session_accept(&client, 1), SW_OK);
    if (cap >= PROOF + AROUND) {
        ck_assert_int_eq(next_event(&client, &event), SW_EVENT_READY);
        return;
    }
    ck_assert_int_eq(next_event(&client, &event), SW_E_SPACE);
    check_error("room", sw_session_error(&client), SW_E_SPACE, cap, cap < PROOF ? PROOF : cap + AROUND);
}
END_TEST

START_TEST(test_accepted_too_late)
{
    sw_event event;

    shake_hands(RX, &event);
    ck_assert_int_eq(sw_session_accept(&client, 1), SW_E_STATE);
    ck_assert_int_eq(sw_session_next(&client, &event), SW_E_STATE);
}
END_TEST

/* Nothing is known of the server yet. */
START_TEST(test_accepted_too_early)
{
    open_both(RX);
    ck_assert_int_eq(sw_session_accept(&client, 1), SW_E_STATE);
}
END_TEST

/* The server takes one suite only. */
START_TEST(test_one_suite)
{
    unsigned suite = _i ? SW_FEATURE_NOISE_AESGCM : SW_FEATURE_NOISE_CHACHAPOLY;

    server_config.policy.features = (server_config.policy.features & ~(unsigned)SW_FEATURES_SEALED) | suite;
    authenticate(RX);
    ck_assert_uint_eq(sw_session_features(&client) & SW_FEATURES_SEALED, suite);
    ck_assert_uint_eq(sw_session_features(&server) & SW_FEATURES_SEALED, suite);
}
END_TEST

/* What a client of ours never sends: its proof is another one by the time it is sealed. */
static const struct proof_case {
    const char *name, *user;
    size_t user_len;
    sw_key_type type;
    size_t cut; /* bytes of the signature that are left out at its end */
    int code;   /* why it is refused; 0: it is not */
} proofs[] = {
    { "as it is", "bob", 3, SW_KEY_ED25519, 0, 0 },
    { "nobody", "", 0, SW_KEY_ED25519, 0, SW_E_REQUEST_NAME },
    { "a NUL", "b\0b", 3, SW_KEY_ED25519, 0, SW_E_REQUEST_NAME },
    { "a line feed", "bo\n", 3, SW_KEY_ED25519, 0, SW_E_REQUEST_NAME },
    { "a carriage return", "\rob", 3, SW_KEY_ED25519, 0, SW_E_REQUEST_NAME },
    { "a blank", "b b", 3, SW_KEY_ED25519, 0, SW_E_REQUEST_NAME },
    { "a short signature of Ed25519", "bob", 3, SW_KEY_ED25519, 1, SW_E_SIGNATURE },
    { "RSA as it is", "bob", 3, SW_KEY_RSA, 0, 0 },
    { "a short signature of RSA", "bob", 3, SW_KEY_RSA, 1, SW_E_SIGNATURE },
    { "no byte of a signature of RSA", "bob", 3, SW_KEY_RSA, 256, SW_E_SIGNATURE },
};

static const struct proof_case *proof_case;

static void put_length(uint8_t *at, size_t n)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(n >> 8 * (3 - i));
}

static size_t add_string(uint8_t *out, size_t at, const void *data, size_t len)
{
    put_length(out + at, len);
    if (len > 0)
        memcpy(out + at + 4, data, len);
    return at + 4 + len;
}

/* The same packet with what the case wants of user and signature; what is left of its text is never looked at. */
static void change_proof(uint8_t *packet)
{
    uint8_t body[1024];
    size_t size = packet[0] | (size_t)packet[1] << 8, len = 0;
    size_t name_len, signature_len;
    sw_ssh_proof proof;

    ck_assert_uint_le(size, sizeof(body));
    ck_assert_int_eq(sw_ssh_proof_read(&proof, packet + SW_HEADER_SIZE, size), SW_OK);
    len = add_string(body, len, proof_case->user, proof_case->user_len);
    len = add_string(body, len, proof.key, proof.key_len);
    len = add_string(body, len, proof.signature, proof.signature_len - proof_case->cut);
    name_len = proof.signature[3];
    signature_len = proof.signature_len - 4 - name_len - 4 - proof_case->cut;
    put_length(body + len - signature_len - 4, signature_len);
    memcpy(packet + SW_HEADER_SIZE, body, len);
    packet[0] = (uint8_t)len;
    packet[1] = (uint8_t)(len >> 8);
}

static int seal_proof(void *ctx, void *state, const uint8_t nonce[SW_AEAD_NONCE_SIZE], const uint8_t *ad,
                      size_t ad_size, uint8_t *text, size_t size)
{
    static fake_crypto plain;

    if (ad_size == 0 && size >= SW_HEADER_SIZE && text[4] == SW_BAND_CHALLENGE_RESPONSE)
        change_proof(text);
    fake_crypto_init(&plain, 1);
    return plain.table.aead_seal(ctx, state, nonce, ad, ad_size, text, size);
}

START_TEST(test_proofs)
{
    sw_event event;
    int type;

    proof_case = &proofs[_i];
    wired_keys_make(&keys, proof_case->type);
    client_config = wired_client(&fakes[0].table, &keys, SW_FEATURES_SEALED);
    fakes[0].table.aead_seal = seal_proof;
    open_both(RX);
    ck_assert_int_eq(next_event(&client, &event), SW_EVENT_SERVER_KEY);
    ck_assert_int_eq(sw_session_accept(&client, 1), SW_OK);
    type = next_event(&client, &event);
    if (type == SW_EVENT_SIGN) {
        ck_assert_int_eq(sign(&event), SW_OK);
        type = next_event(&client, &event);
    }
    ck_assert_int_eq(type, SW_EVENT_READY);
    type = next_event(&server, &event);
    ck_assert_msg(type == (proof_case->code == 0 ? SW_EVENT_KEY : SW_EVENT_REFUSED), "%s: %d", proof_case->name,
                  type);
    ck_assert_msg(proof_case->code == 0 || event.status == proof_case->code, "%s: %d", proof_case->name,
                  event.status);
}
END_TEST

/* The server knows the user, but with another key: as large as needed to be told apart by one thing alone. */
START_TEST(test_other_known_keys)
{
    sw_public_key known;
    sw_event event;

    wired_keys_make(&keys, SW_KEY_RSA);
    client_config = wired_client(&fakes[0].table, &keys, SW_FEATURES_SEALED);
    open_both(RX);
    ck_assert_int_eq(next_event(&client, &event), SW_EVENT_SERVER_KEY);
    ck_assert_int_eq(sw_session_accept(&client, 1), SW_OK);
    ck_assert_int_eq(next_event(&client, &event), SW_EVENT_READY);
    ck_assert_int_eq(next_event(&server, &event), SW_EVENT_KEY);
    known = keys.known;
    switch (_i) {
    case 0: break;
    case 1: known.type = SW_KEY_ED25519; break;
    case 2: known.n_size--; break;
    case 3: known.n_size++; break;
    case 4: known.e_size--; break;
    case 5: known.e_size++; break;
    case 6: known.n[known.n_size - 1] ^= 2; break;
    case 7: known.e[0] ^= 2; break;
    default: break;
    }
    ck_assert_int_eq(sw_session_key(&server, &known), SW_OK);
    ck_assert_int_eq(next_event(&server, &event), _i == 0 ? SW_EVENT_READY : SW_EVENT_REFUSED);
}
END_TEST

/* ---- the server's word ---- */

/* The server's first record says something else: its text is changed before it is sealed. */
static uint8_t other_band, other_size;

static int seal_other(void *ctx, void *state, const uint8_t nonce[SW_AEAD_NONCE_SIZE], const uint8_t *ad,
                      size_t ad_size, uint8_t *text, size_t size)
{
    static fake_crypto plain;

    if (ad_size == 0 && size >= SW_HEADER_SIZE && text[4] == SW_BAND_PROCEED) {
        text[0] = other_size;
        text[4] = other_band;
    }
    fake_crypto_init(&plain, 1);
    return plain.table.aead_seal(ctx, state, nonce, ad, ad_size, text, size);
}

static const struct {
    uint8_t band, size;
    int code;
} verdicts[] = {
    { SW_BAND_OUTPUT, 0, SW_E_BAND },
    { SW_BAND_EXIT_SUCCESS, 0, SW_E_BAND },
    { SW_BAND_EXIT_FAILURE, 0, SW_E_USER_REFUSED },
    { SW_BAND_EXIT_FAILURE, 1, SW_E_NOT_EMPTY },
    { SW_BAND_PROCEED, 1, SW_E_NOT_EMPTY },
};

START_TEST(test_verdicts)
{
    size_t taken;
    sw_event event;
    const sw_argument argv[] = { { "x", 1 } };

    other_band = verdicts[_i].band;
    other_size = verdicts[_i].size;
    fakes[1].table.aead_seal = seal_other;
    shake_hands(RX, &event);
    ck_assert_int_eq(sign(&event), SW_OK);
    ck_assert_int_eq(next_event(&client, &event), SW_EVENT_READY);
    ck_assert_int_eq(sw_session_command(&client, argv, 1, 0), 1);
    ck_assert_int_eq(next_event(&server, &event), SW_EVENT_KEY);
    ck_assert_int_eq(sw_session_key(&server, &keys.known), SW_OK);
    ck_assert_int_eq(next_event(&server, &event), SW_EVENT_READY);
    ck_assert_int_eq(next_event(&server, &event), SW_EVENT_COMMAND);
    ck_assert_int_eq(sw_session_send(&server, SW_BAND_OUTPUT, "y", 1, &taken), 1); /* in the same record */
    move_all();
    ck_assert_int_eq(sw_session_next(&client, &event), verdicts[_i].code);
}
END_TEST

/* ---- commands in many records ---- */

static int run_command(size_t rx, uint16_t limit, size_t size, sw_event *event)
{
    static char text[TX];
    const sw_argument argv[] = { { text, size - 1 } };
    int type = SW_EVENT_NEED_MORE;

    server_config.record_limit = limit;
    memset(text, 'c', sizeof(text));
    authenticate(rx);
    ck_assert_int_eq(sw_session_command(&client, argv, 1, 0), 1);
    for (int i = 0; i < 64 && type == SW_EVENT_NEED_MORE; i++) {
        (void)wired_move(&client, &server, i % 2 ? 1 : 300);
        type = sw_session_next(&server, event);
    }
    if (type == SW_EVENT_COMMAND) {
        ck_assert_uint_eq(event->chunk.len, size);
        ck_assert_uint_eq(event->chunk.size, size);
        ck_assert_mem_eq(event->chunk.data, text, size - 1);
    }
    return type;
}

/* Pieces of a command are joined where they lie, up to what the buffer has room for beside the next record. */
START_TEST(test_long_commands)
{
    static const struct {
        size_t rx, size;
        int type;
    } commands[] = {
        { RX, 1, SW_EVENT_COMMAND },      { RX, 235, SW_EVENT_COMMAND },  { RX, 236, SW_EVENT_COMMAND },
        { RX, 1000, SW_EVENT_COMMAND },   { RX, 1700, SW_EVENT_COMMAND }, { RX, RX, SW_E_PACKET_SIZE },
        { RX, RX + 1, SW_E_PACKET_SIZE }, { 600, 590, SW_E_PACKET_SIZE }, { 600, 300, SW_EVENT_COMMAND },
    };
    sw_event event;

    ck_assert_int_eq(run_command(commands[_i].rx, SW_RECORD_LIMIT_MIN, commands[_i].size, &event),
                     commands[_i].type);
    if (commands[_i].type < 0)
        ck_assert_int_eq(sw_session_error(&server).code, SW_E_PACKET_SIZE);
}
END_TEST

/* A client's buffer is smaller than its command in records, whether something waits there or not. */
START_TEST(test_command_without_room)
{
    static char text[TX];
    static const struct {
        size_t size;
        int result, waits; /* behind the proof that has not left yet, or not */
    } sizes[] = {
        { TX - 60, 0, 1 }, { TX + 1, 0, 1 },   { TX - 10, SW_E_SPACE, 0 }, { TX - 1, SW_E_SPACE, 0 },
        { 100, 1, 1 },     { TX - 300, 1, 0 }, { TX + 1, SW_E_SPACE, 0 },
    };
    sw_event event;
    sw_argument argv[] = { { text, sizes[_i].size - 1 } };

    memset(text, 'd', sizeof(text));
    argv[0].len = argv[0].len < TX ? argv[0].len : TX;
    shake_hands(RX, &event);
    ck_assert_int_eq(sign(&event), SW_OK);
    ck_assert_int_eq(sw_session_next(&client, &event), SW_EVENT_READY);
    if (!sizes[_i].waits)
        move_all();
    ck_assert_int_eq(sw_session_command(&client, argv, 1, 0), sizes[_i].result);
}
END_TEST

/* The error is the command's, and stays. */
START_TEST(test_unsound_command)
{
    const sw_argument argv[] = { { "ls", 2 }, { "a\0b", 3 } };

    authenticate(RX);
    ck_assert_int_eq(sw_session_command(&client, argv, 2, 0), SW_E_ARGUMENT_NUL);
    check_error("argument", sw_session_error(&client), SW_E_ARGUMENT_NUL, 1, 2);
}
END_TEST

/* ---- buffers ---- */

START_TEST(test_lent)
{
    size_t n;
    sw_event event;
    const sw_argument argv[] = { { "x", 1 } };

    authenticate(RX);
    ck_assert_int_eq(sw_session_next(&server, &event), SW_EVENT_NEED_MORE); /* the proof's record is done */
    ck_assert_int_eq(sw_session_lend_rx(&server, NULL, 0), 1);
    ck_assert_int_eq(sw_session_lend_tx(&server, NULL, 0), 1);
    ck_assert_int_eq(sw_session_next(&server, &event), SW_EVENT_NEED_MORE);
    ck_assert_ptr_null(sw_session_tx_bytes(&server, &n));
    ck_assert_int_eq(sw_session_lend_rx(&server, buffers[2], SW_RECORD_HEADER_SIZE + server.record_limit - 1u),
                     SW_E_SPACE);
    sw_session_wipe(&client);
    sw_session_wipe(&server);
    authenticate(RX);
    ck_assert_int_eq(sw_session_next(&server, &event), SW_EVENT_NEED_MORE); /* the proof's record is done */
    ck_assert_int_eq(sw_session_lend_rx(&server, NULL, 0), 1);
    ck_assert_int_eq(sw_session_lend_rx(&server, buffers[2], RX), 1);
    ck_assert_int_eq(sw_session_command(&client, argv, 1, 0), 1);
    move_all();
    ck_assert_int_eq(sw_session_next(&server, &event), SW_EVENT_COMMAND);
    ck_assert_int_eq(sw_session_lend_tx(&server, NULL, 0), 1);
    ck_assert_int_eq(sw_session_send(&server, SW_BAND_OUTPUT, "x", 1, &n), 0);
    ck_assert_int_eq(sw_session_exit(&server, 0), 0);
}
END_TEST

/* A record ends in a header: the rest comes to another buffer, and the packet is under the limit that it began with. */
START_TEST(test_lent_within_header)
{
    enum { RECORD = SW_RECORD_HEADER_SIZE + SW_RECORD_LIMIT_MIN };
    const sw_argument argv[] = { { "some words", 10 } };
    sw_event event;

    server_config.record_limit = SW_RECORD_LIMIT_MIN;
    long_name[85] = '\0';
    client_config.user = long_name;
    shake_hands(RX, &event);
    ck_assert_int_eq(sign(&event), SW_OK);
    ck_assert_int_eq(sw_session_next(&client, &event), SW_EVENT_READY);
    ck_assert_int_eq(sw_session_command(&client, argv, 1, 0), 1);
    ck_assert_uint_eq(wired_move(&client, &server, RECORD), RECORD);
    ck_assert_int_eq(sw_session_next(&server, &event), SW_EVENT_KEY);
    ck_assert_int_eq(sw_session_key(&server, &keys.known), SW_OK);
    ck_assert_int_eq(sw_session_next(&server, &event), SW_EVENT_READY);
    ck_assert_int_eq(sw_session_next(&server, &event), SW_EVENT_NEED_MORE);
    ck_assert_uint_gt(server.decoder.have, 0);
    ck_assert_int_eq(sw_session_lend_rx(&server, NULL, 0), 1);
    ck_assert_int_eq(sw_session_lend_rx(&server, buffers[2], RX / 2), 1);
    ck_assert_uint_gt(wired_move(&client, &server, 0), 0);
    ck_assert_int_eq(sw_session_next(&server, &event), SW_EVENT_COMMAND);
    ck_assert_uint_eq(event.chunk.len, sizeof("some words"));
}
END_TEST

/* A session that starts without a receive buffer tells its peer a usual limit. */
START_TEST(test_started_without_buffers)
{
    ck_assert_int_eq(sw_session_server(&server, &server_config, NULL, 0, buffers[3], TX), SW_OK);
    ck_assert_uint_eq(server.record_limit, 4096);
    sw_session_wipe(&server);
    ck_assert_int_eq(sw_session_client(&client, &client_config, NULL, 0, buffers[1], TX), SW_OK);
    ck_assert_uint_eq(client.record_limit, 4096);
    ck_assert_int_eq(sw_session_lend_rx(&client, buffers[0], 4096), SW_E_SPACE);
    sw_session_wipe(&client);
    server_config.record_limit = SW_RECORD_LIMIT_MIN - 1;
    ck_assert_int_eq(sw_session_server(&server, &server_config, NULL, 0, buffers[3], TX), SW_E_CONFIG);
}
END_TEST

/* Largest limits go with the largest buffers. */
START_TEST(test_large_buffers)
{
    uint8_t *rx = malloc(1 << 18);

    ck_assert_int_eq(sw_session_client(&client, &client_config, rx, 1 << 18, buffers[1], TX), SW_OK);
    ck_assert_uint_eq(client.record_limit, SW_RECORD_LIMIT_MAX);
    ck_assert_int_eq(sw_session_server(&server, &server_config, rx, 10000, buffers[3], TX), SW_OK);
    ck_assert_uint_eq(server.record_limit, 4999); /* the next record comes beside a command's pieces */
    free(rx);
}
END_TEST

/* ---- backends that cannot ---- */

START_TEST(test_no_ed25519)
{
    sw_event event;

    fakes[1].table.ed25519_verify = NULL;
    shake_hands(RX, &event);
    ck_assert_int_eq(sign(&event), SW_OK);
    ck_assert_int_eq(next_event(&server, &event), SW_EVENT_REFUSED);
    ck_assert_int_eq(event.status, SW_E_KEY_BACKEND);
}
END_TEST

START_TEST(test_poor_tables)
{
    sw_crypto *t = &fakes[0].table;

    switch (_i) {
    case 0: t->sha256_start = NULL; break;
    case 1: t->x25519 = NULL; break;
    case 2: t->aead_start = NULL; break;
    case 3: t->rsa_sign = NULL; break;
    case 4: t->rsa_verify = NULL; break;
    case 5: t->sha256_state_size = SW_SHA256_STATE_SIZE + 1; break;
    case 6: t->aead_state_size = SW_AEAD_STATE_SIZE + 1; break;
    default: break;
    }
    ck_assert_int_eq(sw_session_client(&client, &client_config, buffers[0], RX, buffers[1], TX),
                     _i == 7 ? SW_OK : SW_E_BACKEND);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sealed misuse");
    TCase *tcase = suite_case(suite, "misuse");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, test_asked_again);
    tcase_add_test(tcase, test_refused_later);
    tcase_add_test(tcase, test_signatures);
    tcase_add_test(tcase, test_long_name);
    tcase_add_test(tcase, test_closed_before_proof);
    tcase_add_loop_test(tcase, test_no_room_for_proof, 0, 25);
    tcase_add_loop_test(tcase, test_verdicts, 0, COUNT(verdicts));
    tcase_add_loop_test(tcase, test_long_commands, 0, 9);
    tcase_add_loop_test(tcase, test_command_without_room, 0, 7);
    tcase_add_test(tcase, test_unsound_command);
    tcase_add_test(tcase, test_accepted_too_late);
    tcase_add_test(tcase, test_accepted_too_early);
    tcase_add_loop_test(tcase, test_one_suite, 0, 2);
    tcase_add_loop_test(tcase, test_other_known_keys, 0, 8);
    tcase_add_loop_test(tcase, test_proofs, 0, COUNT(proofs));
    tcase_add_test(tcase, test_lent);
    tcase_add_test(tcase, test_lent_within_header);
    tcase_add_test(tcase, test_started_without_buffers);
    tcase_add_test(tcase, test_large_buffers);
    tcase_add_test(tcase, test_no_ed25519);
    tcase_add_loop_test(tcase, test_poor_tables, 0, 8);
    return run_suite(suite);
}
