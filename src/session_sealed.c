/* SPDX-License-Identifier: ISC */
/* How the user of a sealed session is proved [sealed, section 4]. The packet that does it is made and
 * collected in the transmit buffer, where the handshake's messages were. */
#include "session_internal.h"

#include <string.h>

#include "error_internal.h"
#include "handshake_internal.h"
#include "ssh_strings.h"

enum {
    PROOF_MAX = 4096, /* bytes, body of the packet */
    USER_MAX = 255
};

int swi_sealed_begin(sw_session *session)
{
    int is_server = session->handshake.server != NULL;
    size_t most = session->tx_cap < PROOF_MAX ? session->tx_cap : (size_t)PROOF_MAX;
    int result;

    swi_sealed_drop(&session->handshake); /* it is where the records' state goes */
    result = swi_records_begin(session);
    sw_decoder_init(&session->decoder, is_server ? (uint32_t)most : UINT32_MAX);
    session->handshake.scratch = NULL; /* it is ours again */
    session->handshake.cap = 0;
    session->state = is_server ? SERVER_PROOF : CLIENT_SIGN;
    return result;
}

/* ---- client ---- */

int sw_session_accept(sw_session *session, int accept)
{
    int result = swi_session_check_state(session, SESSION_HANDSHAKE);

    if (result == SW_OK)
        result = swi_handshake_accept(&session->handshake, accept);
    return swi_session_result(session, result);
}

static int user_is_sound(const char *user, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (user[i] == '\0' || user[i] == '\n' || user[i] == '\r' || user[i] == ' ')
            return 0;
    return len > 0 && len <= USER_MAX;
}

/* The key that is offered: that of config->public_key, or else of config->key. */
static sw_ssh_key offered_key(const sw_client_config *config)
{
    const sw_public_key *half = config->public_key;
    sw_ssh_key key = { SW_KEY_RSA,
                       { config->key.n, config->key.e, config->key.n_size, config->key.e_size },
                       NULL };

    if (half != NULL)
        key = (sw_ssh_key){ half->type, sw_public_key_view(half), half->ed25519 };
    return key;
}

/* Begins the proof in the last bytes of the transmit buffer, all but the bytes of the signature
 * themselves, for which there is room behind it. */
static int begin_proof(sw_session *session, const sw_ssh_key *key, ssh_writer *w)
{
    const sw_client_config *config = session->handshake.client;
    size_t user_len = strlen(config->user);
    size_t signature_size = swi_ssh_signature_size(key->type, key->rsa.n_size);
    ssh_writer count = { NULL, NULL, 0, 0, 0 };
    size_t len;

    if (!user_is_sound(config->user, user_len))
        return SW_E_USER_NAME;
    swi_ssh_put_key(&count, key->type, &key->rsa, key->ed25519);
    len = 3 * SSH_LENGTH_SIZE + user_len + count.len + signature_size;
    if (len > session->tx_cap)
        return swi_error_set(&session->error, SW_E_SPACE, session->tx_cap, len);
    session->proof_len = len;
    *w = (ssh_writer){ session->tx + session->tx_cap - len, NULL, len, 0, 0 };
    swi_ssh_put_string(w, config->user, user_len);
    swi_ssh_put_length(w, count.len);
    swi_ssh_put_key(w, key->type, &key->rsa, key->ed25519);
    swi_ssh_put_length(w, signature_size);
    swi_ssh_put_signature_head(w, key->type, key->rsa.n_size);
    return SW_OK;
}

/* The proof is complete. */
static int send_proof(sw_session *session)
{
    size_t len = session->proof_len;
    int result = swi_session_queue(session, SW_BAND_CHALLENGE_RESPONSE, session->tx + session->tx_cap - len, len);

    if (result < 0)
        return result;
    if (result == 0)
        return swi_error_set(&session->error, SW_E_SPACE, session->tx_cap,
                             session->tx_cap + SW_HEADER_SIZE + SW_RECORD_OVERHEAD);
    session->awaits_verdict = 1;
    session->state = CLIENT_READY;
    sw_handshake_wipe(&session->handshake);
    return SW_EVENT_READY;
}

static int message_to_sign(sw_session *session, uint8_t message[SW_SSHSIG_SIZE])
{
    const sw_handshake *handshake = &session->handshake;

    return sw_sshsig_message(handshake->client->crypto, handshake->hash, handshake->client->user,
                             strlen(handshake->client->user), message);
}

/* With config->key, which is here. */
static int sign_here(sw_session *session)
{
    const sw_client_config *config = session->handshake.client;
    const sw_crypto *crypto = config->crypto;
    sw_ssh_key key = offered_key(config);
    uint8_t message[SW_SSHSIG_SIZE];
    uint8_t hash[SW_SHA256_SIZE];
    ssh_writer w;
    int result = begin_proof(session, &key, &w);

    if (result == SW_OK)
        result = message_to_sign(session, message);
    if (result != SW_OK)
        return result;
    if (crypto->sha256(crypto->ctx, hash, message, sizeof(message)) < 0)
        return SW_E_HASH;
    /* core.UndefinedBinaryOperatorResult: errors are never OK, which is when w was begun */
    if (crypto->rsa_sign(crypto, &config->key, hash, w.out + w.len) < 0)
        return SW_E_SIGN;
    return send_proof(session);
}

/* The message is made in the transmit buffer, which nobody else uses until it is signed. */
int swi_sealed_next_sign(sw_session *session, sw_event *event)
{
    int result;

    if (session->handshake.client->public_key == NULL)
        return sign_here(session);
    if (session->eof)
        return SW_E_AUTH_REFUSED;
    result = message_to_sign(session, session->tx);
    event->message = session->tx;
    return result < 0 ? result : SW_EVENT_SIGN;
}

static int sign(sw_session *session, const uint8_t *signature, size_t len)
{
    sw_ssh_key key = offered_key(session->handshake.client);
    ssh_view bytes;
    ssh_writer w;
    int result;

    if (signature == NULL)
        return SW_E_NULL;
    result = swi_ssh_signature_read(signature, len, key.type, key.rsa.n_size, &bytes);
    if (result == SW_OK)
        result = begin_proof(session, &key, &w);
    if (result != SW_OK)
        return result;
    /* core.UndefinedBinaryOperatorResult: errors are never OK, as above */
    memset(w.out + w.len, 0, w.cap - w.len);
    memcpy(w.out + w.cap - bytes.len, bytes.data, bytes.len);
    result = send_proof(session);
    session->is_signed = 1; /* READY is still to be told */
    return result < 0 ? result : SW_OK;
}

int sw_session_sign(sw_session *session, const uint8_t *signature, size_t len)
{
    int result = swi_session_check_state(session, CLIENT_SIGN);

    if (result == SW_OK)
        result = sign(session, signature, len);
    return swi_session_result(session, result);
}

/* ---- server ---- */

static int read_proof(const sw_session *session, sw_ssh_proof *p)
{
    return sw_ssh_proof_read(p, session->tx, session->proof_len);
}

/* What can be said of the proof without knowing the user. SW_OK, or why it is refused. */
static int check_proof(const sw_crypto *crypto, const sw_ssh_proof *p, sw_ssh_key *key)
{
    ssh_view bytes;
    int result;

    if (!user_is_sound(p->user, p->user_len))
        return SW_E_REQUEST_NAME;
    result = sw_ssh_key_read(key, p->key, p->key_len);
    if (result < 0)
        return result;
    if (key->type == SW_KEY_ED25519 && crypto->ed25519_verify == NULL)
        return SW_E_KEY_BACKEND;
    result = swi_ssh_signature_read(p->signature, p->signature_len, key->type, key->rsa.n_size, &bytes);
    if (result == SW_OK && key->type == SW_KEY_RSA && bytes.len != key->rsa.n_size)
        result = SW_E_SIGNATURE; /* in full length on the wire */
    return result;
}

static void refuse(sw_session *session, int why)
{
    session->refusal = (int16_t)why;
    session->state = SERVER_REFUSED;
}

int swi_sealed_next_proof(sw_session *session, sw_event *event)
{
    const sw_crypto *crypto = session->handshake.server->crypto;
    sw_chunk *chunk = &event->chunk;
    sw_ssh_key key;
    sw_ssh_proof p;
    int result;

    do {
        result = swi_session_next_packet(session, chunk);
        if (result <= 0)
            return result;
        memcpy(session->tx + chunk->offset, chunk->data, chunk->len);
        session->rx_keep = session->rx_start;
    } while (!sw_chunk_is_last(chunk));
    session->proof_len = chunk->size;
    if (read_proof(session, &p) < 0)
        return SW_E_USER_PACKET;
    session->state = SERVER_VERDICT;
    memset(chunk, 0, sizeof(*chunk));
    result = check_proof(crypto, &p, &key);
    if (result == SW_OK)
        return swi_sealed_next_verdict(session, event);
    refuse(session, result);
    return swi_sealed_next_refused(session, event);
}

int swi_sealed_next_verdict(sw_session *session, sw_event *event)
{
    sw_ssh_proof p;

    (void)read_proof(session, &p);
    event->user = p.user;
    event->user_len = p.user_len;
    event->key = p.key;
    event->key_len = p.key_len;
    return SW_EVENT_KEY;
}

/* Empties the transmit buffer of the proof, and says no there: there is room, and no record that is full and had to be
 * sealed. */
int swi_sealed_next_refused(sw_session *session, sw_event *event)
{
    (void)swi_session_queue(session, SW_BAND_EXIT_FAILURE, NULL, 0);
    event->status = session->refusal;
    session->state = SERVER_EXITING;
    sw_handshake_wipe(&session->handshake);
    return SW_EVENT_REFUSED;
}

/* One signature check with the key that was given, then one comparison of it with that of the user, or
 * with itself where there is none that could be it. */
int swi_sealed_verdict(sw_session *session, const sw_public_key *key)
{
    const sw_handshake *handshake = &session->handshake;
    const sw_crypto *crypto = handshake->server->crypto;
    uint8_t message[SW_SSHSIG_SIZE];
    sw_ssh_key given;
    int matches, result;
    sw_ssh_proof p;

    (void)read_proof(session, &p);
    (void)sw_ssh_key_read(&given, p.key, p.key_len); /* both were sound when they came */
    result = sw_sshsig_message(crypto, handshake->hash, p.user, p.user_len, message);
    if (result == SW_OK)
        result = sw_ssh_verify(crypto, &given, message, sizeof(message), p.signature, p.signature_len);
    if (result < 0)
        return result;
    matches = swi_ssh_key_matches(key, &given, p.key, p.key_len);
    if (result > 0 || !matches) {
        refuse(session, SW_E_AUTH);
        return SW_OK;
    }
    session->state = SERVER_ADMITTED;
    return SW_OK;
}
