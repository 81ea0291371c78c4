/* SPDX-License-Identifier: ISC */
#include "store_queue.h"

#include "connection.h"

void store_queue_init(store_queue *queue, uv_loop_t *loop, blob_store *store)
{
    *queue = (store_queue){ .loop = loop, .store = store };
}

/* Whoever waited for the job, unless nobody did. */
static void tell(const store_job *job)
{
    if (job->connection != NULL)
        connection_job_done(job->connection);
}

static void run_next(store_queue *queue);

static void work(uv_work_t *request)
{
    store_queue *queue = request->data;

    queue->first->work(queue->first, queue->store);
}

static void after_work(uv_work_t *request, int status)
{
    store_queue *queue = request->data;
    store_job *job = queue->first;

    (void)status;
    queue->is_running = 0;
    queue->first = job->next;
    job->done(job);
    tell(job);
    run_next(queue);
}

static void run_next(store_queue *queue)
{
    if (queue->is_running || queue->first == NULL)
        return;
    queue->work.data = queue;
    queue->is_running = 1;
    uv_queue_work(queue->loop, &queue->work, work, after_work); /* fails without a function only */
}

void store_queue_add(store_queue *queue, store_job *job)
{
    job->next = NULL;
    if (job->connection != NULL)
        job->connection->busy = 1;
    if (queue->is_stopped) {
        tell(job);
        return;
    }
    if (queue->first == NULL)
        queue->first = job;
    else
        queue->last->next = job;
    queue->last = job;
    run_next(queue);
}

void store_queue_stop(store_queue *queue)
{
    store_job *job = queue->first;

    queue->is_stopped = 1;
    if (queue->is_running) {
        blob_store_interrupt(queue->store);
        job = queue->first->next;
        queue->first->next = NULL;
    } else {
        queue->first = NULL;
    }
    while (job != NULL) {
        store_job *next = job->next;
        tell(job);
        job = next;
    }
}
