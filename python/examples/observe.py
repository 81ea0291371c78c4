#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Shows the packets of one TCP connection in a capture (pcap), decrypted by the user's private key, which opens plain
sessions, or by a key log. What makes this short: the connection is the only one to that port, over IPv4, on Ethernet or
without it, and its segments came once each and in order. sidewire-dump does without all that, and shows the rest."""

import argparse
import struct
import sys

import sidewire

ETHERNET = 1


def segments(path, port):
    """(0 for what goes to the port, else 1; bytes) of each segment."""
    with open(path, 'rb') as file:
        head = file.read(24)
        order = {b'\xd4\xc3\xb2\xa1': '<', b'\xa1\xb2\xc3\xd4': '>'}.get(head[:4])
        if order is None:
            sys.exit(f'{path}: no capture in the form of pcap with microseconds')
        link, = struct.unpack(order + '20xI', head)
        while len(record := file.read(16)) == 16:
            frame = file.read(struct.unpack(order + '8xI4x', record)[0])
            ip = frame[14:] if link == ETHERNET else frame
            if len(ip) < 40 or ip[0] >> 4 != 4 or ip[9] != 6:
                continue
            tcp = ip[(ip[0] & 15) * 4:int.from_bytes(ip[2:4], 'big')]
            ports = struct.unpack('>HH', tcp[:4])
            if port in ports:
                yield 0 if ports[1] == port else 1, tcp[(tcp[12] >> 4) * 4:]


def keys_of(event, observer, key, log):
    """What opens the session, if this event is about that and it is known."""
    if event.kind == sidewire.Observed.CHALLENGE and key is not None:
        observer.open_challenge(event, key)
    elif event.kind == sidewire.Observed.NOISE and event.side == sidewire.Side.CLIENT:
        for secrets in log:
            if event.data[:32] == secrets.ephemeral:
                observer.open(secrets)
    elif event.kind == sidewire.Observed.RESPONSE and event.verdict == sidewire.Verdict.UNKNOWN:
        for secrets in log:
            if event.data == secrets.response:
                observer.open(secrets)


def show(event):
    side = event.side.name.lower()
    if event.kind == sidewire.Observed.PACKET:
        text = ''.join(chr(byte) if 32 <= byte < 127 else '.' for byte in event.data)
        print(f'{side}: {getattr(event.band, "name", event.band)}, {len(event.data)} bytes {text}')
    elif event.kind == sidewire.Observed.ENCRYPTED:
        print(f'{side}: {event.length} bytes, encrypted')


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--key', help="file of the user's private key")
    parser.add_argument('--keylog', help='a key log')
    parser.add_argument('capture')
    parser.add_argument('port', type=int)
    options = parser.parse_args()
    key, log = sidewire.PrivateKey.from_file(options.key) if options.key else None, []
    if options.keylog:
        with open(options.keylog, encoding='ascii') as file:
            log = list(filter(None, map(sidewire.Secrets.from_line, file)))
    observer = sidewire.Observer()

    def tell(flush):
        for event in observer.events(flush):
            keys_of(event, observer, key, log)
            show(event)
    for end, data in segments(options.capture, options.port):
        observer.receive_data(end, data)
        tell(False)
    tell(True)


if __name__ == '__main__':
    main()
