/* SPDX-License-Identifier: ISC */
/* Any way of cutting a stream into pieces gives the same packets, with a cipher and without. For WP, which looks at the
 * contracts of the public calls alone.
 *
 * The stream is stream(0), stream(1) and so on: any bytes, as nothing is said of that function. What comes is wire(0),
 * wire(1) and so on, of which the decoder's cipher makes these (ahead); without a cipher they are the same. So they are
 * nobody's memory, and a piece may come in any buffer, in the same one again, too. start(p) is where the last packet
 * begins that begins at or before p: told by the stream, which knows nothing of pieces. at(d, b, p): what a decoder
 * knows that has taken the bytes before p, where b is start(p).
 *
 * A step from p, of any length, leads to another such place, and what it gives out is told by the stream and by where
 * the step begins and ends (prove_step). prove_any_split goes all the way, and writes down what comes out.
 *
 * The functions that begin with `prove_` are there for the provers alone: small ones, as a goal with few hypotheses
 * has an answer in seconds and one with all of them has none. An assertion in front of a result is a step that they
 * do not find alone. */
#include <sidewire/packet.h>

/*@ axiomatic stream {
        logic integer stream(integer k);
        logic integer wire(integer k);
    }
    predicate bytes = \forall integer k; 0 <= stream(k) <= 0xFF;
    // what the header at b says of the body's size
    logic integer size(integer b) =
        stream(b) + 0x100 * stream(b + 1) + 0x10000 * stream(b + 2) + 0x1000000 * stream(b + 3);
    logic integer start(integer p) =
        p <= 0 ? 0 : \let b = start(p - 1); p == b + 5 + size(b) ? p : b;
    // what a cipher, or none, makes of all that comes from p on
    predicate ahead{L}(sw_cipher *c, integer p) =
        \forall integer q; p <= q ==> passed(c, q - p, wire(q)) == stream(q);
    predicate at{L}(sw_decoder *d, integer b, integer p) =
        decoder_ok(d) && ahead(d->cipher, p) && d->error.code == 0 &&
        b <= p < b + 5 + size(b) &&
        (d->have < 5 ==> p == b + d->have && \forall integer k; 0 <= k < d->have ==> d->header[k] == stream(b + k)) &&
        (d->have == 5 ==> p == b + 5 + d->offset && d->size == size(b) && d->band == stream(b + 4));
    // how many bytes of bodies are before p
    logic integer bodies(integer p) =
        p <= 0 ? 0 : bodies(p - 1) + (start(p - 1) + 5 <= p - 1 ? 1 : 0);
    // how many packets end at or before p
    logic integer packets(integer p) = p <= 0 ? 0 : packets(p - 1) + (start(p) == p ? 1 : 0);
    // the first byte of a body that a step from p may give out
    logic integer body(integer b, integer p) = p < b + 5 ? b + 5 : p;
*/

/* Within a packet, its start stays. */
/*@ requires b <= p && start(b) == b && p < b + 5 + size(b);
    assigns \nothing;
    ensures \forall integer k; b <= k <= p ==> start(k) == b;
*/
void prove_start_stays(size_t b, size_t p)
{
    /*@ loop invariant b <= i <= p && start(i) == b && \forall integer k; b <= k <= i ==> start(k) == b;
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

/* Within a packet, each byte behind the header counts. */
/*@ requires start(b) == b && b <= p <= q <= b + 5 + size(b);
    assigns \nothing;
    ensures \forall integer k; p <= k <= q ==> bodies(k) == bodies(p) + (k <= body(b, p) ? 0 : k - body(b, p));
*/
void prove_bodies(size_t b, size_t p, size_t q)
{
    if (p == q)
        return;
    prove_start_stays(b, q - 1);
    /*@ loop invariant p <= i <= q;
        loop invariant \forall integer k; p <= k <= i ==>
            bodies(k) == bodies(p) + (k <= body(b, p) ? 0 : k - body(b, p));
        loop assigns i;
        loop variant q - i;
    */
    for (size_t i = p; i < q; i++) {
        /*@ assert next: bodies(i + 1) == bodies(i) + (b + 5 <= i ? 1 : 0); */
    }
}

/* Within a packet, none ends. */
/*@ requires start(b) == b && b <= p <= q < b + 5 + size(b);
    assigns \nothing;
    ensures \forall integer k; p <= k <= q ==> packets(k) == packets(p);
*/
void prove_packets(size_t b, size_t p, size_t q)
{
    prove_start_stays(b, q);
    /*@ loop invariant p <= i <= q && \forall integer k; p <= k <= i ==> packets(k) == packets(p);
        loop assigns i;
        loop variant q - i;
    */
    for (size_t i = p; i < q; i++) {
        /*@ assert next: packets(i + 1) == packets(i); */
    }
}

/* Where a chunk's bytes are in a piece. */
/*@ requires data == in + i;
    assigns \nothing;
    ensures \forall integer k; data + k == in + (i + k);
*/
static void prove_chunk(const uint8_t *data, const uint8_t *in, size_t i)
{
}

/* What the contract of sw_decoder_next says of a piece that has the stream's bytes from p on, in the stream's words. */
/*@ requires bytes && at(d, b, p) && p + len <= SIZE_MAX;
    requires \valid(in + (0 .. len - 1)) && in != \null && \valid(used) && \valid(chunk);
    requires \separated(d, in + (0 .. len - 1), used, chunk);
    requires piece: \forall integer k; 0 <= k < len ==> in[k] == wire(p + k);
    assigns *used, *chunk, *d, in[0 .. len - 1], cipher_world;
    ensures kept: d->max_body == \old(d->max_body) && d->cipher == \old(d->cipher) && decoder_ok(d) &&
        d->error.code == (\result < 0 ? \result : 0);
    ensures within: *used <= len && (\result == 0 ==> *used == len);
    ensures without: d->cipher == \null ==> !failed(\result);
    ensures ahead: !failed(\result) ==> ahead(d->cipher, p + *used);
    ensures chunk: \result == 1 ==> chunk->len <= *used && *used >= 1 && chunk->data == in + (*used - chunk->len);
    ensures bytes: \result == 1 ==> \forall integer k; 0 <= k < chunk->len ==>
        chunk->data[k] == stream(p + *used - chunk->len + k);
    ensures header_part: !failed(\result) && \old(d->have) < 5 && p + len < b + 5 ==>
        \result == 0 && d->have == p + len - b && \forall integer k; 0 <= k < d->have ==> d->header[k] == stream(b + k);
    ensures header_large: !failed(\result) && \old(d->have) < 5 && p + len >= b + 5 && size(b) > d->max_body ==>
        \result == SW_E_PACKET_SIZE && p + *used == b + 5;
    ensures header_alone: !failed(\result) && \old(d->have) < 5 && p + len == b + 5 && 0 < size(b) <= d->max_body ==>
        \result == 0 && d->have == 5 && d->offset == 0 && d->size == size(b) && d->band == stream(b + 4);
    ensures header_body: !failed(\result) && \old(d->have) < 5 && p + len >= b + 5 && size(b) <= d->max_body &&
        (size(b) == 0 || p + len > b + 5) ==>
        \result == 1 && chunk->len == least(size(b), p + len - (b + 5)) && p + *used == b + 5 + chunk->len &&
        chunk->size == size(b) && chunk->offset == 0 && chunk->band == stream(b + 4) &&
        (chunk->len == size(b) ==> d->have == 0) &&
        (chunk->len < size(b) ==> d->have == 5 && d->size == size(b) && d->offset == chunk->len &&
            d->band == stream(b + 4));
    ensures body: !failed(\result) && \old(d->have) == 5 && len > 0 ==>
        \result == 1 && chunk->len == least(b + 5 + size(b) - p, len) && *used == chunk->len &&
        chunk->size == size(b) && chunk->offset == p - (b + 5) && chunk->band == stream(b + 4) &&
        (p + *used == b + 5 + size(b) ==> d->have == 0) &&
        (p + *used < b + 5 + size(b) ==> d->have == 5 && d->size == size(b) && d->offset == p + *used - (b + 5) &&
            d->band == stream(b + 4));
    ensures body_none: !failed(\result) && \old(d->have) == 5 && len == 0 ==>
        \result == 0 && d->have == 5 && d->size == size(b) && d->offset == p - (b + 5) && d->band == stream(b + 4);
*/
int prove_told(sw_decoder *d, uint8_t *in, size_t b, size_t p, size_t len, size_t *used, sw_chunk *chunk)
{
    int result;

    /*@ assert clear: \forall integer k; 0 <= k < len ==> passed(d->cipher, k, in[k]) == stream(p + k); */
    /*@ assert behind: \forall integer k; d->have < 5 && d->have <= k < 5 && k < d->have + len ==>
            header_byte(d, d->have, in, k) == stream(p + (k - d->have)) && p + (k - d->have) == b + k; */
    /*@ assert header: \forall integer k; d->have < 5 && 0 <= k < 5 && k < d->have + len ==>
            header_byte(d, d->have, in, k) == stream(b + k); */
    /*@ assert size: d->have < 5 && d->have + len >= 5 ==>
            header_size(d, d->have, in) == size(b) && header_byte(d, d->have, in, 4) == stream(b + 4); */
    result = sw_decoder_next(d, in, len, used, chunk);
    /*@ assert old_header: \forall integer k; \at(d->have, Pre) < 5 && 0 <= k < 5 && k < \at(d->have, Pre) + len ==>
            header_byte{Pre}(d, \at(d->have, Pre), in, k) == stream(b + k); */
    /*@ assert part: !failed(result) && \at(d->have, Pre) + len < 5 ==> d->have == \at(d->have, Pre) + len; */
    /*@ assert part_header: \forall integer k; !failed(result) && \at(d->have, Pre) + len < 5 && 0 <= k < \at(d->have, Pre) + len ==>
            d->header[k] == stream(b + k); */
    /*@ assert old_size: \at(d->have, Pre) < 5 && \at(d->have, Pre) + len >= 5 ==>
            \at(header_size(d, d->have, in), Pre) == size(b) &&
            \at(header_byte(d, d->have, in, 4), Pre) == stream(b + 4); */
    /*@ assert piece: \forall integer k; result == 1 && 0 <= k < *used ==> *(in + k) == stream(p + k); */
    if (result == 1)
        prove_chunk(chunk->data, in, *used - chunk->len);
    /*@ assert told: \forall integer i, k; result == 1 && i == *used - chunk->len && 0 <= k < chunk->len ==>
            *(in + (i + k)) == stream(p + (i + k)); */
    /*@ assert data: \forall integer i, k; result == 1 && i == *used - chunk->len && 0 <= k < chunk->len ==>
            chunk->data + k == in + (i + k) && in[i + k] == stream(p + (i + k)); */
    return result;
}

/* One step from p. */
/*@ requires bytes && at(d, b, p) && p + len <= SIZE_MAX;
    requires \valid(in + (0 .. len - 1)) && in != \null && \valid(used) && \valid(chunk);
    requires \separated(d, in + (0 .. len - 1), used, chunk);
    requires piece: \forall integer k; 0 <= k < len ==> in[k] == wire(p + k);
    assigns *used, *chunk, *d, in[0 .. len - 1], cipher_world;
    ensures limit: d->max_body == \old(d->max_body);
    ensures within: *used <= len;
    ensures without: \old(d->cipher) == \null ==> !failed(\result);
    ensures cipher: d->cipher == \old(d->cipher);
    ensures results: \result == 0 || \result == 1 || \result == SW_E_PACKET_SIZE || failed(\result);
    ensures place: \result == 1 ==> chunk->len <= *used && *used >= 1 && chunk->data == in + (*used - chunk->len);
    ensures chunk: \result == 1 ==> body(b, p) <= p + *used <= b + 5 + size(b) &&
        chunk->len == p + *used - body(b, p) && chunk->size == size(b) &&
        chunk->offset == body(b, p) - (b + 5) && chunk->band == stream(b + 4);
    ensures bytes: \result == 1 ==> \forall integer k; 0 <= k < chunk->len ==>
        chunk->data[k] == stream(body(b, p) + k);
    ensures whole: \result == 1 && chunk->offset + chunk->len == chunk->size ==>
        p + *used == b + 5 + size(b) && at(d, p + *used, p + *used);
    ensures part: \result == 1 && chunk->offset + chunk->len < chunk->size ==> at(d, b, p + *used);
    ensures more: \result == 0 ==> *used == len && p + len <= body(b, p) && at(d, b, p + len);
    ensures accepted: \result >= 0 && p + *used >= b + 5 ==> size(b) <= d->max_body;
    ensures large: \result == SW_E_PACKET_SIZE ==> size(b) > d->max_body && p + *used == b + 5;
    ensures code: d->error.code == (\result < 0 ? \result : 0);
*/
int prove_step(sw_decoder *d, uint8_t *in, size_t b, size_t p, size_t len, size_t *used, sw_chunk *chunk)
{
    return prove_told(d, in, b, p, len, used, chunk);
}

/* What whoever reads the chunks makes of them: a list of all bytes of bodies, with what is known of each. */
typedef struct told {
    uint32_t byte, band, size, offset;
} told;

/*@ // the body's byte at q, of a packet that begins at b
    predicate is_told{L}(told *t, integer b, integer q) =
        t->byte == stream(q) && t->band == stream(b + 4) && t->size == size(b) && t->offset == q - (b + 5);
    // the list has each that is before p, in its place
    predicate all_told{L}(told *list, integer p) =
        \forall integer q; 0 <= q < p && start(q) + 5 <= q ==>
            0 <= bodies(q) < bodies(p) && is_told(list + bodies(q), start(q), q);
*/

/*@ requires \valid(t);
    assigns *t;
    ensures t->byte == byte && t->band == band && t->size == size && t->offset == offset;
*/
static void put_byte(told *t, uint32_t byte, uint32_t band, uint32_t size, uint32_t offset)
{
    t->byte = byte;
    t->band = band;
    t->size = size;
    t->offset = offset;
}

/* A chunk from p on is put at the end of the list. */
/*@ requires start(b) == b && b <= p <= end <= b + 5 + size(b) && end == body(b, p) + chunk->len;
    requires \valid(chunk) && \valid(list + (count .. count + chunk->len - 1)) && count + chunk->len <= SIZE_MAX;
    requires \valid_read(chunk->data + (0 .. chunk->len - 1));
    requires \separated(chunk, list + (0 .. count + chunk->len - 1), chunk->data + (0 .. chunk->len - 1));
    requires chunk: chunk->size == size(b) && chunk->band == stream(b + 4) && chunk->offset == body(b, p) - (b + 5);
    requires data: \forall integer k; 0 <= k < chunk->len ==> chunk->data[k] == stream(body(b, p) + k);
    requires count == bodies(p) && all_told(list, p);
    assigns list[count .. count + chunk->len - 1];
    ensures bodies(end) == count + chunk->len && all_told(list, end);
*/
void prove_put(size_t b, size_t p, size_t end, sw_chunk *chunk, told *list, size_t count)
{
    prove_bodies(b, p, end);
    if (end > b)
        prove_start_stays(b, end - 1);
    /*@ loop invariant count <= i <= count + chunk->len;
        loop invariant put: \forall integer j; count <= j < i ==> is_told(list + j, b, body(b, p) + (j - count));
        loop invariant kept: all_told(list, p);
        loop assigns i, list[count .. count + chunk->len - 1];
        loop variant count + chunk->len - i;
    */
    for (size_t i = count; i < count + chunk->len; i++) {
        /*@ assert offset: 0 <= i - count < chunk->len && chunk->offset + (i - count) < chunk->size; */
        put_byte(list + i, chunk->data[i - count], chunk->band, chunk->size,
                 chunk->offset + (uint32_t)(i - count));
        /*@ assert before: \forall integer j; count <= j < i ==> is_told(list + j, b, body(b, p) + (j - count)); */
        /*@ assert one: is_told(list + i, b, body(b, p) + (i - count)); */
    }
    /*@ assert place: \forall integer q; p <= q < end && start(q) + 5 <= q ==>
            start(q) == b && bodies(q) == count + (q - body(b, p)) && count <= bodies(q) < count + chunk->len; */
    /*@ assert new: \forall integer q; p <= q < end && start(q) + 5 <= q ==>
            is_told(list + bodies(q), b, body(b, p) + (bodies(q) - count)); */
    /*@ assert told: \forall integer q; p <= q < end && start(q) + 5 <= q ==>
            is_told(list + bodies(q), start(q), q); */
}

/* And a list of all packets that have ended. */
typedef struct ended {
    uint32_t band, size;
} ended;

/*@ predicate is_ended{L}(ended *e, integer b) = e->band == stream(b + 4) && e->size == size(b);
    predicate all_ended{L}(ended *list, integer p) =
        \forall integer q; 0 < q <= p && start(q) == q ==>
            0 < packets(q) <= packets(p) && is_ended(list + (packets(q) - 1), start(q - 1));
*/

/* A packet that ends is put at the end of the list. */
/*@ requires bytes && start(b) == b && b <= p < end == b + 5 + size(b);
    requires \valid(chunk) && \valid(list + count) && \separated(chunk, list + (0 .. count));
    requires chunk->size == size(b) && chunk->band == stream(b + 4);
    requires count == packets(p) && all_ended(list, p);
    assigns list[count];
    ensures start(end) == end && packets(end) == count + 1 && all_ended(list, end);
*/
void prove_put_end(size_t b, size_t p, size_t end, sw_chunk *chunk, ended *list, size_t count)
{
    prove_start_stays(b, end - 1);
    prove_packets(b, p, end - 1);
    prove_start_of_next(b, end);
    /*@ assert one_more: packets(end) == packets(end - 1) + 1 == count + 1; */
    list[count].band = chunk->band;
    list[count].size = chunk->size;
    /*@ assert before: all_ended(list, p); */
    /*@ assert new: \forall integer q; p < q <= end && start(q) == q ==> q == end; */
    /*@ assert one: is_ended(list + (packets(end) - 1), start(end - 1)); */
}

/*@ // no header that ends at or before p is of a body that is too large
    predicate accepted(integer max, integer p) =
        \forall integer q; 0 <= q <= p && start(q) + 5 <= q ==> size(start(q)) <= max;
    predicate lists{L}(told *list, integer count, ended *ends, integer packets, integer p) =
        count == bodies(p) <= p && all_told(list, p) && packets == packets(p) <= p && all_ended(ends, p);
    logic integer len_if(integer result, integer len) = result == 1 ? len : 0;
    logic integer last_if(integer result, integer end, integer size) = result == 1 && end == size ? 1 : 0;
*/

/* It is, if the step ends one. */
/*@ requires bytes && start(b) == b && b <= p <= end <= n && p < b + 5 + size(b);
    requires \valid(chunk) && \valid(ends + (0 .. n - 1)) && \separated(chunk, ends + (0 .. n - 1));
    requires chunk: result == 1 ==> end == body(b, p) + chunk->len && p < end <= b + 5 + size(b) &&
        chunk->size == size(b) && chunk->band == stream(b + 4) && chunk->offset == body(b, p) - (b + 5);
    requires none: result != 1 ==> end < b + 5 + size(b);
    requires ends: packets == packets(p) <= p && all_ended(ends, p);
    assigns ends[0 .. n - 1];
    ensures ends: packets(end) == packets + last_if(result, chunk->offset + chunk->len, chunk->size) <= end &&
        all_ended(ends, end);
    ensures next: last_if(result, chunk->offset + chunk->len, chunk->size) == 1 ==>
        end == b + 5 + size(b) && start(end) == end;
    ensures same: last_if(result, chunk->offset + chunk->len, chunk->size) == 0 ==>
        end < b + 5 + size(b) && start(end) == b;
*/
void prove_put_end_if(size_t b, size_t p, size_t end, size_t n, int result, sw_chunk *chunk, ended *ends,
                      size_t packets)
{
    if (result == 1 && chunk->len == chunk->size - chunk->offset) {
        /*@ assert last: end == b + 5 + size(b) && packets < n; */
        prove_put_end(b, p, end, chunk, ends, packets);
        /*@ assert next: last_if(result, chunk->offset + chunk->len, chunk->size) == 1; */
    } else {
        /*@ assert part: end < b + 5 + size(b) && last_if(result, chunk->offset + chunk->len, chunk->size) == 0; */
        prove_start_stays(b, end);
        prove_packets(b, p, end);
        /*@ assert none: \forall integer q; p < q <= end ==> start(q) != q; */
        /*@ assert stays: start(end) == b; */
    }
}

/* What a step gives is put at the ends of the lists. */
/*@ requires bytes && start(b) == b && b <= p <= end <= n && p < b + 5 + size(b);
    requires \valid(chunk) && \valid(list + (0 .. n - 1)) && \valid(ends + (0 .. n - 1));
    requires \separated(chunk, list + (0 .. n - 1), ends + (0 .. n - 1));
    requires result == 1 ==> \separated(list + (0 .. n - 1), ends + (0 .. n - 1), chunk->data + (0 .. chunk->len - 1)) &&
        \valid_read(chunk->data + (0 .. chunk->len - 1));
    requires chunk: result == 1 ==> end == body(b, p) + chunk->len && p < end <= b + 5 + size(b) &&
        chunk->size == size(b) && chunk->band == stream(b + 4) && chunk->offset == body(b, p) - (b + 5);
    requires data: result == 1 ==> \forall integer k; 0 <= k < chunk->len ==> chunk->data[k] == stream(body(b, p) + k);
    requires none: result != 1 ==> end <= body(b, p) && end < b + 5 + size(b);
    requires lists: lists(list, count, ends, packets, p);
    assigns list[0 .. n - 1], ends[0 .. n - 1];
    ensures lists: lists(list, count + len_if(result, chunk->len), ends,
                         packets + last_if(result, chunk->offset + chunk->len, chunk->size), end);
    ensures next: last_if(result, chunk->offset + chunk->len, chunk->size) == 1 ==>
        end == b + 5 + size(b) && start(end) == end;
    ensures same: last_if(result, chunk->offset + chunk->len, chunk->size) == 0 ==>
        end < b + 5 + size(b) && start(end) == b;
    ensures within: \forall integer q; p <= q < end ==> start(q) == b;
*/
void prove_puts(size_t b, size_t p, size_t end, size_t n, int result, sw_chunk *chunk, told *list, size_t count,
                ended *ends, size_t packets)
{
    prove_start_stays(b, end > b ? end - 1 : b);
    /*@ assert within: \forall integer q; p <= q < end ==> start(q) == b; */
    if (result == 1) {
        /*@ assert room: count + chunk->len <= n; */
        prove_put(b, p, end, chunk, list, count);
        /*@ assert told: all_told(list, end) && bodies(end) == count + chunk->len <= end; */
        /*@ assert same: \forall integer k; 0 <= k < n ==>
                ends[k].band == \at(ends[k].band, Pre) && ends[k].size == \at(ends[k].size, Pre); */
        /*@ assert kept: all_ended(ends, p); */
    } else {
        prove_bodies(b, p, end);
        /*@ assert none: bodies(end) == bodies(p) && \forall integer q; p <= q < end ==> start(q) + 5 > q; */
        /*@ assert told: all_told(list, end); */
        /*@ assert kept: all_ended(ends, p); */
    }
    /*@ assert told: all_told(list, end) && bodies(end) == count + len_if(result, chunk->len) <= end; */
    /*@ assert kept: all_ended(ends, p); */
told:
    prove_put_end_if(b, p, end, n, result, chunk, ends, packets);
    /*@ assert same_list: \forall integer k; 0 <= k < n ==>
            list[k].byte == \at(list[k].byte, told) && list[k].band == \at(list[k].band, told) &&
            list[k].size == \at(list[k].size, told) && list[k].offset == \at(list[k].offset, told); */
    /*@ assert told_still: all_told(list, end); */
}

/* A step, and what it gives is put there, unless the cipher failed. */
/*@ requires bytes && at(d, b, p) && start(b) == b && b <= p && p + len <= n <= SIZE_MAX;
    requires \valid(in + (0 .. len - 1)) && in != \null && \valid(used) && \valid(chunk);
    requires \valid(list + (0 .. n - 1)) && \valid(ends + (0 .. n - 1));
    requires \separated(d, in + (0 .. len - 1), used, chunk, list + (0 .. n - 1), ends + (0 .. n - 1));
    requires piece: \forall integer k; 0 <= k < len ==> in[k] == wire(p + k);
    requires lists: lists(list, count, ends, packets, p) && accepted(d->max_body, p);
    assigns *used, *chunk, *d, in[0 .. len - 1], cipher_world, list[0 .. n - 1], ends[0 .. n - 1];
    ensures limit: d->max_body == \old(d->max_body);
    ensures within: *used <= len;
    ensures without: \old(d->cipher) == \null ==> !failed(\result);
    ensures cipher: d->cipher == \old(d->cipher);
    ensures results: \result == 0 || \result == 1 || \result == SW_E_PACKET_SIZE || failed(\result);
    ensures code: d->error.code == (\result < 0 ? \result : 0);
    ensures inside: \result == 1 ==> chunk->offset + chunk->len <= chunk->size;
    ensures failed: failed(\result) ==> lists(list, count, ends, packets, p);
    ensures lists: !failed(\result) ==> lists(list, count + len_if(\result, chunk->len), ends,
                         packets + last_if(\result, chunk->offset + chunk->len, chunk->size), p + *used);
    ensures next: last_if(\result, chunk->offset + chunk->len, chunk->size) == 1 ==>
        start(p + *used) == p + *used && at(d, p + *used, p + *used) && accepted(d->max_body, p + *used);
    ensures same: \result >= 0 && last_if(\result, chunk->offset + chunk->len, chunk->size) == 0 ==>
        start(p + *used) == b && at(d, b, p + *used) && accepted(d->max_body, p + *used);
    ensures large: \result == SW_E_PACKET_SIZE ==> start(p + *used) == b && p + *used == b + 5 && size(b) > d->max_body &&
        accepted(d->max_body, p + *used - 1);
*/
int prove_turn(sw_decoder *d, uint8_t *in, size_t b, size_t p, size_t len, size_t n, size_t *used, sw_chunk *chunk,
               told *list, size_t count, ended *ends, size_t packets)
{
    int result = prove_step(d, in, b, p, len, used, chunk);
    size_t end = p + *used;

    /*@ assert end: end == p + *used <= n; */
    /*@ assert inside: result == 1 ==> chunk->offset + chunk->len <= chunk->size; */
    /*@ assert more: result == 0 ==> at(d, b, end); */
    /*@ assert part: result == 1 && chunk->offset + chunk->len < chunk->size ==> at(d, b, end); */
    /*@ assert place: result == 0 || (result == 1 && chunk->offset + chunk->len != chunk->size) ==> at(d, b, end); */
    /*@ assert same_list: \forall integer k; 0 <= k < n ==>
            list[k].byte == \at(list[k].byte, Pre) && list[k].band == \at(list[k].band, Pre) &&
            list[k].size == \at(list[k].size, Pre) && list[k].offset == \at(list[k].offset, Pre); */
    /*@ assert same_ends: \forall integer k; 0 <= k < n ==>
            ends[k].band == \at(ends[k].band, Pre) && ends[k].size == \at(ends[k].size, Pre); */
    /*@ assert kept: lists(list, count, ends, packets, p); */
    if (result == SW_E_CIPHER || result == SW_E_AES)
        return result;
    prove_puts(b, p, end, n, result, chunk, list, count, ends, packets);
    /*@ assert accepted: result >= 0 ==> \forall integer q; p <= q <= end && start(q) + 5 <= q ==>
            size(start(q)) <= d->max_body; */
    return result;
}

/* Whoever brings the pieces: without a body, as they may be of any length, 0 among them. Bytes that were not taken
 * come again. */
/*@ requires \valid(in + (0 .. cap - 1));
    assigns in[0 .. cap - 1];
    ensures \result <= cap && \forall integer k; 0 <= k < \result ==> in[k] == wire(p + k);
*/
size_t any_piece(uint8_t *in, size_t cap, size_t p);

/* The stream's bytes before n, in any pieces, to a decoder that has just been made and given a cipher, or none. If it
 * comes to an end, then without an error, or where the first header ends that is of a body that is too large, if there is
 * one, or where the cipher failed; and what is in the lists then is told by the stream and by that end. The cuts have no
 * part in it. Nor have they while it goes on: the loop's invariant says the same of each place. */
/*@ requires bytes && \valid(d) && 0 < cap && (cipher == \null || \valid(cipher)) && ahead(cipher, 0);
    requires \valid(in + (0 .. cap - 1)) && in != \null && \valid(used) && \valid(chunk);
    requires \valid(list + (0 .. n - 1)) && \valid(ends + (0 .. n - 1));
    requires \separated(d, in + (0 .. cap - 1), used, chunk, list + (0 .. n - 1), ends + (0 .. n - 1));
    assigns *used, *chunk, *d, in[0 .. cap - 1], cipher_world, list[0 .. n - 1], ends[0 .. n - 1];
    ensures limit: d->max_body == max_body;
    ensures told: \result <= n && lists(list, bodies(\result), ends, packets(\result), \result);
    ensures all: d->error.code == 0 ==>
        \result == n && at(d, start(n), n) && accepted(d->max_body, n);
    ensures codes: d->error.code == 0 || d->error.code == SW_E_PACKET_SIZE || failed(d->error.code);
    ensures without: cipher == \null ==> !failed(d->error.code);
    ensures large: d->error.code == SW_E_PACKET_SIZE ==> \result == start(\result) + 5 &&
        size(start(\result)) > d->max_body && accepted(d->max_body, \result - 1);
*/
size_t prove_any_split(sw_decoder *d, uint32_t max_body, sw_cipher *cipher, uint8_t *in, size_t cap, size_t n,
                       size_t *used, sw_chunk *chunk, told *list, ended *ends)
{
    size_t b = 0, p = 0, count = 0, packets = 0;

    sw_decoder_init(d, max_body);
    sw_decoder_set_cipher(d, cipher);
    /*@ assert begin: start(0) == 0 && bodies(0) == 0 && packets(0) == 0 && at(d, 0, 0); */
    /*@ loop invariant place: b <= p <= n && start(b) == b && start(p) == b && at(d, b, p);
        loop invariant lists: lists(list, count, ends, packets, p);
        loop invariant cipher: d->cipher == cipher;
        loop invariant accepted: d->max_body == max_body && accepted(d->max_body, p);
        loop assigns b, p, count, packets, *used, *chunk, *d, in[0 .. cap - 1], cipher_world, list[0 .. n - 1],
            ends[0 .. n - 1];
    */
    while (p < n) {
        size_t len = any_piece(in, cap < n - p ? cap : n - p, p);
        int result = prove_turn(d, in, b, p, len, n, used, chunk, list, count, ends, packets);
        size_t end = p + *used;

        /*@ assert end: p <= end == p + *used <= n; */
        if (result == SW_E_CIPHER || result == SW_E_AES)
            return p;
        if (result < 0)
            return end;
        if (result == 1) {
            /*@ assert room: count + chunk->len <= end && packets <= p; */
            count += chunk->len;
            if (sw_chunk_is_last(chunk) == 1) {
                packets++;
                b = end;
            }
        }
        /*@ assert lists: lists(list, count, ends, packets, end); */
        /*@ assert place: b <= end && start(b) == b && start(end) == b && at(d, b, end); */
        p = end;
    }
    return p;
}

/* What the contract of sw_decoder_next says of a packet that is the input. */
/*@ requires decoder_ok(d) && d->error.code == 0 && d->have == 0 && d->max_body >= size;
    requires \valid(used) && \valid(chunk) && len == 5 + size && \valid(in + (0 .. len - 1)) && in != \null;
    requires \separated(d, used, chunk, in + (0 .. len - 1));
    requires header: header_is{Here,Here}(d->cipher, in, size, band);
    assigns *d, *used, *chunk, in[0 .. len - 1], cipher_world;
    ensures result: \result == 1 || failed(\result);
    ensures without: d->cipher == \null ==> !failed(\result);
    ensures chunk: \result == 1 ==> *used == len && chunk->band == band && chunk->size == size && chunk->len == size &&
        chunk->offset == 0 && chunk->data == in + 5;
    ensures body: \result == 1 ==>
        \forall integer k; 0 <= k < size ==> in[5 + k] == \old(passed(d->cipher, 5 + k, in[5 + k]));
    ensures next: \result == 1 ==> decoder_ok(d) && d->error.code == 0 && d->have == 0 &&
        d->max_body == \old(d->max_body);
    ensures cipher: d->cipher == \old(d->cipher);
    ensures further: \result == 1 ==> moved{Pre,Post}(d->cipher, len);
    ensures others: others_stay{Pre,Post}(d->cipher);
*/
int prove_whole(sw_decoder *d, uint8_t band, uint32_t size, uint8_t *in, size_t len, size_t *used, sw_chunk *chunk)
{
    int result;

    /*@ assert header: header_size(d, d->have, in) == size && header_byte(d, d->have, in, 4) == band; */
    result = sw_decoder_next(d, in, len, used, chunk);
    /*@ assert old_header: \at(d->have, Pre) == 0 && header_size{Pre}(d, \at(d->have, Pre), in) == size &&
            header_byte{Pre}(d, \at(d->have, Pre), in, 4) == band; */
    /*@ assert used: !failed(result) ==> result == 1 && *used == len && chunk->len == size; */
    /*@ assert place: !failed(result) ==> \let i = *used - chunk->len; i == 5 && chunk->data == in + i; */
    return result;
}

/* Two ciphers are in step if they make the same of all that is to come; so are none and none. */
/*@ predicate in_step{L}(sw_cipher *a, sw_cipher *b) =
        (a == \null <==> b == \null) && (a != \null ==> a != b) &&
        \forall integer k, byte; passed(a, k, byte) == passed(b, k, byte);
*/

/* What the encoder wrote, the decoder gives back, and both are as before then, for the next packet, their ciphers in
 * step. The encoder refuses nothing but a body that shares bytes with the output, unless it is where the output has it. */
/*@ requires encoder_ok(e) && e->error.code == 0 && e->offset == e->size;
    requires decoder_ok(d) && d->error.code == 0 && d->have == 0 && d->max_body >= size;
    requires in_step(e->cipher, d->cipher);
    requires \valid(used) && \valid(len) && \valid(chunk) && cap >= 5 + size && \valid(out + (0 .. cap - 1));
    requires \valid_read(body + (0 .. size - 1)) && body != \null && out != \null;
    requires \separated(e, d, used, len, chunk, out + (0 .. cap - 1));
    requires \separated(e, d, used, len, chunk, body + (0 .. size - 1));
    assigns *e, *d, *used, *len, *chunk, out[0 .. cap - 1], cipher_world;
    ensures chunk: \result == 1 ==> chunk->band == band && chunk->size == size && chunk->len == size &&
        chunk->offset == 0 && chunk->data == out + 5 && *used == 5 + size && *len == *used;
    ensures bytes: \result == 1 ==> \forall integer k; 0 <= k < size ==> chunk->data[k] == \old(body[k]);
    ensures encoder: \result == 1 ==> encoder_ok(e) && e->error.code == 0 && e->offset == e->size;
    ensures decoder: \result == 1 ==> decoder_ok(d) && d->error.code == 0 && d->have == 0 &&
        d->max_body == \old(d->max_body);
    ensures ciphers: e->cipher == \old(e->cipher) && d->cipher == \old(d->cipher);
    ensures in_step: \result == 1 ==> in_step(e->cipher, d->cipher);
    ensures done: body == out + 5 || \separated(out + (0 .. size + 4), body + (0 .. size - 1)) ==>
        \result == 1 || failed(\result);
    ensures else: \result == 1 || \result == SW_E_OVERLAP || failed(\result);
    ensures without: e->cipher == \null ==> !failed(\result);
*/
int prove_round_trip(sw_encoder *e, sw_decoder *d, uint8_t band, const uint8_t *body, uint32_t size, uint8_t *out,
                     size_t cap, size_t *len, size_t *used, sw_chunk *chunk)
{
    int result = sw_encoder_packet(e, band, body, size, out, cap, len);

    if (result != 1)
        return result;
    /*@ assert stays: \forall integer k, byte; passed(d->cipher, k, byte) == \at(passed(d->cipher, k, byte), Pre); */
    /*@ assert header: header_is{Here,Here}(d->cipher, out, size, band); */
    /*@ assert body: \forall integer k; 0 <= k < size ==> passed(d->cipher, 5 + k, out[5 + k]) == \at(body[k], Pre); */
    result = prove_whole(d, band, size, out, *len, used, chunk);
    /*@ assert body: result == 1 ==> \forall integer k; 0 <= k < size ==> out[5 + k] == \at(body[k], Pre); */
    /*@ assert data: result == 1 ==> \forall integer k; 0 <= k < size ==> chunk->data[k] == out[5 + k]; */
    return result;
}
