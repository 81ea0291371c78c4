/* SPDX-License-Identifier: ISC */
/* The Noise handshake: vectors of others in both roles, with every pair of backends, and prologues in
 * pieces. */
#include <stdlib.h>
#include <string.h>

#include "noise_vectors.h"
#include "suite.h"
#include "tested_backend.h"

static noise_vector vectors[NOISE_VECTORS];
static sw_crypto *crypto;

static void setup(void)
{
    crypto = tested_backend();
    noise_vectors_load(vectors);
}

static void teardown(void)
{
    noise_vectors_free(vectors);
    sw_backend_free(crypto);
}

static const bytes none;

/* Writes a message with this ephemeral key and compares it. */
static void check_write(sw_noise *noise, const sw_crypto *own, const bytes *ephemeral, const bytes *payload,
                        const bytes *expected)
{
    sw_crypto replaying;
    uint8_t *out = malloc(expected->len);
    size_t written;

    replay_random(&replaying, own, ephemeral, &none);
    noise->crypto = &replaying;
    ck_assert_int_eq(sw_noise_write(noise, payload->data, payload->len, out, expected->len, &written), SW_OK);
    ck_assert_uint_eq(written, expected->len);
    ck_assert_mem_eq(out, expected->data, written);
    ck_assert_uint_eq(replay_random_left(), 0);
    noise->crypto = own;
    free(out);
}

static void check_read(sw_noise *noise, const bytes *message, const bytes *expected)
{
    bytes copy = bytes_copy(message->data, message->len);
    uint8_t *payload;
    size_t len;

    ck_assert_int_eq(sw_noise_read(noise, copy.data, copy.len, &payload, &len), SW_OK);
    ck_assert_uint_eq(len, expected->len);
    ck_assert_mem_eq(payload, expected->data, len);
    bytes_free(&copy);
}

/* A transport message is a record without its header. */
static void check_transport(const noise_vector *v, size_t index, sw_record *sender, sw_record *receiver)
{
    const bytes *payload = &v->messages[index].payload;
    const bytes *sealed = &v->messages[index].sealed;
    bytes record = bytes_copy("\0", SW_RECORD_HEADER_SIZE);
    uint8_t *text;
    size_t used, size;

    bytes_append(&record, payload->data, payload->len);
    bytes_append(&record, "0123456789abcdef", SW_RECORD_TAG_SIZE);
    ck_assert_int_eq(sw_record_seal(sender, record.data, payload->len), SW_OK);
    ck_assert_uint_eq(record.len - SW_RECORD_HEADER_SIZE, sealed->len);
    ck_assert_mem_eq(record.data + SW_RECORD_HEADER_SIZE, sealed->data, sealed->len);
    ck_assert_int_eq(sw_record_open(receiver, record.data, record.len, &used, &text, &size), 1);
    ck_assert_uint_eq(used, record.len);
    ck_assert_uint_eq(size, payload->len);
    ck_assert_mem_eq(text, payload->data, size);
    bytes_free(&record);
}

static void check_transports(const noise_vector *v, const sw_crypto *a, const sw_crypto *b,
                             uint8_t keys[2][SW_NOISE_KEY_SIZE])
{
    sw_record sender[2], receiver[2];

    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(sw_record_init(&sender[i], i ? b : a, v->suite, keys[i], 65535), SW_OK);
        ck_assert_int_eq(sw_record_init(&receiver[i], i ? a : b, v->suite, keys[i], 65535), SW_OK);
    }
    for (size_t i = 2; i < v->message_count; i++)
        check_transport(v, i, &sender[i & 1], &receiver[i & 1]);
    for (int i = 0; i < 2; i++) {
        sw_record_wipe(&sender[i]);
        sw_record_wipe(&receiver[i]);
    }
}

static void run(const noise_vector *v, const sw_crypto *a, const sw_crypto *b)
{
    sw_x25519_key own_static = x25519_pair(b, v->responder_static.data);
    uint8_t keys[2][SW_NOISE_KEY_SIZE], other[2][SW_NOISE_KEY_SIZE];
    sw_noise initiator, responder;

    ck_assert_int_eq(sw_noise_initiator(&initiator, a, v->suite), SW_OK);
    ck_assert_int_eq(sw_noise_responder(&responder, b, v->suite, &own_static), SW_OK);
    ck_assert_int_eq(sw_noise_prologue(&initiator, v->prologue.data, v->prologue.len), SW_OK);
    ck_assert_int_eq(sw_noise_prologue(&responder, v->prologue.data, v->prologue.len), SW_OK);
    check_write(&initiator, a, &v->initiator_ephemeral, &v->messages[0].payload, &v->messages[0].sealed);
    check_read(&responder, &v->messages[0].sealed, &v->messages[0].payload);
    check_write(&responder, b, &v->responder_ephemeral, &v->messages[1].payload, &v->messages[1].sealed);
    check_read(&initiator, &v->messages[1].sealed, &v->messages[1].payload);
    ck_assert_mem_eq(initiator.hash, responder.hash, SW_NOISE_HASH_SIZE);
    if (v->hash.len > 0) /* not all projects tell it */
        ck_assert_mem_eq(initiator.hash, v->hash.data, SW_NOISE_HASH_SIZE);
    ck_assert_mem_eq(initiator.peer_static, own_static.public_half, SW_X25519_SIZE);
    ck_assert_int_eq(sw_noise_split(&initiator, keys[0], keys[1]), SW_OK);
    ck_assert_int_eq(sw_noise_split(&responder, other[0], other[1]), SW_OK);
    ck_assert_mem_eq(keys, other, sizeof(keys));
    check_transports(v, a, b, keys);
    sw_noise_wipe(&initiator);
    sw_noise_wipe(&responder);
}

START_TEST(test_vectors)
{
    run(&vectors[_i], crypto, crypto);
}
END_TEST

/* The tested backend with each of the others, in both roles. */
START_TEST(test_backend_pairs)
{
    for (size_t i = 0; sw_backend_name(i) != NULL; i++) {
        sw_crypto *other = sw_backend_new(sw_backend_name(i));
        ck_assert_ptr_nonnull(other);
        run(&vectors[_i], crypto, other);
        run(&vectors[_i], other, crypto);
        sw_backend_free(other);
    }
}
END_TEST

/* The prologue at every two cuts: the same first message, and the same hash behind it. */
START_TEST(test_prologue_cuts)
{
    const noise_vector *v = &vectors[_i];
    size_t len = v->prologue.len;

    for (size_t a = 0; a <= len; a++)
        for (size_t b = a; b <= len; b++) {
            sw_x25519_key own_static = x25519_pair(crypto, v->responder_static.data);
            sw_noise noise;
            ck_assert_int_eq(sw_noise_responder(&noise, crypto, v->suite, &own_static), SW_OK);
            sw_noise_prologue(&noise, v->prologue.data, a);
            sw_noise_prologue(&noise, v->prologue.data + a, b - a);
            sw_noise_prologue(&noise, v->prologue.data + b, len - b);
            check_read(&noise, &v->messages[0].sealed, &v->messages[0].payload);
            check_write(&noise, crypto, &v->responder_ephemeral, &v->messages[1].payload, &v->messages[1].sealed);
            sw_noise_wipe(&noise);
        }
}
END_TEST

/* The payload may be where it goes. */
START_TEST(test_in_place)
{
    const noise_vector *v = &vectors[_i];
    const bytes *payload = &v->messages[0].payload;
    uint8_t out[256];
    sw_crypto replaying;
    sw_noise noise;
    size_t written;

    replay_random(&replaying, crypto, &v->initiator_ephemeral, &none);
    memcpy(out + SW_NOISE_OVERHEAD_1, payload->data, payload->len);
    ck_assert_int_eq(sw_noise_initiator(&noise, &replaying, v->suite), SW_OK);
    ck_assert_int_eq(sw_noise_write(&noise, out + SW_NOISE_OVERHEAD_1, payload->len, out, sizeof(out), &written),
                     SW_OK);
    ck_assert_mem_eq(out, v->messages[0].sealed.data, written);
    sw_noise_wipe(&noise);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("noise");
    TCase *tcase = suite_case(suite, "vectors");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, test_vectors, 0, NOISE_VECTORS);
    tcase_add_loop_test(tcase, test_backend_pairs, 0, NOISE_VECTORS);
    tcase_add_loop_test(tcase, test_prologue_cuts, 0, NOISE_VECTORS);
    tcase_add_loop_test(tcase, test_in_place, 0, NOISE_VECTORS);
    return run_suite(suite);
}
