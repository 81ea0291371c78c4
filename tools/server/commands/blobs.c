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

enum blob_table blob_table_of(const sw_argument *command)
{
    static const char *const endings[BLOB_TABLES] = { "img", "lyr", "mood", "pl" };
    int table = 0;

    for (; table < BLOB_TABLES - 1; table++) {
        size_t len = strlen(endings[table]);
        if (command->len >= len &&
            memcmp(command->data + command->len - len, endings[table], len) == 0)
            break;
    }
    return (enum blob_table)table;
}

void blob_fail(struct connection *connection, enum blob_result result)
{
    const char *message = MESSAGE_DATABASE;

    if (result == BLOB_MISSING)
        message = MESSAGE_NO_MATCHES;
    else if (result == BLOB_EXISTS)
        message = MESSAGE_EXISTS;
    else if (result == BLOB_BAD_NAME)
        message = MESSAGE_BAD_NAME;
    else
        log_event(LEVEL_ERROR, "%s: %s", connection->label,
                  blob_store_error(connection->server->blobs));
    reply_fail(&connection->reply, message);
}

void blob_finish_change(struct connection *connection, enum blob_result result)
{
    if (result != BLOB_OK) {
        blob_fail(connection, result);
        return;
    }
    server_count_event(connection->server);
    reply_finish(&connection->reply, 0);
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

struct upload {
    enum blob_table table;
    size_t name_len;
    char name[BLOB_NAME_MAX];
    uint8_t *data;
    size_t len, cap;
};

static void release_upload(void *state)
{
    struct upload *upload = state;

    free(upload->data);
    free(upload);
}

/* Makes room for n more bytes, which are within the limit. */
static int reserve(struct upload *upload, size_t n, size_t limit)
{
    size_t cap = upload->cap > 0 ? upload->cap : UPLOAD_BLOCK;
    uint8_t *data;

    while (cap - upload->len < n)
        cap *= 2;
    if (cap > limit)
        cap = limit;
    if (cap == upload->cap)
        return 0;
    data = realloc(upload->data, cap);
    if (data == NULL)
        return -1;
    upload->data = data;
    upload->cap = cap;
    return 0;
}

static void receive_upload(struct connection *connection, const uint8_t *data, size_t len)
{
    struct upload *upload = connection->task.state;
    size_t limit = (size_t)connection->server->options->upload_limit;

    if (len == 0) {
        blob_finish_change(connection, blob_store_put(connection->server->blobs, upload->table,
                                                      upload->name, upload->name_len,
                                                      upload->data, upload->len));
    } else if (len > limit - upload->len) {
        reply_fail(&connection->reply, SW_MESSAGE_FILE_TOO_LARGE);
    } else if (reserve(upload, len, limit) < 0) {
        reply_give_up(&connection->reply);
    } else {
        memcpy(upload->data + upload->len, data, len);
        upload->len += len;
    }
}

void command_blob_add(struct connection *connection, const sw_argument *argv, size_t argc)
{
    struct upload *upload;

    if (argc != 2) {
        reply_fail(&connection->reply, sw_command_refusal(SW_E_COMMAND_SYNTAX));
        return;
    }
    if (!is_good_name(&argv[1])) {
        blob_fail(connection, BLOB_BAD_NAME);
        return;
    }
    upload = calloc(1, sizeof(*upload));
    if (upload == NULL) {
        reply_give_up(&connection->reply);
        return;
    }
    upload->table = blob_table_of(&argv[0]);
    upload->name_len = argv[1].len;
    memcpy(upload->name, argv[1].data, argv[1].len);
    connection->task = (struct task){
        .state = upload, .release = release_upload, .receive = receive_upload
    };
    reply_begin(&connection->reply, SW_BAND_AWAITING_DATA);
}

/* ---- mv SOURCE DEST ---- */

void command_blob_mv(struct connection *connection, const sw_argument *argv, size_t argc)
{
    if (argc != 3)
        reply_fail(&connection->reply, sw_command_refusal(SW_E_COMMAND_SYNTAX));
    else if (!is_good_name(&argv[2]))
        blob_fail(connection, BLOB_BAD_NAME);
    else
        blob_finish_change(connection, blob_store_rename(connection->server->blobs,
                                                         blob_table_of(&argv[0]), &argv[1],
                                                         &argv[2]));
}
