/* SPDX-License-Identifier: ISC */
/* A pcap file of anybody's making: its headers, the frames in it, and what the layers of these say. What is read of its beginning
 * is the same if the end is cut off. Input: how much is (of 256), then the file. */
#include "capture/pcap_headers.h"
#include "check.h"
#include "trace.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void note_segment(trace *seen, const segment *seg)
{
    trace_note(seen, 's', seg->seq);
    trace_note(seen, 'f', seg->flags);
    trace_add(seen, seg->data, seg->len);
}

/* A packet lies in memory of its own, so that a step beyond it is seen. Its size, or 0. */
static size_t take_packet(const pcap_headers *file, frames *taken_apart, const uint8_t *data, size_t size,
                          trace *seen)
{
    char why[PCAP_HEADERS_WHY_SIZE] = "";
    frame in;
    segment seg;
    frame_result result;
    uint8_t *copy;

    if (size < file->packet_head)
        return 0;
    copy = exact_copy(data, file->packet_head);
    if (pcap_packet(file, copy, &in, why) < 0) {
        check(why[0] != '\0', "damage is told");
        in.captured = size;
    }
    free(copy);
    check(in.captured <= PCAP_PACKET_MAX || why[0] != '\0', "a packet is not larger than told");
    if (size - file->packet_head < in.captured)
        return 0;
    copy = exact_copy(data + file->packet_head, in.captured);
    in.data = copy;
    in.number = 1;
    result = frames_parse(taken_apart, &in, &seg);
    trace_note(seen, 'r', result);
    trace_note(seen, 't', (uint64_t)in.time);
    if (result == FRAME_TCP)
        note_segment(seen, &seg);
    free(copy);
    return file->packet_head + in.captured;
}

static void read_file(const uint8_t *data, size_t size, trace *seen)
{
    char why[PCAP_HEADERS_WHY_SIZE] = "";
    frames *taken_apart;
    pcap_headers file;
    uint8_t *head;
    size_t packet;
    int result;

    if (size < PCAP_FILE_HEAD_SIZE || !pcap_begins(data))
        return;
    head = exact_copy(data, PCAP_FILE_HEAD_SIZE);
    result = pcap_begin(&file, head, why);
    free(head);
    check(result == 0 || why[0] != '\0', "damage is told");
    if (result < 0)
        return;
    check(file.packet_head <= PCAP_PACKET_HEAD_SIZE, "there is room for the header of a packet");
    data += PCAP_FILE_HEAD_SIZE;
    size -= PCAP_FILE_HEAD_SIZE;
    taken_apart = frames_new();
    while ((packet = take_packet(&file, taken_apart, data, size, seen)) > 0) {
        data += packet;
        size -= packet;
    }
    frames_free(taken_apart);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    trace whole = { 0 }, cut = { 0 };

    if (size == 0)
        return 0;
    read_file(data + 1, size - 1, &whole);
    read_file(data + 1, (size - 1) * data[0] / 256, &cut);
    check(cut.len <= whole.len, "of a part no more is read than of the whole");
    check_bytes("the beginning", cut.data, cut.len, whole.data, cut.len);
    trace_free(&whole);
    trace_free(&cut);
    return 0;
}
