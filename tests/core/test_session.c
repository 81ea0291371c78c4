/* SPDX-License-Identifier: ISC */
/* The facade: a client's and a server's session wired together, over buffers of all sizes. */
#include "session_pair.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

static session_pair pair;

static void teardown(void)
{
    session_pair_free(&pair);
}

/* ---- whole sessions ---- */

static const struct {
    size_t client_rx, client_tx, server_rx, server_tx;
} sizes[] = {
    { SW_SESSION_RX_MIN, SW_SESSION_TX_MIN, SW_SESSION_RX_MIN, SW_SESSION_TX_MIN },
    { SW_SESSION_RX_MIN + 1, SW_SESSION_TX_MIN + 3, SW_SESSION_RX_MIN + 7, SW_SESSION_TX_MIN + 1 },
    { 40000, 40000, 40000, 40000 },
};
enum { SIZES = sizeof(sizes) / sizeof(sizes[0]) };

static void start(unsigned features, size_t i)
{
    session_pair_start(&pair, features, sizes[i].client_rx, sizes[i].client_tx, sizes[i].server_rx,
                       sizes[i].server_tx);
}

START_TEST(command_and_reply)
{
    unsigned features = feature_sets[_i % FEATURE_SETS];
    const char *argv[] = { "echo", "with blanks", "x" };
    bytes output = bytes_copy(NULL, 0);

    for (size_t i = 0; i < 3000; i++) {
        uint8_t byte = (uint8_t)(i * 7);
        bytes_append(&output, &byte, 1);
    }
    for (size_t step = 0; step <= 3; step++) {
        start(features, (size_t)_i / FEATURE_SETS);
        pair.step = step;
        pair.argv = argv;
        pair.argc = 3;
        pair.reply = output;
        pair.status = 1;
        session_pair_run(&pair);
        ck_assert_int_eq(pair.client_result, 0);
        ck_assert_int_eq(pair.server_result, 0);
        ck_assert_int_eq(pair.received_status, features == 0 ? -1 : 1);
        ck_assert_uint_eq(pair.received.len, output.len);
        ck_assert_mem_eq(pair.received.data, output.data, output.len);
        ck_assert_uint_eq(sw_session_wants(&pair.client), 0);
        ck_assert_uint_eq(sw_session_wants(&pair.server), 0);
        ck_assert_uint_eq(sw_session_features(&pair.client), features);
        ck_assert_int_eq(sw_session_is_legacy(&pair.server), features == 0);
        session_pair_free(&pair);
    }
    bytes_free(&output);
}
END_TEST

START_TEST(upload)
{
    static const size_t lengths[] = { 0, 1, 4, 5, 63, 64, 65, 1082, 1083, 1084, 20000 };
    unsigned features = SW_FEATURE_SIDEBAND | SW_FEATURE_AES_CTR128;
    const char *argv[] = { "addimg", "name" };

    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        bytes data = bytes_copy(NULL, 0);
        for (size_t k = 0; k < lengths[i]; k++) {
            uint8_t byte = (uint8_t)(k * 11 + i);
            bytes_append(&data, &byte, 1);
        }
        start(features, (size_t)_i);
        pair.argv = argv;
        pair.argc = 2;
        pair.upload = &data;
        session_pair_run(&pair);
        ck_assert_int_eq(pair.client_result, 0);
        ck_assert_int_eq(pair.server_result, 0);
        ck_assert_int_eq(pair.received_status, 0);
        ck_assert_uint_eq(pair.uploaded.len, data.len);
        if (data.len > 0)
            ck_assert_mem_eq(pair.uploaded.data, data.data, data.len);
        session_pair_free(&pair);
        bytes_free(&data);
    }
}
END_TEST

/* ---- commands and the buffers they need ---- */

START_TEST(longest_command)
{
    unsigned features = feature_sets[_i];
    size_t overhead = features == 0 ? 1 + 17 : 1; /* what one argument of n bytes takes more */
    size_t limit = SW_COMMAND_MAX - overhead;
    char *argument = malloc(limit + 2);
    const char *argv[] = { argument };

    for (size_t more = 0; more <= 1; more++) {
        memset(argument, 'x', limit + more);
        argument[limit + more] = '\0';
        start(features, 2);
        pair.argv = argv;
        pair.argc = 1;
        session_pair_run(&pair);
        ck_assert_int_eq(pair.client_result, more ? SW_E_COMMAND_SIZE : 0);
        if (!more)
            ck_assert_uint_eq(pair.command.len, SW_COMMAND_MAX);
        session_pair_free(&pair);
    }
    free(argument);
}
END_TEST

START_TEST(command_larger_than_the_servers_buffer)
{
    char argument[SW_SESSION_RX_MIN + 1];
    const char *argv[] = { argument };

    memset(argument, 'x', sizeof(argument) - 1);
    argument[sizeof(argument) - 1] = '\0';
    start(SW_FEATURES_ALL, 0);
    pair.argv = argv;
    pair.argc = 1;
    session_pair_run(&pair);
    ck_assert_int_eq(pair.server_result, SW_E_PACKET_SIZE);
    check_error("command", sw_session_error(&pair.server), SW_E_PACKET_SIZE, sizeof(argument), SW_SESSION_RX_MIN);
    ck_assert_int_eq(pair.client_result, SW_E_NO_EXIT);
    session_pair_free(&pair);
    argument[SW_SESSION_RX_MIN - 1] = '\0'; /* fits to the byte */
    start(SW_FEATURES_ALL, 0);
    pair.argv = argv;
    pair.argc = 1;
    session_pair_run(&pair);
    ck_assert_int_eq(pair.server_result, 0);
    ck_assert_uint_eq(pair.command.len, SW_SESSION_RX_MIN);
    session_pair_free(&pair);
}
END_TEST

START_TEST(commands_that_cannot_be_sent)
{
    static const struct {
        unsigned features;
        const char *argument;
        size_t argc;
        int result;
    } cases[] = {
        { SW_FEATURES_ALL, "si", 0, SW_E_COMMAND_EMPTY },
        { 0, "si", 0, SW_E_COMMAND_EMPTY },
        { 0, "", 1, SW_E_LEGACY_ARGUMENT },
        { 0, "a\nb", 1, SW_E_LEGACY_ARGUMENT },
        { 0, "End of Command.", 1, SW_E_LEGACY_ARGUMENT },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        start(cases[i].features, 2);
        pair.argv = &cases[i].argument;
        pair.argc = cases[i].argc;
        session_pair_run(&pair);
        ck_assert_int_eq(pair.client_result, cases[i].result);
        ck_assert_int_eq(sw_session_error(&pair.client).code, cases[i].result);
        ck_assert_int_eq(pair.server_result, SW_E_NO_COMMAND);
        session_pair_free(&pair);
    }
}
END_TEST

START_TEST(command_larger_than_the_clients_buffer)
{
    char argument[SW_SESSION_TX_MIN];
    const char *argv[] = { argument };

    memset(argument, 'x', sizeof(argument) - 1);
    argument[sizeof(argument) - 1] = '\0';
    session_pair_start(&pair, SW_FEATURES_ALL, 4096, SW_SESSION_TX_MIN, 4096, 4096);
    pair.argv = argv;
    pair.argc = 1;
    session_pair_run(&pair);
    ck_assert_int_eq(pair.client_result, SW_E_SPACE);
    session_pair_free(&pair);
}
END_TEST

/* ---- authentication ---- */

START_TEST(refused)
{
    start(feature_sets[_i], 1);
    pair.unknown = 1;
    session_pair_run(&pair);
    ck_assert_int_eq(pair.client_result, SW_E_CHALLENGE); /* a decoy's block opens with no key */
    ck_assert_int_eq(pair.server_result, SW_E_CLOSED);
    session_pair_free(&pair);
}
END_TEST

/* What is said of an error of the handshake is the session's, too, and its own are its own. */
START_TEST(values_of_errors)
{
    enum { SIZE = SW_GREETING_MAX + 1 };
    size_t fed = 0;
    sw_event event;
    int result;

    start(feature_sets[0], 1);
    do {
        size_t room;
        uint8_t *space = sw_session_rx_space(&pair.client, &room);

        ck_assert_ptr_nonnull(space);
        if (room > SIZE - fed)
            room = SIZE - fed;
        memset(space, 'x', room);
        fed += room;
        ck_assert_int_eq(sw_session_rx_commit(&pair.client, room), SW_OK);
        result = sw_session_next(&pair.client, &event);
    } while (result == SW_EVENT_NEED_MORE && fed < SIZE);
    ck_assert_int_eq(result, SW_E_GREETING_SIZE);
    check_error("greeting", sw_session_error(&pair.client), SW_E_GREETING_SIZE, SIZE, SW_GREETING_MAX);
    ck_assert_ptr_nonnull(sw_session_rx_space(&pair.server, &fed));
    ck_assert_int_eq(sw_session_rx_commit(&pair.server, fed + 1), SW_E_SPACE);
    check_error("too much", sw_session_error(&pair.server), SW_E_SPACE, fed, fed + 1);
    session_pair_free(&pair);
}
END_TEST

static Suite *session_suite(void)
{
    Suite *suite = suite_create("session");
    TCase *tcase = suite_case(suite, "pair");

    tcase_add_checked_fixture(tcase, NULL, teardown);
    tcase_add_loop_test(tcase, command_and_reply, 0, FEATURE_SETS * SIZES);
    tcase_add_loop_test(tcase, upload, 0, SIZES);
    tcase_add_loop_test(tcase, longest_command, 0, FEATURE_SETS);
    tcase_add_test(tcase, command_larger_than_the_servers_buffer);
    tcase_add_test(tcase, command_larger_than_the_clients_buffer);
    tcase_add_test(tcase, commands_that_cannot_be_sent);
    tcase_add_loop_test(tcase, refused, 0, FEATURE_SETS);
    tcase_add_test(tcase, values_of_errors);
    return suite;
}

int main(void)
{
    return run_suite(session_suite());
}
