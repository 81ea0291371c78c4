/* One direction of a TCP connection, put in order: retransmissions dropped, segments that come
 * early held until the gap before them fills, gaps that do not fill reported as lost. */
#ifndef SIDEWIRE_DUMP_STREAM_H
#define SIDEWIRE_DUMP_STREAM_H

#include "frame.h"

/* A gap is lost when more than this waits behind it, or behind all gaps together. */
enum {
    STREAM_HOLD_SEGMENTS = 4096,
    STREAM_HOLD_BYTES = 4 << 20,
    STREAM_HOLD_BYTES_ALL = 256 << 20
};

typedef struct held_segment held_segment;

/* Zero it and set held_all. */
typedef struct stream {
    size_t *held_all;               /* bytes held by all streams together */
    size_t held_bytes, held_segments;
    held_segment *first, *last;     /* by sequence number */
    held_segment *taken;            /* whose data was handed out last */
    int64_t fin_time;
    uint32_t start;                 /* sequence number of the SYN, or of the first byte */
    uint32_t next;                  /* that of the byte awaited */
    uint32_t fin;                   /* that of the FIN */
    uint32_t cut;                   /* bytes behind taken that were not captured */
    uint8_t started, fin_seen, ended;
    uint8_t giving_up;              /* no gap will fill any more */
} stream;

typedef enum piece_kind { PIECE_DATA, PIECE_LOST, PIECE_END } piece_kind;

/* The next piece of the byte stream. */
typedef struct piece {
    piece_kind kind;
    int64_t time;               /* when it was captured; of a loss: what came after it */
    uint8_t *data;              /* PIECE_DATA: may be overwritten; valid until the next call */
    uint32_t len;               /* PIECE_DATA, PIECE_LOST: bytes */
} piece;

/* seq: of the SYN. Only the first call has an effect. */
void stream_start(stream *s, uint32_t seq);

/* Takes a segment's payload and FIN. */
void stream_add(stream *s, const segment *seg);

/* 1 and a piece, or 0: nothing until more is added. */
int stream_next(stream *s, piece *out);

/* Nothing more comes: gaps are lost from here on. */
void stream_give_up(stream *s);

/* Does the receiver's acknowledgement say that it has everything up to the FIN? */
int stream_acknowledged(const stream *s, uint32_t ack);

/* Frees what is held; the stream is over. */
void stream_clear(stream *s);

#endif
