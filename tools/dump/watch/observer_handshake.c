/* Greeting, request, challenge and response, seen from outside [protocol, sections 2 to 6]. */
#include "observer_items.h"

#include "allocate.h"
#include "request_text.h"

#include <stdlib.h>
#include <string.h>

enum {
    /* The client's first bytes are judged by their prefix once there are so many. */
    REQUEST_DECIDED = 16,
    /* Bytes of a server kept while the request they answer has not been seen. */
    EARLY_MAX = SW_HEADER_SIZE + SW_CHALLENGE_MAX
};

static const sw_error no_error = { SW_OK, 0, 0 };

/* ---- greeting ---- */

static int is_text(const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (data[i] == 0x7f || (data[i] < 0x20 && data[i] != '\n' && data[i] != '\r' &&
                                data[i] != '\t'))
            return 0;
    return 1;
}

void greeting_keep(observer *o)
{
    side *server = &o->sides[FROM_SERVER];

    o->greeting_text = server->kept;
    o->greeting_time = server->time;
    memset(&server->kept, 0, sizeof(server->kept));
    server->collecting = 0;
    if (o->begun && o->greeting_text.len > 0)
        show_greeting(o);
}

static void greeting_end(observer *o)
{
    greeting_keep(o);
    o->sides[FROM_SERVER].state = SIDE_PROOF;
}

/* Do these bytes go on to the end of a features line? */
static int features_follow(const observer *o, const uint8_t *data, size_t len)
{
    sw_greeting rest = o->greeting;
    size_t used;

    return sw_greeting_feed(&rest, data, len, &used) == 1;
}

static int at_line_start(const side *server)
{
    return server->collecting && server->kept.data[server->kept.len - 1] == '\n';
}

size_t take_greeting(observer *o, int64_t time, const uint8_t *data, size_t len)
{
    side *server = &o->sides[FROM_SERVER];
    size_t used;
    int result;

    /* nothing marks the end of a legacy greeting but the client's request */
    if (request_begun(o) && !features_follow(o, data, len)) {
        const uint8_t *lf = memchr(data, '\n', len);

        if (at_line_start(server)) {
            greeting_end(o);
            return 0;
        }
        if (lf != NULL)
            len = (size_t)(lf - data) + 1;
    }
    item_start(server, time);
    result = sw_greeting_feed(&o->greeting, data, len, &used);
    if (result < 0 || !is_text(data, used)) {
        if (!o->begun) {
            o->rejected = 1;
            return len;
        }
        greeting_keep(o);
        side_break(o, FROM_SERVER, no_error);
        return 0;
    }
    item_add(server, data, used, SW_GREETING_MAX);
    if (result > 0) {
        o->featured = 1;
        greeting_end(o);
    }
    return used;
}

/* ---- request ---- */

int request_begun(const observer *o)
{
    const side *client = &o->sides[FROM_CLIENT];
    sw_request request;

    return client->state == SIDE_OPENING && client->collecting &&
           sw_request_parse(client->kept.data, client->kept.len, &request, NULL) !=
               SW_E_REQUEST_PREFIX;
}

void request_end(observer *o)
{
    side *client = &o->sides[FROM_CLIENT];
    item what = item_collected(client, FROM_CLIENT, ITEM_REQUEST);
    sw_request request;
    int sure;

    what.size = what.came = what.body_len = request_size(client->kept.data, client->kept.len,
                                                         &sure);
    if (request_parse(what.body, what.body_len, &request, &what.error) == SW_OK) {
        o->user = allocate(request.user_len);
        memcpy(o->user, request.user, request.user_len);
        o->info.user = o->user;
        o->info.user_len = request.user_len;
        o->info.features = request.features;
        o->info.request_seen = 1;
    }
    o->stage = STAGE_REQUESTED;
    client->state = SIDE_PROOF;
    session_begin(o);
    item_show(o, &what);
}

void observer_request_over(observer *o)
{
    if (!request_begun(o))
        return;
    if (o->sides[FROM_SERVER].state == SIDE_OPENING && o->sides[FROM_SERVER].collecting)
        greeting_end(o);
    request_end(o);
}

size_t take_request(observer *o, int64_t time, const uint8_t *data, size_t len)
{
    side *client = &o->sides[FROM_CLIENT];
    const side *server = &o->sides[FROM_SERVER];
    int early = server->state == SIDE_PROOF && server->collecting;
    int sure;
    size_t size;

    item_start(client, time);
    item_add(client, data, len, SIZE_MAX);
    size = request_size(client->kept.data, client->kept.len, &sure);
    if (client->came >= REQUEST_DECIDED && (size > SW_REQUEST_MAX || !request_begun(o))) {
        o->rejected = 1;
    } else if (request_begun(o) && (sure || early)) {
        /* the answer was captured before the request, or not at all */
        request_end(o);
        if (early)
            replay(o, FROM_SERVER, server->time, 0);
        if (size < client->kept.len)
            replay(o, FROM_CLIENT, time, size);
    }
    return len;
}

/* ---- challenge ---- */

static void challenge_complete(observer *o)
{
    item what = item_collected(&o->sides[FROM_SERVER], FROM_SERVER, ITEM_CHALLENGE);

    if (o->info.challenge == CHALLENGE_NONE && what.came == what.size)
        o->info.challenge = CHALLENGE_SEALED;
    if (o->stage < STAGE_CHALLENGED)
        o->stage = STAGE_CHALLENGED;
    item_show(o, &what);
    begin_encryption(o, FROM_SERVER);
    wait_end(o, FROM_CLIENT);
}

void challenge_end(observer *o)
{
    const side *server = &o->sides[FROM_SERVER];

    if (server->state == SIDE_PROOF && server->collecting)
        challenge_complete(o);
}

/* Legacy: a bare block, whose size only a key that fits can tell, or the client's answer. */
static size_t take_bare_challenge(observer *o, int64_t time, const uint8_t *data, size_t len)
{
    side *server = &o->sides[FROM_SERVER];
    sw_error error = { SW_E_CHALLENGE_SIZE, SW_RSA_MAX_SIZE + 1, SW_RSA_MAX_SIZE };
    size_t stop;

    item_start(server, time);
    if (server->kept.len == SW_RSA_MAX_SIZE) {
        server->passed += SW_RSA_MAX_SIZE;
        server->passed_time = server->time;
        side_break(o, FROM_SERVER, error);
        return 0;
    }
    stop = next_key_size(o, server->kept.len);
    if (len > stop - server->kept.len)
        len = stop - server->kept.len;
    item_add(server, data, len, stop);
    if (server->kept.len == stop && open_challenge(o, &server->kept))
        challenge_complete(o);
    return len;
}

/* ---- response ---- */

void response_complete(observer *o)
{
    side *client = &o->sides[FROM_CLIENT];
    item what = item_collected(client, FROM_CLIENT, ITEM_RESPONSE);

    if (what.came == what.size)
        open_by_response(o, &client->kept);
    if (o->info.challenge == CHALLENGE_OPENED && what.came == what.size) {
        what.response = RESPONSE_WRONG;
        if (client->kept.len == o->challenge.response_size &&
            memcmp(client->kept.data, o->challenge.response, client->kept.len) == 0)
            what.response = RESPONSE_RIGHT;
    }
    if (o->stage < STAGE_ANSWERED)
        o->stage = STAGE_ANSWERED;
    item_show(o, &what);
    begin_encryption(o, FROM_CLIENT);
    wait_end(o, FROM_SERVER);
}

void response_begin(observer *o, int64_t time)
{
    side *client = &o->sides[FROM_CLIENT];

    challenge_end(o);
    item_start(client, time);
    client->size = sw_features_response_size(o->info.features);
}

static size_t take_bare_response(observer *o, int64_t time, const uint8_t *data, size_t len)
{
    side *client = &o->sides[FROM_CLIENT];
    size_t left;

    response_begin(o, time);
    left = (size_t)(client->size - item_position(client));
    if (len > left)
        len = left;
    item_add(client, data, len, SW_RESPONSE_MAX);
    if (item_position(client) == client->size)
        response_complete(o);
    return len;
}

/* ---- both ---- */

void proof_complete(observer *o, from who)
{
    if (who == FROM_CLIENT) {
        response_complete(o);
    } else {
        if (o->sides[FROM_SERVER].missing == 0)
            open_challenge(o, &o->sides[FROM_SERVER].kept);
        challenge_complete(o);
    }
}

/* The server speaks on, but the request has not been seen. */
static size_t take_early(observer *o, int64_t time, const uint8_t *data, size_t len)
{
    side *server = &o->sides[FROM_SERVER];

    if (o->sides[FROM_CLIENT].collecting) { /* the client did speak, but no request */
        o->rejected = 1;
        return len;
    }
    item_start(server, time);
    item_add(server, data, len, EARLY_MAX);
    if (server->came > EARLY_MAX) { /* so it was not captured */
        server->passed += server->came;
        server->passed_time = server->time;
        session_begin(o);
        side_break(o, FROM_SERVER, no_error);
        side_break(o, FROM_CLIENT, no_error);
    }
    return len;
}

size_t take_proof(observer *o, from who, int64_t time, uint8_t *data, size_t len)
{
    if (o->sides[FROM_CLIENT].state == SIDE_OPENING) {
        if (!request_begun(o))
            return take_early(o, time, data, len);
        request_end(o);
    }
    if (!o->info.request_seen) { /* lost or refused: nobody knows what was agreed on */
        side_break(o, who, no_error);
        return 0;
    }
    if (o->info.features & SW_FEATURE_SIDEBAND) {
        if (who == FROM_CLIENT && has_to_wait(o, who)) { /* for the challenge */
            wait_begin(o, who);
            return 0;
        }
        return take_packets(o, who, time, data, len);
    }
    return who == FROM_SERVER ? take_bare_challenge(o, time, data, len)
                              : take_bare_response(o, time, data, len);
}
