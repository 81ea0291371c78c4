/* SPDX-License-Identifier: ISC */
/* Reads what sidewire records, and nothing else: whatever is not exactly as it has to be fails the
 * running test. Shares no code with the writer. */
#ifndef SIDEWIRE_TESTS_CAPTURE_READER_H
#define SIDEWIRE_TESTS_CAPTURE_READER_H

#include <stddef.h>
#include <stdint.h>

typedef struct captured_end {
    char address[48]; /* as text */
    uint16_t port;
} captured_end;

typedef struct captured_packet {
    int64_t time; /* nanoseconds since 1970 */
    captured_end from, to;
    unsigned id; /* IPv4 only */
    uint32_t seq, ack;
    unsigned flags; /* TH_* */
    const uint8_t *data;
    size_t len;
} captured_packet;

/* The packets of a file, with all of its numbers and checksums looked at. What is returned lives
 * until the test ends. */
captured_packet *capture_read(const char *path, size_t *count);

#endif
