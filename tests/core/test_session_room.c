/* SPDX-License-Identifier: ISC */
/* The room of a session's buffers: where its bytes lie, when they move, and that none goes beyond the end. */
#include "session_pair.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

enum {
    BUFFER_SIZE = 8192,
    LEAD_FROM = 16384, /* buffers that have some bytes to spare in front */
    UNIT = SW_AES_CALL_UNIT,
    BODY = 1000,
    LARGE = 5000
};

static session_pair pair;
static uint8_t body[BUFFER_SIZE];

/* The server was given a command, and answers nothing yet. */
static void start(unsigned features)
{
    static const char *const argv[] = { "stat" };

    session_pair_start(&pair, features, BUFFER_SIZE, BUFFER_SIZE, BUFFER_SIZE, BUFFER_SIZE);
    pair.argv = argv;
    pair.argc = 1;
    while (!pair.command_seen)
        session_pair_step(&pair);
    for (size_t i = 0; i < sizeof(body); i++)
        body[i] = (uint8_t)(i * 7 ^ i >> 8);
}

static void start_plain(void)
{
    start(SW_FEATURES_ALL & ~SW_FEATURES_SEALED);
}

static void stop(void)
{
    session_pair_free(&pair);
}

static void send_body(size_t len)
{
    size_t taken;

    ck_assert_int_eq(sw_session_send(&pair.server, SW_BAND_OUTPUT, body, len, &taken), 1);
    ck_assert_uint_eq(taken, len);
}

/* Bytes that fit behind what waits, without moving it. */
static size_t left(void)
{
    return pair.server.tx_cap - pair.server.tx_end;
}

/* Everything that was queued is there, in the order of these bodies. */
static void check_bodies(const size_t *sizes, size_t count)
{
    size_t at = 0, i = 0;
    sw_event event;

    for (;;) {
        int type = sw_session_next(&pair.client, &event);
        if (type == SW_EVENT_NEED_MORE && wired_move(&pair.server, &pair.client, 0) == 0)
            break;
        if (type == SW_EVENT_NEED_MORE)
            continue;
        ck_assert_int_eq(type, SW_EVENT_DATA);
        ck_assert_uint_lt(i, count);
        ck_assert_uint_eq(event.chunk.size, sizes[i]);
        ck_assert_uint_eq(event.chunk.offset, at);
        ck_assert_mem_eq(event.chunk.data, body + at, event.chunk.len);
        at += event.chunk.len;
        if (sw_chunk_is_last(&event.chunk)) {
            at = 0;
            i++;
        }
    }
    ck_assert_uint_eq(i, count);
}

/* ---- to send from ---- */

/* What waits stays where it is if there is room behind it to the byte, and moves to the front if only that makes room. */
START_TEST(what_waits_moves_late)
{
    const uint8_t *before;
    size_t sizes[3], n;

    sizes[0] = LARGE;
    send_body(sizes[0]);
    ck_assert_ptr_nonnull(sw_session_tx_bytes(&pair.server, &n));
    ck_assert_uint_eq(n, SW_HEADER_SIZE + LARGE);
    ck_assert_uint_eq(wired_move(&pair.server, &pair.client, BODY), BODY);
    before = sw_session_tx_bytes(&pair.server, &n);
    sizes[1] = left() - SW_HEADER_SIZE;
    send_body(sizes[1]);
    ck_assert_uint_eq(left(), 0);
    ck_assert_ptr_eq(sw_session_tx_bytes(&pair.server, &n), before);
    sizes[2] = BODY - SW_HEADER_SIZE;
    send_body(sizes[2]);
    ck_assert_ptr_eq(sw_session_tx_bytes(&pair.server, &n), pair.server.tx);
    ck_assert_uint_eq(n, BUFFER_SIZE);
    check_bodies(sizes, 3);
    ck_assert_ptr_null(sw_session_tx_bytes(&pair.server, &n));
    ck_assert_uint_eq(n, 0);
}
END_TEST

/* What is encrypted together ends with the buffer: the cipher has nothing to borrow behind it. */
START_TEST(small_packets_to_the_end)
{
    size_t sizes[BUFFER_SIZE / BODY + 2], count = 0, n;

    while (left() > 0) {
        sizes[count] = left() > 2 * BODY ? BODY : left() - SW_HEADER_SIZE;
        send_body(sizes[count++]);
    }
    ck_assert_ptr_nonnull(sw_session_tx_bytes(&pair.server, &n));
    ck_assert_uint_eq(n, BUFFER_SIZE);
    check_bodies(sizes, count);
}
END_TEST

/* Bodies of one byte are bodies. */
START_TEST(single_bytes)
{
    for (uint8_t i = 0; i < 20; i++) {
        size_t taken;
        sw_event event;

        ck_assert_int_eq(sw_session_send(&pair.server, SW_BAND_OUTPUT, body + i, 1, &taken), 1);
        ck_assert_uint_gt(wired_move(&pair.server, &pair.client, 0), 0);
        ck_assert_int_eq(sw_session_next(&pair.client, &event), SW_EVENT_DATA);
        ck_assert_uint_eq(event.chunk.len, 1);
        ck_assert_uint_eq(event.chunk.data[0], body[i]);
    }
}
END_TEST

/* The backend fails, at once or when the bytes are asked for: none goes out. */
START_TEST(cipher_fails)
{
    size_t taken, n = 1;

    pair.server_crypto.fail_at = pair.server_crypto.calls + 1;
    if (_i == 0) {
        send_body(BODY);
        ck_assert_ptr_null(sw_session_tx_bytes(&pair.server, &n));
        ck_assert_uint_eq(n, 0);
    } else {
        ck_assert_int_eq(sw_session_send(&pair.server, SW_BAND_OUTPUT, body, LARGE, &taken), SW_E_AES);
        ck_assert_uint_eq(taken, 0);
    }
    check_error("cipher", sw_session_error(&pair.server), SW_E_AES, 0, 0);
    ck_assert_int_eq(sw_session_exit(&pair.server, 0), SW_E_AES);
}
END_TEST

/* A buffer that would not do is an error, also at a time when none would be taken. */
START_TEST(too_small_while_busy)
{
    uint8_t small[SW_SESSION_LEND_TX_MIN - 1];

    send_body(1);
    ck_assert_int_eq(sw_session_lend_tx(&pair.server, small, sizeof(small)), SW_E_SPACE);
    check_error("lend", sw_session_error(&pair.server), SW_E_SPACE, sizeof(small), SW_SESSION_LEND_TX_MIN);
}
END_TEST

/* ---- to receive to ---- */

/* What was taken leaves all of the buffer, however little it was. */
START_TEST(all_of_it_again)
{
    const unsigned modes[] = { 0, SW_FEATURES_ALL & ~SW_FEATURES_SEALED };

    stop();
    start(modes[_i]);
    for (size_t len = 1; len < 20; len++) {
        sw_event event;
        size_t n;

        send_body(len);
        ck_assert_uint_gt(wired_move(&pair.server, &pair.client, 0), 0);
        ck_assert_int_eq(sw_session_next(&pair.client, &event), SW_EVENT_DATA);
        ck_assert_ptr_eq(sw_session_rx_space(&pair.client, &n), pair.buffers[0]);
        ck_assert_uint_eq(n, BUFFER_SIZE);
    }
}
END_TEST

/* Without a buffer there is no room, whatever was in the last one. */
START_TEST(no_room_without_buffer)
{
    sw_event event;

    send_body(BODY);
    ck_assert_uint_gt(wired_move(&pair.server, &pair.client, 0), 0);
    ck_assert_int_eq(sw_session_next(&pair.client, &event), SW_EVENT_DATA);
    ck_assert_int_eq(sw_session_lend_rx(&pair.client, NULL, 0), 1);
    ck_assert_int_eq(sw_session_rx_commit(&pair.client, 1), SW_E_SPACE);
    check_error("commit", sw_session_error(&pair.client), SW_E_SPACE, 0, 1);
}
END_TEST

/* ---- where to begin ---- */

/* Buffers from 16 KiB on begin with a cache line of the cipher's work, wherever they lie; all of a smaller one is used. */
START_TEST(begins_with_a_line)
{
    static uint8_t area[LEAD_FROM + UNIT];
    const size_t size = LEAD_FROM - (size_t)_i;

    for (size_t k = 0; k < UNIT; k++) {
        const uint8_t *space;
        size_t n;

        ck_assert_int_eq(sw_session_lend_tx(&pair.server, area + k, size), 1);
        ck_assert_int_eq(sw_session_lend_rx(&pair.client, area + k, size), 1);
        space = sw_session_rx_space(&pair.client, &n);
        if (_i > 0) {
            ck_assert_ptr_eq(space, area + k);
            ck_assert_uint_eq(left(), size);
            continue;
        }
        ck_assert_uint_gt(n, size - UNIT);
        ck_assert_uint_eq(sw_cipher_lead(&pair.client.channel.plain.in, space), 0);
        ck_assert_uint_eq(sw_cipher_lead(&pair.server.channel.plain.out, pair.server.tx + pair.server.tx_end), 0);
    }
}
END_TEST

/* A command has all of a buffer that was lent for it, wherever that begins otherwise. */
START_TEST(command_in_a_lent_buffer)
{
    static uint8_t area[LEAD_FROM + UNIT];
    static const char text[] =
        "some words that are longer than what is left free in front of what is encrypted first";
    const sw_argument argument = sw_argument_of(text);
    int type = SW_EVENT_NEED_MORE;
    int is_ready = 0;
    sw_event event;

    stop();
    session_pair_start(&pair, SW_FEATURES_ALL & ~SW_FEATURES_SEALED, BUFFER_SIZE, BUFFER_SIZE, BUFFER_SIZE,
                       BUFFER_SIZE);
    for (int turn = 0; turn < 10 && !is_ready; turn++) {
        (void)wired_move(&pair.server, &pair.client, 0);
        is_ready = sw_session_next(&pair.client, &event) == SW_EVENT_READY;
        (void)wired_move(&pair.client, &pair.server, 0);
        ck_assert_int_eq(sw_session_burst_end(&pair.server), SW_OK);
        if (sw_session_next(&pair.server, &event) == SW_EVENT_KEY)
            ck_assert_int_eq(sw_session_key(&pair.server, &pair.keys.known), SW_OK);
    }
    ck_assert_int_eq(is_ready, 1);
    ck_assert_int_eq(sw_session_lend_tx(&pair.client, area + _i, LEAD_FROM), 1);
    ck_assert_int_eq(sw_session_command(&pair.client, &argument, 1, 0), 1);
    while (type == SW_EVENT_NEED_MORE && wired_move(&pair.client, &pair.server, 0) > 0)
        type = sw_session_next(&pair.server, &event);
    ck_assert_int_eq(type, SW_EVENT_COMMAND);
    ck_assert_uint_eq(event.chunk.len, sizeof(text));
    ck_assert_str_eq((const char *)event.chunk.data, text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("session, room");
    TCase *tcase = suite_case(suite, "room");

    tcase_add_checked_fixture(tcase, start_plain, stop);
    tcase_add_test(tcase, what_waits_moves_late);
    tcase_add_test(tcase, small_packets_to_the_end);
    tcase_add_test(tcase, single_bytes);
    tcase_add_loop_test(tcase, cipher_fails, 0, 2);
    tcase_add_test(tcase, too_small_while_busy);
    tcase_add_loop_test(tcase, all_of_it_again, 0, 2);
    tcase_add_test(tcase, no_room_without_buffer);
    tcase_add_loop_test(tcase, begins_with_a_line, 0, 2);
    tcase_add_loop_test(tcase, command_in_a_lent_buffer, 0, UNIT);
    return run_suite(suite);
}
