/* SPDX-License-Identifier: ISC */
/* What proves the user of a sealed session: how large it may be, what is told of it, and that nothing of the login is
 * left behind it. */
#include "sealed_fixture.h"

#include <stdlib.h>
#include <string.h>

/* The client is one with an RSA key, signed for by an agent or by the session itself. */
static void use_rsa(int has_agent)
{
    wired_keys_make(&keys, SW_KEY_RSA);
    client_config = wired_client(&fakes[0].table, &keys, SW_FEATURES_SEALED);
    if (has_agent)
        client_config.public_key = &keys.known;
}

/* Until the server asks for the user's key. */
static void ask(sw_event *event)
{
    sealed_shake_hands(SEALED_RX, event);
    ck_assert_int_eq(sealed_sign(event), SW_OK);
    ck_assert_int_eq(sealed_next(&client, event), SW_EVENT_READY);
    ck_assert_int_eq(sealed_next(&server, event), SW_EVENT_KEY);
}

/* ---- what is told ---- */

/* The application is asked to sign as soon as it said yes to the server: nothing else comes before. */
START_TEST(test_sign_at_once)
{
    sw_event event;

    sealed_open(SEALED_RX);
    ck_assert_int_eq(sealed_next(&client, &event), SW_EVENT_SERVER_KEY);
    ck_assert_int_eq(sw_session_accept(&client, 1), SW_OK);
    ck_assert_int_eq(sw_session_next(&client, &event), SW_EVENT_SIGN);
}
END_TEST

START_TEST(test_question)
{
    sw_ssh_key key;
    sw_event event;

    ask(&event);
    ck_assert_uint_eq(event.user_len, 3);
    ck_assert_mem_eq(event.user, "bob", 3);
    ck_assert_int_eq(sw_ssh_key_read(&key, event.key, event.key_len), SW_OK);
    ck_assert_int_eq(key.type, SW_KEY_ED25519);
    ck_assert_mem_eq(key.ed25519, keys.known.ed25519, sizeof(keys.known.ed25519));
    ck_assert_ptr_null(event.chunk.data); /* what came is no data */
    ck_assert_uint_eq(event.chunk.len, 0);
    ck_assert_uint_eq(event.chunk.size, 0);
    ck_assert_uint_eq(event.chunk.offset, 0);
    ck_assert_uint_eq(event.chunk.band, 0);
}
END_TEST

/* ---- sizes ---- */

static const struct {
    size_t len;
    int result; /* of the client, when it signs */
} names[] = { { 1, SW_OK }, { 255, SW_OK }, { 256, SW_E_USER_NAME } };

START_TEST(test_names)
{
    sw_event event;

    long_name[names[_i].len] = '\0';
    client_config.user = long_name;
    sealed_shake_hands(SEALED_RX, &event);
    ck_assert_int_eq(sealed_sign(&event), names[_i].result);
    if (names[_i].result < 0)
        return;
    ck_assert_int_eq(sealed_next(&server, &event), SW_EVENT_KEY);
    ck_assert_uint_eq(event.user_len, names[_i].len);
}
END_TEST

/* The client says that its proof has another size. */
static size_t said;

static int seal_size(void *ctx, void *state, const uint8_t nonce[SW_AEAD_NONCE_SIZE], const uint8_t *ad,
                     size_t ad_size, uint8_t *text, size_t size)
{
    static fake_crypto plain;

    if (ad_size == 0 && size >= SW_HEADER_SIZE && text[4] == SW_BAND_CHALLENGE_RESPONSE) {
        text[0] = (uint8_t)said;
        text[1] = (uint8_t)(said >> 8);
    }
    fake_crypto_init(&plain, 1);
    return plain.table.aead_seal(ctx, state, nonce, ad, ad_size, text, size);
}

/* It is collected in the server's transmit buffer, and has 4096 bytes at most. */
START_TEST(test_limit)
{
    static const struct {
        size_t tx, limit;
    } sizes[] = { { 1500, 1500 }, { 4096, 4096 }, { 5000, 4096 } };
    size_t limit = sizes[_i / 2].limit;
    int is_larger = _i % 2;
    uint8_t *tx = malloc(sizes[_i / 2].tx);
    sw_event event;
    int type;

    said = limit + (size_t)is_larger;
    fakes[0].table.aead_seal = seal_size;
    ck_assert_int_eq(sw_session_client(&client, &client_config, buffers[0], SEALED_RX, buffers[1], SEALED_TX),
                     SW_OK);
    ck_assert_int_eq(sw_session_server(&server, &server_config, buffers[2], SEALED_RX, tx, sizes[_i / 2].tx),
                     SW_OK);
    ck_assert_int_eq(sealed_next(&client, &event), SW_EVENT_SERVER_KEY);
    ck_assert_int_eq(sw_session_accept(&client, 1), SW_OK);
    ck_assert_int_eq(sealed_next(&client, &event), SW_EVENT_SIGN);
    ck_assert_int_eq(sealed_sign(&event), SW_OK);
    sealed_move();
    type = sw_session_next(&server, &event);
    ck_assert_int_eq(type, is_larger ? SW_E_PACKET_SIZE : SW_EVENT_NEED_MORE);
    if (is_larger)
        check_error("proof", sw_session_error(&server), SW_E_PACKET_SIZE, limit + 1, limit);
    sw_session_wipe(&server);
    free(tx);
}
END_TEST

/* It comes in records, of which the receive buffer holds no more than one. */
START_TEST(test_larger_than_buffer)
{
    sw_event event;

    use_rsa(0);
    server_config.record_limit = SW_RECORD_LIMIT_MIN;
    sealed_open(SW_RECORD_HEADER_SIZE + SW_RECORD_LIMIT_MIN);
    ck_assert_int_eq(sealed_next(&client, &event), SW_EVENT_SERVER_KEY);
    ck_assert_int_eq(sw_session_accept(&client, 1), SW_OK);
    ck_assert_int_eq(sealed_next(&client, &event), SW_EVENT_READY);
    ck_assert_int_eq(sealed_next(&server, &event), SW_EVENT_KEY);
    ck_assert_uint_gt(server.proof_len, 2 * SW_RECORD_LIMIT_MIN);
    ck_assert_int_eq(sw_session_key(&server, &keys.known), SW_OK);
    ck_assert_int_eq(sealed_next(&server, &event), SW_EVENT_READY);
}
END_TEST

/* An agent's signature of RSA may lack the zeros that it begins with. On the wire it has them. */
START_TEST(test_leading_zeros)
{
    enum { LACKS = 2, HEAD = 4 + 12 + 4, SIZE = 256 };
    sw_rsa_private rsa;
    uint8_t blob[SW_SSH_SIGNATURE_MAX], expected[SIZE] = { 0 };
    size_t len;
    sw_ssh_proof proof;
    sw_event event;

    use_rsa(1);
    rsa = sw_private_key_view(&keys.rsa);
    sealed_shake_hands(SEALED_RX, &event);
    ck_assert_int_eq(
        sw_ssh_sign(&fakes[0].table, &rsa, NULL, event.message, SW_SSHSIG_SIZE, blob, sizeof(blob), &len), SW_OK);
    ck_assert_uint_eq(len, HEAD + SIZE);
    memcpy(expected + LACKS, blob + HEAD + LACKS, SIZE - LACKS);
    memmove(blob + HEAD, blob + HEAD + LACKS, SIZE - LACKS);
    blob[HEAD - 2] = 0;
    blob[HEAD - 1] = SIZE - LACKS;
    memset(buffers[1], 0xee, sizeof(buffers[1])); /* the message was signed */
    ck_assert_int_eq(sw_session_sign(&client, blob, len - LACKS), SW_OK);
    ck_assert_int_eq(sealed_next(&server, &event), SW_EVENT_KEY);
    ck_assert_int_eq(sw_ssh_proof_read(&proof, server.tx, server.proof_len), SW_OK);
    ck_assert_uint_eq(event.user_len, 3);
    ck_assert_mem_eq(event.user, "bob", 3);
    ck_assert_uint_eq(proof.signature_len, HEAD + SIZE);
    ck_assert_mem_eq(proof.signature + HEAD, expected, SIZE);
}
END_TEST

/* ---- what fails ---- */

static int seal_nothing(void *ctx, void *state, const uint8_t nonce[SW_AEAD_NONCE_SIZE], const uint8_t *ad,
                        size_t ad_size, uint8_t *text, size_t size)
{
    (void)ctx;
    (void)state;
    (void)nonce;
    (void)ad;
    (void)ad_size;
    (void)text;
    (void)size;
    return -1;
}

/* A proof that fills a record is sealed as soon as it is signed: who signed is told what fails. */
START_TEST(test_not_sealed)
{
    sw_event event;

    server_config.record_limit = SW_RECORD_LIMIT_MIN;
    long_name[255] = '\0';
    client_config.user = long_name;
    sealed_shake_hands(SEALED_RX, &event);
    fakes[0].table.aead_seal = seal_nothing;
    ck_assert_int_eq(sealed_sign(&event), SW_E_AEAD);
    ck_assert_int_eq(sw_session_next(&client, &event), SW_E_AEAD);
}
END_TEST

/* The key of one direction, or of the other, cannot be started: the user is not asked to sign any more. */
static int starts_left;

static int start_some(void *ctx, void *state, sw_aead aead, const uint8_t key[SW_AEAD_KEY_SIZE])
{
    static fake_crypto plain;

    if (starts_left-- == 0)
        return -1;
    fake_crypto_init(&plain, 1);
    return plain.table.aead_start(ctx, state, aead, key);
}

START_TEST(test_not_started)
{
    sw_event event;

    sealed_open(SEALED_RX);
    ck_assert_int_eq(sealed_next(&client, &event), SW_EVENT_SERVER_KEY);
    ck_assert_int_eq(sw_session_accept(&client, 1), SW_OK);
    starts_left = _i;
    fakes[0].table.aead_start = start_some;
    ck_assert_int_eq(sw_session_next(&client, &event), SW_E_AEAD);
}
END_TEST

/* ---- what is left ---- */

/* Of the login nothing is, on either side, and the application may take its buffer for what is sent. */
static void check_forgotten(sw_session *s, uint8_t *tx)
{
    static const sw_handshake none;

    ck_assert_mem_eq(&s->handshake, &none, sizeof(none));
    sealed_move();
    ck_assert_int_eq(sw_session_lend_tx(s, NULL, 0), 1);
    ck_assert_int_eq(sw_session_lend_tx(s, tx, SEALED_TX), 1);
}

START_TEST(test_forgotten)
{
    int is_refused = _i;
    sw_event event;

    ask(&event);
    ck_assert_int_eq(sw_session_lend_tx(&server, NULL, 0), 0); /* the proof lies there */
    check_forgotten(&client, buffers[1]);
    ck_assert_int_eq(sw_session_key(&server, is_refused ? NULL : &keys.known), SW_OK);
    ck_assert_int_eq(sw_session_next(&server, &event), is_refused ? SW_EVENT_REFUSED : SW_EVENT_READY);
    check_forgotten(&server, buffers[3]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sealed proof");
    TCase *tcase = suite_case(suite, "proof");

    tcase_add_checked_fixture(tcase, sealed_setup, sealed_teardown);
    tcase_add_test(tcase, test_sign_at_once);
    tcase_add_test(tcase, test_question);
    tcase_add_loop_test(tcase, test_names, 0, COUNT(names));
    tcase_add_loop_test(tcase, test_limit, 0, 6);
    tcase_add_test(tcase, test_larger_than_buffer);
    tcase_add_test(tcase, test_leading_zeros);
    tcase_add_test(tcase, test_not_sealed);
    tcase_add_loop_test(tcase, test_not_started, 0, 2);
    tcase_add_loop_test(tcase, test_forgotten, 0, 2);
    return run_suite(suite);
}
