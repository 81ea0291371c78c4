/* cat, ls and rm for images, lyrics, moods and playlists: commands on the entries that match. */
#include "blobs.h"

#include "commands.h"
#include "server.h"

#include <stdlib.h>

enum { PAGE_SIZE = 32 };         /* entries looked up at once */

struct matches {
    struct globs *globs;         /* NULL: all entries match */
    struct blob_query query;
    int is_long;                 /* ls: with numbers */
    int found;                   /* ls: any */
    int64_t *numbers;            /* cat, rm: of the entries, in the order of their names */
    size_t count;
    size_t next;                 /* cat: numbers[next] is the entry to write */
    uint8_t *data;               /* cat: contents lent to the reply; NULL: none */
};

static void release(void *state)
{
    struct matches *matches = state;

    globs_free(matches->globs);
    free(matches->numbers);
    free(matches->data);
    free(matches);
}

/* Begins a task on the entries of a table that match any of the patterns. */
static void begin(struct connection *connection, const struct matches *wanted,
                  const sw_argument *patterns, size_t count,
                  void (*resume)(struct connection *connection, int64_t now))
{
    struct matches *matches = malloc(sizeof(*matches));

    if (matches == NULL) {
        reply_give_up(&connection->reply);
        return;
    }
    *matches = *wanted;
    connection->task = (struct task){ .state = matches, .release = release, .resume = resume };
    if (count == 0)
        return;
    matches->globs = globs_new(patterns, count);
    matches->query.globs = matches->globs;
    if (matches->globs == NULL)
        reply_give_up(&connection->reply);
}

/* The next page of matching entries. 0, or -1 after a failure, which is answered. */
static int find(struct connection *connection, struct blob_entry *entries, size_t *count)
{
    struct matches *matches = connection->task.state;
    enum blob_result result = blob_store_page(connection->server->blobs, &matches->query, entries,
                                              PAGE_SIZE, count);

    if (result != BLOB_OK)
        blob_fail(connection, result);
    return result == BLOB_OK ? 0 : -1;
}

/* Goes on at once, after the other connections. For when there is nothing yet to wait for. */
static void yield(struct connection *connection, int64_t now)
{
    connection->task.wake = now;
}

/* ---- ls [-i] [-l] [-r] [PATTERN...] ---- */

static void resume_ls(struct connection *connection, int64_t now)
{
    struct matches *matches = connection->task.state;
    struct reply *reply = &connection->reply;
    struct blob_entry entries[PAGE_SIZE];
    size_t count;

    if (find(connection, entries, &count) < 0)
        return;
    if (count > 0)
        reply_begin(reply, SW_BAND_OUTPUT);
    for (size_t i = 0; i < count; i++) {
        if (matches->is_long)
            reply_print(reply, "%lld ", (long long)entries[i].number);
        reply_add(reply, entries[i].name, entries[i].name_len);
        reply_add(reply, "\n", 1);
    }
    matches->found |= count > 0;
    if (!matches->query.done)
        yield(connection, now);
    else if (matches->found || matches->globs == NULL)
        reply_finish(reply, 0);
    else
        blob_fail(connection, BLOB_MISSING);
}

/* Is there an option, and which? Returns its letter, '-' for the end of options, 0 for a pattern,
 * or -1. A single `-` is a pattern. */
static int read_option(const sw_argument *argument)
{
    if (argument->len < 2 || argument->data[0] != '-')
        return 0;
    if (argument->len > 2)
        return -1;
    return (uint8_t)argument->data[1];
}

/* Returns the index of the first pattern, or 0 after an unknown option. */
static size_t read_options(struct matches *wanted, const sw_argument *argv, size_t argc)
{
    size_t i = 1;
    int option;

    for (; i < argc && (option = read_option(&argv[i])) != 0; i++) {
        if (option == '-')
            return i + 1;
        if (option == 'i')
            wanted->query.by_number = 1;
        else if (option == 'l')
            wanted->is_long = 1;
        else if (option == 'r')
            wanted->query.reverse = 1;
        else
            return 0;
    }
    return i;
}

void command_blob_ls(struct connection *connection, const sw_argument *argv, size_t argc)
{
    struct matches wanted = { .query = { .table = blob_table_of(&argv[0]) } };
    size_t first = read_options(&wanted, argv, argc);

    if (first == 0)
        reply_fail(&connection->reply, sw_command_refusal(SW_E_COMMAND_SYNTAX));
    else
        begin(connection, &wanted, argv + first, argc - first, resume_ls);
}

/* ---- PATTERN... ---- */

/* Adds numbers to those of the task. 0, or -1 without memory. */
static int add_numbers(struct matches *matches, const struct blob_entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if ((matches->count & (matches->count - 1)) == 0) { /* full at each power of two */
            size_t cap = matches->count == 0 ? 1 : 2 * matches->count;
            int64_t *numbers = realloc(matches->numbers, cap * sizeof(*numbers));
            if (numbers == NULL)
                return -1;
            matches->numbers = numbers;
        }
        matches->numbers[matches->count++] = entries[i].number;
    }
    return 0;
}

/* Looks for the numbers of all entries that match. 1 once they are known and there are any. */
static int collect(struct connection *connection, int64_t now)
{
    struct matches *matches = connection->task.state;
    struct blob_entry entries[PAGE_SIZE];
    size_t count;

    if (matches->query.done)
        return 1;
    if (find(connection, entries, &count) < 0)
        return 0;
    if (add_numbers(matches, entries, count) < 0)
        reply_give_up(&connection->reply);
    else if (!matches->query.done)
        yield(connection, now);
    else if (matches->count == 0)
        blob_fail(connection, BLOB_MISSING);
    else
        return 1;
    return 0;
}

/* Begins a command that takes nothing but patterns. */
static void begin_patterns(struct connection *connection, const sw_argument *argv, size_t argc,
                           void (*resume)(struct connection *connection, int64_t now))
{
    struct matches wanted = { .query = { .table = blob_table_of(&argv[0]) } };

    if (argc < 2)
        reply_fail(&connection->reply, sw_command_refusal(SW_E_COMMAND_SYNTAX));
    else
        begin(connection, &wanted, argv + 1, argc - 1, resume);
}

/* ---- cat PATTERN... ---- */

/* The next entry's contents, all at once: they stay in place until the session has taken them. One
 * that went away meanwhile is passed over; a failure is answered. */
static void write_entry(struct connection *connection)
{
    struct matches *matches = connection->task.state;
    int64_t number = matches->numbers[matches->next++];
    size_t size;
    enum blob_result result = blob_store_get(connection->server->blobs, matches->query.table,
                                             number, &matches->data, &size);

    if (result == BLOB_OK && size > 0)
        reply_lend(&connection->reply, SW_BAND_OUTPUT, matches->data, size);
    else if (result != BLOB_OK && result != BLOB_MISSING)
        blob_fail(connection, result);
}

static void resume_cat(struct connection *connection, int64_t now)
{
    struct matches *matches = connection->task.state;

    free(matches->data); /* of the entry before, which is gone into the session */
    matches->data = NULL;
    if (!collect(connection, now))
        return;
    if (matches->next < matches->count)
        write_entry(connection);
    if (reply_is_finished(&connection->reply))
        return;
    if (matches->next == matches->count && matches->data == NULL)
        reply_finish(&connection->reply, 0);
    else
        yield(connection, now);
}

void command_blob_cat(struct connection *connection, const sw_argument *argv, size_t argc)
{
    begin_patterns(connection, argv, argc, resume_cat);
}

/* ---- rm PATTERN... ---- */

static void resume_rm(struct connection *connection, int64_t now)
{
    struct matches *matches = connection->task.state;

    if (collect(connection, now))
        blob_finish_change(connection, blob_store_remove(connection->server->blobs,
                                                         matches->query.table, matches->numbers,
                                                         matches->count));
}

void command_blob_rm(struct connection *connection, const sw_argument *argv, size_t argc)
{
    begin_patterns(connection, argv, argc, resume_rm);
}
