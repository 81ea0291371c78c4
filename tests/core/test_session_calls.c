/* SPDX-License-Identifier: ISC */
/* How often a plain session calls its cipher: once for all small packets that go out together, and once for all that
 * came together; and that what is queued in clear goes out encrypted only. */
#include "session_pair.h"
#include "suite.h"

#include <string.h>

enum {
    BUFFER_SIZE = 32768,
    PACKETS = 20,
    SMALL = 100,
    LARGEST_SMALL = 2048, /* bytes of a body that is copied */
    LARGE = 5000,
    CALLS = 2 /* whole pieces, and key stream */
};

static session_pair pair;
static uint8_t body[LARGE];

/* The server was given a command, and answers nothing yet. */
static void start(void)
{
    static const char *const argv[] = { "stat" };

    session_pair_start(&pair, SW_FEATURES_ALL & ~SW_FEATURES_SEALED, BUFFER_SIZE, BUFFER_SIZE, BUFFER_SIZE,
                       BUFFER_SIZE);
    pair.argv = argv;
    pair.argc = 1;
    while (!pair.command_seen)
        session_pair_step(&pair);
    for (size_t i = 0; i < sizeof(body); i++)
        body[i] = (uint8_t)(i ^ i >> 8);
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

static void check_body(size_t len)
{
    sw_event event;

    ck_assert_int_eq(sw_session_next(&pair.client, &event), SW_EVENT_DATA);
    ck_assert_uint_eq(event.chunk.len, len);
    ck_assert_mem_eq(event.chunk.data, body, len);
}

START_TEST(small_packets_together)
{
    size_t sent = pair.server_crypto.counts[FAKE_AES_APPLY];
    size_t received = pair.client_crypto.counts[FAKE_AES_APPLY];
    size_t len;

    for (int i = 0; i < PACKETS; i++)
        send_body(SMALL);
    ck_assert_uint_eq(pair.server_crypto.counts[FAKE_AES_APPLY], sent);
    ck_assert_ptr_nonnull(sw_session_tx_bytes(&pair.server, &len));
    ck_assert_uint_eq(len, PACKETS * (SW_HEADER_SIZE + SMALL));
    ck_assert_uint_le(pair.server_crypto.counts[FAKE_AES_APPLY], sent + CALLS);
    ck_assert_uint_eq(wired_move(&pair.server, &pair.client, 0), len);
    for (int i = 0; i < PACKETS; i++)
        check_body(SMALL);
    ck_assert_uint_le(pair.client_crypto.counts[FAKE_AES_APPLY], received + CALLS);
}
END_TEST

/* A small body waits to be encrypted with others, a large one does not: so much costs about as much to copy. */
START_TEST(from_which_size)
{
    size_t *applied = &pair.server_crypto.counts[FAKE_AES_APPLY];
    size_t before = *applied;

    send_body(LARGEST_SMALL);
    ck_assert_uint_eq(*applied, before);
    send_body(LARGEST_SMALL + 1);
    ck_assert_uint_gt(*applied, before);
    ck_assert_uint_gt(wired_move(&pair.server, &pair.client, 0), 0);
    check_body(LARGEST_SMALL);
    check_body(LARGEST_SMALL + 1);
}
END_TEST

/* A large one is encrypted from where it lies, behind all before it. */
START_TEST(small_and_large)
{
    static const size_t sizes[] = { SMALL, LARGE, 0, SMALL, LARGE, LARGE, SMALL };

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        send_body(sizes[i]);
    while (wired_move(&pair.server, &pair.client, 0) > 0)
        ;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        check_body(sizes[i]);
}
END_TEST

/* What the cipher does of large bodies begins with a cache line, in both buffers, however much went before. */
START_TEST(large_bodies_are_aligned)
{
    for (size_t i = 0; i < PACKETS; i++) {
        const uint8_t *space;
        size_t room;

        send_body(LARGE - i);
        ck_assert_uint_eq(sw_cipher_lead(&pair.server.channel.plain.out, pair.server.tx + pair.server.tx_end), 0);
        space = sw_session_rx_space(&pair.client, &room);
        ck_assert_uint_eq(sw_cipher_lead(&pair.client.channel.plain.in, space), 0);
        ck_assert_uint_gt(room, BUFFER_SIZE - SW_AES_CALL_UNIT);
        wired_move(&pair.server, &pair.client, 0);
        check_body(LARGE - i);
    }
}
END_TEST

/* A packet for which all of the buffer is needed has all of it. */
START_TEST(full_buffers)
{
    static uint8_t data[2 * BUFFER_SIZE];
    const size_t most = BUFFER_SIZE - SW_HEADER_SIZE;

    for (size_t i = 0; i < PACKETS; i++) {
        size_t taken, len;
        ck_assert_int_eq(sw_session_send(&pair.server, SW_BAND_OUTPUT, data, most + i, &taken), 1);
        ck_assert_uint_eq(taken, most);
        ck_assert_ptr_eq(sw_session_tx_bytes(&pair.server, &len), pair.server.tx);
        ck_assert_int_eq(sw_session_tx_drain(&pair.server, len), SW_OK);
    }
}
END_TEST

/* Parts go out, more is queued behind the rest. */
START_TEST(queued_behind_a_rest)
{
    for (size_t i = 0; i < PACKETS; i++) {
        send_body(SMALL + i);
        wired_move(&pair.server, &pair.client, SMALL / 2);
    }
    while (wired_move(&pair.server, &pair.client, 0) > 0)
        ;
    for (size_t i = 0; i < PACKETS; i++)
        check_body(SMALL + i);
}
END_TEST

START_TEST(nothing_in_clear_is_drained)
{
    send_body(SMALL);
    ck_assert_int_eq(sw_session_tx_drain(&pair.server, 1), SW_E_SPACE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("session_calls");
    TCase *calls = suite_case(suite, "calls");

    tcase_add_checked_fixture(calls, start, stop);
    tcase_add_test(calls, small_packets_together);
    tcase_add_test(calls, from_which_size);
    tcase_add_test(calls, small_and_large);
    tcase_add_test(calls, large_bodies_are_aligned);
    tcase_add_test(calls, full_buffers);
    tcase_add_test(calls, queued_behind_a_rest);
    tcase_add_test(calls, nothing_in_clear_is_drained);
    return run_suite(suite);
}
