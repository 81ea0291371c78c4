/* Greeting, request, challenge and response [protocol, sections 2 to 6]. */
#include "session_internal.h"

#include "secrets.h"

#include <epan/wmem_scopes.h>

#include <string.h>

/* ---- texts ---- */

static int is_text(const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        int is_white = data[i] == '\n' || data[i] == '\r' || data[i] == '\t';

        if ((data[i] < 0x20 && !is_white) || data[i] == 0x7f)
            return 0;
    }
    return 1;
}

int is_greeting(const uint8_t *data, size_t len)
{
    static const char legacy[] = "This is para_server, version ";
    sw_greeting greeting;
    size_t used;

    if (!is_text(data, len))
        return 0;
    if (len >= sizeof(legacy) && memcmp(data, legacy, sizeof(legacy) - 1) == 0)
        return 1;
    sw_greeting_init(&greeting);
    return sw_greeting_feed(&greeting, data, len, &used) == 1 && used == len && greeting.lines > 0;
}

/* Parses a text that may have its end mark: LF, CR LF, or NUL. */
static sw_error parse_request(const uint8_t *text, size_t len, sw_request *request)
{
    sw_error error;

    if (len > 0 && text[len - 1] == '\0') {
        len--;
    } else if (len > 0 && text[len - 1] == '\n') {
        len--;
        len -= len > 0 && text[len - 1] == '\r' ? 1 : 0;
    }
    sw_request_parse(text, len, request, &error);
    return error;
}

int is_request(const uint8_t *data, size_t len)
{
    sw_request request;
    int code = parse_request(data, len, &request).code;

    return (code == SW_OK || code == SW_E_FEATURE) && is_text(data, len);
}

/* ---- greeting ---- */

static void greeting_end(session *s)
{
    side *server = &s->sides[FROM_SERVER];

    server->state = SIDE_PROOF;
    kept_start(s, server, 1);
}

/* The request has come. Is what the server sends now still its greeting? */
static int greeting_goes_on(const session *s, const uint8_t *data, size_t len)
{
    const GByteArray *kept = s->sides[FROM_SERVER].kept;
    sw_greeting rest = s->greeting;
    size_t used;

    if (kept->len > 0 && kept->data[kept->len - 1] == '\n')
        return sw_greeting_feed(&rest, data, len, &used) == 1;
    return kept->len > 0 || is_text(data, len);
}

int take_greeting(session *s)
{
    side *server = &s->sides[FROM_SERVER];
    size_t len, used;
    const uint8_t *data = input_bytes(server, &len);
    sw_error error = { SW_OK, SW_GREETING_MAX + 1, SW_GREETING_MAX };
    int result;

    if (s->agreed != NULL && !greeting_goes_on(s, data, len)) {
        greeting_end(s);
        return 1;
    }
    if (server->kept->len == 0)
        kept_start(s, server, 1);
    result = sw_greeting_feed(&s->greeting, data, len, &used);
    if (result < 0 || !is_text(data, used)) {
        error.code = result;
        side_break(s, FROM_SERVER, result < 0 ? &error : NULL, "this is not a greeting");
        return 1;
    }
    kept_take(server, used);
    if (result > 0) {
        item_set_kept(s, item_add(s, FROM_SERVER, ITEM_GREETING), server);
        greeting_end(s);
    }
    return 1;
}

/* ---- request ---- */

/* The user and features of a request, which lies in what is kept. */
static void agree(session *s, const sw_request *request)
{
    agreement *a = wmem_new0(wmem_file_scope(), agreement);

    a->features = request->features;
    a->user_len = request->user_len;
    a->user_offset = (size_t)((const uint8_t *)request->user -
                              s->sides[FROM_CLIENT].kept->data);
    a->user = wmem_memdup(wmem_file_scope(), request->user, request->user_len);
    s->agreed = a;
}

/* The server's answer came, or an end mark: what is kept is the request. */
static void request_end(session *s)
{
    side *client = &s->sides[FROM_CLIENT];

    if (client->shown < client->kept->len)
        item_set_kept(s, item_add(s, FROM_CLIENT, ITEM_REQUEST), client);
    if (s->request_error.code < 0) {
        side_break(s, FROM_CLIENT, &s->request_error, NULL);
        return;
    }
    client->state = SIDE_PROOF;
    kept_start(s, client, 1);
}

/* The client may have gone on behind the request in the same bytes. Where does the request end? A
 * NUL is its end mark or lies in the header of the next packet, behind one byte of that. */
static size_t request_size(const uint8_t *text, size_t len)
{
    const uint8_t *nul = memchr(text, '\0', len);
    size_t size = nul != NULL ? (size_t)(nul - text) : len;
    sw_request request;

    if (nul == NULL)
        return len;
    if (size > 0 && parse_request(text, size, &request).code == SW_E_FEATURE &&
        parse_request(text, size - 1, &request).code == SW_OK)
        return size - 1;
    return size + 1;
}

/* Gives the last n bytes that are kept back to the input. */
static void return_to_input(side *s, size_t n)
{
    guint left = s->kept->len - (guint)n;

    g_byte_array_remove_range(s->input, 0, s->used);
    g_byte_array_prepend(s->input, s->kept->data + left, (guint)n);
    g_byte_array_set_size(s->kept, left);
    s->used = 0;
    s->place = NO_PLACE;
}

int take_request(session *s)
{
    side *client = &s->sides[FROM_CLIENT];
    const side *server = &s->sides[FROM_SERVER];
    sw_request request;
    sw_error error;
    size_t len, size;

    if (client->kept->len == 0)
        kept_start(s, client, 1);
    input_bytes(client, &len);
    kept_take(client, len);
    size = request_size(client->kept->data, client->kept->len);
    error = parse_request(client->kept->data, size, &request);
    if (error.code == SW_OK)
        agree(s, &request);
    else
        s->agreed = NULL;
    s->request_error = error;
    if (error.code == SW_E_REQUEST_SIZE ||
        (error.code == SW_E_REQUEST_PREFIX && client->kept->len >= REQUEST_DECIDED)) {
        side_break(s, FROM_CLIENT, &error, NULL);
    } else if (size < client->kept->len || client->kept->data[size - 1] == '\0' ||
               (server->state == SIDE_PROOF && server->used < server->input->len)) {
        return_to_input(client, client->kept->len - size);
        request_end(s);
    }
    return 1;
}

/* ---- challenge ---- */

void begin_encryption(session *s, from who)
{
    side *me = &s->sides[who];
    sw_error error = { SW_OK, 0, 0 };

    me->state = SIDE_SEALED;
    kept_start(s, me, 0);
    if (!s->opened)
        return;
    error.code = sw_cipher_init(&me->cipher, sw_features_cipher(s->agreed->features),
                                secrets_crypto(),
                                who == FROM_CLIENT ? s->challenge.client_key
                                                   : s->challenge.server_key);
    if (error.code < 0) {
        side_break(s, who, &error, NULL);
    } else if (s->agreed->features & SW_FEATURE_SIDEBAND) {
        sw_decoder_set_cipher(&me->decoder, &me->cipher);
        sw_decoder_set_limit(&me->decoder, UINT32_MAX);
        me->state = SIDE_PACKETS;
    } else {
        me->state = SIDE_TEXT;
    }
}

static const char *open_challenge(session *s, size_t header)
{
    const GByteArray *kept = s->sides[FROM_SERVER].kept;
    const char *key = secrets_open(&s->challenge, s->agreed->features, kept->data + header,
                                   kept->len - header);

    s->opened = key != NULL;
    return key;
}

/* What is kept is the challenge; key: what opened it, or NULL. */
static void challenge_complete(session *s, const char *key)
{
    side *server = &s->sides[FROM_SERVER];

    if (server->shown < server->kept->len) {
        item *it = item_add(s, FROM_SERVER, ITEM_CHALLENGE);

        packet_set_kept(s, it, server);
        it->note = key;
    }
    if (s->opened) {
        begin_encryption(s, FROM_SERVER);
    } else {
        server->state = SIDE_WAITING;
        kept_start(s, server, 0);
    }
}

/* Legacy: a bare block, whose size only a key that fits can tell, or the client's answer. */
static int take_bare_challenge(session *s)
{
    static const sw_error too_large = { SW_E_CHALLENGE_SIZE, SW_RSA_MAX_SIZE + 1,
                                        SW_RSA_MAX_SIZE };
    side *server = &s->sides[FROM_SERVER];
    size_t len, stop;

    if (server->kept->len == 0)
        kept_start(s, server, 1);
    if (server->kept->len == SW_RSA_MAX_SIZE) {
        side_break(s, FROM_SERVER, &too_large, NULL);
        return 1;
    }
    input_bytes(server, &len);
    stop = secrets_next_size(server->kept->len) - server->kept->len;
    kept_take(server, len < stop ? len : stop);
    if (len >= stop) {
        const char *key = open_challenge(s, 0);

        if (key != NULL)
            challenge_complete(s, key);
    }
    return 1;
}

int take_challenge(session *s)
{
    const side *client = &s->sides[FROM_CLIENT];
    size_t len;

    input_bytes(&s->sides[FROM_SERVER], &len);
    if (client->state == SIDE_OPENING && client->kept->len > 0)
        request_end(s);
    if (s->agreed == NULL) {
        if (client->state == SIDE_OPENING && len <= EARLY_MAX)
            return 0;
        side_break(s, FROM_SERVER, NULL, "without the request it is not known how to read on");
        return 1;
    }
    return s->agreed->features & SW_FEATURE_SIDEBAND ? take_packets(s, FROM_SERVER)
                                                     : take_bare_challenge(s);
}

/* ---- response ---- */

static void response_complete(session *s)
{
    side *client = &s->sides[FROM_CLIENT];
    item *it = item_add(s, FROM_CLIENT, ITEM_RESPONSE);
    const uint8_t *response;

    packet_set_kept(s, it, client);
    response = client->kept->data + it->header;
    if (s->opened) {
        it->response = it->len == s->challenge.response_size &&
                       memcmp(response, s->challenge.response, it->len) == 0
                           ? RESPONSE_RIGHT : RESPONSE_WRONG;
    } else {
        s->opened = secrets_find(&s->challenge, response, it->len);
        it->note = s->opened ? "the key log" : NULL;
    }
    begin_encryption(s, FROM_CLIENT);
    if (s->sides[FROM_SERVER].state == SIDE_WAITING)
        begin_encryption(s, FROM_SERVER);
}

static int take_bare_response(session *s)
{
    side *client = &s->sides[FROM_CLIENT];
    size_t size = sw_features_response_size(s->agreed->features);
    size_t len, left;

    if (client->kept->len == 0)
        kept_start(s, client, 1);
    if (s->sides[FROM_SERVER].state == SIDE_PROOF)
        challenge_complete(s, NULL);
    input_bytes(client, &len);
    left = size - client->kept->len;
    kept_take(client, len < left ? len : left);
    if (client->kept->len == size)
        response_complete(s);
    return 1;
}

int take_response(session *s)
{
    const side *server = &s->sides[FROM_SERVER];
    int is_sideband = (s->agreed->features & SW_FEATURE_SIDEBAND) != 0;
    int challenge_came = server->state > SIDE_PROOF || (!is_sideband && server->kept->len > 0);
    size_t len;

    input_bytes(&s->sides[FROM_CLIENT], &len);
    if (!challenge_came && server->heard && len <= EARLY_MAX)
        return 0;
    return is_sideband ? take_packets(s, FROM_CLIENT) : take_bare_response(s);
}

/* ---- both ---- */

void proof_complete(session *s, from who)
{
    if (who == FROM_CLIENT)
        response_complete(s);
    else
        challenge_complete(s, open_challenge(s, SW_HEADER_SIZE));
}
