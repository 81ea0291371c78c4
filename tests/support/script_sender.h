/* SPDX-License-Identifier: ISC */
/* The two sides of a session that is written down (observer_script.h): what they say, encrypted or sealed. */
#ifndef SIDEWIRE_TESTS_SCRIPT_SENDER_H
#define SIDEWIRE_TESTS_SCRIPT_SENDER_H

#include "support.h"

#include <sidewire/observer.h>
#include <sidewire/record.h>

typedef struct script_sender {
    unsigned features;    /* of the session */
    sw_cipher ciphers[2]; /* of the client, of the server */
    sw_record records[2];
} script_sender;

void script_sender_start(script_sender *s, unsigned features, const sw_secrets *keys, const sw_crypto *crypto);
void script_sender_wipe(script_sender *s);

/* Reads a piece of what that side says, which begins at *p, and passes it: its bytes are added to `said`. Returns how many
 * bytes of it are missing instead. */
size_t script_sender_say(script_sender *s, unsigned side, const char **p, bytes *said);

#endif
