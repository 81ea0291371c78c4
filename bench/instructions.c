/* SPDX-License-Identifier: ISC */
/* Hot paths for callgrind to count the instructions of, see instructions.py. Each runs CALLS calls
 * of the library, in a function counted_*; those are what is counted, except for the AES that a
 * backend would do. */
#include "fake_crypto.h"
#include "pair.h"
#include "timing.h"

#include <sidewire/session.h>

#include <string.h>
#include <valgrind/callgrind.h>

enum { CALLS = 1000, BODY_MAX = 64, WIRE_SIZE = CALLS * (SW_HEADER_SIZE + BODY_MAX) };

#define COUNTED __attribute__((noinline))

static const uint8_t key[SW_CIPHER_KEY_SIZE] = "any thirty-two bytes will do.";
static uint8_t body[BODY_MAX], wire[WIRE_SIZE];

static void begin(void)
{
    CALLGRIND_START_INSTRUMENTATION;
    CALLGRIND_ZERO_STATS;
}

static void end(const char *name)
{
    CALLGRIND_DUMP_STATS_AT(name);
    CALLGRIND_STOP_INSTRUMENTATION;
}

/* ---- packets ---- */

COUNTED static int counted_encode(sw_encoder *encoder, uint32_t size, uint8_t *out, size_t *len)
{
    return sw_encoder_packet(encoder, SW_BAND_OUTPUT, body, size, out, SW_HEADER_SIZE + BODY_MAX, len);
}

COUNTED static int counted_decode(sw_decoder *decoder, uint8_t *in, size_t len, size_t *used, sw_chunk *chunk)
{
    return sw_decoder_next(decoder, in, len, used, chunk);
}

/* Fills the wire with packets and returns the bytes. */
static size_t encode_all(sw_cipher *cipher, uint32_t size)
{
    sw_encoder encoder;
    size_t len = 0;
    size_t end_of_all = 0;

    sw_encoder_init(&encoder);
    sw_encoder_set_cipher(&encoder, cipher);
    for (int i = 0; i < CALLS; i++) {
        if (counted_encode(&encoder, size, wire + end_of_all, &len) != 1)
            fail("not encoded");
        end_of_all += len;
    }
    return end_of_all;
}

static void decode_all(sw_cipher *cipher, uint32_t size, size_t len)
{
    sw_decoder decoder;
    sw_chunk chunk;
    size_t used;
    uint8_t *p = wire;

    sw_decoder_init(&decoder, BODY_MAX);
    sw_decoder_set_cipher(&decoder, cipher);
    for (int i = 0; i < CALLS; i++) {
        if (counted_decode(&decoder, p, len, &used, &chunk) != 1 || chunk.len != size ||
            memcmp(chunk.data, body, size) != 0)
            fail("not decoded");
        p += used;
        len -= used;
    }
}

/* Through ciphers, or without any (NULL). */
static void packets(sw_cipher *out, sw_cipher *in, uint32_t size, const char *encode_name, const char *decode_name)
{
    size_t len;

    begin();
    len = encode_all(out, size);
    end(encode_name);
    begin();
    decode_all(in, size, len);
    end(decode_name);
}

static void encrypted_packets(sw_cipher_kind kind, const sw_crypto *crypto, const char *encode_name,
                              const char *decode_name)
{
    sw_cipher out, in;

    if (sw_cipher_init(&out, kind, crypto, key) < 0 || sw_cipher_init(&in, kind, crypto, key) < 0)
        fail("no cipher");
    packets(&out, &in, BODY_MAX, encode_name, decode_name);
    sw_cipher_wipe(&out);
    sw_cipher_wipe(&in);
}

/* ---- sessions ---- */

COUNTED static int counted_send(sw_session *session, size_t *taken)
{
    return sw_session_send(session, SW_BAND_OUTPUT, body, BODY_MAX, taken);
}

COUNTED static const uint8_t *counted_bytes(sw_session *session, size_t *len)
{
    return sw_session_tx_bytes(session, len);
}

COUNTED static int counted_next(sw_session *session, sw_event *event)
{
    return sw_session_next(session, event);
}

static void send_all(sw_session *server)
{
    size_t taken, len;

    for (int i = 0; i < CALLS; i++)
        if (counted_send(server, &taken) != 1 || taken != BODY_MAX)
            fail("not sent");
    if (counted_bytes(server, &len) == NULL || len < CALLS * BODY_MAX) /* encrypts them */
        fail("nothing to write");
}

static void receive_all(sw_session *client)
{
    sw_event event;

    for (int i = 0; i < CALLS; i++)
        if (counted_next(client, &event) != SW_EVENT_DATA || event.chunk.len != BODY_MAX ||
            memcmp(event.chunk.data, body, BODY_MAX) != 0)
            fail("not received");
}

/* Up to the command, so that the server may send. */
static void start_sessions(sw_session *client, sw_session *server, const sw_public_key *public_key)
{
    const sw_argument command = sw_argument_of("stat");
    sw_event event;

    pair_handshake(client, server, public_key, NULL);
    wired_must(sw_session_command(client, &command, 1, 0), 1, client, "command");
    wired_move(client, server, 0);
    wired_must(pair_next(server, NULL, &event), SW_EVENT_COMMAND, server, "command");
}

static void sessions(fake_crypto *fake)
{
    static uint8_t rx[WIRE_SIZE + SW_AES_CALL_UNIT], tx[WIRE_SIZE + SW_AES_CALL_UNIT], small[2][PAIR_BUFFER_SIZE];
    static sw_private_key private_key;
    static sw_public_key public_key;
    sw_client_config client_config = { .crypto = &fake->table,
                                       .policy = { .features = SW_FEATURES_ALL },
                                       .user = "bench" };
    sw_server_config server_config = { .crypto = &fake->table,
                                       .decoy_secret = { 1 },
                                       .policy = { .features = SW_FEATURES_ALL } };
    sw_session client, server;

    fake_key_pair(&private_key, &public_key, 2048, 2);
    client_config.key = sw_private_key_view(&private_key);
    wired_must(sw_session_client(&client, &client_config, rx, sizeof(rx), small[0], PAIR_BUFFER_SIZE), SW_OK,
               &client, "client");
    wired_must(sw_session_server(&server, &server_config, small[1], PAIR_BUFFER_SIZE, tx, sizeof(tx)), SW_OK,
               &server, "server");
    start_sessions(&client, &server, &public_key);
    begin();
    send_all(&server);
    end("session_send_64_aes");
    wired_move(&server, &client, 0);
    begin();
    receive_all(&client);
    end("session_next_64_aes");
}

int main(void)
{
    static fake_crypto fake;

    fake_crypto_init(&fake, 1);
    for (size_t i = 0; i < BODY_MAX; i++)
        body[i] = (uint8_t)i;
    packets(NULL, NULL, 16, "encode_16_plain", "decode_16_plain");
    encrypted_packets(SW_CIPHER_AES_CTR128, &fake.table, "encode_64_aes", "decode_64_aes");
    encrypted_packets(SW_CIPHER_RC4, NULL, "encode_64_rc4", "decode_64_rc4");
    sessions(&fake);
    return 0;
}
