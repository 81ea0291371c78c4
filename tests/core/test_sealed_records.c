/* SPDX-License-Identifier: ISC */
/* Packets in the records of a sealed session: how many of them a buffer holds, to the byte, and where they lie. */
#include "sealed_fixture.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = SW_RECORD_LIMIT_MIN - SW_RECORD_TAG_SIZE };

static sw_event event;
static uint8_t body[SEALED_TX];
static uint8_t *own; /* a buffer of the very size that is told, for sanitizers */

static void lend_own(size_t cap)
{
    free(own);
    own = malloc(cap);
    ck_assert_int_eq(sw_session_lend_tx(&server, own, cap), 1);
}

/* Until the server may reply, in records of the least limit, from `own`. */
static void start_reply(size_t tx)
{
    const sw_argument argv[] = { { "x", 1 } };

    client_config.record_limit = SW_RECORD_LIMIT_MIN;
    sealed_authenticate(SEALED_RX);
    ck_assert_int_eq(sw_session_command(&client, argv, 1, 0), 1);
    sealed_move();
    ck_assert_int_eq(sw_session_next(&server, &event), SW_EVENT_COMMAND);
    ck_assert_int_eq(sw_session_next(&client, &event), SW_EVENT_NEED_MORE);
    lend_own(tx);
}

static void teardown(void)
{
    sealed_teardown();
    free(own);
    own = NULL;
}

static int put(size_t len)
{
    size_t taken;
    int result = sw_session_send(&server, SW_BAND_OUTPUT, body, len, &taken);

    ck_assert_uint_eq(taken, result == 1 ? len : 0);
    return result;
}

/* ---- what goes out ---- */

/* Bytes on the wire of so much text that is sent at once. */
static size_t sealed(size_t text)
{
    return text + (text + TEXT_MAX - 1) / TEXT_MAX * SW_RECORD_OVERHEAD;
}

/* The largest body for which there is room behind so much text. -1: there is none for any. */
static int largest(size_t cap, size_t text)
{
    int len = -1;

    while (sealed(text + SW_HEADER_SIZE + (size_t)(len + 1)) <= cap)
        len++;
    return len;
}

static size_t drain(void)
{
    size_t len;

    ck_assert_ptr_nonnull(sw_session_tx_bytes(&server, &len));
    ck_assert_int_eq(sw_session_tx_drain(&server, len), SW_OK);
    return len;
}

/* A packet alone, and one behind another that is not sealed yet: what fits goes, and not a byte more. */
START_TEST(test_room)
{
    static const size_t firsts[] = {
        0, 100, TEXT_MAX - SW_HEADER_SIZE - 1, TEXT_MAX - SW_HEADER_SIZE, TEXT_MAX - SW_HEADER_SIZE + 1, 400
    };
    enum { LEAST = 512 };
    size_t taken;

    start_reply(LEAST);
    for (size_t cap = LEAST; cap < LEAST + SW_RECORD_LIMIT_MIN + SW_RECORD_OVERHEAD; cap++) {
        lend_own(cap);
        ck_assert_int_eq(sw_session_send(&server, SW_BAND_OUTPUT, body, sizeof(body), &taken), 1);
        ck_assert_int_eq((int)taken, largest(cap, 0));
        ck_assert_uint_eq(drain(), sealed(SW_HEADER_SIZE + taken));
        for (int i = 0; i < COUNT(firsts); i++) {
            size_t text = SW_HEADER_SIZE + firsts[i];
            int second = largest(cap, text);
            ck_assert_int_eq(put(firsts[i]), 1);
            ck_assert_int_eq(put((size_t)(second + 1)), 0);
            if (second >= 0) {
                ck_assert_int_eq(put((size_t)second), 1);
                text += SW_HEADER_SIZE + (size_t)second;
            }
            ck_assert_uint_eq(drain(), sealed(text));
        }
    }
}
END_TEST

/* What waits is moved only if there is no room behind it. */
START_TEST(test_moved_for_room)
{
    enum { CAP = 600, FIRST = 100, SENT = 50 };
    size_t behind = CAP - sealed(SW_HEADER_SIZE + FIRST);
    size_t len;
    int fits;

    start_reply(CAP);
    fits = largest(behind, 0);
    ck_assert_uint_eq(sealed(SW_HEADER_SIZE + (size_t)fits), behind);
    ck_assert_int_eq(put(FIRST), 1);
    ck_assert_ptr_eq(sw_session_tx_bytes(&server, &len), own);
    ck_assert_int_eq(sw_session_tx_drain(&server, SENT), SW_OK);
    ck_assert_int_eq(put((size_t)fits + (size_t)_i), 1);
    ck_assert_ptr_eq(sw_session_tx_bytes(&server, &len), _i == 0 ? own + SENT : own);
}
END_TEST

/* ---- what comes in ---- */

/* Two records that come together are opened where they lie. */
START_TEST(test_opened_in_place)
{
    enum { LEN = 10 };
    size_t at = SW_RECORD_HEADER_SIZE + SW_HEADER_SIZE, len;

    start_reply(SEALED_TX);
    ck_assert_int_eq(put(LEN), 1);
    ck_assert_ptr_nonnull(sw_session_tx_bytes(&server, &len)); /* is sealed with that */
    ck_assert_int_eq(put(LEN), 1);
    ck_assert_uint_eq(wired_move(&server, &client, 0), 2 * (at + LEN + SW_RECORD_TAG_SIZE));
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(sw_session_next(&client, &event), SW_EVENT_DATA);
        ck_assert_uint_eq(event.chunk.len, LEN);
        ck_assert_ptr_eq(event.chunk.data, buffers[0] + at);
        at += LEN + SW_RECORD_TAG_SIZE + SW_RECORD_HEADER_SIZE + SW_HEADER_SIZE;
    }
}
END_TEST

static void check_data(const char *text)
{
    ck_assert_int_eq(sw_session_next(&client, &event), SW_EVENT_DATA);
    ck_assert_uint_eq(event.chunk.len, strlen(text));
    ck_assert_mem_eq(event.chunk.data, text, strlen(text));
}

static void say(const char *text)
{
    memcpy(body, text, strlen(text));
    ck_assert_int_eq(put(strlen(text)), 1);
}

/* Packets of one record; between their events more comes. */
START_TEST(test_read_between_events)
{
    start_reply(SEALED_TX);
    say("the first of three");
    say("the second of three");
    sealed_move();
    check_data("the first of three");
    say("the third of three");
    sealed_move();
    check_data("the second of three");
    check_data("the third of three");
    ck_assert_int_eq(sw_session_next(&client, &event), SW_EVENT_NEED_MORE);
}
END_TEST

/* A command in pieces, of which the buffer can just hold the last one. */
START_TEST(test_command_in_pieces)
{
    enum { RX = 600, LEN = 460 };
    const sw_argument argv[] = { { (const char *)body, LEN - 1 } };
    int type = SW_EVENT_NEED_MORE;

    server_config.record_limit = SW_RECORD_LIMIT_MIN;
    sealed_authenticate(SEALED_RX);
    ck_assert_int_eq(sw_session_next(&server, &event), SW_EVENT_NEED_MORE);
    own = malloc(RX);
    ck_assert_int_eq(sw_session_lend_rx(&server, own, RX), 1);
    for (size_t i = 0; i < LEN; i++)
        body[i] = (uint8_t)('a' + i % 26);
    ck_assert_int_eq(sw_session_command(&client, argv, 1, 0), 1);
    while (type == SW_EVENT_NEED_MORE && wired_move(&client, &server, 1 + (size_t)_i) > 0)
        type = sw_session_next(&server, &event);
    ck_assert_int_eq(type, SW_EVENT_COMMAND);
    ck_assert_uint_eq(event.chunk.len, LEN);
    ck_assert_mem_eq(event.chunk.data, body, LEN - 1);
}
END_TEST

/* No record has such a size. */
START_TEST(test_sizes)
{
    static const struct {
        uint8_t header[SW_RECORD_HEADER_SIZE];
        uint64_t value, limit;
    } sizes[] = {
        { { 1, 1 }, SW_RECORD_LIMIT_MIN + 1, SW_RECORD_LIMIT_MIN },
        { { 0, SW_RECORD_TAG_SIZE }, SW_RECORD_TAG_SIZE, SW_RECORD_TAG_SIZE + 1 },
    };

    server_config.record_limit = SW_RECORD_LIMIT_MIN;
    sealed_authenticate(SEALED_RX);
    ck_assert_uint_eq(wired_give(&server, sizes[_i].header, SW_RECORD_HEADER_SIZE), SW_RECORD_HEADER_SIZE);
    ck_assert_int_eq(sw_session_next(&server, &event), SW_E_RECORD_SIZE);
    check_error("record", sw_session_error(&server), SW_E_RECORD_SIZE, sizes[_i].value, sizes[_i].limit);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sealed records");
    TCase *tcase = suite_case(suite, "records");

    tcase_add_checked_fixture(tcase, sealed_setup, teardown);
    tcase_add_test(tcase, test_room);
    tcase_add_loop_test(tcase, test_moved_for_room, 0, 2);
    tcase_add_test(tcase, test_opened_in_place);
    tcase_add_test(tcase, test_read_between_events);
    tcase_add_loop_test(tcase, test_command_in_pieces, 0, 40);
    tcase_add_loop_test(tcase, test_sizes, 0, 2);
    return run_suite(suite);
}
