/* SPDX-License-Identifier: ISC */
/* IP packets of a TCP connection as they may have been on the network, made from what its ends said
 * to each other. */
#ifndef SIDEWIRE_TOOLS_TCP_PACKET_H
#define SIDEWIRE_TOOLS_TCP_PACKET_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum {
    TCP_SEGMENT_MAX = 1440, /* bytes of data, so that no packet has more than 1500 */
    TCP_PACKET_MAX = 1500
};

typedef struct tcp_end {
    uint8_t address[16]; /* IPv4: the first four bytes */
    uint16_t port;
    uint16_t packets; /* that it sent, modulo 65536 */
    uint32_t next;    /* sequence number of what it sends next, modulo 2^32 */
} tcp_end;

typedef struct tcp_connection {
    int is_ipv6;
    tcp_end ends[2]; /* the first one is who connects */
} tcp_connection;

/* Addresses and ports; the other fields become zero. IPv4 mapped to IPv6 is IPv4. 0, or -1 if they
 * are not of IPv4 or IPv6, or not both of the same. */
int tcp_connection_set(tcp_connection *connection, const struct sockaddr_storage *client,
                       const struct sockaddr_storage *server);

/* Writes the packet that ends[from] sends next. flags: TH_* of <netinet/tcp.h>; with TH_ACK all
 * that the other end has sent is acknowledged. data[0..len): at most TCP_SEGMENT_MAX bytes, and
 * none with TH_SYN. Returns the packet's size. */
size_t tcp_packet(tcp_connection *connection, int from, unsigned flags, const void *data, size_t len,
                  uint8_t packet[TCP_PACKET_MAX]);

#endif
