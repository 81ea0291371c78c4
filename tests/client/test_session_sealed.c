/* SPDX-License-Identifier: ISC */
/* Who proves what at the start of a sealed session: servers that are not the right ones, and users whose keys an agent
 * has, or are of Ed25519. */
#include "client_scene.h"

#include "deadline.h"
#include "own_errors.h"
#include "scratch.h"

#include <sidewire/backends.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* ---- servers ---- */

static void expect_refused_server(peer *p, const char *errors)
{
    sw_event event;

    scene_start();
    ck_assert_int_lt(peer_next(p, &event), 0);
    scene_expect_end(STATUS_CONNECTION, errors);
    ck_assert_int_eq(sw_session_error(&scene.c->session).code, SW_E_SERVER_KEY);
    ck_assert(scene.c->is_sealed);
    peer_close(p);
}

START_TEST(server_with_another_key)
{
    peer *p = scene_sealed_server();

    scene.trusted.pin[31] ^= 1;
    expect_refused_server(
        p, scratch_format("client: there: THE SERVER HAS ANOTHER KEY than --server-key: %s\n"
                          "client: there: SOMEBODY MAY BE IN BETWEEN. Ask whoever runs the server before you "
                          "change anything.\n",
                          scene_fingerprint()));
}
END_TEST

START_TEST(server_that_nobody_knows)
{
    peer *p = scene_sealed_server();

    scene.trusted.is_known = scene.trusted.has_pin = 0;
    expect_refused_server(p, scratch_format("client: there: unknown server, its key is %s\n"
                                            "client: if that is right, use --server-key\n",
                                            scene_fingerprint()));
}
END_TEST

START_TEST(server_that_is_remembered)
{
    peer *p = scene_sealed_server();

    scene.trusted.is_known = scene.trusted.has_pin = 0;
    scene.trusted.accept_new = 1;
    scene.trusted.path = strdup("known");
    strcpy(scene.trusted.address, "there:2990");
    scene_start();
    scene_take_command(p);
    peer_exit(p, 0);
    scene_expect_end(STATUS_OK,
                     scratch_format("client: there: new server, %s, written to known\n", scene_fingerprint()));
    ck_assert_uint_gt(strlen(scratch_read("known", NULL)), SW_SERVER_KEY_TEXT_SIZE);
    peer_close(p);
}
END_TEST

/* ---- an agent ---- */

typedef enum agent_manner {
    SIGNS,
    SIGNS_AS_OF_OLD, /* with SHA-1 */
    SIGNS_WRONG,
    REFUSES,
    FALLS_SILENT,
    IS_NOT_ASKED
} agent_manner;

static struct {
    int listener;
    agent_manner manner;
    pthread_t thread;
    sw_crypto *crypto;
    sw_private_key key;
    sw_public_key half;
} agent;

static size_t put_string(uint8_t *out, const void *data, size_t len)
{
    out[0] = out[1] = 0;
    out[2] = (uint8_t)(len >> 8);
    out[3] = (uint8_t)len;
    memcpy(out + 4, data, len);
    return 4 + len;
}

/* The blob of a signature of the message. */
static size_t sign(const uint8_t *message, uint8_t *out, size_t cap)
{
    sw_rsa_private rsa = sw_private_key_view(&agent.key);
    static const uint8_t sha1[256] = { 1 };
    size_t len;

    if (agent.manner == SIGNS_AS_OF_OLD) {
        len = put_string(out, "ssh-rsa", 7);
        return len + put_string(out + len, sha1, sizeof(sha1));
    }
    ck_assert_int_eq(sw_ssh_sign(agent.crypto, &rsa, NULL, message, SW_SSHSIG_SIZE, out, cap, &len), SW_OK);
    out[len - 1] ^= agent.manner == SIGNS_WRONG;
    return len;
}

static void answer(int fd, const uint8_t *message)
{
    static const uint8_t refusal[] = { 0, 0, 0, 1, 5 };
    uint8_t signature[SW_SSH_SIGNATURE_MAX], out[9 + SW_SSH_SIGNATURE_MAX] = { 0, 0, 0, 0, 14 };
    size_t len;

    if (agent.manner == REFUSES) {
        send_all(fd, refusal, sizeof(refusal));
        return;
    }
    if (agent.manner == FALLS_SILENT) {
        receive_to_end(fd, signature, sizeof(signature));
        return;
    }
    len = sign(message, signature, sizeof(signature));
    len = 1 + put_string(out + 5, signature, len);
    out[2] = (uint8_t)(len >> 8);
    out[3] = (uint8_t)len;
    send_all(fd, out, 4 + len);
}

static void *serve_agent(void *unused)
{
    static const uint8_t sha256[] = { 0, 0, 0, 2 };
    uint8_t length[4], request[1 + 4 + SW_SSH_KEY_MAX + 4 + SW_SSHSIG_SIZE + 4], blob[SW_SSH_KEY_MAX];
    int fd = accept_one(agent.listener);
    size_t len, blob_len;

    (void)unused;
    receive_exactly(fd, length, sizeof(length));
    len = (size_t)length[2] << 8 | length[3];
    receive_exactly(fd, request, len);
    /* 13, the key, the message, and that it is to be SHA-256 */
    ck_assert_int_eq(sw_ssh_key_write(&agent.half, blob, sizeof(blob), &blob_len), SW_OK);
    ck_assert_uint_eq(len, 1 + 4 + blob_len + 4 + SW_SSHSIG_SIZE + 4);
    ck_assert_uint_eq(request[0], 13);
    ck_assert_mem_eq(request + 5, blob, blob_len);
    ck_assert_mem_eq(request + len - 4, sha256, 4);
    answer(fd, request + 5 + blob_len + 4);
    close(fd);
    return NULL;
}

/* It has alice's key, which is not in a file any more. Plain sessions would be proved by bob's. */
static void start_agent(agent_manner manner)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "agent" };
    credential *bob = &scene.keys.keys[1];

    agent.manner = manner;
    agent.crypto = sw_backend_new(NULL);
    agent.key = scene_private_key("keys/alice");
    agent.half = scene.keys.keys[0].half;
    sw_private_key_wipe(&scene.keys.keys[0].secret);
    bob->secret = scene_private_key("keys/bob");
    bob->name = strdup("keys/bob");
    scene.keys.count = 2;
    scene.shown.decrypter = bob;
    agent.listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(agent.listener, (struct sockaddr *)&address, sizeof(address)), 0);
    ck_assert_int_eq(listen(agent.listener, 1), 0);
    setenv("SSH_AUTH_SOCK", "agent", 1);
    if (manner != IS_NOT_ASKED)
        ck_assert_int_eq(pthread_create(&agent.thread, NULL, serve_agent, NULL), 0);
}

static void end_agent(void)
{
    if (agent.manner != IS_NOT_ASKED)
        pthread_join(agent.thread, NULL);
    unsetenv("SSH_AUTH_SOCK");
    close(agent.listener);
    sw_backend_free(agent.crypto);
}

START_TEST(agent_that_signs)
{
    peer *p = scene_sealed_server();

    scene.args.verbose = 1;
    scene.args.policy.features = SW_FEATURE_NOISE_AESGCM;
    scene.shown.signer_at = 2;
    start_agent(SIGNS);
    scene_start();
    scene_take_command(p);
    peer_exit(p, 0);
    scene_expect_end(STATUS_OK,
                     "client: features: sideband,noise_nx_25519_aesgcm_sha256\n"
                     "client: sealed, AES-256-GCM\n"
                     "client: authenticated as alice\n"
                     "client: exit status 0\n");
    ck_assert_uint_eq(*scene.keys.first, 2);
    ck_assert_int_eq(scene.keys.keys[1].secret.type, SW_KEY_NONE); /* wiped */
    peer_close(p);
    end_agent();
}
END_TEST

/* In a plain session it has nothing to do. */
START_TEST(agent_that_is_not_needed)
{
    peer *p = peer_server(scene.ends[1], "keys/bob.pub");

    start_agent(IS_NOT_ASKED);
    scene_start();
    scene_take_command(p);
    peer_exit(p, 0);
    scene_expect_end(STATUS_OK, "");
    ck_assert_uint_eq(*scene.keys.first, 7);
    peer_close(p);
    end_agent();
}
END_TEST

static const struct {
    agent_manner manner;
    const char *why;
} bad_agents[] = {
    { SIGNS_AS_OF_OLD,
      "the agent's signature is of a kind or size that does not fit the key (agents before OpenSSH "
      "7.2 know SHA-1 alone)" },
    { SIGNS_WRONG, "user refused: the server does not accept this name with this key" },
    { REFUSES, "the agent refuses to sign" },
    { FALLS_SILENT, "the agent does not answer in time" },
};

START_TEST(agent_that_does_not_sign)
{
    peer *p = scene_sealed_server();

    if (bad_agents[_i].manner == FALLS_SILENT)
        scene.deadline = deadline_in(500);
    start_agent(bad_agents[_i].manner);
    scene_start();
    scene_go_on(p);
    scene_expect_end(CLIENT_KEY_REFUSED_SEALED, "");
    ck_assert_str_eq(client_refusal(scene.c), bad_agents[_i].why);
    ck_assert_int_eq(scene.keys.keys[1].secret.type, SW_KEY_RSA); /* of use yet */
    peer_close(p);
    end_agent();
}
END_TEST

START_TEST(agent_that_is_gone)
{
    peer *p = scene_sealed_server();

    start_agent(IS_NOT_ASKED);
    unsetenv("SSH_AUTH_SOCK");
    scene_start();
    scene_go_on(p);
    scene_expect_end(CLIENT_KEY_REFUSED_SEALED, "");
    ck_assert_str_eq(client_refusal(scene.c), "there is no agent (SSH_AUTH_SOCK is not set)");
    peer_close(p);
    end_agent();
}
END_TEST

/* ---- Ed25519, which this backend may not know: what is signed, and with what, is remembered and compared ---- */

static struct {
    uint8_t secret[SW_ED25519_SECRET_SIZE], message[SW_SSHSIG_SIZE];
    int fails;
} signing;

static int fake_public(void *ctx, uint8_t out[SW_ED25519_PUBLIC_SIZE],
                       const uint8_t secret[SW_ED25519_SECRET_SIZE])
{
    (void)ctx;
    memcpy(out, secret, SW_ED25519_PUBLIC_SIZE);
    return 0;
}

static int fake_sign(void *ctx, const sw_ed25519_key *key, const uint8_t *message, size_t size,
                     uint8_t signature[SW_ED25519_SIGNATURE_SIZE])
{
    (void)ctx;
    ck_assert_uint_eq(size, SW_SSHSIG_SIZE);
    memcpy(signing.message, message, size);
    memcpy(signing.secret, key->secret, sizeof(signing.secret));
    memset(signature, 0x5a, SW_ED25519_SIGNATURE_SIZE);
    return signing.fails ? -1 : 0;
}

static int fake_verify(void *ctx, const uint8_t key[SW_ED25519_PUBLIC_SIZE], const uint8_t *message, size_t size,
                       const uint8_t signature[SW_ED25519_SIGNATURE_SIZE])
{
    uint8_t expected[SW_ED25519_SIGNATURE_SIZE];

    (void)ctx;
    (void)key;
    memset(expected, 0x5a, sizeof(expected));
    return size != SW_SSHSIG_SIZE || memcmp(message, signing.message, size) != 0 ||
           memcmp(signature, expected, sizeof(expected)) != 0;
}

static void use_fakes(sw_crypto *crypto)
{
    crypto->ed25519_public = fake_public;
    crypto->ed25519_sign = fake_sign;
    crypto->ed25519_verify = fake_verify;
}

/* Alice has a key of that kind, and no other. Its server. */
static peer *give_ed25519(void)
{
    static const char line[] =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n";
    credential *key = &scene.keys.keys[0];
    peer *p;

    sw_private_key_wipe(&key->secret);
    key->secret.type = SW_KEY_ED25519;
    memset(key->secret.ed25519.secret, 0xed, SW_ED25519_SECRET_SIZE);
    ck_assert_int_eq(sw_public_key_parse(&key->half, line, strlen(line), NULL), SW_OK);
    scratch_write_text("short.pub", line);
    scene.shown.decrypter = NULL;
    scene.args.policy.features = SW_FEATURES_SEALED;
    use_fakes(scene.crypto);
    p = scene_sealed_server_of("short.pub");
    use_fakes(peer_crypto(p));
    memset(&signing, 0, sizeof(signing));
    return p;
}

START_TEST(short_key)
{
    uint8_t secret[SW_ED25519_SECRET_SIZE];
    peer *p = give_ed25519();

    scene_start();
    scene_take_command(p);
    memset(secret, 0xed, sizeof(secret));
    ck_assert_mem_eq(signing.secret, secret, sizeof(secret));
    peer_exit(p, 0);
    scene_expect_end(STATUS_OK, "");
    ck_assert_uint_eq(*scene.keys.first, 0);
    ck_assert(scene_key_is_wiped());
    peer_close(p);
}
END_TEST

START_TEST(short_key_that_cannot_sign)
{
    peer *p = give_ed25519();

    signing.fails = 1;
    scene_start();
    scene_go_on(p);
    scene_expect_end(STATUS_CONNECTION, "client: there: crypto backend: signing failed\n");
    peer_close(p);
}
END_TEST

static Suite *sealed_suite(void)
{
    Suite *suite = suite_create("client session sealed");
    TCase *tcase = scene_case(suite, "sealed");

    tcase_add_test(tcase, server_with_another_key);
    tcase_add_test(tcase, server_that_nobody_knows);
    tcase_add_test(tcase, server_that_is_remembered);
    tcase_add_test(tcase, agent_that_signs);
    tcase_add_test(tcase, agent_that_is_not_needed);
    tcase_add_loop_test(tcase, agent_that_does_not_sign, 0, COUNT(bad_agents));
    tcase_add_test(tcase, agent_that_is_gone);
    tcase_add_test(tcase, short_key);
    tcase_add_test(tcase, short_key_that_cannot_sign);
    return suite;
}

int main(void)
{
    return scene_main(sealed_suite());
}
