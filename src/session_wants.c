/* SPDX-License-Identifier: ISC */
/* What a session waits for. */
#include "session_internal.h"

/* Do events wait in a full receive buffer? One that is not there can be lent. */
static int is_full(const sw_session *session)
{
    return session->rx != NULL && swi_session_rx_is_full(session);
}

/* Does no event come any more? After a server's exit packet nothing of the peer's makes one. */
static int is_over(const sw_session *session)
{
    return session->state == SESSION_OVER || (session->state == SERVER_EXITING && session->eof);
}

static unsigned in_handshake(const sw_session *session)
{
    switch (sw_handshake_step(&session->handshake)) {
    case SW_STEP_RECV: return SW_WANT_READ;
    case SW_STEP_SEND: return SW_WANT_WRITE;
    default: return SW_WANT_APPLICATION;
    }
}

unsigned sw_session_wants(const sw_session *session)
{
    static const uint8_t in_state[] = {
        [SESSION_LACKS_TX] = SW_WANT_APPLICATION,
        [CLIENT_SIGN] = SW_WANT_APPLICATION,
        [CLIENT_PROCEED] = SW_WANT_READ,
        [CLIENT_READY] = SW_WANT_READ | SW_WANT_APPLICATION,
        [CLIENT_EXPECTING] = SW_WANT_READ,
        [CLIENT_RUNNING] = SW_WANT_READ,
        [CLIENT_UPLOADING] = SW_WANT_READ | SW_WANT_APPLICATION,
        [CLIENT_UPLOADED] = SW_WANT_READ | SW_WANT_SHUTDOWN,
        [SERVER_PROOF] = SW_WANT_READ,
        [SERVER_VERDICT] = SW_WANT_APPLICATION,
        [SERVER_REFUSED] = SW_WANT_APPLICATION,
        [SERVER_ADMITTED] = SW_WANT_APPLICATION,
        [SERVER_COMMAND] = SW_WANT_READ,
        [SERVER_RUNNING] = SW_WANT_READ | SW_WANT_APPLICATION,
        [SERVER_UPLOADING] = SW_WANT_READ | SW_WANT_APPLICATION,
        [SERVER_EXITING] = SW_WANT_READ | SW_WANT_SHUTDOWN,
        [SESSION_OVER] = 0,
    };
    unsigned wants;

    if (swi_session_check(session) < 0)
        return 0;
    wants = session->state == SESSION_HANDSHAKE ? in_handshake(session) : in_state[session->state];
    if (is_over(session))
        wants = 0;
    if (session->is_deferred)
        wants |= SW_WANT_APPLICATION;
    if (session->eof || is_full(session))
        wants &= ~(unsigned)SW_WANT_READ;
    if (session->tx_start < session->tx_end)
        wants = (wants & ~(unsigned)SW_WANT_SHUTDOWN) | SW_WANT_WRITE;
    return wants == 0 && !is_over(session) ? SW_WANT_NEXT : wants;
}
