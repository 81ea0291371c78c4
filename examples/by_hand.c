/* SPDX-License-Identifier: ISC */
/* A session without sw_session: the handshake's messages as pure functions, ciphers, packets, a command.
 *     ./by_hand KEYFILE PUBLIC_KEYFILE [legacy]
 * Both sides take their turns in one process; what each of them understood is printed. For test peers. */
#include "common.h"

#include <stdio.h>

static uint8_t wire[4096]; /* what is on its way, always to one side only */
static size_t on_wire;

static void must(const char *what, int result, sw_error error)
{
    error.code = result;
    if (result < 0)
        die(what, error);
}

/* In the clear. Returns the features that the client asks for. */
static unsigned greet(unsigned offered)
{
    sw_greeting greeting;
    sw_request request;
    sw_error error;

    must("greeting", sw_greeting_format(NULL, offered, wire, sizeof(wire), &on_wire, &error), error);
    sw_greeting_init(&greeting);
    must("greeting", sw_greeting_feed(&greeting, wire, on_wire, &on_wire), error);
    printf("client: greeting of %zu bytes\n", on_wire);
    must("request", sw_request_format("me", greeting.features, wire, sizeof(wire), &on_wire, &error), error);
    must("request", sw_request_parse(wire, on_wire, &request, &error), error);
    printf("server: %.*s asks for features %u\n", (int)request.user_len, request.user, request.features);
    return request.features;
}

/* Returns what both sides share then. */
static sw_secrets challenge(const sw_crypto *crypto, const sw_private_key *private_key,
                            const sw_public_key *public_key, unsigned features)
{
    sw_rsa_private own = sw_private_key_view(private_key);
    sw_rsa_public known = sw_public_key_view(public_key);
    sw_secrets of_client, of_server;
    sw_error error = { 0 };
    uint8_t difference = 0;

    must("challenge", sw_challenge_create(&of_server, crypto, &known, features, wire), error);
    must("challenge", sw_challenge_open(&of_client, crypto, &own, features, wire, known.n_size, &error), error);
    for (size_t i = 0; i < of_server.response_size; i++) /* no early end that could be timed */
        difference |= of_client.response[i] ^ of_server.response[i];
    printf("server: response of %u bytes is %s\n", of_server.response_size, difference == 0 ? "right" : "wrong");
    sw_secrets_wipe(&of_server);
    return of_client;
}

static void send_text(const sw_argument *argv, size_t argc, sw_cipher *out, sw_cipher *in)
{
    sw_argument got[4];
    sw_command_info info;
    sw_error error = { 0 };

    must("command", sw_command_encode_legacy(argv, argc, wire, sizeof(wire), &on_wire, &error), error);
    sw_cipher_apply(out, wire, wire, on_wire);
    must("cipher", sw_cipher_apply(in, wire, wire, on_wire), error);
    if (!sw_command_legacy_complete(wire, on_wire)) /* of what came so far; here it is all */
        return;
    must("command", sw_command_decode_legacy(wire, on_wire, got, 4, &info, &error), error);
    printf("server: command %.*s, %zu arguments\n", (int)got[0].len, got[0].data, info.count);
}

/* A command, encoded to where its packet's body goes, and a packet whose body is made in pieces. */
static void send_packets(const sw_argument *argv, size_t argc, sw_encoder *encoder)
{
    static const char piece[] = "and so on ";
    enum { PIECES = 3, PIECE_LEN = sizeof(piece) - 1 };
    uint8_t *body = wire + SW_HEADER_SIZE;
    sw_error error;
    size_t len;

    must("command", sw_command_encode(argv, argc, body, sizeof(wire) - SW_HEADER_SIZE, &len, &error), error);
    sw_encoder_packet(encoder, SW_BAND_COMMAND, body, (uint32_t)len, wire, sizeof(wire), &on_wire);
    sw_encoder_begin(encoder, SW_BAND_BLOB_DATA, PIECES * PIECE_LEN, wire + on_wire);
    on_wire += SW_HEADER_SIZE;
    for (int i = 0; i < PIECES; i++, on_wire += PIECE_LEN)
        sw_encoder_body(encoder, wire + on_wire, (const uint8_t *)piece, PIECE_LEN);
    must("encoder", sw_encoder_error(encoder).code, sw_encoder_error(encoder)); /* errors stay */
}

/* As from a slow line, by exactly as many bytes as are needed next. */
static void receive_packets(sw_decoder *decoder)
{
    sw_chunk chunk;
    size_t used;
    int result = 0;

    for (size_t at = 0, n; at < on_wire && result >= 0; at += n) {
        n = sw_decoder_hint(decoder);
        result = sw_decoder_next(decoder, wire + at, n, &used, &chunk);
        if (result > 0 && sw_chunk_is_first(&chunk))
            printf("server: %s of %u bytes\n", sw_band_name(chunk.band), chunk.size);
        if (result > 0 && sw_chunk_is_last(&chunk)) /* behind the command uploads may come */
            sw_decoder_set_limit(decoder, UINT32_MAX);
    }
    must("decoder", result, sw_decoder_error(decoder));
    must("decoder", sw_decoder_end(decoder).code, sw_decoder_end(decoder)); /* a packet that is cut off */
}

int main(int argc, char **argv)
{
    const sw_argument command[] = { sw_argument_of("addmood"), sw_argument_of("calm") };
    static sw_private_key private_key;
    static sw_public_key public_key;
    sw_cipher out, in;
    sw_encoder encoder;
    sw_decoder decoder;
    sw_secrets secrets;
    unsigned features;
    sw_crypto *crypto;

    if (argc < 3 || argc > 4) {
        fprintf(stderr, "usage: by_hand KEYFILE PUBLIC_KEYFILE [legacy]\n");
        return STATUS_TROUBLE;
    }
    crypto = open_crypto();
    load_private_key(&private_key, argv[1]);
    load_public_key(&public_key, argv[2]);
    features = greet(argc == 3 ? SW_FEATURES_ALL : 0);
    secrets = challenge(crypto, &private_key, &public_key, features);
    sw_cipher_init(&out, sw_features_cipher(features), crypto, secrets.client_key);
    sw_cipher_init(&in, sw_features_cipher(features), crypto, secrets.client_key);
    if (features & SW_FEATURE_SIDEBAND) {
        sw_encoder_init(&encoder);
        sw_encoder_set_cipher(&encoder, &out);
        sw_decoder_init(&decoder, sizeof(wire));
        sw_decoder_set_cipher(&decoder, &in);
        send_packets(command, 2, &encoder);
        receive_packets(&decoder);
    } else {
        send_text(command, 2, &out, &in);
    }
    sw_cipher_wipe(&out);
    sw_cipher_wipe(&in);
    sw_secrets_wipe(&secrets);
    sw_private_key_wipe(&private_key);
    return 0;
}
