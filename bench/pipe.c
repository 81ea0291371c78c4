/* SPDX-License-Identifier: ISC */
#include "pipe.h"

#include <sidewire/packet.h>

#include <stdlib.h>
#include <string.h>

enum { LINE = 64 };

const uint8_t pipe_key[SW_CIPHER_KEY_SIZE] = "sixteen of each: key and counter";

void pipe_check_ends(const char *name, const uint8_t *a, const uint8_t *b, size_t size)
{
    uint64_t x[2], y[2];

    memcpy(&x[0], a, sizeof(*x));
    memcpy(&y[0], b, sizeof(*y));
    memcpy(&x[1], a + size - sizeof(*x), sizeof(*x));
    memcpy(&y[1], b + size - sizeof(*y), sizeof(*y));
    if (x[0] != y[0] || x[1] != y[1])
        fail("%s: a packet came out changed", name);
}

void pipe_check_all(const char *name, const uint8_t *a, const uint8_t *b, size_t size)
{
    if (memcmp(a, b, size) != 0)
        fail("%s: a packet came out changed", name);
}

/* At the beginning of a cache line: what ciphers like best. */
enum { WIRE_SIZE = (16 << 10) + 2 * LINE };

static uint8_t *allocate(size_t size)
{
    void *memory = aligned_alloc(LINE, (size + LINE - 1) / LINE * LINE);

    if (memory == NULL)
        fail("no memory");
    return memory;
}

uint8_t *pipe_body(size_t size)
{
    uint8_t *body = allocate(size);

    for (size_t i = 0; i < size; i++)
        body[i] = (uint8_t)(i ^ i >> 8);
    return body;
}

/* ---- packets ---- */

typedef struct packets {
    contender contender;
    pipe_way way;
    sw_cipher out_cipher, in_cipher;
    sw_encoder encoder;
    sw_decoder decoder;
    uint32_t size;
    size_t count;
    uint8_t *body, *wire;
    size_t cap; /* of wire: a buffer as a session has, with room for some packets */
} packets;

static void encrypt_wire(packets *p, sw_cipher *cipher, uint8_t *wire, size_t len)
{
    if (p->way == PIPE_BUFFERS && sw_cipher_apply(cipher, wire, wire, len) != SW_OK)
        fail("%s: AES failed", p->contender.name);
}

/* Fills the buffer, as a sender does. Returns how many packets there are, `most` at most. */
static size_t fill_wire(packets *p, uint8_t *wire, size_t most, size_t *len)
{
    size_t cap = p->cap - (size_t)(wire - p->wire);
    size_t packet_len;
    size_t n = 0;

    for (*len = 0; n < most && cap - *len >= SW_HEADER_SIZE + (size_t)p->size; n++) {
        if (sw_encoder_packet(&p->encoder, SW_BAND_OUTPUT, p->body, p->size, wire + *len, cap - *len,
                              &packet_len) != 1)
            fail("%s: not encoded", p->contender.name);
        *len += packet_len;
    }
    encrypt_wire(p, &p->out_cipher, wire, *len);
    return n;
}

/* Takes them out again. */
static void empty_wire(packets *p, uint8_t *wire, size_t len, sw_chunk *chunk)
{
    size_t used;

    encrypt_wire(p, &p->in_cipher, wire, len);
    for (size_t at = 0; at < len; at += used) {
        if (sw_decoder_next(&p->decoder, wire + at, len - at, &used, chunk) != 1 || chunk->len != p->size ||
            chunk->band != SW_BAND_OUTPUT)
            fail("%s: not decoded", p->contender.name);
        pipe_check_ends(p->contender.name, chunk->data, p->body, p->size);
    }
}

static void run_packets(void *context)
{
    packets *p = context;
    sw_chunk chunk;
    size_t len, n;

    for (size_t left = p->count; left > 0; left -= n) {
        uint8_t *wire = p->wire + sw_cipher_lead(&p->out_cipher, p->wire);
        n = fill_wire(p, wire, left, &len);
        empty_wire(p, wire, len, &chunk);
    }
    pipe_check_all(p->contender.name, chunk.data, p->body, p->size);
}

static void stop_packets(void *context)
{
    packets *p = context;

    sw_cipher_wipe(&p->out_cipher);
    sw_cipher_wipe(&p->in_cipher);
    free(p->body);
    free(p->wire);
    free(p);
}

contender *pipe_packets(const sw_crypto *crypto, pipe_way way, uint32_t size, size_t count)
{
    packets *p = calloc(1, sizeof(*p));

    if (p == NULL)
        fail("no memory");
    p->way = way;
    p->contender.name = crypto->name;
    p->contender.run = run_packets;
    p->contender.stop = stop_packets;
    p->contender.context = p;
    p->contender.units = (double)count;
    p->size = size;
    p->count = count;
    p->body = pipe_body(size);
    p->cap = WIRE_SIZE;
    p->wire = allocate(WIRE_SIZE);
    sw_encoder_init(&p->encoder);
    sw_decoder_init(&p->decoder, size);
    if (sw_cipher_init(&p->out_cipher, SW_CIPHER_AES_CTR128, crypto, pipe_key) < 0 ||
        sw_cipher_init(&p->in_cipher, SW_CIPHER_AES_CTR128, crypto, pipe_key) < 0)
        fail("%s: no AES", crypto->name);
    if (way == PIPE_PACKETS) {
        sw_encoder_set_cipher(&p->encoder, &p->out_cipher);
        sw_decoder_set_cipher(&p->decoder, &p->in_cipher);
    }
    return &p->contender;
}

/* ---- the cipher alone ---- */

typedef struct raw {
    contender contender;
    const raw_cipher *cipher;
    void *out_state, *in_state;
    uint32_t piece;
    size_t count;                  /* pieces */
    uint8_t *body, *buffer, *wire; /* wire: within the buffer */
} raw;

static void run_raw(void *context)
{
    raw *r = context;

    for (size_t i = 0; i < r->count; i++) {
        r->cipher->apply(r->out_state, r->wire, r->body, r->piece);
        r->cipher->apply(r->in_state, r->wire, r->wire, r->piece);
        pipe_check_ends(r->contender.name, r->wire, r->body, r->piece);
    }
    pipe_check_all(r->contender.name, r->wire, r->body, r->piece);
}

static void stop_raw(void *context)
{
    raw *r = context;

    r->cipher->stop(r->out_state);
    r->cipher->stop(r->in_state);
    free(r->body);
    free(r->buffer);
    free(r);
}

contender *pipe_raw(const raw_cipher *cipher, const char *name, uint32_t piece, size_t offset, uint32_t size,
                    size_t count)
{
    raw *r = calloc(1, sizeof(*r));

    if (r == NULL)
        fail("no memory");
    r->contender.name = name;
    r->contender.run = run_raw;
    r->contender.stop = stop_raw;
    r->contender.context = r;
    r->cipher = cipher;
    r->out_state = cipher->start(pipe_key);
    r->in_state = cipher->start(pipe_key);
    r->piece = piece;
    r->count = (size_t)size * count / piece;
    r->contender.units = (double)r->count * piece / size;
    r->body = pipe_body(piece);
    r->buffer = allocate(offset + piece);
    r->wire = r->buffer + offset;
    return &r->contender;
}
