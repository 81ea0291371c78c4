/* SPDX-License-Identifier: ISC */
/* add and mv for images, lyrics, moods and playlists, and what all commands on these share. */
#include "blobs.h"

#include "commands.h"
#include "log.h"
#include "server.h"

#include <stdlib.h>
#include <string.h>

#define MESSAGE_NO_MATCHES "no matches"
#define MESSAGE_EXISTS "name exists already"
#define MESSAGE_BAD_NAME "invalid name"
#define MESSAGE_CHANGED "changed while it was read"
#define MESSAGE_DATABASE "database failure"

enum { UPLOAD_BLOCK = 4096 }; /* bytes: the room for an upload grows from here */

/* ---- shared ---- */

void blob_fail(connection *c, blob_result result)
{
    const char *message = MESSAGE_DATABASE;

    if (result == BLOB_MISSING)
        message = MESSAGE_NO_MATCHES;
    else if (result == BLOB_EXISTS)
        message = MESSAGE_EXISTS;
    else if (result == BLOB_BAD_NAME)
        message = MESSAGE_BAD_NAME;
    else if (result == BLOB_CHANGED)
        message = MESSAGE_CHANGED;
    else
        log_event(LEVEL_ERROR, "%s: %s", c->label, blob_store_error(c->server->blobs));
    reply_fail(&c->reply, message);
}

void blob_finish_change(connection *c, blob_result result)
{
    if (result != BLOB_OK) {
        blob_fail(c, result);
        return;
    }
    server_count_event(c->server);
    reply_finish(&c->reply, 0);
}

/* A name that entries may be given. It is printed byte for byte later. */
static int is_good_name(const sw_argument *name)
{
    for (size_t i = 0; i < name->len; i++)
        if ((uint8_t)name->data[i] < 0x20 || name->data[i] == 0x7f)
            return 0;
    return name->len > 0 && name->len <= BLOB_NAME_MAX;
}

/* ---- add NAME ---- */

typedef struct upload {
    store_job job; /* first, so that it is the task's state */
    blob_table table;
    blob_result result; /* of the job */
    size_t name_len;
    char name[BLOB_NAME_MAX];
    uint8_t *data;
    size_t len, cap;
    memory_budget *budget; /* that cap was taken from */
} upload;

static void release_upload(void *state)
{
    upload *u = state;

    memory_give(u->budget, u->cap);
    free(u->data);
    free(u);
}

/* Makes room for n more bytes, which are within the limit. NULL, or why not. */
static const char *reserve(upload *u, size_t n, size_t limit)
{
    size_t cap = u->cap > 0 ? u->cap : UPLOAD_BLOCK;
    uint8_t *data;

    while (cap - u->len < n)
        cap *= 2;
    if (cap > limit)
        cap = limit;
    if (cap == u->cap)
        return NULL;
    if (!memory_take(u->budget, cap - u->cap))
        return MESSAGE_MEMORY;
    data = realloc(u->data, cap);
    if (data == NULL) {
        memory_give(u->budget, cap - u->cap);
        return MESSAGE_MEMORY;
    }
    u->data = data;
    u->cap = cap;
    return NULL; /* analyzer-malloc-leak: u->data has it */
}

static void put(store_job *job, blob_store *store)
{
    upload *u = (upload *)job;

    u->result = blob_store_put(store, u->table, u->name, u->name_len, u->data, u->len);
}

static void finish_upload(store_job *job)
{
    blob_finish_change(job->connection, ((upload *)job)->result);
}

static void receive_upload(connection *c, const uint8_t *data, size_t len)
{
    upload *u = c->task.state;
    size_t limit = (size_t)c->server->options->upload_limit;
    const char *refusal;

    if (len == 0) {
        u->job = (store_job){ .connection = c, .work = put, .done = finish_upload };
        store_queue_add(&c->server->queue, &u->job);
        return;
    }
    refusal = len > limit - u->len ? SW_MESSAGE_FILE_TOO_LARGE : reserve(u, len, limit);
    if (refusal != NULL) {
        reply_fail(&c->reply, refusal);
        return;
    }
    memcpy(u->data + u->len, data, len);
    u->len += len;
}

void command_blob_add(connection *c, blob_table table, const sw_argument *argv, size_t argc)
{
    upload *u;

    (void)argc;
    if (!is_good_name(&argv[1])) {
        blob_fail(c, BLOB_BAD_NAME);
        return;
    }
    u = calloc(1, sizeof(*u));
    if (u == NULL) {
        reply_give_up(&c->reply);
        return;
    }
    u->table = table;
    u->budget = &c->server->memory;
    u->name_len = argv[1].len;
    memcpy(u->name, argv[1].data, argv[1].len);
    c->task = (task){ .state = u, .release = release_upload, .receive = receive_upload };
    reply_begin(&c->reply, SW_BAND_AWAITING_DATA);
}

/* ---- mv SOURCE DEST ---- */

typedef struct renaming {
    store_job job; /* first, so that it is the task's state */
    blob_table table;
    blob_result result;   /* of the job */
    sw_argument from, to; /* text */
    char text[];
} renaming;

static void rename_entry(store_job *job, blob_store *store)
{
    renaming *r = (renaming *)job;

    r->result = blob_store_rename(store, r->table, &r->from, &r->to);
}

static void finish_renaming(store_job *job)
{
    blob_finish_change(job->connection, ((renaming *)job)->result);
}

static void begin_renaming(connection *c, blob_table table, const sw_argument *from, const sw_argument *to)
{
    renaming *r = malloc(sizeof(*r) + from->len + to->len);

    if (r == NULL) {
        reply_give_up(&c->reply);
        return;
    }
    r->table = table;
    if (from->len > 0)
        memcpy(r->text, from->data, from->len);
    memcpy(r->text + from->len, to->data, to->len);
    r->from = (sw_argument){ r->text, from->len };
    r->to = (sw_argument){ r->text + from->len, to->len };
    r->job = (store_job){ .connection = c, .work = rename_entry, .done = finish_renaming };
    c->task = (task){ .state = r, .release = free };
    store_queue_add(&c->server->queue, &r->job);
}

void command_blob_mv(connection *c, blob_table table, const sw_argument *argv, size_t argc)
{
    (void)argc;
    if (!is_good_name(&argv[2]))
        blob_fail(c, BLOB_BAD_NAME);
    else
        begin_renaming(c, table, &argv[1], &argv[2]);
}
