/* SPDX-License-Identifier: ISC */
#include "support.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- bytes ---- */

bytes bytes_copy(const void *data, size_t len)
{
    bytes b = { malloc(len > 0 ? len : 1), len };

    if (b.data == NULL)
        ck_abort_msg("no memory");
    if (len > 0)
        memcpy(b.data, data, len);
    return b;
}

/* Check writes down each assert that holds, and what it wrote is read again in time that grows with its
 * square: where there are many, as here, only what fails is to be told. */
static uint8_t hex_digit(char c)
{
    const char *digits = "0123456789abcdef";
    const char *p = strchr(digits, c);

    if (p == NULL || c == '\0')
        ck_abort_msg("'%c' is no hex digit", c);
    return (uint8_t)(p - digits);
}

bytes bytes_from_hex(const char *hex)
{
    size_t len = strcmp(hex, "-") == 0 ? 0 : strlen(hex) / 2;
    bytes b = { malloc(len > 0 ? len : 1), len };

    if (b.data == NULL)
        ck_abort_msg("no memory");
    for (size_t i = 0; i < len; i++)
        b.data[i] = (uint8_t)(hex_digit(hex[2 * i]) << 4 | hex_digit(hex[2 * i + 1]));
    return b;
}

void bytes_append(bytes *b, const void *data, size_t len)
{
    if (len == 0)
        return;
    b->data = realloc(b->data, b->len + len);
    if (b->data == NULL)
        ck_abort_msg("no memory");
    memcpy(b->data + b->len, data, len);
    b->len += len;
}

int bytes_drain(sw_session *session, bytes *sent)
{
    size_t n;
    const uint8_t *out = sw_session_tx_bytes(session, &n);

    bytes_append(sent, out, n);
    ck_assert_int_eq(sw_session_tx_drain(session, n), SW_OK);
    return n > 0;
}

void bytes_free(bytes *b)
{
    free(b->data);
    b->data = NULL;
    b->len = 0;
}

/* ---- files ---- */

const char *source_path(const char *relative)
{
    static char path[4096];
    const char *root = getenv("SIDEWIRE_SOURCE_ROOT");

    ck_assert_msg(root != NULL, "SIDEWIRE_SOURCE_ROOT is not set");
    snprintf(path, sizeof(path), "%s/%s", root, relative);
    return path;
}

enum { LINE_MAX_SIZE = 65536 };

void each_line(const char *file, void (*each)(void *context, const char *word, char *rest), void *context)
{
    static char line[LINE_MAX_SIZE];
    FILE *in = fopen(source_path(file), "r");

    ck_assert_msg(in != NULL, "%s cannot be opened", source_path(file));
    while (fgets(line, sizeof(line), in) != NULL) {
        char *rest;
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '\0' || line[0] == '#')
            continue;
        rest = strchr(line, ' ');
        ck_assert_ptr_nonnull(rest);
        *rest++ = '\0';
        each(context, line, rest);
    }
    fclose(in);
}

/* ---- transcripts ---- */

typedef struct loading {
    transcript *list;
    size_t count;
} loading;

static void copy_text(char *out, size_t cap, const char *text)
{
    ck_assert_uint_lt(strlen(text), cap);
    strcpy(out, text);
}

static void add_reply(transcript *t, char *rest)
{
    char *body;
    unsigned long band = strtoul(rest, &body, 10);

    ck_assert_uint_lt(t->reply_count, TRANSCRIPT_REPLIES_MAX);
    t->replies[t->reply_count].band = (uint8_t)band;
    t->replies[t->reply_count].body = bytes_from_hex(body + 1);
    t->reply_count++;
}

static void add_argument(transcript *t, const char *hex)
{
    bytes b = bytes_from_hex(hex);

    ck_assert_uint_lt(t->argc, TRANSCRIPT_ARGS_MAX);
    bytes_append(&b, "", 1);
    t->argv[t->argc++] = (char *)b.data;
}

static void transcript_line(void *context, const char *word, char *rest)
{
    loading *l = context;
    transcript *t;

    if (strcmp(word, "name") == 0) {
        ck_assert_uint_lt(l->count, TRANSCRIPTS_MAX);
        t = &l->list[l->count++];
        memset(t, 0, sizeof(*t));
        copy_text(t->name, sizeof(t->name), rest);
        return;
    }
    ck_assert_uint_gt(l->count, 0);
    t = &l->list[l->count - 1];
    if (strcmp(word, "user") == 0)
        copy_text(t->user, sizeof(t->user), rest);
    else if (strcmp(word, "key") == 0)
        copy_text(t->key, sizeof(t->key), rest);
    else if (strcmp(word, "features") == 0)
        ck_assert_int_eq(sw_features_parse(rest, strcmp(rest, "-") == 0 ? 0 : strlen(rest), &t->features, NULL),
                         SW_OK);
    else if (strcmp(word, "random") == 0)
        t->random = bytes_from_hex(rest);
    else if (strcmp(word, "seed") == 0)
        t->seed = bytes_from_hex(rest);
    else if (strcmp(word, "client") == 0)
        t->client = bytes_from_hex(rest);
    else if (strcmp(word, "server") == 0)
        t->server = bytes_from_hex(rest);
    else if (strcmp(word, "argument") == 0)
        add_argument(t, rest);
    else if (strcmp(word, "reply") == 0)
        add_reply(t, rest);
    else
        ck_abort_msg("unknown word '%s'", word);
}

size_t transcripts_load(transcript out[TRANSCRIPTS_MAX])
{
    loading l = { out, 0 };

    each_line("tests/vectors/transcripts.txt", transcript_line, &l);
    ck_assert_uint_gt(l.count, 0);
    return l.count;
}

void transcripts_free(transcript *transcripts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        transcript *t = &transcripts[i];
        bytes_free(&t->random);
        bytes_free(&t->seed);
        bytes_free(&t->client);
        bytes_free(&t->server);
        for (size_t k = 0; k < t->argc; k++)
            free(t->argv[k]);
        for (size_t k = 0; k < t->reply_count; k++)
            bytes_free(&t->replies[k].body);
    }
}

/* ---- keys ---- */

typedef struct key_wanted {
    const char *name;
    int here;
    bytes private_der;
    char *public_line;
} key_wanted;

static void key_line(void *context, const char *word, char *rest)
{
    key_wanted *k = context;

    if (strcmp(word, "name") == 0)
        k->here = strcmp(rest, k->name) == 0;
    else if (k->here && strcmp(word, "private") == 0)
        k->private_der = bytes_from_hex(rest);
    else if (k->here && strcmp(word, "public") == 0)
        k->public_line = strdup(rest);
}

static key_wanted find_key(const char *name)
{
    key_wanted k = { name, 0, { NULL, 0 }, NULL };

    each_line("tests/vectors/keys.txt", key_line, &k);
    ck_assert_msg(k.private_der.data != NULL && k.public_line != NULL, "no key '%s'", name);
    return k;
}

/* PEM around DER, as a key file has it. */
static char *make_pem(const char *label, const bytes *der)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *pem = malloc(der->len * 2 + 200);
    size_t n;

    ck_assert_ptr_nonnull(pem);
    n = (size_t)sprintf(pem, "-----BEGIN %s-----\n", label);
    for (size_t i = 0; i < der->len; i += 3) {
        size_t left = der->len - i;
        unsigned long group = (unsigned long)der->data[i] << 16;
        group |= left > 1 ? (unsigned long)der->data[i + 1] << 8 : 0;
        group |= left > 2 ? der->data[i + 2] : 0;
        pem[n++] = digits[group >> 18 & 63];
        pem[n++] = digits[group >> 12 & 63];
        pem[n++] = left > 1 ? digits[group >> 6 & 63] : '=';
        pem[n++] = left > 2 ? digits[group & 63] : '=';
        if (i % 48 == 45)
            pem[n++] = '\n';
    }
    sprintf(pem + n, "\n-----END %s-----\n", label);
    return pem;
}

void vector_private_key(const char *name, sw_private_key *key)
{
    key_wanted k = find_key(name);
    char *pem = make_pem("RSA PRIVATE KEY", &k.private_der);

    ck_assert_int_eq(sw_private_key_parse(key, pem, strlen(pem), NULL), SW_OK);
    free(pem);
    bytes_free(&k.private_der);
    free(k.public_line);
}

void vector_public_key(const char *name, sw_public_key *key)
{
    key_wanted k = find_key(name);

    ck_assert_int_eq(sw_public_key_parse(key, k.public_line, strlen(k.public_line), NULL), SW_OK);
    bytes_free(&k.private_der);
    free(k.public_line);
}

void vector_ed25519_key(const char *name, sw_ed25519_key *key)
{
    key_wanted k = find_key(name);
    sw_public_key half;

    ck_assert_uint_eq(k.private_der.len, sizeof(key->secret));
    memcpy(key->secret, k.private_der.data, sizeof(key->secret));
    vector_public_key(name, &half);
    ck_assert_int_eq(half.type, SW_KEY_ED25519);
    memcpy(key->public_half, half.ed25519, sizeof(key->public_half));
    bytes_free(&k.private_der);
    free(k.public_line);
}

/* ---- randomness ---- */

static bytes replayed;
static size_t replayed_used;

static int replayed_random(void *ctx, uint8_t *out, size_t size)
{
    (void)ctx;
    if (size > replayed.len - replayed_used)
        return -1;
    memcpy(out, replayed.data + replayed_used, size);
    replayed_used += size;
    return 0;
}

void replay_random(sw_crypto *crypto, const sw_crypto *real, const bytes *first, const bytes *second)
{
    bytes_free(&replayed);
    replayed = bytes_copy(first->data, first->len);
    bytes_append(&replayed, second->data, second->len);
    replayed_used = 0;
    *crypto = *real;
    crypto->random = replayed_random;
}

size_t replay_random_left(void)
{
    return replayed.len - replayed_used;
}
