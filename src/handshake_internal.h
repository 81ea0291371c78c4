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
    SERVER_GREETING,
    SERVER_REQUEST,
    SERVER_KEY,
    SERVER_CHALLENGE,
    SERVER_RESPONSE,
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
int swi_handshake_collect(sw_handshake *handshake, uint8_t band, size_t size, uint8_t *in,
                         size_t len, size_t *used);

int swi_client_recv(sw_handshake *handshake, uint8_t *in, size_t len, size_t *used);
int swi_client_greeting_end(sw_handshake *handshake);
int swi_server_recv(sw_handshake *handshake, uint8_t *in, size_t len, size_t *used);
int swi_server_burst_end(sw_handshake *handshake);

#endif
