/* SPDX-License-Identifier: ISC */
#include "keylog_table.h"

#include "allocate.h"
#include "platform.h"

#include <stdlib.h>
#include <string.h>

enum { CAP_MIN = 64, SAME_MAX = 16 };

static uint32_t bucket_of(const keylog_table *table, const uint8_t *name)
{
    uint64_t hash = table->seed;

    for (size_t i = 0; i < SW_SHA1_SIZE; i++) {
        hash = (hash ^ name[i]) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    return (uint32_t)(hash % table->cap);
}

static uint32_t first_of(const keylog_table *table, const uint8_t *name)
{
    return table->cap > 0 ? table->buckets[bucket_of(table, name)] : KEYLOG_NONE;
}

static const uint8_t *name_of(const sw_secrets *keys)
{
    return keys->response_size > 0 ? keys->response : keys->ephemeral;
}

/* ---- finding ---- */

const keylog_session *keylog_table_find(const keylog_table *table, const uint8_t *response, size_t size)
{
    for (uint32_t i = first_of(table, response); i != KEYLOG_NONE; i = table->sessions[i].chain) {
        const keylog_session *s = &table->sessions[i];

        if (s->keys.response_size == size && memcmp(s->keys.response, response, size) == 0)
            return s;
    }
    return NULL;
}

static int is_sealed_by(const keylog_session *s, const uint8_t *ephemeral)
{
    return s->keys.response_size == 0 && memcmp(s->keys.ephemeral, ephemeral, sizeof(s->keys.ephemeral)) == 0;
}

const keylog_session *keylog_table_find_sealed(const keylog_table *table, const uint8_t *ephemeral, unsigned turn)
{
    for (uint32_t i = first_of(table, ephemeral); i != KEYLOG_NONE; i = table->sessions[i].chain)
        if (is_sealed_by(&table->sessions[i], ephemeral) && turn-- == 0)
            return &table->sessions[i];
    return NULL;
}

const keylog_session *keylog_table_next(const keylog_table *table, uint32_t *i)
{
    while (*i < table->count && table->sessions[*i].keys.response_size == 0)
        ++*i;
    return *i < table->count ? &table->sessions[(*i)++] : NULL;
}

/* The line that a new one replaces, or NULL: client and server write the same. Other keys for an ephemeral key
 * are another line, of which there are not too many. */
static const keylog_session *replaced_by(const keylog_table *table, const sw_secrets *keys)
{
    const keylog_session *oldest = NULL;
    unsigned same = 0;

    if (keys->response_size > 0)
        return keylog_table_find(table, keys->response, keys->response_size);
    for (uint32_t i = first_of(table, keys->ephemeral); i != KEYLOG_NONE; i = table->sessions[i].chain) {
        const keylog_session *s = &table->sessions[i];

        if (!is_sealed_by(s, keys->ephemeral))
            continue;
        if (memcmp(s->keys.client_key, keys->client_key, sizeof(keys->client_key)) == 0 &&
            memcmp(s->keys.server_key, keys->server_key, sizeof(keys->server_key)) == 0)
            return s;
        oldest = s;
        same++;
    }
    return same < SAME_MAX ? NULL : oldest;
}

/* ---- adding ---- */

/* The latest one of a bucket comes first. */
static void enter(keylog_table *table, uint32_t index)
{
    uint32_t *bucket = &table->buckets[bucket_of(table, name_of(&table->sessions[index].keys))];

    table->sessions[index].chain = *bucket;
    *bucket = index;
}

/* Not by realloc, which would leave keys behind unwiped. */
static void grow(keylog_table *table)
{
    uint32_t cap = table->cap > 0 ? 2 * table->cap : CAP_MIN;
    keylog_session *sessions = allocate(cap * sizeof(*sessions));

    if (cap <= table->cap) /* memory is over before that */
        allocation_failed();
    if (table->count > 0) {
        memcpy(sessions, table->sessions, table->count * sizeof(*sessions));
        platform_wipe(table->sessions, table->count * sizeof(*sessions));
    }
    free(table->sessions);
    free(table->buckets);
    table->sessions = sessions;
    table->buckets = allocate(cap * sizeof(*table->buckets));
    table->cap = cap;
    for (uint32_t i = 0; i < cap; i++)
        table->buckets[i] = KEYLOG_NONE;
    for (uint32_t i = 0; i < table->count; i++)
        enter(table, i);
}

void keylog_table_add(keylog_table *table, const sw_secrets *keys, const char *origin)
{
    const keylog_session *known = replaced_by(table, keys);

    if (known != NULL) {
        keylog_session *replaced = &table->sessions[known - table->sessions];

        replaced->keys = *keys;
        replaced->origin = origin;
        return;
    }
    if (table->count == table->cap)
        grow(table);
    table->sessions[table->count].keys = *keys;
    table->sessions[table->count].origin = origin;
    enter(table, table->count++);
}

void keylog_table_clear(keylog_table *table)
{
    if (table->count > 0)
        platform_wipe(table->sessions, table->count * sizeof(*table->sessions));
    free(table->sessions);
    free(table->buckets);
    memset(table, 0, sizeof(*table));
}
