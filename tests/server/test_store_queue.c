/* SPDX-License-Identifier: ISC */
/* The queue of jobs that run in a thread of their own. */
#include "store_queue.h"

#include "connection.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

enum { JOBS = 4, LOG_MAX = 64 };

/* What happened, in order: "w1" a job worked, "d1" it was done, "t1" its connection was told. */
static char happened[LOG_MAX];

static void note(char what, int number)
{
    size_t len = strlen(happened);

    ck_assert_uint_lt(len + 3, sizeof(happened));
    happened[len] = what;
    happened[len + 1] = (char)('0' + number);
}

typedef struct numbered_job {
    store_job job; /* first: it is handed to the functions */
    int number;
} numbered_job;

static uv_loop_t loop;
static store_queue queue;
static numbered_job jobs[JOBS];
static connection *connections;
static unsigned interrupted;
static store_job *next_job; /* is added as soon as one is done */
static uv_sem_t go;         /* what the first job waits for, if it is held */
static int is_held;
static int is_last; /* the queue is stopped as soon as one is done */

/* In the place of the connection's and of the store's own. */
void connection_job_done(connection *c)
{
    ck_assert_int_eq(c->busy, 1);
    c->busy = 0;
    note('t', (int)(c - connections));
}

void blob_store_interrupt(blob_store *store)
{
    ck_assert_ptr_eq(store, (blob_store *)&loop);
    interrupted++;
}

static void work(store_job *job, blob_store *store)
{
    ck_assert_ptr_eq(store, (blob_store *)&loop);
    if (is_held && job == &jobs[0].job)
        uv_sem_wait(&go);
    note('w', ((numbered_job *)job)->number);
}

static void done(store_job *job)
{
    store_job *next = next_job;

    note('d', ((numbered_job *)job)->number);
    next_job = NULL;
    if (next != NULL)
        store_queue_add(&queue, next);
    if (is_last)
        store_queue_stop(&queue);
}

static void setup(void)
{
    ck_assert_int_eq(uv_loop_init(&loop), 0);
    store_queue_init(&queue, &loop, (blob_store *)&loop); /* only handed on */
    connections = calloc(JOBS, sizeof(*connections));
    ck_assert_ptr_nonnull(connections);
    for (int i = 0; i < JOBS; i++)
        jobs[i] = (numbered_job){
            .job = { .next = &jobs[0].job, .connection = &connections[i], .work = work, .done = done }, .number = i
        };
    memset(happened, 0, sizeof(happened));
    interrupted = 0;
    is_held = is_last = 0;
    ck_assert_int_eq(uv_sem_init(&go, 0), 0);
}

static void teardown(void)
{
    uv_sem_destroy(&go);
    free(connections);
    ck_assert_int_eq(uv_loop_close(&loop), 0); /* nothing of it is left */
}

static void add(int number)
{
    store_queue_add(&queue, &jobs[number].job);
}

static void run(const char *expected)
{
    uv_run(&loop, UV_RUN_DEFAULT);
    ck_assert_str_eq(happened, expected);
    for (int i = 0; i < JOBS; i++)
        ck_assert_int_eq(connections[i].busy, 0);
}

START_TEST(one_after_the_other)
{
    jobs[2].job.connection = NULL; /* nobody waits for it */
    for (int i = 0; i < JOBS; i++)
        add(i);
    ck_assert_int_eq(connections[0].busy, 1);
    ck_assert_int_eq(connections[3].busy, 1);
    run("w0d0t0w1d1t1w2d2w3d3t3");
}
END_TEST

START_TEST(added_when_one_is_done)
{
    jobs[0].job.connection = NULL; /* who would be told while the next one works */
    add(0);
    next_job = &jobs[1].job;
    run("w0d0w1d1t1");
    add(2);
    run("w0d0w1d1t1w2d2t2");
}
END_TEST

/* The one that runs ends as it will; the others do not begin, and whoever waits for them is told. */
START_TEST(stopped_while_one_runs)
{
    is_held = 1;
    jobs[2].job.connection = NULL;
    for (int i = 0; i < JOBS; i++)
        add(i);
    store_queue_stop(&queue);
    ck_assert_uint_eq(interrupted, 1);
    ck_assert_str_eq(happened, "t1t3");
    ck_assert_int_eq(connections[0].busy, 1);
    uv_sem_post(&go);
    run("t1t3w0d0t0");
}
END_TEST

START_TEST(added_behind_the_end)
{
    store_queue_stop(&queue);
    ck_assert_uint_eq(interrupted, 0);
    jobs[1].job.connection = NULL;
    add(0);
    add(1);
    run("t0");
}
END_TEST

/* What is added when the one that ran is done does not begin either. */
START_TEST(added_when_the_last_is_done)
{
    is_held = 1;
    add(0);
    next_job = &jobs[1].job;
    store_queue_stop(&queue);
    uv_sem_post(&go);
    run("w0d0t1t0");
}
END_TEST

/* Between two jobs there is none to interrupt, and the next one does not begin. */
START_TEST(stopped_when_one_is_done)
{
    is_last = 1;
    for (int i = 0; i < 3; i++)
        add(i);
    run("w0d0t1t2t0");
    ck_assert_uint_eq(interrupted, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store queue");
    TCase *tcase = suite_case(suite, "jobs");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, one_after_the_other);
    tcase_add_test(tcase, added_when_one_is_done);
    tcase_add_test(tcase, stopped_while_one_runs);
    tcase_add_test(tcase, added_behind_the_end);
    tcase_add_test(tcase, added_when_the_last_is_done);
    tcase_add_test(tcase, stopped_when_one_is_done);
    return run_suite(suite);
}
