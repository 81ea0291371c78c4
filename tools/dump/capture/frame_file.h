/* SPDX-License-Identifier: ISC */
/* Frames to pcapng files, as they were captured: one file, or one after the other. */
#ifndef SIDEWIRE_DUMP_FRAME_FILE_H
#define SIDEWIRE_DUMP_FRAME_FILE_H

#include "input.h"
#include "watch/frame.h"

typedef struct frame_file_setup {
    const char *path;  /* `-` is standard output */
    long file_bytes;   /* when there are so many, the next file begins; 0: no limit */
    long file_seconds; /* the same for times of frames */
    long files;        /* when there are so many, the oldest is removed; 0: no limit */
} frame_file_setup;

typedef struct frame_file frame_file;

/* With limits files have a number behind their name: `all-00001.pcapng`. A file that is there is never
 * written over, except one of this run that goes for a newer one. NULL with the reason in why. */
frame_file *frame_file_open(const frame_file_setup *setup, char why[CAPTURE_WHY_SIZE]);

/* If it cannot be written, this is said once, and nothing more is. */
void frame_file_add(frame_file *r, const frame *in);

/* The same for a decryption secrets block. */
void frame_file_secrets(frame_file *r, uint32_t type, const uint8_t *data, size_t len);

/* Hands on what waits in memory. */
void frame_file_flush(frame_file *r);

/* keep: otherwise the file that is open is removed. 0, or -1: not all could be written. NULL is fine. */
int frame_file_close(frame_file *r, int keep);

#endif
