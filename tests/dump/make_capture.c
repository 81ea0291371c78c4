/* Makes a capture of any size, for measuring, and the key log that opens it:
 *
 *     make_capture CAPTURE KEYLOG SESSIONS PACKETS BODY SEGMENT
 *
 * Each session has so many OUTPUT packets with bodies of BODY bytes under AES, in TCP segments of
 * SEGMENT bytes; 0: one for each packet. */
#include "wire_session.h"

#include <sidewire/backends.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ETHERNET = 14, IPV4 = 20, TCP = 20, HEADERS = ETHERNET + IPV4 + TCP, SERVER_PORT = 2990,
       PACKETS_AT_ONCE = 256 };

static FILE *capture;
static uint64_t microseconds;

static void put(const void *data, size_t len)
{
    if (len > 0 && fwrite(data, len, 1, capture) != 1) {
        perror("make_capture");
        exit(EXIT_FAILURE);
    }
}

static void put32(uint32_t value) /* in the byte order of this machine, as pcap allows */
{
    put(&value, sizeof(value));
}

static void put_file_header(void)
{
    put32(0xa1b2c3d4);
    put32(4 << 16 | 2);
    put32(0);
    put32(0);
    put32(262144);
    put32(1);
}

static void set16(uint8_t *out, uint32_t value)
{
    out[0] = (uint8_t)(value >> 8);
    out[1] = (uint8_t)value;
}

static void set32(uint8_t *out, uint32_t value)
{
    set16(out, value >> 16);
    set16(out + 2, value);
}

static void put_segment(uint32_t session, from side, uint8_t flags, uint32_t seq,
                        const uint8_t *data, size_t len)
{
    uint8_t h[HEADERS] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45 };
    uint8_t *ip = h + ETHERNET;
    uint8_t *tcp = ip + IPV4;
    uint32_t client = 0x0a000000 + (session >> 8);
    uint32_t server = 0xc0000201;
    uint32_t port = 20000 + (session & 0xff);

    set16(ip + 2, (uint32_t)(IPV4 + TCP + len));
    ip[8] = 64;
    ip[9] = 6;
    set32(ip + 12, side == FROM_CLIENT ? client : server);
    set32(ip + 16, side == FROM_CLIENT ? server : client);
    set16(tcp, side == FROM_CLIENT ? port : SERVER_PORT);
    set16(tcp + 2, side == FROM_CLIENT ? SERVER_PORT : port);
    set32(tcp + 4, seq);
    tcp[12] = 0x50;
    tcp[13] = flags;
    microseconds++;
    put32((uint32_t)(1700000000 + microseconds / 1000000));
    put32((uint32_t)(microseconds % 1000000));
    put32((uint32_t)(HEADERS + len));
    put32((uint32_t)(HEADERS + len));
    put(h, sizeof(h));
    put(data, len);
}

/* Sends what is left of a stream up to a place in it. Sequence numbers begin at 1; the SYN's is
 * 0. */
static void put_stream(uint32_t session, from side, bytes *sent, size_t *at, size_t until,
                       size_t mss)
{
    const uint8_t *data = sent->data;

    while (*at < until) {
        size_t len = until - *at < mss ? until - *at : mss;

        put_segment(session, side, TCP_ACK, (uint32_t)(1 + *at), data, len);
        data += len;
        *at += len;
    }
    sent->len -= (size_t)(data - sent->data);
    memmove(sent->data, data, sent->len);
}

static void put_session(const sw_crypto *crypto, FILE *log, uint32_t number, size_t packets,
                        const uint8_t *body, size_t body_len, size_t mss)
{
    size_t at[2] = { 0, 0 };
    size_t end;
    wire_session w;
    char *line;

    wire_session_start(&w, crypto, SW_FEATURE_SIDEBAND | SW_FEATURE_AES_CTR128, number);
    line = wire_session_log(&w);
    fputs(line, log);
    free(line);
    put_segment(number, FROM_CLIENT, TCP_SYN, 0, NULL, 0);
    put_segment(number, FROM_SERVER, TCP_SYN | TCP_ACK, 0, NULL, 0);
    put_stream(number, FROM_SERVER, &w.sent[FROM_SERVER], &at[1], w.opening[FROM_SERVER], 65000);
    put_stream(number, FROM_CLIENT, &w.sent[FROM_CLIENT], &at[0], w.opening[FROM_CLIENT], 65000);
    put_stream(number, FROM_SERVER, &w.sent[FROM_SERVER], &at[1], w.proof[FROM_SERVER], 65000);
    put_stream(number, FROM_CLIENT, &w.sent[FROM_CLIENT], &at[0], w.proof[FROM_CLIENT], 65000);
    wire_session_packet(&w, FROM_SERVER, SW_BAND_PROCEED, NULL, 0);
    wire_session_packet(&w, FROM_CLIENT, SW_BAND_COMMAND, "si", 3);
    put_stream(number, FROM_CLIENT, &w.sent[FROM_CLIENT], &at[0], at[0] + w.sent[0].len, 65000);
    end = at[1] + w.sent[1].len;
    for (size_t i = 0; i < packets; i++) {
        wire_session_packet(&w, FROM_SERVER, SW_BAND_OUTPUT, body, body_len);
        end += SW_HEADER_SIZE + body_len;
        if (mss == 0 || i % PACKETS_AT_ONCE == 0)
            put_stream(number, FROM_SERVER, &w.sent[1], &at[1],
                       mss == 0 ? end : end - end % mss, mss == 0 ? 65000 : mss);
    }
    wire_session_packet(&w, FROM_SERVER, SW_BAND_EXIT_SUCCESS, NULL, 0);
    put_stream(number, FROM_SERVER, &w.sent[1], &at[1], at[1] + w.sent[1].len,
               mss == 0 ? 65000 : mss);
    put_segment(number, FROM_SERVER, TCP_FIN | TCP_ACK, (uint32_t)(1 + at[1]), NULL, 0);
    put_segment(number, FROM_CLIENT, TCP_FIN | TCP_ACK, (uint32_t)(1 + at[0]), NULL, 0);
    wire_session_free(&w);
}

int main(int argc, char **argv)
{
    sw_crypto *crypto = sw_backend_new(NULL);
    size_t numbers[4];
    uint8_t *body;
    FILE *log;

    if (argc != 7) {
        fputs("usage: make_capture CAPTURE KEYLOG SESSIONS PACKETS BODY SEGMENT\n", stderr);
        return EXIT_FAILURE;
    }
    for (int i = 0; i < 4; i++)
        numbers[i] = strtoul(argv[3 + i], NULL, 10);
    capture = fopen(argv[1], "wb");
    log = fopen(argv[2], "w");
    body = malloc(numbers[2] + 1);
    if (crypto == NULL || capture == NULL || log == NULL || body == NULL) {
        perror("make_capture");
        return EXIT_FAILURE;
    }
    for (size_t i = 0; i < numbers[2]; i++)
        body[i] = (uint8_t)("some text, "[i % 11]);
    put_file_header();
    for (size_t i = 0; i < numbers[0]; i++)
        put_session(crypto, log, (uint32_t)i, numbers[1], body, numbers[2], numbers[3]);
    free(body);
    sw_backend_free(crypto);
    return fclose(capture) == 0 && fclose(log) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
