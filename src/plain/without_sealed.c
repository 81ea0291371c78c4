/* SPDX-License-Identifier: ISC */
/* For machines that have no room for sealed sessions: compiled instead of handshake_sealed.c, session_records.c,
 * session_sealed.c, noise.c, noise_symmetric.c, record.c, hmac.c, ssh.c, server_key.c and key_halves.c. Who asks for
 * sealed sessions is told SW_E_BACKEND when one starts, as with a backend that lacks them; all else is as it was. No
 * session is sealed then, so most of what the others call is never called. */
#include "../handshake_internal.h"
#include "../session_internal.h"

#include <sidewire/record.h>

/* ---- handshakes ---- */

int swi_policy_is_sealed_only(const sw_policy *policy)
{
    return policy->require_sealed;
}

int swi_sealed_listen(sw_handshake *handshake)
{
    handshake->noise = NULL;
    return handshake->client->policy.features & SW_FEATURES_SEALED ? SW_E_BACKEND : SW_OK;
}

int swi_sealed_hear(sw_handshake *handshake, const uint8_t *greeting, size_t len)
{
    (void)handshake;
    (void)greeting;
    (void)len;
    return SW_OK;
}

int swi_sealed_request(sw_handshake *handshake, unsigned feature)
{
    (void)handshake;
    (void)feature;
    return SW_E_BACKEND;
}

void swi_sealed_drop(sw_handshake *handshake)
{
    handshake->noise = NULL;
}

int swi_sealed_recv_reply(sw_handshake *handshake, const uint8_t *in, size_t len, size_t *used)
{
    (void)handshake;
    (void)in;
    (void)len;
    (void)used;
    return SW_E_BACKEND;
}

unsigned swi_sealed_line_feature(const sw_handshake *handshake)
{
    (void)handshake;
    return 0;
}

int swi_sealed_is_prefix(const sw_handshake *handshake)
{
    (void)handshake;
    return 0;
}

int swi_sealed_may_begin(const sw_handshake *handshake)
{
    (void)handshake;
    return 1;
}

int swi_sealed_requested(sw_handshake *handshake, unsigned feature)
{
    (void)handshake;
    (void)feature;
    return SW_E_BACKEND;
}

int swi_sealed_recv_message(sw_handshake *handshake, const uint8_t *in, size_t len, size_t *used)
{
    return swi_sealed_recv_reply(handshake, in, len, used);
}

/* ---- sessions ---- */

size_t swi_session_rx_least(const sw_session *session)
{
    (void)session;
    return SW_SESSION_RX_MIN;
}

int swi_session_choose_limit(sw_session *session)
{
    const sw_policy *policy = session->handshake.client != NULL ? &session->handshake.client->policy
                                                                : &session->handshake.server->policy;

    return policy->features & SW_FEATURES_SEALED ? SW_E_BACKEND : SW_OK;
}

int swi_sealed_begin(sw_session *session)
{
    (void)session;
    return SW_E_BACKEND;
}

int swi_sealed_next_sign(sw_session *session, sw_event *event)
{
    (void)session;
    (void)event;
    return SW_E_BACKEND;
}

int swi_sealed_next_proof(sw_session *session, sw_event *event)
{
    return swi_sealed_next_sign(session, event);
}

int swi_sealed_next_verdict(sw_session *session, sw_event *event)
{
    return swi_sealed_next_sign(session, event);
}

int swi_sealed_next_refused(sw_session *session, sw_event *event)
{
    return swi_sealed_next_sign(session, event);
}

int swi_sealed_verdict(sw_session *session, const sw_public_key *key)
{
    (void)session;
    (void)key;
    return SW_E_BACKEND;
}

/* ---- records ---- */

void sw_record_wipe(sw_record *record)
{
    (void)record;
}

int swi_records_next(sw_session *session, sw_chunk *chunk)
{
    (void)session;
    (void)chunk;
    return SW_E_BACKEND;
}

void swi_records_close_gap(sw_session *session)
{
    (void)session;
}

int swi_records_are_cut(const sw_session *session)
{
    (void)session;
    return 0;
}

int swi_records_queue(sw_session *session, uint8_t band, const uint8_t *data, size_t len)
{
    (void)session;
    (void)band;
    (void)data;
    (void)len;
    return SW_E_BACKEND;
}

int swi_records_queue_command(sw_session *session, const sw_argument *argv, size_t argc)
{
    (void)session;
    (void)argv;
    (void)argc;
    return SW_E_BACKEND;
}

size_t swi_records_body_max(const sw_session *session)
{
    (void)session;
    return 0;
}

int swi_records_close(sw_session *session)
{
    (void)session;
    return SW_OK;
}
