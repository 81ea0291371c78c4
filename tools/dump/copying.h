/* SPDX-License-Identifier: ISC */
/* Packets to a file, those of selected sessions, or all. */
#ifndef SIDEWIRE_DUMP_COPYING_H
#define SIDEWIRE_DUMP_COPYING_H

#include "arguments.h"
#include "capture/capture.h"
#include "capture/chosen.h"

/* Zero it. */
typedef struct copying {
    frame_file *file; /* NULL: nothing is to be copied */
    int selects;      /* what belongs to sessions is known when all was read */
    chosen chosen;
} copying;

/* 0, or -1 with the reason in why. */
int copying_open(copying *c, const frame_file_setup *setup, const filter *wanted, char why[CAPTURE_WHY_SIZE]);

/* Asks for all frames, unless sessions are to be selected. */
void copying_prepare(copying *c, capture_setup *source);

/* When all sessions are known: reads the captures of the source once more. 0, or -1 with the reason in
 * why. */
int copying_select(copying *c, const capture_setup *source, char why[CAPTURE_WHY_SIZE]);

/* A decryption secrets block came, which whoever reads the copy needs, too. */
void copying_secrets(copying *c, uint32_t type, const uint8_t *data, size_t len);

void copying_flush(copying *c);

/* keep: there was something to copy. 0, or -1 after a message. */
int copying_close(copying *c, int keep);

#endif
