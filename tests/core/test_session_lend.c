/* SPDX-License-Identifier: ISC */
/* Buffers that are lent to a session while bytes are pending, and taken back. */
#include "session_pair.h"
#include "suite.h"
#include "send_command.h"

#include <stdlib.h>
#include <string.h>

enum { RX_SIZE = 700, TX_SIZE = SW_SESSION_TX_MIN, REPLY_SIZE = 5000 };

static session_pair pair;
static const char *const argv[] = { "echo", "these words" };

static void start(unsigned features)
{
    session_pair_start(&pair, features, RX_SIZE, TX_SIZE, RX_SIZE, TX_SIZE);
    pair.argv = argv;
    pair.argc = 2;
}

static void teardown(void)
{
    session_pair_free(&pair);
}

/* ---- whole sessions ---- */

/* Takes a buffer back if it is empty, frees it, and lends a new one of exact size. */
static int exchange(sw_session *session, uint8_t **buffer, size_t size,
                    int (*lend)(sw_session *, uint8_t *, size_t))
{
    int result = lend(session, NULL, 0);

    if (result <= 0)
        return 0;
    memset(*buffer, 0xee, size);
    free(*buffer);
    *buffer = malloc(size);
    ck_assert_int_eq(lend(session, *buffer, size), 1);
    return 1;
}

static int exchange_all(void)
{
    return exchange(&pair.client, &pair.buffers[0], RX_SIZE, sw_session_lend_rx) +
           exchange(&pair.client, &pair.buffers[1], TX_SIZE, sw_session_lend_tx) +
           exchange(&pair.server, &pair.buffers[2], RX_SIZE, sw_session_lend_rx) +
           exchange(&pair.server, &pair.buffers[3], TX_SIZE, sw_session_lend_tx);
}

/* At every moment, at bytewise and larger steps, in every mode. */
START_TEST(exchanged_all_the_time)
{
    unsigned features = feature_sets[_i];
    bytes reply = bytes_copy(NULL, 0);
    bytes upload;

    for (size_t i = 0; i < REPLY_SIZE; i++) {
        uint8_t byte = (uint8_t)(i * 7 + i / 256);
        bytes_append(&reply, &byte, 1);
    }
    upload = bytes_copy(reply.data, reply.len / 2);
    for (size_t step = 0; step <= 7; step++) {
        int exchanged = 0;

        start(features);
        pair.step = step;
        pair.reply = reply;
        pair.upload = features != 0 ? &upload : NULL;
        while (session_pair_step(&pair))
            exchanged += exchange_all();
        ck_assert_int_ge(exchanged, 8);
        ck_assert_int_eq(pair.client_result, 0);
        ck_assert_int_eq(pair.server_result, 0);
        ck_assert_uint_eq(pair.received.len, reply.len);
        ck_assert_mem_eq(pair.received.data, reply.data, reply.len);
        if (pair.upload != NULL) {
            ck_assert_uint_eq(pair.uploaded.len, upload.len);
            ck_assert_mem_eq(pair.uploaded.data, upload.data, upload.len);
        }
        session_pair_free(&pair);
    }
    bytes_free(&upload);
    bytes_free(&reply);
}
END_TEST

/* ---- at rest ---- */

/* Moves all that one side has to say into the buffer of the other. */
static void deliver(sw_session *from, sw_session *to)
{
    size_t n;

    sw_session_tx_bytes(from, &n);
    ck_assert_uint_gt(n, 0);
    ck_assert_uint_eq(wired_move(from, to, 0), n);
}

/* Until both sides are authenticated, and the client's command is the next thing to happen. */
static void authenticate(unsigned features)
{
    sw_session *sides[] = { &pair.client, &pair.server };
    int ready = 0;

    start(features);
    while (ready < 2) {
        for (int i = 0; i < 2; i++) {
            sw_event event;
            int type = sw_session_next(sides[i], &event);

            ready += type == SW_EVENT_READY;
            if (type == SW_EVENT_KEY)
                sw_session_key(sides[i], &pair.keys.known);
            if (sw_session_wants(sides[i]) & SW_WANT_WRITE) {
                deliver(sides[i], sides[!i]);
                ck_assert_int_eq(sw_session_burst_end(sides[!i]), SW_OK);
                if (sides[!i] == &pair.client)
                    ck_assert_int_eq(sw_session_greeting_end(sides[!i]), SW_OK);
            }
        }
    }
}

static void take_back(void)
{
    ck_assert_int_eq(sw_session_lend_rx(&pair.client, NULL, 0), 1);
    ck_assert_int_eq(sw_session_lend_tx(&pair.client, NULL, 0), 1);
    ck_assert_int_eq(sw_session_lend_rx(&pair.server, NULL, 0), 1);
    ck_assert_int_eq(sw_session_lend_tx(&pair.server, NULL, 0), 1);
}

START_TEST(nothing_without_buffers)
{
    sw_event event;
    size_t n = 9;

    authenticate(feature_sets[_i]);
    take_back();
    ck_assert_int_eq(sw_session_next(&pair.client, &event), SW_EVENT_NEED_MORE);
    ck_assert_int_eq(sw_session_next(&pair.server, &event), SW_EVENT_NEED_MORE);
    ck_assert_ptr_null(sw_session_rx_space(&pair.server, &n));
    ck_assert_uint_eq(n, 0);
    ck_assert_ptr_null(sw_session_tx_bytes(&pair.client, &n));
    ck_assert_uint_eq(sw_session_wants(&pair.server), SW_WANT_READ); /* lend, then read */
    ck_assert_int_eq(sw_session_rx_commit(&pair.server, 0), SW_OK);
    ck_assert_int_eq(send_command(&pair.client, argv, 2), 0);
    ck_assert_int_eq(sw_session_lend_tx(&pair.client, pair.buffers[1], TX_SIZE), 1);
    ck_assert_int_eq(send_command(&pair.client, argv, 2), 1);
    ck_assert_int_eq(sw_session_lend_rx(&pair.server, pair.buffers[2], RX_SIZE), 1);
    deliver(&pair.client, &pair.server);
    ck_assert_int_eq(sw_session_next(&pair.server, &event), SW_EVENT_COMMAND);
    ck_assert_int_eq(sw_session_lend_rx(&pair.server, NULL, 0), 1);
    ck_assert_int_eq(sw_session_send(&pair.server, SW_BAND_OUTPUT, "x", 1, &n), 0);
    ck_assert_uint_eq(n, 0);
    ck_assert_int_eq(sw_session_exit(&pair.server, 0), 0);
    ck_assert_int_eq(sw_session_error(&pair.server).code, SW_OK);
}
END_TEST

/* The end of the stream needs no buffer to be told. */
START_TEST(end_without_buffers)
{
    sw_event event;

    authenticate(SW_FEATURES_ALL);
    take_back();
    ck_assert_int_eq(sw_session_rx_end(&pair.server), SW_OK);
    ck_assert_int_eq(sw_session_next(&pair.server, &event), SW_E_NO_COMMAND);
    ck_assert_int_eq(sw_session_lend_rx(&pair.server, pair.buffers[2], RX_SIZE), SW_E_NO_COMMAND);
}
END_TEST

/* The command must fit the buffer that is there when it comes. */
START_TEST(limit_of_the_command)
{
    char argument[RX_SIZE];
    const char *long_argv[] = { argument };
    sw_event event;
    uint8_t *rx = malloc(SW_SESSION_RX_MIN);
    int fits = _i == 0;

    memset(argument, 'x', sizeof(argument));
    argument[SW_SESSION_RX_MIN - fits] = '\0';
    authenticate(SW_FEATURES_ALL);
    ck_assert_int_eq(sw_session_lend_rx(&pair.server, rx, SW_SESSION_RX_MIN), 1);
    ck_assert_int_eq(send_command(&pair.client, long_argv, 1), 1);
    for (int result = 0; result == 0;) {
        wired_move(&pair.client, &pair.server, 0);
        result = sw_session_next(&pair.server, &event);
        if (result != 0)
            ck_assert_int_eq(result, fits ? SW_EVENT_COMMAND : SW_E_PACKET_SIZE);
    }
    if (!fits)
        check_error("limit", sw_session_error(&pair.server), SW_E_PACKET_SIZE, SW_SESSION_RX_MIN + 1,
                    SW_SESSION_RX_MIN);
    sw_session_wipe(&pair.server);
    free(rx);
}
END_TEST

/* What was given back comes again, also if the buffer changes meanwhile; what has no bytes keeps none busy. */
START_TEST(deferred_without_bytes)
{
    sw_event event;

    authenticate(feature_sets[_i]);
    ck_assert_int_eq(send_command(&pair.client, argv, 2), 1);
    deliver(&pair.client, &pair.server);
    ck_assert_int_eq(sw_session_next(&pair.server, &event), SW_EVENT_COMMAND);
    ck_assert_int_eq(sw_session_exit(&pair.server, 3), 1);
    deliver(&pair.server, &pair.client);
    ck_assert_int_eq(sw_session_next(&pair.client, &event), SW_EVENT_EXIT);
    ck_assert_int_eq(sw_session_defer(&pair.client, 0), SW_OK);
    ck_assert_int_eq(sw_session_lend_rx(&pair.client, NULL, 0), 1);
    ck_assert_int_eq(sw_session_next(&pair.client, &event), SW_EVENT_EXIT);
    ck_assert_int_eq(event.status, 1);
    ck_assert_int_eq(sw_session_next(&pair.client, &event), SW_EVENT_CLOSED);
}
END_TEST

/* What a client has queued, and not yet encrypted, is forgotten with the server's exit: a buffer that is lent then is not
 * written to, and nothing in front of it. */
START_TEST(nothing_queued_behind_the_exit)
{
    enum { FRONT = 64 };
    uint8_t memory[FRONT + TX_SIZE], untouched[FRONT + TX_SIZE];
    sw_event event;
    size_t n = 9;

    authenticate(feature_sets[_i]);
    ck_assert_int_eq(sw_session_command(&pair.client, &(sw_argument){ "addblob", 7 }, 1, 1), 1);
    deliver(&pair.client, &pair.server);
    ck_assert_int_eq(sw_session_next(&pair.server, &event), SW_EVENT_COMMAND);
    ck_assert_int_eq(sw_session_send(&pair.server, SW_BAND_AWAITING_DATA, NULL, 0, &n), 1);
    ck_assert_int_eq(sw_session_exit(&pair.server, 0), 1);
    deliver(&pair.server, &pair.client);
    ck_assert_int_eq(sw_session_next(&pair.client, &event), SW_EVENT_AWAITING_DATA);
    ck_assert_int_eq(sw_session_send(&pair.client, SW_BAND_BLOB_DATA, "abc", 3, &n), 1);
    ck_assert_int_eq(sw_session_next(&pair.client, &event), SW_EVENT_EXIT);
    memset(memory, 0xee, sizeof(memory));
    memset(untouched, 0xee, sizeof(untouched));
    ck_assert_int_eq(sw_session_lend_tx(&pair.client, memory + FRONT, TX_SIZE), 1);
    ck_assert_ptr_null(sw_session_tx_bytes(&pair.client, &n));
    ck_assert_uint_eq(n, 0);
    ck_assert_int_eq(sw_session_lend_tx(&pair.client, NULL, 0), 1);
    ck_assert_mem_eq(memory, untouched, sizeof(memory));
    ck_assert_int_eq(sw_session_error(&pair.client).code, SW_OK);
}
END_TEST

/* ---- not now, and errors ---- */

START_TEST(not_now)
{
    uint8_t other[TX_SIZE];
    sw_event event;
    size_t n;

    start(SW_FEATURES_ALL);
    /* the handshake is in tx, from the start to the end */
    ck_assert_int_eq(sw_session_lend_tx(&pair.client, other, sizeof(other)), 0);
    ck_assert_int_eq(sw_session_lend_tx(&pair.server, NULL, 0), 0);
    ck_assert_int_eq(sw_session_lend_rx(&pair.server, NULL, 0), 1);
    session_pair_free(&pair);

    authenticate(SW_FEATURES_ALL);
    ck_assert_int_eq(send_command(&pair.client, argv, 2), 1);
    ck_assert_int_eq(sw_session_lend_tx(&pair.client, NULL, 0), 0);
    ck_assert_ptr_nonnull(sw_session_tx_bytes(&pair.client, &n));
    ck_assert_uint_eq(wired_give(&pair.server, sw_session_tx_bytes(&pair.client, &n), 6), 6);
    ck_assert_int_eq(sw_session_lend_rx(&pair.server, NULL, 0), 0); /* not looked at */
    ck_assert_int_eq(sw_session_next(&pair.server, &event), SW_EVENT_NEED_MORE);
    ck_assert_int_eq(sw_session_lend_rx(&pair.server, other, sizeof(other)), 0); /* kept */
    ck_assert_int_eq(sw_session_tx_drain(&pair.client, 6), SW_OK);
    ck_assert_int_eq(sw_session_lend_tx(&pair.client, NULL, 0), 0);
    deliver(&pair.client, &pair.server);
    ck_assert_int_eq(sw_session_next(&pair.server, &event), SW_EVENT_COMMAND);
    take_back();
}
END_TEST

/* A session may start without buffers: it wants a tx, then begins its handshake there. */
START_TEST(lent_later)
{
    static uint8_t rx[SW_SESSION_RX_MIN], tx[SW_SESSION_TX_MIN];
    sw_server_config config;
    sw_session s;
    sw_event event;
    size_t n;

    session_pair_start(&pair, SW_FEATURES_ALL, 4096, 4096, 4096, 4096);
    config = pair.server_config;
    ck_assert_int_eq(sw_session_server(&s, &config, NULL, 0, NULL, 0), SW_OK);
    ck_assert_uint_eq(sw_session_wants(&s), SW_WANT_APPLICATION);
    ck_assert_int_eq(sw_session_next(&s, &event), SW_EVENT_NEED_MORE);
    ck_assert_ptr_null(sw_session_rx_space(&s, &n));
    ck_assert_ptr_null(sw_session_tx_bytes(&s, &n));
    ck_assert_int_eq(sw_session_lend_tx(&s, NULL, 0), 1);
    ck_assert_int_eq(sw_session_lend_tx(&s, tx, sizeof(tx)), 1);
    ck_assert_uint_eq(sw_session_wants(&s), SW_WANT_WRITE);
    ck_assert_ptr_nonnull(sw_session_tx_bytes(&s, &n));
    ck_assert_int_eq(sw_session_tx_drain(&s, n), SW_OK);
    ck_assert_uint_eq(sw_session_wants(&s), SW_WANT_READ);
    ck_assert_int_eq(sw_session_lend_rx(&s, rx, sizeof(rx)), 1);
    ck_assert_ptr_nonnull(sw_session_rx_space(&s, &n));
    ck_assert_uint_eq(n, sizeof(rx));
    sw_session_wipe(&s);

    ck_assert_int_eq(sw_session_server(&s, &config, NULL, 0, NULL, 0), SW_OK);
    ck_assert_int_eq(sw_session_lend_tx(&s, tx, SW_SESSION_TX_MIN - 1), SW_E_SPACE);
    ck_assert_int_eq(sw_session_server(&s, &config, NULL, 0, NULL, 0), SW_OK);
    ck_assert_int_eq(sw_session_rx_end(&s), SW_OK);
    ck_assert_int_eq(sw_session_next(&s, &event), SW_E_CLOSED);
    memset(config.decoy_secret, 0, sizeof(config.decoy_secret));
    ck_assert_int_eq(sw_session_server(&s, &config, NULL, 0, NULL, 0), SW_OK);
    ck_assert_int_eq(sw_session_lend_tx(&s, tx, sizeof(tx)), SW_E_DECOY_SECRET);
}
END_TEST

/* An error stays, as everywhere. */
START_TEST(errors)
{
    static const struct {
        int is_tx, no_buffer;
        size_t cap;
        int result;
        uint64_t value, limit;
    } cases[] = {
        { 0, 1, 1, SW_E_NULL, 0, 0 },
        { 1, 1, 1, SW_E_NULL, 0, 0 },
        { 0, 0, SW_SESSION_RX_MIN - 1, SW_E_SPACE, SW_SESSION_RX_MIN - 1, SW_SESSION_RX_MIN },
        { 0, 0, 0, SW_E_SPACE, 0, SW_SESSION_RX_MIN },
        { 1, 0, SW_SESSION_LEND_TX_MIN - 1, SW_E_SPACE, SW_SESSION_LEND_TX_MIN - 1, SW_SESSION_LEND_TX_MIN },
    };
    uint8_t buffer[SW_SESSION_RX_MIN];

    ck_assert_int_eq(sw_session_lend_rx(NULL, buffer, sizeof(buffer)), SW_E_NULL);
    ck_assert_int_eq(sw_session_lend_tx(NULL, buffer, sizeof(buffer)), SW_E_NULL);
    for (int i = 0; i < COUNT(cases); i++) {
        int (*lend)(sw_session *, uint8_t *, size_t) = cases[i].is_tx ? sw_session_lend_tx : sw_session_lend_rx;

        authenticate(SW_FEATURES_ALL);
        ck_assert_int_eq(lend(&pair.server, cases[i].no_buffer ? NULL : buffer, cases[i].cap), cases[i].result);
        check_error("lend", sw_session_error(&pair.server), cases[i].result, cases[i].value, cases[i].limit);
        ck_assert_int_eq(lend(&pair.server, buffer, sizeof(buffer)), cases[i].result);
        session_pair_free(&pair);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("session, lent buffers");
    TCase *tcase = suite_case(suite, "lend");

    tcase_add_checked_fixture(tcase, NULL, teardown);
    tcase_add_loop_test(tcase, exchanged_all_the_time, 0, FEATURE_SETS);
    tcase_add_loop_test(tcase, nothing_without_buffers, 0, FEATURE_SETS);
    tcase_add_test(tcase, end_without_buffers);
    tcase_add_loop_test(tcase, limit_of_the_command, 0, 2);
    tcase_add_loop_test(tcase, deferred_without_bytes, 1, FEATURE_SETS);         /* legacy has no exit */
    tcase_add_loop_test(tcase, nothing_queued_behind_the_exit, 1, FEATURE_SETS); /* legacy has no exit */
    tcase_add_test(tcase, not_now);
    tcase_add_test(tcase, errors);
    tcase_add_test(tcase, lent_later);
    return run_suite(suite);
}
