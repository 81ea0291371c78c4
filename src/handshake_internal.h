/* SPDX-License-Identifier: ISC */
/* What the step machines of both roles share. */
#ifndef SIDEWIRE_SRC_HANDSHAKE_INTERNAL_H
#define SIDEWIRE_SRC_HANDSHAKE_INTERNAL_H

#include <sidewire/handshake.h>

/* One list for both roles. Failed is whatever has error.code < 0. */
enum {
    HANDSHAKE_NEW = 0,
    CLIENT_GREETING,
    CLIENT_REQUEST,
    CLIENT_CHALLENGE,
    CLIENT_RESPONSE,
    CLIENT_SEALED_REQUEST,
    CLIENT_SEALED_REPLY,
    CLIENT_SERVER_KEY,
    SERVER_GREETING,
    SERVER_REQUEST,
    SERVER_KEY,
    SERVER_CHALLENGE,
    SERVER_RESPONSE,
    SERVER_SEALED_MESSAGE,
    SERVER_SEALED_REPLY,
    HANDSHAKE_DONE
};

/* Ends a public call and returns its result. A failure stays, with the values that were put into
 * handshake->error before, and all secrets are wiped. */
int swi_handshake_result(sw_handshake *handshake, int result);
/* SW_OK if that step is due; else the error, or SW_E_STATE. */
int swi_handshake_due(const sw_handshake *handshake, int step);

/* Checks what the configs of both roles have, and scratch. */
int swi_handshake_check(sw_handshake *handshake, const sw_crypto *crypto, const sw_policy *policy,
                        const uint8_t *scratch, size_t cap);
/* Starts. Nothing may fail behind it: who did not start keeps no pointer to scratch. */
void swi_handshake_begin(sw_handshake *handshake, uint8_t *scratch, size_t cap, unsigned state);
/* SW_OK if the policy allows a session of these features. */
int swi_handshake_policy_check(const sw_policy *policy, unsigned features);

/* Is sideband there if anything needs it (messages.c)? */
int swi_features_consistent(unsigned features);

/* Messages in either mode: a packet under sideband, raw bytes in legacy mode. */

/* Where in scratch the body of the next message goes. */
uint8_t *swi_handshake_body(const sw_handshake *handshake);
/* Sends the message whose body is there. */
int swi_handshake_send_body(sw_handshake *handshake, uint8_t band, size_t size, unsigned state);
/* Collects the body of the message awaited at the start of scratch, as much as fits. A raw message
 * has `size` bytes. Returns 1 when complete, with handshake->len its whole size. */
int swi_handshake_collect(sw_handshake *handshake, uint8_t band, size_t size, uint8_t *in, size_t len,
                          size_t *used);

/* ---- sealed sessions (handshake_sealed.c) [sealed, sections 1 and 2] ---- */

enum { SWI_NOISES = 2 }; /* one for each suite */

/* As the public calls of handshake.h. `noise` has room for SWI_NOISES, all zeros, or is NULL; limit is what this
 * side announces. */
int swi_handshake_client(sw_handshake *handshake, const sw_client_config *config, uint8_t *scratch, size_t cap,
                         sw_noise *noise, uint16_t limit);
int swi_handshake_server(sw_handshake *handshake, const sw_server_config *config, uint8_t *scratch, size_t cap,
                         sw_noise *noise, uint16_t limit);
/* The answer to SW_STEP_SERVER_KEY. */
int swi_handshake_accept(sw_handshake *handshake, int accept);

/* Would the policy take no plain session? */
int swi_policy_is_sealed_only(const sw_policy *policy);

/* Client: a state for each suite that may be chosen, fed with the greeting as it comes; then one of
 * them, chosen by its bit, goes on, or none. */
int swi_sealed_listen(sw_handshake *handshake);
int swi_sealed_hear(sw_handshake *handshake, const uint8_t *greeting, size_t len);
int swi_sealed_request(sw_handshake *handshake, unsigned feature);
void swi_sealed_drop(sw_handshake *handshake);
int swi_sealed_recv_reply(sw_handshake *handshake, const uint8_t *in, size_t len, size_t *used);

/* Server: the request so far, without an LF, is a suite's line, or its beginning, or the beginning of
 * any line that is allowed. */
unsigned swi_sealed_line_feature(const sw_handshake *handshake);
int swi_sealed_is_prefix(const sw_handshake *handshake);
int swi_sealed_may_begin(const sw_handshake *handshake);
int swi_sealed_requested(sw_handshake *handshake, unsigned feature);
int swi_sealed_recv_message(sw_handshake *handshake, const uint8_t *in, size_t len, size_t *used);

int swi_client_recv(sw_handshake *handshake, uint8_t *in, size_t len, size_t *used);
int swi_client_greeting_end(sw_handshake *handshake);
int swi_server_recv(sw_handshake *handshake, uint8_t *in, size_t len, size_t *used);
int swi_server_burst_end(sw_handshake *handshake);

#endif
