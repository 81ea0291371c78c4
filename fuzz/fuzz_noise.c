/* SPDX-License-Identifier: ISC */
/* The Noise handshake of either role with whatever message comes: an error, or a payload inside of the
 * message; a prologue in pieces is that of the whole; nothing is left behind.
 * Input: noise_choices, then the prologue, a NUL at its end, and the peer's message; of a sound one,
 * which is made here, those bytes are changes. */
#include <sidewire/noise.h>

#include <stdlib.h>
#include <string.h>

#include "fake_crypto.h"
#include "check.h"
#include "choices.h"
#include "trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct noise_choices {
    uint8_t flags;              /* NOISE_* */
    uint8_t payload;            /* size of this side's payload, and of a sound message's */
    uint8_t fail_at;            /* the call of the backend that fails; 0: none */
    uint8_t cuts[CHOICES_CUTS]; /* of the prologue */
} noise_choices;

enum {
    NOISE_INITIATOR = 1,
    NOISE_CHACHAPOLY = 2,
    NOISE_SOUND = 4 /* the peer's message is sound, but for what is XORed to it */
};

enum { MESSAGE_MAX = SW_NOISE_OVERHEAD_2 + 256 };

static sw_x25519_key server_key; /* made anew for each input */

typedef struct run {
    fake_crypto fake;
    sw_noise noise;
    trace seen;
    int result;
} run;

static sw_suite suite_of(const noise_choices *c)
{
    return c->flags & NOISE_CHACHAPOLY ? SW_SUITE_CHACHAPOLY : SW_SUITE_AESGCM;
}

static int start(sw_noise *noise, fake_crypto *fake, const noise_choices *c, int is_initiator)
{
    return is_initiator ? sw_noise_initiator(noise, &fake->table, suite_of(c))
                        : sw_noise_responder(noise, &fake->table, suite_of(c), &server_key);
}

static void add_prologue(run *r, const uint8_t *prologue, size_t len, const uint8_t *cuts)
{
    cutter cut = { cuts, 0 };

    for (size_t at = 0; at < len && r->result == SW_OK;) {
        size_t n = cutter_next(&cut, len - at);
        r->result = sw_noise_prologue(&r->noise, prologue + at, n);
        at += n;
    }
}

static void write_message(run *r, size_t payload_len)
{
    static const uint8_t payload[256];
    uint8_t out[MESSAGE_MAX];
    size_t written;

    r->result = sw_noise_write(&r->noise, payload, payload_len, out, sizeof(out), &written);
    if (r->result == SW_OK)
        trace_add(&r->seen, out, written);
}

static void read_message(run *r, const uint8_t *message, size_t len)
{
    uint8_t *copy = exact_copy(message, len);
    uint8_t *payload;
    size_t payload_len;

    r->result = sw_noise_read(&r->noise, copy, len, &payload, &payload_len);
    if (r->result == SW_OK) {
        check(payload >= copy && payload + payload_len <= copy + len, "a payload in its message");
        trace_add(&r->seen, payload, payload_len);
    } else {
        check(payload == NULL && payload_len == 0, "nothing is given out");
    }
    free(copy);
}

static void finish(run *r)
{
    uint8_t keys[2][SW_NOISE_KEY_SIZE], byte[MESSAGE_MAX] = { 0 };
    size_t written;

    if (r->result == SW_OK)
        r->result = sw_noise_split(&r->noise, keys[0], keys[1]);
    if (r->result == SW_OK)
        trace_add(&r->seen, keys, sizeof(keys));
    else
        check_result("an error stays", sw_noise_write(&r->noise, byte, 0, byte, sizeof(byte), &written),
                     r->result);
    check_zero("ephemeral", &r->noise.ephemeral, sizeof(r->noise.ephemeral));
    check_zero("chaining key", r->noise.chaining_key, sizeof(r->noise.chaining_key));
    sw_noise_wipe(&r->noise);
    check_number("states left", r->fake.aead_states + r->fake.sha256_states, 0);
}

static void perform(run *r, const noise_choices *c, const uint8_t *prologue, size_t len, const uint8_t *message,
                    size_t message_len, const uint8_t *cuts)
{
    int is_initiator = (c->flags & NOISE_INITIATOR) != 0;

    memset(r, 0, sizeof(*r));
    fake_crypto_init(&r->fake, 5);
    r->fake.fail_at = c->fail_at;
    r->result = start(&r->noise, &r->fake, c, is_initiator);
    if (r->result == SW_OK)
        add_prologue(r, prologue, len, cuts);
    r->fake.fail_at = 0; /* calls are counted by pieces until here */
    if (r->result == SW_OK && is_initiator)
        write_message(r, c->payload);
    if (r->result == SW_OK)
        read_message(r, message, message_len);
    if (r->result == SW_OK && !is_initiator)
        write_message(r, c->payload);
    finish(r);
}

/* The message that a sound peer sends, with the changes. Returns its size. */
static size_t make_sound(const noise_choices *c, const uint8_t *prologue, size_t len, const uint8_t *changes,
                         size_t changes_len, uint8_t out[MESSAGE_MAX])
{
    static const uint8_t payload[256] = "payload";
    uint8_t first[MESSAGE_MAX], *read;
    fake_crypto fakes[2];
    sw_noise peer, own;
    size_t written = 0;

    fake_crypto_init(&fakes[0], 5);
    fake_crypto_init(&fakes[1], 6);
    if (c->flags & NOISE_INITIATOR) {
        check_result("initiator", start(&own, &fakes[0], c, 1), SW_OK);
        check_result("responder", start(&peer, &fakes[1], c, 0), SW_OK);
        sw_noise_prologue(&own, prologue, len);
        sw_noise_prologue(&peer, prologue, len);
        memset(first, 0, sizeof(first));
        check_result("write",
                     sw_noise_write(&own, first + SW_NOISE_OVERHEAD_1, c->payload, first, sizeof(first), &written),
                     SW_OK);
        check_result("read", sw_noise_read(&peer, first, written, &read, &written), SW_OK);
        sw_noise_wipe(&own);
    } else {
        check_result("initiator", start(&peer, &fakes[1], c, 1), SW_OK);
        sw_noise_prologue(&peer, prologue, len);
    }
    check_result("answer", sw_noise_write(&peer, payload, c->payload, out, MESSAGE_MAX, &written), SW_OK);
    sw_noise_wipe(&peer);
    for (size_t i = 0; i < written && i < changes_len; i++)
        out[i] ^= changes[i];
    return written;
}

/* An unchanged message of a sound peer is understood, a changed one never is by an initiator. */
static void check_sound(const run *r, const noise_choices *c, const uint8_t *changes, size_t len)
{
    int is_changed = 0;

    for (size_t i = 0; i < len && i < (size_t)SW_NOISE_OVERHEAD_2 + c->payload; i++)
        is_changed |= changes[i] != 0;
    if (!is_changed && c->fail_at == 0)
        check_result("a sound message", r->result, SW_OK);
    if (is_changed && (c->flags & NOISE_INITIATOR))
        check(r->result < 0, "a changed message is seen");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    noise_choices choices;
    const uint8_t *rest = choices_read(&choices, sizeof(choices), data, &size);
    const uint8_t *end = size > 0 ? memchr(rest, 0, size) : NULL;
    size_t len = end != NULL ? (size_t)(end - rest) : size;
    const uint8_t *message = rest + (len < size ? len + 1 : size);
    size_t message_len = size - (size_t)(message - rest);
    uint8_t sound[MESSAGE_MAX];
    run whole, cut;
    fake_crypto maker;

    fake_crypto_init(&maker, 1);
    maker.table.x25519_public(&maker, server_key.public_half, server_key.secret);
    if (choices.flags & NOISE_SOUND) {
        size_t made = make_sound(&choices, rest, len, message, message_len, sound);
        perform(&whole, &choices, rest, len, sound, made, NULL);
        check_sound(&whole, &choices, message, message_len);
    } else {
        perform(&whole, &choices, rest, len, message, message_len, NULL);
    }
    trace_free(&whole.seen);
    choices.fail_at = 0; /* more pieces are more calls */
    perform(&whole, &choices, rest, len, message, message_len, NULL);
    perform(&cut, &choices, rest, len, message, message_len, choices.cuts);
    check_result("result", cut.result, whole.result);
    check_bytes("what was seen", cut.seen.data, cut.seen.len, whole.seen.data, whole.seen.len);
    trace_free(&cut.seen);
    trace_free(&whole.seen);
    return 0;
}
