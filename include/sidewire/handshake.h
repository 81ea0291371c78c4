/* SPDX-License-Identifier: ISC */
/* The handshake of a plain session, of either role, as a step machine [protocol, sections 2 to 6].
 *
 * For those who have something of their own to do with an authenticated connection; sessions have it inside. It
 * keeps all rules of messages.h: policies, sizes, unknown users that look like known ones. What it waits for is asked,
 * and done:
 *
 *     sw_handshake_client(&handshake, &config, scratch, sizeof(scratch));           or _server
 *     while ((step = sw_handshake_step(&handshake)) > 0 && step != SW_STEP_DONE)
 *         SW_STEP_RECV    read, sw_handshake_recv; then sw_handshake_burst_end; at the end of the stream _end
 *         SW_STEP_SEND    write what sw_handshake_output gives, report it by sw_handshake_sent
 *         SW_STEP_KEY     look sw_handshake_user up, sw_handshake_key
 *     sw_handshake_finish(&handshake, &cipher_in, &cipher_out)          or the error, and close
 *
 * A server then says that the user is in by a PROCEED packet under the new cipher, which a client waits for:
 * examples/login.c is all of it. Handshakes are half duplex: nothing of what comes behind one is taken by it.
 *
 * A machine: errors stay, secrets are wiped with them, and sw_handshake_error has the values. Calls that do not belong
 * to the step are SW_E_STATE, NULL where something is needed is SW_E_NULL; both are not mentioned again below. It is
 * not to be copied or moved while in use. The handshakes of sealed sessions are within sw_session. */
#ifndef SIDEWIRE_HANDSHAKE_H
#define SIDEWIRE_HANDSHAKE_H

#include <sidewire/config.h>
#include <sidewire/keys.h>
#include <sidewire/noise.h>
#include <sidewire/packet.h>

SW_BEGIN_DECLS

enum {
    SW_CHALLENGE_MAX = 4096, /* bytes, body of a challenge packet */
    SW_RESPONSE_MAX = 4096,  /* body of a response packet */
    SW_SCRATCH_MIN = 1088,   /* enough for keys up to 4096 bits */
    SW_SCRATCH_SEALED = 512, /* enough if the policy requires sealed sessions */
    SW_SCRATCH_FULL = 4096   /* enough for any key and request; more is left alone */
};

typedef enum sw_step {
    SW_STEP_RECV = 1,       /* give it bytes: sw_handshake_recv */
    SW_STEP_SEND = 2,       /* send its bytes: sw_handshake_output, sw_handshake_sent */
    SW_STEP_KEY = 3,        /* server: tell this user's public key: sw_handshake_key */
    SW_STEP_SERVER_KEY = 5, /* sealed, within a session: is this the right server? */
    SW_STEP_DONE = 4        /* take the ciphers: sw_handshake_finish */
} sw_step;

/* Fields are private. */
typedef struct sw_handshake {
    const sw_client_config *client;
    const sw_server_config *server;
    uint8_t *scratch;
    size_t cap, len, sent;
    const char *user;
    size_t user_len;
    unsigned state, features;
    uint8_t known;
    uint8_t decoy_seed[SW_SHA256_SIZE];
    sw_secrets challenge;           /* sealed: the keys of the records */
    sw_noise *noise;                /* sealed: room for one of each suite; NULL: plain only */
    uint8_t noise_at;               /* which of them */
    uint16_t own_limit, peer_limit; /* of records */
    uint8_t hash[SW_NOISE_HASH_SIZE], server_key[SW_X25519_SIZE];
    sw_greeting greeting;
    sw_decoder decoder;
    sw_error error;
} sw_handshake;

/* Start. The config and all it points to must stay until the end, and so must scratch[0..cap), where messages are
 * collected and made: it is the machine's until sw_handshake_finish or _wipe. SW_OK; SW_E_SPACE below SW_SCRATCH_MIN,
 * or too small for the key (value: cap, limit: bytes needed); SW_E_CONFIG, also for a policy with sealed sessions;
 * SW_E_BACKEND, SW_E_USER_NAME, SW_E_BANNER, SW_E_DECOY_SECRET. */
SW_API int sw_handshake_client(sw_handshake *handshake, const sw_client_config *config, uint8_t *scratch,
                               size_t cap);
SW_API int sw_handshake_server(sw_handshake *handshake, const sw_server_config *config, uint8_t *scratch,
                               size_t cap);

/* What it waits for: an sw_step; or the error. */
SW_API int sw_handshake_step(const sw_handshake *handshake);

/* Takes bytes of in[0..len), never beyond the message that is awaited, and says in *used how many. SW_OK or the error:
 * what the peer did wrong (SW_E_GREETING_SIZE to SW_E_AUTH), a policy that forbids what it wants
 * (SW_E_LEGACY_REFUSED, SW_E_RC4_REFUSED), or the backend's. */
SW_API int sw_handshake_recv(sw_handshake *handshake, uint8_t *in, size_t len, size_t *used);

/* Server: a read got what there was, which ends a request without an end mark [section 3]. To be called after each
 * read of either role; it has no effect at other times, after a lone CR, whose LF is still to come, and for a
 * client. SW_OK or the error. */
SW_API int sw_handshake_burst_end(sw_handshake *handshake);
/* Client: no second line of the greeting will come, as a timer of the caller's decides: the server is a legacy one
 * [section 2]. SW_OK; SW_E_LEGACY_REFUSED. No effect within a line, and once the greeting is over. */
SW_API int sw_handshake_greeting_end(sw_handshake *handshake);

/* The peer closed. Always an error: SW_E_CLOSED, SW_E_TRUNCATED (values as sw_decoder_end), or the one before. */
SW_API int sw_handshake_end(sw_handshake *handshake);

/* The bytes to send, which lie in scratch until they are reported sent. NULL and 0 in other steps. */
SW_API const uint8_t *sw_handshake_output(const sw_handshake *handshake, size_t *len);
/* n of them were sent. SW_OK; SW_E_SPACE if there were not so many (value: how many, limit: n). */
SW_API int sw_handshake_sent(sw_handshake *handshake, size_t n);

/* Server, SW_STEP_KEY: who asks; without NUL, valid until the answer. */
SW_API const char *sw_handshake_user(const sw_handshake *handshake, size_t *len);
/* The answer; NULL: nobody has this name. The machine goes on alike, so that the peer does not learn which, and fails
 * at the end with SW_E_AUTH. The key is not needed after the call. SW_OK; SW_E_SPACE if scratch is too small for it
 * (value: its size, limit: bytes needed); the backend's errors. */
SW_API int sw_handshake_key(sw_handshake *handshake, const sw_public_key *key);

/* Features agreed on, bits of SW_FEATURE_*; settled from the client's request on. */
SW_API unsigned sw_handshake_features(const sw_handshake *handshake);

/* SW_STEP_DONE: starts the ciphers for what comes in and what goes out, and wipes the rest. SW_OK; SW_E_AES, and both
 * ciphers are wiped. */
SW_API int sw_handshake_finish(sw_handshake *handshake, sw_cipher *in, sw_cipher *out);

/* The error with its values; its code is SW_OK if there was none. */
SW_API sw_error sw_handshake_error(const sw_handshake *handshake);
/* Forgets all secrets, at any time. NULL, and a machine that was wiped or zeroed, are fine. */
SW_API void sw_handshake_wipe(sw_handshake *handshake);

SW_END_DECLS
#endif
