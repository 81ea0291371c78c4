/* SPDX-License-Identifier: ISC */
/* Records and the Noise handshake under any sequence of calls. */
#include "any.h"

#include <sidewire/noise.h>
#include <sidewire/record.h>

#include "record_internal.h"

enum { SIZE = SW_RECORD_HEADER_SIZE + SW_RECORD_LIMIT_MAX, SMALL = 30, BLOCK = SW_AEAD_BLOCK_SIZE };

static uint8_t bytes[SIZE], elsewhere[SIZE], key[SW_AEAD_KEY_SIZE];

/* The data end where their buffer does if they are short; of longer ones, up to a block less. */
static void seal_one(sw_record *record)
{
    size_t head = any_size(BLOCK + 1), len;

    /*@ split head; */
    if (any_int) {
        swi_record_seal_from(record, bytes, head, NULL, 0);
    } else if (any_int) {
        swi_record_seal_from(record, bytes, head, elsewhere, any_size(SIZE - BLOCK));
    } else {
        len = any_size(BLOCK + 1);
        /*@ split len; */
        swi_record_seal_from(record, bytes, head, elsewhere + (SIZE - len), len);
    }
}

/* A record in a large buffer, or one that ends where its buffer does. */
static void open_one(sw_record *record)
{
    uint8_t *text;
    size_t used, size, len;

    any_bytes(bytes, SIZE);
    if (any_int) {
        sw_record_open(any_int ? record : NULL, any_int ? bytes : NULL, any_int ? SIZE : any_size(SIZE),
                       any_int ? &used : NULL, any_int ? &text : NULL, any_int ? &size : NULL);
        return;
    }
    len = any_size(SMALL);
    /*@ split len; */
    if (sw_record_open(record, bytes + (SIZE - len), len, &used, &text, &size) == 1)
        any_bytes(bytes, 1);
}

void prove_record(void)
{
    static sw_crypto copying;
    sw_record record;
    size_t size;

    copying = any_crypto;
    copying.aead_seal_from = NULL;
    any_bytes(key, sizeof(key));
    if (sw_record_init(any_int ? &record : NULL, any_int ? &any_crypto : NULL, (sw_suite)any_int,
                       any_int ? key : NULL, (uint16_t)any_unsigned) < 0)
        return;
    if (sw_record_init(&record, any_int ? &any_crypto : &copying, any_int ? SW_SUITE_AESGCM : SW_SUITE_CHACHAPOLY,
                       key, Frama_C_unsigned_short_interval(SW_RECORD_LIMIT_MIN, SW_RECORD_LIMIT_MAX)) < 0)
        return;
    /*@ loop unroll 0; */
    while (any_int) {
        switch (any_int) {
        case 0:
            size = sw_record_text_max(&record);
            sw_record_seal(any_int ? &record : NULL, any_int ? bytes : NULL, any_size(size));
            break;
        case 1: sw_record_seal(&record, bytes, (size_t)any_64); break;
        case 2: seal_one(&record); break;
        case 3: (void)sw_record_error(any_int ? &record : NULL); break;
        default: open_one(&record);
        }
    }
    sw_record_wipe(any_int ? &record : NULL);
}

enum { MESSAGE = 600 };

static uint8_t message[MESSAGE], payload[MESSAGE];

/* A message that fits, one that fits exactly, and one that does not. Returns the state. */
static int write_one(sw_noise *noise)
{
    size_t len, n;

    switch (any_int) {
    case 0:
        sw_noise_write(noise, any_int ? payload : NULL, any_size(MESSAGE - SW_NOISE_OVERHEAD_2),
                       any_int ? message : NULL, MESSAGE, any_int ? &len : NULL);
        break;
    case 1:
        n = any_size(4);
        /*@ split n; */
        sw_noise_write(noise, payload, n, message + (MESSAGE - SW_NOISE_OVERHEAD_2 - n), SW_NOISE_OVERHEAD_2 + n,
                       &len);
        /*@ merge n; */
        break;
    default: sw_noise_write(noise, payload, MESSAGE, message, any_size(MESSAGE), &len);
    }
    return noise->state;
}

static void without_noise(void)
{
    uint8_t *text;
    size_t len;

    sw_noise_prologue(NULL, payload, any_size(MESSAGE));
    sw_noise_write(NULL, payload, MESSAGE, message, MESSAGE, any_int ? &len : NULL);
    sw_noise_read(NULL, message, MESSAGE, any_int ? &text : NULL, any_int ? &len : NULL);
    sw_noise_split(NULL, message, payload);
    (void)sw_noise_error(NULL);
    sw_noise_wipe(NULL);
}

/* Returns the state, so that Eva does not mix up what there is in different ones. */
static int noise_step(sw_noise *noise)
{
    uint8_t first[SW_NOISE_KEY_SIZE], second[SW_NOISE_KEY_SIZE];
    uint8_t *text;
    size_t len;

    any_bytes(message, MESSAGE);
    switch (any_int) {
    case 0: sw_noise_prologue(noise, any_int ? payload : NULL, any_size(MESSAGE)); break;
    case 1: write_one(noise); break;
    case 2:
        sw_noise_read(noise, any_int ? message : NULL, any_size(MESSAGE), any_int ? &text : NULL,
                      any_int ? &len : NULL);
        break;
    case 3: sw_noise_split(noise, any_int ? first : NULL, any_int ? second : NULL); break;
    case 4: without_noise(); break;
    default: (void)sw_noise_error(noise);
    }
    return noise->state;
}

void prove_noise(void)
{
    static sw_x25519_key own;
    sw_noise noise;

    any_bytes(&own, sizeof(own));
    any_bytes(payload, MESSAGE);
    if (any_int)
        sw_noise_initiator(&noise, any_int ? &any_crypto : NULL, (sw_suite)any_int);
    else if (any_int)
        sw_noise_responder(&noise, &any_crypto, (sw_suite)any_int, &own);
    else
        sw_noise_responder(&noise, any_int ? &any_crypto : NULL, (sw_suite)any_int, NULL);
    /* its state says which of its pointers are there */
    /*@ dynamic_split noise.state; */
    /*@ loop unroll 0; */
    while (any_int) {
        /*@ slevel merge; */
        (void)noise_step(&noise);
    }
    sw_noise_wipe(&noise);
}
