/* SPDX-License-Identifier: ISC */
/* The decoder of captures behind libpcap: frames to segments, to streams, to what sessions did.
 * What it tells of a session holds together, and is the same whether bodies are wanted whole or
 * not. Input: see capture_input.h. */
#include <stdlib.h>
#include <string.h>

#include "fake_crypto.h"
#include "capture_input.h"
#include "check.h"
#include "choices.h"
#include "watch/session.h"
#include "recorded_session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ethernet, Linux cooked in two versions, BSD loopback in two, raw IP; PPP in three, HDLC, ATM, wireless
 * in two, NFLOG, PKTAP, PPI, two of firewalls, one of analyzers, raw IPv4 and IPv6. */
static const unsigned links[] = { 1,   113, 276, 0,   108, 101, 9,   50,  51,  104, 100,
                                  105, 127, 239, 258, 192, 240, 109, 117, 228, 229 };

enum { SERVER_PORT = 2990, PACKET_MAX = 65535 + 40, PART_MAX = 256 << 10, SESSIONS_MAX = 4096 };

/* ---- what is told ---- */

typedef struct session_state {
    int begun, ended;
    int in_parts[2];
    uint64_t expected[2]; /* offset of the next part */
} session_state;

typedef struct listener {
    watch_setup *setup;
    const recorded_session *session;
    capture_logged when; /* its keys are in the log */
    int whole;
    uint32_t piece;      /* segments are cut into pieces of so many bytes; 0: not at all */
    size_t next[256][2]; /* of each connection: where its sides are */
    int is_disturbed;    /* holes, another order, frames: when bytes come decides then what becomes of them */
    uint64_t begun, ended;
    session_state sessions[SESSIONS_MAX];
    trace told[3]; /* of each side's items, which the other's may come before, and of sessions */
} listener;

enum { OF_SESSIONS = 2 };

static session_state *state_of(listener *l, const session_info *info)
{
    check(info->number > 0 && info->number <= l->begun, "sessions are numbered in order");
    check(l->begun < SESSIONS_MAX, "an input has no more sessions than this");
    return &l->sessions[info->number];
}

static void on_begin(void *ctx, const session_info *info)
{
    listener *l = ctx;
    session_state *s;

    check_number("number of the session", info->number, ++l->begun);
    s = state_of(l, info);
    check(!s->begun, "a session begins once");
    s->begun = 1;
    check(!info->request_seen || info->user_len > 0 || info->features & SW_FEATURES_SEALED,
          "a request has a user, unless it is sealed");
    trace_note(&l->told[OF_SESSIONS], 'b', info->features);
    trace_add(&l->told[OF_SESSIONS], info->user, info->user_len);
}

/* What could not be told of a record, which may lie within a body that goes on behind it. */
static int is_of_record(const session_info *info, const item *what)
{
    return (info->features & SW_FEATURES_SEALED) && (what->kind == ITEM_UNDECODED || what->kind == ITEM_RECORD);
}

static void check_parts(const listener *l, session_state *s, const item *what)
{
    if (what->kind == ITEM_LOST) {
        if (s->in_parts[what->side]) {
            check_number("offset of a hole", what->offset, s->expected[what->side]);
            s->expected[what->side] += what->size;
        }
        return;
    }
    check(!what->more || l->whole, "parts come only if they are wanted");
    if (s->in_parts[what->side])
        check_number("offset of a part", what->offset, s->expected[what->side]);
    else
        check_number("offset of the first part", what->offset, 0);
    s->in_parts[what->side] = what->more;
    s->expected[what->side] = what->offset + what->body_len;
}

static void check_item(const listener *l, const item *what)
{
    check(what->came <= what->size, "no more came than there is");
    check(what->body_len <= what->came, "no more is shown than came");
    check(what->kind == ITEM_LOST || what->offset + what->body_len <= what->size, "a part lies in its body");
    check(what->body_len <= (l->whole ? PART_MAX : SW_COMMAND_MAX), "what is kept is bounded");
    for (size_t i = 0; what->kind == ITEM_COMMAND && what->error.code == SW_OK && i < what->arguments.count; i++)
        check((const uint8_t *)what->argv[i].data >= what->body &&
                  (const uint8_t *)what->argv[i].data + what->argv[i].len <= what->body + what->body_len,
              "arguments lie in their body");
}

static void on_item(void *ctx, const session_info *info, const item *what)
{
    listener *l = ctx;
    session_state *s = state_of(l, info);
    trace *told;

    check(s->begun && !s->ended, "items come between beginning and end");
    check_item(l, what);
    if (!is_of_record(info, what))
        check_parts(l, s, what);
    if (what->more)
        return;
    told = &l->told[what->side];
    trace_note(told, 'i', info->number);
    trace_note(told, 'k', (uint64_t)what->kind);
    trace_note(told, 's', what->size);
    trace_note(told, 'a', what->came);
    trace_note(told, 'e', (uint64_t)(int64_t)what->error.code);
}

static void on_end(void *ctx, const session_info *info, const outcome *how)
{
    listener *l = ctx;
    session_state *s = state_of(l, info);

    check(s->begun && !s->ended, "a session ends once");
    s->ended = 1;
    l->ended++;
    trace_note(&l->told[OF_SESSIONS], 'e', (uint64_t)how->stage);
    trace_note(&l->told[OF_SESSIONS], 'l', how->lost[0] + how->lost[1]);
    trace_note(&l->told[OF_SESSIONS], 'd', (uint64_t)how->damaged);
}

/* ---- the key log ---- */

static void add_hex(trace *line, const uint8_t *bytes, size_t size)
{
    static const char digits[] = "0123456789abcdef";

    trace_add(line, " ", 1);
    for (size_t i = 0; i < size; i++) {
        const char pair[] = { digits[bytes[i] >> 4], digits[bytes[i] & 15] };

        trace_add(line, pair, sizeof(pair));
    }
}

/* The line of the session, with a damaged key if it is to be wrong. */
static void log_keys(const listener *l, int wrong)
{
    int is_sealed = (l->session->features & SW_FEATURES_SEALED) != 0;
    const char *label = is_sealed ? "SEALED" : "SIDEWIRE_SESSION_KEYS";
    sw_secrets keys = l->session->keys;
    trace line = { NULL, 0, 0 };

    keys.client_key[0] ^= (uint8_t)wrong;
    trace_add(&line, label, strlen(label));
    if (is_sealed)
        add_hex(&line, keys.ephemeral, sizeof(keys.ephemeral));
    else
        add_hex(&line, keys.response, keys.response_size);
    add_hex(&line, keys.client_key, sizeof(keys.client_key));
    add_hex(&line, keys.server_key, sizeof(keys.server_key));
    trace_add(&line, "\n", 1);
    keylog_use(l->setup->log, (const char *)line.data, line.len);
    trace_free(&line);
}

static void begin_log(const listener *l)
{
    if (l->when == CAPTURE_LOGGED_WRONG || l->when == CAPTURE_LOGGED_BOTH)
        log_keys(l, 1);
    if (l->when == CAPTURE_LOGGED_FIRST)
        log_keys(l, 0);
}

static void look_at_log(const listener *l)
{
    if (l->when == CAPTURE_LOGGED_LATE || l->when == CAPTURE_LOGGED_BOTH)
        log_keys(l, 0);
    (void)sessions_retry(l->setup);
}

/* ---- records ---- */

/* A number of two bytes, at most `max`. */
static size_t bounded(const uint8_t bytes[2], size_t max)
{
    size_t n = choices_number(bytes);

    return n < max ? n : max;
}

/* A part of a segment, from `at` on. What begins a connection is with the first one, what ends it with the last one. */
static void give_piece(flows *f, const segment *whole, uint32_t at, uint32_t len)
{
    segment part = *whole;
    int is_last = at + len == whole->len;

    part.data = whole->data + at;
    part.len = len;
    if (at > 0) {
        part.seq += at + ((whole->flags & TCP_SYN) != 0);
        part.flags &= (uint8_t)~TCP_SYN;
    }
    if (!is_last) {
        part.flags &= (uint8_t)~TCP_FIN;
        part.cut = 0;
    }
    flows_segment(f, &part);
}

static void give_segment(listener *l, flows *f, const segment_record *r, int64_t time)
{
    from side = r->flags & CAPTURE_FROM_SERVER ? FROM_SERVER : FROM_CLIENT;
    const trace *sent = &l->session->sent[side];
    size_t at = bounded(r->at, sent->len);
    size_t len = bounded(r->len, sent->len - at);
    uint8_t *copy = exact_copy(sent->data + at, len);
    endpoint client = { { 10, 0, 0, 1 }, (uint16_t)(1 + r->connection), 4 };
    endpoint server = { { 10, 0, 0, 2 }, SERVER_PORT, 4 };
    segment seg = { .time = { time, 0 }, .flags = r->flags & 0x1f, .window = 0xffff, .data = copy };
    uint32_t done = 0;

    if (len > 0)
        copy[0] = (uint8_t)(copy[0] + r->change);
    seg.from = side == FROM_CLIENT ? client : server;
    seg.to = side == FROM_CLIENT ? server : client;
    seg.seq = (uint32_t)(0xfffffe00 + (seg.flags & TCP_SYN ? 0 : 1) + at);
    seg.cut = r->cut < len ? r->cut : (uint32_t)len;
    seg.len = (uint32_t)len - seg.cut;
    l->is_disturbed |= seg.cut > 0 || at != l->next[r->connection][side] || (seg.flags & TCP_SYN && at + len > 0);
    l->next[r->connection][side] = at + len;
    do {
        uint32_t n = seg.len - done;

        if (l->piece > 0 && n > l->piece && !(seg.flags & TCP_RST)) /* which has no data that counts */
            n = l->piece;
        give_piece(f, &seg, done, n);
        done += n;
    } while (done < seg.len);
    free(copy);
}

static void give_frame(listener *l, flows *f, frames *taken_apart, frame in, uint8_t more)
{
    uint8_t *copy = exact_copy(in.data, in.captured);
    segment seg;

    in.data = copy;
    in.length = in.captured + more;
    if (frames_parse(taken_apart, &in, &seg) == FRAME_TCP) {
        l->is_disturbed = 1;
        check(seg.len + (size_t)seg.cut <= in.length + PACKET_MAX, "no more was sent than IP has");
        flows_segment(f, &seg);
    }
    free(copy);
}

static void give_records(listener *l, flows *f, unsigned link, const uint8_t *data, size_t size)
{
    frames *taken_apart = frames_new();

    for (int64_t time = 0; size > 0; time++) {
        l->is_disturbed |= (data[0] & (CAPTURE_LOOK | CAPTURE_QUIET)) != 0;
        if (data[0] & CAPTURE_QUIET)
            flows_quiet(f);
        if (data[0] & CAPTURE_LOOK)
            look_at_log(l);
        if (data[0] & CAPTURE_SEGMENT) {
            segment_record r;
            data = choices_read(&r, sizeof(r), data, &size);
            give_segment(l, f, &r, time);
        } else {
            frame_record r;
            frame in = { .time = time, .link = link };
            data = choices_read(&r, sizeof(r), data, &size);
            in.data = data;
            in.captured = bounded(r.captured, size);
            give_frame(l, f, taken_apart, in, r.more);
            data += in.captured;
            size -= in.captured;
        }
    }
    frames_free(taken_apart);
}

/* ---- both runs ---- */

static void give_input(listener *l, keyring *keys, const uint8_t *data, size_t size)
{
    flow_watcher watcher = sessions_watcher(l->setup);
    flows *f = flows_new(&watcher);
    capture_choices choices;
    unsigned link;

    data = choices_read(&choices, sizeof(choices), data, &size);
    l->session = recorded_session_get(choices.session % RECORDED_SESSIONS);
    l->when = (capture_logged)(choices.session / RECORDED_SESSIONS % CAPTURE_LOGGED_COUNT);
    link = links[choices.link % (sizeof(links) / sizeof(links[0]))];
    keys->keys->key = l->session->key;
    keys->count = l->when == CAPTURE_LOGGED_FIRST;
    begin_log(l);
    give_records(l, f, link, data, size);
    look_at_log(l);
    flows_finish(f);
    flows_free(f);
}

static void run(listener *l, const uint8_t *data, size_t size)
{
    event_sink sink = { l, on_begin, on_item, on_end };
    named_key key = { .name = "key" };
    keyring keys = { .keys = &key };
    fake_crypto fake;
    watch_setup setup = { .crypto = &fake.table, .keys = &keys, .sink = &sink, .whole_bodies = l->whole };

    fake_crypto_init(&fake, 0);
    l->setup = &setup;
    setup.log = keylog_new_empty("log");
    give_input(l, &keys, data, size);
    keylog_close(setup.log);
    check_number("sessions that ended", l->ended, l->begun);
    check_number("sessions counted", setup.sessions, l->begun);
    check_number("AES states not wiped", fake.aes_states, 0);
    check_number("AEAD states not wiped", fake.aead_states, 0);
}

static void check_same(const listener *seen, const listener *expected)
{
    for (int of = 0; of <= OF_SESSIONS; of++)
        check_bytes("what is told", seen->told[of].data, seen->told[of].len, expected->told[of].data,
                    expected->told[of].len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { PREVIEWS, BODIES, CUT, RUNS };
    listener *runs = calloc(RUNS, sizeof(*runs));

    if (runs == NULL)
        abort();
    runs[BODIES].whole = 1;
    runs[CUT].piece = 50;
    for (int i = 0; i < RUNS; i++) {
        run(&runs[i], data, size);
        if (i != CUT || !runs[i].is_disturbed)
            check_same(&runs[i], &runs[PREVIEWS]);
    }
    for (int i = 0; i < RUNS; i++)
        for (int of = 0; of <= OF_SESSIONS; of++)
            trace_free(&runs[i].told[of]);
    free(runs);
    return 0;
}
