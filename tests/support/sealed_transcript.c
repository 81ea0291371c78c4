/* SPDX-License-Identifier: ISC */
#include "sealed_transcript.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct loading {
    sealed_transcript *list, *current;
    size_t count;
} loading;

/* Words whose value is bytes. */
static bytes *bytes_named(sealed_transcript *t, const char *word)
{
    const struct {
        const char *word;
        bytes *value;
    } table[] = {
        { "server_static", &t->server_static },
        { "client_ephemeral", &t->client_ephemeral },
        { "server_ephemeral", &t->server_ephemeral },
        { "handshake_hash", &t->hash },
        { "key_client_to_server", &t->client_key },
        { "key_server_to_client", &t->server_key },
        { "auth_body", &t->proof },
        { "client", &t->client },
        { "server", &t->server },
    };

    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        if (strcmp(word, table[i].word) == 0)
            return table[i].value;
    return NULL;
}

static void add_reply(sealed_transcript *t, char *rest)
{
    char *body;
    unsigned long band = strtoul(rest, &body, 10);

    ck_assert_uint_lt(t->reply_count, TRANSCRIPT_REPLIES_MAX);
    t->replies[t->reply_count].band = (uint8_t)band;
    t->replies[t->reply_count].body = bytes_from_hex(body + 1);
    t->reply_count++;
}

static void add_argument(sealed_transcript *t, const char *hex)
{
    bytes b = bytes_from_hex(hex);

    ck_assert_uint_lt(t->argc, TRANSCRIPT_ARGS_MAX);
    bytes_append(&b, "", 1);
    t->argv[t->argc++] = (char *)b.data;
}

static void begin(loading *l, const char *name)
{
    l->current = NULL;
    if (strncmp(name, "rekey-", 6) == 0)
        return;
    ck_assert_uint_lt(l->count, SEALED_TRANSCRIPTS);
    l->current = &l->list[l->count++];
    memset(l->current, 0, sizeof(*l->current));
    snprintf(l->current->name, sizeof(l->current->name), "%s", name);
}

static void line(void *context, const char *word, char *rest)
{
    loading *l = context;
    sealed_transcript *t = l->current;

    if (strcmp(word, "name") == 0)
        begin(l, rest);
    else if (t == NULL)
        return;
    else if (strcmp(word, "suite") == 0)
        t->suite = suite_named(rest);
    else if (strcmp(word, "user") == 0)
        snprintf(t->user, sizeof(t->user), "%s", rest);
    else if (strcmp(word, "limit") == 0)
        t->limit = strtoul(rest, NULL, 10);
    else if (strcmp(word, "a_record") == 0)
        t->a_record = strtoul(rest, NULL, 10);
    else if (strcmp(word, "at_once") == 0)
        t->at_once = rest[0] == '1';
    else if (strcmp(word, "argument") == 0)
        add_argument(t, rest);
    else if (strcmp(word, "reply") == 0)
        add_reply(t, rest);
    else if (bytes_named(t, word) != NULL)
        *bytes_named(t, word) = bytes_from_hex(rest);
    else
        ck_assert_str_eq(word, "server_static_public");
}

void sealed_transcripts_load(sealed_transcript out[SEALED_TRANSCRIPTS])
{
    loading l = { out, NULL, 0 };

    each_line("tests/vectors/sealed.txt", line, &l);
    ck_assert_uint_eq(l.count, SEALED_TRANSCRIPTS);
}

void sealed_transcripts_free(sealed_transcript transcripts[SEALED_TRANSCRIPTS])
{
    for (sealed_transcript *t = transcripts; t < transcripts + SEALED_TRANSCRIPTS; t++) {
        bytes *all[] = { &t->server_static, &t->client_ephemeral, &t->server_ephemeral,
                         &t->hash,          &t->client_key,       &t->server_key,
                         &t->proof,         &t->client,           &t->server };
        for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
            bytes_free(all[i]);
        for (size_t i = 0; i < t->argc; i++)
            free(t->argv[i]);
        for (size_t i = 0; i < t->reply_count; i++)
            bytes_free(&t->replies[i].body);
    }
}

void sealed_user_load(sealed_user *user, const char *name)
{
    memset(user, 0, sizeof(*user));
    vector_public_key(name, &user->public_key);
    if (user->public_key.type == SW_KEY_ED25519)
        vector_ed25519_key(name, &user->ed25519);
    else
        vector_private_key(name, &user->rsa);
}
