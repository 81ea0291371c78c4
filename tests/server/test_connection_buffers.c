/* SPDX-License-Identifier: ISC */
/* Which buffers a connection is lent for what it has to send, and what the log says of a session that goes well. */
#include "serving_scenes.h"

#include "connection_internal.h"
#include "own_errors.h"
#include "suite.h"
#include "user_keys.h"

#include <string.h>

/* ---- sizes ---- */

static const struct {
    size_t reply, buffer; /* bytes that are to be sent, with headers of packets, and of the buffer */
} sizes[] = {
    { 100, CONNECTION_TX_SMALL },
    { CONNECTION_TX_SMALL - SW_HEADER_SIZE, CONNECTION_TX_SMALL },
    { CONNECTION_TX_SMALL - SW_HEADER_SIZE + 1, CONNECTION_TX_MEDIUM },
    { CONNECTION_TX_LARGE - 1, CONNECTION_TX_MEDIUM },
    { CONNECTION_TX_LARGE, CONNECTION_TX_LARGE },
};

/* Authenticated, with a reply of that many bytes in all, of which nothing was sent. */
static connection *with_reply(size_t size)
{
    static const char text[1 << 14];
    visitor *v = visitor_alice();
    connection *c;

    visitor_log_in(v);
    c = v->there;
    reply_begin(&c->reply, SW_BAND_OUTPUT);
    while (reply_size(&c->reply) < size) {
        size_t left = size - reply_size(&c->reply);
        size_t some = left < sizeof(text) ? left : sizeof(text);

        if (reply_size(&c->reply) == 0 || left > sizeof(text))
            some -= some > SW_HEADER_SIZE ? SW_HEADER_SIZE : 0;
        reply_add(&c->reply, text, some);
    }
    return c;
}

START_TEST(of_the_size_of_the_reply)
{
    connection *c;

    serving_start(NULL);
    c = with_reply(sizes[_i].reply);
    ck_assert_uint_eq(reply_size(&c->reply), sizes[_i].reply);
    connection_lend_tx(c);
    ck_assert_uint_eq(c->tx_cap, sizes[_i].buffer);
    ck_assert_uint_eq(serving.memory.used, sizes[_i].buffer == CONNECTION_TX_SMALL ? 0 : sizes[_i].buffer);
    reply_free(&c->reply);
}
END_TEST

/* A large one is given back when a larger one is lent, and a smaller one will do while those are all in use. */
START_TEST(smaller_while_the_large_are_in_use)
{
    connection *c;

    serving_start(NULL);
    c = with_reply(CONNECTION_TX_LARGE);
    serving.memory.limit = serving.memory.used + CONNECTION_TX_MEDIUM;
    connection_lend_tx(c);
    ck_assert_uint_eq(c->tx_cap, CONNECTION_TX_MEDIUM);
    serving.memory.limit = CONNECTION_TX_LARGE;
    connection_lend_tx(c);
    ck_assert_uint_eq(c->tx_cap, CONNECTION_TX_LARGE);
    ck_assert_uint_eq(serving.memory.used, CONNECTION_TX_LARGE);
    connection_lend_tx(c); /* it has one */
    ck_assert_uint_eq(serving.memory.used, CONNECTION_TX_LARGE);
    connection_take_buffers(c);
    ck_assert_ptr_null(c->tx);
    ck_assert_uint_eq(serving.memory.used, 0);
    serving.memory.limit = 0;
    connection_lend_tx(c);
    ck_assert_uint_eq(c->tx_cap, CONNECTION_TX_SMALL);
    reply_free(&c->reply);
}
END_TEST

/* ---- log ---- */

/* Members do not count against what strangers may write into the log. */
START_TEST(what_the_log_says)
{
    visitor *v;

    serving_start(NULL);
    v = visitor_alice();
    v->config.policy.features = SW_FEATURES_ALL & ~(unsigned)SW_FEATURES_SEALED;
    visitor_log_in(v);
    ck_assert_int_eq(v->there->authenticated, 1);
    ck_assert_uint_eq(serving.authenticated, 1);
    ck_assert_int_eq(visitor_run(v, words_version), 0);
    visitor_go(v);
    serving_until_empty();
    own_errors_expect(": authenticated (sideband,aes_ctr128,sha256)\n");
    ck_assert_int_eq(own_errors_count(": closed\n"), 1);
    ck_assert_int_eq(serving.session_failed, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("connection buffers");
    TCase *tcase = suite_case(suite, "connection buffers");

    tcase_add_unchecked_fixture(tcase, make_user_keys, NULL);
    tcase_add_checked_fixture(tcase, serving_enter, serving_leave);
    tcase_add_loop_test(tcase, of_the_size_of_the_reply, 0, COUNT(sizes));
    tcase_add_test(tcase, smaller_while_the_large_are_in_use);
    tcase_add_test(tcase, what_the_log_says);
    return serving_main(suite);
}
