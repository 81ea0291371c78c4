/* SPDX-License-Identifier: ISC */
#include "observer_script.h"
#include "suite.h"
#include "support.h"

#include <sidewire/observer.h>

#include <check.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_SIZE = 1024, LOG_SIZE = 16384, SHOWN_MAX = 24 };

typedef struct script {
    sw_observer observer;
    sw_secrets keys;
    sw_cipher ciphers[2]; /* of the client, of the server */
    unsigned swapped;
    bytes left[2];
    uint64_t places[2], missing[2]; /* where what is left begins, and the hole behind it */
    int ended[2];
    int session, client;
    unsigned features, mode;
    char answer[32];   /* the keys that a challenge is answered with, or empty */
    char believed[32]; /* which side candidates are, and with which keys; or empty */
    char expected[LOG_SIZE], log[LOG_SIZE];
    size_t expected_len, len;
    int count;
} script;

/* ---- the backend ---- */

static const sw_crypto *real;
static int ciphers_open; /* those of AES that were not wiped: a backend may have memory for them */

static int failing; /* the backend does, from now on */

static int count_init(void *ctx, void *state, const uint8_t key[SW_AES_KEY_SIZE],
                      const uint8_t counter[SW_AES_BLOCK_SIZE])
{
    if (failing)
        return -1;
    ciphers_open++;
    return real->aes_init(ctx, state, key, counter);
}

static int apply_or_fail(void *ctx, void *state, uint8_t *out, const uint8_t *in, size_t n)
{
    return failing ? -1 : real->aes_apply(ctx, state, out, in, n);
}

static void count_wipe(void *ctx, void *state)
{
    ciphers_open--;
    real->aes_wipe(ctx, state);
}

/* ---- what comes ---- */

static void note(script *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void note(script *s, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    s->len += (size_t)vsnprintf(s->log + s->len, sizeof(s->log) - s->len, format, args);
    va_end(args);
    ck_assert_uint_lt(s->len, sizeof(s->log));
}

static void note_bytes(script *s, const uint8_t *data, size_t len)
{
    note(s, " \"");
    for (size_t i = 0; i < len && i < SHOWN_MAX; i++)
        if (data[i] >= ' ' && data[i] < 0x7f)
            note(s, "%c", data[i]);
        else
            note(s, "\\x%02x", data[i]);
    note(s, len > SHOWN_MAX ? "...\"" : "\"");
}

static void note_number(script *s, const char *name, uint64_t n)
{
    if (n != 0)
        note(s, " %s %" PRIu64, name, n);
}

static const char *kind_name(sw_observed kind)
{
    static const char *const names[] = {
        "?",         "greeting", "request",   "noise",   "challenge", "response",
        "proceed",   "command",  "packet",    "record",  "text",      "wrong keys",
        "encrypted", "lost",     "undecoded", "resumed", "candidate",
    };

    ck_assert_int_gt(kind, 0);
    ck_assert_int_lt(kind, COUNT(names));
    return names[kind];
}

static void note_event(script *s, const sw_observer_event *e)
{
    note(s, "%s %s %" PRIu64 "+%zu", kind_name(e->kind),
         e->side == SW_FROM_CLIENT   ? "client"
         : e->side == SW_FROM_SERVER ? "server"
                                     : "nobody",
         e->at, e->len);
    if (e->message_at != e->at)
        note(s, " of %" PRIu64, e->message_at);
    note_number(s, "size", e->size);
    note_number(s, "offset", e->offset);
    note_number(s, "band", e->band);
    note_number(s, "first", e->first);
    note_number(s, "last", e->last);
    note_number(s, "in_message", e->in_message);
    note_number(s, "sure", e->sure);
    note_number(s, "opened", e->opened);
    note_number(s, "verdict", (uint64_t)e->verdict);
    note_number(s, "missing", e->missing);
    if (e->request.user != NULL) {
        note(s, " user");
        note_bytes(s, (const uint8_t *)e->request.user, e->request.user_len);
    }
    note_number(s, "features", e->request.features);
    if (e->error.code != SW_OK || e->error.value != 0 || e->error.limit != 0)
        note(s, " error %d %" PRIu64 " %" PRIu64, e->error.code, e->error.value, e->error.limit);
    if (e->kind >= SW_OBSERVED_PROCEED && e->kind != SW_OBSERVED_ENCRYPTED && e->data != NULL && e->len > 0)
        note_bytes(s, e->data, e->len);
    note(s, "\n");
}

/* What is left, and what has changed. */
static void note_state(script *s, unsigned end, uint64_t left)
{
    static const char *const waits[] = { "more", "other", "keys" };
    int session = sw_observer_is_session(&s->observer);
    int client = sw_observer_client(&s->observer);
    unsigned features = sw_observer_features(&s->observer);
    size_t before = s->len;

    if (left > 0 || s->missing[end] > 0)
        note(s, " left %" PRIu64, left);
    if (s->missing[end] > 0)
        note(s, " hole %" PRIu64, s->missing[end]);
    if (sw_observer_waits(&s->observer, end) != SW_WAIT_MORE)
        note(s, " waits %s", waits[sw_observer_waits(&s->observer, end)]);
    if (session != s->session)
        note(s, " session %d", session);
    if (client != s->client)
        note(s, " client %d", client);
    if (features != s->features)
        note(s, " features %u", features);
    s->session = session;
    s->client = client;
    s->features = features;
    if (s->len > before)
        note(s, "\n");
}

/* ---- words ---- */

/* Is this the next word? Then it is passed. */
static int take_word(const char **p, const char *word)
{
    size_t n = strlen(word);
    const char *q = *p + strspn(*p, " ");

    if (strncmp(q, word, n) != 0 || (q[n] != ' ' && q[n] != '\0'))
        return 0;
    *p = q + n;
    return 1;
}

static unsigned long take_number(const char **p)
{
    char *end;
    unsigned long n = strtoul(*p, &end, 10);

    ck_assert_msg(end != *p, "no number: %s", *p);
    *p = end;
    return n;
}

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

/* Appends what an end says there. */
static void take_piece(script *s, unsigned end, const char **p)
{
    char mark = **p == '~' || **p == '-' ? *(*p)++ : ' ';
    unsigned long times = 1;
    bytes text, said;

    ck_assert_msg(s->missing[end] == 0, "behind a hole: %s", *p);
    if (**p != '"') {
        times = take_number(p);
        ck_assert_int_eq(*(*p)++, '*');
    }
    text = take_text(p);
    said = bytes_copy(NULL, 0);
    said.data = realloc(said.data, text.len * times + 1);
    ck_assert_ptr_nonnull(said.data);
    for (; times > 0; times--, said.len += text.len)
        memcpy(said.data + said.len, text.data, text.len);
    if (mark != ' ')
        ck_assert_int_eq(sw_cipher_apply(&s->ciphers[end ^ s->swapped], said.data, said.data, said.len), SW_OK);
    if (mark != '-')
        bytes_append(&s->left[end], said.data, said.len);
    else
        s->missing[end] += said.len;
    bytes_free(&said);
    bytes_free(&text);
}

/* ---- steps ---- */

static void run_open(script *s, const char *p)
{
    sw_secrets keys = s->keys;
    size_t block = 0;
    int result;

    while (*(p += strspn(p, " ")) != '\0')
        if (take_word(&p, "wrong"))
            keys.server_key[0] ^= 1, keys.client_key[0] ^= 1;
        else if (take_word(&p, "half"))
            keys.client_key[0] ^= 1;
        else if (take_word(&p, "bare"))
            keys.response_size = 0;
        else if (take_word(&p, "short"))
            keys.response_size = 1;
        else if (take_word(&p, "other"))
            keys.response[keys.response_size - 1] ^= 1;
        else if (take_word(&p, "block"))
            block = take_number(&p);
        else
            ck_abort_msg("no such word: %s", p);
    result = sw_observer_open(&s->observer, &keys, block);
    if (result != SW_OK)
        note(s, "result %d\n", result);
}

/* Keys that belong to a candidate. */
static void believe(script *s, unsigned end)
{
    const char *p = s->believed;
    int side = take_word(&p, "client") ? SW_FROM_CLIENT : SW_FROM_SERVER;

    ck_assert_int_eq(sw_observer_believe(&s->observer, end, side), SW_OK);
    take_word(&p, "server");
    run_open(s, p);
}

static void offer(script *s, unsigned end, int full)
{
    bytes copy = bytes_copy(s->left[end].data, s->left[end].len);
    sw_observer_input in = { copy.data, copy.len, s->missing[end], s->ended[end], full };
    sw_observer_event event;
    int result;

    while ((result = sw_observer_next(&s->observer, end, &in, &event)) != 0) {
        ck_assert_int_eq(result, 1);
        if (event.data != NULL && event.len > 0)
            ck_assert_ptr_eq(event.data, copy.data + (event.at - s->places[end]));
        note_event(s, &event);
        if (event.kind == SW_OBSERVED_CANDIDATE && s->believed[0] != '\0')
            believe(s, end);
        if (event.kind == SW_OBSERVED_CHALLENGE && s->answer[0] != '\0')
            run_open(s, s->answer);
    }
    ck_assert_ptr_eq(in.data + in.len, copy.data + copy.len);
    s->places[end] += copy.len - in.len + (s->missing[end] - in.missing);
    s->missing[end] = in.missing;
    bytes_free(&s->left[end]);
    s->left[end] = bytes_copy(in.data, in.len);
    bytes_free(&copy);
    note_state(s, end, in.len);
}

static void run_offer(script *s, const char *p)
{
    unsigned end = (unsigned)take_number(&p);
    int full = 0;

    ck_assert_uint_le(end, 1);
    while (*(p += strspn(p, " ")) != '\0')
        if (take_word(&p, "missing"))
            s->missing[end] += take_number(&p);
        else if (take_word(&p, "ended"))
            s->ended[end] = 1;
        else if (take_word(&p, "full"))
            full = 1;
        else
            take_piece(s, end, &p);
    offer(s, end, full);
}

/* What is known of it from other scripts is not told. */
static void run_handshake(script *s)
{
    static const char *const legacy[] = {
        "1 \"hello\\n\"", "0 \"auth rsa alice\\n\"", "1 32*\"challeng\"", "0 \"ABCDEFGHIJKLMNOPQRST\"", "1 ", NULL
    };
    static const char *const rc4[] = { "1 \"hello\\nFeatures: sideband\\n\"", "0 \"auth rsa alice sideband\\n\"",
                                       "1 \"\\0\\x01\\0\\0\\x01\" 32*\"challeng\"",
                                       "0 \"\\x14\\0\\0\\0\\x02\" \"ABCDEFGHIJKLMNOPQRST\"", NULL };
    static const char *const aes[] = { "1 \"hello\\nFeatures: sideband\\n\"",
                                       "0 \"auth rsa alice sideband,aes_ctr128,sha256\\n\"",
                                       "1 \"\\0\\x01\\0\\0\\x01\" 32*\"challeng\"",
                                       "0 \"\\x20\\0\\0\\0\\x02\" \"ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\\\]^_`\"", NULL };
    const char *const *steps = s->mode == 0 ? legacy : s->mode & SW_FEATURE_AES_CTR128 ? aes : rc4;
    size_t len = s->len;

    while (*steps != NULL)
        run_offer(s, *steps++);
    s->len = len;
    s->log[len] = '\0';
}

static int is_zero(const void *data, size_t size)
{
    const uint8_t *p = data;

    while (size > 0 && *p == 0)
        p++, size--;
    return size == 0;
}

static void show_secrets(script *s)
{
    const sw_observer *o = &s->observer;

    note(s, "keys %s, ciphers %s %s\n", is_zero(&o->keys, sizeof(o->keys)) ? "none" : "kept",
         is_zero(&o->ends[0].channel.cipher, sizeof(sw_cipher)) ? "none" : "kept",
         is_zero(&o->ends[1].channel.cipher, sizeof(sw_cipher)) ? "none" : "kept");
}

static void run_step(script *s, const char *p)
{
    if (take_word(&p, "handshake"))
        run_handshake(s);
    else if (take_word(&p, "open"))
        run_open(s, p);
    else if (take_word(&p, "believe"))
        snprintf(s->believed, sizeof(s->believed), "%s", p);
    else if (take_word(&p, "abandon"))
        sw_observer_abandon(&s->observer, (unsigned)take_number(&p));
    else if (take_word(&p, "wipe"))
        sw_observer_wipe(&s->observer);
    else if (take_word(&p, "fail"))
        failing = 1;
    else if (take_word(&p, "answer"))
        snprintf(s->answer, sizeof(s->answer), "%s", p);
    else if (take_word(&p, "swap"))
        s->swapped ^= 1;
    else if (take_word(&p, "secrets"))
        show_secrets(s);
    else
        run_offer(s, p);
}

/* ---- files ---- */

static void finish(script *s)
{
    sw_observer_wipe(&s->observer);
    for (int side = 0; side < 2; side++) {
        sw_cipher_wipe(&s->ciphers[side]);
        bytes_free(&s->left[side]);
    }
    ck_assert_int_eq(ciphers_open, 0);
    if (strcmp(s->log, s->expected) != 0)
        ck_abort_msg("what came is:\n%s", s->log);
}

static void begin(script *s, const sw_crypto *crypto, const char *p)
{
    unsigned features = take_word(&p, "aes")   ? SW_FEATURE_SIDEBAND | SW_FEATURE_AES_CTR128 | SW_FEATURE_SHA256
                        : take_word(&p, "rc4") ? SW_FEATURE_SIDEBAND
                                               : 0;
    int count = s->count + 1;

    memset(s, 0, sizeof(*s));
    s->count = count;
    s->client = -1;
    s->mode = features;
    failing = 0;
    for (int i = 0; i < SW_SHA256_SIZE; i++)
        s->keys.response[i] = (uint8_t)('A' + i);
    s->keys.response_size = (uint8_t)sw_features_response_size(features);
    memset(s->keys.client_key, 'c', sizeof(s->keys.client_key));
    memset(s->keys.server_key, 's', sizeof(s->keys.server_key));
    for (int side = 0; side < 2; side++) {
        s->left[side] = bytes_copy("", 0);
        ck_assert_int_eq(sw_cipher_init(&s->ciphers[side], sw_features_cipher(features), real,
                                        side == 0 ? s->keys.client_key : s->keys.server_key),
                         SW_OK);
    }
    memset(&s->observer, 0xa5, sizeof(s->observer)); /* what init leaves is not relied on */
    sw_observer_init(&s->observer, crypto);
}

static void expect(script *s, const char *line)
{
    int n = snprintf(s->expected + s->expected_len, LOG_SIZE - s->expected_len, "%s\n", line);

    s->expected_len += (size_t)n;
    ck_assert_uint_lt(s->expected_len, LOG_SIZE);
}

static void read_line(script *s, const sw_crypto *crypto, const char *line)
{
    if (line[0] == '\0' || line[0] == '#')
        return;
    if (strncmp(line, "== ", 3) == 0) {
        if (s->count > 0)
            finish(s);
        begin(s, crypto, line + 3);
    }
    expect(s, line);
    if (line[0] == '>' || line[0] == '=')
        note(s, "%s\n", line);
    if (line[0] == '>')
        run_step(s, line + 2);
}

int observer_script_run(const char *file, const sw_crypto *crypto)
{
    static script s;
    char line[LINE_SIZE];
    FILE *in = fopen(source_path(file), "r");
    sw_crypto counting = *crypto;
    int count;

    ck_assert_msg(in != NULL, "%s cannot be opened", source_path(file));
    real = crypto;
    ciphers_open = 0;
    counting.aes_init = count_init;
    counting.aes_apply = apply_or_fail;
    counting.aes_wipe = count_wipe;
    memset(&s, 0, sizeof(s));
    while (fgets(line, sizeof(line), in) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        read_line(&s, &counting, line);
    }
    fclose(in);
    count = s.count;
    if (count > 0)
        finish(&s);
    return count;
}
