#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Captures of one session as networks may have carried it, each with a hardship of TCP, IP or a
link layer: make-captures.py C2S S2C FOLDER

C2S and S2C hold what the client and the server of a recorded session sent. The end of S2C is the
body of an OUTPUT packet of at least 1000 bytes and an exit packet. Needs scapy.
"""
import pathlib
import sys

from scapy.layers.inet import IP, TCP, UDP, fragment
from scapy.layers.inet6 import (IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment, IPv6ExtHdrHopByHop,
                                IPv6ExtHdrRouting, PadN)
from scapy.layers.l2 import Dot1AD, Dot1Q, Ether
from scapy.packet import Raw
from scapy.utils import PcapNgWriter, RawPcapWriter

from tcp_hardships import HARDSHIPS, conversation

PORT = 2990
START = 1700000000


def endpoints(segment):
    ports = (segment.port, PORT)
    return segment.side, ports[segment.side], ports[1 - segment.side]


def tcp_of(segment):
    _, source, target = endpoints(segment)
    number = (segment.isn[segment.side] + 1 + segment.at) % 2**32
    options = [('MSS', 1460), ('WScale', 7)] if 'S' in segment.flags else \
        [('NOP', None), ('NOP', None), ('Timestamp', (1, 2))] if segment.port % 2 else []
    return TCP(sport=source, dport=target, seq=number,
               ack=(segment.isn[1 - segment.side] + 1 + segment.ack) % 2**32
               if 'A' in segment.flags else 0,
               flags=segment.flags, options=options) / Raw(segment.data)


def ipv4(segment, **more):
    addresses = ('192.0.2.1', '198.51.100.2')
    return IP(src=addresses[segment.side], dst=addresses[1 - segment.side], **more) / \
        tcp_of(segment)


def ipv4_options(segment):
    return ipv4(segment, options=b'\x01' * 11 + b'\x00')


def ipv6(segment, *extensions):
    addresses = ('2001:db8::1', '2001:db8::2')
    packet = IPv6(src=addresses[segment.side], dst=addresses[1 - segment.side])
    for extension in extensions:
        packet = packet / extension
    return packet / tcp_of(segment)


def ipv6_extensions(segment):
    return ipv6(segment, IPv6ExtHdrHopByHop(options=[PadN(optdata=b'\0' * 12)]),
                IPv6ExtHdrDestOpt(options=[PadN(optdata=b'\0' * 4)]),
                IPv6ExtHdrRouting(addresses=['2001:db8::9']), IPv6ExtHdrFragment(id=7))


def ethernet(packet):
    return bytes(Ether(src='02:00:00:00:00:01', dst='02:00:00:00:00:02') / packet)


def one_tag(packet):
    return ethernet(Dot1Q(vlan=5) / packet)


def two_tags(packet):
    return ethernet(Dot1AD(vlan=5) / Dot1Q(vlan=6) / packet)


def ethertype(packet):
    return b'\x86\xdd' if isinstance(packet, IPv6) else b'\x08\x00'


def cooked(packet):
    return bytes([0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0]) + ethertype(packet) + bytes(packet)


def cooked_v2(packet):
    return ethertype(packet) + bytes([0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0]) + \
        bytes(packet)


def null(packet):
    return (b'\x1e\0\0\0' if isinstance(packet, IPv6) else b'\2\0\0\0') + bytes(packet)


def loop(packet):
    return (b'\0\0\0\x18' if isinstance(packet, IPv6) else b'\0\0\0\2') + bytes(packet)


# name: number in files, header
LINKS = {'ethernet': (1, ethernet), 'one-tag': (1, one_tag), 'two-tags': (1, two_tags),
         'cooked': (113, cooked), 'cooked-v2': (276, cooked_v2), 'null': (0, null),
         'loop': (108, loop), 'raw': (101, bytes)}
NETWORKS = {'ipv4': ipv4, 'ipv4-options': ipv4_options, 'ipv6': ipv6,
            'ipv6-extensions': ipv6_extensions}


def write(path, segments, link='ethernet', network='ipv4', **more):
    number, header = LINKS[link]
    writer = RawPcapWriter(str(path), linktype=number, **more)
    writer.linktype = number  # scapy 2.6 takes 0 for none
    writer.write_header(None)
    for segment in segments:
        frame = header(NETWORKS[network](segment))
        size = segment.captured if segment.captured >= 0 else len(frame)
        writer.write_packet(frame[:size], sec=START + int(segment.time),
                            usec=int(segment.time % 1 * (10**9 if more.get('nano') else 10**6)),
                            caplen=min(size, len(frame)), wirelen=len(frame))
    writer.close()


def write_fragments(path, segments, change=list):
    """A session in fragments of 64 bytes, and a large datagram."""
    frames = []
    for number, segment in enumerate(segments):
        frames += change(fragment(ipv4(segment, id=number), 64))
    big = IP(src='192.0.2.7', dst='192.0.2.8', id=7) / UDP(sport=5, dport=6) / Raw(bytes(3000))
    frames = [ethernet(packet) for packet in frames[:5] + fragment(big, 1480)[1:] + frames[5:]]
    writer = RawPcapWriter(str(path), linktype=1)
    writer.write_header(None)
    for i, frame in enumerate(frames):
        writer.write_packet(frame, sec=START, usec=i)
    writer.close()


def write_pcapng(path, segments):
    writer = PcapNgWriter(str(path))
    for segment in segments:
        packet = Ether(ethernet(ipv4(segment)))
        packet.time = START + segment.time
        writer.write(packet)
    writer.close()


def main():
    c2s, s2c, folder = (pathlib.Path(word) for word in sys.argv[1:])
    streams = (c2s.read_bytes(), s2c.read_bytes())
    segments = conversation(streams)
    for change in HARDSHIPS:
        given = segments if change is conversation else change(segments)
        write(folder / (change.__name__.replace('_', '-') + '.pcap'), given)
    for link in LINKS:
        for network in NETWORKS:
            write(folder / f'{link}-{network}.pcap', segments, link, network)
    write(folder / 'one-byte-segments.pcap', conversation(streams, 1))
    write(folder / 'large-segments.pcap', conversation(streams, 60000))
    write(folder / 'nanoseconds.pcap', segments, nano=True)
    write(folder / 'big-endian.pcap', segments, endianness='>')
    write_fragments(folder / 'fragments.pcap', segments)
    write_fragments(folder / 'fragments-reversed.pcap', segments, lambda parts: parts[::-1])
    write_fragments(folder / 'fragments-twice.pcap', segments, lambda parts: 2 * parts)
    write_fragments(folder / 'fragments-lost.pcap', conversation(streams, 1400),
                    lambda parts: parts[:2] + parts[3:] if len(parts) > 9 else parts)
    write_pcapng(folder / 'pcapng.pcapng', segments)


if __name__ == '__main__':
    main()
