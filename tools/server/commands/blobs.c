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
#define MESSAGE_DATABASE "database failure"

enum { UPLOAD_BLOCK = 4096 };    /* bytes: the room for an upload grows from here */

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
    else
        log_event(LEVEL_ERROR, "%s: %s", c->label,
                  blob_store_error(c->server->blobs));
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
    blob_table table;
    size_t name_len;
    char name[BLOB_NAME_MAX];
    uint8_t *data;
    size_t len, cap;
} upload;

static void release_upload(void *state)
{
    upload *u = state;

    free(u->data);
    free(u);
}

/* Makes room for n more bytes, which are within the limit. */
static int reserve(upload *u, size_t n, size_t limit)
{
    size_t cap = u->cap > 0 ? u->cap : UPLOAD_BLOCK;
    uint8_t *data;

    while (cap - u->len < n)
        cap *= 2;
    if (cap > limit)
        cap = limit;
    if (cap == u->cap)
        return 0;
    data = realloc(u->data, cap);
    if (data == NULL)
        return -1;
    u->data = data;
    u->cap = cap;
    return 0;
}

static void receive_upload(connection *c, const uint8_t *data, size_t len)
{
    upload *u = c->task.state;
    size_t limit = (size_t)c->server->options->upload_limit;

    if (len == 0) {
        blob_finish_change(c, blob_store_put(c->server->blobs, u->table,
                                             u->name, u->name_len,
                                             u->data, u->len));
    } else if (len > limit - u->len) {
        reply_fail(&c->reply, SW_MESSAGE_FILE_TOO_LARGE);
    } else if (reserve(u, len, limit) < 0) {
        reply_give_up(&c->reply);
    } else {
        memcpy(u->data + u->len, data, len);
        u->len += len;
    }
}

void command_blob_add(connection *c, blob_table table, const sw_argument *argv, size_t argc)
{
    upload *u;

    if (argc != 2) {
        reply_fail(&c->reply, sw_command_refusal(SW_E_COMMAND_SYNTAX));
        return;
    }
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
    u->name_len = argv[1].len;
    memcpy(u->name, argv[1].data, argv[1].len);
    c->task = (task){
        .state = u, .release = release_upload, .receive = receive_upload
    };
    reply_begin(&c->reply, SW_BAND_AWAITING_DATA);
}

/* ---- mv SOURCE DEST ---- */

void command_blob_mv(connection *c, blob_table table, const sw_argument *argv, size_t argc)
{
    if (argc != 3)
        reply_fail(&c->reply, sw_command_refusal(SW_E_COMMAND_SYNTAX));
    else if (!is_good_name(&argv[2]))
        blob_fail(c, BLOB_BAD_NAME);
    else
        blob_finish_change(c, blob_store_rename(c->server->blobs,
                                                table, &argv[1],
                                                &argv[2]));
}
