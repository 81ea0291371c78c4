/* SPDX-License-Identifier: ISC */
/* cat, ls and rm for images, lyrics, moods and playlists: commands on the entries that match. Each
 * step is a job for the database's thread; what it found is answered in the loop. */
#include "blobs.h"

#include "commands.h"
#include "server.h"

#include <stdlib.h>

#define MESSAGE_PATTERN "pattern too long"

enum {
    PAGE_SIZE = 32,        /* entries looked up at once */
    PIECE_SMALL = 65536,   /* bytes of an entry read at once: at first, ... */
    PIECE_LARGE = 1048576, /* ... and when some of it was taken, if there is memory, ... */
    PIECES_MAX = 256       /* ... or more, so that there are not many more pieces than these: to find the last
                            * one, SQLite walks over all before it */
};

/* Bytes of an entry, lent to the reply. */
typedef struct piece {
    uint8_t *data;
    size_t cap, len;
} piece;

typedef struct matches {
    store_job job; /* first, so that it is the task's state */
    blob_table table;
    patterns patterns; /* none: all entries match */
    blob_query query;
    blob_result result; /* of the job */
    blob_entry entries[PAGE_SIZE];
    size_t entry_count;
    int is_long; /* ls: with numbers */
    int found;   /* ls: any */
    int out_of_memory;
    int64_t *numbers; /* cat, rm: of the entries, in the order of their names */
    size_t count;
    size_t next;           /* cat: numbers[next] is the entry after this one */
    blob_reading reading;  /* cat: of this entry; number 0: none */
    piece pieces[2];       /* cat: one is read while the other one is sent */
    int turn;              /* cat: which is read next, or just was */
    memory_budget *budget; /* that the caps of pieces were taken from */
} matches;

static void release(void *state)
{
    matches *m = state;

    for (size_t i = 0; i < 2; i++) {
        if (m->pieces[i].cap > 0)
            memory_give(m->budget, m->pieces[i].cap);
        free(m->pieces[i].data);
    }
    patterns_free(&m->patterns);
    free(m->numbers);
    free(m);
}

/* Begins a task on the entries of a table that match any of the patterns. NULL: it is answered. */
static matches *begin(connection *c, blob_table table, const sw_argument *argv, size_t argc,
                      void (*resume)(connection *c, int64_t now))
{
    matches *m;

    if (patterns_are_too_long(argv, argc)) {
        reply_fail(&c->reply, MESSAGE_PATTERN);
        return NULL;
    }
    m = calloc(1, sizeof(*m));
    if (m == NULL || patterns_init(&m->patterns, argv, argc) < 0) {
        free(m);
        reply_give_up(&c->reply);
        return NULL;
    }
    m->table = m->query.table = table;
    m->query.patterns = argc > 0 ? &m->patterns : NULL;
    c->task = (task){ .state = m, .release = release, .resume = resume };
    return m;
}

static void start(connection *c, void (*work)(store_job *job, blob_store *store), void (*done)(store_job *job))
{
    matches *m = c->task.state;

    m->job.connection = c;
    m->job.work = work;
    m->job.done = done;
    store_queue_add(&c->server->queue, &m->job);
}

/* In the thread: the next page of matching entries. */
static void find(store_job *job, blob_store *store)
{
    matches *m = (matches *)job;

    m->result = blob_store_page(store, &m->query, m->entries, PAGE_SIZE, &m->entry_count);
}

/* ---- ls [-i] [-l] [-r] [PATTERN...] ---- */

static void list(store_job *job)
{
    matches *m = (matches *)job;
    reply *r = &job->connection->reply;

    if (m->result != BLOB_OK) {
        blob_fail(job->connection, m->result);
        return;
    }
    if (m->entry_count > 0)
        reply_begin(r, SW_BAND_OUTPUT);
    for (size_t i = 0; i < m->entry_count; i++) {
        if (m->is_long)
            reply_print(r, "%lld ", (long long)m->entries[i].number);
        reply_add(r, m->entries[i].name, m->entries[i].name_len);
        reply_add(r, "\n", 1);
    }
    m->found |= m->entry_count > 0;
    if (!m->query.done)
        return;
    if (m->found || m->query.patterns == NULL)
        reply_finish(r, 0);
    else
        blob_fail(job->connection, BLOB_MISSING);
}

static void resume_ls(connection *c, int64_t now)
{
    (void)now;
    start(c, find, list);
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
    matches wanted = { .table = table };
    size_t first = read_options(&wanted, argv, argc);
    matches *m;

    if (first == 0) {
        reply_fail(&c->reply, sw_command_refusal(SW_E_COMMAND_SYNTAX));
        return;
    }
    m = begin(c, table, argv + first, argc - first, resume_ls);
    if (m == NULL)
        return;
    m->is_long = wanted.is_long;
    m->query.by_number = wanted.query.by_number;
    m->query.reverse = wanted.query.reverse;
}

/* ---- PATTERN... ---- */

/* Room for one more number. 0, or -1 without memory. */
static int reserve_number(matches *m)
{
    size_t cap = m->count == 0 ? 1 : 2 * m->count;
    int64_t *numbers;

    if ((m->count & (m->count - 1)) != 0) /* full at each power of two */
        return 0;
    numbers = realloc(m->numbers, cap * sizeof(*numbers));
    if (numbers == NULL)
        return -1;
    m->numbers = numbers;
    return 0;
}

/* In the thread: the numbers of the next matching entries. */
static void find_numbers(store_job *job, blob_store *store)
{
    matches *m = (matches *)job;

    find(job, store);
    for (size_t i = 0; m->result == BLOB_OK && i < m->entry_count; i++) {
        if (reserve_number(m) < 0) {
            m->out_of_memory = 1;
            return;
        }
        m->numbers[m->count++] = m->entries[i].number;
    }
}

static void check_numbers(store_job *job)
{
    matches *m = (matches *)job;

    if (m->out_of_memory)
        reply_give_up(&job->connection->reply);
    else if (m->result != BLOB_OK)
        blob_fail(job->connection, m->result);
    else if (m->query.done && m->count == 0)
        blob_fail(job->connection, BLOB_MISSING);
}

/* Looks for the numbers of all entries that match. 1 once they are known and there are any. */
static int collect(connection *c)
{
    const matches *m = c->task.state;

    if (m->query.done)
        return 1;
    start(c, find_numbers, check_numbers);
    return 0;
}

/* ---- cat PATTERN... ---- */

/* Room for so much, if it has less. 0, or -1 if there is no memory, and what was there stays. */
static int reserve_piece(matches *m, piece *p, size_t cap)
{
    uint8_t *data;

    if (cap <= p->cap)
        return 0;
    if (!memory_take(m->budget, cap))
        return -1;
    data = malloc(cap);
    if (data == NULL) {
        memory_give(m->budget, cap);
        return -1;
    }
    if (p->cap > 0)
        memory_give(m->budget, p->cap);
    free(p->data);
    p->data = data;
    p->cap = cap;
    return 0;
}

static void read_piece(store_job *job, blob_store *store)
{
    matches *m = (matches *)job;
    piece *p = &m->pieces[m->turn];

    m->result = blob_store_read(store, m->table, &m->reading, p->data, p->cap, &p->len);
}

/* The piece stays in place until the session has taken it. An entry that went away before it was
 * begun is passed over. */
static void write_piece(store_job *job)
{
    matches *m = (matches *)job;
    const piece *p = &m->pieces[m->turn];
    connection *c = job->connection;

    if (m->result == BLOB_MISSING && m->reading.offset == 0) {
        m->reading.number = 0;
        return;
    }
    if (m->result != BLOB_OK) {
        blob_fail(c, m->result == BLOB_MISSING ? BLOB_CHANGED : m->result);
        return;
    }
    if (p->len > 0)
        reply_lend(&c->reply, SW_BAND_OUTPUT, p->data, p->len);
    if (m->reading.offset == m->reading.size)
        m->reading.number = 0;
}

/* How much of the entry is to be read at once: more and more, so that who takes nothing costs little. */
static size_t piece_size(const matches *m)
{
    size_t most = m->reading.size / PIECES_MAX;
    size_t size = m->reading.offset / 4;

    if (most < PIECE_LARGE)
        most = PIECE_LARGE;
    if (size > most)
        size = most;
    return size > PIECE_SMALL ? size : PIECE_SMALL;
}

/* Where the next piece goes: beside the one that is lent, if one is and there is memory. NULL: not yet. */
static piece *choose_piece(matches *m, const reply *r)
{
    if (!reply_is_waiting(r))
        m->turn = !m->turn;
    /* analyzer-malloc-leak: the piece has it */
    if (reserve_piece(m, &m->pieces[m->turn], piece_size(m)) == 0 || m->pieces[m->turn].cap > 0)
        return &m->pieces[m->turn]; /* as large as wanted, or as it was */
    m->turn = !m->turn;
    return NULL;
}

/* At most one piece is with the reply. */
static void resume_cat(connection *c, int64_t now)
{
    matches *m = c->task.state;

    (void)now;
    if (!collect(c))
        return;
    if (m->reading.number == 0 && m->next == m->count) {
        reply_finish(&c->reply, 0);
        return;
    }
    if (m->reading.number == 0)
        m->reading = (blob_reading){ .number = m->numbers[m->next++] };
    if (choose_piece(m, &c->reply) != NULL)
        start(c, read_piece, write_piece);
}

void command_blob_cat(connection *c, blob_table table, const sw_argument *argv, size_t argc)
{
    matches *m = begin(c, table, argv + 1, argc - 1, resume_cat);

    if (m == NULL)
        return;
    m->budget = &c->server->memory;
    c->task.reads_ahead = 1;
    if (reserve_piece(m, &m->pieces[0], PIECE_SMALL) < 0)
        reply_fail(&c->reply, MESSAGE_MEMORY);
}

/* ---- rm PATTERN... ---- */

static void remove_all(store_job *job, blob_store *store)
{
    matches *m = (matches *)job;

    m->result = blob_store_remove(store, m->table, m->numbers, m->count);
}

static void finish_removal(store_job *job)
{
    blob_finish_change(job->connection, ((matches *)job)->result);
}

static void resume_rm(connection *c, int64_t now)
{
    (void)now;
    if (collect(c))
        start(c, remove_all, finish_removal);
}

void command_blob_rm(connection *c, blob_table table, const sw_argument *argv, size_t argc)
{
    begin(c, table, argv + 1, argc - 1, resume_rm);
}
