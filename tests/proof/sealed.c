/* Records and the Noise handshake with any backend and any bytes. */
#include "any.h"

#include <sidewire/record.h>

enum { SIZE = SW_RECORD_HEADER_SIZE + SW_RECORD_LIMIT_MAX, SMALL = 40 };

static uint8_t bytes[SIZE], key[SW_AEAD_KEY_SIZE];

static void open_any(sw_record *record)
{
    size_t used, size, len = any_size(SIZE);
    uint8_t *text, *in = bytes;
    int result;

    any_bytes(bytes, SIZE);
    if (any_int) {               /* what is behind the input is no memory of ours */
        len = any_size(SMALL);
        /*@ split len; */
        in = bytes + (SIZE - len);
    }
    result = sw_record_open(record, in, len, &used, &text, &size);
    if (result == 1) {
        /*@ assert size > 0 && \valid(text + (0 .. size - 1)); */
        text[size - 1] = text[0];
    }
}

void prove_record(void)
{
    sw_record record;

    if (sw_record_init(&record, &any_crypto, (sw_suite)any_int, key, (uint16_t)any_int) < 0)
        return;
    /*@ loop unroll 0; */
    while (any_int) {
        /*@ split record.suite; */
        switch (any_int) {
        case 0: open_any(&record); break;
        case 1: sw_record_seal(&record, bytes, any_size(SIZE)); break;
        case 2: sw_record_seal(any_int ? &record : NULL, NULL, any_size(SIZE)); break;
        case 3: (void)sw_record_error(&record); break;
        default: sw_record_wipe(any_int ? &record : NULL);
        }
    }
}

static void step_any(sw_noise *noise)
{
    static uint8_t message[SMALL + SW_NOISE_OVERHEAD_2], payload[SMALL];
    uint8_t keys[2][SW_NOISE_KEY_SIZE], *found;
    size_t len = any_size(sizeof(message)), n;

    any_bytes(message, sizeof(message));
    switch (any_int) {
    case 0: sw_noise_prologue(noise, payload, any_size(SMALL)); break;
    case 1: sw_noise_write(noise, payload, any_size(SMALL), message, len, &n); break;
    case 2:
        /*@ split len; */
        sw_noise_read(noise, message + (sizeof(message) - len), len, &found, &n);
        break;
    case 3: sw_noise_split(noise, keys[0], keys[1]); break;
    default: sw_noise_wipe(any_int ? noise : NULL);
    }
}

void prove_noise(void)
{
    static sw_x25519_key own;
    sw_noise noise;

    if ((any_int ? sw_noise_initiator(&noise, &any_crypto, (sw_suite)any_int)
                 : sw_noise_responder(&noise, &any_crypto, (sw_suite)any_int, &own)) < 0)
        return;
    /*@ loop unroll 0; */
    while (any_int) {
        /*@ split noise.state; */
        step_any(&noise);
    }
}
