/* SPDX-License-Identifier: ISC */
#include "observer_script.h"
#include "counted_ciphers.h"
#include "event_lines.h"
#include "script_sender.h"

#include <sidewire/observer.h>

#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_SIZE = 1024 };

typedef struct script {
    const sw_crypto *crypto; /* what is said is encrypted with */
    sw_crypto counting;      /* the observer's */
    int count;               /* of sessions; these three stay */
    sw_observer observer;
    sw_secrets keys;
    script_sender sender;
    unsigned swapped;
    bytes left[2], held[2];         /* what is offered; what comes behind it, in a later step */
    uint64_t places[2], missing[2]; /* where what is left begins, and the hole behind it */
    int ended[2];
    int session, client;
    unsigned features, mode;
    char answer[32];   /* the keys that a challenge is answered with, or empty */
    char believed[32]; /* which side candidates are, and with which keys; or empty */
    event_lines expected, log;
} script;

/* ---- what comes ---- */

/* What is left, and what has changed. */
static void note_state(script *s, unsigned end, uint64_t left)
{
    static const char *const waits[] = { "more", "other", "keys" };
    int session = sw_observer_is_session(&s->observer);
    int client = sw_observer_client(&s->observer);
    unsigned features = sw_observer_features(&s->observer);
    size_t before = s->log.len;

    if (left > 0 || s->missing[end] > 0)
        event_lines_add(&s->log, " left %" PRIu64, left);
    if (s->missing[end] > 0)
        event_lines_add(&s->log, " hole %" PRIu64, s->missing[end]);
    if (sw_observer_waits(&s->observer, end) != SW_WAIT_MORE)
        event_lines_add(&s->log, " waits %s", waits[sw_observer_waits(&s->observer, end)]);
    if (session != s->session)
        event_lines_add(&s->log, " session %d", session);
    if (client != s->client)
        event_lines_add(&s->log, " client %d", client);
    if (features != s->features)
        event_lines_add(&s->log, " features %u", features);
    s->session = session;
    s->client = client;
    s->features = features;
    if (s->log.len > before)
        event_lines_add(&s->log, "\n");
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
        event_lines_add(&s->log, "result %d\n", result);
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
        event_lines_note(&s->log, &event);
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

/* The last bytes come later, or not at all. */
static void hold_back(script *s, unsigned end, size_t n, int lost)
{
    ck_assert_uint_le(n, s->left[end].len);
    s->left[end].len -= n;
    if (lost)
        s->missing[end] += n;
    else
        bytes_append(&s->held[end], s->left[end].data + s->left[end].len, n);
}

static void say(script *s, unsigned end, const char **p)
{
    bytes *said = s->missing[end] > 0 ? &s->held[end] : &s->left[end];
    size_t missing = script_sender_say(&s->sender, end ^ s->swapped, p, said);

    ck_assert_msg(missing == 0 || s->held[end].len == 0, "a hole behind a hole: %s", *p);
    s->missing[end] += missing;
}

static void run_offer(script *s, const char *p)
{
    unsigned end = (unsigned)take_number(&p);
    int full = 0;

    ck_assert_uint_le(end, 1);
    if (s->missing[end] == 0) {
        bytes_append(&s->left[end], s->held[end].data, s->held[end].len);
        s->held[end].len = 0;
    }
    while (*(p += strspn(p, " ")) != '\0')
        if (take_word(&p, "missing"))
            s->missing[end] += take_number(&p);
        else if (take_word(&p, "hold"))
            hold_back(s, end, take_number(&p), 0);
        else if (take_word(&p, "lose"))
            hold_back(s, end, take_number(&p), 1);
        else if (take_word(&p, "ended"))
            s->ended[end] = 1;
        else if (take_word(&p, "full"))
            full = 1;
        else
            say(s, end, &p);
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
    static const char *const sealed[] = { "1 \"hello\\nFeatures: sideband\\n\"",
                                          "0 \"auth noise_nx_25519_aesgcm_sha256\\n\"", "0 \"\\0\\x22\" 34*\"e\"",
                                          "1 \"\\0\\x62\" 98*\"f\"", NULL };
    const char *const *steps = s->mode == 0                      ? legacy
                               : s->mode & SW_FEATURES_SEALED    ? sealed
                               : s->mode & SW_FEATURE_AES_CTR128 ? aes
                                                                 : rc4;
    size_t len = s->log.len;

    while (*steps != NULL)
        run_offer(s, *steps++);
    s->log.len = len;
    s->log.text[len] = '\0';
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

    event_lines_add(&s->log, "keys %s, ciphers %s %s\n", is_zero(&o->keys, sizeof(o->keys)) ? "none" : "kept",
                    is_zero(&o->ends[0].channel.cipher, sizeof(sw_cipher)) ? "none" : "kept",
                    is_zero(&o->ends[1].channel.cipher, sizeof(sw_cipher)) ? "none" : "kept");
}

/* The next record of either side has that number, below which no key was replaced. */
static void set_number(script *s, uint64_t number)
{
    ck_assert_uint_lt(number, 65536);
    for (unsigned end = 0; end < 2; end++)
        s->observer.ends[end].counter = s->sender.records[end].counter = number;
}

static void show_credit(script *s, unsigned end)
{
    event_lines_add(&s->log, "credit %" PRIu32 "\n", s->observer.ends[end].credit);
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
        counted_ciphers_fail(1);
    else if (take_word(&p, "answer"))
        snprintf(s->answer, sizeof(s->answer), "%s", p);
    else if (take_word(&p, "swap"))
        s->swapped ^= 1;
    else if (take_word(&p, "number"))
        set_number(s, take_number(&p));
    else if (take_word(&p, "credit"))
        show_credit(s, (unsigned)take_number(&p));
    else if (take_word(&p, "secrets"))
        show_secrets(s);
    else
        run_offer(s, p);
}

/* ---- files ---- */

static void finish(script *s)
{
    sw_observer_wipe(&s->observer);
    script_sender_wipe(&s->sender);
    for (int end = 0; end < 2; end++) {
        bytes_free(&s->left[end]);
        bytes_free(&s->held[end]);
    }
    ck_assert_int_eq(counted_ciphers_open(), 0);
    event_lines_expect(&s->log, "a script", s->expected.text);
}

static void begin(script *s, const char *p)
{
    unsigned features = take_word(&p, "aes")      ? SW_FEATURE_SIDEBAND | SW_FEATURE_AES_CTR128 | SW_FEATURE_SHA256
                        : take_word(&p, "rc4")    ? SW_FEATURE_SIDEBAND
                        : take_word(&p, "sealed") ? SW_FEATURE_NOISE_AESGCM
                                                  : 0;

    *s = (script){ .crypto = s->crypto, .counting = s->counting, .count = s->count + 1, .client = -1 };
    s->mode = features;
    counted_ciphers_fail(0);
    for (int i = 0; i < SW_SHA256_SIZE; i++)
        s->keys.response[i] = (uint8_t)('A' + i);
    s->keys.response_size = (uint8_t)sw_features_response_size(features);
    memset(s->keys.client_key, 'c', sizeof(s->keys.client_key));
    memset(s->keys.server_key, 's', sizeof(s->keys.server_key));
    script_sender_start(&s->sender, features, &s->keys, s->crypto);
    for (int end = 0; end < 2; end++) {
        s->left[end] = bytes_copy("", 0);
        s->held[end] = bytes_copy("", 0);
    }
    memset(&s->observer, 0xa5, sizeof(s->observer)); /* what init leaves is not relied on */
    sw_observer_init(&s->observer, &s->counting);
}

static void read_line(script *s, const char *line)
{
    if (line[0] == '\0' || line[0] == '#')
        return;
    if (strncmp(line, "== ", 3) == 0) {
        if (s->count > 0)
            finish(s);
        begin(s, line + 3);
    }
    event_lines_add(&s->expected, "%s\n", line);
    if (line[0] == '>' || line[0] == '=')
        event_lines_add(&s->log, "%s\n", line);
    if (line[0] == '>')
        run_step(s, line + 2);
}

int observer_script_run(const char *file, const sw_crypto *crypto)
{
    static script s;
    char line[LINE_SIZE];
    FILE *in = fopen(source_path(file), "r");

    ck_assert_msg(in != NULL, "%s cannot be opened", source_path(file));
    s = (script){ .crypto = crypto, .counting = counted_ciphers(crypto) };
    while (fgets(line, sizeof(line), in) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        read_line(&s, line);
    }
    fclose(in);
    if (s.count > 0)
        finish(&s);
    return s.count;
}
