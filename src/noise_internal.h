/* SPDX-License-Identifier: ISC */
/* What the parts of a Noise handshake share. All return SW_OK or an error that the caller records. */
#ifndef SIDEWIRE_SRC_NOISE_INTERNAL_H
#define SIDEWIRE_SRC_NOISE_INTERNAL_H

#include <sidewire/noise.h>

static inline sw_aead swi_suite_aead(sw_suite suite)
{
    return suite == SW_SUITE_AESGCM ? SW_AEAD_AES256_GCM : SW_AEAD_CHACHA20_POLY1305;
}

int swi_noise_mix_hash(sw_noise *noise, const uint8_t *data, size_t len);
/* With what a key of ours and one of the peer share. SW_E_LOW_ORDER: nothing that others do not know. */
int swi_noise_mix_key(sw_noise *noise, const sw_x25519_key *own, const uint8_t peer[SW_X25519_SIZE]);
/* text[0..size) in place, with its tag behind it. SW_E_NOISE: it does not verify. */
int swi_noise_encrypt_and_hash(sw_noise *noise, uint8_t *text, size_t size);
int swi_noise_decrypt_and_hash(sw_noise *noise, uint8_t *text, size_t size);

#endif
