/* SPDX-License-Identifier: ISC */
/* A sealed channel without sw_session: the Noise handshake, the proof of a user by an SSH signature, records.
 * For protocols of one's own that want these parts, and for test peers.
 *     ./sealed_by_hand KEYFILE
 * Both sides take their turns in one process; what each of them learned is printed. */
#include "common.h"

#include <stdio.h>
#include <string.h>

enum { WIRE_SIZE = 4096, LIMIT = 2048 };

static uint8_t wire[WIRE_SIZE]; /* what is on its way, always to one side only */
static size_t on_wire;

static void must(const char *what, int result)
{
    if (result < 0)
        die(what, (sw_error){ .code = result });
}

/* ---- the channel ---- */

typedef struct channel {
    uint8_t hash[SW_SHA256_SIZE]; /* the same for both, and for nobody else */
    sw_record sealed, opened;     /* the client's side, the server's side */
} channel;

static void take(const char *who, sw_noise *noise)
{
    uint8_t *payload;
    size_t len;

    if (sw_noise_read(noise, wire, on_wire, &payload, &len) < 0)
        die(who, sw_noise_error(noise));
    printf("%s: message of %zu bytes around '%.*s'\n", who, on_wire, (int)len, (char *)payload);
}

static void open_channel(channel *c, const sw_crypto *crypto, sw_suite suite)
{
    static const uint8_t said[] = "what both sides have said before";
    uint8_t to_server[SW_NOISE_KEY_SIZE], to_client[SW_NOISE_KEY_SIZE];
    sw_noise client, server;
    sw_x25519_key key;

    must("server's key", sw_server_key_make(&key, crypto));
    must("client", sw_noise_initiator(&client, crypto, suite));
    must("server", sw_noise_responder(&server, crypto, suite, &key));
    must("client", sw_noise_prologue(&client, said, sizeof(said)));
    must("server", sw_noise_prologue(&server, said, sizeof(said)));
    must("client", sw_noise_write(&client, (const uint8_t *)"hello", 5, wire, WIRE_SIZE, &on_wire));
    take("server", &server);
    must("server", sw_noise_write(&server, (const uint8_t *)"welcome", 7, wire, WIRE_SIZE, &on_wire));
    take("client", &client);
    /* who has an own list of servers looks the key up in it here */
    printf("client: the server's key is %s\n",
           memcmp(client.peer_static, key.public_half, SW_X25519_SIZE) == 0 ? "right" : "wrong");
    must("client", sw_noise_split(&client, to_server, to_client));
    must("client", sw_record_init(&c->sealed, crypto, suite, to_server, LIMIT));
    must("server", sw_noise_split(&server, to_server, to_client));
    must("server", sw_record_init(&c->opened, crypto, suite, to_server, LIMIT));
    memcpy(c->hash, server.hash, sizeof(c->hash));
    sw_noise_wipe(&client);
    sw_noise_wipe(&server);
    sw_server_key_wipe(&key);
    explicit_bzero(to_server, sizeof(to_server));
    explicit_bzero(to_client, sizeof(to_client));
}

/* Returns the text of the client's record as the server opens it, at *text. */
static size_t pass(channel *c, const void *bytes, size_t size, uint8_t **text)
{
    size_t used;

    if (size > sw_record_text_max(&c->sealed))
        die("record", (sw_error){ .code = SW_E_RECORD_SIZE });
    memcpy(wire + SW_RECORD_HEADER_SIZE, bytes, size);
    must("client", sw_record_seal(&c->sealed, wire, size));
    on_wire = SW_RECORD_OVERHEAD + size;
    if (sw_record_open(&c->opened, wire, on_wire, &used, text, &size) < 0)
        die("server", sw_record_error(&c->opened));
    return size;
}

/* ---- the user ---- */

/* The client's proof: a key, and a signature of this channel and this name. */
static void prove(const sw_crypto *crypto, channel *c, const char *user, const sw_private_key *key)
{
    sw_rsa_private rsa = sw_private_key_view(key);
    int is_rsa = key->type == SW_KEY_RSA;
    uint8_t message[SW_SSHSIG_SIZE], blob[SW_SSH_KEY_MAX], signature[SW_SSH_SIGNATURE_MAX];
    size_t blob_len, len;
    sw_public_key public_key;
    sw_ssh_key offered;
    uint8_t *text;

    must("public half", sw_private_key_public(key, crypto, &public_key));
    must("key", sw_ssh_key_write(&public_key, blob, sizeof(blob), &blob_len));
    must("message", sw_sshsig_message(crypto, c->hash, user, strlen(user), message));
    must("signature", sw_ssh_sign(crypto, is_rsa ? &rsa : NULL, is_rsa ? NULL : &key->ed25519, message,
                                  sizeof(message), signature, sizeof(signature), &len));
    blob_len = pass(c, blob, blob_len, &text);
    memcpy(blob, text, blob_len); /* the next record takes its place */
    len = pass(c, signature, len, &text);
    must("offered key", sw_ssh_key_read(&offered, blob, blob_len));
    printf("server: %s offers a key of %s, and the signature is %s\n", user, is_rsa ? "RSA" : "Ed25519",
           sw_ssh_verify(crypto, &offered, message, sizeof(message), text, len) == 0 ? "right" : "wrong");
}

int main(int argc, char **argv)
{
    static sw_private_key key;
    static channel c;
    sw_crypto *crypto;
    uint8_t *text;
    size_t len;

    if (argc != 2) {
        fprintf(stderr, "usage: sealed_by_hand KEYFILE\n");
        return STATUS_TROUBLE;
    }
    crypto = open_crypto();
    load_private_key(&key, argv[1]);
    printf("suite: %s\n", sw_suite_name(SW_SUITE_CHACHAPOLY));
    open_channel(&c, crypto, SW_SUITE_CHACHAPOLY);
    prove(crypto, &c, "me", &key);
    len = pass(&c, "anything", 8, &text);
    printf("server: '%.*s'\n", (int)len, (char *)text);
    sw_record_wipe(&c.sealed);
    sw_record_wipe(&c.opened);
    sw_private_key_wipe(&key);
    return 0;
}
