/* SPDX-License-Identifier: ISC */
/* Packets made by hand, a reader that checks every promise of the decoder, and ciphers. */
#ifndef SIDEWIRE_TESTS_PACKET_SUPPORT_H
#define SIDEWIRE_TESTS_PACKET_SUPPORT_H

#include <sidewire/packet.h>

#include "suite.h"

/* Bytes that grow. Zero it first, free it last. */
typedef struct stream {
    uint8_t *data;
    size_t len;
} stream;

void stream_append(stream *s, const void *data, size_t len);
/* Appends a header, and a packet of body[0..size), both in clear. */
void stream_header(stream *s, uint8_t band, uint32_t size);
void stream_packet(stream *s, uint8_t band, const void *body, uint32_t size);
void stream_free(stream *s);

/* A packet of each kind there is, of 64 bytes in all: short, empty, of one byte, any band. */
stream sample_packets(void);

/* Feeds a decoder and writes down what comes out as packets again, so that whoever reads all of a
 * plain stream has `seen` equal to it. */
typedef struct reader {
    sw_decoder decoder;
    stream seen;
    uint32_t size, offset; /* of the body that is under way */
} reader;

void reader_start(reader *r, uint32_t max_body, sw_cipher *cipher);
/* Feeds a piece until all is taken, from a buffer of exact size. */
void reader_feed(reader *r, const uint8_t *piece, size_t len);
void reader_finish(reader *r, const stream *expected);

/* RC4 under a key of the tests' own. */
void start_rc4(sw_cipher *cipher);
/* Applies `cipher` to a copy of s in one piece. */
stream encrypted(sw_cipher *cipher, const stream *s);
/* A cipher that passes its first `good` bytes unchanged, less than SW_AES_AHEAD_SIZE, and fails with
 * SW_E_AES at the next one. */
void start_failing(sw_cipher *cipher, size_t good);

#endif
