/* SPDX-License-Identifier: ISC */
/* What fills a record is sealed from where it lies, without a copy, if the backend can; on the wire nothing differs. */
#include <stdlib.h>
#include <string.h>

#include "sealed_pair.h"
#include "suite.h"

enum { BUFFER = 20000, LARGE = 100000 };

static sealed_pair pair;

static void start(size_t upload)
{
    sealed_pair_start(&pair, SW_KEY_ED25519);
    pair.rx_size = pair.tx_size = BUFFER;
    bytes_free(&pair.reply);
    pair.reply = (bytes){ malloc(LARGE), LARGE };
    for (size_t i = 0; i < LARGE; i++)
        pair.reply.data[i] = (uint8_t)(i * 31 >> 3);
    bytes_append(&pair.upload, pair.reply.data, upload);
}

static void teardown(void)
{
    sealed_pair_free(&pair);
}

static int lies_in(const uint8_t *at, const bytes *b)
{
    for (size_t i = 0; i < b->len; i++)
        if (at == b->data + i)
            return 1;
    return 0;
}

static void check_done(void)
{
    ck_assert_int_eq(pair.client_result, 0);
    ck_assert_int_eq(pair.server_result, 0);
    ck_assert_uint_eq(pair.received.len, pair.reply.len);
    ck_assert_mem_eq(pair.received.data, pair.reply.data, pair.reply.len);
    ck_assert_uint_eq(pair.uploaded.len, pair.upload.len);
    if (pair.upload.len > 0)
        ck_assert_mem_eq(pair.uploaded.data, pair.upload.data, pair.upload.len);
}

START_TEST(test_large)
{
    start(LARGE);
    sealed_pair_run(&pair);
    check_done();
    ck_assert_int_eq(lies_in(pair.server_fake.sealed_from, &pair.reply), 1);
    ck_assert_int_eq(lies_in(pair.client_fake.sealed_from, &pair.upload), 1);
}
END_TEST

/* The same bytes, and the same calls but for where the text was. */
START_TEST(test_same_on_the_wire)
{
    bytes to_client, to_server;
    size_t seals[2];

    start(LARGE);
    sealed_pair_run(&pair);
    to_client = bytes_copy(pair.to_client.data, pair.to_client.len);
    to_server = bytes_copy(pair.to_server.data, pair.to_server.len);
    seals[0] = pair.client_fake.counts[FAKE_AEAD_SEAL];
    seals[1] = pair.server_fake.counts[FAKE_AEAD_SEAL];
    sealed_pair_free(&pair);

    start(LARGE);
    pair.client_fake.table.aead_seal_from = pair.server_fake.table.aead_seal_from = NULL;
    sealed_pair_run(&pair);
    check_done();
    ck_assert_ptr_null(pair.client_fake.sealed_from);
    ck_assert_ptr_null(pair.server_fake.sealed_from);
    ck_assert_uint_eq(pair.to_client.len, to_client.len);
    ck_assert_mem_eq(pair.to_client.data, to_client.data, to_client.len);
    ck_assert_uint_eq(pair.to_server.len, to_server.len);
    ck_assert_mem_eq(pair.to_server.data, to_server.data, to_server.len);
    ck_assert_uint_eq(pair.client_fake.counts[FAKE_AEAD_SEAL], seals[0]);
    ck_assert_uint_eq(pair.server_fake.counts[FAKE_AEAD_SEAL], seals[1]);
    bytes_free(&to_client);
    bytes_free(&to_server);
}
END_TEST

/* To copy what is small, below 4096 bytes of text, costs less than another call. */
START_TEST(test_small_records)
{
    start(0);
    pair.client_config.record_limit = (uint16_t)(SW_RECORD_TAG_SIZE + 4096 - _i);
    sealed_pair_run(&pair);
    check_done();
    ck_assert_int_eq(pair.server_fake.sealed_from == NULL, _i);
}
END_TEST

/* A command lies in the buffer itself when it is put into records, and libraries refuse ranges that overlap. */
START_TEST(test_command)
{
    static char text[15000];

    start(0);
    memset(text, 'c', sizeof(text));
    pair.argument = (sw_argument){ text, sizeof(text) };
    pair.server_config.record_limit = 5000;
    sealed_pair_run(&pair);
    check_done();
    ck_assert_ptr_null(pair.client_fake.sealed_from);
    ck_assert_uint_eq(pair.command.len, strlen("catimg") + 1 + sizeof(text) + 1);
    ck_assert_mem_eq(pair.command.data + strlen("catimg") + 1, text, sizeof(text));
}
END_TEST

static int seal_nothing(void *ctx, void *state, const uint8_t nonce[SW_AEAD_NONCE_SIZE], const uint8_t *ad,
                        size_t ad_size, uint8_t *text, size_t head, const uint8_t *data, size_t size)
{
    (void)ctx;
    (void)state;
    (void)nonce;
    (void)ad;
    (void)ad_size;
    (void)text;
    (void)head;
    (void)data;
    (void)size;
    return -1;
}

START_TEST(test_failure)
{
    start(0);
    pair.server_fake.table.aead_seal_from = seal_nothing;
    sealed_pair_run(&pair);
    ck_assert_int_eq(pair.server_result, SW_E_AEAD);
    ck_assert_uint_eq(pair.server_fake.aead_states, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sealed copies");
    TCase *tcase = suite_case(suite, "copies");

    tcase_add_checked_fixture(tcase, NULL, teardown);
    tcase_add_test(tcase, test_large);
    tcase_add_test(tcase, test_same_on_the_wire);
    tcase_add_loop_test(tcase, test_small_records, 0, 2);
    tcase_add_test(tcase, test_command);
    tcase_add_test(tcase, test_failure);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
