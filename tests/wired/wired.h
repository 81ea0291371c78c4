/* SPDX-License-Identifier: ISC */
/* Two sessions wired together in memory: what tests, fuzz targets and benches have in common. It knows the frameworks of
 * none of them: what must not fail ends the process, and says what it was.
 *
 * What differs stays with its users. tests/support/session_pair.h and sealed_pair.h have whole applications on both sides;
 * session_peer.h a peer that may break any rule; handshake_pair.h machines without sessions. fuzz/chosen_pair.h does as
 * bytes of the input choose, and checks each step; bench/pair.h counts time; bench/dump/capture_session.h makes TCP
 * segments of what passes. */
#ifndef SIDEWIRE_TESTS_WIRED_H
#define SIDEWIRE_TESTS_WIRED_H

#include <sidewire/session.h>

/* Ends the process unless the result is as wanted; tells the session's error. */
void wired_must(int result, int wanted, const sw_session *session, const char *what);

/* ---- the wire ---- */

/* Gives a session bytes of its peer, as many as it has room for. Returns how many. */
size_t wired_give(sw_session *to, const void *bytes, size_t len);
/* Moves what one side has to send to the other, as much as that has room for, and at most `most` bytes (0: any
 * number). Returns how many. */
size_t wired_move(sw_session *from, sw_session *to, size_t most);

/* ---- applications ---- */

/* What a server replies, or a client uploads. */
typedef struct wired_body {
    const uint8_t *data;
    size_t len, at; /* at: so many were sent */
    int ended;      /* and its end, too */
} wired_body;

/* Sends what the session has room for: OUTPUT or BLOB_DATA, and at the end the exit, or the empty packet. 1: something
 * was sent; 0: there is no room, or nothing left; or the session's error. */
int wired_reply(sw_session *server, wired_body *body, int status);
int wired_upload(sw_session *client, wired_body *body);

/* ---- who they are ---- */

/* Keys that fit fake_crypto.h: a user's, of one type, and a server's. */
typedef struct wired_keys {
    sw_private_key rsa;
    sw_ed25519_key ed25519;
    sw_public_key known; /* the user's, as the server has it */
    sw_x25519_key server_key;
} wired_keys;

void wired_keys_make(wired_keys *keys, sw_key_type type);

/* Configs of user `bob` and his server that allow these features: RC4 and legacy mode beside plain ones, and with sealed
 * ones nothing else. The keys must stay. An Ed25519 user signs himself (SW_EVENT_SIGN). */
sw_client_config wired_client(const sw_crypto *crypto, const wired_keys *keys, unsigned features);
sw_server_config wired_server(const sw_crypto *crypto, const wired_keys *keys, unsigned features);

#endif
