/* SPDX-License-Identifier: ISC */
#include "session_upload.h"

#include "suite.h"
#include "send_command.h"

#include <string.h>

enum { TRANSIT = 300 }; /* bytes under way at most */

static uint8_t content[UPLOAD_MAX];

void upload_start(upload_run *u, const upload_scenario *scenario, size_t rx_size, size_t tx_size)
{
    memset(u, 0, sizeof(*u));
    u->scenario = *scenario;
    for (size_t i = 0; i < sizeof(content); i++)
        content[i] = (uint8_t)(i * 11 + i / 256);
    session_pair_start(&u->pair, scenario->features, rx_size, tx_size, rx_size, tx_size);
}

void upload_free(upload_run *u)
{
    session_pair_free(&u->pair);
    bytes_free(&u->up.sent);
    bytes_free(&u->down.sent);
}

static void note(bytes *log, const char *text)
{
    bytes_append(log, text, strlen(text));
}

/* ---- the connection ---- */

static int send_some(upload_stream *s, sw_session *from)
{
    size_t room = TRANSIT - (s->sent.len - s->arrived);
    size_t n;
    const uint8_t *out = sw_session_tx_bytes(from, &n);

    n = n < room ? n : room;
    if (out == NULL || n == 0)
        return 0;
    ck_assert(!s->shut);
    bytes_append(&s->sent, out, n);
    ck_assert_int_eq(sw_session_tx_drain(from, n), SW_OK);
    return 1;
}

static int deliver_some(upload_stream *s, sw_session *to, size_t step)
{
    size_t n = s->sent.len - s->arrived;
    size_t room;
    uint8_t *space = sw_session_rx_space(to, &room);

    n = n < room ? n : room;
    if (s->arrived < s->cut && n > s->cut - s->arrived)
        n = s->cut - s->arrived;
    if (step > 0 && n > step)
        n = step;
    if (n == 0 || !(sw_session_wants(to) & SW_WANT_READ))
        return 0;
    memcpy(space, s->sent.data + s->arrived, n);
    s->arrived += n;
    ck_assert_int_eq(sw_session_rx_commit(to, n), SW_OK);
    return 1;
}

static int carry(upload_stream *s, sw_session *from, sw_session *to, size_t step)
{
    int moved = send_some(s, from);

    moved |= deliver_some(s, to, step);
    if (!s->shut || s->ended || s->arrived < s->sent.len)
        return moved;
    s->ended = 1;
    ck_assert_int_eq(sw_session_rx_end(to), SW_OK);
    return 1;
}

/* ---- the client's application ---- */

static void client_event(upload_run *u, int type, const sw_event *event)
{
    switch (type) {
    case SW_EVENT_READY: u->client = UPLOAD_CLIENT_READY; return;
    case SW_EVENT_AWAITING_DATA:
        ck_assert_int_eq(u->client, UPLOAD_CLIENT_COMMANDED);
        note(&u->pair.received, "<asked>");
        u->client = UPLOAD_CLIENT_ASKED;
        return;
    case SW_EVENT_DATA:
        if (u->first_chunk == 0)
            u->first_chunk = event->chunk.len;
        ck_assert_uint_eq(event->chunk.band, SW_BAND_OUTPUT);
        bytes_append(&u->pair.received, event->chunk.data, event->chunk.len);
        return;
    default:
        note(&u->pair.received, type == SW_EVENT_EXIT ? "<exit>" : "<closed>");
        ck_assert_uint_eq(sw_session_wants(&u->pair.client), 0);
        u->client = UPLOAD_CLIENT_OVER;
        u->up.shut = 1;
    }
}

/* What is wanted of the application, at each moment. */
static void check_wants(const upload_run *u)
{
    unsigned wants = sw_session_wants(&u->pair.client) & (SW_WANT_APPLICATION | SW_WANT_SHUTDOWN);
    int is_pending = (sw_session_wants(&u->pair.client) & SW_WANT_WRITE) != 0;

    if (u->client == UPLOAD_CLIENT_READY || u->client == UPLOAD_CLIENT_ASKED)
        ck_assert_uint_eq(wants, SW_WANT_APPLICATION);
    else if (u->client == UPLOAD_CLIENT_SENT && u->scenario.features == 0 && !is_pending)
        ck_assert_uint_eq(wants, SW_WANT_SHUTDOWN);
    else if (u->client != UPLOAD_CLIENT_STARTED)
        ck_assert_uint_eq(wants, 0);
}

/* Queues the next piece, the empty one last. 1 if it went. */
static int client_upload(upload_run *u)
{
    size_t left = u->scenario.upload - u->upload_at;
    int is_legacy = u->scenario.features == 0;
    size_t before, after, taken;
    int result;

    sw_session_tx_bytes(&u->pair.client, &before);
    result = sw_session_send(&u->pair.client, SW_BAND_BLOB_DATA, content + u->upload_at, left, &taken);
    sw_session_tx_bytes(&u->pair.client, &after);
    ck_assert_uint_eq(after - before, taken + (is_legacy || result == 0 ? 0 : SW_HEADER_SIZE));
    ck_assert_int_ge(result, is_legacy && left == 0); /* there always is room for nothing */
    if (result == 1 && left == 0)
        u->client = UPLOAD_CLIENT_SENT;
    u->upload_at += taken;
    return result;
}

/* Returns 1 if it did anything. */
static int client_act(upload_run *u)
{
    static const char *const argv[] = { "addimg", "name" };
    int shut = u->up.shut;

    check_wants(u);
    if (u->client == UPLOAD_CLIENT_ASKED)
        return client_upload(u);
    if (u->client == UPLOAD_CLIENT_READY) {
        ck_assert_int_eq(u->scenario.expects ? send_upload_command(&u->pair.client, argv, 2)
                                             : send_command(&u->pair.client, argv, 2),
                         1);
        u->client = UPLOAD_CLIENT_COMMANDED;
        return 1;
    }
    if (sw_session_wants(&u->pair.client) & SW_WANT_SHUTDOWN)
        u->up.shut = 1;
    return u->up.shut - shut;
}

/* ---- the server's application ---- */

static void server_event(upload_run *u, int type, const sw_event *event)
{
    switch (type) {
    case SW_EVENT_KEY: ck_assert_int_eq(sw_session_key(&u->pair.server, &u->pair.keys.known), SW_OK); return;
    case SW_EVENT_READY: u->server = UPLOAD_SERVER_READY; return;
    case SW_EVENT_COMMAND: u->server = UPLOAD_SERVER_COMMANDED; return;
    case SW_EVENT_DATA:
        ck_assert_uint_eq(event->chunk.band, SW_BAND_BLOB_DATA);
        u->uploaded += event->chunk.len;
        bytes_append(&u->pair.uploaded, event->chunk.data, event->chunk.len);
        if (event->chunk.size == 0)
            note(&u->pair.uploaded, "<end>");
        if (u->server == UPLOAD_SERVER_ASKED &&
            (event->chunk.size == 0 || (u->scenario.refused_at > 0 && u->uploaded >= u->scenario.refused_at)))
            u->server = UPLOAD_SERVER_REPLYING;
        return;
    default: /* the client's end, which says nothing here: wants says whether all is over */
        ck_assert_int_eq(type, SW_EVENT_CLOSED);
    }
}

static int server_send(upload_run *u, uint8_t band, const char *text)
{
    size_t taken;

    ck_assert_int_eq(sw_session_send(&u->pair.server, band, text, strlen(text), &taken), 1);
    ck_assert_uint_eq(taken, strlen(text));
    return 1;
}

/* Ends what it sends, and waits for the client's end. */
static int server_close(upload_run *u)
{
    unsigned wants = sw_session_wants(&u->pair.server);

    if (wants == 0) {
        u->server = UPLOAD_SERVER_OVER;
        u->down.shut = 1;
        return 1;
    }
    if (u->down.shut || !(wants & SW_WANT_SHUTDOWN))
        return 0;
    u->down.shut = 1;
    return 1;
}

/* Returns 1 if it did anything. */
static int server_act(upload_run *u)
{
    switch (u->server) {
    case UPLOAD_SERVER_COMMANDED:
        server_send(u, SW_BAND_OUTPUT, u->scenario.first);
        if (u->scenario.asks)
            server_send(u, SW_BAND_AWAITING_DATA, "");
        u->server = u->scenario.asks ? UPLOAD_SERVER_ASKED : UPLOAD_SERVER_REPLYING;
        return 1;
    case UPLOAD_SERVER_REPLYING:
        u->server = UPLOAD_SERVER_REPLIED;
        return server_send(u, SW_BAND_OUTPUT, u->scenario.reply);
    case UPLOAD_SERVER_REPLIED:
        ck_assert_int_eq(sw_session_exit(&u->pair.server, 0), 1);
        u->server = UPLOAD_SERVER_EXITED;
        return 1;
    case UPLOAD_SERVER_EXITED: return server_close(u);
    default: return 0;
    }
}

/* ---- both ---- */

typedef void event_function(upload_run *u, int type, const sw_event *event);

/* Returns 1 if there was an event. */
static int take_event(upload_run *u, sw_session *session, event_function *take)
{
    sw_event event;
    int type = sw_session_next(session, &event);

    ck_assert_int_ge(type, 0);
    if (type > 0)
        take(u, type, &event);
    return type > 0;
}

/* When nothing moves, all that was sent has come; and then a client that was not asked for its
 * upload has no more to say. */
static void unblock(upload_run *u)
{
    if (u->idle == 1) {
        ck_assert_int_eq(sw_session_greeting_end(&u->pair.client), SW_OK);
        ck_assert_int_eq(sw_session_burst_end(&u->pair.server), SW_OK);
    } else if (u->client == UPLOAD_CLIENT_COMMANDED) {
        u->up.shut = 1;
    }
}

int upload_round(upload_run *u)
{
    int moved = 0;

    if (u->client != UPLOAD_CLIENT_OVER)
        moved |= take_event(u, &u->pair.client, client_event) || client_act(u);
    if (u->server != UPLOAD_SERVER_OVER)
        moved |= server_act(u) || take_event(u, &u->pair.server, server_event);
    moved |= carry(&u->up, &u->pair.client, &u->pair.server, u->step);
    moved |= carry(&u->down, &u->pair.server, &u->pair.client, u->step);
    u->idle = moved ? 0 : u->idle + 1;
    if (u->idle > 0)
        unblock(u);
    return u->idle < 4;
}

static void check_log(const upload_run *u, const char *who, const bytes *log, const bytes *expected)
{
    if (log->len != expected->len || (log->len > 0 && memcmp(log->data, expected->data, log->len) != 0))
        ck_abort_msg("%s saw\n%.*s\ninstead of\n%.*s\ncut at %zu, %zu, step %zu", who, (int)log->len,
                     (const char *)log->data, (int)expected->len, (const char *)expected->data, u->up.cut,
                     u->down.cut, u->step);
}

void upload_finish(upload_run *u)
{
    const upload_scenario *s = &u->scenario;
    int is_asked = s->asks && (s->features != 0 || (s->expects && s->first[0] == '\0'));
    bytes client = bytes_copy(s->first, strlen(s->first));
    bytes server = bytes_copy(content, is_asked ? s->upload : 0);

    while (upload_round(u))
        ;
    ck_assert_int_eq(u->client, UPLOAD_CLIENT_OVER);
    ck_assert_int_eq(u->server, UPLOAD_SERVER_OVER);
    if (s->asks)
        note(&client, is_asked ? "<asked>" : SW_LEGACY_AWAITING_DATA);
    note(&client, s->reply);
    note(&client, s->features != 0 ? "<exit>" : "<closed>");
    check_log(u, "client", &u->pair.received, &client);
    if (s->asks)
        note(&server, "<end>");
    if (s->refused_at == 0)
        check_log(u, "server", &u->pair.uploaded, &server);
    bytes_free(&client);
    bytes_free(&server);
}
