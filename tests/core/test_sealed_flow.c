/* SPDX-License-Identifier: ISC */
/* How a sealed session goes on: how often to and fro, and with room to read that is taken ahead. */
#include <string.h>

#include "sealed_pair.h"
#include "suite.h"

/* ---- how often it goes to and fro ---- */

typedef struct flights {
    int from_server;  /* who sent last; -1: nobody yet */
    int before_reply; /* turns from the start until the reply is there */
} flights;

static void count_flights(sealed_pair *p, int from_server, bytes *piece)
{
    flights *f = p->relay_context;

    (void)piece;
    if (p->received.len == 0 && from_server != f->from_server) {
        f->from_server = from_server;
        f->before_reply++;
    }
}

static int flights_of(unsigned features, sw_key_type type)
{
    flights f = { -1, 0 };
    sealed_pair p;

    sealed_pair_start(&p, type);
    p.client_config.policy = (sw_policy){ .features = features };
    p.relay = count_flights;
    p.relay_context = &f;
    sealed_pair_run(&p);
    ck_assert_int_eq(p.client_result, 0);
    ck_assert_int_eq(p.client_status, 0);
    sealed_pair_free(&p);
    return f.before_reply;
}

/* Greeting, request, challenge, response, PROCEED, command, reply; a sealed session has two fewer, which is one round
 * trip: the command goes with what proves the user. */
START_TEST(test_one_round_trip_less)
{
    ck_assert_int_eq(flights_of(SW_FEATURES_ALL, SW_KEY_RSA), 7);
    ck_assert_int_eq(flights_of(SW_FEATURES_SEALED, SW_KEY_RSA), 5);
    ck_assert_int_eq(flights_of(SW_FEATURES_SEALED, SW_KEY_ED25519), 5);
}
END_TEST

/* ---- room that is taken early ---- */

typedef struct early_end {
    sw_session session;
    fake_crypto fake;
    uint8_t rx[2048], tx[2048];
    int is_ready, is_sent; /* client: its command may be sent, and is */
} early_end;

/* A command that fills several records. */
static const char *long_argument(void)
{
    static char text[900];

    for (size_t i = 0; i + 1 < sizeof(text); i++)
        text[i] = (char)('a' + i % 26);
    return text;
}

/* Events until there is none; the command's bytes when they are there. */
static const uint8_t *act(early_end *end, const sw_public_key *known)
{
    const sw_argument argument = sw_argument_of(long_argument());
    sw_event event;
    int type;

    while ((type = sw_session_next(&end->session, &event)) != SW_EVENT_NEED_MORE) {
        ck_assert_msg(type > 0, "%s", sw_error_text(type));
        if (type == SW_EVENT_COMMAND)
            return event.chunk.data;
        if (type == SW_EVENT_SERVER_KEY)
            sw_session_accept(&end->session, 1);
        else if (type == SW_EVENT_KEY)
            sw_session_key(&end->session, known);
        else if (known == NULL)
            end->is_ready = 1;
    }
    if (end->is_ready && !end->is_sent) {
        end->is_sent = sw_session_command(&end->session, &argument, 1, 0);
        ck_assert_int_ge(end->is_sent, 0);
    }
    return NULL;
}

/* Every other time what proves the user leaves the command no room: that is to wait, and no error.
 * Where to read to is asked for before the events, as one who reads ahead does: it stays there. */
START_TEST(test_room_taken_early)
{
    static early_end ends[2];
    const size_t step = 1 + 7 * (size_t)_i, tx_size = _i % 2 == 0 ? 2048 : 1100;
    const uint8_t *seen = NULL;
    sw_client_config client;
    sw_server_config server;
    wired_keys keys;

    memset(ends, 0, sizeof(ends));
    wired_keys_make(&keys, SW_KEY_RSA);
    fake_crypto_init(&ends[0].fake, 1);
    fake_crypto_init(&ends[1].fake, 2);
    client = wired_client(&ends[0].fake.table, &keys, SW_FEATURES_SEALED);
    server = wired_server(&ends[1].fake.table, &keys, SW_FEATURES_SEALED);
    server.record_limit = 256;
    ck_assert_int_eq(sw_session_client(&ends[0].session, &client, ends[0].rx, 2048, ends[0].tx, tx_size), SW_OK);
    ck_assert_int_eq(sw_session_server(&ends[1].session, &server, ends[1].rx, 2048, ends[1].tx, 2048), SW_OK);
    for (int turn = 0; seen == NULL && turn < 10000; turn++) {
        early_end *to = &ends[turn % 2], *from = &ends[1 - turn % 2];
        size_t room, len;
        uint8_t *space = sw_session_rx_space(&to->session, &room);
        const uint8_t *sent;

        seen = act(to, turn % 2 == 1 ? &keys.known : NULL);
        sent = sw_session_tx_bytes(&from->session, &len);
        if (len > room)
            len = room;
        if (len > step)
            len = step;
        if (len == 0 || seen != NULL)
            continue;
        memcpy(space, sent, len);
        ck_assert_int_eq(sw_session_rx_commit(&to->session, len), SW_OK);
        ck_assert_int_eq(sw_session_tx_drain(&from->session, len), SW_OK);
    }
    ck_assert_ptr_nonnull(seen);
    ck_assert_str_eq((const char *)seen, long_argument());
    sw_session_wipe(&ends[0].session);
    sw_session_wipe(&ends[1].session);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sealed flow");
    TCase *tcase = suite_case(suite, "flow");

    tcase_add_test(tcase, test_one_round_trip_less);
    tcase_add_loop_test(tcase, test_room_taken_early, 0, 40);
    return run_suite(suite);
}
