/* The handshake of either role as a step machine [protocol, sections 2 to 6]. */
#ifndef SIDEWIRE_HANDSHAKE_H
#define SIDEWIRE_HANDSHAKE_H

#include <sidewire/config.h>
#include <sidewire/keys.h>
#include <sidewire/noise.h>
#include <sidewire/packet.h>

SW_BEGIN_DECLS

enum {
    SW_CHALLENGE_MAX = 4096,     /* bytes, body of a challenge packet */
    SW_RESPONSE_MAX = 4096,      /* body of a response packet */
    SW_SCRATCH_MIN = 1088,       /* enough for keys up to 4096 bits */
    SW_SCRATCH_SEALED = 512,     /* enough if the policy requires sealed sessions */
    SW_SCRATCH_FULL = 4096       /* enough for any key and request; more is left alone */
};

/* ---- the step machine, one for each role ---- */

typedef enum sw_step {
    SW_STEP_RECV = 1,            /* give it bytes: sw_handshake_recv */
    SW_STEP_SEND = 2,            /* send its bytes: sw_handshake_output, sw_handshake_sent */
    SW_STEP_KEY = 3,             /* server: tell this user's public key: sw_handshake_key */
    SW_STEP_SERVER_KEY = 5,      /* sealed, within a session: is this the right server? */
    SW_STEP_DONE = 4             /* take the ciphers: sw_handshake_finish */
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
    sw_secrets challenge;        /* sealed: the keys of the records */
    sw_noise *noise;             /* sealed: room for one of each suite; NULL: plain only */
    uint8_t noise_at;            /* which of them */
    uint16_t own_limit, peer_limit;     /* of records */
    uint8_t hash[SW_NOISE_HASH_SIZE], server_key[SW_X25519_SIZE];
    sw_greeting greeting;
    sw_decoder decoder;
    sw_error error;
} sw_handshake;

/* Starts the handshake of a plain session: for sealed ones see noise.h and session.h; a policy that has
 * them is SW_E_CONFIG here. scratch[0..cap), at least SW_SCRATCH_MIN bytes, belongs to it until
 * sw_handshake_finish or sw_handshake_wipe. SW_E_NULL, SW_E_CONFIG, SW_E_USER_NAME, SW_E_SPACE. */
SW_API int sw_handshake_client(sw_handshake *handshake, const sw_client_config *config,
                               uint8_t *scratch, size_t cap);
SW_API int sw_handshake_server(sw_handshake *handshake, const sw_server_config *config,
                               uint8_t *scratch, size_t cap);

/* What it waits for: an sw_step, or the error, which stays. Calls that do not belong to the
 * step are SW_E_STATE. */
SW_API int sw_handshake_step(const sw_handshake *handshake);

/* Takes bytes of the peer, never beyond the message awaited, and says how many.
 * Returns SW_OK or the error. */
SW_API int sw_handshake_recv(sw_handshake *handshake, uint8_t *in, size_t len, size_t *used);

/* Server: the client's burst is over, which ends a request without an end mark [section 3]; to be called
 * after each read. No effect wherever else bytes are awaited, after a lone CR, whose LF is still to come,
 * and for a client: a pump for both roles may call it always. SW_OK or the error. */
SW_API int sw_handshake_burst_end(sw_handshake *handshake);
/* Client: no second line of the greeting will come [section 2], as a timer may decide: a greeting of whole
 * lines is that of a legacy server, and so is the session, or SW_E_LEGACY_REFUSED. No effect within a
 * line, and once the greeting is over. SW_E_STATE for a server. */
SW_API int sw_handshake_greeting_end(sw_handshake *handshake);

/* The peer closed. Always an error: SW_E_CLOSED, SW_E_TRUNCATED, or the one before. */
SW_API int sw_handshake_end(sw_handshake *handshake);

/* The bytes to send, inside scratch, until all are reported sent. NULL and 0 in other steps. */
SW_API const uint8_t *sw_handshake_output(const sw_handshake *handshake, size_t *len);
SW_API int sw_handshake_sent(sw_handshake *handshake, size_t n);

/* Server, SW_STEP_KEY: the user who asks, not NUL-terminated, valid until the answer. */
SW_API const char *sw_handshake_user(const sw_handshake *handshake, size_t *len);
/* The answer; NULL: unknown. The machine goes on alike and fails at the end with SW_E_AUTH.
 * The key is not needed after the call. SW_E_SPACE if scratch is too small for it. */
SW_API int sw_handshake_key(sw_handshake *handshake, const sw_public_key *key);

/* Features agreed on; settled from the client's request on. */
SW_API unsigned sw_handshake_features(const sw_handshake *handshake);

/* SW_STEP_DONE: starts the ciphers for what comes in and goes out, and wipes the rest. */
SW_API int sw_handshake_finish(sw_handshake *handshake, sw_cipher *in, sw_cipher *out);

SW_API sw_error sw_handshake_error(const sw_handshake *handshake);
SW_API void sw_handshake_wipe(sw_handshake *handshake);

SW_END_DECLS
#endif
