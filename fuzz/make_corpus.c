/* SPDX-License-Identifier: ISC */
/* Writes a small corpus for each fuzz target: make_corpus FOLDER. The inputs come from sessions
 * that both sides' own code speaks, and hold no key of anybody. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "chosen_pair.h"
#include "sealed_recordings.h"

enum { PATH_SIZE = 1024, BOTH_MODES = POLICY_LEGACY | POLICY_RC4 };

static const char *folder;

static void write_input(const char *topic, const char *name, const void *choices, size_t choices_size,
                        const void *rest, size_t rest_len)
{
    char path[PATH_SIZE];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s/%s", folder, topic, name);
    file = fopen(path, "wb");
    if (file == NULL || (choices_size > 0 && fwrite(choices, choices_size, 1, file) != 1) ||
        (rest_len > 0 && fwrite(rest, rest_len, 1, file) != 1) || fclose(file) != 0) {
        fprintf(stderr, "make_corpus: %s: %s\n", path, strerror(errno));
        exit(1);
    }
}

/* ---- sessions, and the handshakes they begin with ---- */

static const recording recordings[] = {
    /* name, features, key, flags, cut, argc, arg, upload, reply, corrupt mask and place, fail */
    { "legacy", 0, 0, 0, 0, 1, 2, 0, 300, 0, 0, 0 },
    { "legacy-cut", 0, 0, SESSION_HALF_CLOSE, 1, 3, 20, 0, 50, 0, 0, 0 },
    { "legacy-upload", 0, 0, SESSION_UPLOAD, 7, 2, 4, 200, 50, 0, 0, 0 },
    { "legacy-expected", 0, 0, SESSION_UPLOAD | SESSION_EXPECT, 7, 2, 4, 200, 50, 0, 0, 0 },
    { "legacy-expected-cut", 0, 0, SESSION_UPLOAD | SESSION_EXPECT, 1, 2, 4, 9, 50, 0, 0, 0 },
    { "legacy-expected-refused", 0, 0, SESSION_UPLOAD | SESSION_EXPECT | SESSION_REFUSE, 50, 2, 4, 3000, 50, 0, 0,
      0 },
    { "legacy-not-asked", 0, 0, SESSION_EXPECT, 5, 2, 4, 200, 50, 0, 0, 0 },
    { "aes-expected", 3, 0, SESSION_UPLOAD | SESSION_EXPECT, 100, 2, 4, 300, 50, 0, 0, 0 },
    { "legacy-long-key", 0, KEY_LONG, 0, 0, 1, 2, 0, 30, 0, 0, 0 },
    { "legacy-unknown", 0, KEY_UNKNOWN, 0, 0, 1, 2, 0, 0, 0, 0, 0 },
    { "legacy-long-command", 0, 0, 0, 0, 2, 900, 0, 30, 0, 0, 0 },
    { "rc4", 1, 0, 0, 0, 1, 2, 0, 300, 0, 0, 0 },
    { "rc4-cut", 1, 0, SESSION_EARLY_VIEW, 1, 3, 20, 0, 50, 0, 0, 0 },
    { "rc4-upload", 1, 0, SESSION_UPLOAD | SESSION_EXIT_FAILURE, 13, 2, 4, 3000, 50, 0, 0, 0 },
    { "aes", 3, 0, 0, 0, 1, 2, 0, 4000, 0, 0, 0 },
    { "aes-cut", 3, 0, SESSION_EXIT_FAILURE, 1, 4, 0, 0, 100, 0, 0, 0 },
    { "aes-upload", 3, 0, SESSION_UPLOAD, 100, 2, 4, 3000, 50, 0, 0, 0 },
    { "aes-refused", 3, 0, SESSION_UPLOAD | SESSION_REFUSE, 50, 2, 4, 3000, 2000, 0, 0, 0 },
    { "aes-half-close", 3, 0, SESSION_HALF_CLOSE | SESSION_UPLOAD, 31, 2, 4, 90, 90, 0, 0, 0 },
    { "aes-long-key", 3, KEY_LONG, 0, 200, 1, 2, 0, 30, 0, 0, 0 },
    { "aes-unknown", 3, KEY_UNKNOWN, 0, 3, 1, 2, 0, 30, 0, 0, 0 },
    { "aes-long-command", 3, 0, 0, 0, 2, 900, 0, 30, 0, 0, 0 },
    { "aes-no-command", 3, 0, 0, 0, 0, 0, 0, 30, 0, 0, 0 },
    { "aes-lent", 3, 0, SESSION_LEND, 3, 3, 20, 0, 3000, 0, 0, 0 },
    { "aes-lent-upload", 3, 0, SESSION_LEND | SESSION_UPLOAD, 40, 2, 4, 3000, 50, 0, 0, 0 },
    { "legacy-lent-upload", 0, 0, SESSION_LEND | SESSION_UPLOAD | SESSION_EXPECT, 5, 2, 4, 200, 50, 0, 0, 0 },
    { "sha256", 7, 0, 0, 0, 7, 9, 0, 300, 0, 0, 0 },
    { "sha256-rc4", 5, 0, 0, 5, 2, 9, 0, 300, 0, 0, 0 },
    { "sha256-cut", 7, 0, SESSION_UPLOAD | SESSION_EARLY_VIEW, 2, 2, 4, 70, 70, 0, 0, 0 },
    { "sha256-unknown-long", 7, KEY_UNKNOWN | KEY_LONG, 0, 0, 1, 2, 0, 30, 0, 0, 0 },
    { "corrupt-greeting", 7, 0, 0, 0, 1, 2, 0, 30, 4, 50, 0 },
    { "corrupt-request", 7, 0, SESSION_CORRUPT_CLIENT, 0, 1, 2, 0, 30, 4, 12, 0 },
    { "corrupt-challenge", 7, 0, 0, 0, 1, 2, 0, 30, 4, 90, 0 },
    { "corrupt-header", 7, 0, 0, 11, 1, 2, 0, 30, 128, 332, 0 },
    { "fail-2", 7, 0, 0, 0, 1, 2, 0, 30, 0, 0, 2 },
    { "fail-3", 7, 0, 0, 0, 1, 2, 0, 30, 0, 0, 3 },
    { "fail-4", 7, 0, 0, 0, 1, 2, 0, 30, 0, 0, 4 },
    { "fail-11", 7, 0, 0, 0, 1, 2, 0, 30, 0, 0, 11 },
    { "fail-13", 7, 0, 0, 0, 1, 2, 0, 30, 0, 0, 13 },
    { "fail-15", 7, 0, 0, 0, 1, 2, 0, 30, 0, 0, 15 },
};

static void set_choices(session_choices *c, const recording *r)
{
    memset(c, 0, sizeof(*c));
    c->client_policy = c->server_policy = (uint8_t)(r->features | BOTH_MODES);
    c->key = r->key;
    c->flags = r->flags;
    c->argc = r->argc;
    choices_set_number(c->arg_len, r->arg_len);
    choices_set_number(c->upload_len, r->upload_len);
    c->replies[0][0] = 1;
    choices_set_number(c->replies[0] + 1, r->reply_len);
    c->replies[1][0] = 6;
    choices_set_number(c->replies[1] + 1, 20);
    choices_set_number(c->corrupt_at, r->corrupt_at);
    c->corrupt_mask = r->corrupt_mask;
    c->client_fail_at = c->server_fail_at = r->fail_at;
    memset(c->client_cuts, r->cut, sizeof(c->client_cuts));
    memset(c->server_cuts, r->cut, sizeof(c->server_cuts));
}

/* What a side received; the peer was quiet behind the first message. */
static void write_handshake(const recording *r, const char *topic, const trace *received, size_t first_burst)
{
    handshake_choices c;

    memset(&c, 0, sizeof(c));
    c.policy = (uint8_t)(r->features | BOTH_MODES);
    c.key = r->key;
    c.name_len = 3;
    c.fail_at = r->fail_at;
    choices_set_number(c.bursts[0], (unsigned)first_burst);
    memset(c.cuts, r->cut, sizeof(c.cuts));
    write_input(topic, r->name, &c, sizeof(c), received->data, received->len);
}

/* Bytes of the greeting: without features it has one line. */
static size_t greeting_size(const recording *r, const trace *sent)
{
    unsigned lines = r->features != 0 ? 2 : 1;
    size_t n = 0;

    while (n < sent->len && lines > 0)
        lines -= sent->data[n++] == '\n';
    return n;
}

static size_t request_size(const recording *r)
{
    char list[SW_FEATURES_TEXT_MAX];
    size_t len = sw_features_format(r->features, list, sizeof(list));

    return strlen("auth rsa " PAIR_USER) + (len > 0) + len;
}

static void record(const recording *r)
{
    static chosen_pair pair;
    session_choices c;

    set_choices(&c, r);
    write_input("session", r->name, &c, sizeof(c), r->name, strlen(r->name));
    c.client_fail_at = c.server_fail_at = 0; /* so that there is something to fail at */
    chosen_pair_init(&pair, (const uint8_t *)&c, sizeof(c), 1);
    check(chosen_pair_started(&pair), "a recording's policies are good");
    chosen_pair_run(&pair);
    write_handshake(r, "handshake_client", &pair.server.sent, greeting_size(r, &pair.server.sent));
    write_handshake(r, "handshake_server", &pair.client.sent, request_size(r));
    chosen_pair_free(&pair);
}

static void write_sealed(const sealed_recording *sealed)
{
    const recording *r = &sealed->session;
    session_choices c;

    set_choices(&c, r);
    if (sealed->server_policy != 0)
        c.server_policy = (uint8_t)(sealed->server_policy | BOTH_MODES);
    c.client_limit = c.server_limit = sealed->limit;
    c.client_rx = c.client_tx = c.server_rx = c.server_tx = sealed->room;
    write_input("session", r->name, &c, sizeof(c), r->name, strlen(r->name));
}

/* A first message that does not end: n bytes behind `begin`. */
static void write_endless(const char *topic, const char *name, const char *begin, uint8_t scratch, size_t n)
{
    size_t begin_len = strlen(begin);
    uint8_t *message = exact_block(begin_len + n);
    handshake_choices c;

    memset(&c, 0, sizeof(c));
    c.policy = SW_FEATURES_ALL;
    c.name_len = 3;
    c.scratch = scratch;
    memcpy(message, begin, begin_len);
    memset(message + begin_len, 'x', n);
    write_input(topic, name, &c, sizeof(c), message, begin_len + n);
    free(message);
}

static void write_endless_messages(void)
{
    write_endless("handshake_client", "long-greeting", "Hello\n", 0, SW_GREETING_MAX);
    write_endless("handshake_server", "long-request", "auth rsa ", 255, SW_REQUEST_MAX);
    write_endless("handshake_server", "long-for-scratch", "auth rsa ", 0, SW_SCRATCH_MIN);
    write_endless("handshake_server", "exact-for-scratch", "auth rsa ", 0, SW_SCRATCH_MIN - 9);
}

/* ---- packets ---- */

static void add_packet(trace *stream, sw_encoder *encoder, uint8_t band, size_t size)
{
    uint8_t packet[SW_HEADER_SIZE + 1024];
    uint8_t body[1024];
    size_t len;

    memset(body, 'a' + band, sizeof(body));
    check_result("packet", sw_encoder_packet(encoder, band, body, (uint32_t)size, packet, sizeof(packet), &len),
                 1);
    trace_add(stream, packet, len);
}

static void write_packets(const char *name, uint8_t cipher, unsigned limit, uint8_t cut, size_t body)
{
    packet_choices c;
    sw_encoder encoder;
    trace stream = { NULL, 0, 0 };

    memset(&c, 0, sizeof(c));
    c.cipher = cipher;
    choices_set_number(c.limit, limit);
    memset(c.cuts, cut, sizeof(c.cuts));
    sw_encoder_init(&encoder);
    add_packet(&stream, &encoder, SW_BAND_PROCEED, 0);
    add_packet(&stream, &encoder, SW_BAND_OUTPUT, body);
    add_packet(&stream, &encoder, SW_BAND_ERROR_LOG, 1);
    add_packet(&stream, &encoder, SW_BAND_EXIT_FAILURE, 0);
    write_input("packet", name, &c, sizeof(c), stream.data, stream.len);
    trace_free(&stream);
}

static void write_all_packets(void)
{
    write_input("packet", "empty", NULL, 0, NULL, 0);
    write_packets("clear", SW_CIPHER_NONE, 4096, 0, 100);
    write_packets("clear-bytewise", SW_CIPHER_NONE, 4096, 1, 40);
    write_packets("rc4", SW_CIPHER_RC4, 4096, 0, 700);
    write_packets("rc4-cut", SW_CIPHER_RC4, 0xffff, 3, 50);
    write_packets("aes", SW_CIPHER_AES_CTR128, 0xffff, 7, 200);
    write_packets("limit-exact", SW_CIPHER_AES_CTR128, 64, 5, 64);
    write_packets("limit-exceeded", SW_CIPHER_AES_CTR128, 64, 5, 65);
    write_packets("no-body", SW_CIPHER_RC4, 0, 2, 0);
}

/* ---- texts ---- */

static void write_text(const char *name, uint8_t max, const char *text, size_t len)
{
    write_input("command", name, &max, 1, text, len);
}

static void write_texts(void)
{
    static const struct {
        const char *name, *text;
        size_t len;
    } texts[] = {
#define TEXT(name, text) { name, text, sizeof(text) - 1 }
        TEXT("sideband",
             "ff\0"
             "30-\0"),
        TEXT("sideband-empty-arguments", "\0\0sender\0\0"),
        TEXT("sideband-unterminated", "stat\0-n=1"),
        TEXT("legacy", "\nsender\nhttp\non\nEnd of Command.\n"),
        TEXT("legacy-one", "\nsi\nEnd of Command.\n"),
        TEXT("legacy-twice", "\nsi\nEnd of Command.\nEnd of Command.\n"),
        TEXT("legacy-empty", "\nEnd of Command.\n"),
        TEXT("legacy-wrong", "si\n\nEnd of Command.\n"),
        TEXT("permissions", "aAvV"),
        TEXT("permissions-some", "-A-V"),
        TEXT("permission-names", "AFS_READ,AFS_WRITE,VSS_READ,VSS_WRITE"),
        TEXT("features", "sideband,aes_ctr128,sha256"),
        TEXT("request", "auth rsa bob sideband,aes_ctr128"),
        TEXT("request-legacy", "auth rsa bob"),
        TEXT("command-server", "jmp"),
        TEXT("command-afs", "select"),
        TEXT("empty", ""),
#undef TEXT
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        write_text(texts[i].name, 3, texts[i].text, texts[i].len);
}

/* ---- arguments ---- */

static void write_arguments(void)
{
    static const struct {
        const char *name, *body; /* of a COMMAND packet, `|` for each NUL */
    } inputs[] = {
        { "none", "si|" },
        { "empty-arguments", "|||" },
        { "stat", "stat|-n=10|-p|--|" },
        { "stat-behind-end", "stat|--|-p|" },
        { "stat-large", "stat|-n=4294967296|" },
        { "stat-unterminated", "stat|-p" },
        { "number", "jmp|100|" },
        { "number-minus", "ff|4294967295-|" },
        { "number-signed", "jmp|+1|" },
        { "help", "help|sender|" },
        { "sender", "sender|" },
        { "sender-unknown", "sender|ftp|on|" },
        { "sender-on", "sender|http|on|" },
        { "sender-help", "sender|udp|help|me|" },
        { "sender-allow", "sender|http|allow|10.255.0.1/31|" },
        { "sender-deny", "sender|dccp|deny|1.2.3.4|" },
        { "sender-bits", "sender|dccp|deny|1.2.3.4/33|" },
        { "sender-unable", "sender|http|add|h|" },
        { "sender-add", "sender|udp|add|host-1.example:8000/1400:8:10|" },
        { "sender-add-ipv4", "sender|dccp|add|224.0.1.38:1500|" },
        { "sender-add-ipv6", "sender|udp|add|[ff02::1:2:3%eth0]:1|" },
        { "sender-add-mapped", "sender|udp|add|[::ffff:1.2.3.4]/0:1:255|" },
        { "sender-delete", "sender|dccp|delete|[1:2:3:4:5:6:7:8]|" },
        { "sender-slices", "sender|udp|add|h:1/1:10:8|" },
    };

    for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++) {
        size_t len = strlen(inputs[i].body);
        uint8_t *body = exact_copy(inputs[i].body, len);
        for (size_t k = 0; k < len; k++)
            if (body[k] == '|')
                body[k] = '\0';
        write_input("arguments", inputs[i].name, NULL, 0, body, len);
        free(body);
    }
}

/* ---- status items ---- */

static void write_status(const char *name, uint8_t form, uint8_t table, uint8_t cut, const char *text, size_t len)
{
    status_choices c;

    memset(&c, 0, sizeof(c));
    c.form = form;
    c.table = table;
    memset(c.cuts, cut, sizeof(c.cuts));
    write_input("status", name, &c, sizeof(c), text, len);
}

static void write_statuses(void)
{
    static const struct {
        const char *name;
        uint8_t form, table, cut;
        const char *text;
        size_t len;
    } inputs[] = {
#define TEXT(text) text, sizeof(text) - 1
        { "empty", 0, 0, 0, TEXT("") },
        { "human", 0, 0, 3, TEXT("status: playing\nstatus_flags: P  R\nmtime:\ntitle: a: b\n") },
        { "human-times", 0, 0, 5, TEXT("stream_start: 1384000000.42\ncurrent_time: 7.000042\n") },
        { "human-blank-only", 0, 0, 2, TEXT("hash: \nhash:  \n") },
        { "human-other", 0, 1, 7, TEXT("stat: stopped\n~: 1.1\nstatus:\n") },
        { "human-any", 0, 2, 4, TEXT("a_name_of_exactly_31_characters: 1\n!:\n") },
        { "human-unknown", 0, 0, 3, TEXT("mtime:\nmtine: 1\n") },
        { "human-long-name", 0, 0, 3, TEXT("attributes_bitmapz: 1\n") },
        { "human-no-blank", 0, 0, 3, TEXT("status:paused\n") },
        { "human-no-colon", 0, 0, 3, TEXT("status paused\n") },
        { "human-truncated", 0, 0, 3, TEXT("status: pau") },
        { "parser", 1, 0, 3, TEXT("000b 02:playing\n0004 01:\n0008 03:P  R\n0005 1d:\n\n") },
        { "parser-times", 1, 0, 5, TEXT("0011 06:1384000000.42\n000c 07:7.000042\n") },
        { "parser-upper", 1, 0, 2, TEXT("000B 0A:a\0b\n\xff: \n") },
        { "parser-other", 1, 1, 7, TEXT("000b 02:stopped\n0004 fe:\n") },
        { "parser-any", 1, 2, 4, TEXT("0005 ff:x\n0004 00:\n") },
        { "parser-unknown", 1, 0, 3, TEXT("0004 24:\n0004 25:\n") },
        { "parser-length", 1, 0, 3, TEXT("00x4 24:\n") },
        { "parser-short", 1, 0, 3, TEXT("0003 24:\n") },
        { "parser-no-blank", 1, 0, 3, TEXT("0004-24:\n") },
        { "parser-number", 1, 0, 3, TEXT("0004 2g:\n") },
        { "parser-no-colon", 1, 0, 3, TEXT("0004 24 \n") },
        { "parser-no-end", 1, 0, 3, TEXT("0005 24:ab\n") },
        { "parser-truncated", 1, 0, 3, TEXT("ffff 24:abcdef") },
#undef TEXT
    };

    for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++)
        write_status(inputs[i].name, inputs[i].form, inputs[i].table, inputs[i].cut, inputs[i].text,
                     inputs[i].len);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: make_corpus FOLDER\n");
        return 2;
    }
    folder = argv[1];
    for (size_t i = 0; i < sizeof(recordings) / sizeof(recordings[0]); i++)
        record(&recordings[i]);
    for (size_t i = 0; i < SEALED_RECORDINGS; i++)
        write_sealed(&sealed_recordings[i]);
    write_endless_messages();
    write_all_packets();
    write_texts();
    write_arguments();
    write_statuses();
    return 0;
}
