/* SPDX-License-Identifier: ISC */
/* Whatever happens to a sealed session on its way, and to the backends of both sides: an error, and not
 * one byte given out that was not sent. */
#include <stdlib.h>
#include <string.h>

#include "sealed_pair.h"
#include "suite.h"

enum { REQUEST_LINE = sizeof("auth noise_nx_25519_aesgcm_sha256\n") - 1 };

/* What the somebody in between does. */
typedef struct trouble {
    int from_server; /* to what this side sends */
    size_t at;       /* the byte that is changed, or the number of the piece */
    uint8_t bits;
    size_t passed; /* bytes, or pieces, so far */
    bytes held;
} trouble;

static void check_prefix(const char *what, const bytes *got, const void *all, size_t len)
{
    if (got->len > len || (got->len > 0 && memcmp(got->data, all, got->len) != 0))
        ck_abort_msg("%s: %zu bytes that were not sent", what, got->len);
}

static void check_nothing_false(const sealed_pair *p)
{
    static const char command[] = "catimg\0x y";

    check_prefix("reply", &p->received, p->reply.data, p->reply.len);
    check_prefix("upload", &p->uploaded, p->upload.data, p->upload.len);
    check_prefix("command", &p->command, command, sizeof(command));
    ck_assert(p->command.len == 0 || p->command.len == sizeof(command));
}

static void check_failed(const sealed_pair *p, const trouble *t)
{
    check_nothing_false(p);
    if (p->client_result == 0 && p->server_result == 0)
        ck_abort_msg("nobody saw the change at %zu", t->at);
    if (t->from_server && p->client_result == 0)
        ck_abort_msg("the client did not see the change at %zu", t->at);
}

static void start(sealed_pair *p, sw_key_type type, size_t reply)
{
    sealed_pair_start(p, type);
    bytes_free(&p->reply);
    p->reply = (bytes){ malloc(reply), reply };
    for (size_t i = 0; i < reply; i++)
        p->reply.data[i] = (uint8_t)(i * 7);
}

/* ---- bytes ---- */

static void change(sealed_pair *p, int from_server, bytes *piece)
{
    trouble *t = p->relay_context;

    if (from_server != t->from_server)
        return;
    if (t->at >= t->passed && t->at < t->passed + piece->len)
        piece->data[t->at - t->passed] ^= t->bits;
    t->passed += piece->len;
}

/* Each byte that the server, or the client, sends, one bit of it. */
START_TEST(test_each_byte)
{
    trouble t = { .from_server = _i & 1 };
    size_t len;
    sealed_pair p;

    start(&p, SW_KEY_ED25519, 300);
    sealed_pair_run(&p);
    ck_assert_int_eq(p.client_status, 0);
    len = t.from_server ? p.to_client.len : p.to_server.len;
    sealed_pair_free(&p);
    for (t.at = 0; t.at < len; t.at++) {
        t.bits = (uint8_t)(1u << (t.at + (size_t)(_i >> 1) * 3) % 8);
        t.passed = 0;
        start(&p, SW_KEY_ED25519, 300);
        p.relay = change;
        p.relay_context = &t;
        sealed_pair_run(&p);
        check_failed(&p, &t);
        sealed_pair_free(&p);
        ck_assert_uint_eq(p.client_fake.aead_states + p.server_fake.aead_states, 0);
        ck_assert_uint_eq(p.client_fake.sha256_states + p.server_fake.sha256_states, 0);
    }
}
END_TEST

/* The stream ends after each number of bytes. */
static void cut(sealed_pair *p, int from_server, bytes *piece)
{
    trouble *t = p->relay_context;

    if (from_server != t->from_server)
        return;
    if (t->passed + piece->len > t->at)
        piece->len = t->at > t->passed ? t->at - t->passed : 0;
    t->passed += piece->len;
}

START_TEST(test_each_cut)
{
    trouble t = { .from_server = _i };
    size_t len;
    sealed_pair p;

    start(&p, SW_KEY_ED25519, 300);
    sealed_pair_run(&p);
    len = t.from_server ? p.to_client.len : p.to_server.len;
    sealed_pair_free(&p);
    for (t.at = 0; t.at < len; t.at++) {
        t.passed = 0;
        start(&p, SW_KEY_ED25519, 300);
        p.relay = cut;
        p.relay_context = &t;
        sealed_pair_run(&p);
        check_failed(&p, &t);
        sealed_pair_free(&p);
    }
}
END_TEST

/* ---- pieces, which are records ---- */

static void drop(sealed_pair *p, int from_server, bytes *piece)
{
    trouble *t = p->relay_context;

    if (from_server == t->from_server && t->passed++ == t->at)
        piece->len = 0;
}

static void repeat(sealed_pair *p, int from_server, bytes *piece)
{
    trouble *t = p->relay_context;
    bytes copy;

    if (from_server != t->from_server || t->passed++ != t->at)
        return;
    copy = bytes_copy(piece->data, piece->len);
    bytes_append(piece, copy.data, copy.len);
    bytes_free(&copy);
}

static void swap(sealed_pair *p, int from_server, bytes *piece)
{
    trouble *t = p->relay_context;

    if (from_server != t->from_server)
        return;
    if (t->passed == t->at) {
        t->held = bytes_copy(piece->data, piece->len);
        piece->len = 0;
    } else if (t->passed == t->at + 1) {
        bytes_append(piece, t->held.data, t->held.len);
    }
    t->passed++;
}

static void (*const piece_relays[])(sealed_pair *p, int from_server, bytes *piece) = {
    drop,
    repeat,
    swap,
};

enum { PIECES = 5 }; /* greeting, message 2, and some records */

START_TEST(test_pieces)
{
    trouble t = { .from_server = 1, .at = (size_t)(_i % PIECES) };
    sealed_pair p;

    start(&p, SW_KEY_ED25519, 40000);
    p.relay = piece_relays[_i / PIECES];
    p.relay_context = &t;
    sealed_pair_run(&p);
    ck_assert_uint_gt(t.passed, t.at);
    check_failed(&p, &t);
    ck_assert_int_eq(p.client_status, -1);
    bytes_free(&t.held);
    sealed_pair_free(&p);
}
END_TEST

/* The same of what a client uploads. */
START_TEST(test_uploaded_pieces)
{
    trouble t = { .from_server = 0, .at = 2 };
    sealed_pair p;

    start(&p, SW_KEY_ED25519, 10);
    bytes_append(&p.upload, p.reply.data, 10);
    for (int i = 0; i < 12; i++) {
        bytes more = bytes_copy(p.upload.data, p.upload.len);
        bytes_append(&p.upload, more.data, more.len);
        bytes_free(&more);
    }
    p.relay = piece_relays[_i];
    p.relay_context = &t;
    sealed_pair_run(&p);
    check_failed(&p, &t);
    ck_assert_int_lt(p.server_result, 0);
    ck_assert_uint_lt(p.uploaded.len, p.upload.len);
    bytes_free(&t.held);
    sealed_pair_free(&p);
}
END_TEST

/* ---- frames and limits ---- */

/* Bytes of the client's frame, behind the request line: length, e, limit. */
static const struct frame_case {
    size_t at;
    uint8_t bits;
    int client_result, server_result;
} frame_cases[] = {
    { 0, 0x80, SW_E_CLOSED, SW_E_FRAME_SIZE },
    { 1, 0x01, SW_E_CLOSED, SW_E_FRAME_SIZE },
    { 2, 0x01, SW_E_NOISE, SW_E_CLOSED },
    { 34, 0x10, SW_E_CLOSED, SW_E_RECORD_LIMIT },
};

START_TEST(test_frames)
{
    const struct frame_case *c = &frame_cases[_i];
    trouble t = { .at = REQUEST_LINE + c->at, .bits = c->bits };
    sealed_pair p;

    start(&p, SW_KEY_ED25519, 10);
    p.client_config.record_limit = 0x1000; /* without its bit it is 0 */
    p.rx_size = 0x2000;
    p.relay = change;
    p.relay_context = &t;
    sealed_pair_run(&p);
    ck_assert_int_eq(p.client_result, c->client_result);
    ck_assert_int_eq(p.server_result, c->server_result);
    sealed_pair_free(&p);
}
END_TEST

START_TEST(test_small_tx)
{
    sealed_pair p;

    start(&p, SW_KEY_RSA, 10);
    p.server_config.policy.require_sealed = 1;
    p.tx_size = 512; /* of both: the client has no room for the proof with an RSA key */
    sealed_pair_run(&p);
    ck_assert_int_eq(p.client_result, SW_E_SPACE);
    ck_assert_int_eq(p.server_result, SW_E_CLOSED);
    sealed_pair_free(&p);
}
END_TEST

/* ---- backends ---- */

/* Each call of the client's backend, and of the server's, fails in turn. */
START_TEST(test_failing_backend)
{
    int is_server = _i & 1;
    int done = 0;

    for (size_t n = 1; !done; n++) {
        sealed_pair p;
        const fake_crypto *fake = is_server ? &p.server_fake : &p.client_fake;
        int result;
        start(&p, _i & 2 ? SW_KEY_RSA : SW_KEY_ED25519, 9000);
        if (_i & 4) /* records are full, and sealed, as soon as something is said */
            p.client_config.record_limit = p.server_config.record_limit = SW_RECORD_LIMIT_MIN;
        (is_server ? &p.server_fake : &p.client_fake)->fail_at = n;
        sealed_pair_run(&p);
        result = is_server ? p.server_result : p.client_result;
        check_nothing_false(&p);
        done = result == 0;
        if (!done) {
            sw_session *s = is_server ? &p.server : &p.client;
            sw_event event;
            if (result > -300 || result <= -400) /* the range of backends */
                ck_abort_msg("call %zu: %s", n, sw_error_text(result));
            if (sw_session_error(s).code < 0) /* signing is the application's call */
                ck_assert_int_eq(sw_session_next(s, &event), result);
        } else {
            ck_assert_int_eq(p.client_status, 0);
            ck_assert_uint_lt(fake->calls, n); /* none failed: no failure is passed over */
        }
        sealed_pair_free(&p);
        ck_assert_uint_eq(p.client_fake.aead_states + p.server_fake.aead_states, 0);
        ck_assert_uint_eq(p.client_fake.sha256_states + p.server_fake.sha256_states, 0);
        ck_assert_uint_lt(n, 1000);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sealed errors");
    TCase *tcase = suite_case(suite, "errors");

    tcase_add_loop_test(tcase, test_each_byte, 0, 4);
    tcase_add_loop_test(tcase, test_each_cut, 0, 2);
    tcase_add_loop_test(tcase, test_pieces, 0, COUNT(piece_relays) * PIECES);
    tcase_add_loop_test(tcase, test_uploaded_pieces, 0, COUNT(piece_relays));
    tcase_add_loop_test(tcase, test_frames, 0, COUNT(frame_cases));
    tcase_add_test(tcase, test_small_tx);
    tcase_add_loop_test(tcase, test_failing_backend, 0, 8);
    return run_suite(suite);
}
