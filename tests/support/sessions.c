/* SPDX-License-Identifier: ISC */
#include "sessions.h"

#include "scratch.h"
#include "tshark.h"

#include <sidewire/backends.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const unsigned mode_features[MODES] = { 0, SW_FEATURE_SIDEBAND, SW_FEATURE_SIDEBAND | SW_FEATURE_SHA256,
                                        SW_FEATURE_SIDEBAND | SW_FEATURE_AES_CTR128, SW_FEATURES_ALL };

static const char command[] = "help\0ff";
static const char legacy_command[] = "\nhelp\nff\nEnd of Command.\n";
static const char line[] = "hello\n";

static sw_crypto *crypto;

static void open_crypto(void)
{
    crypto = sw_backend_new(NULL);
    ck_assert_ptr_nonnull(crypto);
}

static void close_crypto(void)
{
    sw_backend_free(crypto);
}

TCase *session_case(Suite *suite, const char *name)
{
    TCase *tcase = tshark_case(suite, name);

    tcase_add_checked_fixture(tcase, open_crypto, close_crypto);
    return tcase;
}

/* ---- sessions ---- */

static void add_to_log(const wire_session *w)
{
    char *text = wire_session_log(w);
    FILE *file = fopen(KEYLOG, "ae");

    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    ck_assert_int_eq(fclose(file), 0);
    free(text);
}

void session_start(wire_session *w, unsigned features, uint8_t seed)
{
    wire_session_start(w, crypto, features, seed);
    add_to_log(w);
}

void session_start_sealed(wire_session *w, unsigned features, const char *public_key)
{
    sw_cipher_kind kind = sw_features_cipher(features);
    uint8_t block[WIRE_CHALLENGE_SIZE];
    sw_public_key key;
    sw_rsa_public view;
    size_t len;
    const char *text = scratch_read(public_key, &len);

    ck_assert_int_eq(sw_public_key_parse(&key, text, len, NULL), SW_OK);
    ck_assert_uint_eq(key.n_size, sizeof(block));
    view = sw_public_key_view(&key);
    wire_session_start(w, crypto, features, 0);
    sw_cipher_wipe(&w->ciphers[FROM_CLIENT]);
    sw_cipher_wipe(&w->ciphers[FROM_SERVER]);
    ck_assert_int_eq(sw_challenge_create(&w->keys, crypto, &view, features, block), SW_OK);
    ck_assert_int_eq(sw_cipher_init(&w->ciphers[FROM_CLIENT], kind, crypto, w->keys.client_key), SW_OK);
    ck_assert_int_eq(sw_cipher_init(&w->ciphers[FROM_SERVER], kind, crypto, w->keys.server_key), SW_OK);
    memcpy(w->sent[FROM_SERVER].data + w->proof[FROM_SERVER] - sizeof(block), block, sizeof(block));
    memcpy(w->sent[FROM_CLIENT].data + w->proof[FROM_CLIENT] - w->keys.response_size, w->keys.response,
           w->keys.response_size);
}

static const char *long_text(void)
{
    static char text[LONG_TEXT];

    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (char)(i % 251);
    return text;
}

void session_talk(wire_session *w)
{
    if (w->features == 0) {
        wire_session_text(w, FROM_SERVER, SW_LEGACY_PROCEED, sizeof(SW_LEGACY_PROCEED) - 1);
        wire_session_text(w, FROM_CLIENT, legacy_command, sizeof(legacy_command) - 1);
        wire_session_text(w, FROM_SERVER, line, sizeof(line) - 1);
        wire_session_text(w, FROM_SERVER, long_text(), LONG_TEXT);
        return;
    }
    wire_session_packet(w, FROM_SERVER, SW_BAND_PROCEED, NULL, 0);
    wire_session_packet(w, FROM_CLIENT, SW_BAND_COMMAND, command, sizeof(command));
    wire_session_packet(w, FROM_SERVER, SW_BAND_OUTPUT, line, sizeof(line) - 1);
    wire_session_packet(w, FROM_SERVER, SW_BAND_OUTPUT, NULL, 0);
    wire_session_packet(w, FROM_SERVER, SW_BAND_WARNING_LOG, long_text(), LONG_TEXT);
    wire_session_packet(w, FROM_SERVER, SW_BAND_EXIT_FAILURE, NULL, 0);
}

void session_record(tape *t, uint16_t server_port, const wire_session *w, size_t step)
{
    size_t proceed = w->features == 0 ? sizeof(SW_LEGACY_PROCEED) - 1 : SW_HEADER_SIZE;

    if (proceed > w->sent[FROM_SERVER].len - w->proof[FROM_SERVER])
        proceed = w->sent[FROM_SERVER].len - w->proof[FROM_SERVER];
    tape_session(t, server_port, w, proceed, step);
}

void session_write(const wire_session *w, const char *name)
{
    tape t = { 0 };

    session_record(&t, FIRST_PORT, w, TCP_SEGMENT_MAX);
    tape_write(&t, name);
    tape_free(&t);
}

/* ---- what should be said of them ---- */

const char session_bands[] = "1 2 3 4 6 6 10 15";

static void append_hex(char *out, const void *data, size_t len)
{
    const uint8_t *p = data;

    out += strlen(out);
    for (size_t i = 0; i < len; i++)
        out += sprintf(out, "%02x", p[i]);
}

/* All bodies, one behind the other. */
static const char *all_bodies(const wire_session *w)
{
    char *hex = scratch_allocate(2 * (LONG_TEXT + 100));

    hex[0] = '\0';
    if (w->features == 0) {
        append_hex(hex, SW_LEGACY_PROCEED, sizeof(SW_LEGACY_PROCEED) - 1);
        append_hex(hex, legacy_command, sizeof(legacy_command) - 1);
    } else {
        append_hex(hex, command, sizeof(command));
    }
    append_hex(hex, line, sizeof(line) - 1);
    append_hex(hex, long_text(), LONG_TEXT);
    return hex;
}

static const char *without_blanks(const char *hex)
{
    char *out = scratch_allocate(strlen(hex) + 1);
    size_t len = 0;

    for (; *hex != '\0'; hex++)
        if (*hex != ' ')
            out[len++] = *hex;
    return out;
}

void check_text(const char *what, const char *text, const char *expected)
{
    size_t same = 0;

    while (text[same] == expected[same] && text[same] != '\0')
        same++;
    ck_assert_msg(text[same] == expected[same], "%s: at %zu: '%.200s', not '%.200s'", what, same, text + same,
                  expected + same);
}

void session_check(const char *what, const char *fields, unsigned number, const wire_session *w)
{
    int is_legacy = w->features == 0;
    const char *lengths =
        scratch_format("256 %zu 0 8 6 0 %d 0", sw_features_response_size(w->features), LONG_TEXT);

    check_text(what, column(fields, number, 1), is_legacy ? "" : session_bands);
    check_text(what, column(fields, number, 2), is_legacy ? "" : lengths);
    check_text(what, column(fields, number, 3), "help ff");
    check_text(what, without_blanks(column(fields, number, 4)), all_bodies(w));
    check_text(what, column(fields, number, 5), is_legacy ? "" : "1");
    check_text(what, column(fields, number, 6), "");
}

const char *column(const char *fields, unsigned number, unsigned n)
{
    char *out = scratch_allocate(strlen(fields) + 2);
    size_t len = 0;

    for (const char *p = fields; *p != '\0'; p += strcspn(p, "\n") + 1) {
        const char *value = p;

        if (strtoul(p, NULL, 10) != number)
            continue;
        for (unsigned i = 0; i < n; i++)
            value += strcspn(value, "|\n") + 1;
        if (strcspn(value, "|\n") == 0)
            continue;
        if (len > 0)
            out[len++] = ' ';
        memcpy(out + len, value, strcspn(value, "|\n"));
        len += strcspn(value, "|\n");
    }
    out[len] = '\0';
    return out;
}
