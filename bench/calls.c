/* SPDX-License-Identifier: ISC */
#include "calls.h"
#include "pipe.h"

#include <sidewire/packet.h>

#include <stdlib.h>
#include <string.h>

enum {
    AHEAD = 256,  /* bytes of key stream by a call of its own: with less than that, libgcrypt takes as long */
    ADVANCED = 4, /* packets */
    LINE = 64
};

typedef struct calls {
    contender contender;
    const raw_cipher *cipher;
    void *out_state, *in_state;
    size_t size, count;
    uint8_t *body, *wire, *zeros, *stream;
} calls;

const char *const calls_names[CALLS_WAYS] = { "header and body", "whole blocks", "key stream in advance" };

static void run_as_they_come(void *context)
{
    calls *c = context;
    uint8_t *body = c->wire + SW_HEADER_SIZE;

    for (size_t i = 0; i < c->count; i++) {
        c->cipher->apply(c->out_state, c->wire, c->wire, SW_HEADER_SIZE);
        c->cipher->apply(c->out_state, body, c->body, c->size);
        c->cipher->apply(c->in_state, c->wire, c->wire, SW_HEADER_SIZE);
        c->cipher->apply(c->in_state, body, body, c->size);
        pipe_check_ends(c->contender.name, body, c->body, c->size);
    }
}

static void run_of_blocks(void *context)
{
    calls *c = context;

    for (size_t i = 0; i < c->count; i++) {
        c->cipher->apply(c->out_state, c->wire, c->body, c->size - AHEAD);
        c->cipher->apply(c->out_state, c->stream, c->zeros, AHEAD);
        c->cipher->apply(c->in_state, c->wire, c->wire, c->size);
        pipe_check_ends(c->contender.name, c->wire, c->body, c->size - AHEAD);
    }
}

static void combine(uint8_t *restrict out, const uint8_t *restrict stream, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] ^= stream[i];
}

static void combine_from(uint8_t *restrict out, const uint8_t *restrict in, const uint8_t *restrict stream,
                         size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = in[i] ^ stream[i];
}

static void run_in_advance(void *context)
{
    calls *c = context;

    for (size_t i = 0; i + ADVANCED <= c->count; i += ADVANCED) {
        c->cipher->apply(c->out_state, c->stream, c->zeros, ADVANCED * c->size);
        for (size_t k = 0; k < ADVANCED; k++)
            combine_from(c->wire + k * c->size, c->body, c->stream + k * c->size, c->size);
        c->cipher->apply(c->in_state, c->stream, c->zeros, ADVANCED * c->size);
        for (size_t k = 0; k < ADVANCED; k++) {
            combine(c->wire + k * c->size, c->stream + k * c->size, c->size);
            pipe_check_ends(c->contender.name, c->wire + k * c->size, c->body, c->size);
        }
    }
}

static void stop(void *context)
{
    calls *c = context;

    c->cipher->stop(c->out_state);
    c->cipher->stop(c->in_state);
    free(c->body);
    free(c->wire);
    free(c->zeros);
    free(c->stream);
    free(c);
}

contender *calls_contender(const raw_cipher *cipher, calls_way way, uint32_t size, size_t count)
{
    static void (*const runs[CALLS_WAYS])(void *) = { run_as_they_come, run_of_blocks, run_in_advance };
    calls *c = calloc(1, sizeof(*c));
    size_t room = (ADVANCED * (size_t)size + SW_HEADER_SIZE + LINE) / LINE * LINE;

    if (c == NULL)
        fail("no memory");
    c->contender = (contender){
        .name = calls_names[way], .run = runs[way], .stop = stop, .context = c, .units = (double)count
    };
    c->cipher = cipher;
    c->out_state = cipher->start(pipe_key);
    c->in_state = cipher->start(pipe_key);
    c->size = size;
    c->count = count;
    c->body = pipe_body(size);
    c->wire = pipe_body(room);
    c->zeros = pipe_body(room);
    c->stream = pipe_body(room);
    memset(c->zeros, 0, room);
    return &c->contender;
}
