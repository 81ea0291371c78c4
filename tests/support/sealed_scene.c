/* SPDX-License-Identifier: ISC */
#include "sealed_scene.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void sealed_scene_seal(sealed_scene *s, int who, const void *text, size_t size)
{
    size_t at = s->len[who];

    if (s->cap[who] - at < size + SW_RECORD_OVERHEAD) {
        s->cap[who] = 2 * s->cap[who] + size + SW_RECORD_OVERHEAD;
        s->sent[who] = realloc(s->sent[who], s->cap[who]);
    }
    memcpy(s->sent[who] + at + SW_RECORD_HEADER_SIZE, text, size);
    ck_assert_int_eq(sw_record_seal(&s->records[who], s->sent[who] + at, size), SW_OK);
    s->len[who] += size + SW_RECORD_OVERHEAD;
    s->borders[who][++s->count[who]] = s->len[who];
}

void sealed_scene_packet(sealed_scene *s, int who, unsigned band, size_t size, size_t a_record)
{
    uint8_t *text = malloc(SW_HEADER_SIZE + size);

    memset(text, 'x', SW_HEADER_SIZE + size);
    for (unsigned i = 0; i < 4; i++)
        text[i] = (uint8_t)(size >> 8 * i);
    text[4] = (uint8_t)band;
    for (size_t at = 0, n; at < SW_HEADER_SIZE + size; at += n) {
        n = SW_HEADER_SIZE + size - at;
        if (a_record > 0 && n > a_record)
            n = a_record;
        sealed_scene_seal(s, who, text + at, n);
    }
    free(text);
}

void sealed_scene_open(sealed_scene *s, const sw_crypto *crypto, sw_suite suite, observed_keys when)
{
    static const char greeting[] = "hello\nFeatures: sideband,noise_nx_25519_aesgcm_sha256\n";
    uint8_t message[100] = { 0, 34 };
    char request[64];

    memset(s, 0, sizeof(*s));
    memset(s->keys.client_key, 1, SW_CIPHER_KEY_SIZE);
    memset(s->keys.server_key, 2, SW_CIPHER_KEY_SIZE);
    for (int who = 0; who < 2; who++) {
        s->borders[who] = calloc(SCENE_RECORDS + 2, sizeof(size_t));
        ck_assert_int_eq(sw_record_init(&s->records[who], crypto, suite,
                                        who == SW_FROM_CLIENT ? s->keys.client_key : s->keys.server_key,
                                        SW_RECORD_LIMIT_MAX),
                         SW_OK);
    }
    observed_start(&s->seen, crypto, &s->keys, when);
    snprintf(request, sizeof(request), "auth %s\n", sw_suite_name(suite));
    observed_feed(&s->seen, SW_FROM_SERVER, greeting, sizeof(greeting) - 1);
    observed_feed(&s->seen, SW_FROM_CLIENT, request, strlen(request));
    observed_feed(&s->seen, SW_FROM_CLIENT, message, 36);
    message[1] = 98;
    observed_feed(&s->seen, SW_FROM_SERVER, message, 100);
    sealed_scene_packet(s, SW_FROM_CLIENT, SW_BAND_CHALLENGE_RESPONSE, 100, 0);
    sealed_scene_packet(s, SW_FROM_CLIENT, SW_BAND_COMMAND, 3, 0);
    sealed_scene_packet(s, SW_FROM_SERVER, SW_BAND_PROCEED, 0, 0);
}

void sealed_scene_feed(sealed_scene *s, int who, size_t from, size_t until)
{
    if (from < until)
        observed_feed(&s->seen, (unsigned)who, s->sent[who] + from, until - from);
}

void sealed_scene_feed_all(sealed_scene *s, int who)
{
    sealed_scene_feed(s, who, 0, s->len[who]);
}

void sealed_scene_feed_but(sealed_scene *s, int who, size_t from, size_t until)
{
    sealed_scene_feed(s, who, 0, from);
    observed_lose(&s->seen, (unsigned)who, until - from);
    sealed_scene_feed(s, who, until, s->len[who]);
}

const char *sealed_scene_finish(sealed_scene *s, unsigned who)
{
    observed_finish(&s->seen);
    return observed_log(&s->seen, who);
}

void sealed_scene_expect(const char *log, const char *line)
{
    ck_assert_msg(strstr(log, line) != NULL, "no '%s' in:\n%s", line, log);
}

void sealed_scene_expect_none(const char *log, const char *line)
{
    ck_assert_msg(strstr(log, line) == NULL, "'%s' in:\n%s", line, log);
}

void sealed_scene_close(sealed_scene *s)
{
    observed_free(&s->seen);
    for (int who = 0; who < 2; who++) {
        sw_record_wipe(&s->records[who]);
        free(s->sent[who]);
        free(s->borders[who]);
    }
}
