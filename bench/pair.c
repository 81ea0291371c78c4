/* SPDX-License-Identifier: ISC */
#include "pair.h"

#include "timing.h"

int pair_next(sw_session *session, const sw_public_key *key, sw_event *event)
{
    int type = sw_session_next(session, event);

    if (type == SW_EVENT_KEY) {
        wired_must(sw_session_key(session, key), SW_OK, session, "key");
        type = sw_session_next(session, event);
    }
    if (type < 0)
        wired_must(type, SW_EVENT_NEED_MORE, session, "next event");
    return type;
}

/* One turn of the server, from reading to writing, as at a descriptor. 1 once it is ready. */
static int serve(sw_session *client, sw_session *server, const sw_public_key *key)
{
    sw_event event;
    int ready = 0;

    wired_move(client, server, 0);
    sw_session_burst_end(server);
    while (pair_next(server, key, &event) == SW_EVENT_READY)
        ready = 1;
    wired_move(server, client, 0);
    return ready;
}

void pair_handshake(sw_session *client, sw_session *server, const sw_public_key *key, double *server_time)
{
    int client_ready = 0, server_ready = 0;
    sw_event event;

    for (int turn = 0; !client_ready || !server_ready; turn++) {
        double start = timing_begin_part(server_time);
        server_ready |= serve(client, server, key);
        timing_end_part(server_time, start);
        client_ready |= pair_next(client, NULL, &event) == SW_EVENT_READY;
        if (turn == 10)
            fail("the handshake does not end");
    }
}
