/* The Wireshark plugin: keys, what is said without them, requests, and what is no session. */
#include "scratch.h"
#include "sessions.h"
#include "suite.h"
#include "tools.h"
#include "tshark.h"

#include <string.h>

#define UAT_KEY(path) "-o uat:sidewire_keys:\"" path "\""

/* ---- private keys ---- */

START_TEST(private_keys)
{
    static const char *const keys[] = { UAT_KEY("keys/alice"), UAT_KEY("keys/eve") " " UAT_KEY("keys/alice") };
    wire_session sessions[MODES];
    tape t = { 0 };

    for (int i = 0; i < MODES; i++) {
        session_start_sealed(&sessions[i], mode_features[i], "keys/alice.pub");
        session_talk(&sessions[i]);
        session_record(&t, (uint16_t)(FIRST_PORT + i), &sessions[i], TCP_SEGMENT_MAX);
    }
    tape_write(&t, "capture");
    tape_free(&t);
    for (int k = 0; k < COUNT(keys); k++) {
        const char *fields =
            tshark_fields("capture", keys[k], SESSION_FIELDS " sidewire.key sidewire.response.right");

        for (int i = 0; i < MODES; i++) {
            session_check(keys[k], fields, (unsigned)i, &sessions[i]);
            expect_match(keys[k], column(fields, (unsigned)i, 7), "keys/alice");
            expect_match(keys[k], column(fields, (unsigned)i, 8), "1");
        }
    }
    for (int i = 0; i < MODES; i++)
        wire_session_free(&sessions[i]);
}
END_TEST

START_TEST(wrong_response)
{
    tape t = { 0 };
    const char *fields;

    for (int i = 0; i < MODES; i++) {
        wire_session w;

        session_start_sealed(&w, mode_features[i], "keys/alice.pub");
        w.sent[FROM_CLIENT].data[w.proof[FROM_CLIENT] - 1] ^= 1;
        session_record(&t, (uint16_t)(FIRST_PORT + i), &w, TCP_SEGMENT_MAX);
        wire_session_free(&w);
    }
    tape_write(&t, "capture");
    tape_free(&t);
    fields =
        tshark_fields("capture", UAT_KEY("keys/alice"), "tcp.stream sidewire.response.right _ws.expert.message");
    for (unsigned i = 0; i < MODES; i++) {
        expect_match("right", column(fields, i, 1), "0");
        expect_match("wrong", column(fields, i, 2), "Response is not that of the challenge");
    }
}
END_TEST

/* ---- in the clear ---- */

static const char *hex_of(const uint8_t *data, size_t len)
{
    const char *hex = "";

    for (size_t i = 0; i < len; i++)
        hex = scratch_format("%s%02x", hex, data[i]);
    return hex;
}

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

/* Challenges come whole, and in pieces. */
START_TEST(handshake)
{
    static const size_t steps[] = { TCP_SEGMENT_MAX, 150 };
    wire_session sessions[MODES];
    tape t = { 0 };
    const char *fields;

    for (int i = 0; i < MODES * COUNT(steps); i++) {
        if (i < MODES)
            session_start(&sessions[i], mode_features[i], (uint8_t)(i + 1));
        session_record(&t, (uint16_t)(FIRST_PORT + i), &sessions[i % MODES], steps[i / MODES]);
    }
    tape_write(&t, "capture");
    tape_free(&t);
    fields = tshark_fields("capture", "-Y sidewire&&!sidewire.begun",
                           "tcp.stream sidewire.greeting sidewire.request sidewire.challenge "
                           "sidewire.response sidewire.begins_in");
    for (int i = 0; i < MODES * COUNT(steps); i++)
        check_handshake(fields, (unsigned)i, &sessions[i % MODES], i >= MODES);
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
    fields = tshark_fields("capture", excuses[_i].options,
                           "tcp.stream sidewire.band _ws.expert.message sidewire.user "
                           "sidewire.encrypted");
    expect_match("bands", column(fields, 0, 1), "1 2");
    expect_match("excuse", column(fields, 0, 2), scratch_format("%s %s", excuses[_i].excuse, excuses[_i].excuse));
    expect_match("user", column(fields, 0, 3), "alice alice alice alice alice*");
    command =
        hex_of(w.sent[FROM_CLIENT].data + w.proof[FROM_CLIENT], w.sent[FROM_CLIENT].len - w.proof[FROM_CLIENT]);
    expect_match("encrypted", column(fields, 0, 4), scratch_format("* %s *", command));
    wire_session_free(&w);
}
END_TEST

/* Legacy: a challenge larger than the only key there is, and in pieces. */
START_TEST(large_bare_challenge)
{
    enum { SIZE = 400, RESPONSE = SW_SHA1_SIZE };
    static const char greeting[] = "This is para_server, version 0.4.13.\n";
    static const char request[] = "auth rsa alice";
    uint8_t block[SIZE];
    tape t = { 0 };
    const char *fields;

    for (size_t i = 0; i < SIZE; i++)
        block[i] = (uint8_t)(0x80 + i % 100);
    tape_connect(&t, FIRST_PORT);
    tape_say(&t, FROM_SERVER, greeting, sizeof(greeting) - 1, TCP_SEGMENT_MAX);
    tape_say(&t, FROM_CLIENT, request, sizeof(request) - 1, TCP_SEGMENT_MAX);
    tape_say(&t, FROM_SERVER, block, SIZE, 300);
    tape_say(&t, FROM_CLIENT, block, RESPONSE, TCP_SEGMENT_MAX);
    tape_say(&t, FROM_SERVER, block, 7, TCP_SEGMENT_MAX);
    tape_close(&t);
    tape_write(&t, "capture");
    tape_free(&t);
    fields = tshark_fields("capture", UAT_KEY("keys/eve"),
                           "tcp.stream sidewire.challenge sidewire.response sidewire.encrypted");
    expect_match("challenge", column(fields, 0, 1),
                 scratch_format("%s %s", hex_of(block, 300), hex_of(block, SIZE)));
    expect_match("response", column(fields, 0, 2), hex_of(block, RESPONSE));
    expect_match("encrypted", column(fields, 0, 3), hex_of(block, 7));
}
END_TEST

/* ---- requests ---- */

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

/* A connection in which these texts are sent. */
static void record_texts(tape *t, int number, const char *from_server, const char *from_client, size_t client_len)
{
    tape_connect(t, (uint16_t)(FIRST_PORT + number));
    tape_say(t, FROM_SERVER, from_server, strlen(from_server), TCP_SEGMENT_MAX);
    tape_say(t, FROM_CLIENT, from_client, client_len, TCP_SEGMENT_MAX);
    tape_close(t);
}

START_TEST(many_requests)
{
    tape t = { 0 };
    const char *fields;

    for (int i = 0; i < COUNT(requests); i++)
        record_texts(&t, i, "hello\nFeatures: sideband,aes_ctr128,sha256\n", requests[i].request, requests[i].len);
    tape_write(&t, "capture");
    tape_free(&t);
    fields = tshark_fields("capture", "-Y sidewire&&tcp.srcport==40000",
                           "tcp.stream sidewire.user sidewire.mode sidewire.cipher "
                           "sidewire.features _ws.expert.message");
    for (int i = 0; i < COUNT(requests); i++) {
        const char *shown = "";

        for (unsigned n = 1; n <= 5; n++)
            shown = scratch_format("%s%s%s", shown, n > 1 ? "|" : "", column(fields, (unsigned)i, n));
        expect_match(requests[i].request, shown, requests[i].expected);
    }
}
END_TEST

START_TEST(large_request)
{
    static const char prefix[] = "auth rsa alice";
    char request[SW_REQUEST_MAX + 1];
    tape t = { 0 };
    const char *fields;

    memset(request, 'x', sizeof(request));
    memcpy(request, prefix, sizeof(prefix) - 1);
    for (int i = 0; i < 2; i++)
        record_texts(&t, i, "hello\nFeatures: sideband\n", request, SW_REQUEST_MAX + (size_t)i);
    tape_write(&t, "capture");
    tape_free(&t);
    fields = tshark_fields("capture", "-Y sidewire", "tcp.stream sidewire.length.oversize");
    expect_match("the limit", column(fields, 0, 1), "");
    expect_match("above", column(fields, 1, 1), "?*");
}
END_TEST

/* ---- no sessions ---- */

static const struct {
    const char *server, *client;
} strangers[] = {
    { "220 mail ready\r\n", "QUIT\r\n" },
    { "HTTP/1.0 200 OK\r\nFeatures: sideband\r\n\r\n", "GET / HTTP/1.0\r\n\r\n" },
    { "Features: sideband\n", "x" },
    { "hello\nFeatures: sideband", "auth rsa\n" },
    { "hello\1\nFeatures: sideband\n", "AUTH RSA alice" },
};

START_TEST(no_session)
{
    tape t = { 0 };

    for (int i = 0; i < COUNT(strangers); i++)
        record_texts(&t, i, strangers[i].server, strangers[i].client, strlen(strangers[i].client));
    tape_write(&t, "capture");
    tape_free(&t);
    tshark_expect("no session", "capture", "", "frame.number", "");
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

/* Nothing is known of what they show but that it ends, and is the same in two passes. */
START_TEST(damaged)
{
    static const size_t steps[] = { 1000, 100, 30 };
    static const char *const options[] = { "", "-o tcp.reassemble_out_of_order:TRUE",
                                           "-o tcp.analyze_sequence_numbers:FALSE" };
    uint32_t state = 12345 + (uint32_t)_i;
    tape t = { 0 };

    for (int i = 0; i < MODES * COUNT(steps); i++) {
        wire_session w;

        session_start(&w, mode_features[i % MODES], (uint8_t)(i + 1));
        session_talk(&w);
        session_record(&t, (uint16_t)(FIRST_PORT + i), &w, steps[i / MODES]);
        wire_session_free(&w);
    }
    damage(&t, &state);
    tape_write(&t, "capture");
    tape_free(&t);
    tshark_fields("capture",
                  scratch_format(WITH_KEYLOG " -d tcp.port==%d-%d,sidewire %s", FIRST_PORT,
                                 FIRST_PORT + MODES * COUNT(steps), options[_i % COUNT(options)]),
                  SESSION_FIELDS);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("wireshark keys");
    TCase *tcase = session_case(suite, "keys");

    tcase_add_test(tcase, private_keys);
    tcase_add_test(tcase, wrong_response);
    tcase_add_test(tcase, handshake);
    tcase_add_loop_test(tcase, no_key, 0, COUNT(excuses));
    tcase_add_test(tcase, large_bare_challenge);
    tcase_add_test(tcase, many_requests);
    tcase_add_test(tcase, large_request);
    tcase_add_test(tcase, no_session);
    tcase_add_loop_test(tcase, damaged, 0, 6);
    return e2e_main(suite);
}
