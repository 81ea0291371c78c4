/* SPDX-License-Identifier: ISC */
/* The Wireshark plugin: keys, what is said without them, requests, and what is no session. */
#include "scratch.h"
#include "sessions.h"
#include "suite.h"
#include "tools.h"
#include "tshark.h"

#include <string.h>

#define UAT_KEY(path) "-o uat:sidewire_keys:\"" path "\""

static const char *hex_of(const uint8_t *data, size_t len)
{
    const char *hex = "";

    for (size_t i = 0; i < len; i++)
        hex = scratch_format("%s%02x", hex, data[i]);
    return hex;
}

/* ---- private keys ---- */

/* Streams of the capture. */
enum { RIGHT = 0, WRONG = MODES, BARE = 2 * MODES };

enum { BARE_SIZE = 400, BARE_FIRST = 300, BARE_REST = 7 };

static void record_wrong_response(tape *t, int mode)
{
    wire_session w;

    session_start_sealed(&w, mode_features[mode], "keys/alice.pub");
    w.sent[FROM_CLIENT].data[w.proof[FROM_CLIENT] - 1] ^= 1;
    session_record(t, (uint16_t)(FIRST_PORT + WRONG + mode), &w, TCP_SEGMENT_MAX);
    wire_session_free(&w);
}

/* Legacy: a challenge larger than any key there is, and in pieces. */
static void record_bare_challenge(tape *t, const uint8_t block[BARE_SIZE])
{
    static const char greeting[] = "This is para_server, version 0.4.13.\n";
    static const char request[] = "auth rsa alice";

    tape_connect(t, FIRST_PORT + BARE);
    tape_say(t, FROM_SERVER, greeting, sizeof(greeting) - 1, TCP_SEGMENT_MAX);
    tape_say(t, FROM_CLIENT, request, sizeof(request) - 1, TCP_SEGMENT_MAX);
    tape_say(t, FROM_SERVER, block, BARE_SIZE, BARE_FIRST);
    tape_say(t, FROM_CLIENT, block, SW_SHA1_SIZE, TCP_SEGMENT_MAX);
    tape_say(t, FROM_SERVER, block, BARE_REST, TCP_SEGMENT_MAX);
    tape_close(t);
}

static void check_bare_challenge(const char *fields, const uint8_t block[BARE_SIZE])
{
    expect_match("challenge", column(fields, BARE, 9),
                 scratch_format("%s %s", hex_of(block, BARE_FIRST), hex_of(block, BARE_SIZE)));
    expect_match("response", column(fields, BARE, 10), hex_of(block, SW_SHA1_SIZE));
    expect_match("encrypted", column(fields, BARE, 11), hex_of(block, BARE_REST));
}

START_TEST(private_keys)
{
    static const char *const keys[] = { UAT_KEY("keys/alice"), UAT_KEY("keys/eve") " " UAT_KEY("keys/alice") };
    wire_session sessions[MODES];
    uint8_t block[BARE_SIZE];
    tape t = { 0 };

    for (size_t i = 0; i < BARE_SIZE; i++)
        block[i] = (uint8_t)(0x80 + i % 100);
    for (int i = 0; i < MODES; i++) {
        session_start_sealed(&sessions[i], mode_features[i], "keys/alice.pub");
        session_talk(&sessions[i]);
        session_record(&t, (uint16_t)(FIRST_PORT + RIGHT + i), &sessions[i], TCP_SEGMENT_MAX);
    }
    for (int i = 0; i < MODES; i++)
        record_wrong_response(&t, i);
    record_bare_challenge(&t, block);
    tape_write(&t, "capture");
    tape_free(&t);
    for (int k = 0; k < COUNT(keys); k++) {
        const char *fields = tshark_fields("capture", keys[k],
                                           SESSION_FIELDS
                                           " sidewire.key sidewire.response.right sidewire.challenge "
                                           "sidewire.response sidewire.encrypted");

        for (unsigned i = 0; i < MODES; i++) {
            session_check(keys[k], fields, RIGHT + i, &sessions[i]);
            expect_match(keys[k], column(fields, RIGHT + i, 7), "keys/alice");
            expect_match(keys[k], column(fields, RIGHT + i, 8), "1");
            expect_match("wrong", column(fields, WRONG + i, 6), "Response is not that of the challenge");
            expect_match("right", column(fields, WRONG + i, 8), "0");
        }
        check_bare_challenge(fields, block);
    }
    for (int i = 0; i < MODES; i++)
        wire_session_free(&sessions[i]);
}
END_TEST

/* ---- in the clear: handshakes, whose challenges come whole and in pieces ---- */

static void check_handshake(const char *fields, unsigned number, const wire_session *w, int in_pieces)
{
    const uint8_t *block = w->sent[FROM_SERVER].data + w->proof[FROM_SERVER] - WIRE_CHALLENGE_SIZE;
    const char *challenge = hex_of(block, WIRE_CHALLENGE_SIZE);

    expect_match("greeting", column(fields, number, 1),
                 scratch_format("This is para_server, version 0.4.13.\\\\n%s",
                                w->features == 0 ? "" : "Features: *256\\\\n"));
    expect_match("request", column(fields, number, 2),
                 scratch_format("%.*s", (int)w->opening[FROM_CLIENT], (const char *)w->sent[FROM_CLIENT].data));
    if (in_pieces && w->features == 0) /* as far as it came, in each frame */
        challenge = scratch_format("%.300s %s", challenge, challenge);
    expect_match("challenge", column(fields, number, 3), challenge);
    expect_match("response", column(fields, number, 4), hex_of(w->keys.response, w->keys.response_size));
    expect_match("first frame", column(fields, number, 5), in_pieces ? "*" : "");
}

/* ---- in the clear: requests ---- */

#define TEXT(s) s, sizeof(s) - 1

static const struct {
    const char *request;
    size_t len;
    const char *expected; /* user, mode, cipher, features asked for, what is wrong */
} requests[] = {
    { TEXT("auth rsa bob"), "bob|legacy|RC4||" },
    { TEXT("auth rsa bob "), "bob|legacy|RC4||" },
    { TEXT("auth rsa b sideband\n"), "b|sideband|RC4|sideband|" },
    { TEXT("auth rsa b sideband\r\n"), "b|sideband|RC4|sideband|" },
    { TEXT("auth rsa b sideband,aes_ctr128\0"), "b|sideband|AES-128-CTR|sideband,aes_ctr128|" },
    { TEXT("auth rsa \xc3\xa4 sideband,sha256"), "\xc3\xa4|sideband|RC4|sideband,sha256|" },
    { TEXT("auth rsa \33[1m sideband"), "\xe2\x90\x9b\\[1m|sideband|RC4|sideband|" },
    { TEXT("auth rsa bob sideband,foo"), "||||unknown feature: a name of 3 bytes, at byte 9" },
    { TEXT("auth rsa bob aes_ctr128"), "||||features that need sideband *" },
    { TEXT("auth rsa "), "||||*name" },
    { TEXT("GET / HTTP/1.0\r\n\r\n"), "||||*auth request*" },
};

static void check_request(const char *fields, unsigned number, int i)
{
    const char *shown = "";

    for (unsigned n = 6; n <= 10; n++)
        shown = scratch_format("%s%s%s", shown, n > 6 ? "|" : "", column(fields, number, n));
    expect_match(requests[i].request, shown, requests[i].expected);
}

/* A connection in which these texts are sent. */
static void record_texts(tape *t, int number, const char *from_server, const char *from_client, size_t client_len)
{
    tape_connect(t, (uint16_t)(FIRST_PORT + number));
    tape_say(t, FROM_SERVER, from_server, strlen(from_server), TCP_SEGMENT_MAX);
    tape_say(t, FROM_CLIENT, from_client, client_len, TCP_SEGMENT_MAX);
    tape_close(t);
}

/* Two requests, of which one is as long as they may be, and the other longer. */
static void record_large_requests(tape *t, int number)
{
    static const char prefix[] = "auth rsa alice";
    char request[SW_REQUEST_MAX + 1];

    memset(request, 'x', sizeof(request));
    memcpy(request, prefix, sizeof(prefix) - 1);
    for (int i = 0; i < 2; i++)
        record_texts(t, number + i, "hello\nFeatures: sideband\n", request, SW_REQUEST_MAX + (size_t)i);
}

/* ---- in the clear: no sessions ---- */

static const struct {
    const char *server, *client;
} strangers[] = {
    { "220 mail ready\r\n", "QUIT\r\n" },
    { "HTTP/1.0 200 OK\r\nFeatures: sideband\r\n\r\n", "GET / HTTP/1.0\r\n\r\n" },
    { "Features: sideband\n", "x" },
    { "hello\nFeatures: sideband", "auth rsa\n" },
    { "hello\1\nFeatures: sideband\n", "AUTH RSA alice" },
};

/* ---- in the clear: all of them in one capture ---- */

/* Their first streams, whose ports are as many behind the first. */
enum {
    HANDSHAKES = 0,
    LARGE_REQUESTS = 2 * MODES,
    STRANGERS = LARGE_REQUESTS + 2,
    REQUESTS = STRANGERS + COUNT(strangers),
};

static void write_in_clear(const wire_session sessions[MODES])
{
    static const size_t steps[] = { TCP_SEGMENT_MAX, 150 };
    tape t = { 0 };

    for (int i = 0; i < MODES * COUNT(steps); i++)
        session_record(&t, (uint16_t)(FIRST_PORT + HANDSHAKES + i), &sessions[i % MODES], steps[i / MODES]);
    record_large_requests(&t, LARGE_REQUESTS);
    for (int i = 0; i < COUNT(strangers); i++)
        record_texts(&t, STRANGERS + i, strangers[i].server, strangers[i].client, strlen(strangers[i].client));
    for (int i = 0; i < COUNT(requests); i++)
        record_texts(&t, REQUESTS + i, "hello\nFeatures: sideband,aes_ctr128,sha256\n", requests[i].request,
                     requests[i].len);
    tape_write(&t, "capture");
    tape_free(&t);
}

/* Of the handshakes no frame in which a message has only begun, and of the requests nothing from servers. */
START_TEST(in_clear)
{
    wire_session sessions[MODES];
    const char *fields;

    for (int i = 0; i < MODES; i++)
        session_start(&sessions[i], mode_features[i], (uint8_t)(i + 1));
    write_in_clear(sessions);
    fields = tshark_fields("capture",
                           scratch_format("-Y sidewire&&(!sidewire.begun||tcp.port>=%d)&&"
                                          "!(tcp.srcport>=%d&&tcp.dstport==40000)",
                                          FIRST_PORT + LARGE_REQUESTS, FIRST_PORT + REQUESTS),
                           "tcp.stream sidewire.greeting sidewire.request sidewire.challenge "
                           "sidewire.response sidewire.begins_in sidewire.user sidewire.mode "
                           "sidewire.cipher sidewire.features _ws.expert.message "
                           "sidewire.length.oversize frame.number");
    for (unsigned i = 0; i < 2 * MODES; i++)
        check_handshake(fields, HANDSHAKES + i, &sessions[i % MODES], i >= MODES);
    expect_match("the limit", column(fields, LARGE_REQUESTS, 11), "");
    expect_match("above", column(fields, LARGE_REQUESTS + 1, 11), "?*");
    for (unsigned i = 0; i < COUNT(strangers); i++)
        expect_match("no session", column(fields, STRANGERS + i, 12), "");
    for (int i = 0; i < COUNT(requests); i++)
        check_request(fields, REQUESTS + (unsigned)i, i);
    for (int i = 0; i < MODES; i++)
        wire_session_free(&sessions[i]);
}
END_TEST

/* ---- without a key ---- */

static const struct {
    const char *options;
    const char *excuse;
} excuses[] = {
    { "", "no private key and no key log is given in the preferences" },
    { UAT_KEY("keys/eve"), "no private key fits" },
    { WITH_KEYLOG, "no private key fits, and the key log has no keys" },
    { "-o sidewire.keylog_file:nowhere", "nowhere: No such file or directory" },
    { UAT_KEY("nowhere"), "nowhere: No such file or directory" },
    { UAT_KEY("keys/alice.pub"), "keys/alice.pub: *" },
    { UAT_KEY("keys"), "keys: Is a directory" },
};

/* It is said once for each side, and all bytes are there. */
START_TEST(no_key)
{
    wire_session w;
    const char *fields, *command;

    session_start_sealed(&w, SW_FEATURES_ALL, "keys/alice.pub");
    session_talk(&w);
    session_write(&w, "capture");
    scratch_write_text(KEYLOG, "# nothing\n");
    fields = (_i == 0 ? tshark_fields : tshark_fields_once)(
        "capture", excuses[_i].options,
        "tcp.stream sidewire.band _ws.expert.message sidewire.user sidewire.encrypted");
    expect_match("bands", column(fields, 0, 1), "1 2");
    expect_match("excuse", column(fields, 0, 2), scratch_format("%s %s", excuses[_i].excuse, excuses[_i].excuse));
    expect_match("user", column(fields, 0, 3), "alice alice alice alice alice*");
    command =
        hex_of(w.sent[FROM_CLIENT].data + w.proof[FROM_CLIENT], w.sent[FROM_CLIENT].len - w.proof[FROM_CLIENT]);
    expect_match("encrypted", column(fields, 0, 4), scratch_format("* %s *", command));
    wire_session_free(&w);
}
END_TEST

/* ---- damage ---- */

static uint32_t any(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* Bytes are changed, packets repeated, lost and put in another order, all by chance. */
static void damage(tape *t, uint32_t *state)
{
    for (size_t i = 0; i + 4 < t->count; i++) {
        tape_packet *p = &t->packets[i];

        if (p->payload > 0 && any(state) % 4 == 0)
            p->data[p->len - 1 - any(state) % p->payload] ^= (uint8_t)(1 + any(state) % 255);
        switch (any(state) % 24) {
        case 0: tape_drop(t, i); break;
        case 1: tape_delay(t, i, i + 1 + any(state) % 3); break;
        case 2: tape_repeat(t, i, i + any(state) % 4); break;
        default: break;
        }
    }
}

static const char *const orders[] = { "", "-o tcp.reassemble_out_of_order:TRUE",
                                      "-o tcp.analyze_sequence_numbers:FALSE" };

/* Nothing is known of what they show but that it ends, and is the same in two passes. */
START_TEST(damaged)
{
    static const size_t steps[] = { 1000, 100, 30 };
    enum { ROUNDS = 2, DAMAGED = ROUNDS * MODES * COUNT(steps) };
    uint32_t state = 12345 + (uint32_t)_i;
    tape t = { 0 };

    for (int i = 0; i < DAMAGED; i++) {
        wire_session w;

        session_start(&w, mode_features[i % MODES], (uint8_t)(i + 1));
        session_talk(&w);
        session_record(&t, (uint16_t)(FIRST_PORT + i), &w, steps[i / MODES % COUNT(steps)]);
        wire_session_free(&w);
    }
    damage(&t, &state);
    tape_write(&t, "capture");
    tape_free(&t);
    tshark_fields("capture",
                  scratch_format(WITH_KEYLOG " -d tcp.port==%d-%d,sidewire %s", FIRST_PORT, FIRST_PORT + DAMAGED,
                                 orders[_i]),
                  SESSION_FIELDS);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("wireshark keys");
    TCase *tcase = session_case(suite, "keys");

    tcase_add_test(tcase, private_keys);
    tcase_add_test(tcase, in_clear);
    tcase_add_loop_test(tcase, no_key, 0, COUNT(excuses));
    tcase_add_loop_test(tcase, damaged, 0, COUNT(orders));
    return e2e_main(suite);
}
