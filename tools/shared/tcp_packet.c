/* SPDX-License-Identifier: ISC */
#include "tcp_packet.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

enum {
    IPV4_HEADER = 20,
    IPV6_HEADER = 40,
    TCP_HEADER = 20,
    MSS_OPTION = 4, /* only option there is, with SYN */
    HOPS = 64,
    WINDOW = 65535
};

/* ---- addresses ---- */

/* An end of IPv6, and whether that is so in name only. */
static int set_ipv6(tcp_end *end, const struct sockaddr_in6 *address)
{
    end->port = ntohs(address->sin6_port);
    if (!IN6_IS_ADDR_V4MAPPED(&address->sin6_addr)) {
        memcpy(end->address, &address->sin6_addr, sizeof(end->address));
        return AF_INET6;
    }
    memcpy(end->address, address->sin6_addr.s6_addr + 12, 4);
    return AF_INET;
}

static void set_ipv4(tcp_end *end, const struct sockaddr_in *address)
{
    end->port = ntohs(address->sin_port);
    memcpy(end->address, &address->sin_addr, 4);
}

/* Returns the family, or -1. */
static int set_end(tcp_end *end, const struct sockaddr_storage *address)
{
    if (address->ss_family == AF_INET6)
        return set_ipv6(end, (const struct sockaddr_in6 *)address);
    if (address->ss_family != AF_INET)
        return -1;
    set_ipv4(end, (const struct sockaddr_in *)address);
    return AF_INET;
}

int tcp_connection_set(tcp_connection *connection, const struct sockaddr_storage *client,
                       const struct sockaddr_storage *server)
{
    int family;

    memset(connection, 0, sizeof(*connection));
    family = set_end(&connection->ends[0], client);
    connection->is_ipv6 = family == AF_INET6;
    return family >= 0 && set_end(&connection->ends[1], server) == family ? 0 : -1;
}

/* ---- packets ---- */

static void put16(uint8_t *out, uint32_t value)
{
    out[0] = (uint8_t)(value >> 8);
    out[1] = (uint8_t)value;
}

static void put32(uint8_t *out, uint32_t value)
{
    put16(out, value >> 16);
    put16(out + 2, value);
}

/* The sum of 16-bit words that checksums are made of; an odd byte at the end is the upper half of
 * one. Does not overflow for a packet and more. */
static uint32_t sum(const uint8_t *data, size_t len)
{
    uint32_t total = 0;

    for (size_t i = 0; i < len; i++)
        total += i % 2 == 0 ? (uint32_t)data[i] << 8 : data[i];
    return total;
}

static uint32_t checksum(uint32_t total)
{
    while (total > 0xffff)
        total = (total & 0xffff) + (total >> 16);
    return total ^ 0xffff;
}

static size_t address_size(const tcp_connection *connection)
{
    return connection->is_ipv6 ? 16 : 4;
}

/* Both return the size of the header of a packet with so many bytes behind it. */
static size_t put_ipv4(const tcp_connection *connection, int from, size_t payload, uint8_t *out)
{
    static const uint8_t dont_fragment = 0x40;

    memset(out, 0, IPV4_HEADER);
    out[0] = 0x45;
    put16(out + 2, (uint32_t)(IPV4_HEADER + payload));
    put16(out + 4, connection->ends[from].packets);
    out[6] = dont_fragment;
    out[8] = HOPS;
    out[9] = IPPROTO_TCP;
    memcpy(out + 12, connection->ends[from].address, 4);
    memcpy(out + 16, connection->ends[!from].address, 4);
    put16(out + 10, checksum(sum(out, IPV4_HEADER)));
    return IPV4_HEADER;
}

static size_t put_ipv6(const tcp_connection *connection, int from, size_t payload, uint8_t *out)
{
    memset(out, 0, IPV6_HEADER);
    out[0] = 0x60;
    put16(out + 4, (uint32_t)payload);
    out[6] = IPPROTO_TCP;
    out[7] = HOPS;
    memcpy(out + 8, connection->ends[from].address, 16);
    memcpy(out + 24, connection->ends[!from].address, 16);
    return IPV6_HEADER;
}

static size_t put_tcp(const tcp_connection *connection, int from, unsigned flags, uint8_t *out)
{
    const tcp_end *end = &connection->ends[from];
    const tcp_end *other = &connection->ends[!from];
    size_t size = TCP_HEADER + (flags & TH_SYN ? MSS_OPTION : 0);

    memset(out, 0, size);
    put16(out, end->port);
    put16(out + 2, other->port);
    put32(out + 4, end->next);
    if (flags & TH_ACK)
        put32(out + 8, other->next);
    out[12] = (uint8_t)(size / 4 << 4);
    out[13] = (uint8_t)flags;
    put16(out + 14, WINDOW);
    if (flags & TH_SYN) {
        out[20] = TCPOPT_MAXSEG;
        out[21] = TCPOLEN_MAXSEG;
        put16(out + 22, TCP_SEGMENT_MAX);
    }
    return size;
}

/* Over the segment and what stands for the IP header. */
static uint32_t tcp_checksum(const tcp_connection *connection, const uint8_t *segment, size_t size)
{
    size_t n = address_size(connection);

    return checksum(sum(connection->ends[0].address, n) + sum(connection->ends[1].address, n) + IPPROTO_TCP +
                    (uint32_t)size + sum(segment, size));
}

size_t tcp_packet(tcp_connection *connection, int from, unsigned flags, const void *data, size_t len,
                  uint8_t packet[TCP_PACKET_MAX])
{
    uint8_t *segment = packet + (connection->is_ipv6 ? IPV6_HEADER : IPV4_HEADER);
    size_t size = put_tcp(connection, from, flags, segment);

    if (len > 0)
        memcpy(segment + size, data, len);
    size += len;
    put16(segment + 16, tcp_checksum(connection, segment, size));
    size +=
        connection->is_ipv6 ? put_ipv6(connection, from, size, packet) : put_ipv4(connection, from, size, packet);
    connection->ends[from].packets++;
    connection->ends[from].next += (uint32_t)len + (flags & (TH_SYN | TH_FIN) ? 1 : 0);
    return size;
}
