/* SPDX-License-Identifier: ISC */
/* Keys of sessions, by what names these in the clear: the response, or the ephemeral key of a sealed one. */
#ifndef SIDEWIRE_DUMP_KEYLOG_TABLE_H
#define SIDEWIRE_DUMP_KEYLOG_TABLE_H

#include <sidewire/messages.h>

typedef struct keylog_session {
    sw_secrets keys;
    const char *origin; /* name of the file of its line */
    uint32_t chain;     /* index of the next one of the bucket, or KEYLOG_NONE */
} keylog_session;

#define KEYLOG_NONE UINT32_MAX

/* Zero it, and set the seed. It grows with what is in it. */
typedef struct keylog_table {
    uint64_t seed; /* unknown to whoever made a capture with keys in it */
    keylog_session *sessions;
    uint32_t *buckets; /* as many as there is room for sessions */
    uint32_t count, cap;
} keylog_table;

/* The newest line of a session replaces others. origin must stay. */
void keylog_table_add(keylog_table *table, const sw_secrets *keys, const char *origin);

/* NULL: there is none. Valid until something is added. */
const keylog_session *keylog_table_find(const keylog_table *table, const uint8_t *response, size_t size);
/* Several lines may claim an ephemeral key: the newest is turn 0. */
const keylog_session *keylog_table_find_sealed(const keylog_table *table, const uint8_t *ephemeral, unsigned turn);

/* The i-th plain session; NULL: there are no more. *i is moved on behind it. */
const keylog_session *keylog_table_next(const keylog_table *table, uint32_t *i);

/* Wipes and frees all keys. */
void keylog_table_clear(keylog_table *table);

#endif
