/* SPDX-License-Identifier: ISC */
/* Any way of cutting a clear stream into pieces gives the same packets. For WP, which looks at the contracts of the
 * public calls alone.
 *
 * The stream is stream(0), stream(1) and so on: any bytes, as nothing is said of that function. So they are nobody's
 * memory, and a piece may come in any buffer, in the same one again, too. start(p) is where the last packet begins
 * that begins at or before p: told by the stream, which knows nothing of pieces. at(d, b, p): what a decoder knows
 * that has taken the bytes before p, where b is start(p). */
#include <sidewire/packet.h>

/*@ axiomatic stream {
        logic integer stream(integer k);
    }
    predicate bytes = \forall integer k; 0 <= stream(k) <= 0xFF;
    // what the header at b says of the body's size
    logic integer size(integer b) =
        stream(b) + 0x100 * stream(b + 1) + 0x10000 * stream(b + 2) + 0x1000000 * stream(b + 3);
    logic integer start(integer p) =
        p <= 0 ? 0 : \let b = start(p - 1); p == b + 5 + size(b) ? p : b;
    predicate at{L}(sw_decoder *d, integer b, integer p) =
        decoder_ok(d) && d->cipher == \null && d->error.code == 0 &&
        b <= p < b + 5 + size(b) &&
        (d->have < 5 ==> p == b + d->have && \forall integer k; 0 <= k < d->have ==> d->header[k] == stream(b + k)) &&
        (d->have == 5 ==> p == b + 5 + d->offset && d->size == size(b) && d->band == stream(b + 4));
    // the first byte of a body that a step from p may give out
    logic integer body(integer b, integer p) = p < b + 5 ? b + 5 : p;
*/

/* Within a packet, its start stays. */
/*@ requires b <= p && start(b) == b && p < b + 5 + size(b);
    assigns \nothing;
    ensures start(p) == b;
*/
void prove_start_stays(size_t b, size_t p)
{
    /*@ loop invariant b <= i <= p && start(i) == b;
        loop assigns i;
        loop variant p - i;
    */
    for (size_t i = b; i < p; i++)
        ;
}

/* Behind its last byte is the start of the next one. */
/*@ requires start(b) == b && p == b + 5 + size(b) && 0 <= size(b);
    assigns \nothing;
    ensures start(p) == p;
*/
void prove_start_of_next(size_t b, size_t p)
{
    prove_start_stays(b, p - 1);
    /*@ assert before: start(p - 1) == b && p > 0; */
    /*@ assert step: start(p) == (p == b + 5 + size(b) ? p : b); */
}

/* What the contract of sw_decoder_next says of a piece that has the stream's bytes from p on, in the stream's words. */
/*@ requires bytes && at(d, b, p) && p + len <= SIZE_MAX;
    requires \valid(in + (0 .. len - 1)) && in != \null && \valid(used) && \valid(chunk);
    requires \separated(d, in + (0 .. len - 1), used, chunk);
    requires piece: \forall integer k; 0 <= k < len ==> in[k] == stream(p + k);
    assigns *used, *chunk, *d, in[0 .. len - 1], cipher_world;
    ensures kept: d->max_body == \old(d->max_body) && d->cipher == \null && decoder_ok(d) &&
        d->error.code == (\result < 0 ? \result : 0);
    ensures within: *used <= len && (\result == 0 ==> *used == len);
    ensures piece: \forall integer k; 0 <= k < len ==> in[k] == stream(p + k);
    ensures chunk: \result == 1 ==> chunk->len <= *used && chunk->data == in + (*used - chunk->len);
    ensures bytes: \result == 1 ==> \forall integer k; 0 <= k < chunk->len ==>
        chunk->data[k] == stream(p + *used - chunk->len + k);
    ensures header_part: \old(d->have) < 5 && p + len < b + 5 ==>
        \result == 0 && d->have == p + len - b && \forall integer k; 0 <= k < d->have ==> d->header[k] == stream(b + k);
    ensures header_large: \old(d->have) < 5 && p + len >= b + 5 && size(b) > d->max_body ==>
        \result == SW_E_PACKET_SIZE && p + *used == b + 5;
    ensures header_alone: \old(d->have) < 5 && p + len == b + 5 && 0 < size(b) <= d->max_body ==>
        \result == 0 && d->have == 5 && d->offset == 0 && d->size == size(b) && d->band == stream(b + 4);
    ensures header_body: \old(d->have) < 5 && p + len >= b + 5 && size(b) <= d->max_body &&
        (size(b) == 0 || p + len > b + 5) ==>
        \result == 1 && chunk->len == least(size(b), p + len - (b + 5)) && p + *used == b + 5 + chunk->len &&
        chunk->size == size(b) && chunk->offset == 0 && chunk->band == stream(b + 4) &&
        (chunk->len == size(b) ==> d->have == 0) &&
        (chunk->len < size(b) ==> d->have == 5 && d->size == size(b) && d->offset == chunk->len &&
            d->band == stream(b + 4));
    ensures body: \old(d->have) == 5 && len > 0 ==>
        \result == 1 && chunk->len == least(b + 5 + size(b) - p, len) && *used == chunk->len &&
        chunk->size == size(b) && chunk->offset == p - (b + 5) && chunk->band == stream(b + 4) &&
        (p + *used == b + 5 + size(b) ==> d->have == 0) &&
        (p + *used < b + 5 + size(b) ==> d->have == 5 && d->size == size(b) && d->offset == p + *used - (b + 5) &&
            d->band == stream(b + 4));
    ensures body_none: \old(d->have) == 5 && len == 0 ==>
        \result == 0 && d->have == 5 && d->size == size(b) && d->offset == p - (b + 5) && d->band == stream(b + 4);
*/
int prove_told(sw_decoder *d, uint8_t *in, size_t b, size_t p, size_t len, size_t *used, sw_chunk *chunk)
{
    int result;

    /*@ assert header: \forall integer k; d->have < 5 && 0 <= k < 5 && k < d->have + len ==>
            header_byte(d, d->have, in, k) == stream(b + k); */
    /*@ assert size: d->have < 5 && d->have + len >= 5 ==>
            header_size(d, d->have, in) == size(b) && header_byte(d, d->have, in, 4) == stream(b + 4); */
    result = sw_decoder_next(d, in, len, used, chunk);
    /*@ assert old_header: \forall integer k; \at(d->have, Pre) < 5 && 0 <= k < 5 && k < \at(d->have, Pre) + len ==>
            header_byte{Pre}(d, \at(d->have, Pre), in, k) == stream(b + k); */
    /*@ assert part: \at(d->have, Pre) + len < 5 ==> d->have == \at(d->have, Pre) + len; */
    /*@ assert part_header: \forall integer k; \at(d->have, Pre) + len < 5 && 0 <= k < \at(d->have, Pre) + len ==>
            d->header[k] == stream(b + k); */
    /*@ assert old_size: \at(d->have, Pre) < 5 && \at(d->have, Pre) + len >= 5 ==>
            \at(header_size(d, d->have, in), Pre) == size(b) &&
            \at(header_byte(d, d->have, in, 4), Pre) == stream(b + 4); */
    /*@ assert piece: \forall integer k; 0 <= k < len ==> *(in + k) == stream(p + k); */
    /*@ assert data: \forall integer i, k; result == 1 && i == *used - chunk->len && 0 <= k < chunk->len ==>
            chunk->data + k == in + (i + k) && in[i + k] == stream(p + (i + k)); */
    return result;
}

/* One step from p. */
/*@ requires bytes && at(d, b, p) && p + len <= SIZE_MAX;
    requires \valid(in + (0 .. len - 1)) && in != \null && \valid(used) && \valid(chunk);
    requires \separated(d, in + (0 .. len - 1), used, chunk);
    requires piece: \forall integer k; 0 <= k < len ==> in[k] == stream(p + k);
    assigns *used, *chunk, *d, in[0 .. len - 1], cipher_world;
    ensures limit: d->max_body == \old(d->max_body);
    ensures within: *used <= len;
    ensures piece: \forall integer k; 0 <= k < len ==> in[k] == stream(p + k);
    ensures results: \result == 0 || \result == 1 || \result == SW_E_PACKET_SIZE;
    ensures chunk: \result == 1 ==> p + *used >= body(b, p) &&
        chunk->len == p + *used - body(b, p) && chunk->size == size(b) &&
        chunk->offset == body(b, p) - (b + 5) && chunk->band == stream(b + 4);
    ensures bytes: \result == 1 ==> \forall integer k; 0 <= k < chunk->len ==>
        chunk->data[k] == stream(body(b, p) + k);
    ensures whole: \result == 1 && chunk->offset + chunk->len == chunk->size ==>
        p + *used == b + 5 + size(b) && at(d, p + *used, p + *used);
    ensures part: \result == 1 && chunk->offset + chunk->len < chunk->size ==> at(d, b, p + *used);
    ensures more: \result == 0 ==> *used == len && p + len <= body(b, p) && at(d, b, p + len);
    ensures large: \result < 0 ==> size(b) > d->max_body && p + *used == b + 5;
*/
int prove_step(sw_decoder *d, uint8_t *in, size_t b, size_t p, size_t len, size_t *used, sw_chunk *chunk)
{
    return prove_told(d, in, b, p, len, used, chunk);
}

/* What the contract of sw_decoder_next says of a packet that is the input. */
/*@ requires decoder_ok(d) && d->cipher == \null && d->error.code == 0 && d->have == 0 && d->max_body >= size;
    requires \valid(used) && \valid(chunk) && len == 5 + size && \valid(in + (0 .. len - 1)) && in != \null;
    requires \separated(d, used, chunk, in + (0 .. len - 1));
    requires header: le32(in) == size;
    assigns *d, *used, *chunk, in[0 .. len - 1], cipher_world;
    ensures result: \result == 1 && *used == len;
    ensures chunk: chunk->band == \old(in[4]) && chunk->size == size && chunk->len == size &&
        chunk->offset == 0 && chunk->data == in + 5;
    ensures kept: \forall integer k; 0 <= k < size ==> in[5 + k] == \old(in[5 + k]);
    ensures next: decoder_ok(d) && d->cipher == \null && d->error.code == 0 && d->have == 0 &&
        d->max_body == \old(d->max_body);
*/
int prove_whole(sw_decoder *d, uint32_t size, uint8_t *in, size_t len, size_t *used, sw_chunk *chunk)
{
    int result;

    /*@ assert header: header_size(d, d->have, in) == size && header_byte(d, d->have, in, 4) == in[4]; */
    result = sw_decoder_next(d, in, len, used, chunk);
    /*@ assert old_header: \at(d->have, Pre) == 0 && header_size{Pre}(d, \at(d->have, Pre), in) == size &&
            header_byte{Pre}(d, \at(d->have, Pre), in, 4) == \at(in[4], Pre); */
    /*@ assert used: result == 1 && *used == len && chunk->len == size; */
    /*@ assert place: \let i = *used - chunk->len; i == 5 && chunk->data == in + i; */
    return result;
}

/* What the encoder wrote, the decoder gives back. That is refused if the body is neither
 * where the encoder puts it nor beside. */
/*@ requires encoder_ok(e) && e->cipher == \null && e->error.code == 0 && e->offset == e->size;
    requires decoder_ok(d) && d->cipher == \null && d->error.code == 0 && d->have == 0 && d->max_body >= size;
    requires \valid(used) && \valid(len) && \valid(chunk) && cap >= 5 + size && \valid(out + (0 .. cap - 1));
    requires \valid_read(body + (0 .. size - 1)) && body != \null && out != \null;
    requires \separated(e, d, used, len, chunk, out + (0 .. cap - 1));
    requires \separated(e, d, used, len, chunk, body + (0 .. size - 1));
    assigns *e, *d, *used, *len, *chunk, out[0 .. cap - 1], cipher_world;
    ensures chunk: \result == 1 ==> chunk->band == band && chunk->size == size && chunk->len == size &&
        chunk->offset == 0 && chunk->data == out + 5 && *used == 5 + size && *len == *used;
    ensures bytes: \result == 1 ==> \forall integer k; 0 <= k < size ==> chunk->data[k] == \old(body[k]);
    ensures encoder: \result == 1 ==> encoder_ok(e) && e->cipher == \null && e->error.code == 0 && e->offset == e->size;
    ensures decoder: \result == 1 ==> decoder_ok(d) && d->cipher == \null && d->error.code == 0 && d->have == 0 &&
        d->max_body == \old(d->max_body);
    ensures done: body == out + 5 || \separated(out + (0 .. size + 4), body + (0 .. size - 1)) ==> \result == 1;
    ensures else: \result == 1 || \result == SW_E_OVERLAP;
*/
int prove_round_trip(sw_encoder *e, sw_decoder *d, uint8_t band, const uint8_t *body, uint32_t size, uint8_t *out,
                     size_t cap, size_t *len, size_t *used, sw_chunk *chunk)
{
    int result = sw_encoder_packet(e, band, body, size, out, cap, len);

    if (result != 1)
        return result;
    /*@ assert body: \forall integer k; 0 <= k < size ==> out[5 + k] == \at(body[k], Pre); */
    result = prove_whole(d, size, out, *len, used, chunk);
    /*@ assert body: \forall integer k; 0 <= k < size ==> out[5 + k] == \at(body[k], Pre); */
    /*@ assert data: \forall integer k; 0 <= k < size ==> chunk->data[k] == out[5 + k]; */
    return result;
}
