/* SPDX-License-Identifier: ISC */
/* What sealed sessions need of a backend, through its table: the vectors of the RFCs and of NIST. */
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

/* ---- SHA-256 in pieces ---- */

/* At every two cuts of a text around the block size, like the hash of the whole. */
START_TEST(test_sha256_pieces)
{
    static const size_t sizes[] = { 0, 1, 55, 56, 63, 64, 65, 130 };
    void *state = state_of(crypto->sha256_state_size, SW_SHA256_STATE_SIZE);
    size_t size = sizes[_i];
    bytes text = bytes_copy("", 0);

    for (size_t i = 0; i < size; i++)
        bytes_append(&text, &(uint8_t){ (uint8_t)(i * 7) }, 1);
    for (size_t a = 0; a <= size; a++)
        for (size_t b = a; b <= size; b++) {
            uint8_t whole[SW_SHA256_SIZE], pieces[SW_SHA256_SIZE];
            if (crypto->sha256(crypto->ctx, whole, text.data, size) != 0 ||
                crypto->sha256_start(crypto->ctx, state) != 0 ||
                crypto->sha256_update(crypto->ctx, state, text.data, a) != 0 ||
                crypto->sha256_update(crypto->ctx, state, text.data + a, b - a) != 0 ||
                crypto->sha256_update(crypto->ctx, state, text.data + b, size - b) != 0 ||
                crypto->sha256_finish(crypto->ctx, state, pieces) != 0 ||
                memcmp(whole, pieces, sizeof(whole)) != 0)
                ck_abort_msg("%zu bytes cut at %zu and %zu", size, a, b);
        }
    ck_assert_int_eq(crypto->sha256_start(crypto->ctx, state), 0);
    ck_assert_int_eq(crypto->sha256_update(crypto->ctx, state, NULL, 0), 0);
    crypto->sha256_wipe(crypto->ctx, state); /* nobody wants it any more */
    bytes_free(&text);
    free(state);
}
END_TEST

/* ---- X25519 ---- */

/* RFC 7748, sections 5.2 and 6.1; the last two with a public half that is not canonical. */
static const struct x25519_case {
    const char *secret, *peer, *shared;
} x25519_cases[] = {
    { "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
      "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
      "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552" },
    { "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
      "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
      "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957" },
    { "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
      "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
      "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742" },
    { "7777777777777777777777777777777777777777777777777777777777777777",
      "efffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "80a3e4f8696490bc855609de70652cf090b8ab9e0c8216f4d11e6e1e5c20bd47" },
    { "7777777777777777777777777777777777777777777777777777777777777777",
      "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
      "ef4eb6822f34c1af03a0cf400c48d4bc05f5d009feb6e375284a4ebe58525c50" },
};

static void make_pair(sw_x25519_key *key, const char *secret)
{
    bytes b = bytes_from_hex(secret);

    ck_assert_uint_eq(b.len, SW_X25519_SIZE);
    memcpy(key->secret, b.data, b.len);
    ck_assert_int_eq(crypto->x25519_public(crypto->ctx, key->public_half, key->secret), 0);
    bytes_free(&b);
}

START_TEST(test_x25519)
{
    const struct x25519_case *c = &x25519_cases[_i];
    bytes peer = bytes_from_hex(c->peer), shared = bytes_from_hex(c->shared);
    uint8_t *out = malloc(SW_X25519_SIZE);
    sw_x25519_key key;

    make_pair(&key, c->secret);
    ck_assert_int_eq(crypto->x25519(crypto->ctx, out, &key, peer.data), 0);
    check_bytes(c->secret, out, &shared);
    free(out);
    bytes_free(&peer);
    bytes_free(&shared);
}
END_TEST

START_TEST(test_x25519_public)
{
    bytes expected = bytes_from_hex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
    sw_x25519_key key;

    make_pair(&key, x25519_cases[2].secret);
    check_bytes("public half", key.public_half, &expected);
    bytes_free(&expected);
}
END_TEST

/* RFC 7748, section 5.2: each result is the next secret. Emulated, a thousand of them take minutes. */
START_TEST(test_x25519_iterated)
{
    const int times = getenv("SIDEWIRE_EMULATED") == NULL ? 1000 : 1;
    bytes once = bytes_from_hex("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079");
    bytes all = bytes_from_hex("684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51");
    uint8_t u[SW_X25519_SIZE] = { 9 }, out[SW_X25519_SIZE];
    sw_x25519_key key = { .secret = { 9 } };

    for (int i = 0; i < times; i++) {
        ck_assert_int_eq(crypto->x25519_public(crypto->ctx, key.public_half, key.secret), 0);
        ck_assert_int_eq(crypto->x25519(crypto->ctx, out, &key, u), 0);
        memcpy(u, key.secret, sizeof(u));
        memcpy(key.secret, out, sizeof(out));
        if (i == 0)
            check_bytes("once", out, &once);
    }
    if (times == 1)
        printf("emulated: X25519 was iterated once, not a thousand times\n");
    else
        check_bytes("1000 times", out, &all);
    bytes_free(&once);
    bytes_free(&all);
}
END_TEST

/* The points of low order, canonical and not, with and without the top bit. */
static const char *const low_order[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b880",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
};

START_TEST(test_x25519_low_order)
{
    bytes peer = bytes_from_hex(low_order[_i]);
    uint8_t out[SW_X25519_SIZE];
    static const uint8_t zeros[SW_X25519_SIZE];
    sw_x25519_key key;

    memset(out, 0xee, sizeof(out));
    make_pair(&key, x25519_cases[0].secret);
    ck_assert_int_eq(crypto->x25519(crypto->ctx, out, &key, peer.data), 0);
    ck_assert_mem_eq(out, zeros, sizeof(out));
    bytes_free(&peer);
}
END_TEST

/* ---- signatures ---- */

START_TEST(test_rsa)
{
    static const char *const names[] = { "bob", "carol", "alice" };
    sw_private_key key;
    sw_public_key public_key;
    uint8_t hash[SW_SHA256_SIZE], *signature;
    sw_rsa_private private_view;
    sw_rsa_public public_view;

    vector_private_key(names[_i], &key);
    vector_public_key(names[_i], &public_key);
    private_view = sw_private_key_view(&key);
    public_view = sw_public_key_view(&public_key);
    signature = malloc(key.n_size);
    ck_assert_int_eq(crypto->sha256(crypto->ctx, hash, (const uint8_t *)"text", 4), 0);
    ck_assert_int_eq(crypto->rsa_sign(crypto, &private_view, hash, signature), 0);
    ck_assert_int_eq(crypto->rsa_verify(crypto, &public_view, hash, signature), 0);
    for (size_t i = 0; i < key.n_size; i += 7) {
        signature[i] ^= 1;
        if (crypto->rsa_verify(crypto, &public_view, hash, signature) <= 0)
            ck_abort_msg("byte %zu of the signature changed", i);
        signature[i] ^= 1;
    }
    hash[31] ^= 1;
    ck_assert_int_gt(crypto->rsa_verify(crypto, &public_view, hash, signature), 0);
    memset(signature, 0xff, key.n_size); /* not below the modulus */
    ck_assert_int_gt(crypto->rsa_verify(crypto, &public_view, hash, signature), 0);
    memset(signature, 0, key.n_size);
    ck_assert_int_gt(crypto->rsa_verify(crypto, &public_view, hash, signature), 0);
    free(signature);
    sw_private_key_wipe(&key);
}
END_TEST

/* Deterministic, so all backends give what Python's cryptography gave for bob's key and "text". */
START_TEST(test_rsa_known)
{
    sw_private_key key;
    sw_rsa_private view;
    uint8_t hash[SW_SHA256_SIZE], again[SW_SHA256_SIZE], signature[SW_RSA_MAX_SIZE];
    bytes expected = bytes_from_hex("4419ce25f9de14adbd8e06ffd6a74285e9e6317096d2554c6d405da0f3224007");

    vector_private_key("bob", &key);
    view = sw_private_key_view(&key);
    ck_assert_int_eq(crypto->sha256(crypto->ctx, hash, (const uint8_t *)"text", 4), 0);
    ck_assert_int_eq(crypto->rsa_sign(crypto, &view, hash, signature), 0);
    ck_assert_int_eq(crypto->sha256(crypto->ctx, again, signature, key.n_size), 0);
    check_bytes("hash of the signature", again, &expected);
    if (crypto->key_prepare != NULL) {
        view.prepared = crypto->key_prepare(crypto->ctx, &view);
        ck_assert(view.prepared != NULL);
        memset(signature, 0, sizeof(signature));
        ck_assert_int_eq(crypto->rsa_sign(crypto, &view, hash, signature), 0);
        ck_assert_int_eq(crypto->sha256(crypto->ctx, again, signature, key.n_size), 0);
        check_bytes("with a prepared key", again, &expected);
        crypto->key_forget(crypto->ctx, view.prepared);
    }
    bytes_free(&expected);
    sw_private_key_wipe(&key);
}
END_TEST

/* RFC 8032, section 7.1: all of them. */
static const struct ed25519_case {
    const char *secret, *public_half, *message, *signature;
} ed25519_cases[] = {
    { "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "-",
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
      "d25bf5f0595bbe24655141438e7a100b" },
    { "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
      "387b2eaeb4302aeeb00d291612bb0c00" },
    { "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
      "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
      "4a7c15e9716ed28dc027beceea1ec40a" },
    { "f5e5767cf153319517630f226876b86c8160cc583bc013744c6bf255f5cc0ee5",
      "278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e",
      "08b8b2b733424243760fe426a4b54908632110a66c2f6591eabd3345e3e4eb98fa6e264bf09efe12ee50f8f54e9f77b1e355"
      "f6c50544e23fb1433ddf73be84d879de7c0046dc4996d9e773f4bc9efe5738829adb26c81b37c93a1b270b20329d658675fc"
      "6ea534e0810a4432826bf58c941efb65d57a338bbd2e26640f89ffbc1a858efcb8550ee3a5e1998bd177e93a7363c344fe6b"
      "199ee5d02e82d522c4feba15452f80288a821a579116ec6dad2b3b310da903401aa62100ab5d1a36553e06203b33890cc9b8"
      "32f79ef80560ccb9a39ce767967ed628c6ad573cb116dbefefd75499da96bd68a8a97b928a8bbc103b6621fcde2beca1231d"
      "206be6cd9ec7aff6f6c94fcd7204ed3455c68c83f4a41da4af2b74ef5c53f1d8ac70bdcb7ed185ce81bd84359d44254d9562"
      "9e9855a94a7c1958d1f8ada5d0532ed8a5aa3fb2d17ba70eb6248e594e1a2297acbbb39d502f1a8c6eb6f1ce22b3de1a1f40"
      "cc24554119a831a9aad6079cad88425de6bde1a9187ebb6092cf67bf2b13fd65f27088d78b7e883c8759d2c4f5c65adb7553"
      "878ad575f9fad878e80a0c9ba63bcbcc2732e69485bbc9c90bfbd62481d9089beccf80cfe2df16a2cf65bd92dd597b0707e0"
      "917af48bbb75fed413d238f5555a7a569d80c3414a8d0859dc65a46128bab27af87a71314f318c782b23ebfe808b82b0ce26"
      "401d2e22f04d83d1255dc51addd3b75a2b1ae0784504df543af8969be3ea7082ff7fc9888c144da2af58429ec96031dbcad3"
      "dad9af0dcbaaaf268cb8fcffead94f3c7ca495e056a9b47acdb751fb73e666c6c655ade8297297d07ad1ba5e43f1bca32301"
      "651339e22904cc8c42f58c30c04aafdb038dda0847dd988dcda6f3bfd15c4b4c4525004aa06eeff8ca61783aacec57fb3d1f"
      "92b0fe2fd1a85f6724517b65e614ad6808d6f6ee34dff7310fdc82aebfd904b01e1dc54b2927094b2db68d6f903b68401ade"
      "bf5a7e08d78ff4ef5d63653a65040cf9bfd4aca7984a74d37145986780fc0b16ac451649de6188a7dbdf191f64b5fc5e2ab4"
      "7b57f7f7276cd419c17a3ca8e1b939ae49e488acba6b965610b5480109c8b17b80e1b7b750dfc7598d5d5011fd2dcc5600a3"
      "2ef5b52a1ecc820e308aa342721aac0943bf6686b64b2579376504ccc493d97e6aed3fb0f9cd71a43dd497f01f17c0e2cb37"
      "97aa2a2f256656168e6c496afc5fb93246f6b1116398a346f1a641f3b041e989f7914f90cc2c7fff357876e506b50d334ba7"
      "7c225bc307ba537152f3f1610e4eafe595f6d9d90d11faa933a15ef1369546868a7f3a45a96768d40fd9d03412c091c6315c"
      "f4fde7cb68606937380db2eaaa707b4c4185c32eddcdd306705e4dc1ffc872eeee475a64dfac86aba41c0618983f8741c5ef"
      "68d3a101e8a3b8cac60c905c15fc910840b94c00a0b9d0",
      "0aab4c900501b3e24d7cdf4663326a3a87df5e4843b2cbdb67cbf6e460fec350aa5371b1508f9f4528ecea23c436d94b"
      "5e8fcd4f681e30a6ac00a9704a188a03" },
    { "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
      "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
      "454d4423643ce80e2a9ac94fa54ca49f",
      "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e030"
      "3dca179c138ac17ad9bef1177331a704" },
};

/* A backend without Ed25519 has neither half of it, which is all that can be asked of it. */
static int has_ed25519(void)
{
    ck_assert((crypto->ed25519_sign == NULL) == (crypto->ed25519_verify == NULL));
    ck_assert((crypto->ed25519_sign == NULL) == (crypto->ed25519_public == NULL));
    ck_assert_int_eq(crypto->ed25519_sign == NULL, strcmp(crypto->name, "mbedtls") == 0);
    return crypto->ed25519_sign != NULL;
}

START_TEST(test_ed25519)
{
    const struct ed25519_case *c = &ed25519_cases[_i];
    bytes secret = bytes_from_hex(c->secret), half = bytes_from_hex(c->public_half);
    bytes message = bytes_from_hex(c->message), expected = bytes_from_hex(c->signature);
    uint8_t *signature = malloc(SW_ED25519_SIGNATURE_SIZE);
    sw_ed25519_key key;

    memcpy(key.secret, secret.data, sizeof(key.secret));
    memcpy(key.public_half, half.data, sizeof(key.public_half));
    if (has_ed25519()) {
        uint8_t computed[SW_ED25519_PUBLIC_SIZE];
        ck_assert_int_eq(crypto->ed25519_public(crypto->ctx, computed, secret.data), 0);
        check_bytes("public half", computed, &half);
        ck_assert_int_eq(crypto->ed25519_sign(crypto->ctx, &key, message.data, message.len, signature), 0);
        check_bytes("signature", signature, &expected);
        ck_assert_int_eq(crypto->ed25519_verify(crypto->ctx, half.data, message.data, message.len, signature), 0);
        for (size_t i = 0; i < SW_ED25519_SIGNATURE_SIZE; i++) {
            signature[i] ^= 1;
            if (crypto->ed25519_verify(crypto->ctx, half.data, message.data, message.len, signature) <= 0)
                ck_abort_msg("byte %zu of the signature changed", i);
            signature[i] ^= 1;
        }
        half.data[3] ^= 1;
        ck_assert_int_ne(crypto->ed25519_verify(crypto->ctx, half.data, message.data, message.len, signature), 0);
    }
    free(signature);
    bytes_free(&secret);
    bytes_free(&half);
    bytes_free(&message);
    bytes_free(&expected);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("backend sealed");
    TCase *tcase = suite_case(suite, "table");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, test_sha256_pieces, 0, 8);
    tcase_add_loop_test(tcase, test_x25519, 0, COUNT(x25519_cases));
    tcase_add_test(tcase, test_x25519_public);
    tcase_add_test(tcase, test_x25519_iterated);
    tcase_add_loop_test(tcase, test_x25519_low_order, 0, COUNT(low_order));
    tcase_add_loop_test(tcase, test_rsa, 0, 3);
    tcase_add_test(tcase, test_rsa_known);
    tcase_add_loop_test(tcase, test_ed25519, 0, COUNT(ed25519_cases));
    return run_suite(suite);
}
