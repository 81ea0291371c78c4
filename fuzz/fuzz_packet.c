/* SPDX-License-Identifier: ISC */
/* The packet codec: however a stream is cut, it decodes to the same packets or the same error, and
 * what was decoded encodes to the same bytes. Input: packet_choices, then packets in clear. */
#include <sidewire/packet.h>

#include <stdlib.h>
#include <string.h>

#include "fake_crypto.h"
#include "check.h"
#include "choices.h"
#include "trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t key[SW_CIPHER_KEY_SIZE] = "thirty-two bytes, known to all.";

/* One way through the stream. */
typedef struct run {
    fake_crypto fake;
    sw_cipher in, out; /* of the decoder and of the encoder that follows it */
    sw_decoder decoder;
    sw_encoder encoder;
    trace packets; /* band, size and body of each */
    trace encoded;
    uint32_t limit;     /* of a body */
    uint32_t body_left; /* of the packet in the making */
    size_t used;
    int result;
} run;

static void run_start(run *r, const packet_choices *choices)
{
    sw_cipher_kind kind = (sw_cipher_kind)(choices->cipher % 3);
    unsigned limit = choices_number(choices->limit);

    memset(r, 0, sizeof(*r));
    r->limit = limit == 0xffff ? UINT32_MAX : limit;
    fake_crypto_init(&r->fake, 0);
    sw_decoder_init(&r->decoder, r->limit);
    sw_encoder_init(&r->encoder);
    if (kind == SW_CIPHER_NONE)
        return;
    check_result("cipher", sw_cipher_init(&r->in, kind, &r->fake.table, key), SW_OK);
    check_result("cipher", sw_cipher_init(&r->out, kind, &r->fake.table, key), SW_OK);
    sw_decoder_set_cipher(&r->decoder, &r->in);
    sw_encoder_set_cipher(&r->encoder, &r->out);
}

static void run_free(run *r)
{
    sw_cipher_wipe(&r->in);
    sw_cipher_wipe(&r->out);
    check_number("AES states not wiped", r->fake.aes_states, 0);
    trace_free(&r->packets);
    trace_free(&r->encoded);
}

/* Packets that came in one piece are encoded in one call, others in several. */
static void encode(run *r, const sw_chunk *chunk)
{
    uint8_t *out = exact_block(SW_HEADER_SIZE + (size_t)chunk->len);
    size_t len = 0;

    if (sw_chunk_is_first(chunk) && sw_chunk_is_last(chunk)) {
        check(sw_encoder_packet(&r->encoder, chunk->band, chunk->data, chunk->size, out,
                                SW_HEADER_SIZE + (size_t)chunk->len, &len) == 1,
              "a packet can be encoded");
    } else {
        if (sw_chunk_is_first(chunk)) {
            check(sw_encoder_begin(&r->encoder, chunk->band, chunk->size, out) == SW_OK,
                  "a header can be encoded");
            len = SW_HEADER_SIZE;
        }
        check(sw_encoder_body(&r->encoder, out + len, chunk->data, chunk->len) == SW_OK, "a body can be encoded");
        len += chunk->len;
    }
    trace_add(&r->encoded, out, len);
    free(out);
}

static void take_chunk(run *r, const sw_chunk *chunk)
{
    if (sw_chunk_is_first(chunk)) {
        check_number("bytes missing from the body before", r->body_left, 0);
        trace_note(&r->packets, 'p', chunk->band);
        trace_note(&r->packets, 's', chunk->size);
        r->body_left = chunk->size;
        check(chunk->size <= r->limit, "the size is within the limit");
    }
    check_number("offset", chunk->offset, chunk->size - r->body_left);
    check(chunk->len <= r->body_left, "a chunk lies within its body");
    check(chunk->len > 0 || chunk->size == 0, "only an empty body has an empty chunk");
    trace_add(&r->packets, chunk->data, chunk->len);
    r->body_left -= chunk->len;
    encode(r, chunk);
}

/* Feeds wire[0..len), of which the decoder takes what it likes. */
static void feed(run *r, const uint8_t *wire, size_t len)
{
    size_t at = 0;

    do {
        uint8_t *in = exact_copy(wire + at, len - at);
        size_t used = 0;
        sw_chunk chunk;
        r->result = sw_decoder_next(&r->decoder, in, len - at, &used, &chunk);
        check(used <= len - at, "no more is taken than there is");
        check_bytes("bytes not taken", in + used, len - at - used, wire + at + used, len - at - used);
        if (r->result > 0) {
            check(chunk.len == 0 || (chunk.data >= in && chunk.data + chunk.len == in + used),
                  "a chunk lies in the bytes taken");
            check(used > 0, "a chunk comes of bytes taken");
            take_chunk(r, &chunk);
        } else if (r->result == 0) {
            check_number("bytes taken when more is needed", used, len - at);
        }
        free(in);
        at += used;
    } while (r->result >= 0 && at < len);
    r->used += at;
}

/* The only thing that can be wrong with a packet is its size. */
static void check_failed(run *r)
{
    sw_error error = sw_decoder_error(&r->decoder);
    uint8_t byte = 0x5a;
    size_t used = 9;
    sw_chunk chunk;

    check_result("error", r->result, SW_E_PACKET_SIZE);
    check(error.value > error.limit, "the size exceeds the limit");
    check_result("second result", sw_decoder_next(&r->decoder, &byte, 1, &used, &chunk), r->result);
    check_number("bytes taken after an error", used, 0);
    check_number("byte offered after an error", byte, 0x5a);
    check_number("hint after an error", sw_decoder_hint(&r->decoder), 0);
    check_result("error's code", error.code, r->result);
}

/* By `sizes` (NULL: whole), or by the decoder's hints. */
static void decode(run *r, const uint8_t *wire, size_t len, const uint8_t *sizes, int by_hints)
{
    cutter cut = { sizes, 0 };

    while (r->result >= 0 && r->used < len) {
        size_t left = len - r->used;
        size_t hint = sw_decoder_hint(&r->decoder);
        check(hint > 0, "a hint is at least 1");
        feed(r, wire + r->used, by_hints ? (hint < left ? hint : left) : cutter_next(&cut, left));
    }
    if (r->result < 0)
        check_failed(r);
}

static void compare(const run *r, const run *whole)
{
    check_result("failed", r->result < 0, whole->result < 0);
    check_number("bytes taken", r->used, whole->used);
    check_same_error("error", sw_decoder_error(&r->decoder), sw_decoder_error(&whole->decoder));
    check_result("end", sw_decoder_end(&r->decoder).code, sw_decoder_end(&whole->decoder).code);
    check_same_error("truncation", sw_decoder_end(&r->decoder), sw_decoder_end(&whole->decoder));
    check_bytes("packets", r->packets.data, r->packets.len, whole->packets.data, whole->packets.len);
    check_bytes("packets encoded again", r->encoded.data, r->encoded.len, whole->encoded.data, whole->encoded.len);
}

static void check_encoded(const run *r, const uint8_t *wire)
{
    /* a header without anything behind it has not been a packet yet */
    check(r->used - r->encoded.len <= SW_HEADER_SIZE, "all packets are encoded again");
    check_bytes("encoded again", r->encoded.data, r->encoded.len, wire, r->encoded.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    packet_choices choices;
    const uint8_t *stream = choices_read(&choices, sizeof(choices), data, &size);
    uint8_t *wire = exact_copy(stream, size);
    run encrypting, whole, cut, hinted;

    run_start(&encrypting, &choices);
    run_start(&whole, &choices);
    run_start(&cut, &choices);
    run_start(&hinted, &choices);
    if (encrypting.out.kind != SW_CIPHER_NONE)
        check_result("encryption", sw_cipher_apply(&encrypting.out, wire, wire, size), SW_OK);

    decode(&whole, wire, size, NULL, 0);
    decode(&cut, wire, size, choices.cuts, 0);
    decode(&hinted, wire, size, NULL, 1);
    compare(&cut, &whole);
    compare(&hinted, &whole);
    check_encoded(&whole, wire);
    run_free(&encrypting);
    run_free(&whole);
    run_free(&cut);
    run_free(&hinted);
    free(wire);
    return 0;
}
