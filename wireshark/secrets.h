/* SPDX-License-Identifier: ISC */
/* Private keys and the key log: preferences of the user, read when the first session of a capture
 * wants them, and keys in the capture; wiped when the capture is closed. */
#ifndef SIDEWIRE_WIRESHARK_SECRETS_H
#define SIDEWIRE_WIRESHARK_SECRETS_H

#include <sidewire/messages.h>

struct epan_session;
struct pref_module;

void secrets_register(struct pref_module *preferences);

/* From here on the keys that the capture itself carries are used, too. */
void secrets_use_capture(const struct epan_session *capture);

/* NULL if there is none. */
const sw_crypto *secrets_crypto(void);

/* Opens a challenge by one of the private keys, all of which are tried. The key's name, valid until
 * the capture is closed; NULL: none fits. *used: bytes of the block, of which a legacy one may be the beginning of
 * what is given. */
const char *secrets_open(sw_secrets *keys, unsigned features, const uint8_t *block, size_t len, size_t *used);

/* Is there a key log? It may be empty still. */
int secrets_has_log(void);
/* Are there keys in the capture, so that more may come? */
int secrets_are_in_capture(void);

/* Looks a session's keys up in the key log. 0: not there. */
int secrets_find(sw_secrets *keys, const uint8_t *response, size_t len);

/* The same for a sealed session, by its ephemeral key. Several lines may claim it: the newest is turn 0. */
int secrets_find_sealed(sw_secrets *keys, const uint8_t *ephemeral, unsigned turn);

/* Is this a challenge or a response, whole and with nothing behind it, and are there keys for it? Then it is one for sure. */
int secrets_know_proof(const uint8_t *packet, size_t len);

/* Why neither of them helps; valid until the capture is closed. */
const char *secrets_excuse(int sealed);

#endif
