/* SPDX-License-Identifier: ISC */
#include "wire_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char greeting[] = "This is para_server, version 0.4.13.\nFeatures: sideband,aes_ctr128,sha256\n";
static const char legacy_greeting[] = "This is para_server, version 0.4.13.\n";

/* Not Check's, so that programs outside of it can make sessions, too. */
static void must(int is_so)
{
    if (!is_so)
        abort();
}

static void append(bytes *out, const void *data, size_t len)
{
    out->data = realloc(out->data, out->len + len);
    must(out->data != NULL);
    if (len > 0)
        memcpy(out->data + out->len, data, len);
    out->len += len;
}

static void append_packet(bytes *out, sw_cipher *cipher, uint8_t band, const void *body, size_t len)
{
    uint8_t *packet = malloc(SW_HEADER_SIZE + len);
    sw_encoder encoder;
    size_t size;

    must(packet != NULL);
    sw_encoder_init(&encoder);
    if (cipher != NULL)
        sw_encoder_set_cipher(&encoder, cipher);
    must(sw_encoder_packet(&encoder, band, body, (uint32_t)len, packet, SW_HEADER_SIZE + len, &size) == 1);
    append(out, packet, size);
    free(packet);
}

/* Any bytes will do for what only private keys could open. */
static void fill(uint8_t *out, size_t len, uint32_t seed, uint8_t first)
{
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)(i < 4 ? seed >> 8 * i : first + i);
}

void wire_session_start(wire_session *w, const sw_crypto *crypto, unsigned features, uint32_t seed)
{
    sw_cipher_kind kind = sw_features_cipher(features);
    const char *text = features != 0 ? greeting : legacy_greeting;
    uint8_t challenge[WIRE_CHALLENGE_SIZE];
    uint8_t request[128];
    size_t len;

    memset(w, 0, sizeof(*w));
    w->features = features;
    w->keys.response_size = (uint8_t)sw_features_response_size(features);
    fill(w->keys.response, w->keys.response_size, seed, 0);
    fill(w->keys.client_key, SW_CIPHER_KEY_SIZE, seed, 1);
    fill(w->keys.server_key, SW_CIPHER_KEY_SIZE, seed, 2);
    fill(challenge, sizeof(challenge), seed, 3);
    must(sw_cipher_init(&w->ciphers[FROM_CLIENT], kind, crypto, w->keys.client_key) == SW_OK);
    must(sw_cipher_init(&w->ciphers[FROM_SERVER], kind, crypto, w->keys.server_key) == SW_OK);
    must(sw_request_format("alice", features, request, sizeof(request), &len, NULL) == SW_OK);
    append(&w->sent[FROM_SERVER], text, strlen(text));
    append(&w->sent[FROM_CLIENT], request, len);
    w->opening[FROM_SERVER] = w->sent[FROM_SERVER].len;
    w->opening[FROM_CLIENT] = w->sent[FROM_CLIENT].len;
    if (features & SW_FEATURE_SIDEBAND) {
        append_packet(&w->sent[FROM_SERVER], NULL, SW_BAND_CHALLENGE, challenge, sizeof(challenge));
        append_packet(&w->sent[FROM_CLIENT], NULL, SW_BAND_CHALLENGE_RESPONSE, w->keys.response,
                      w->keys.response_size);
    } else {
        append(&w->sent[FROM_SERVER], challenge, sizeof(challenge));
        append(&w->sent[FROM_CLIENT], w->keys.response, w->keys.response_size);
    }
    w->proof[FROM_SERVER] = w->sent[FROM_SERVER].len;
    w->proof[FROM_CLIENT] = w->sent[FROM_CLIENT].len;
}

size_t wire_session_text(wire_session *w, from side, const void *data, size_t len)
{
    size_t at = w->sent[side].len;
    uint8_t *added;

    append(&w->sent[side], data, len);
    added = w->sent[side].data + at;
    must(sw_cipher_apply(&w->ciphers[side], added, added, len) == SW_OK);
    return at;
}

size_t wire_session_packet(wire_session *w, from side, uint8_t band, const void *body, size_t len)
{
    size_t at = w->sent[side].len;

    append_packet(&w->sent[side], &w->ciphers[side], band, body, len);
    return at;
}

static void append_hex(bytes *out, const uint8_t *data, size_t len)
{
    char digits[3];

    append(out, " ", 1);
    for (size_t i = 0; i < len; i++) {
        snprintf(digits, sizeof(digits), "%02x", data[i]);
        append(out, digits, 2);
    }
}

/* By no stream in memory, which Windows does not have. */
char *wire_session_log(const wire_session *w)
{
    static const char label[] = "SIDEWIRE_SESSION_KEYS";
    bytes line = { 0 };

    append(&line, label, sizeof(label) - 1);
    append_hex(&line, w->keys.response, w->keys.response_size);
    append_hex(&line, w->keys.client_key, SW_CIPHER_KEY_SIZE);
    append_hex(&line, w->keys.server_key, SW_CIPHER_KEY_SIZE);
    append(&line, "\n", 2); /* with the NUL */
    return (char *)line.data;
}

void wire_session_free(wire_session *w)
{
    sw_cipher_wipe(&w->ciphers[0]);
    sw_cipher_wipe(&w->ciphers[1]);
    free(w->sent[0].data);
    free(w->sent[1].data);
}
