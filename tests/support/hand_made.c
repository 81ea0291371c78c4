/* SPDX-License-Identifier: ISC */
#include "hand_made.h"

#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARGUMENTS_MAX = 8 };

static const int64_t epoch = INT64_C(1700000000000000000);
static const int64_t ms_ns = 1000000;

const char hostile_text[] =
    "<script>document.title='harmed'</script><img src=x onerror=\"document.title='harmed'\">"
    "</script><!--<script>]]>&lt;&#60; \033[31mred\033[0m \033]0;title\a \302\233"
    "31m "
    "\342\200\250line\342\200\251 \342\200\256reversed \357\277\277 \360\237\230\200 "
    "\"quoted\" \\n '\\u0041' \xff\xfe\xc0\xaf\xed\xa0\x80 \0 \x7f\r\n\ttab\n";
const size_t hostile_size = sizeof(hostile_text) - 1;

/* ---- telling ---- */

static actor begin_between(const event_sink *sink, uint64_t number, const char *user, unsigned features,
                           const connection *ends)
{
    actor a;

    memset(&a, 0, sizeof(a));
    a.sink = sink;
    a.info.number = number;
    a.info.about = *ends;
    a.info.about.client.port = (uint16_t)(40000 + number);
    a.info.about.server.port = 2990;
    a.info.about.start = epoch + (int64_t)number * 1000 * ms_ns;
    a.info.features = features;
    a.info.request_seen = user != NULL || features != 0;
    if (user != NULL) {
        a.info.user = user;
        a.info.user_len = strlen(user);
    }
    sink->begin(sink->ctx, &a.info);
    return a;
}

actor actor_begin(const event_sink *sink, uint64_t number, const char *user, unsigned features)
{
    static const connection ends = {
        .client = { { 192, 0, 2, 1 }, 0, 4 },
        .server = { { 192, 0, 2, 2 }, 0, 4 },
    };

    return begin_between(sink, number, user, features, &ends);
}

item message(item_kind kind, unsigned band, from side, int64_t ms, const void *body, size_t len)
{
    item what;

    memset(&what, 0, sizeof(what));
    what.kind = kind;
    what.side = side;
    what.time = ms * ms_ns;
    what.band = band;
    what.size = what.came = what.body_len = len;
    what.body = body;
    return what;
}

void tell(actor *a, item what)
{
    uint8_t *copy = exact_copy(what.body, what.body_len);

    what.time += a->info.about.start;
    what.body = what.body_len > 0 ? copy : NULL;
    a->sink->item(a->sink->ctx, &a->info, &what);
    free(copy);
}

void tell_text(actor *a, unsigned band, from side, int64_t ms, const char *text)
{
    tell(a, message(ITEM_DATA, band, side, ms, text, strlen(text)));
}

void tell_command(actor *a, int64_t ms, const char *bytes, size_t len)
{
    item what = message(ITEM_COMMAND, SW_BAND_COMMAND, FROM_CLIENT, ms, bytes, len);
    sw_argument argv[ARGUMENTS_MAX];

    sw_command_decode(what.body, len, argv, ARGUMENTS_MAX, &what.arguments, &what.error);
    what.argv = argv;
    tell(a, what);
}

void tell_count(actor *a, item_kind kind, from side, int64_t ms, uint64_t n)
{
    item what = message(kind, BAND_NONE, side, ms, NULL, 0);

    what.size = what.came = n;
    tell(a, what);
}

void tell_handshake(actor *a, const char *request, int opened)
{
    static const char greeting[] = "hello\nFeatures: sideband,aes_ctr128,sha256\n";
    int packets = (a->info.features & SW_FEATURE_SIDEBAND) != 0;
    uint8_t challenge[256];
    item response;

    for (size_t i = 0; i < sizeof(challenge); i++)
        challenge[i] = (uint8_t)(i * 7);
    tell(a, message(ITEM_GREETING, BAND_NONE, FROM_SERVER, 1, greeting, sizeof(greeting) - 1));
    tell(a, message(ITEM_REQUEST, BAND_NONE, FROM_CLIENT, 2, request, strlen(request)));
    a->info.challenge = opened ? CHALLENGE_OPENED : CHALLENGE_UNOPENED;
    a->info.key = opened ? "keys/alice" : NULL;
    a->info.keys = opened != 0;
    tell(a, message(ITEM_CHALLENGE, packets ? SW_BAND_CHALLENGE : BAND_NONE, FROM_SERVER, 3, challenge,
                    sizeof(challenge)));
    response =
        message(ITEM_RESPONSE, packets ? SW_BAND_CHALLENGE_RESPONSE : BAND_NONE, FROM_CLIENT, 5, challenge, 20);
    response.response = opened ? RESPONSE_RIGHT : RESPONSE_UNCHECKED;
    tell(a, response);
    if (opened)
        tell(a, message(ITEM_PROCEED, packets ? SW_BAND_PROCEED : BAND_NONE, FROM_SERVER, 6, "Proceed.",
                        packets ? 0 : 8));
}

outcome ending(int64_t ms, int exit_status)
{
    outcome how;

    memset(&how, 0, sizeof(how));
    how.time = ms * ms_ns;
    how.stage = STAGE_ENCRYPTED;
    how.how = FLOW_CLOSED;
    how.closer = FROM_SERVER;
    how.exit_status = exit_status;
    return how;
}

void tell_end(actor *a, outcome how)
{
    how.time += a->info.about.start;
    a->sink->end(a->sink->ctx, &a->info, &how);
}

/* ---- sessions ---- */

#define COMMAND(bytes) bytes, sizeof(bytes)

void tell_hostile(const event_sink *sink, uint64_t number)
{
    actor a = actor_begin(sink, number, "<script>\033[1m\xff", SW_FEATURE_SIDEBAND);

    tell_handshake(&a, "auth rsa <script>\033[1m\xff sideband", 1);
    a.info.key = "<b>\033[1mkey";
    tell_command(&a, 7, COMMAND("ls\0</script><!--\0\xff\033[2J\0\"quoted\" \\"));
    tell(&a, message(ITEM_DATA, SW_BAND_OUTPUT, FROM_SERVER, 8, hostile_text, hostile_size));
    tell(&a, message(ITEM_DATA, SW_BAND_ERROR_LOG, FROM_SERVER, 9, hostile_text, hostile_size));
    tell_text(&a, SW_BAND_EXIT_FAILURE, FROM_SERVER, 10, "");
    tell_end(&a, ending(11, 1));
}

void tell_long(const event_sink *sink, uint64_t number, unsigned packets)
{
    actor a = actor_begin(sink, number, "alice", SW_FEATURE_SIDEBAND);
    char text[64];

    tell_handshake(&a, "auth rsa alice sideband", 1);
    tell_command(&a, 7, COMMAND("addimg\0cover.jpg"));
    for (unsigned i = 0; i + 8 < packets; i++) {
        int up = i % 3 == 1;

        snprintf(text, sizeof(text), "line %u of a long session\n", i);
        tell_text(&a, up ? SW_BAND_BLOB_DATA : SW_BAND_OUTPUT, up ? FROM_CLIENT : FROM_SERVER,
                  8 + i / 4 + (i > packets / 2 ? 2500 : 0), text);
    }
    tell_text(&a, SW_BAND_WARNING_LOG, FROM_SERVER, packets / 4 + 2600, "that was long\n");
    tell_text(&a, SW_BAND_EXIT_SUCCESS, FROM_SERVER, packets / 4 + 2700, "");
    tell_end(&a, ending(packets / 4 + 2701, 0));
}

/* Bytes 4 to 9 of a body are missing. */
static void tell_hole(actor *a)
{
    item part = message(ITEM_DATA, SW_BAND_OUTPUT, FROM_SERVER, 20, "head", 4);
    item loss = message(ITEM_LOST, BAND_NONE, FROM_SERVER, 21, NULL, 0);

    part.size = 20;
    part.more = 1;
    tell(a, part);
    loss.size = loss.came = 6;
    loss.offset = 4;
    tell(a, loss);
    part = message(ITEM_DATA, SW_BAND_OUTPUT, FROM_SERVER, 20, "and a tail", 10);
    part.size = 20;
    part.came = 14;
    part.offset = 10;
    tell(a, part);
}

static void tell_damaged(const event_sink *sink)
{
    actor a = actor_begin(sink, 4, "bob", SW_FEATURE_SIDEBAND | SW_FEATURE_SHA256);
    item broken = message(ITEM_DATA, SW_BAND_WARNING_LOG, FROM_SERVER, 30, "cut", 3);
    outcome how = ending(40, -1);

    tell_handshake(&a, "auth rsa bob sideband,sha256", 1);
    tell_command(&a, 7, COMMAND("catimg\0*"));
    tell_hole(&a);
    broken.size = 10;
    broken.error.code = SW_E_TRUNCATED;
    broken.error.value = 3;
    broken.error.limit = 10;
    tell(&a, broken);
    tell_count(&a, ITEM_UNDECODED, FROM_CLIENT, 31, UINT64_C(9007199254740993));
    how.how = FLOW_RESET;
    how.breaker = FROM_CLIENT;
    how.lost[FROM_SERVER] = 6;
    how.conflicts[FROM_CLIENT] = 2;
    how.error[FROM_SERVER] = broken.error;
    how.unseen[FROM_CLIENT] = 1;
    how.damaged = 1;
    tell_end(&a, how);
}

/* A request that names no feature there is, over IPv6. */
static void tell_refused(const event_sink *sink)
{
    static const char text[] = "auth rsa eve video";
    static const connection ends = {
        .client = { { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 }, 0, 6 },
        .server = { { 0x20, 0x01, 0x0d, 0xb8, [15] = 2 }, 0, 6 },
    };
    actor a = begin_between(sink, 5, NULL, 0, &ends);
    item request = message(ITEM_REQUEST, BAND_NONE, FROM_CLIENT, 2, text, sizeof(text) - 1);
    outcome how = ending(3, -1);

    request.error.code = SW_E_FEATURE;
    tell(&a, request);
    how.stage = STAGE_REQUESTED;
    how.error[FROM_CLIENT] = request.error;
    tell_end(&a, how);
}

/* A sealed session: without keys, and with those of a key log. */
static void tell_sealed(const event_sink *sink, uint64_t number, int opened)
{
    static const char request[] = "auth noise_nx_25519_aesgcm_sha256\n";
    actor a = actor_begin(sink, number, NULL, SW_FEATURE_SIDEBAND | SW_FEATURE_NOISE_AESGCM);
    outcome how = ending(30, opened ? 0 : -1);
    uint8_t noise[34] = { [32] = 0xff, [33] = 0xff };
    item lost = message(ITEM_RECORD, BAND_NONE, FROM_SERVER, 9, NULL, 0);

    tell(&a, message(ITEM_GREETING, BAND_NONE, FROM_SERVER, 1, "hello\n", 6));
    tell(&a, message(ITEM_REQUEST, BAND_NONE, FROM_CLIENT, 2, request, sizeof(request) - 1));
    a.info.challenge = opened ? CHALLENGE_KEYLOG : CHALLENGE_UNOPENED;
    a.info.key = a.info.keylog = opened ? "keys.log" : NULL;
    tell(&a, message(ITEM_NOISE, BAND_NONE, FROM_CLIENT, 3, noise, sizeof(noise)));
    lost.number = opened ? 1 : 0;
    lost.size = lost.came = 4112;
    how.records[FROM_CLIENT] = 2;
    how.records[FROM_SERVER] = 65540;
    if (!opened) {
        tell(&a, lost);
        tell_end(&a, how);
        return;
    }
    a.info.user = "eve";
    a.info.user_len = 3;
    a.info.user_key = SW_KEY_ED25519;
    strcpy(a.info.fingerprint, "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU");
    tell(&a, message(ITEM_RESPONSE, SW_BAND_CHALLENGE_RESPONSE, FROM_CLIENT, 4, noise, 20));
    tell(&a, message(ITEM_PROCEED, SW_BAND_PROCEED, FROM_SERVER, 6, NULL, 0));
    tell_command(&a, 5, COMMAND("si\0"));
    lost.error = (sw_error){ SW_E_RECORD, 0, 0 };
    tell(&a, lost);
    tell_text(&a, SW_BAND_EXIT_SUCCESS, FROM_SERVER, 10, "");
    how.rekeyed[FROM_SERVER] = 1;
    how.error[FROM_SERVER] = lost.error;
    how.damaged = 1;
    tell_end(&a, how);
}

void tell_all(const event_sink *sink)
{
    actor first = actor_begin(sink, 1, "alice", SW_FEATURES_ALL);
    actor legacy;
    outcome how;

    tell_handshake(&first, "auth rsa alice sideband,aes_ctr128,sha256", 1);
    tell_command(&first, 7, COMMAND("ls\0-l=v\0"));
    legacy = actor_begin(sink, 2, "eve", 0);
    tell_handshake(&legacy, "auth rsa eve", 0);
    tell_text(&first, SW_BAND_INFO_LOG, FROM_SERVER, 1010, "two files\n");
    tell_text(&first, SW_BAND_OUTPUT, FROM_SERVER, 1020, "/music/one.ogg\n/music/tw\303\266.ogg\n");
    tell_count(&legacy, ITEM_ENCRYPTED, FROM_CLIENT, 20, 30);
    tell_count(&legacy, ITEM_ENCRYPTED, FROM_SERVER, 19, 12345);
    tell_end(&legacy, ending(1500, -1));
    tell_text(&first, SW_BAND_EXIT_SUCCESS, FROM_SERVER, 1030, "");
    tell_end(&first, ending(1031, 0));
    tell_hostile(sink, 3);
    tell_damaged(sink);
    tell_refused(sink);
    how = ending(60000, -1);
    how.how = FLOW_UNFINISHED;
    legacy = actor_begin(sink, 6, "alice", 0);
    tell_handshake(&legacy, "auth rsa alice", 1);
    tell_text(&legacy, BAND_NONE, FROM_SERVER, 7, "uptime: 3 days\n");
    tell_end(&legacy, how);
    tell_sealed(sink, 7, 0);
    tell_sealed(sink, 8, 1);
}
