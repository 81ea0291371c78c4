/* cat, ls and rm for images, lyrics, moods and playlists: commands on the entries that match. */
#include "blobs.h"

#include "commands.h"
#include "server.h"

#include <stdlib.h>

#define MESSAGE_PATTERN "pattern too long"

enum { PAGE_SIZE = 32 };         /* entries looked up at once */

typedef struct matches {
    patterns patterns;           /* none: all entries match */
    blob_query query;
    int is_long;                 /* ls: with numbers */
    int found;                   /* ls: any */
    int64_t *numbers;            /* cat, rm: of the entries, in the order of their names */
    size_t count;
    size_t next;                 /* cat: numbers[next] is the entry to write */
    uint8_t *data;               /* cat: contents lent to the reply; NULL: none */
} matches;

static void release(void *state)
{
    matches *m = state;

    patterns_free(&m->patterns);
    free(m->numbers);
    free(m->data);
    free(m);
}

/* Begins a task on the entries of a table that match any of the patterns. */
static void begin(connection *c, const matches *wanted, const sw_argument *argv, size_t argc,
                  void (*resume)(connection *c, int64_t now))
{
    matches *m;

    if (patterns_are_too_long(argv, argc)) {
        reply_fail(&c->reply, MESSAGE_PATTERN);
        return;
    }
    m = malloc(sizeof(*m));
    if (m == NULL) {
        reply_give_up(&c->reply);
        return;
    }
    *m = *wanted;
    c->task = (task){ .state = m, .release = release, .resume = resume };
    if (argc == 0)
        return;
    m->query.patterns = &m->patterns;
    if (patterns_init(&m->patterns, argv, argc) < 0)
        reply_give_up(&c->reply);
}

/* The next page of matching entries. 0, or -1 after a failure, which is answered. */
static int find(connection *c, blob_entry *entries, size_t *count)
{
    matches *m = c->task.state;
    blob_result result = blob_store_page(c->server->blobs, &m->query, entries,
                                         PAGE_SIZE, count);

    if (result != BLOB_OK)
        blob_fail(c, result);
    return result == BLOB_OK ? 0 : -1;
}

/* Goes on at once, after the other connections. For when there is nothing yet to wait for. */
static void yield(connection *c, int64_t now)
{
    c->task.wake = now;
}

/* ---- ls [-i] [-l] [-r] [PATTERN...] ---- */

static void resume_ls(connection *c, int64_t now)
{
    matches *m = c->task.state;
    reply *r = &c->reply;
    blob_entry entries[PAGE_SIZE];
    size_t count;

    if (find(c, entries, &count) < 0)
        return;
    if (count > 0)
        reply_begin(r, SW_BAND_OUTPUT);
    for (size_t i = 0; i < count; i++) {
        if (m->is_long)
            reply_print(r, "%lld ", (long long)entries[i].number);
        reply_add(r, entries[i].name, entries[i].name_len);
        reply_add(r, "\n", 1);
    }
    m->found |= count > 0;
    if (!m->query.done)
        yield(c, now);
    else if (m->found || m->query.patterns == NULL)
        reply_finish(r, 0);
    else
        blob_fail(c, BLOB_MISSING);
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
static size_t read_options(matches *wanted, const sw_argument *argv, size_t argc)
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

void command_blob_ls(connection *c, blob_table table, const sw_argument *argv, size_t argc)
{
    matches wanted = { .query = { .table = table } };
    size_t first = read_options(&wanted, argv, argc);

    if (first == 0)
        reply_fail(&c->reply, sw_command_refusal(SW_E_COMMAND_SYNTAX));
    else
        begin(c, &wanted, argv + first, argc - first, resume_ls);
}

/* ---- PATTERN... ---- */

/* Adds numbers to those of the task. 0, or -1 without memory. */
static int add_numbers(matches *m, const blob_entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if ((m->count & (m->count - 1)) == 0) { /* full at each power of two */
            size_t cap = m->count == 0 ? 1 : 2 * m->count;
            int64_t *numbers = realloc(m->numbers, cap * sizeof(*numbers));
            if (numbers == NULL)
                return -1;
            m->numbers = numbers;
        }
        m->numbers[m->count++] = entries[i].number;
    }
    return 0;
}

/* Looks for the numbers of all entries that match. 1 once they are known and there are any. */
static int collect(connection *c, int64_t now)
{
    matches *m = c->task.state;
    blob_entry entries[PAGE_SIZE];
    size_t count;

    if (m->query.done)
        return 1;
    if (find(c, entries, &count) < 0)
        return 0;
    if (add_numbers(m, entries, count) < 0)
        reply_give_up(&c->reply);
    else if (!m->query.done)
        yield(c, now);
    else if (m->count == 0)
        blob_fail(c, BLOB_MISSING);
    else
        return 1;
    return 0;
}

/* Begins a command that takes nothing but patterns. */
static void begin_patterns(connection *c, blob_table table, const sw_argument *argv, size_t argc,
                           void (*resume)(connection *c, int64_t now))
{
    matches wanted = { .query = { .table = table } };

    if (argc < 2)
        reply_fail(&c->reply, sw_command_refusal(SW_E_COMMAND_SYNTAX));
    else
        begin(c, &wanted, argv + 1, argc - 1, resume);
}

/* ---- cat PATTERN... ---- */

/* The next entry's contents, all at once: they stay in place until the session has taken them. One
 * that went away meanwhile is passed over; a failure is answered. */
static void write_entry(connection *c)
{
    matches *m = c->task.state;
    int64_t number = m->numbers[m->next++];
    size_t size;
    blob_result result = blob_store_get(c->server->blobs, m->query.table,
                                        number, &m->data, &size);

    if (result == BLOB_OK && size > 0)
        reply_lend(&c->reply, SW_BAND_OUTPUT, m->data, size);
    else if (result != BLOB_OK && result != BLOB_MISSING)
        blob_fail(c, result);
}

static void resume_cat(connection *c, int64_t now)
{
    matches *m = c->task.state;

    free(m->data); /* of the entry before, which is gone into the session */
    m->data = NULL;
    if (!collect(c, now))
        return;
    if (m->next < m->count)
        write_entry(c);
    if (reply_is_finished(&c->reply))
        return;
    if (m->next == m->count && m->data == NULL)
        reply_finish(&c->reply, 0);
    else
        yield(c, now);
}

void command_blob_cat(connection *c, blob_table table, const sw_argument *argv, size_t argc)
{
    begin_patterns(c, table, argv, argc, resume_cat);
}

/* ---- rm PATTERN... ---- */

static void resume_rm(connection *c, int64_t now)
{
    matches *m = c->task.state;

    if (collect(c, now))
        blob_finish_change(c, blob_store_remove(c->server->blobs,
                                                m->query.table, m->numbers,
                                                m->count));
}

void command_blob_rm(connection *c, blob_table table, const sw_argument *argv, size_t argc)
{
    begin_patterns(c, table, argv, argc, resume_rm);
}
