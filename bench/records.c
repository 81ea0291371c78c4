/* SPDX-License-Identifier: ISC */
/* Protecting and unprotecting with each backend, beside records of TLS: records ROUNDS */
#include "pipe.h"
#include "tls.h"

#include <sidewire/backends.h>

#include <stdio.h>
#include <stdlib.h>

enum { BYTES_A_RUN = 4 << 20, COUNT_MAX = 16384, BACKENDS_MAX = 8 };

/* ---- TLS ---- */

typedef struct records {
    contender contender;
    tls *tls;
    uint32_t size;
    size_t count;
    uint8_t *body, *received;
} records;

static void run_records(void *context)
{
    records *r = context;

    for (size_t i = 0; i < r->count; i++) {
        if (SSL_write(r->tls->client, r->body, (int)r->size) != (int)r->size ||
            SSL_read(r->tls->server, r->received, (int)r->size) != (int)r->size)
            fail("TLS: a record was not passed");
        pipe_check_ends("TLS", r->received, r->body, r->size);
    }
    pipe_check_all("TLS", r->received, r->body, r->size);
}

static void stop_records(void *context)
{
    records *r = context;

    free(r->body);
    free(r->received);
    free(r);
}

static contender *tls_records(tls *t, uint32_t size, size_t count)
{
    records *r = calloc(1, sizeof(*r));

    if (r == NULL || (r->received = malloc(size)) == NULL)
        fail("no memory");
    r->contender.name = "TLS 1.3";
    r->contender.run = run_records;
    r->contender.stop = stop_records;
    r->contender.context = r;
    r->contender.units = (double)count;
    r->tls = t;
    r->size = size;
    r->count = count;
    r->body = pipe_body(size);
    return &r->contender;
}

/* ---- beside each other ---- */

static void compare(sw_crypto *const *backends, size_t backend_count, tls *t, uint32_t size, size_t rounds)
{
    size_t count = BYTES_A_RUN / size < COUNT_MAX ? BYTES_A_RUN / size : COUNT_MAX;
    contender *all[1 + BACKENDS_MAX] = { tls_records(t, size, count) };
    contender *best;
    char key[64], what[64];

    for (size_t i = 0; i < backend_count; i++)
        all[1 + i] = pipe_packets(backends[i], PIPE_PACKETS, size, count);
    timing_run(all, 1 + backend_count, rounds);
    best = all[1];
    for (size_t i = 0; i < backend_count; i++) {
        contender *one = all[1 + i];
        if (timing_median(one, rounds) < timing_median(best, rounds))
            best = one;
        snprintf(key, sizeof(key), "records_%u_%s", size, one->name);
        snprintf(what, sizeof(what), "protect and unprotect %u B, %s", size, one->name);
        report_times(key, what, one, all[0], rounds);
    }
    snprintf(key, sizeof(key), "records_%u_best", size);
    snprintf(what, sizeof(what), "protect and unprotect %u B, best: %s", size, best->name);
    report_times(key, what, best, all[0], rounds);
    timing_stop(all, 1 + backend_count);
}

int main(int argc, char **argv)
{
    size_t rounds = timing_rounds(argc, argv);
    sw_crypto *backends[BACKENDS_MAX];
    size_t count = 0;
    const char *name;
    tls t;

    for (; count < BACKENDS_MAX && (name = sw_backend_name(count)) != NULL; count++)
        if ((backends[count] = sw_backend_new(name)) == NULL)
            fail("%s: not started", name);
    tls_init(&t);
    tls_connect(&t, NULL);
    compare(backends, count, &t, 64, rounds);
    compare(backends, count, &t, 1024, rounds);
    compare(backends, count, &t, 16384, rounds);
    tls_disconnect(&t, NULL);
    tls_free(&t);
    while (count > 0)
        sw_backend_free(backends[--count]);
    return 0;
}
