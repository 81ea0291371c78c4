/* SPDX-License-Identifier: ISC */
/* SSH's encodings: blobs of keys and signatures, with ssh-keygen as the judge of what is signed. */
#include <sidewire/ssh.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "key_builder.h"
#include "sealed_transcript.h"
#include "suite.h"
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

static const char *const users[] = { "eve", "bob", "carol" };
static const uint8_t hash[SW_SHA256_SIZE] = { 1, 2, 3 };

static size_t sign(const sealed_user *user, const char *name, uint8_t out[SW_SSH_SIGNATURE_MAX])
{
    int is_rsa = user->public_key.type == SW_KEY_RSA;
    sw_rsa_private rsa = sw_private_key_view(&user->rsa);
    uint8_t message[SW_SSHSIG_SIZE];
    size_t len = 0;
    int result;

    ck_assert_int_eq(sw_sshsig_message(crypto, hash, name, strlen(name), message), SW_OK);
    result = sw_ssh_sign(crypto, is_rsa ? &rsa : NULL, is_rsa ? NULL : &user->ed25519, message, sizeof(message),
                         out, SW_SSH_SIGNATURE_MAX, &len);
    ck_assert_int_eq(result, is_rsa || crypto->ed25519_sign != NULL ? SW_OK : SW_E_KEY_BACKEND);
    return len;
}

/* ---- ssh-keygen ---- */

static void write_file(const char *folder, const char *name, const void *data, size_t len)
{
    char path[256];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(data, 1, len, file), len);
    ck_assert_int_eq(fclose(file), 0);
}

/* The file that ssh-keygen -Y sign would write. */
static void write_signature(const char *folder, const sealed_user *user, const uint8_t *signature, size_t len)
{
    static const char begin[] = "-----BEGIN SSH SIGNATURE-----\n";
    static const char end[] = "-----END SSH SIGNATURE-----\n";
    uint8_t key[SW_SSH_KEY_MAX];
    blob body = { NULL, 0, 0 }, text = { NULL, 0, 0 }, digits;
    size_t key_len;

    ck_assert_int_eq(sw_ssh_key_write(&user->public_key, key, sizeof(key), &key_len), SW_OK);
    blob_add(&body, "SSHSIG", 6);
    ssh_add_u32(&body, 1);
    ssh_add_string(&body, key, key_len);
    ssh_add_string(&body, "sidewire-auth", 13);
    ssh_add_string(&body, "", 0);
    ssh_add_string(&body, "sha256", 6);
    ssh_add_string(&body, signature, len);
    digits = base64_encode(&body, 70);
    blob_add(&text, begin, sizeof(begin) - 1);
    blob_move(&text, &digits);
    if (text.data[text.len - 1] != '\n')
        blob_add_byte(&text, '\n');
    blob_add(&text, end, sizeof(end) - 1);
    write_file(folder, "signature", text.data, text.len);
    blob_free(&text);
    blob_free(&body);
}

/* What ssh-keygen says of the signature in the folder. */
static int judge(const char *folder)
{
    char command[512];

    snprintf(command, sizeof(command),
             "cd '%s' && ssh-keygen -Y check-novalidate -n sidewire-auth -s signature <message >log 2>&1", folder);
    return system(command);
}

START_TEST(test_judged)
{
    char folder[] = "/tmp/sidewire-ssh-XXXXXX", command[64];
    uint8_t signature[SW_SSH_SIGNATURE_MAX], message[SW_SHA256_SIZE + 16];
    const char *name = users[_i];
    sealed_user user;
    size_t len;

    sealed_user_load(&user, name);
    len = sign(&user, name, signature);
    if (len == 0)
        return; /* this backend cannot, and said so */
    ck_assert_ptr_nonnull(mkdtemp(folder));
    memcpy(message, hash, sizeof(hash));
    memcpy(message + sizeof(hash), name, strlen(name));
    write_file(folder, "message", message, sizeof(hash) + strlen(name));
    write_signature(folder, &user, signature, len);
    ck_assert_int_eq(judge(folder), 0);
    signature[len - 1] ^= 1;
    write_signature(folder, &user, signature, len);
    ck_assert_int_ne(judge(folder), 0);
    snprintf(command, sizeof(command), "rm -r '%s'", folder);
    ck_assert_int_eq(system(command), 0);
}
END_TEST

/* ---- ours ---- */

/* Signed and verified; every byte of a signature's blob changed is seen, and another message. */
START_TEST(test_verify)
{
    uint8_t signature[SW_SSH_SIGNATURE_MAX + 1] = { 0 }, blob_of_key[SW_SSH_KEY_MAX];
    uint8_t message[SW_SSHSIG_SIZE];
    sealed_user user;
    size_t len, key_len;
    sw_ssh_key key;

    sealed_user_load(&user, users[_i]);
    len = sign(&user, users[_i], signature);
    ck_assert_int_eq(sw_ssh_key_write(&user.public_key, blob_of_key, sizeof(blob_of_key), &key_len), SW_OK);
    ck_assert_int_eq(sw_ssh_key_read(&key, blob_of_key, key_len), SW_OK);
    ck_assert_int_eq(sw_sshsig_message(crypto, hash, users[_i], strlen(users[_i]), message), SW_OK);
    if (len == 0) {
        ck_assert_int_eq(sw_ssh_verify(crypto, &key, message, sizeof(message), signature, 0), SW_E_KEY_BACKEND);
        return;
    }
    ck_assert_int_eq(sw_ssh_verify(crypto, &key, message, sizeof(message), signature, len), 0);
    ck_assert_int_gt(sw_ssh_verify(crypto, &key, message, sizeof(message), signature, len + 1), 0);
    for (size_t i = 0; i < len; i += i < 40 ? 1 : 11) {
        signature[i] ^= 1;
        if (sw_ssh_verify(crypto, &key, message, sizeof(message), signature, len) <= 0)
            ck_abort_msg("byte %zu changed", i);
        signature[i] ^= 1;
    }
    for (size_t i = 0; i < len; i += 7)
        ck_assert_int_gt(sw_ssh_verify(crypto, &key, message, sizeof(message), signature, i), 0);
    message[70] ^= 1;
    ck_assert_int_gt(sw_ssh_verify(crypto, &key, message, sizeof(message), signature, len), 0);
}
END_TEST

/* A key's blob has one form: each byte changed is another key, or none; cut or longer, none. */
START_TEST(test_key_blobs)
{
    uint8_t written[SW_SSH_KEY_MAX + 1];
    sealed_user user;
    sw_ssh_key key;
    size_t len, written_len;

    sealed_user_load(&user, users[_i]);
    ck_assert_int_eq(sw_ssh_key_write(&user.public_key, written, SW_SSH_KEY_MAX, &len), SW_OK);
    ck_assert(sw_ssh_key_is(&user.public_key, written, len));
    for (size_t i = 0; i < len; i++) {
        uint8_t *copy = exact_copy(written, i);
        ck_assert_int_lt(sw_ssh_key_read(&key, copy, i), 0);
        ck_assert(!sw_ssh_key_is(&user.public_key, copy, i));
        free(copy);
        written[i] ^= 1;
        (void)sw_ssh_key_read(&key, written, len);
        ck_assert(!sw_ssh_key_is(&user.public_key, written, len));
        written[i] ^= 1;
    }
    written[len] = 0;
    ck_assert_int_eq(sw_ssh_key_read(&key, written, len + 1), SW_E_KEY_DAMAGED);
    ck_assert_int_eq(sw_ssh_key_write(&user.public_key, written, len - 1, &written_len), SW_E_SPACE);
    ck_assert_uint_eq(written_len, len);
}
END_TEST

/* Signatures that are none, as their frame says: nothing is computed. */
static const struct {
    const char *user, *name;
    size_t size, behind;
} frames[] = {
    { "bob", "rsa-sha2-256", 0, 0 },   { "bob", "rsa-sha2-256", 255, 0 }, { "bob", "rsa-sha2-256", 257, 0 },
    { "bob", "rsa-sha2-512", 256, 0 }, { "bob", "rsa-sha2-256", 256, 1 }, { "eve", "ssh-ed25519", 63, 0 },
    { "eve", "ssh-ed25519", 65, 0 },   { "eve", "rsa-sha2-256", 64, 0 },
};

START_TEST(test_frames)
{
    static const uint8_t zeros[300];
    uint8_t encoded[SW_SSH_KEY_MAX];
    blob b = { NULL, 0, 0 };
    sealed_user user;
    sw_ssh_key key;
    size_t len;

    sealed_user_load(&user, frames[_i].user);
    ck_assert_int_eq(sw_ssh_key_write(&user.public_key, encoded, sizeof(encoded), &len), SW_OK);
    ck_assert_int_eq(sw_ssh_key_read(&key, encoded, len), SW_OK);
    ssh_add_string(&b, frames[_i].name, strlen(frames[_i].name));
    ssh_add_string(&b, zeros, frames[_i].size);
    blob_add(&b, zeros, frames[_i].behind);
    if (key.type == SW_KEY_RSA || crypto->ed25519_verify != NULL)
        ck_assert_int_eq(sw_ssh_verify(crypto, &key, hash, sizeof(hash), b.data, b.len), 1);
    blob_free(&b);
}
END_TEST

static int cannot(const sw_crypto *c, const sw_rsa_private *key, const uint8_t digest[SW_SHA256_SIZE],
                  uint8_t *out)
{
    (void)c;
    (void)key;
    (void)digest;
    (void)out;
    return -1;
}

START_TEST(test_misuse)
{
    uint8_t out[SW_SSH_SIGNATURE_MAX], message[SW_SSHSIG_SIZE] = { 0 };
    sw_crypto table = *crypto;
    sealed_user user;
    sw_rsa_private rsa;
    sw_ssh_key key = { SW_KEY_RSA, { NULL, NULL, 256, 3 }, NULL };
    size_t len;

    sealed_user_load(&user, "bob");
    ck_assert_int_eq(user.public_key.type, SW_KEY_RSA);
    rsa = sw_private_key_view(&user.rsa);
    ck_assert_int_eq(sw_ssh_sign(NULL, &rsa, NULL, message, 1, out, sizeof(out), &len), SW_E_NULL);
    ck_assert_int_eq(sw_ssh_sign(crypto, NULL, NULL, message, 1, out, sizeof(out), &len), SW_E_NULL);
    ck_assert_int_eq(sw_ssh_sign(crypto, &rsa, &user.ed25519, message, 1, out, sizeof(out), &len), SW_E_NULL);
    ck_assert_int_eq(sw_ssh_sign(crypto, &rsa, NULL, NULL, 1, out, sizeof(out), &len), SW_E_NULL);
    ck_assert_int_eq(sw_ssh_sign(crypto, &rsa, NULL, message, 1, NULL, sizeof(out), &len), SW_E_NULL);
    ck_assert_int_eq(sw_ssh_sign(crypto, &rsa, NULL, message, 1, out, sizeof(out), NULL), SW_E_NULL);
    ck_assert_int_eq(sw_ssh_sign(crypto, &rsa, NULL, NULL, 0, out, sizeof(out), &len), SW_OK);
    ck_assert_uint_gt(len, 256);
    ck_assert_int_eq(sw_ssh_sign(crypto, &rsa, NULL, message, 1, out, len - 1, &len), SW_E_SPACE);
    ck_assert_int_eq(sw_ssh_sign(crypto, &rsa, NULL, message, 1, out, len, &len), SW_OK);
    table.rsa_sign = cannot;
    ck_assert_int_eq(sw_ssh_sign(&table, &rsa, NULL, message, 1, out, sizeof(out), &len), SW_E_SIGN);
    ck_assert_uint_eq(len, 0);
    ck_assert_int_eq(sw_ssh_verify(NULL, &key, message, 1, out, 1), SW_E_NULL);
    ck_assert_int_eq(sw_ssh_verify(crypto, NULL, message, 1, out, 1), SW_E_NULL);
    ck_assert_int_eq(sw_ssh_verify(crypto, &key, NULL, 1, out, 1), SW_E_NULL);
    ck_assert_int_eq(sw_ssh_verify(crypto, &key, message, 1, NULL, 1), SW_E_NULL);
    ck_assert_int_eq(sw_ssh_verify(crypto, &key, NULL, 0, NULL, 0), 1);
}
END_TEST

static int fails_to_hash(void *ctx, uint8_t out[SW_SHA256_SIZE], const uint8_t *in, size_t size)
{
    return crypto->sha256(ctx, out, in, size) < 0 ? -2 : -1;
}

/* What it leaves could be used: nobody shall. */
static int fails_to_start(void *ctx, void *state)
{
    return crypto->sha256_start(ctx, state) < 0 ? -2 : -1;
}

START_TEST(test_failing_hashes)
{
    uint8_t signature[SW_SSH_SIGNATURE_MAX], message[SW_SSHSIG_SIZE] = { 0 };
    sw_crypto table = *crypto;
    sealed_user user;
    sw_ssh_key key;
    size_t len;

    sealed_user_load(&user, "bob");
    len = sign(&user, "bob", signature);
    key = (sw_ssh_key){ SW_KEY_RSA, sw_public_key_view(&user.public_key), NULL };
    ck_assert_int_eq(sw_ssh_verify(crypto, &key, message, sizeof(message), signature, len), 1);
    table.sha256 = fails_to_hash;
    ck_assert_int_eq(sw_ssh_verify(&table, &key, message, sizeof(message), signature, len), SW_E_HASH);
    table.sha256_start = fails_to_start;
    ck_assert_int_eq(sw_sshsig_message(&table, hash, "bob", 3, message), SW_E_HASH);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ssh");
    TCase *tcase = suite_case(suite, "ssh");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, test_judged, 0, COUNT(users));
    tcase_add_loop_test(tcase, test_verify, 0, COUNT(users));
    tcase_add_loop_test(tcase, test_key_blobs, 0, COUNT(users));
    tcase_add_loop_test(tcase, test_frames, 0, COUNT(frames));
    tcase_add_test(tcase, test_misuse);
    tcase_add_test(tcase, test_failing_hashes);
    return run_suite(suite);
}
