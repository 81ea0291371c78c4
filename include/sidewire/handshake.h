/* The handshake of either role as a step machine [protocol, sections 2 to 6]. */
#ifndef SIDEWIRE_HANDSHAKE_H
#define SIDEWIRE_HANDSHAKE_H

#include <sidewire/keys.h>
#include <sidewire/messages.h>
#include <sidewire/packet.h>

SW_BEGIN_DECLS

enum {
    SW_CHALLENGE_MAX = 4096,     /* bytes, body of a challenge packet */
    SW_RESPONSE_MAX = 4096,      /* body of a response packet */
    SW_FAKE_CHALLENGE_SIZE = 256,
    SW_SCRATCH_MIN = 1088,       /* enough for keys up to 4096 bits */
    SW_SCRATCH_FULL = 4096       /* enough for any key and request; more is left alone */
};

/* What a side agrees to. Without sideband a session is legacy, which knows no cipher but
 * RC4; allow_legacy allows that too. allow_rc4 is about RC4 under sideband. */
typedef struct sw_policy {
    unsigned features;           /* SW_FEATURE_*: the server announces them, the client asks for
                                  * those announced. 0: legacy only */
    int allow_legacy, allow_rc4; /* 0: refused */
} sw_policy;

/* Configs: zero them and set what is needed. They and all they point to must stay
 * until the handshake is done. */
typedef struct sw_client_config {
    const sw_crypto *crypto;
    sw_policy policy;
    const char *user;            /* NUL-terminated, without NUL, LF, CR and blanks */
    const sw_private_key *key;
    void *prepared_key;          /* the same by crypto->key_prepare, for many handshakes; or NULL */
} sw_client_config;

typedef struct sw_server_config {
    const sw_crypto *crypto;
    sw_policy policy;
    const char *banner;          /* first greeting line without its LF; NULL: the library's own */
    size_t fake_challenge_size;  /* block size shown to unknown users, 256 to 1024 bytes; 0:
                                  * SW_FAKE_CHALLENGE_SIZE */
    uint8_t fake_secret[32];     /* random bytes, the same for the life of a server: an unknown
                                  * name gets blocks as from one key of its own */
} sw_server_config;

/* ---- the step machine, one for each role ---- */

typedef enum sw_step {
    SW_STEP_RECV = 1,            /* give it bytes: sw_handshake_recv */
    SW_STEP_SEND = 2,            /* send its bytes: sw_handshake_output, sw_handshake_sent */
    SW_STEP_KEY = 3,             /* server: tell this user's public key: sw_handshake_key */
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
    sw_secrets challenge;
    sw_greeting greeting;
    sw_decoder decoder;
    sw_error error;
} sw_handshake;

/* Starts a handshake. scratch[0..cap), at least SW_SCRATCH_MIN bytes, belongs to it until
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

/* The peer's burst is over: ends a request without end mark (server), and a greeting without a
 * features line (client: legacy). Without effect wherever else bytes are awaited, and after a lone
 * CR, whose LF is still to come. When to call
 * it is the caller's decision: a server after each read, a client by its timer. */
SW_API int sw_handshake_quiet(sw_handshake *handshake);

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
