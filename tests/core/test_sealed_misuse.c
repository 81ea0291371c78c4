/* SPDX-License-Identifier: ISC */
/* Sealed sessions whose application or peer does what it should not, or late: records by hand, answers that come twice
 * or are nothing, backends that cannot. */
#include "sealed_fixture.h"

#include <string.h>

/* ---- what is asked comes again until it is answered ---- */

START_TEST(test_asked_again)
{
    sw_event event, again;

    sealed_open(SEALED_RX);
    ck_assert_int_eq(sealed_next(&client, &event), SW_EVENT_SERVER_KEY);
    ck_assert_int_eq(sw_session_defer(&client, 0), SW_OK);
    ck_assert_int_eq(sw_session_next(&client, &again), SW_EVENT_SERVER_KEY);
    ck_assert_ptr_eq(again.server_key, event.server_key);
    ck_assert_int_eq(sw_session_accept(&client, 1), SW_OK);
    ck_assert_int_eq(sealed_next(&client, &event), SW_EVENT_SIGN);
    ck_assert_int_eq(sw_session_defer(&client, 0), SW_OK);
    ck_assert_int_eq(sw_session_next(&client, &event), SW_EVENT_SIGN);
    ck_assert_uint_eq(sw_session_wants(&client), SW_WANT_APPLICATION);
    ck_assert_int_eq(sealed_sign(&event), SW_OK);
    ck_assert_int_eq(sealed_next(&server, &event), SW_EVENT_KEY);
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

    sealed_shake_hands(SEALED_RX, &event);
    ck_assert_int_eq(sealed_sign(&event), SW_OK);
    ck_assert_int_eq(sealed_next(&server, &event), SW_EVENT_KEY);
    ck_assert_int_eq(sw_session_key(&server, NULL), SW_OK);
    ck_assert_uint_eq(sw_session_wants(&server), SW_WANT_APPLICATION);
    ck_assert_int_eq(sw_session_next(&server, &event), SW_EVENT_REFUSED);
    ck_assert_int_eq(event.status, SW_E_AUTH);
    sealed_move();
    ck_assert_int_eq(sw_session_next(&client, &event), SW_E_USER_REFUSED);
}
END_TEST

/* ---- the client's proof ---- */

START_TEST(test_signatures)
{
    static const uint8_t garbage[] = { 0, 0, 0, 1, 'x' };
    sw_event event;

    sealed_shake_hands(SEALED_RX, &event);
    ck_assert_int_eq(sw_session_sign(&client, NULL, 0), SW_E_NULL);
    ck_assert_int_eq(sw_session_sign(&client, garbage, sizeof(garbage)), SW_E_NULL); /* for ever */
    sw_session_wipe(&client);
    sw_session_wipe(&server);
    sealed_shake_hands(SEALED_RX, &event);
    ck_assert_int_eq(sw_session_sign(&client, garbage, sizeof(garbage)), SW_E_SIGNATURE);
    ck_assert_int_eq(sw_session_sign(NULL, garbage, sizeof(garbage)), SW_E_NULL);
}
END_TEST

/* A name that a plain request could carry, and a proof cannot. */
START_TEST(test_long_name)
{
    sw_event event;

    client_config.user = long_name;
    sealed_shake_hands(SEALED_RX, &event);
    ck_assert_int_eq(sealed_sign(&event), SW_E_USER_NAME);
    sw_session_wipe(&client);
    sw_session_wipe(&server);
    long_name[255] = '\0';
    sealed_shake_hands(SEALED_RX, &event);
    ck_assert_int_eq(sealed_sign(&event), SW_OK);
    ck_assert_int_eq(sealed_next(&server, &event), SW_EVENT_KEY);
    ck_assert_uint_eq(event.user_len, 255);
}
END_TEST

START_TEST(test_closed_before_proof)
{
    sw_event event;

    sealed_shake_hands(SEALED_RX, &event);
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
    ck_assert_int_eq(sw_session_client(&client, &client_config, buffers[0], SEALED_RX, buffers[1], cap), SW_OK);
    ck_assert_int_eq(sw_session_server(&server, &server_config, buffers[2], SEALED_RX, buffers[3], SEALED_TX),
                     SW_OK);
    ck_assert_int_eq(sealed_next(&client, &event), SW_EVENT_SERVER_KEY);
    ck_assert_int_eq(sw_session_accept(&client, 1), SW_OK);
    if (cap >= PROOF + AROUND) {
        ck_assert_int_eq(sealed_next(&client, &event), SW_EVENT_READY);
        return;
    }
    ck_assert_int_eq(sealed_next(&client, &event), SW_E_SPACE);
    check_error("room", sw_session_error(&client), SW_E_SPACE, cap, cap < PROOF ? PROOF : cap + AROUND);
}
END_TEST

START_TEST(test_accepted_too_late)
{
    sw_event event;

    sealed_shake_hands(SEALED_RX, &event);
    ck_assert_int_eq(sw_session_accept(&client, 1), SW_E_STATE);
    ck_assert_int_eq(sw_session_next(&client, &event), SW_E_STATE);
}
END_TEST

/* Nothing is known of the server yet. */
START_TEST(test_accepted_too_early)
{
    sealed_open(SEALED_RX);
    ck_assert_int_eq(sw_session_accept(&client, 1), SW_E_STATE);
}
END_TEST

/* The server takes one suite only. */
START_TEST(test_one_suite)
{
    unsigned suite = _i ? SW_FEATURE_NOISE_AESGCM : SW_FEATURE_NOISE_CHACHAPOLY;

    server_config.policy.features = (server_config.policy.features & ~(unsigned)SW_FEATURES_SEALED) | suite;
    sealed_authenticate(SEALED_RX);
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
    sealed_open(SEALED_RX);
    ck_assert_int_eq(sealed_next(&client, &event), SW_EVENT_SERVER_KEY);
    ck_assert_int_eq(sw_session_accept(&client, 1), SW_OK);
    type = sealed_next(&client, &event);
    if (type == SW_EVENT_SIGN) {
        ck_assert_int_eq(sealed_sign(&event), SW_OK);
        type = sealed_next(&client, &event);
    }
    ck_assert_int_eq(type, SW_EVENT_READY);
    type = sealed_next(&server, &event);
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
    sealed_open(SEALED_RX);
    ck_assert_int_eq(sealed_next(&client, &event), SW_EVENT_SERVER_KEY);
    ck_assert_int_eq(sw_session_accept(&client, 1), SW_OK);
    ck_assert_int_eq(sealed_next(&client, &event), SW_EVENT_READY);
    ck_assert_int_eq(sealed_next(&server, &event), SW_EVENT_KEY);
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
    ck_assert_int_eq(sealed_next(&server, &event), _i == 0 ? SW_EVENT_READY : SW_EVENT_REFUSED);
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
    sealed_shake_hands(SEALED_RX, &event);
    ck_assert_int_eq(sealed_sign(&event), SW_OK);
    ck_assert_int_eq(sealed_next(&client, &event), SW_EVENT_READY);
    ck_assert_int_eq(sw_session_command(&client, argv, 1, 0), 1);
    ck_assert_int_eq(sealed_next(&server, &event), SW_EVENT_KEY);
    ck_assert_int_eq(sw_session_key(&server, &keys.known), SW_OK);
    ck_assert_int_eq(sealed_next(&server, &event), SW_EVENT_READY);
    ck_assert_int_eq(sealed_next(&server, &event), SW_EVENT_COMMAND);
    ck_assert_int_eq(sw_session_send(&server, SW_BAND_OUTPUT, "y", 1, &taken), 1); /* in the same record */
    sealed_move();
    ck_assert_int_eq(sw_session_next(&client, &event), verdicts[_i].code);
}
END_TEST
/* ---- backends that cannot ---- */

START_TEST(test_no_ed25519)
{
    sw_event event;

    fakes[1].table.ed25519_verify = NULL;
    sealed_shake_hands(SEALED_RX, &event);
    ck_assert_int_eq(sealed_sign(&event), SW_OK);
    ck_assert_int_eq(sealed_next(&server, &event), SW_EVENT_REFUSED);
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
    case 7: t->sha256_state_size = SW_SHA256_STATE_SIZE; break;
    case 8: t->aead_state_size = SW_AEAD_STATE_SIZE; break;
    default: break;
    }
    ck_assert_int_eq(sw_session_client(&client, &client_config, buffers[0], SEALED_RX, buffers[1], SEALED_TX),
                     _i >= 7 ? SW_OK : SW_E_BACKEND);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sealed misuse");
    TCase *tcase = suite_case(suite, "misuse");

    tcase_add_checked_fixture(tcase, sealed_setup, sealed_teardown);
    tcase_add_test(tcase, test_asked_again);
    tcase_add_test(tcase, test_refused_later);
    tcase_add_test(tcase, test_signatures);
    tcase_add_test(tcase, test_long_name);
    tcase_add_test(tcase, test_closed_before_proof);
    tcase_add_loop_test(tcase, test_no_room_for_proof, 0, 25);
    tcase_add_loop_test(tcase, test_verdicts, 0, COUNT(verdicts));
    tcase_add_test(tcase, test_accepted_too_late);
    tcase_add_test(tcase, test_accepted_too_early);
    tcase_add_loop_test(tcase, test_one_suite, 0, 2);
    tcase_add_loop_test(tcase, test_other_known_keys, 0, 8);
    tcase_add_loop_test(tcase, test_proofs, 0, COUNT(proofs));
    tcase_add_test(tcase, test_no_ed25519);
    tcase_add_loop_test(tcase, test_poor_tables, 0, 10);
    return run_suite(suite);
}
