/* Stream ciphers: RC4 against RFC 6229 at every split, and every error of every call. */
#include "cipher_support.h"

#include <stdlib.h>
#include <string.h>

#include "suite.h"

/* ---- RFC 6229, the two keys of 256 bits ---- */

enum { BLOCK = 16, BLOCK_COUNT = 18, STREAM = 4096 + BLOCK };

static const size_t offsets[BLOCK_COUNT] = { 0,    16,   240,  256,  496,  512,  752,  768,  1008,
                                             1024, 1520, 1536, 2032, 2048, 3056, 3072, 4080, 4096 };

static const struct vector {
    uint8_t key[SW_CIPHER_KEY_SIZE];
    uint8_t blocks[BLOCK_COUNT][BLOCK];
} vectors[] = {
    {
        { 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10,
          0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f, 0x20 },
        {
            { 0xea, 0xa6, 0xbd, 0x25, 0x88, 0x0b, 0xf9, 0x3d, 0x3f, 0x5d, 0x1e, 0x4c, 0xa2, 0x61, 0x1d, 0x91 },
            { 0xcf, 0xa4, 0x5c, 0x9f, 0x7e, 0x71, 0x4b, 0x54, 0xbd, 0xfa, 0x80, 0x02, 0x7c, 0xb1, 0x43, 0x80 },
            { 0x11, 0x4a, 0xe3, 0x44, 0xde, 0xd7, 0x1b, 0x35, 0xf2, 0xe6, 0x0f, 0xeb, 0xad, 0x72, 0x7f, 0xd8 },
            { 0x02, 0xe1, 0xe7, 0x05, 0x6b, 0x0f, 0x62, 0x39, 0x00, 0x49, 0x64, 0x22, 0x94, 0x3e, 0x97, 0xb6 },
            { 0x91, 0xcb, 0x93, 0xc7, 0x87, 0x96, 0x4e, 0x10, 0xd9, 0x52, 0x7d, 0x99, 0x9c, 0x6f, 0x93, 0x6b },
            { 0x49, 0xb1, 0x8b, 0x42, 0xf8, 0xe8, 0x36, 0x7c, 0xbe, 0xb5, 0xef, 0x10, 0x4b, 0xa1, 0xc7, 0xcd },
            { 0x87, 0x08, 0x4b, 0x3b, 0xa7, 0x00, 0xba, 0xde, 0x95, 0x56, 0x10, 0x67, 0x27, 0x45, 0xb3, 0x74 },
            { 0xe7, 0xa7, 0xb9, 0xe9, 0xec, 0x54, 0x0d, 0x5f, 0xf4, 0x3b, 0xdb, 0x12, 0x79, 0x2d, 0x1b, 0x35 },
            { 0xc7, 0x99, 0xb5, 0x96, 0x73, 0x8f, 0x6b, 0x01, 0x8c, 0x76, 0xc7, 0x4b, 0x17, 0x59, 0xbd, 0x90 },
            { 0x7f, 0xec, 0x5b, 0xfd, 0x9f, 0x9b, 0x89, 0xce, 0x65, 0x48, 0x30, 0x90, 0x92, 0xd7, 0xe9, 0x58 },
            { 0x40, 0xf2, 0x50, 0xb2, 0x6d, 0x1f, 0x09, 0x6a, 0x4a, 0xfd, 0x4c, 0x34, 0x0a, 0x58, 0x88, 0x15 },
            { 0x3e, 0x34, 0x13, 0x5c, 0x79, 0xdb, 0x01, 0x02, 0x00, 0x76, 0x76, 0x51, 0xcf, 0x26, 0x30, 0x73 },
            { 0xf6, 0x56, 0xab, 0xcc, 0xf8, 0x8d, 0xd8, 0x27, 0x02, 0x7b, 0x2c, 0xe9, 0x17, 0xd4, 0x64, 0xec },
            { 0x18, 0xb6, 0x25, 0x03, 0xbf, 0xbc, 0x07, 0x7f, 0xba, 0xbb, 0x98, 0xf2, 0x0d, 0x98, 0xab, 0x34 },
            { 0x8a, 0xed, 0x95, 0xee, 0x5b, 0x0d, 0xcb, 0xfb, 0xef, 0x4e, 0xb2, 0x1d, 0x3a, 0x3f, 0x52, 0xf9 },
            { 0x62, 0x5a, 0x1a, 0xb0, 0x0e, 0xe3, 0x9a, 0x53, 0x27, 0x34, 0x6b, 0xdd, 0xb0, 0x1a, 0x9c, 0x18 },
            { 0xa1, 0x3a, 0x7c, 0x79, 0xc7, 0xe1, 0x19, 0xb5, 0xab, 0x02, 0x96, 0xab, 0x28, 0xc3, 0x00, 0xb9 },
            { 0xf3, 0xe4, 0xc0, 0xa2, 0xe0, 0x2d, 0x1d, 0x01, 0xf7, 0xf0, 0xa7, 0x46, 0x18, 0xaf, 0x2b, 0x48 },
        },
    },
    {
        { 0x1a, 0xda, 0x31, 0xd5, 0xcf, 0x68, 0x82, 0x21, 0xc1, 0x09, 0x16, 0x39, 0x08, 0xeb, 0xe5, 0x1d,
          0xeb, 0xb4, 0x62, 0x27, 0xc6, 0xcc, 0x8b, 0x37, 0x64, 0x19, 0x10, 0x83, 0x32, 0x22, 0x77, 0x2a },
        {
            { 0xdd, 0x5b, 0xcb, 0x00, 0x18, 0xe9, 0x22, 0xd4, 0x94, 0x75, 0x9d, 0x7c, 0x39, 0x5d, 0x02, 0xd3 },
            { 0xc8, 0x44, 0x6f, 0x8f, 0x77, 0xab, 0xf7, 0x37, 0x68, 0x53, 0x53, 0xeb, 0x89, 0xa1, 0xc9, 0xeb },
            { 0xaf, 0x3e, 0x30, 0xf9, 0xc0, 0x95, 0x04, 0x59, 0x38, 0x15, 0x15, 0x75, 0xc3, 0xfb, 0x90, 0x98 },
            { 0xf8, 0xcb, 0x62, 0x74, 0xdb, 0x99, 0xb8, 0x0b, 0x1d, 0x20, 0x12, 0xa9, 0x8e, 0xd4, 0x8f, 0x0e },
            { 0x25, 0xc3, 0x00, 0x5a, 0x1c, 0xb8, 0x5d, 0xe0, 0x76, 0x25, 0x98, 0x39, 0xab, 0x71, 0x98, 0xab },
            { 0x9d, 0xcb, 0xc1, 0x83, 0xe8, 0xcb, 0x99, 0x4b, 0x72, 0x7b, 0x75, 0xbe, 0x31, 0x80, 0x76, 0x9c },
            { 0xa1, 0xd3, 0x07, 0x8d, 0xfa, 0x91, 0x69, 0x50, 0x3e, 0xd9, 0xd4, 0x49, 0x1d, 0xee, 0x4e, 0xb2 },
            { 0x85, 0x14, 0xa5, 0x49, 0x58, 0x58, 0x09, 0x6f, 0x59, 0x6e, 0x4b, 0xcd, 0x66, 0xb1, 0x06, 0x65 },
            { 0x5f, 0x40, 0xd5, 0x9e, 0xc1, 0xb0, 0x3b, 0x33, 0x73, 0x8e, 0xfa, 0x60, 0xb2, 0x25, 0x5d, 0x31 },
            { 0x34, 0x77, 0xc7, 0xf7, 0x64, 0xa4, 0x1b, 0xac, 0xef, 0xf9, 0x0b, 0xf1, 0x4f, 0x92, 0xb7, 0xcc },
            { 0xac, 0x4e, 0x95, 0x36, 0x8d, 0x99, 0xb9, 0xeb, 0x78, 0xb8, 0xda, 0x8f, 0x81, 0xff, 0xa7, 0x95 },
            { 0x8c, 0x3c, 0x13, 0xf8, 0xc2, 0x38, 0x8b, 0xb7, 0x3f, 0x38, 0x57, 0x6e, 0x65, 0xb7, 0xc4, 0x46 },
            { 0x13, 0xc4, 0xb9, 0xc1, 0xdf, 0xb6, 0x65, 0x79, 0xed, 0xdd, 0x8a, 0x28, 0x0b, 0x9f, 0x73, 0x16 },
            { 0xdd, 0xd2, 0x78, 0x20, 0x55, 0x01, 0x26, 0x69, 0x8e, 0xfa, 0xad, 0xc6, 0x4b, 0x64, 0xf6, 0x6e },
            { 0xf0, 0x8f, 0x2e, 0x66, 0xd2, 0x8e, 0xd1, 0x43, 0xf3, 0xa2, 0x37, 0xcf, 0x9d, 0xe7, 0x35, 0x59 },
            { 0x9e, 0xa3, 0x6c, 0x52, 0x55, 0x31, 0xb8, 0x80, 0xba, 0x12, 0x43, 0x34, 0xf5, 0x7b, 0x0b, 0x70 },
            { 0xd5, 0xa3, 0x9e, 0x3d, 0xfc, 0xc5, 0x02, 0x80, 0xba, 0xc4, 0xa6, 0xb5, 0xaa, 0x0d, 0xca, 0x7d },
            { 0x37, 0x0b, 0x1c, 0x1f, 0xe6, 0x55, 0x91, 0x6d, 0x97, 0xfd, 0x0d, 0x47, 0xca, 0x1d, 0x72, 0xb8 },
        },
    },
};

static void check_stream(const struct vector *v, const uint8_t *stream)
{
    for (size_t i = 0; i < BLOCK_COUNT; i++)
        if (memcmp(stream + offsets[i], v->blocks[i], BLOCK) != 0)
            ck_abort_msg("RC4 key stream differs at offset %zu", offsets[i]);
}

static void start_rc4(sw_cipher *cipher, const struct vector *v)
{
    uint8_t *key = exact_copy(v->key, sizeof(v->key));

    ck_assert_int_eq(sw_cipher_init(cipher, SW_CIPHER_RC4, NULL, key), SW_OK);
    free(key);
}

START_TEST(test_rc4_splits)
{
    const struct vector *v = &vectors[_i / 2];
    uint8_t stream[STREAM];
    sw_cipher cipher;

    for (size_t cut = 0; cut <= STREAM; cut++) {
        memset(stream, 0, sizeof(stream));
        start_rc4(&cipher, v);
        draw(&cipher, stream, cut, _i % 2);
        draw(&cipher, stream + cut, STREAM - cut, _i % 2);
        check_stream(v, stream);
    }
}
END_TEST

START_TEST(test_rc4_bytewise)
{
    const struct vector *v = &vectors[_i / 2];
    uint8_t stream[STREAM];
    sw_cipher cipher;

    start_rc4(&cipher, v);
    for (size_t i = 0; i < STREAM; i++)
        draw(&cipher, stream + i, 1, _i % 2);
    check_stream(v, stream);
}
END_TEST

START_TEST(test_rc4_round_trip)
{
    static const char text[] = "the key stream of both sides is one";
    uint8_t *work = exact_copy(text, sizeof(text));
    sw_cipher here, there;

    start_rc4(&here, &vectors[0]);
    start_rc4(&there, &vectors[0]);
    ck_assert_int_eq(sw_cipher_apply(&here, work, work, sizeof(text)), SW_OK);
    ck_assert_mem_ne(work, text, sizeof(text));
    ck_assert_int_eq(sw_cipher_apply(&there, work, work, sizeof(text)), SW_OK);
    ck_assert_mem_eq(work, text, sizeof(text));
    free(work);
}
END_TEST

/* ---- errors ---- */

static const struct init_case {
    const char *what;
    int kind;
    int with_crypto, with_key, init_result;
    size_t struct_size, state_size;
    int result;
} init_cases[] = {
    { "none needs no key", SW_CIPHER_NONE, 0, 0, 0, 0, 0, SW_OK },
    { "none with a key", SW_CIPHER_NONE, 1, 1, 0, 0, 0, SW_OK },
    { "RC4 without key", SW_CIPHER_RC4, 1, 0, 0, sizeof(sw_crypto), 1, SW_E_NULL },
    { "RC4 without backend", SW_CIPHER_RC4, 0, 1, 0, 0, 0, SW_OK },
    { "RC4 ignores the backend", SW_CIPHER_RC4, 1, 1, -1, 0, 9999, SW_OK },
    { "AES without key", SW_CIPHER_AES_CTR128, 1, 0, 0, sizeof(sw_crypto), 1, SW_E_NULL },
    { "AES without backend", SW_CIPHER_AES_CTR128, 0, 1, 0, 0, 0, SW_E_NULL },
    { "AES", SW_CIPHER_AES_CTR128, 1, 1, 0, sizeof(sw_crypto), SW_AES_STATE_SIZE, SW_OK },
    { "AES, a newer table", SW_CIPHER_AES_CTR128, 1, 1, 0, sizeof(sw_crypto) + 8, 1, SW_OK },
    { "AES, table of size 0", SW_CIPHER_AES_CTR128, 1, 1, 0, 0, 1, SW_E_CIPHER },
    { "AES, table cut short", SW_CIPHER_AES_CTR128, 1, 1, 0, sizeof(sw_crypto) - 1, 1,
      SW_E_CIPHER },
    { "AES, state too large", SW_CIPHER_AES_CTR128, 1, 1, 0, sizeof(sw_crypto),
      SW_AES_STATE_SIZE + 1, SW_E_CIPHER },
    { "AES, backend fails", SW_CIPHER_AES_CTR128, 1, 1, -1, sizeof(sw_crypto), 1, SW_E_AES },
    { "unknown kind", 3, 1, 1, 0, sizeof(sw_crypto), 1, SW_E_CIPHER },
    { "unknown kind without key", 3, 1, 0, 0, sizeof(sw_crypto), 1, SW_E_NULL },
};

START_TEST(test_init)
{
    const struct init_case *c = &init_cases[_i];
    sw_cipher cipher;
    recorder r;
    int result;

    memset(&cipher, 0xee, sizeof(cipher));
    record(&r);
    r.init_result = c->init_result;
    r.crypto.struct_size = c->struct_size;
    r.crypto.aes_state_size = c->state_size;
    result = sw_cipher_init(&cipher, (sw_cipher_kind)c->kind, c->with_crypto ? &r.crypto : NULL,
                            c->with_key ? vectors[0].key : NULL);
    ck_assert_msg(result == c->result, "%s: %d", c->what, result);
    if (result < 0)
        check_wiped(&cipher);
    else
        ck_assert_int_eq((int)cipher.kind, c->kind);
    sw_cipher_wipe(&cipher);
    check_wiped(&cipher);
}
END_TEST

START_TEST(test_null)
{
    uint8_t byte = 1;
    sw_cipher cipher;

    ck_assert_int_eq(sw_cipher_init(NULL, SW_CIPHER_RC4, NULL, vectors[0].key), SW_E_NULL);
    ck_assert_int_eq(sw_cipher_apply(NULL, &byte, &byte, 1), SW_E_NULL);
    ck_assert_int_eq(sw_cipher_apply(NULL, NULL, NULL, 0), SW_E_NULL);
    sw_cipher_wipe(NULL);
    for (int kind = SW_CIPHER_NONE; kind <= SW_CIPHER_RC4; kind++) {
        ck_assert_int_eq(sw_cipher_init(&cipher, (sw_cipher_kind)kind, NULL, vectors[0].key),
                         SW_OK);
        ck_assert_int_eq(sw_cipher_apply(&cipher, NULL, &byte, 1), SW_E_NULL);
        ck_assert_int_eq(sw_cipher_apply(&cipher, &byte, NULL, 1), SW_E_NULL);
        ck_assert_int_eq(sw_cipher_apply(&cipher, NULL, NULL, 1), SW_E_NULL);
        ck_assert_int_eq(sw_cipher_apply(&cipher, NULL, NULL, 0), SW_OK);
        ck_assert_int_eq(sw_cipher_apply(&cipher, &byte, NULL, 0), SW_OK);
        ck_assert_int_eq(sw_cipher_apply(&cipher, NULL, &byte, 0), SW_OK);
        ck_assert_uint_eq(byte, 1);
    }
}
END_TEST

START_TEST(test_unknown_kind)
{
    uint8_t byte = 1;
    sw_cipher cipher;

    ck_assert_int_eq(sw_cipher_init(&cipher, SW_CIPHER_NONE, NULL, NULL), SW_OK);
    cipher.kind = (sw_cipher_kind)3;
    ck_assert_int_eq(sw_cipher_apply(&cipher, &byte, &byte, 1), SW_E_CIPHER);
    ck_assert_uint_eq(byte, 1);
}
END_TEST

static const struct overlap_case {
    size_t out, in, n;
    int result;
} overlap_cases[] = {
    { 0, 1, 4, SW_E_OVERLAP }, { 1, 0, 4, SW_E_OVERLAP }, { 0, 3, 4, SW_E_OVERLAP },
    { 3, 0, 4, SW_E_OVERLAP }, { 0, 4, 4, SW_OK },        { 4, 0, 4, SW_OK },
    { 2, 2, 4, SW_OK },        { 0, 1, 1, SW_OK },        { 1, 0, 1, SW_OK },
    { 0, 1, 0, SW_OK },
};

/* A refused call touches nothing and spends no key stream. */
START_TEST(test_overlap)
{
    const struct overlap_case *c = &overlap_cases[_i];

    for (int kind = SW_CIPHER_NONE; kind <= SW_CIPHER_RC4; kind++) {
        static const uint8_t before[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
        uint8_t *work = exact_copy(before, sizeof(before));
        uint8_t expected[8];
        uint8_t next[BLOCK] = { 0 };
        sw_cipher cipher;
        size_t spent = c->result == SW_OK ? c->n : 0;

        ck_assert_int_eq(sw_cipher_init(&cipher, (sw_cipher_kind)kind, NULL, vectors[0].key),
                         SW_OK);
        memcpy(expected, before, sizeof(before));
        for (size_t i = 0; i < spent; i++)
            expected[c->out + i] = before[c->in + i] ^
                                   (kind == SW_CIPHER_RC4 ? vectors[0].blocks[0][i] : 0);
        ck_assert_int_eq(sw_cipher_apply(&cipher, work + c->out, work + c->in, c->n), c->result);
        ck_assert_mem_eq(work, expected, sizeof(expected));
        ck_assert_int_eq(sw_cipher_apply(&cipher, next, next, BLOCK - spent), SW_OK);
        if (kind == SW_CIPHER_RC4)
            ck_assert_mem_eq(next, vectors[0].blocks[0] + spent, BLOCK - spent);
        free(work);
    }
}
END_TEST

START_TEST(test_wipe)
{
    sw_cipher cipher;

    memset(&cipher, 0, sizeof(cipher));
    sw_cipher_wipe(&cipher); /* zeroed is fine */
    check_wiped(&cipher);
    start_rc4(&cipher, &vectors[0]);
    sw_cipher_wipe(&cipher);
    check_wiped(&cipher);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cipher");
    TCase *rc4 = suite_case(suite, "RC4");
    TCase *errors = suite_case(suite, "errors");

    tcase_add_loop_test(rc4, test_rc4_splits, 0, 2 * COUNT(vectors));
    tcase_add_loop_test(rc4, test_rc4_bytewise, 0, 2 * COUNT(vectors));
    tcase_add_test(rc4, test_rc4_round_trip);
    tcase_add_loop_test(errors, test_init, 0, COUNT(init_cases));
    tcase_add_test(errors, test_null);
    tcase_add_test(errors, test_unknown_kind);
    tcase_add_loop_test(errors, test_overlap, 0, COUNT(overlap_cases));
    tcase_add_test(errors, test_wipe);
    return run_suite(suite);
}
