/* SPDX-License-Identifier: ISC */
#include "capture_reader.h"

#include "scratch.h"

#include <check.h>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>

enum { SECTION_SIZE = 28, INTERFACE_SIZE = 32, PACKET_HEADER = 28, PACKET_TRAILER = 4 };

/* Numbers of blocks are in the machine's order, those of packets in the network's. */
static uint32_t host32(const uint8_t *bytes)
{
    uint32_t value;

    memcpy(&value, bytes, sizeof(value));
    return value;
}

static uint16_t host16(const uint8_t *bytes)
{
    uint16_t value;

    memcpy(&value, bytes, sizeof(value));
    return value;
}

static uint32_t net32(const uint8_t *bytes)
{
    return ntohl(host32(bytes));
}

static uint16_t net16(const uint8_t *bytes)
{
    return ntohs(host16(bytes));
}

/* ---- checksums ---- */

/* The one's complement sum of words in any byte order, added to what was summed before. */
static uint16_t add_words(uint16_t sum, const uint8_t *bytes, size_t len)
{
    uint64_t total = sum;

    for (; len >= 2; bytes += 2, len -= 2)
        total += host16(bytes);
    if (len > 0) {
        const uint8_t last[2] = { bytes[0], 0 };
        total += host16(last);
    }
    return (uint16_t)(total == 0 ? 0 : (total - 1) % 0xffff + 1);
}

static void check_sum(const char *what, uint16_t sum)
{
    ck_assert_msg(sum == 0xffff, "%s: the checksum is wrong: 0x%04x", what, sum);
}

/* ---- packets ---- */

static void read_tcp(captured_packet *p, const uint8_t *tcp, size_t len)
{
    size_t header = (size_t)(tcp[12] >> 4) * 4;

    ck_assert_uint_ge(len, header);
    ck_assert_uint_eq(header, tcp[13] & TH_SYN ? 24 : 20);
    p->from.port = net16(tcp);
    p->to.port = net16(tcp + 2);
    p->seq = net32(tcp + 4);
    p->ack = net32(tcp + 8);
    ck_assert_uint_eq(tcp[12] & 0xf, 0);
    p->flags = tcp[13];
    ck_assert_uint_eq(net16(tcp + 14), 65535);
    ck_assert_uint_eq(net16(tcp + 18), 0);
    if (p->flags & TH_SYN)
        ck_assert_uint_eq(net32(tcp + 20), 0x02040000 + 1440); /* greatest segment */
    p->data = tcp + header;
    p->len = len - header;
    ck_assert_uint_le(p->len, 1440);
}

static void name_ends(captured_packet *p, int family, const uint8_t *addresses, size_t size)
{
    ck_assert_ptr_nonnull(inet_ntop(family, addresses, p->from.address, sizeof(p->from.address)));
    ck_assert_ptr_nonnull(inet_ntop(family, addresses + size, p->to.address, sizeof(p->to.address)));
}

/* The addresses, and the protocol and the length as they stand in front of the segment's sum. */
static uint16_t pseudo_sum(const uint8_t *addresses, size_t size, size_t len)
{
    const uint8_t rest[4] = { 0, 6, (uint8_t)(len >> 8), (uint8_t)len };

    return add_words(add_words(0, addresses, 2 * size), rest, sizeof(rest));
}

static void read_ipv4(captured_packet *p, const uint8_t *ip, size_t len)
{
    ck_assert_uint_ge(len, 20 + 20);
    ck_assert_uint_eq(net16(ip), 0x4500);
    ck_assert_uint_eq(net16(ip + 2), len);
    p->id = net16(ip + 4);
    ck_assert_uint_eq(net16(ip + 6), 0x4000); /* not to be fragmented */
    ck_assert_uint_eq(ip[8], 64);
    ck_assert_uint_eq(ip[9], 6);
    check_sum("IP", add_words(0, ip, 20));
    check_sum("TCP", add_words(pseudo_sum(ip + 12, 4, len - 20), ip + 20, len - 20));
    name_ends(p, AF_INET, ip + 12, 4);
    read_tcp(p, ip + 20, len - 20);
}

static void read_ipv6(captured_packet *p, const uint8_t *ip, size_t len)
{
    ck_assert_uint_ge(len, 40 + 20);
    ck_assert_uint_eq(net32(ip), 0x60000000);
    ck_assert_uint_eq(net16(ip + 4), len - 40);
    ck_assert_uint_eq(ip[6], 6);
    ck_assert_uint_eq(ip[7], 64);
    check_sum("TCP", add_words(pseudo_sum(ip + 8, 16, len - 40), ip + 40, len - 40));
    name_ends(p, AF_INET6, ip + 8, 16);
    read_tcp(p, ip + 40, len - 40);
}

/* ---- blocks ---- */

static const uint8_t *read_headers(const uint8_t *file, size_t len)
{
    const uint8_t *interface = file + SECTION_SIZE;

    ck_assert_uint_ge(len, SECTION_SIZE + INTERFACE_SIZE);
    ck_assert_uint_eq(host32(file), 0x0a0d0d0a);
    ck_assert_uint_eq(host32(file + 4), SECTION_SIZE);
    ck_assert_uint_eq(host32(file + 8), 0x1a2b3c4d);
    ck_assert_uint_eq(host16(file + 12), 1);
    ck_assert_uint_eq(host16(file + 14), 0);
    ck_assert_uint_eq(host32(file + 16), UINT32_MAX);
    ck_assert_uint_eq(host32(file + 20), UINT32_MAX);
    ck_assert_uint_eq(host32(file + 24), SECTION_SIZE);
    ck_assert_uint_eq(host32(interface), 1);
    ck_assert_uint_eq(host32(interface + 4), INTERFACE_SIZE);
    ck_assert_uint_eq(host16(interface + 8), 101); /* raw IP */
    ck_assert_uint_eq(host16(interface + 10), 0);
    ck_assert_uint_eq(host32(interface + 12), 1500);
    ck_assert_uint_eq(host16(interface + 16), 9); /* resolution of times */
    ck_assert_uint_eq(host16(interface + 18), 1);
    ck_assert_uint_eq(interface[20], 9);
    ck_assert_uint_eq(host32(interface + 24), 0); /* no more options */
    ck_assert_uint_eq(host32(interface + 28), INTERFACE_SIZE);
    return interface + INTERFACE_SIZE;
}

/* Returns where the next block begins. */
static const uint8_t *read_block(captured_packet *p, const uint8_t *block, size_t left)
{
    const uint8_t *ip = block + PACKET_HEADER;
    size_t size, len, padded;

    ck_assert_uint_ge(left, PACKET_HEADER + PACKET_TRAILER);
    size = host32(block + 4);
    len = host32(block + 20);
    padded = (len + 3) & ~(size_t)3;
    ck_assert_uint_eq(host32(block), 6);
    ck_assert_uint_eq(host32(block + 8), 0);
    ck_assert_uint_eq(host32(block + 24), len);
    ck_assert_uint_le(len, 1500);
    ck_assert_uint_eq(size, PACKET_HEADER + padded + PACKET_TRAILER);
    ck_assert_uint_le(size, left);
    for (size_t i = len; i < padded; i++)
        ck_assert_uint_eq(ip[i], 0);
    ck_assert_uint_eq(host32(ip + padded), size);
    p->time = (int64_t)((uint64_t)host32(block + 12) << 32 | host32(block + 16));
    if (ip[0] >> 4 == 6)
        read_ipv6(p, ip, len);
    else
        read_ipv4(p, ip, len);
    return block + size;
}

captured_packet *capture_read(const char *path, size_t *count)
{
    size_t len;
    const uint8_t *file = (const uint8_t *)scratch_read(path, &len);
    const uint8_t *end = file + len;
    const uint8_t *block = read_headers(file, len);
    captured_packet *packets = scratch_allocate(len / PACKET_HEADER * sizeof(*packets));

    *count = 0;
    while (block < end)
        block = read_block(&packets[(*count)++], block, (size_t)(end - block));
    return packets;
}
