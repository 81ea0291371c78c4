/* SPDX-License-Identifier: ISC */
#include "blob_server.h"

#include <stdlib.h>
#include <string.h>

#include "commands/commands.h"
#include "reply_reader.h"
#include "server.h"
#include "suite.h"

static server_options options = { .upload_limit = UPLOAD_LIMIT };
static server s = { .options = &options, .memory.limit = SIZE_MAX };
static int events;

/* Stands in for the server's own. */
void server_count_event(server *counting)
{
    ck_assert_ptr_eq(counting, &s);
    events++;
}

/* Stands in for the thread: each job is done at once. */
void store_queue_add(store_queue *queue, store_job *job)
{
    ck_assert_ptr_eq(queue, &s.queue);
    job->work(job, s.blobs);
    job->done(job);
}

int blob_server_events(void)
{
    return events;
}

void blob_server_open(const char *path)
{
    s.blobs = open_store(path);
    events = 0;
}

void blob_server_start(void)
{
    blob_server_open(NULL);
    put_text(s.blobs, BLOB_IMAGES, "b", "BB");
    put_text(s.blobs, BLOB_IMAGES, "a", "A");
    put_text(s.blobs, BLOB_IMAGES, "c", "");
    put_text(s.blobs, BLOB_IMAGES, "a b", "x");
}

void blob_server_stop(void)
{
    blob_store_close(s.blobs);
}

blob_store *blob_server_store(void)
{
    return s.blobs;
}

/* ---- commands ---- */

static const struct {
    const char *start; /* of a command's name */
    blob_command_handler *run;
} handlers[] = {
    { "add", command_blob_add }, { "cat", command_blob_cat }, { "ls", command_blob_ls },
    { "mv", command_blob_mv },   { "rm", command_blob_rm },
};

/* The end of a command's name tells which table it is about. */
static blob_table table_of(const sw_argument *name)
{
    switch (name->data[name->len - 1]) {
    case 'g': return BLOB_IMAGES;
    case 'r': return BLOB_LYRICS;
    case 'd': return BLOB_MOODS;
    default: return BLOB_PLAYLISTS;
    }
}

connection *blob_server_run(const sw_argument *argv, size_t argc)
{
    connection *c = calloc(1, sizeof(*c));
    const sw_command *command;
    const char *refusal;

    ck_assert_ptr_nonnull(c);
    c->server = &s;
    if (sw_command_check(&sw_audio_commands, argv, argc, SW_PERMISSIONS_ALL, &command, &refusal, NULL) !=
        SW_OK) { /* as the server does before */
        reply_fail(&c->reply, refusal);
        return c;
    }
    for (int i = 0; i < COUNT(handlers); i++)
        if (strncmp(argv[0].data, handlers[i].start, strlen(handlers[i].start)) == 0)
            handlers[i].run(c, table_of(&argv[0]), argv, argc);
    return c;
}

connection *blob_server_run_words(const char *const *words)
{
    sw_argument argv[WORDS_MAX];
    size_t argc = 0;

    for (; words[argc] != NULL; argc++)
        argv[argc] = (sw_argument){ words[argc], strlen(words[argc]) };
    return blob_server_run(argv, argc);
}

void blob_server_resume(connection *c)
{
    ck_assert_int_eq(reply_is_waiting(&c->reply), 1);
    c->task.resume(c, NOW);
}

connection *blob_server_begin_upload(const char *command, const char *name)
{
    connection *c = blob_server_run_words((const char *const[]){ command, name, NULL });

    ck_assert(c->task.receive != NULL);
    ck_assert_int_eq(reply_is_waiting(&c->reply), 0);
    ck_assert_int_eq(reply_is_finished(&c->reply), 0);
    reply_free(&c->reply);
    return c;
}

void blob_server_free(connection *c)
{
    if (c->task.release != NULL)
        c->task.release(c->task.state);
    reply_free(&c->reply);
    free(c);
}

void expect_answer(connection *c, const char *output, const char *errors)
{
    reply_text text;

    text = reply_read(&c->reply, c);
    ck_assert_str_eq(text.output, output);
    ck_assert_str_eq(text.errors, errors);
    ck_assert_int_eq(text.status, errors[0] != '\0');
    reply_text_free(&text);
    blob_server_free(c);
}

void expect_words(const char *const *words, const char *output, const char *errors)
{
    expect_answer(blob_server_run_words(words), output, errors);
}
