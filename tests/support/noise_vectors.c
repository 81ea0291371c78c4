/* SPDX-License-Identifier: ISC */
#include "noise_vectors.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

sw_suite suite_named(const char *name)
{
    sw_suite suite = SW_SUITE_AESGCM;

    if (strcmp(name, sw_suite_name(suite)) != 0)
        suite = SW_SUITE_CHACHAPOLY;
    ck_assert_str_eq(name, sw_suite_name(suite));
    return suite;
}

sw_x25519_key x25519_pair(const sw_crypto *crypto, const uint8_t *secret)
{
    sw_x25519_key key;

    memcpy(key.secret, secret, sizeof(key.secret));
    ck_assert_int_eq(crypto->x25519_public(crypto->ctx, key.public_half, key.secret), 0);
    return key;
}

/* Splits "HEX HEX". */
static void two_values(char *rest, bytes *first, bytes *second)
{
    char *blank = strchr(rest, ' ');

    ck_assert_ptr_nonnull(blank);
    *blank = '\0';
    *first = bytes_from_hex(rest);
    *second = bytes_from_hex(blank + 1);
}

/* ---- noise.txt ---- */

typedef struct noise_loading {
    noise_vector *list;
    size_t count;
} noise_loading;

static void add_message(noise_vector *v, char *rest)
{
    ck_assert_uint_lt(v->message_count, NOISE_MESSAGES_MAX);
    two_values(rest, &v->messages[v->message_count].payload, &v->messages[v->message_count].sealed);
    v->message_count++;
}

static void noise_line(void *context, const char *word, char *rest)
{
    noise_loading *l = context;
    noise_vector *v;

    if (strcmp(word, "name") == 0) {
        ck_assert_uint_lt(l->count, NOISE_VECTORS);
        memset(&l->list[l->count], 0, sizeof(l->list[0]));
        l->list[l->count++].suite = suite_named(rest);
        return;
    }
    ck_assert_uint_gt(l->count, 0);
    v = &l->list[l->count - 1];
    if (strcmp(word, "prologue") == 0)
        v->prologue = bytes_from_hex(rest);
    else if (strcmp(word, "initiator_ephemeral") == 0)
        v->initiator_ephemeral = bytes_from_hex(rest);
    else if (strcmp(word, "responder_static") == 0)
        v->responder_static = bytes_from_hex(rest);
    else if (strcmp(word, "responder_ephemeral") == 0)
        v->responder_ephemeral = bytes_from_hex(rest);
    else if (strcmp(word, "hash") == 0)
        v->hash = bytes_from_hex(rest);
    else if (strcmp(word, "message") == 0)
        add_message(v, rest);
    else
        ck_abort_msg("noise.txt: unknown word '%s'", word);
}

void noise_vectors_load(noise_vector out[NOISE_VECTORS])
{
    noise_loading l = { out, 0 };

    each_line("tests/vectors/noise.txt", noise_line, &l);
    ck_assert_uint_eq(l.count, NOISE_VECTORS);
}

void noise_vectors_free(noise_vector vectors[NOISE_VECTORS])
{
    for (noise_vector *v = vectors; v < vectors + NOISE_VECTORS; v++) {
        bytes_free(&v->prologue);
        bytes_free(&v->initiator_ephemeral);
        bytes_free(&v->responder_static);
        bytes_free(&v->responder_ephemeral);
        bytes_free(&v->hash);
        for (size_t i = 0; i < v->message_count; i++) {
            bytes_free(&v->messages[i].payload);
            bytes_free(&v->messages[i].sealed);
        }
    }
}

/* ---- the two blocks of sealed.txt that begin with `rekey-` ---- */

typedef struct rekey_loading {
    rekey_vector *list, *current;
    size_t count;
} rekey_loading;

static void rekey_line(void *context, const char *word, char *rest)
{
    rekey_loading *l = context;
    rekey_vector *v = l->current;

    if (strcmp(word, "name") == 0) {
        l->current = NULL;
        if (strncmp(rest, "rekey-", 6) == 0) {
            ck_assert_uint_lt(l->count, REKEY_VECTORS);
            l->current = &l->list[l->count++];
            memset(l->current, 0, sizeof(*l->current));
        }
    } else if (v == NULL) {
        return;
    } else if (strcmp(word, "suite") == 0) {
        v->suite = suite_named(rest);
    } else if (strcmp(word, "key") == 0) {
        v->key = bytes_from_hex(rest);
    } else if (strcmp(word, "second_key") == 0) {
        v->second_key = bytes_from_hex(rest);
    } else if (strcmp(word, "counter") == 0) {
        v->counter = strtoull(rest, NULL, 10);
    } else {
        ck_assert_str_eq(word, "record");
        ck_assert_uint_lt(v->record_count, REKEY_RECORDS);
        two_values(rest, &v->records[v->record_count].text, &v->records[v->record_count].sealed);
        v->record_count++;
    }
}

void rekey_vectors_load(rekey_vector out[REKEY_VECTORS])
{
    rekey_loading l = { out, NULL, 0 };

    each_line("tests/vectors/sealed.txt", rekey_line, &l);
    ck_assert_uint_eq(l.count, REKEY_VECTORS);
}

void rekey_vectors_free(rekey_vector vectors[REKEY_VECTORS])
{
    for (rekey_vector *v = vectors; v < vectors + REKEY_VECTORS; v++) {
        bytes_free(&v->key);
        bytes_free(&v->second_key);
        for (size_t i = 0; i < v->record_count; i++) {
            bytes_free(&v->records[i].text);
            bytes_free(&v->records[i].sealed);
        }
    }
}
