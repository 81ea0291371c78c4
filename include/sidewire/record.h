/* SPDX-License-Identifier: ISC */
/* The records of one direction of a sealed session, sealed and opened in place, alone usable
 * [sealed, section 3]:
 *
 *     offset 0     u16  n, big-endian: bytes that follow
 *     offset 2     n bytes: the text, encrypted, then a tag of 16 bytes
 *
 * A machine: errors stay, and wipe its keys. */
#ifndef SIDEWIRE_RECORD_H
#define SIDEWIRE_RECORD_H

#include <sidewire/noise.h>

SW_BEGIN_DECLS

enum {
    SW_RECORD_HEADER_SIZE = 2,
    SW_RECORD_TAG_SIZE = SW_AEAD_TAG_SIZE,
    SW_RECORD_OVERHEAD = SW_RECORD_HEADER_SIZE + SW_RECORD_TAG_SIZE,
    /* what a side may announce as the largest n that it takes */
    SW_RECORD_LIMIT_MIN = 256,
    SW_RECORD_LIMIT_MAX = 65535
};

/* Fields are private. Not to be copied or moved between init and wipe. */
typedef struct sw_record {
    const sw_crypto *crypto;
    uint64_t counter;
    sw_error error;
    sw_suite suite; /* 0: nothing to wipe */
    uint16_t limit;
    uint8_t key[SW_AEAD_KEY_SIZE];
    union {
        uint64_t align_integer;
        void *align_pointer;
        uint8_t backend[SW_AEAD_STATE_SIZE];
    } state;
} sw_record;

/* Starts one direction under a key of sw_noise_split. limit: the largest n, as the receiver has
 * announced it. SW_E_NULL, SW_E_CONFIG: no suite, or a limit out of range; SW_E_BACKEND: a
 * table without AEADs; SW_E_AEAD. */
SW_API int sw_record_init(sw_record *record, const sw_crypto *crypto, sw_suite suite,
                          const uint8_t key[SW_AEAD_KEY_SIZE], uint16_t limit);

/* Bytes of text that fit in one record. */
static inline size_t sw_record_text_max(const sw_record *record)
{
    return (size_t)record->limit - SW_RECORD_TAG_SIZE;
}

/* Seals the text at bytes[SW_RECORD_HEADER_SIZE..][0..size) in place, and writes the header before and
 * the tag behind it: SW_RECORD_OVERHEAD + size bytes, to be sent once and in order. size is 1 to
 * sw_record_text_max. SW_E_NULL, SW_E_RECORD_SIZE, SW_E_COUNTER, SW_E_AEAD. */
SW_API int sw_record_seal(sw_record *record, uint8_t *bytes, size_t size);

/* Opens the record at in[0..len) in place. 1: *text and *size are its text, which lives as long as
 * `in`, and *used its bytes; 0: it is not whole yet, and nothing was taken or changed. The length is
 * looked at as soon as it is there: SW_E_RECORD_SIZE. SW_E_RECORD: it does not verify; its bytes are wiped,
 * *used is 0. SW_E_NULL, SW_E_COUNTER, SW_E_AEAD. */
SW_API int sw_record_open(sw_record *record, uint8_t *in, size_t len, size_t *used, uint8_t **text, size_t *size);

SW_API sw_error sw_record_error(const sw_record *record);

/* NULL and repeated calls are fine; also of a struct that is zero. */
SW_API void sw_record_wipe(sw_record *record);

SW_END_DECLS
#endif
