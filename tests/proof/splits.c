/* SPDX-License-Identifier: ISC */
/* Any way of cutting a clear stream into pieces gives the same packets. For WP, which looks at the contract of
 * sw_decoder_next alone.
 *
 * The stream is s[0..n). start(s, p) is where the last packet begins that begins at or before p: a function of the
 * stream, which knows nothing of pieces. at(d, s, b, p): what a decoder knows that has taken s[0..p), where b is
 * start(s, p). A step from p, of any length, leads to another such place, and what it gives out is told by the stream
 * and by where it begins and ends: all bytes of bodies between the two, under the band, size and offset that they have in
 * the stream. So pieces that lead to the same place have given out the same bytes of the same packets, and left a decoder
 * that goes on in the same way. */
#include <sidewire/packet.h>

/*@ logic integer start{L}(uint8_t *s, integer p) =
        p <= 0 ? 0 : \let b = start(s, p - 1); p == b + 5 + le32(s + b) ? p : b;
    predicate at{L}(sw_decoder *d, uint8_t *s, integer b, integer p) =
        decoder_ok(d) && d->cipher == \null && d->error.code == 0 &&
        b <= p < b + 5 + le32(s + b) &&
        (d->have < 5 ==> p == b + d->have && \forall integer k; 0 <= k < d->have ==> d->header[k] == s[b + k]) &&
        (d->have == 5 ==> p == b + 5 + d->offset && d->size == le32(s + b) && d->band == s[b + 4]);
    // the first byte of a body that a step from p may give out
    logic integer body(integer b, integer p) = p < b + 5 ? b + 5 : p;
*/

/* Within a packet, its start stays. */
/*@ requires b <= p && start(s, b) == b && p < b + 5 + le32(s + b);
    assigns \nothing;
    ensures start(s, p) == b;
*/
void prove_start_stays(uint8_t *s, size_t b, size_t p)
{
    /*@ loop invariant b <= i <= p && start(s, i) == b;
        loop assigns i;
        loop variant p - i;
    */
    for (size_t i = b; i < p; i++)
        ;
}

/* Behind its last byte is the start of the next one. */
/*@ requires start(s, b) == b && p == b + 5 + le32(s + b) && 0 <= le32(s + b);
    assigns \nothing;
    ensures start(s, p) == p;
*/
void prove_start_of_next(uint8_t *s, size_t b, size_t p)
{
    prove_start_stays(s, b, p - 1);
    /*@ assert before: start(s, p - 1) == b && p > 0; */
    /*@ assert step: start(s, p) == (p == b + 5 + le32(s + b) ? p : b); */
}

/* One step from p, of the piece s[p..p + len). */
/*@ requires \valid(s + (p .. p + len - 1)) && \valid(used) && \valid(chunk) && p + len <= SIZE_MAX;
    requires \separated(d, s + (0 .. p + len - 1), used, chunk);
    requires at(d, s, b, p) && start(s, b) == b;
    assigns *used, *chunk, *d, s[p .. p + len - 1], cipher_world;
    ensures stream: \forall integer k; 0 <= k < p + len ==> s[k] == \old(s[k]);
    ensures within: *used <= len;
    ensures chunk: \result == 1 ==>
        chunk->data == s + body(b, p) && chunk->len == p + *used - body(b, p) && chunk->size == le32(s + b) &&
        chunk->offset == body(b, p) - (b + 5) && chunk->band == s[b + 4];
    ensures whole: \result == 1 && chunk->offset + chunk->len == chunk->size ==>
        p + *used == b + 5 + le32(s + b) && at(d, s, p + *used, p + *used);
    ensures part: \result == 1 && chunk->offset + chunk->len < chunk->size ==> at(d, s, b, p + *used);
    ensures more: \result == 0 ==> *used == len && p + len <= body(b, p) && at(d, s, b, p + len);
    ensures large: \result < 0 ==> le32(s + b) > d->max_body && p + *used == b + 5;
*/
int prove_step(sw_decoder *d, uint8_t *s, size_t b, size_t p, size_t len, size_t *used, sw_chunk *chunk)
{
    return sw_decoder_next(d, s + p, len, used, chunk);
}

/* What the encoder wrote, the decoder gives back. */
/*@ requires encoder_ok(e) && e->cipher == \null && e->error.code == 0 && e->offset == e->size;
    requires decoder_ok(d) && d->cipher == \null && d->error.code == 0 && d->have == 0 && d->max_body >= size;
    requires \valid(used) && \valid(len) && \valid(chunk) && cap >= 5 + size && \valid(out + (0 .. cap - 1));
    requires \valid_read(body + (0 .. size - 1)) && body != \null && out != \null;
    requires \separated(e, d, used, len, chunk, out + (0 .. cap - 1), body + (0 .. size - 1));
    assigns *e, *d, *used, *len, *chunk, out[0 .. cap - 1], cipher_world;
    ensures chunk: \result == 1 ==> chunk->band == band && chunk->size == size && chunk->len == size &&
        chunk->offset == 0 && *used == 5 + size && *len == *used && d->have == 0;
    ensures bytes: \result == 1 ==> \forall integer k; 0 <= k < size ==> chunk->data[k] == body[k];
    ensures done: \result == 1 || \result == SW_E_OVERLAP;
*/
int prove_round_trip(sw_encoder *e, sw_decoder *d, uint8_t band, const uint8_t *body, uint32_t size, uint8_t *out,
                     size_t cap, size_t *len, size_t *used, sw_chunk *chunk)
{
    int result = sw_encoder_packet(e, band, body, size, out, cap, len);

    if (result != 1)
        return result;
    return sw_decoder_next(d, out, *len, used, chunk);
}
