/* SPDX-License-Identifier: ISC */
/* Sealed sessions and the room they have: commands in many records, buffers that are not there, or large. */
#include "sealed_fixture.h"

#include <stdlib.h>
#include <string.h>

/* ---- commands in many records ---- */

static int run_command(size_t rx, uint16_t limit, size_t size, sw_event *event)
{
    static char text[SEALED_TX];
    const sw_argument argv[] = { { text, size - 1 } };
    int type = SW_EVENT_NEED_MORE;

    server_config.record_limit = limit;
    memset(text, 'c', sizeof(text));
    sealed_authenticate(rx);
    ck_assert_int_eq(sw_session_command(&client, argv, 1, 0), 1);
    for (int i = 0; i < 64 && type == SW_EVENT_NEED_MORE; i++) {
        (void)wired_move(&client, &server, i % 2 ? 1 : 300);
        type = sw_session_next(&server, event);
    }
    if (type == SW_EVENT_COMMAND) {
        ck_assert_uint_eq(event->chunk.len, size);
        ck_assert_uint_eq(event->chunk.size, size);
        ck_assert_uint_eq(event->chunk.offset, 0);
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
        uint64_t limit; /* of the error: the buffer, or what it holds of the command beside the next record */
    } commands[] = {
        { SEALED_RX, 1, SW_EVENT_COMMAND, 0 },
        { SEALED_RX, 235, SW_EVENT_COMMAND, 0 },
        { SEALED_RX, 236, SW_EVENT_COMMAND, 0 },
        { SEALED_RX, 1000, SW_EVENT_COMMAND, 0 },
        { SEALED_RX, 1700, SW_EVENT_COMMAND, 0 },
        { SEALED_RX, SEALED_RX, SW_E_PACKET_SIZE, 235 + 7 * 240 },
        { SEALED_RX, SEALED_RX + 1, SW_E_PACKET_SIZE, SEALED_RX },
        { 600, 590, SW_E_PACKET_SIZE, 235 + 240 },
        { 600, 300, SW_EVENT_COMMAND, 0 },
    };
    sw_event event;

    ck_assert_int_eq(run_command(commands[_i].rx, SW_RECORD_LIMIT_MIN, commands[_i].size, &event),
                     commands[_i].type);
    if (commands[_i].type < 0)
        check_error("command", sw_session_error(&server), SW_E_PACKET_SIZE, commands[_i].size, commands[_i].limit);
}
END_TEST

/* A client's buffer is smaller than its command in records, whether something waits there or not. */
START_TEST(test_command_without_room)
{
    static char text[SEALED_TX];
    static const struct {
        size_t size;
        int result;
        size_t waits;   /* bytes of the proof that have not left yet, at most */
        uint64_t limit; /* of the error */
    } sizes[] = {
        { SEALED_TX - 60, 0, SEALED_TX, 0 },
        { SEALED_TX + 1, 0, SEALED_TX, 0 },
        { SEALED_TX + 1, 0, 1, 0 },
        { SEALED_TX - 10, SW_E_SPACE, 0, SEALED_TX - 10 + SW_HEADER_SIZE + 5 * SW_RECORD_OVERHEAD },
        { SEALED_TX - 1, SW_E_SPACE, 0, SEALED_TX - 1 + SW_HEADER_SIZE + 5 * SW_RECORD_OVERHEAD },
        { 100, 1, SEALED_TX, 0 },
        { SEALED_TX - 300, 1, 0, 0 },
        { SEALED_TX + 1, SW_E_SPACE, 0, SEALED_TX + 1 },
    };
    sw_event event;
    sw_argument argv[] = { { text, sizes[_i].size - 1 } };
    size_t len;
    int result;

    memset(text, 'd', sizeof(text));
    argv[0].len = argv[0].len < SEALED_TX ? argv[0].len : SEALED_TX;
    sealed_shake_hands(SEALED_RX, &event);
    ck_assert_int_eq(sealed_sign(&event), SW_OK);
    ck_assert_int_eq(sw_session_next(&client, &event), SW_EVENT_READY);
    if (sw_session_tx_bytes(&client, &len) != NULL && len > sizes[_i].waits)
        ck_assert_int_eq(sw_session_tx_drain(&client, len - sizes[_i].waits), SW_OK);
    result = sw_session_command(&client, argv, 1, 0);
    ck_assert_int_eq(result, sizes[_i].result);
    check_error("command", sw_session_error(&client), result < 0 ? result : SW_OK, result < 0 ? SEALED_TX : 0,
                sizes[_i].limit);
}
END_TEST

/* The error is the command's, and stays. */
START_TEST(test_unsound_command)
{
    const sw_argument argv[] = { { "ls", 2 }, { "a\0b", 3 } };

    sealed_authenticate(SEALED_RX);
    ck_assert_int_eq(sw_session_command(&client, argv, 2, 0), SW_E_ARGUMENT_NUL);
    check_error("argument", sw_session_error(&client), SW_E_ARGUMENT_NUL, 1, 2);
}
END_TEST

/* ---- the end ---- */

/* What is behind the command in its record is passed over with all that still comes: the room is free at once. */
START_TEST(test_room_after_the_exit)
{
    const sw_argument argv[] = { { "x", 1 } };
    sw_event event;
    size_t n;

    sealed_authenticate(SEALED_RX);
    ck_assert_int_eq(sw_session_command(&client, argv, 1, 0), 1);
    sealed_move();
    ck_assert_int_eq(sw_session_next(&server, &event), SW_EVENT_COMMAND);
    ck_assert_int_eq(sw_session_exit(&server, 0), 1);
    ck_assert_int_eq(sw_session_next(&server, &event), SW_EVENT_NEED_MORE);
    ck_assert_ptr_eq(sw_session_rx_space(&server, &n), buffers[2]);
    ck_assert_uint_eq(n, SEALED_RX);
}
END_TEST

/* The stream ends within a record, whether its header is there or not; or between two of them. */
START_TEST(test_cut_record)
{
    static const size_t sizes[] = { 1, SW_RECORD_HEADER_SIZE, SW_RECORD_HEADER_SIZE + 1, 0 };
    const size_t size = sizes[_i];
    const sw_argument argv[] = { { "x", 1 } };
    sw_event event;

    sealed_authenticate(SEALED_RX);
    ck_assert_int_eq(sw_session_command(&client, argv, 1, 0), 1);
    if (size > 0)
        ck_assert_uint_eq(wired_move(&client, &server, size), size);
    ck_assert_int_eq(sw_session_rx_end(&server), SW_OK);
    ck_assert_int_eq(sw_session_next(&server, &event), size > 0 ? SW_E_TRUNCATED : SW_E_NO_COMMAND);
    check_error("end", sw_session_error(&server), size > 0 ? SW_E_TRUNCATED : SW_E_NO_COMMAND, 0, 0);
}
END_TEST

/* ---- buffers ---- */

START_TEST(test_lent)
{
    size_t n;
    sw_event event;
    const sw_argument argv[] = { { "x", 1 } };

    sealed_authenticate(SEALED_RX);
    ck_assert_int_eq(sw_session_next(&server, &event), SW_EVENT_NEED_MORE); /* the proof's record is done */
    ck_assert_int_eq(sw_session_lend_rx(&server, NULL, 0), 1);
    ck_assert_int_eq(sw_session_lend_tx(&server, NULL, 0), 1);
    ck_assert_int_eq(sw_session_next(&server, &event), SW_EVENT_NEED_MORE);
    ck_assert_ptr_null(sw_session_tx_bytes(&server, &n));
    ck_assert_int_eq(sw_session_lend_rx(&server, buffers[2], SW_RECORD_HEADER_SIZE + server.record_limit - 1u),
                     SW_E_SPACE);
    sw_session_wipe(&client);
    sw_session_wipe(&server);
    sealed_authenticate(SEALED_RX);
    ck_assert_int_eq(sw_session_next(&server, &event), SW_EVENT_NEED_MORE); /* the proof's record is done */
    ck_assert_int_eq(sw_session_lend_rx(&server, NULL, 0), 1);
    ck_assert_int_eq(sw_session_lend_rx(&server, buffers[2], SEALED_RX), 1);
    ck_assert_int_eq(sw_session_command(&client, argv, 1, 0), 1);
    sealed_move();
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
    sealed_shake_hands(SEALED_RX, &event);
    ck_assert_int_eq(sealed_sign(&event), SW_OK);
    ck_assert_int_eq(sw_session_next(&client, &event), SW_EVENT_READY);
    ck_assert_int_eq(sw_session_command(&client, argv, 1, 0), 1);
    ck_assert_uint_eq(wired_move(&client, &server, RECORD), RECORD);
    ck_assert_int_eq(sw_session_next(&server, &event), SW_EVENT_KEY);
    ck_assert_int_eq(sw_session_key(&server, &keys.known), SW_OK);
    ck_assert_int_eq(sw_session_next(&server, &event), SW_EVENT_READY);
    ck_assert_int_eq(sw_session_next(&server, &event), SW_EVENT_NEED_MORE);
    ck_assert_uint_gt(server.decoder.have, 0);
    ck_assert_int_eq(sw_session_lend_rx(&server, NULL, 0), 1);
    ck_assert_int_eq(sw_session_lend_rx(&server, buffers[2], SEALED_RX / 2), 1);
    ck_assert_uint_gt(wired_move(&client, &server, 0), 0);
    ck_assert_int_eq(sw_session_next(&server, &event), SW_EVENT_COMMAND);
    ck_assert_uint_eq(event.chunk.len, sizeof("some words"));
}
END_TEST

/* A session that starts without a receive buffer tells its peer a usual limit. */
START_TEST(test_started_without_buffers)
{
    ck_assert_int_eq(sw_session_server(&server, &server_config, NULL, 0, buffers[3], SEALED_TX), SW_OK);
    ck_assert_uint_eq(server.record_limit, 4096);
    sw_session_wipe(&server);
    ck_assert_int_eq(sw_session_client(&client, &client_config, NULL, 0, buffers[1], SEALED_TX), SW_OK);
    ck_assert_uint_eq(client.record_limit, 4096);
    ck_assert_int_eq(sw_session_lend_rx(&client, buffers[0], 4096), SW_E_SPACE);
    sw_session_wipe(&client);
    for (uint16_t limit = 1; limit < SW_RECORD_LIMIT_MIN; limit++) {
        server_config.record_limit = limit;
        ck_assert_int_eq(sw_session_server(&server, &server_config, NULL, 0, buffers[3], SEALED_TX), SW_E_CONFIG);
    }
}
END_TEST

/* Largest limits go with the largest buffers. */
START_TEST(test_large_buffers)
{
    uint8_t *rx = malloc(1 << 18);

    ck_assert_int_eq(sw_session_client(&client, &client_config, rx, 1 << 18, buffers[1], SEALED_TX), SW_OK);
    ck_assert_uint_eq(client.record_limit, SW_RECORD_LIMIT_MAX);
    ck_assert_int_eq(sw_session_server(&server, &server_config, rx, 10000, buffers[3], SEALED_TX), SW_OK);
    ck_assert_uint_eq(server.record_limit, 4999); /* the next record comes beside a command's pieces */
    free(rx);
}
END_TEST

/* The least receive buffer of a session without records, be it that its side knows none, or that the peer chose so. */
START_TEST(test_least_of_plain)
{
    unsigned features = SW_FEATURES_ALL | (_i == 0 ? 0 : SW_FEATURES_SEALED);
    sw_event event;

    wired_keys_make(&keys, SW_KEY_RSA);
    client_config = wired_client(&fakes[0].table, &keys, SW_FEATURES_ALL);
    server_config = wired_server(&fakes[1].table, &keys, features);
    sealed_open(SEALED_RX);
    if (_i == 1) {
        ck_assert_int_eq(sealed_next(&server, &event), SW_EVENT_KEY);
        ck_assert_int_eq(sw_session_key(&server, &keys.known), SW_OK);
        ck_assert_int_eq(sealed_next(&server, &event), SW_EVENT_READY);
    }
    ck_assert_int_eq(sw_session_lend_rx(&server, NULL, 0), 1);
    ck_assert_int_eq(sw_session_lend_rx(&server, buffers[2], SW_SESSION_RX_MIN), 1);
    ck_assert_int_eq(sw_session_lend_rx(&server, buffers[2], SW_SESSION_RX_MIN - 1), SW_E_SPACE);
    check_error("buffer", sw_session_error(&server), SW_E_SPACE, SW_SESSION_RX_MIN - 1, SW_SESSION_RX_MIN);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sealed room");
    TCase *tcase = suite_case(suite, "room");

    tcase_add_checked_fixture(tcase, sealed_setup, sealed_teardown);
    tcase_add_loop_test(tcase, test_long_commands, 0, 9);
    tcase_add_loop_test(tcase, test_command_without_room, 0, 8);
    tcase_add_test(tcase, test_unsound_command);
    tcase_add_test(tcase, test_room_after_the_exit);
    tcase_add_loop_test(tcase, test_cut_record, 0, 4);
    tcase_add_test(tcase, test_lent);
    tcase_add_test(tcase, test_lent_within_header);
    tcase_add_test(tcase, test_started_without_buffers);
    tcase_add_test(tcase, test_large_buffers);
    tcase_add_loop_test(tcase, test_least_of_plain, 0, 2);
    return run_suite(suite);
}
