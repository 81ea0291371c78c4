/* SPDX-License-Identifier: ISC */
#include <sidewire/record.h>

#include <string.h>

#include "error_internal.h"
#include "noise_internal.h"
#include "record_internal.h"
#include "secret.h"

enum {
    REKEY_BITS = 16, /* a key is for 2^16 records */
    COUNTER_AT = 4   /* in the nonce; zeros before */
};

/* ---- results ---- */

static int check(const sw_record *record)
{
    if (record == NULL)
        return SW_E_NULL;
    if (record->error.code < 0)
        return record->error.code;
    return record->suite == 0 ? SW_E_STATE : SW_OK;
}

static void wipe_keys(sw_record *record)
{
    if (record->suite != 0)
        record->crypto->aead_wipe(record->crypto->ctx, record->state.backend);
    swi_secret_wipe(record->key, sizeof(record->key));
    record->suite = 0;
}

static int fail(sw_record *record, int code, uint64_t value, uint64_t limit)
{
    wipe_keys(record);
    return swi_error_set(&record->error, code, value, limit);
}

/* ---- keys and nonces ---- */

static int start_key(sw_record *record, sw_suite suite)
{
    const sw_crypto *crypto = record->crypto;

    if (crypto->aead_start(crypto->ctx, record->state.backend, swi_suite_aead(suite), record->key) < 0)
        return fail(record, SW_E_AEAD, 0, 0);
    record->suite = suite;
    return SW_OK;
}

int sw_record_init(sw_record *record, const sw_crypto *crypto, sw_suite suite, const uint8_t key[SW_AEAD_KEY_SIZE],
                   uint16_t limit)
{
    if (record == NULL)
        return SW_E_NULL;
    memset(record, 0, sizeof(*record));
    if (crypto == NULL || key == NULL)
        return swi_error_set(&record->error, SW_E_NULL, 0, 0);
    if (sw_suite_name(suite) == NULL || limit < SW_RECORD_LIMIT_MIN)
        return swi_error_set(&record->error, SW_E_CONFIG, 0, 0);
    if (crypto->aead_start == NULL || crypto->aead_state_size > SW_AEAD_STATE_SIZE)
        return swi_error_set(&record->error, SW_E_BACKEND, 0, 0);
    record->crypto = crypto;
    record->limit = limit;
    memcpy(record->key, key, sizeof(record->key));
    return start_key(record, suite);
}

/* The one place that knows the nonces of both suites. */
static void make_nonce(sw_suite suite, uint64_t counter, uint8_t nonce[SW_AEAD_NONCE_SIZE])
{
    memset(nonce, 0, COUNTER_AT);
    for (unsigned i = 0; i < 8; i++) {
        unsigned shift = 8 * (suite == SW_SUITE_AESGCM ? 7 - i : i);
        nonce[COUNTER_AT + i] = (uint8_t)(counter >> shift);
    }
}

/* The next key: what encrypting zeros with the last nonce gives, which no record has. */
static int rekey(sw_record *record)
{
    uint8_t next[SW_AEAD_KEY_SIZE + SW_AEAD_TAG_SIZE] = { 0 };
    uint8_t nonce[SW_AEAD_NONCE_SIZE];
    const sw_crypto *crypto = record->crypto;
    sw_suite suite = record->suite;
    int result;

    make_nonce(suite, UINT64_MAX, nonce);
    result = crypto->aead_seal(crypto->ctx, record->state.backend, nonce, NULL, 0, next, SW_AEAD_KEY_SIZE);
    wipe_keys(record);
    memcpy(record->key, next, sizeof(record->key));
    swi_secret_wipe(next, sizeof(next));
    return result < 0 ? fail(record, SW_E_AEAD, 0, 0) : start_key(record, suite);
}

/* The nonce of the record that is next, under the key that it belongs to. */
static int next_nonce(sw_record *record, uint8_t nonce[SW_AEAD_NONCE_SIZE])
{
    if (record->counter == UINT64_MAX)
        return fail(record, SW_E_COUNTER, 0, 0);
    make_nonce(record->suite, record->counter, nonce);
    return SW_OK;
}

/* A record is done. The key that it was under goes as soon as it is not needed any more. */
static int advance(sw_record *record)
{
    record->counter++;
    return record->counter << (64 - REKEY_BITS) == 0 ? rekey(record) : SW_OK;
}

/* ---- records ---- */

/* Backends go on at whole blocks only, so the first bytes of the data are copied, or all of them. */
static int seal(sw_record *record, const uint8_t *nonce, uint8_t *text, size_t head, const uint8_t *data,
                size_t len)
{
    const sw_crypto *crypto = record->crypto;
    size_t copied = crypto->aead_seal_from == NULL ? len : (0 - head) % SW_AEAD_BLOCK_SIZE;

    if (copied > len)
        copied = len;
    if (copied > 0)
        memcpy(text + head, data, copied);
    head += copied;
    if (copied == len)
        return crypto->aead_seal(crypto->ctx, record->state.backend, nonce, NULL, 0, text, head);
    return crypto->aead_seal_from(crypto->ctx, record->state.backend, nonce, NULL, 0, text, head, data + copied,
                                  len - copied);
}

int swi_record_seal_from(sw_record *record, uint8_t *bytes, size_t head, const uint8_t *data, size_t len)
{
    uint8_t nonce[SW_AEAD_NONCE_SIZE];
    size_t size = head + len;
    size_t n = size + SW_RECORD_TAG_SIZE;
    int result = check(record);

    if (result < 0)
        return result;
    if (bytes == NULL)
        return fail(record, SW_E_NULL, 0, 0);
    if (size == 0 || size > sw_record_text_max(record))
        return fail(record, SW_E_RECORD_SIZE, n, record->limit);
    result = next_nonce(record, nonce);
    if (result < 0)
        return result;
    bytes[0] = (uint8_t)(n >> 8);
    bytes[1] = (uint8_t)n;
    if (seal(record, nonce, bytes + SW_RECORD_HEADER_SIZE, head, data, len) < 0)
        return fail(record, SW_E_AEAD, 0, 0);
    return advance(record);
}

int sw_record_seal(sw_record *record, uint8_t *bytes, size_t size)
{
    return swi_record_seal_from(record, bytes, size, NULL, 0);
}

int swi_record_unseal(sw_record *record, uint8_t *text, size_t n)
{
    uint8_t nonce[SW_AEAD_NONCE_SIZE];
    int result = next_nonce(record, nonce);

    if (result < 0)
        return result;
    result = record->crypto->aead_open(record->crypto->ctx, record->state.backend, nonce, NULL, 0, text,
                                       n - SW_RECORD_TAG_SIZE);
    if (result == 0)
        return advance(record);
    return result < 0 ? fail(record, SW_E_AEAD, 0, 0) : 1;
}

/* A whole record of n bytes behind its header. */
static int open_whole(sw_record *record, uint8_t *in, size_t n)
{
    int result = swi_record_unseal(record, in + SW_RECORD_HEADER_SIZE, n);

    if (result == SW_OK)
        return SW_OK;
    swi_secret_wipe(in, SW_RECORD_HEADER_SIZE + n);
    return result < 0 ? result : fail(record, SW_E_RECORD, 0, 0);
}

int sw_record_open(sw_record *record, uint8_t *in, size_t len, size_t *used, uint8_t **text, size_t *size)
{
    size_t n;
    int result = check(record);

    if (used != NULL)
        *used = 0;
    if (result < 0)
        return result;
    if (used == NULL || text == NULL || size == NULL || (in == NULL && len > 0))
        return fail(record, SW_E_NULL, 0, 0);
    if (len < SW_RECORD_HEADER_SIZE)
        return 0;
    n = (size_t)in[0] << 8 | in[1];
    if (n < SWI_RECORD_MIN || n > record->limit)
        return fail(record, SW_E_RECORD_SIZE, n, n < SWI_RECORD_MIN ? SWI_RECORD_MIN : record->limit);
    if (len - SW_RECORD_HEADER_SIZE < n)
        return 0;
    result = open_whole(record, in, n);
    if (result < 0)
        return result;
    *used = SW_RECORD_HEADER_SIZE + n;
    *text = in + SW_RECORD_HEADER_SIZE;
    *size = n - SW_RECORD_TAG_SIZE;
    return 1;
}

sw_error sw_record_error(const sw_record *record)
{
    return swi_error_of(record != NULL ? &record->error : NULL);
}

void sw_record_wipe(sw_record *record)
{
    if (record == NULL)
        return;
    wipe_keys(record);
    swi_secret_wipe(record, sizeof(*record));
}

/* ---- for observers ---- */

int swi_record_seek(sw_record *record, uint64_t counter)
{
    int result = check(record);

    while (result == SW_OK && record->counter >> REKEY_BITS < counter >> REKEY_BITS) {
        record->counter = ((record->counter >> REKEY_BITS) + 1) << REKEY_BITS;
        result = rekey(record);
    }
    if (result == SW_OK)
        record->counter = counter;
    return result;
}

/* Encrypting twice gives back what was there, as both ciphers add a key stream; what is encrypted the second time is the
 * text, if that is what the key and the counter belong to, and then the tag is that of the record. */
static int fits(sw_record *record, uint8_t *text, size_t n)
{
    const sw_crypto *crypto = record->crypto;
    uint8_t nonce[SW_AEAD_NONCE_SIZE], tag[SW_RECORD_TAG_SIZE];
    size_t size = n - SW_RECORD_TAG_SIZE;
    int result = next_nonce(record, nonce);
    int same;

    memcpy(tag, text + size, sizeof(tag));
    for (int i = 0; i < 2 && result >= 0; i++)
        result = crypto->aead_seal(crypto->ctx, record->state.backend, nonce, NULL, 0, text, size);
    same = memcmp(tag, text + size, sizeof(tag)) == 0;
    memcpy(text + size, tag, sizeof(tag));
    return result < 0 ? fail(record, SW_E_AEAD, 0, 0) : same;
}

int swi_record_fits(const sw_record *record, uint64_t counter, uint8_t *text, size_t n)
{
    sw_record trial;
    int result = sw_record_init(&trial, record->crypto, record->suite, record->key, record->limit);
    trial.counter = record->counter;
    if (result == SW_OK)
        result = swi_record_seek(&trial, counter);
    if (result == SW_OK)
        result = fits(&trial, text, n);
    sw_record_wipe(&trial);
    return result;
}
