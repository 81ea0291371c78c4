/* SPDX-License-Identifier: ISC */
/* Uploads as clients other than ours may send them: in packets of any size, slowly, two at once, and
 * broken off. */
#include "peer.h"
#include "scratch.h"
#include "suite.h"
#include "tools.h"
#include "send_command.h"

#include <string.h>

enum { LIMIT = 200000, SIZE_MAX_SENT = LIMIT + 1 };

#define OPTIONS "--allow-legacy --allow-rc4 --upload-limit 200000"

static const struct {
    sw_policy policy;
    int is_legacy;
} modes[] = {
    { { .features = SW_FEATURES_ALL }, 0 },
    { { .features = SW_FEATURE_SIDEBAND, .allow_rc4 = 1 }, 0 },
    { { .features = 0, .allow_legacy = 1 }, 1 },
};

/* ---- a client that sends ---- */

static const uint8_t *content(int seed)
{
    uint8_t *bytes = scratch_allocate(SIZE_MAX_SENT);

    for (size_t i = 0; i < SIZE_MAX_SENT; i++)
        bytes[i] = (uint8_t)(i * 31 + i / 251 + (size_t)seed);
    return bytes;
}

/* Up to where the server asks for the data. */
static peer *begin_upload(const server *s, int mode, const char *name)
{
    const char *const argv[] = { "addimg", name };
    peer *p = peer_client_with(dial(s->port), "alice", "keys/alice", modes[mode].policy);
    sw_event event;

    peer_log_in(p);
    ck_assert_int_eq(send_upload_command(peer_session(p), argv, 2), 1);
    peer_expect(p, SW_EVENT_AWAITING_DATA, &event);
    return p;
}

static void send_packet(peer *p, const uint8_t *data, size_t len)
{
    size_t taken;

    ck_assert_int_eq(sw_session_send(peer_session(p), SW_BAND_BLOB_DATA, data, len, &taken), 1);
    ck_assert_uint_eq(taken, len);
    peer_flush(p);
}

static void send_in_packets(peer *p, const uint8_t *data, size_t len, size_t packet)
{
    for (size_t i = 0; i < len; i += packet)
        send_packet(p, data + i, len - i < packet ? len - i : packet);
}

static void end_upload(peer *p)
{
    send_packet(p, NULL, 0);
    if (sw_session_wants(peer_session(p)) & SW_WANT_SHUTDOWN)
        shutdown_sending(peer_socket(p));
}

/* The server's last word, which is this message, or none for success. */
static void expect_result(peer *p, int mode, const char *message)
{
    char text[256] = "";
    size_t len = 0;
    sw_event event;
    int type;

    while ((type = peer_next(p, &event)) == SW_EVENT_DATA) {
        ck_assert_uint_lt(event.chunk.len, sizeof(text) - len);
        memcpy(text + len, event.chunk.data, event.chunk.len);
        len += event.chunk.len;
        text[len] = '\0';
    }
    ck_assert_str_eq(text, message);
    ck_assert_int_eq(type, modes[mode].is_legacy ? SW_EVENT_CLOSED : SW_EVENT_EXIT);
    if (!modes[mode].is_legacy)
        ck_assert_int_eq(event.status, message[0] != '\0');
    peer_close(p);
}

/* What is stored under a name; len 0 and no data: nothing. */
static void expect_stored(const server *s, const char *name, const uint8_t *data, size_t len)
{
    const char *const argv[] = { "catimg", name };
    peer *p = peer_client(dial(s->port), "alice", "keys/alice");
    size_t came = 0;
    sw_event event;
    int type;

    peer_log_in(p);
    ck_assert_int_eq(send_command(peer_session(p), argv, 2), 1);
    while ((type = peer_next(p, &event)) == SW_EVENT_DATA && event.chunk.band == SW_BAND_OUTPUT) {
        ck_assert_uint_le(event.chunk.len, len - came);
        ck_assert_mem_eq(event.chunk.data, data + came, event.chunk.len);
        came += event.chunk.len;
    }
    ck_assert_int_eq(type, data != NULL ? SW_EVENT_EXIT : SW_EVENT_DATA);
    ck_assert_uint_eq(came, len);
    peer_close(p);
}

/* ---- sizes ---- */

static const struct {
    size_t size, packet;
} shapes[] = {
    { 0, 1 },       { 1, 1 },         { 1000, 1 },         { 20001, 3 },     { 4095, 4096 },  { 4096, 4096 },
    { 4097, 4096 }, { 65537, 32763 }, { LIMIT - 1, 1009 }, { LIMIT, 60000 }, { LIMIT, 4099 },
};

enum { SHAPE_RUNS = COUNT(shapes) * COUNT(modes) };

START_TEST(any_size_in_any_packets)
{
    int mode = _i % COUNT(modes);
    size_t size = shapes[_i / COUNT(modes)].size;
    server s = server_start_local(OPTIONS);
    const uint8_t *data = content(_i);
    peer *p = begin_upload(&s, mode, "picture");

    send_in_packets(p, data, size, shapes[_i / COUNT(modes)].packet);
    end_upload(p);
    expect_result(p, mode, "");
    expect_stored(&s, "picture", data, size);
    server_stop(&s);
}
END_TEST

/* The refusal comes while the client is sending, and is read without the end of the upload. */
START_TEST(one_byte_too_much)
{
    server s = server_start_local(OPTIONS);
    const uint8_t *data = content(0);
    peer *p = begin_upload(&s, _i, "picture");

    send_in_packets(p, data, LIMIT + 1, 1 << 14);
    expect_result(p, _i, "file too large\n");
    expect_stored(&s, "picture", NULL, 0);
    server_stop(&s);
}
END_TEST

/* ---- broken off ---- */

static void vanish(peer *p)
{
    peer_close(p);
}

static void vanish_hard(peer *p)
{
    close_hard(peer_socket(p));
    peer_forget(p);
}

/* In the middle of a packet: its header and some bytes. */
static void vanish_in_packet(peer *p)
{
    static const uint8_t data[1000];
    size_t taken, len;
    const uint8_t *bytes;

    sw_session_send(peer_session(p), SW_BAND_BLOB_DATA, data, sizeof(data), &taken);
    bytes = sw_session_tx_bytes(peer_session(p), &len);
    send_all(peer_socket(p), bytes, len / 2);
    peer_close(p);
}

static const struct {
    int mode; /* in legacy mode, closing is how an upload ends */
    void (*leave)(peer *p);
} departures[] = {
    { 0, vanish },      { 1, vanish },           { 0, vanish_hard },      { 1, vanish_hard },
    { 2, vanish_hard }, { 0, vanish_in_packet }, { 1, vanish_in_packet },
};

START_TEST(broken_off)
{
    int mode = departures[_i].mode;
    server s = server_start_local(OPTIONS);
    const uint8_t *old = content(1);
    const uint8_t *data = content(2);
    peer *p = begin_upload(&s, mode, "picture");

    send_in_packets(p, old, 5000, 5000);
    end_upload(p);
    expect_result(p, mode, "");
    p = begin_upload(&s, mode, "picture");
    send_in_packets(p, data, 100000, 10000);
    departures[_i].leave(p);
    p = begin_upload(&s, mode, "other");
    send_in_packets(p, data, 100000, 10000);
    departures[_i].leave(p);
    client_expect(&s, "", "lsimg", 0, "picture\n", "");
    expect_stored(&s, "picture", old, 5000);
    server_stop(&s);
}
END_TEST

START_TEST(silent_upload_times_out)
{
    server s = server_start_local(OPTIONS " --upload-timeout 1");
    peer *p = begin_upload(&s, _i, "picture");

    send_packet(p, content(0), 1000);
    process_await_err(s.process, "sent nothing of its upload for 1 s\n");
    process_await_err(s.process, ": closed\n");
    peer_close(p);
    expect_stored(&s, "picture", NULL, 0);
    server_stop(&s);
}
END_TEST

/* Longer than the time limit as a whole, but never silent for so long. All modes at a time. */
START_TEST(slow_upload_goes_on)
{
    enum { PIECES = 7, PIECE = 100, PAUSE_MS = 600 };
    server s = server_start_local(OPTIONS " --upload-timeout 3");
    const uint8_t *data = content(0);
    peer *peers[COUNT(modes)];

    for (int mode = 0; mode < COUNT(modes); mode++)
        peers[mode] = begin_upload(&s, mode, scratch_format("picture %d", mode));
    for (int i = 0; i < PIECES; i++) {
        for (int mode = 0; mode < COUNT(modes); mode++)
            send_packet(peers[mode], data + i * PIECE, PIECE);
        sleep_ms(PAUSE_MS);
    }
    for (int mode = 0; mode < COUNT(modes); mode++) {
        end_upload(peers[mode]);
        expect_result(peers[mode], mode, "");
        expect_stored(&s, scratch_format("picture %d", mode), data, PIECES * PIECE);
    }
    server_stop(&s);
}
END_TEST

/* ---- at once ---- */

static void send_in_turn(peer *a, const uint8_t *data_a, peer *b, const uint8_t *data_b)
{
    for (int i = 0; i < 10; i++) {
        send_packet(a, data_a + i * 1000, 1000);
        send_packet(b, data_b + i * 1000, 1000);
    }
}

/* Of different names, then of the same: the last one to be complete counts. Modes may differ. */
START_TEST(two_at_once)
{
    int mode_a = _i % COUNT(modes);
    int mode_b = _i / COUNT(modes);
    server s = server_start_local(OPTIONS);
    const uint8_t *data_a = content(1);
    const uint8_t *data_b = content(2);

    for (int same = 0; same < 2; same++) {
        peer *a = begin_upload(&s, mode_a, "a");
        peer *b = begin_upload(&s, mode_b, same ? "a" : "b");

        send_in_turn(a, data_a, b, data_b);
        end_upload(b);
        expect_result(b, mode_b, "");
        expect_stored(&s, same ? "a" : "b", data_b, 10000);
        end_upload(a);
        expect_result(a, mode_a, "");
        expect_stored(&s, "a", data_a, 10000);
    }
    server_stop(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e uploads");

    tcase_add_loop_test(e2e_case(suite, "sizes"), any_size_in_any_packets, 0, SHAPE_RUNS);
    tcase_add_loop_test(e2e_case(suite, "limit"), one_byte_too_much, 0, COUNT(modes));
    tcase_add_loop_test(e2e_case(suite, "broken off"), broken_off, 0, COUNT(departures));
    tcase_add_loop_test(e2e_case(suite, "silent"), silent_upload_times_out, 0, COUNT(modes));
    tcase_add_test(e2e_case(suite, "slow"), slow_upload_goes_on);
    tcase_add_loop_test(e2e_case(suite, "at once"), two_at_once, 0, COUNT(modes) * COUNT(modes));
    return e2e_main(suite);
}
