/* SPDX-License-Identifier: ISC */
/* What --verbose says of a session, word by word, and why keys are refused. */
#include "client_scene.h"

#include "scratch.h"

#include <sidewire/packet.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PLAIN "client: not sealed, so others can change what is said and read it later: "
#define BROKEN "client: the cipher is broken, so others can read it now\n"
#define OLD "client: the hash in the handshake is SHA-1, an old one\n"
#define END "client: authenticated as alice\nclient: exit status 0\n"

enum { SIDEBAND = SW_FEATURE_SIDEBAND, AES = SW_FEATURE_AES_CTR128, SHA256 = SW_FEATURE_SHA256 };

/* ---- sessions that are not sealed ---- */

static const struct {
    unsigned features;
    int plain;
    const char *errors;
} plain_sessions[] = {
    { SW_FEATURES_ALL, 1,
      "client: features: sideband,aes_ctr128,sha256\nclient: cipher: AES-128-CTR\n" PLAIN
      "--plain asks for it\n" END },
    { SW_FEATURES_ALL | SW_FEATURES_SEALED, 1,
      "client: features: sideband,aes_ctr128,sha256\nclient: cipher: AES-128-CTR\n" PLAIN
      "--plain asks for it\n" END },
    { SW_FEATURES_ALL | SW_FEATURES_SEALED, 0,
      "client: features: sideband,aes_ctr128,sha256\nclient: cipher: AES-128-CTR\n" PLAIN
      "the server offers no better\n" END },
    { SW_FEATURES_ALL | SW_FEATURE_NOISE_AESGCM, 0,
      "client: features: sideband,aes_ctr128,sha256\nclient: cipher: AES-128-CTR\n" PLAIN
      "the server offers no better\n" END },
    { SW_FEATURES_ALL, 0,
      "client: features: sideband,aes_ctr128,sha256\nclient: cipher: AES-128-CTR\n" PLAIN
      "--features asks for it\n" END },
    { SIDEBAND | AES, 1,
      "client: features: sideband,aes_ctr128\nclient: cipher: AES-128-CTR\n" PLAIN
      "--plain asks for it\n" OLD END },
    { SIDEBAND | SHA256, 1,
      "client: features: sideband,sha256\nclient: cipher: RC4\n" PLAIN "--plain asks for it\n" BROKEN END },
    { SIDEBAND, 1,
      "client: features: sideband\nclient: cipher: RC4\n" PLAIN "--plain asks for it\n" BROKEN OLD END },
};

START_TEST(plain_session)
{
    sw_policy policy = { .features = SW_FEATURES_ALL, .allow_rc4 = 1, .allow_sha1 = 1 };
    peer *p = peer_server_with(scene.ends[1], "keys/alice.pub", policy);

    scene.args.policy = policy;
    scene.args.policy.features = plain_sessions[_i].features;
    scene.args.plain = plain_sessions[_i].plain;
    scene.args.verbose = 1;
    scene_start();
    scene_take_command(p);
    peer_exit(p, 0);
    scene_expect_end(STATUS_OK, plain_sessions[_i].errors);
    peer_close(p);
}
END_TEST

/* It has no exit status. */
START_TEST(legacy_session)
{
    peer *p = scene_legacy_server();

    scene.args.verbose = 1;
    scene_start();
    scene_take_command(p);
    peer_close(p);
    scene_expect_end(STATUS_OK, "client: legacy mode, without features\nclient: cipher: RC4\n" PLAIN
                                "the server offers no better\n" BROKEN OLD "client: authenticated as alice\n");
}
END_TEST

/* ---- sealed ones ---- */

static const struct {
    unsigned features;
    const char *errors;
} sealed_sessions[] = {
    { SW_FEATURE_NOISE_AESGCM,
      "client: features: sideband,noise_nx_25519_aesgcm_sha256\nclient: sealed, AES-256-GCM\n" },
    { SW_FEATURE_NOISE_CHACHAPOLY,
      "client: features: sideband,noise_nx_25519_chachapoly_sha256\nclient: sealed, ChaCha20-Poly1305\n" },
};

/* Who the user is, the server says with the first of what it says, whatever that is. */
START_TEST(sealed_session)
{
    peer *p = scene_sealed_server();

    scene.args.policy.features = sealed_sessions[_i].features;
    scene.args.verbose = 1;
    scene_start();
    scene_take_command(p);
    scene_await_errors(sealed_sessions[_i].errors);
    peer_queue(p, SW_BAND_INFO_LOG, "one\n");
    peer_queue(p, SW_BAND_INFO_LOG, "two\n");
    peer_exit(p, 1);
    scene_expect_end(
        STATUS_FAILURE,
        scratch_format("%sclient: authenticated as alice\nremote: one\nremote: two\nclient: exit status "
                       "1\n",
                       sealed_sessions[_i].errors));
    peer_close(p);
}
END_TEST

START_TEST(sealed_session_that_asks_first)
{
    peer *p = scene_sealed_server();
    uint8_t data[16];

    scene_offer("all");
    scene.args.policy.features = SW_FEATURE_NOISE_AESGCM;
    scene.args.verbose = 1;
    scene_start();
    scene_take_command(p);
    peer_queue(p, SW_BAND_AWAITING_DATA, "");
    peer_flush(p);
    ck_assert_uint_eq(peer_take_upload(p, data, sizeof(data)), 3);
    peer_exit(p, 0);
    scene_expect_end(
        STATUS_OK,
        scratch_format("%sclient: authenticated as alice\nclient: sending data\nclient: exit status 0\n",
                       sealed_sessions[0].errors));
    peer_close(p);
    scene_close_offer();
}
END_TEST

/* Without --verbose none of it. */
START_TEST(quiet_session)
{
    peer *p = scene_sealed_server();

    scene_start();
    scene_take_command(p);
    peer_queue(p, SW_BAND_INFO_LOG, "one\n");
    peer_exit(p, 0);
    scene_expect_end(STATUS_OK, "remote: one\n");
    peer_close(p);
}
END_TEST

/* ---- keys that are refused, which is told by whoever knows the others ---- */

static void expect_refusal(int status, const char *why)
{
    scene_expect_end(status, "");
    ck_assert_str_eq(client_refusal(scene.c), why);
    ck_assert(!scene_key_is_wiped());
    ck_assert_uint_eq(*scene.keys.first, 5);
}

START_TEST(key_that_does_not_decrypt)
{
    peer *p = peer_server(scene.ends[1], "keys/bob.pub");

    scene_start();
    scene_go_on(p);
    expect_refusal(CLIENT_KEY_REFUSED_PLAIN, "challenge cannot be decrypted with this key");
    peer_close(p);
}
END_TEST

START_TEST(key_that_is_shorter)
{
    uint8_t packet[SW_HEADER_SIZE + 128] = { 0 };
    char request[] = "auth rsa alice sideband,aes_ctr128,sha256";
    sw_encoder encoder;

    sw_encoder_init(&encoder);
    sw_encoder_begin(&encoder, SW_BAND_CHALLENGE, 128, packet);
    send_text(scene.ends[1], "x\nFeatures: sideband,aes_ctr128,sha256\n");
    scene_start();
    receive_exactly(scene.ends[1], request, sizeof(request) - 1);
    send_all(scene.ends[1], packet, sizeof(packet));
    expect_refusal(CLIENT_KEY_REFUSED_PLAIN,
                   "challenge of the wrong size for this key: 128 bytes, the key has 256");
    close(scene.ends[1]);
}
END_TEST

START_TEST(key_that_cannot_decrypt)
{
    peer *p = scene_server();
    sw_event event;

    scene.shown.decrypter = NULL;
    scene_start();
    ck_assert_int_lt(peer_next(p, &event), 0);
    expect_refusal(CLIENT_KEY_REFUSED_PLAIN, "not an RSA key, which sessions that are not sealed need");
    peer_close(p);
}
END_TEST

START_TEST(response_that_is_refused)
{
    peer *p = scene_server();
    sw_event event;

    scene_start();
    peer_expect(p, SW_EVENT_READY, &event);
    peer_close(p); /* before it says so */
    expect_refusal(CLIENT_KEY_REFUSED_PLAIN, "authentication refused: the server closed the connection");
}
END_TEST

START_TEST(signature_that_is_refused)
{
    peer *p = scene_sealed_server_of("keys/bob.pub");

    scene_start();
    scene_go_on(p);
    expect_refusal(CLIENT_KEY_REFUSED_SEALED, "user refused: the server does not accept this name with this key");
    peer_close(p);
}
END_TEST

START_TEST(signature_that_is_not_answered)
{
    peer *p = scene_sealed_server();
    sw_event event;

    scene_start();
    peer_expect(p, SW_EVENT_READY, &event);
    peer_close(p);
    expect_refusal(CLIENT_KEY_REFUSED_SEALED, "authentication refused: the server closed the connection");
}
END_TEST

static Suite *told_suite(void)
{
    Suite *suite = suite_create("client session told");
    TCase *tcase = scene_case(suite, "told");

    tcase_add_loop_test(tcase, plain_session, 0, COUNT(plain_sessions));
    tcase_add_test(tcase, legacy_session);
    tcase_add_loop_test(tcase, sealed_session, 0, COUNT(sealed_sessions));
    tcase_add_test(tcase, sealed_session_that_asks_first);
    tcase_add_test(tcase, quiet_session);
    tcase_add_test(tcase, key_that_does_not_decrypt);
    tcase_add_test(tcase, key_that_is_shorter);
    tcase_add_test(tcase, key_that_cannot_decrypt);
    tcase_add_test(tcase, response_that_is_refused);
    tcase_add_test(tcase, signature_that_is_refused);
    tcase_add_test(tcase, signature_that_is_not_answered);
    return suite;
}

int main(void)
{
    return scene_main(told_suite());
}
