/* SPDX-License-Identifier: ISC */
/* One direction of a TCP connection, put in order. Of bytes that come several times the first copy
 * counts, and others are compared with it; segments that come early are held until the gap before
 * them fills, gaps that do not fill are lost. Segments outside of what the receiver can take, and a
 * FIN with bytes behind it, are counted and passed over: anybody may have forged them. */
#ifndef SIDEWIRE_DUMP_STREAM_H
#define SIDEWIRE_DUMP_STREAM_H

#include "frame.h"

enum {
    /* A gap is lost when more than this waits behind it, or behind all gaps together. */
    STREAM_HOLD_SEGMENTS = 4096,
    STREAM_HOLD_BYTES = 4 << 20,
    STREAM_HOLD_BYTES_ALL = 24 << 20,
    /* So many bytes that were handed out are kept to be compared with further copies, unless all
     * streams together keep too many. A power of two. */
    STREAM_RECENT_BYTES = 16 << 10,
    STREAM_RECENT_BYTES_ALL = 8 << 20,
    STREAM_PIECE_MAX = 16 << 10,
    STREAM_WINDOW_MAX = 1 << 30, /* the largest that TCP has */
    /* So much waits for what may have come before it, if the beginning was not seen: a little, or as much as behind a gap if
     * segments come in the wrong direction; and of all streams together. */
    STREAM_UNSURE_BYTES = 32 << 10,
    STREAM_UNSURE_BYTES_ALL = 12 << 20
};

typedef struct held_segment held_segment;

/* What all streams share. Zero it. */
typedef struct stream_pool {
    size_t held, recent; /* bytes */
    uint8_t piece[STREAM_PIECE_MAX];
} stream_pool;

/* Zero it and set pool. */
typedef struct stream {
    stream_pool *pool;
    size_t held_bytes, held_segments;
    held_segment *first, *last; /* by sequence number; their data does not overlap */
    held_segment *taken;        /* whose data is being handed out */
    const uint8_t *data;        /* what is left of that, or of a segment that was in order */
    uint32_t len;
    uint32_t start;         /* sequence number of the SYN, or of the first byte */
    uint32_t next;          /* that of the byte awaited */
    uint32_t fin;           /* that of the FIN */
    uint32_t cut_end;       /* up to here bytes are known not to be captured, if cut */
    uint32_t recent_from;   /* recent has the bytes from here on to next */
    uint32_t conflicts;     /* segments that differ from what came before; the reader takes
                                     * them from here */
    uint32_t misplaced;     /* segments that are not where the stream is; likewise */
    uint32_t acked, window; /* what the receiver has, and the largest window it had, if heard */
    uint8_t started, ended, cut, heard;
    uint8_t syn_seen; /* where it begins is known */
    uint8_t unsure;   /* its beginning was not seen, so nothing is handed out yet: `next` is the least that was */
    uint8_t backward; /* and segments come from its end to its beginning */
    uint8_t fin_seen, fin_sure; /* sure: the receiver has it */
    uint8_t giving_up;          /* no gap will fill any more */
    uint8_t *recent;            /* each byte at its sequence number modulo the size, or NULL */
    stamp time;                 /* of the data */
    stamp fin_time;             /* of the FIN */
    int64_t heard_time;         /* when the receiver was heard last */
} stream;

typedef enum piece_kind { PIECE_DATA, PIECE_LOST, PIECE_END } piece_kind;

/* The next piece of the byte stream. */
typedef struct piece {
    piece_kind kind;
    stamp time;    /* when it was captured; of a loss: what came after it */
    uint8_t *data; /* PIECE_DATA: may be overwritten; valid until the next call for any
                                 * stream */
    uint32_t len;  /* PIECE_DATA, PIECE_LOST: bytes */
} piece;

/* seq: of the SYN. Only the first call has an effect. */
void stream_start(stream *s, uint32_t seq);

/* Its beginning may be elsewhere than the first that was seen of it: what comes is held until stream_be_sure. Before anything
 * is added. */
void stream_be_unsure(stream *s);
void stream_be_sure(stream *s);

/* The first bytes of one that is unsure, if they may be its beginning: segments come in the right direction. Or NULL. */
const uint8_t *stream_beginning(const stream *s, size_t *len);

/* Is there too much to wait any longer for what came before? */
int stream_waits_too_long(const stream *s);

/* What is handed out next was sent behind bytes of the other stream that were not handed out yet. */
int stream_is_answer(const stream *s, const stream *other);

/* Takes a segment's payload and FIN. The payload must stay until stream_next has no more pieces,
 * which has to be so before the next segment is added. */
void stream_add(stream *s, const segment *seg);

/* 1 and a piece, or 0: nothing until more is added. */
int stream_next(stream *s, piece *out);

/* Nothing more comes: gaps are lost from here on. */
void stream_give_up(stream *s);

/* The receiver says that it has all before `ack`, and room for `window` bytes. 1: the end may follow
 * now (stream_next), which it did not before. */
int stream_acknowledge(stream *s, uint32_t ack, uint64_t window, int64_t time);

/* Is this where the stream is [RFC 5961, section 3]? A capture may lack or reorder segments, so any
 * place will do between what the receiver has and what was sent; and any if nothing is known. */
int stream_is_at(const stream *s, uint32_t seq);

/* Where the bytes seen so far end. */
uint32_t stream_reach(const stream *s);

/* All bytes up to the FIN were handed out. The end follows when the receiver has acknowledged it, or
 * when gaps are given up. */
int stream_is_complete(const stream *s);

/* Frees what is held; the stream is over. */
void stream_clear(stream *s);

#endif
