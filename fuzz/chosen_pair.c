/* SPDX-License-Identifier: ISC */
#include "chosen_pair.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "session_apps.h"

enum { DATA_MAX = 4096 };

/* ---- what the choices mean ---- */

static size_t buffer_size(size_t minimum, uint8_t choice)
{
    return minimum + (choice < 224 ? 16 * (size_t)choice : 1024 * ((size_t)choice - 223));
}

static sw_policy make_policy(uint8_t choice)
{
    sw_policy policy = { choice & SW_FEATURES_ALL, choice & POLICY_LEGACY, choice & POLICY_RC4, 0,
                         choice & POLICY_SEALED_ONLY };

    if (choice & POLICY_AESGCM)
        policy.features |= SW_FEATURE_NOISE_AESGCM;
    if (choice & POLICY_CHACHAPOLY)
        policy.features |= SW_FEATURE_NOISE_CHACHAPOLY;
    return policy;
}

/* Receive buffers hold a record; transmit buffers of those who only seal may be as small. */
static size_t choose_rx(uint8_t policy, uint8_t choice)
{
    return buffer_size(policy & (POLICY_AESGCM | POLICY_CHACHAPOLY) ? SW_SESSION_SEALED_MIN : SW_SESSION_RX_MIN,
                       choice);
}

static size_t choose_tx(uint8_t policy, uint8_t choice)
{
    return buffer_size(policy & POLICY_SEALED_ONLY ? SW_SESSION_SEALED_MIN : SW_SESSION_TX_MIN, choice);
}

/* A record that the receive buffer has room for. */
static uint16_t record_limit(uint8_t choice, size_t rx_cap)
{
    size_t limit = SW_RECORD_LIMIT_MIN + 16 * ((size_t)choice - 1);

    if (choice == 0)
        return 0;
    return (uint16_t)(limit > rx_cap - SW_RECORD_HEADER_SIZE ? rx_cap - SW_RECORD_HEADER_SIZE : limit);
}

int chosen_pair_signs(const chosen_pair *pair)
{
    return (pair->choices.key & (KEY_ED25519 | KEY_APART)) != 0;
}

size_t chosen_pair_upload_len(const chosen_pair *pair)
{
    return choices_number(pair->choices.upload_len) % DATA_MAX;
}

size_t chosen_pair_reply_len(const chosen_pair *pair, size_t reply)
{
    return choices_number(pair->choices.replies[reply] + 1) % DATA_MAX;
}

uint8_t chosen_pair_reply_band(const chosen_pair *pair, size_t reply)
{
    uint8_t choice = pair->choices.replies[reply][0];

    return (uint8_t)(choice == 0 ? 0 : SW_BAND_OUTPUT + (choice - 1) % 8);
}

static uint8_t text_byte(const chosen_pair *pair, size_t i)
{
    return pair->text_len > 0 ? pair->text[i % pair->text_len] : (uint8_t)(7 * i);
}

static void make_content(chosen_pair *pair)
{
    pair->content = exact_block(DATA_MAX);
    for (size_t i = 0; i < DATA_MAX; i++)
        pair->content[i] = text_byte(pair, i);
}

/* An end of the block, not a beginning: so a sanitizer sees a byte read beyond it. */
const uint8_t *chosen_pair_content(const chosen_pair *pair, size_t len)
{
    return pair->content + DATA_MAX - len;
}

/* Arguments of printable characters, as legacy mode needs them. */
static void make_arguments(chosen_pair *pair)
{
    pair->argc = pair->choices.argc % (SESSION_ARGS_MAX + 1);
    for (size_t i = 0; i < pair->argc; i++) {
        int is_last = i + 1 == pair->argc;
        size_t len = is_last ? choices_number(pair->choices.arg_len) : 2 + i;
        pair->argv[i] = (char *)exact_block(len + 1);
        for (size_t k = 0; k < len; k++)
            pair->argv[i][k] = (char)('!' + text_byte(pair, i + k) % 94);
        pair->argv[i][len] = '\0';
    }
}

/* ---- start ---- */

static void make_keys(chosen_pair *pair)
{
    fake_crypto maker;
    const sw_crypto *table = &maker.table;

    fake_crypto_init(&maker, FUZZ_KEY_SEED);
    memset(pair->server_key.secret, 7, sizeof(pair->server_key.secret));
    table->x25519_public(&maker, pair->server_key.public_half, pair->server_key.secret);
    if (!(pair->choices.key & KEY_ED25519)) {
        fake_key_pair(&pair->private_key, &pair->public_key, choices_key_bits(pair->choices.key), FUZZ_KEY_SEED);
        return;
    }
    memset(pair->ed25519.secret, 9, sizeof(pair->ed25519.secret));
    table->ed25519_public(&maker, pair->ed25519.public_half, pair->ed25519.secret);
    pair->public_key.type = SW_KEY_ED25519;
    memcpy(pair->public_key.ed25519, pair->ed25519.public_half, sizeof(pair->public_key.ed25519));
}

static void side_init(pair_side *side, const uint8_t *cuts, size_t rx_size, size_t tx_size)
{
    side->cut.sizes = cuts;
    side->rx_size = rx_size;
    side->tx_size = tx_size;
    side->rx = exact_block(rx_size);
    side->tx = exact_block(tx_size);
}

static void start_client(chosen_pair *pair)
{
    pair_side *side = &pair->client;
    sw_client_config *config = &pair->client_config;

    side->is_client = 1;
    fake_crypto_init(&side->fake, FUZZ_CLIENT_SEED);
    side->fake.fail_at = pair->choices.client_fail_at;
    config->crypto = &side->fake.table;
    config->policy = make_policy(pair->choices.client_policy);
    config->user = PAIR_USER;
    if (chosen_pair_signs(pair))
        config->public_key = &pair->public_key;
    if (!(pair->choices.key & KEY_ED25519))
        config->key = sw_private_key_view(&pair->private_key);
    config->record_limit = record_limit(pair->choices.client_limit, side->rx_size);
    side->result = sw_session_client(&side->session, config, side->rx, side->rx_size, side->tx, side->tx_size);
}

static void start_server(chosen_pair *pair)
{
    pair_side *side = &pair->server;
    sw_server_config *config = &pair->server_config;

    fake_crypto_init(&side->fake, FUZZ_SERVER_SEED);
    side->fake.fail_at = pair->choices.server_fail_at;
    config->crypto = &side->fake.table;
    config->policy = make_policy(pair->choices.server_policy);
    config->decoy_secret[0] = 1;
    config->server_key = &pair->server_key;
    config->record_limit = record_limit(pair->choices.server_limit, side->rx_size);
    side->result = sw_session_server(&side->session, config, side->rx, side->rx_size, side->tx, side->tx_size);
}

void chosen_pair_init(chosen_pair *pair, const uint8_t *data, size_t size, int cut)
{
    const session_choices *c = &pair->choices;

    memset(pair, 0, sizeof(*pair));
    pair->text = choices_read(&pair->choices, sizeof(pair->choices), data, &size);
    pair->text_len = size;
    make_keys(pair);
    pair->lends = cut && c->flags & SESSION_LEND;
    make_arguments(pair);
    make_content(pair);
    side_init(&pair->client, cut ? c->client_cuts : NULL, choose_rx(c->client_policy, c->client_rx),
              choose_tx(c->client_policy, c->client_tx));
    side_init(&pair->server, cut ? c->server_cuts : NULL, choose_rx(c->server_policy, c->server_rx),
              choose_tx(c->server_policy, c->server_tx));
    start_client(pair);
    start_server(pair);
}

int chosen_pair_started(const chosen_pair *pair)
{
    return pair->client.result == SW_OK && pair->server.result == SW_OK;
}

/* ---- one side ---- */

static void count_step(chosen_pair *pair)
{
    size_t bytes = pair->client.sent.len + pair->server.sent.len;

    check(++pair->steps <= 200 + 8 * bytes, "it comes to an end");
}

/* The end comes once; it is noted for the client only: a server sees it when the client closes. */
static void note_closed(const chosen_pair *pair, pair_side *side)
{
    check(!side->saw_closed, "the end comes once");
    if (side->is_client)
        trace_note(&side->seen, 'c', 0);
    if (!side->is_client && pair->stage == STAGE_OVER)
        check_number("wants behind the exit", sw_session_wants(&side->session), 0);
    side->saw_closed = 1;
}

/* All events that are due. Returns 1 if there were any. */
static int take_events(chosen_pair *pair, pair_side *side)
{
    int moved = 0;
    sw_event event;

    for (;;) {
        count_step(pair);
        side->result = sw_session_next(&side->session, &event);
        if (side->result <= 0)
            return moved;
        if (side->result == SW_EVENT_CLOSED) {
            note_closed(pair, side);
            continue;
        }
        if (event.chunk.len > 0)
            check(event.chunk.data >= side->rx && event.chunk.len <= side->rx_size &&
                      (size_t)(event.chunk.data - side->rx) <= side->rx_size - event.chunk.len,
                  "data lies in the receive buffer");
        if (side->is_client)
            client_app_event(pair, side->result, &event);
        else
            server_app_event(pair, side->result, &event);
        moved = 1;
    }
}

static void pause_ends(pair_side *side)
{
    if (side->is_client)
        sw_session_greeting_end(&side->session);
    sw_session_burst_end(&side->session);
}

static int read_to(pair_side *side, const pair_side *peer, uint8_t *space, size_t room, int is_early)
{
    size_t n = peer->sent.len - side->arrived;

    n = n < room ? n : room;
    if (n == 0)
        return 0;
    n = cutter_next(&side->cut, n);
    if (is_early)
        pause_ends(side); /* too early: more follows before anybody looks */
    memcpy(space, peer->sent.data + side->arrived, n);
    side->arrived += n;
    return sw_session_rx_commit(&side->session, n) == SW_OK;
}

static void corrupt(chosen_pair *pair, pair_side *side, uint8_t *bytes, size_t len)
{
    size_t at = choices_number(pair->choices.corrupt_at);

    if (side->is_client != ((pair->choices.flags & SESSION_CORRUPT_CLIENT) != 0))
        return;
    if (at >= side->sent.len && at - side->sent.len < len)
        bytes[at - side->sent.len] ^= pair->choices.corrupt_mask;
}

static int write_from(chosen_pair *pair, pair_side *side)
{
    size_t len;
    const uint8_t *bytes = sw_session_tx_bytes(&side->session, &len);
    int wanted = (sw_session_wants(&side->session) & SW_WANT_WRITE) != 0;
    uint8_t *copy;

    check_result("wants to write", wanted, bytes != NULL && len > 0);
    if (bytes == NULL)
        return 0;
    len = cutter_next(&side->cut, len);
    copy = exact_copy(bytes, len);
    corrupt(pair, side, copy, len);
    trace_add(&side->sent, copy, len);
    free(copy);
    check_result("drained", sw_session_tx_drain(&side->session, len), SW_OK);
    return 1;
}

/* The client closes its half when all is sent, if that is chosen; in legacy mode it ends an upload
 * that way, also one that it knows nothing of. */
static int closes_half(const chosen_pair *pair)
{
    const sw_session *client = &pair->client.session;
    int is_legacy = sw_session_is_legacy(client);
    int flags = pair->choices.flags;
    int all_sent = !(flags & SESSION_UPLOAD) || pair->upload_sent;
    int shuts =
        is_legacy && pair->upload_sent && !pair->client.saw_closed && sw_session_error(client).code == SW_OK;

    check_result("wants to shut down", (sw_session_wants(client) & SW_WANT_SHUTDOWN) != 0, shuts);
    if (!pair->command_sent)
        return 0;
    if (is_legacy && flags & SESSION_UPLOAD && !(flags & SESSION_EXPECT))
        return 1;
    return shuts || (all_sent && flags & SESSION_HALF_CLOSE);
}

/* Told that the peer closed, once all that it sent is here. */
static int see_end(pair_side *side, const pair_side *peer)
{
    if (side->saw_end || !peer->closed || side->arrived < peer->sent.len)
        return 0;
    side->saw_end = 1;
    return sw_session_rx_end(&side->session) == SW_OK;
}

static void close_side(chosen_pair *pair, pair_side *side)
{
    unsigned wants = sw_session_wants(&side->session);

    if (side->closed || (wants & SW_WANT_WRITE))
        return;
    if (side->result < 0 || wants == 0 || (!side->is_client && wants & SW_WANT_SHUTDOWN))
        side->closed = 1;
    if (side->is_client && closes_half(pair))
        side->closed = 1;
}

/* Takes a buffer back, and lends one of the same size in its place. */
static void exchange(sw_session *session, int (*lend)(sw_session *, uint8_t *, size_t), uint8_t **buffer,
                     size_t size)
{
    if (lend(session, NULL, 0) != 1)
        return;
    free(*buffer);
    *buffer = exact_block(size);
    check_result("lent again", lend(session, *buffer, size), 1);
}

/* A failed session answers with its error. */
static void exchange_buffers(pair_side *side)
{
    exchange(&side->session, sw_session_lend_rx, &side->rx, side->rx_size);
    exchange(&side->session, sw_session_lend_tx, &side->tx, side->tx_size);
}

/* Returns 1 if anything moved. */
static int side_round(chosen_pair *pair, pair_side *side, pair_side *peer)
{
    int is_early = pair->choices.flags & SESSION_EARLY_VIEW;
    int wants_read;
    size_t room;
    uint8_t *space;
    int moved = 0;

    if (pair->lends)
        exchange_buffers(side);
    wants_read = (sw_session_wants(&side->session) & SW_WANT_READ) != 0;
    space = sw_session_rx_space(&side->session, &room);
    check(!wants_read || room > 0, "who wants to read has room");
    if (is_early)
        moved |= take_events(pair, side);
    if (room == 0) /* the events may have made some */
        space = sw_session_rx_space(&side->session, &room);
    moved |= read_to(side, peer, space, room, is_early);
    if (!is_early)
        moved |= take_events(pair, side);
    moved |= side->is_client ? client_app_act(pair) : server_app_act(pair);
    moved |= write_from(pair, side);
    moved |= see_end(side, peer);
    close_side(pair, side);
    return moved;
}

/* ---- both ---- */

static void check_idle(const pair_side *side, const pair_side *peer)
{
    unsigned wants = sw_session_wants(&side->session);

    check(!(wants & SW_WANT_READ) || side->arrived == peer->sent.len, "who wants to read gets everything");
}

void chosen_pair_run(chosen_pair *pair)
{
    int idle = 0;

    while (idle < 3) {
        int moved = side_round(pair, &pair->server, &pair->client);
        moved |= side_round(pair, &pair->client, &pair->server);
        count_step(pair);
        if (moved) {
            idle = 0;
            continue;
        }
        check_idle(&pair->client, &pair->server);
        check_idle(&pair->server, &pair->client);
        if (++idle == 1) {
            pause_ends(&pair->client);
            pause_ends(&pair->server);
        } else if (idle == 2) {
            pair->client.closed = 1;
            pair->server.closed = 1;
        }
    }
}

static void side_free(pair_side *side)
{
    sw_session_wipe(&side->session);
    check_zero("wiped session", &side->session, sizeof(side->session));
    check_number("AES states not wiped", side->fake.aes_states, 0);
    check_number("states of sealed sessions not wiped", side->fake.aead_states + side->fake.sha256_states, 0);
    free(side->rx);
    free(side->tx);
    trace_free(&side->sent);
    trace_free(&side->seen);
}

void chosen_pair_free(chosen_pair *pair)
{
    side_free(&pair->client);
    side_free(&pair->server);
    free(pair->content);
    for (size_t i = 0; i < pair->argc; i++)
        free(pair->argv[i]);
}
