/* SPDX-License-Identifier: ISC */
/* The AEADs of a backend, through its table: the vectors of RFC 8439 and of NIST. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static void check_bytes(const char *what, const uint8_t *got, const bytes *expected)
{
    if (memcmp(got, expected->data, expected->len) != 0)
        ck_abort_msg("%s: differs", what);
}

static void *state_of(size_t size, size_t room)
{
    ck_assert_uint_gt(size, 0);
    ck_assert_uint_le(size, room);
    return malloc(size);
}

/* RFC 8439, section 2.8.2 and appendix A.5; the GCM specification of NIST's submission, cases 13 to 16; and of NIST's
 * validation suite for GCM the first of three kinds (256-bit keys). */
#define NIST_KEY "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
#define NIST_TEXT                                                                                                 \
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532"                           \
    "fcf0e2449a6b525b16aedf5aa0de657ba637b39"
#define NIST_SEALED                                                                                               \
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da"                           \
    "7b08b1056828838c5f61e6393ba7a0abcc9f662"
#define ZEROS_32 "0000000000000000000000000000000000000000000000000000000000000000"

static const struct aead_case {
    sw_aead kind;
    const char *key, *nonce, *ad, *text, *sealed;
} aead_cases[] = {
    { SW_AEAD_AES256_GCM, ZEROS_32, "000000000000000000000000", "-", "-", "530f8afbc74536b9a963b4f1c4cb738b" },
    { SW_AEAD_AES256_GCM, ZEROS_32, "000000000000000000000000", "-", "00000000000000000000000000000000",
      "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919" },
    { SW_AEAD_AES256_GCM, NIST_KEY, "cafebabefacedbaddecaf888", "-", NIST_TEXT "1aafd255",
      NIST_SEALED "898015adb094dac5d93471bdec1a502270e3cc6c" },
    { SW_AEAD_AES256_GCM, NIST_KEY, "cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      NIST_TEXT, NIST_SEALED "76fc6ece0f4e1768cddf8853bb2d551b" },
    { SW_AEAD_CHACHA20_POLY1305, "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
      "070000004041424344454647", "50515253c0c1c2c3c4c5c6c7",
      "4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f66202739393a20496620492063"
      "6f756c64206f6666657220796f75206f6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73"
      "637265656e20776f756c642062652069742e",
      "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b"
      "1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
      "3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691" },
    { SW_AEAD_CHACHA20_POLY1305, "1c9240a5eb55d38af333888604f6b5f0473917c1402b80099dca5cbc207075c0",
      "000000000102030405060708", "f33388860000000000004e91",
      "496e7465726e65742d4472616674732061726520647261667420646f63756d656e74732076616c696420666f722061206d61"
      "78696d756d206f6620736978206d6f6e74687320616e64206d617920626520757064617465642c207265706c616365642c20"
      "6f72206f62736f6c65746564206279206f7468657220646f63756d656e747320617420616e792074696d652e204974206973"
      "20696e617070726f70726961746520746f2075736520496e7465726e65742d447261667473206173207265666572656e6365"
      "206d6174657269616c206f7220746f2063697465207468656d206f74686572207468616e206173202fe2809c776f726b2069"
      "6e2070726f67726573732e2fe2809d",
      "64a0861575861af460f062c79be643bd5e805cfd345cf389f108670ac76c8cb24c6cfc18755d43eea09ee94e382d26b0bdb7"
      "b73c321b0100d4f03b7f355894cf332f830e710b97ce98c8a84abd0b948114ad176e008d33bd60f982b1ff37c8559797a06e"
      "f4f0ef61c186324e2b3506383606907b6a7c02b0f9f6157b53c867e4b9166c767b804d46a59b5216cde7a4e99040c5a40433"
      "225ee282a1b0a06c523eaf4534d7f83fa1155b0047718cbc546a0d072b04b3564eea1b422273f548271a0bb2316053fa7699"
      "1955ebd63159434ecebb4e466dae5a1073a6727627097a1049e617d91d361094fa68f0ff77987130305beaba2eda04df997b"
      "714d6c6f2c29a6ad5cb4022b02709beead9d67890cbb22392336fea1851f38" },
    { SW_AEAD_AES256_GCM, "b52c505a37d78eda5dd34f20c22540ea1b58963cf8e5bf8ffa85f9f2492505b4",
      "516c33929df5a3284ff463d7", "-", "-", "bdc1ac884d332457a1d2664f168c76f0" },
    { SW_AEAD_AES256_GCM, "31bdadd96698c204aa9ce1448ea94ae1fb4a9a0b3c9d773b51bb1822666b8f22",
      "0d18e06c7c725ac9e362e1ce", "-", "2db5168e932556f8089a0622981d017d",
      "fa4362189661d163fcd6a56d8bf0405ad636ac1bbedd5cc3ee727dc2ab4a9489" },
    { SW_AEAD_AES256_GCM, "92e11dcdaa866f5ce790fd24501f92509aacf4cb8b1339d50c9c1240935dd08b",
      "ac93a1a6145299bde902f21a", "1e0889016f67601c8ebea4943bc23ad6", "2d71bcfa914e4ac045b2aa60955fad24",
      "8995ae2e6df3dbf96fac7b7137bae67feca5aa77d51d4a0a14d9c51e1da474ab" },
};

typedef struct aead_bytes {
    bytes key, nonce, ad, text, sealed;
    void *state;
} aead_bytes;

static aead_bytes start_aead(const struct aead_case *c)
{
    aead_bytes b = { bytes_from_hex(c->key),    bytes_from_hex(c->nonce),
                     bytes_from_hex(c->ad),     bytes_from_hex(c->text),
                     bytes_from_hex(c->sealed), state_of(crypto->aead_state_size, SW_AEAD_STATE_SIZE) };

    ck_assert_uint_eq(b.sealed.len, b.text.len + SW_AEAD_TAG_SIZE);
    ck_assert_int_eq(crypto->aead_start(crypto->ctx, b.state, c->kind, b.key.data), 0);
    return b;
}

static void end_aead(aead_bytes *b)
{
    crypto->aead_wipe(crypto->ctx, b->state);
    free(b->state);
    bytes_free(&b->key);
    bytes_free(&b->nonce);
    bytes_free(&b->ad);
    bytes_free(&b->text);
    bytes_free(&b->sealed);
}

static int open_copy(const aead_bytes *b, const bytes *nonce, const bytes *ad, const bytes *sealed, int check_text)
{
    bytes copy = bytes_copy(sealed->data, sealed->len);
    int result = crypto->aead_open(crypto->ctx, b->state, nonce->data, ad->data, ad->len, copy.data,
                                   copy.len - SW_AEAD_TAG_SIZE);

    if (check_text)
        ck_assert_mem_eq(copy.data, b->text.data, b->text.len);
    bytes_free(&copy);
    return result;
}

/* Both ways, twice with one state, as records do. */
START_TEST(test_aead)
{
    aead_bytes b = start_aead(&aead_cases[_i]);

    for (int i = 0; i < 2; i++) {
        bytes copy = bytes_copy(b.text.data, b.text.len);
        bytes_append(&copy, "0123456789abcdef", SW_AEAD_TAG_SIZE);
        ck_assert_int_eq(
            crypto->aead_seal(crypto->ctx, b.state, b.nonce.data, b.ad.data, b.ad.len, copy.data, b.text.len), 0);
        check_bytes("sealed", copy.data, &b.sealed);
        bytes_free(&copy);
        ck_assert_int_eq(open_copy(&b, &b.nonce, &b.ad, &b.sealed, 1), 0);
    }
    end_aead(&b);
}
END_TEST

/* Each byte of text, tag, nonce and associated data changed: not authentic, and the state still
 * opens what is. */
START_TEST(test_aead_changed)
{
    aead_bytes b = start_aead(&aead_cases[_i]);
    bytes *parts[] = { &b.sealed, &b.nonce, &b.ad };

    for (int part = 0; part < COUNT(parts); part++)
        for (size_t i = 0; i < parts[part]->len; i++)
            for (unsigned bit = 1; bit < 0x100; bit <<= 4) {
                parts[part]->data[i] ^= (uint8_t)bit;
                if (open_copy(&b, &b.nonce, &b.ad, &b.sealed, 0) <= 0)
                    ck_abort_msg("part %d, byte %zu, bit %u", part, i, bit);
                parts[part]->data[i] ^= (uint8_t)bit;
            }
    ck_assert_int_eq(open_copy(&b, &b.nonce, &b.ad, &b.sealed, 1), 0);
    end_aead(&b);
}
END_TEST

START_TEST(test_aead_sizes)
{
    sw_aead kind = _i ? SW_AEAD_AES256_GCM : SW_AEAD_CHACHA20_POLY1305;
    void *state = state_of(crypto->aead_state_size, SW_AEAD_STATE_SIZE);
    uint8_t key[SW_AEAD_KEY_SIZE] = { 1 }, nonce[SW_AEAD_NONCE_SIZE] = { 2 };

    ck_assert_int_eq(crypto->aead_start(crypto->ctx, state, kind, key), 0);
    for (size_t size = 0; size < 600; size++) {
        uint8_t *text = calloc(1, size + SW_AEAD_TAG_SIZE);
        if (crypto->aead_seal(crypto->ctx, state, nonce, NULL, 0, text, size) != 0 ||
            crypto->aead_open(crypto->ctx, state, nonce, NULL, 0, text, size) != 0)
            ck_abort_msg("%zu bytes", size);
        for (size_t i = 0; i < size; i++)
            ck_assert_uint_eq(text[i], 0);
        free(text);
    }
    crypto->aead_wipe(crypto->ctx, state);
    free(state);
}
END_TEST

/* With the first blocks in place and the others elsewhere: as with all of it in place. */
START_TEST(test_aead_seal_from)
{
    sw_aead kind = _i ? SW_AEAD_AES256_GCM : SW_AEAD_CHACHA20_POLY1305;
    void *state = state_of(crypto->aead_state_size, SW_AEAD_STATE_SIZE);
    uint8_t key[SW_AEAD_KEY_SIZE] = { 1 }, nonce[SW_AEAD_NONCE_SIZE] = { 2 }, ad[] = "ad";
    uint8_t text[700], whole[sizeof(text) + SW_AEAD_TAG_SIZE], parts[sizeof(whole)];

    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (uint8_t)(i * 7 >> 1);
    ck_assert_int_eq(crypto->aead_start(crypto->ctx, state, kind, key), 0);
    for (size_t size = 1; crypto->aead_seal_from != NULL && size <= sizeof(text); size = size * 9 / 8 + 1) {
        memcpy(whole, text, size);
        ck_assert_int_eq(crypto->aead_seal(crypto->ctx, state, nonce, ad, sizeof(ad), whole, size), 0);
        for (size_t head = 0; head < size; head += SW_AEAD_BLOCK_SIZE) {
            memset(parts, 0, sizeof(parts));
            memcpy(parts, text, head);
            ck_assert_int_eq(crypto->aead_seal_from(crypto->ctx, state, nonce, ad, sizeof(ad), parts, head,
                                                    text + head, size - head),
                             0);
            ck_assert_mem_eq(parts, whole, size + SW_AEAD_TAG_SIZE);
        }
    }
    crypto->aead_wipe(crypto->ctx, state);
    free(state);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("backend AEADs");
    TCase *tcase = suite_case(suite, "table");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, test_aead, 0, COUNT(aead_cases));
    tcase_add_loop_test(tcase, test_aead_changed, 0, COUNT(aead_cases));
    tcase_add_loop_test(tcase, test_aead_sizes, 0, 2);
    tcase_add_loop_test(tcase, test_aead_seal_from, 0, 2);
    return run_suite(suite);
}
