#include "pair.h"

#include "timing.h"

#include <string.h>

void pair_want(int result, int wanted, const sw_session *session, const char *what)
{
    sw_error error = sw_session_error(session);
    char text[256];

    if (result == wanted)
        return;
    sw_error_format(&error, text, sizeof(text));
    fail("%s: %d instead of %d: %s", what, result, wanted, text);
}

size_t pair_move(sw_session *from, sw_session *to)
{
    size_t n, room;
    const uint8_t *bytes = sw_session_tx_bytes(from, &n);
    uint8_t *space;

    if (bytes == NULL)
        return 0;
    space = sw_session_rx_space(to, &room);
    n = n < room ? n : room;
    memcpy(space, bytes, n);
    pair_want(sw_session_rx_commit(to, n), SW_OK, to, "bytes received");
    pair_want(sw_session_tx_drain(from, n), SW_OK, from, "bytes sent");
    return n;
}

int pair_next(sw_session *session, const sw_public_key *key, sw_event *event)
{
    int type = sw_session_next(session, event);

    if (type == SW_EVENT_KEY) {
        pair_want(sw_session_key(session, key), SW_OK, session, "key");
        type = sw_session_next(session, event);
    }
    if (type < 0)
        pair_want(type, SW_EVENT_NEED_MORE, session, "next event");
    return type;
}

/* One turn of the server, from reading to writing, as at a descriptor. 1 once it is ready. */
static int serve(sw_session *client, sw_session *server, const sw_public_key *key)
{
    sw_event event;
    int ready = 0;

    pair_move(client, server);
    sw_session_burst_end(server);
    while (pair_next(server, key, &event) == SW_EVENT_READY)
        ready = 1;
    pair_move(server, client);
    return ready;
}

void pair_handshake(sw_session *client, sw_session *server, const sw_public_key *key,
                    double *server_time)
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
