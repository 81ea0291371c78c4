/* SPDX-License-Identifier: ISC */
#include "script_sender.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static int is_sealed(const script_sender *s)
{
    return (s->features & SW_FEATURES_SEALED) != 0;
}

void script_sender_start(script_sender *s, unsigned features, const sw_secrets *keys, const sw_crypto *crypto)
{
    sw_suite suite = features & SW_FEATURE_NOISE_AESGCM ? SW_SUITE_AESGCM : SW_SUITE_CHACHAPOLY;

    memset(s, 0, sizeof(*s));
    s->features = features;
    for (unsigned side = 0; side < 2; side++) {
        const uint8_t *key = side == 0 ? keys->client_key : keys->server_key;
        int result = is_sealed(s) ? sw_record_init(&s->records[side], crypto, suite, key, SW_RECORD_LIMIT_MAX)
                                  : sw_cipher_init(&s->ciphers[side], sw_features_cipher(features), crypto, key);

        ck_assert_int_eq(result, SW_OK);
    }
}

void script_sender_wipe(script_sender *s)
{
    for (unsigned side = 0; side < 2; side++) {
        sw_cipher_wipe(&s->ciphers[side]);
        sw_record_wipe(&s->records[side]);
    }
}

/* ---- text ---- */

static uint8_t take_escape(const char **p)
{
    static const char letters[] = "nr0\"\\", bytes_of[] = "\n\r\0\"\\";
    const char *found = strchr(letters, *(*p)++);
    char digits[3] = { 0 };

    if (found != NULL)
        return (uint8_t)bytes_of[found - letters];
    ck_assert_int_eq((*p)[-1], 'x');
    memcpy(digits, *p, 2);
    *p += 2;
    return (uint8_t)strtoul(digits, NULL, 16);
}

static bytes take_text(const char **p)
{
    bytes text = bytes_copy("", 0);

    ck_assert_msg(*(*p)++ == '"', "no text: %s", *p - 1);
    while (**p != '"') {
        uint8_t byte;

        ck_assert_int_ne(**p, '\0');
        byte = (uint8_t) * (*p)++;
        if (byte == '\\')
            byte = take_escape(p);
        bytes_append(&text, &byte, 1);
    }
    ++*p;
    return text;
}

/* TEXT or N*TEXT, with room for a record around it. */
static bytes take_texts(const char **p)
{
    unsigned long times = 1;
    bytes text, said;

    if (**p != '"') {
        char *end;

        times = strtoul(*p, &end, 10);
        ck_assert_msg(end != *p && *end == '*', "no piece: %s", *p);
        *p = end + 1;
    }
    text = take_text(p);
    said = bytes_copy(NULL, 0);
    said.data = realloc(said.data, text.len * times + SW_RECORD_OVERHEAD);
    ck_assert_ptr_nonnull(said.data);
    for (; times > 0; times--, said.len += text.len)
        memcpy(said.data + said.len, text.data, text.len);
    bytes_free(&text);
    return said;
}

/* ---- what is done to it ---- */

static void seal(sw_record *record, bytes *said, int damaged)
{
    memmove(said->data + SW_RECORD_HEADER_SIZE, said->data, said->len);
    ck_assert_int_eq(sw_record_seal(record, said->data, said->len), SW_OK);
    said->len += SW_RECORD_OVERHEAD;
    said->data[said->len - 1] ^= (uint8_t)damaged;
}

size_t script_sender_say(script_sender *s, unsigned side, const char **p, bytes *said)
{
    char mark = **p == '~' || **p == '-' || **p == '!' ? *(*p)++ : ' ';
    bytes text = take_texts(p);
    size_t missing = 0;

    if (mark != ' ' && is_sealed(s))
        seal(&s->records[side], &text, mark == '!');
    else if (mark != ' ')
        ck_assert_int_eq(sw_cipher_apply(&s->ciphers[side], text.data, text.data, text.len), SW_OK);
    if (mark == '-')
        missing = text.len;
    else
        bytes_append(said, text.data, text.len);
    bytes_free(&text);
    return missing;
}
