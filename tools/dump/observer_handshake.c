/* Greeting, request, challenge and response, seen from outside [protocol, sections 2 to 6]. */
#include "observer_internal.h"

#include "memory.h"

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

/* Where the request ends in what the client sent: at a NUL, its optional end mark, or at the header
 * of a response packet, whose zeros no request has, or nowhere yet. *sure: not only so far. */
static size_t request_size(const buffer *text, int *sure)
{
    const uint8_t *nul = text->len > 0 ? memchr(text->data, '\0', text->len) : NULL;
    size_t at = nul != NULL ? (size_t)(nul - text->data) : 0;

    *sure = nul != NULL && text->len - at >= SW_HEADER_SIZE - 1;
    if (nul == NULL)
        return text->len;
    if (*sure && at > 0 && nul[1] == 0 && nul[2] == 0 && nul[3] == SW_BAND_CHALLENGE_RESPONSE)
        return at - 1;
    return at + 1;
}

/* Its length without the end mark: NUL, LF or CR LF. */
static size_t bare_length(const uint8_t *text, size_t len)
{
    if (len > 0 && text[len - 1] == '\0')
        return len - 1;
    if (len > 1 && text[len - 1] == '\n' && text[len - 2] == '\r')
        return len - 2;
    return len > 0 && text[len - 1] == '\n' ? len - 1 : len;
}

void request_end(observer *o)
{
    side *client = &o->sides[FROM_CLIENT];
    item what = item_collected(client, FROM_CLIENT, ITEM_REQUEST);
    sw_request request;
    int sure;

    what.size = what.came = what.body_len = request_size(&client->kept, &sure);
    if (sw_request_parse(what.body, bare_length(what.body, what.body_len), &request,
                         &what.error) == SW_OK) {
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

/* Feeds bytes of a side that were kept, from an offset on, once it is known what they are. */
static void replay(observer *o, from who, int64_t time, size_t offset)
{
    side *s = &o->sides[who];
    buffer kept = s->kept;

    memset(&s->kept, 0, sizeof(s->kept));
    s->collecting = 0;
    observer_data(o, who, time, kept.data + offset, kept.len - offset);
    free(kept.data);
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
    size = request_size(&client->kept, &sure);
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

/* Which key opens the block? All that have its size are tried. */
static int open_challenge(observer *o, const buffer *block)
{
    const keyring *ring = o->setup->keys;

    for (size_t i = 0; i < ring->count; i++) {
        sw_rsa_private key = sw_private_key_view(&ring->keys[i].key);

        if (sw_challenge_open(&o->challenge, o->setup->crypto, &key, o->info.features, block->data,
                              block->len, NULL) == SW_OK) {
            o->info.challenge = CHALLENGE_OPENED;
            o->info.key = ring->keys[i].name;
            return 1;
        }
    }
    return 0;
}

/* What this side sends from here on is encrypted. */
static void begin_encryption(observer *o, from who)
{
    side *s = &o->sides[who];
    sw_error error = { SW_OK, 0, 0 };

    s->state = SIDE_SEALED;
    if (o->info.challenge != CHALLENGE_OPENED)
        return;
    error.code = sw_cipher_init(&s->cipher, sw_features_cipher(o->info.features),
                                o->setup->crypto,
                                who == FROM_CLIENT ? o->challenge.client_key
                                                   : o->challenge.server_key);
    if (error.code < 0) {
        side_break(o, who, error);
    } else if (o->info.features & SW_FEATURE_SIDEBAND) {
        sw_decoder_set_cipher(&s->decoder, &s->cipher);
        sw_decoder_set_limit(&s->decoder, UINT32_MAX);
        s->state = SIDE_PACKETS;
    } else {
        s->state = SIDE_TEXT;
    }
}

static void challenge_complete(observer *o)
{
    item what = item_collected(&o->sides[FROM_SERVER], FROM_SERVER, ITEM_CHALLENGE);

    if (o->info.challenge == CHALLENGE_NONE)
        o->info.challenge = CHALLENGE_SEALED;
    o->stage = STAGE_CHALLENGED;
    item_show(o, &what);
    begin_encryption(o, FROM_SERVER);
}

void challenge_end(observer *o)
{
    const side *server = &o->sides[FROM_SERVER];

    if (server->state == SIDE_PROOF && server->collecting)
        challenge_complete(o);
}

/* The next size at which a key of ours might fit. */
static size_t next_key_size(const observer *o, size_t have)
{
    const keyring *ring = o->setup->keys;
    size_t next = SW_RSA_MAX_SIZE;

    for (size_t i = 0; i < ring->count; i++)
        if (ring->keys[i].key.n_size > have && ring->keys[i].key.n_size < next)
            next = ring->keys[i].key.n_size;
    return next;
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

static void response_complete(observer *o)
{
    side *client = &o->sides[FROM_CLIENT];
    item what = item_collected(client, FROM_CLIENT, ITEM_RESPONSE);

    if (o->info.challenge == CHALLENGE_OPENED) {
        what.response = RESPONSE_WRONG;
        if (client->kept.len == o->challenge.response_size &&
            memcmp(client->kept.data, o->challenge.response, client->kept.len) == 0)
            what.response = RESPONSE_RIGHT;
    }
    if (o->stage < STAGE_ANSWERED)
        o->stage = STAGE_ANSWERED;
    item_show(o, &what);
    begin_encryption(o, FROM_CLIENT);
}

static size_t take_bare_response(observer *o, int64_t time, const uint8_t *data, size_t len)
{
    side *client = &o->sides[FROM_CLIENT];
    size_t left;

    challenge_end(o);
    item_start(client, time);
    client->size = sw_features_response_size(o->info.features);
    left = (size_t)(client->size - client->came);
    if (len > left)
        len = left;
    item_add(client, data, len, SW_RESPONSE_MAX);
    if (client->came == client->size)
        response_complete(o);
    return len;
}

/* ---- both ---- */

void proof_complete(observer *o, from who)
{
    if (who == FROM_CLIENT) {
        response_complete(o);
    } else {
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
    if (o->info.features & SW_FEATURE_SIDEBAND)
        return take_packets(o, who, time, data, len);
    return who == FROM_SERVER ? take_bare_challenge(o, time, data, len)
                              : take_bare_response(o, time, data, len);
}
