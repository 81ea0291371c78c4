/* SPDX-License-Identifier: ISC */
/* HMAC-SHA-256 and HKDF over a backend: RFC 4231 and RFC 5869. */
#include "../../src/hmac.h"

#include <string.h>

#include "fake_crypto.h"
#include "suite.h"
#include "support.h"
#include "tested_backend.h"

static sw_crypto *crypto;

static void setup(void)
{
    crypto = tested_backend();
}

static void teardown(void)
{
    sw_backend_free(crypto);
}

/* RFC 4231, cases 1 to 4; the extraction of RFC 5869, cases 1 and 3; and a message that ends in zero. */
static const struct hmac_case {
    const char *key, *message, *mac;
} hmac_cases[] = {
    { "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
    { "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
    { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
      "dddd",
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe" },
    { "0102030405060708090a0b0c0d0e0f10111213141516171819",
      "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
      "cdcd",
      "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b" },
    { "000102030405060708090a0b0c", "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
      "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5" },
    { "-", "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
      "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04" },
    { "4a656665", "6162630000", "451f466d408643d51e0e83066058a6cda94989c51c4de460e01195fa5d996dc2" },
};

/* The last byte of the message as `more`, too. */
START_TEST(test_hmac)
{
    const struct hmac_case *c = &hmac_cases[_i];
    bytes key = bytes_from_hex(c->key), message = bytes_from_hex(c->message);
    bytes expected = bytes_from_hex(c->mac);
    uint8_t out[SW_SHA256_SIZE];

    ck_assert_int_eq(swi_hmac(crypto, key.data, key.len, message.data, message.len, -1, out), 0);
    ck_assert_mem_eq(out, expected.data, sizeof(out));
    ck_assert_int_eq(
        swi_hmac(crypto, key.data, key.len, message.data, message.len - 1, message.data[message.len - 1], out), 0);
    ck_assert_mem_eq(out, expected.data, sizeof(out));
    bytes_free(&key);
    bytes_free(&message);
    bytes_free(&expected);
}
END_TEST

/* RFC 5869, case 3: neither salt nor info; 42 bytes are the first block and some of the second. Then
 * with the salt where the first block goes. */
START_TEST(test_hkdf)
{
    bytes input = bytes_from_hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b");
    bytes expected = bytes_from_hex(
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
        "9d201395faa4b61a96c8");
    uint8_t salt[SW_SHA256_SIZE] = { 0 }, first[SW_SHA256_SIZE], second[SW_SHA256_SIZE];

    ck_assert_int_eq(swi_hkdf(crypto, salt, input.data, input.len, first, second), 0);
    ck_assert_mem_eq(first, expected.data, sizeof(first));
    ck_assert_mem_eq(second, expected.data + sizeof(first), expected.len - sizeof(first));
    ck_assert_int_eq(swi_hkdf(crypto, salt, input.data, input.len, salt, second), 0);
    ck_assert_mem_eq(salt, expected.data, sizeof(salt));
    bytes_free(&input);
    bytes_free(&expected);
}
END_TEST

/* ---- what is left ---- */

static const uint8_t *padded; /* the key with a pad, while it is hashed */
static unsigned seen_wiped;
static fake_crypto fake;
static sw_crypto fakes_own;

static int update(void *ctx, void *state, const uint8_t *in, size_t size)
{
    if (size == 64)
        padded = in;
    return fakes_own.sha256_update(ctx, state, in, size);
}

static void look(void)
{
    static const uint8_t zeros[64];

    ck_assert_ptr_nonnull(padded);
    ck_assert_mem_eq(padded, zeros, sizeof(zeros));
    padded = NULL;
    seen_wiped++;
}

static int finish(void *ctx, void *state, uint8_t out[SW_SHA256_SIZE])
{
    look();
    return fakes_own.sha256_finish(ctx, state, out);
}

static void wipe(void *ctx, void *state)
{
    look();
    fakes_own.sha256_wipe(ctx, state);
}

/* The key is gone once it was hashed, before the hash is finished or given up. */
START_TEST(test_key_wiped)
{
    uint8_t key[SW_SHA256_SIZE] = { 1 }, out[SW_SHA256_SIZE];

    fake_crypto_init(&fake, 1);
    fakes_own = fake.table;
    fake.table.sha256_update = update;
    fake.table.sha256_finish = finish;
    fake.table.sha256_wipe = wipe;
    fake.fail_at = (size_t)_i;
    seen_wiped = 0;
    ck_assert_int_eq(swi_hmac(&fake.table, key, sizeof(key), key, sizeof(key), 1, out), _i == 0 ? 0 : -1);
    ck_assert_uint_eq(seen_wiped, _i == 0 ? 2 : 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hmac");
    TCase *tcase = suite_case(suite, "vectors");
    TCase *wiped = suite_case(suite, "wiped");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, test_hmac, 0, COUNT(hmac_cases));
    tcase_add_test(tcase, test_hkdf);
    tcase_add_test(wiped, test_key_wiped);
    tcase_add_loop_test(wiped, test_key_wiped, 3, 5); /* in the message */
    return run_suite(suite);
}
