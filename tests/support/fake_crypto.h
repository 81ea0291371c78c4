/* SPDX-License-Identifier: ISC */
/* A crypto backend for tests: not secret, the same bytes every time, calls counted, failing on
 * demand. Needs neither Check nor a library.
 *
 *     fake_crypto fake;
 *     fake_crypto_init(&fake, 1);
 *     config.crypto = &fake.table;
 *
 * - random: a stream that depends on the seed alone.
 * - hashes: mixed bytes of the right size, no digest that anybody knows.
 * - RSA: the block is OAEP's, without masks and without arithmetic:
 *       00 | seed, 20 bytes | hash of the modulus, 20 bytes | 00 ... | 01 | text
 *   so that another key's block is refused as wrong padding is. The seed is drawn through the
 *   table's own random, as a real backend does.
 * - AES: a xor with a key stream that depends on key, counter block and position. A state that was
 *   moved, or not started, is a failure.
 * - X25519: a public half is its secret, hidden; both halves mixed are what is shared; with the public
 *   half of zeros, zeros.
 * - AEADs: a xor with a key stream, and a tag that depends on all there is.
 * - Signatures: the hash of key and message, in a block or two halves.
 */
#ifndef SIDEWIRE_TESTS_FAKE_CRYPTO_H
#define SIDEWIRE_TESTS_FAKE_CRYPTO_H

#include <sidewire/keys.h>

typedef enum fake_operation {
    FAKE_RANDOM,
    FAKE_SHA1,
    FAKE_SHA256,
    FAKE_OAEP_ENCRYPT, /* its own FAKE_RANDOM follows */
    FAKE_OAEP_DECRYPT,
    FAKE_AES_INIT,
    FAKE_AES_APPLY,
    FAKE_AES_WIPE, /* cannot fail: logged, but not one of `calls` */
    FAKE_SHA256_START,
    FAKE_SHA256_UPDATE,
    FAKE_SHA256_FINISH,
    FAKE_X25519_PUBLIC,
    FAKE_X25519,
    FAKE_AEAD_START,
    FAKE_AEAD_SEAL,
    FAKE_AEAD_OPEN,
    FAKE_RSA_SIGN,
    FAKE_RSA_VERIFY,
    FAKE_ED25519_SIGN,
    FAKE_ED25519_VERIFY,
    FAKE_OPERATIONS
} fake_operation;

typedef struct fake_call {
    fake_operation operation;
    size_t size; /* bytes asked for or worked on; RSA: of the block */
} fake_call;

enum { FAKE_LOG_MAX = 192 };

typedef struct fake_crypto {
    sw_crypto table;      /* its ctx is this struct, which must stay where it is */
    uint64_t seed, drawn; /* random bytes drawn so far */
    size_t calls;         /* that could fail, so far */
    size_t fail_at;       /* which of them fails: 1 is the first, 0 none */
    size_t aes_states;    /* started and not wiped */
    size_t sha256_states, aead_states;
    const uint8_t *sealed_from; /* by the last call of aead_seal_from */
    size_t counts[FAKE_OPERATIONS];
    fake_call log[FAKE_LOG_MAX]; /* the first ones */
    size_t logged;               /* all of them */
} fake_crypto;

void fake_crypto_init(fake_crypto *fake, uint64_t seed);
/* Fills in what sealed sessions need (fake_sealed.c); init does it. */
void fake_crypto_fill_sealed(sw_crypto *table);

/* For the two of them: counts a call (0, or -1 if it is the one to fail), and the toy mathematics. */
int fake_crypto_call(fake_crypto *fake, fake_operation operation, size_t size);
uint64_t fake_crypto_digest(uint64_t start, const uint8_t *in, size_t size);
void fake_crypto_fill(uint8_t *out, size_t size, uint64_t seed);

/* 1 if both logs have the same operations of the same sizes, in the same order. */
int fake_crypto_same_work(const fake_crypto *a, const fake_crypto *b);

/* A pair that fits this backend, and no other: numbers of the right sizes without meaning. `bits`
 * is a multiple of 16; the same seed gives the same pair. Either key may be NULL. */
void fake_key_pair(sw_private_key *private_key, sw_public_key *public_key, unsigned bits, uint64_t seed);

#endif
