# SPDX-License-Identifier: ISC
"""TCP connections of a session as lists of segments, and what networks do to them."""
import dataclasses
import random
import re

CLIENT, SERVER = 0, 1
HEADER = 5              # of a packet of the protocol
EXIT = HEADER           # bytes at the end of S2C
MSS = 100


@dataclasses.dataclass
class Segment:
    side: int
    flags: str
    at: int             # of its first byte in the side's stream; -1: the SYN
    ack: int            # likewise of what is awaited from the other side
    data: bytes = b''
    time: float = 0
    port: int = 40000   # the client's
    isn: tuple = (1000, 5000)
    captured: int = -1  # bytes of the frame; -1: all

    def end(self):
        return self.at + len(self.data)


def request_length(c2s):
    """The response packet behind the request begins with its length, 20 or 32."""
    return re.search(rb'[\x14\x20]\x00\x00\x00\x02', c2s).start()


def turns(c2s, s2c):
    """Who says what, in the order of a session."""
    greeting = s2c.index(b'\n', s2c.index(b'\nFeatures: ') + 1) + 1
    challenge = greeting + HEADER + int.from_bytes(s2c[greeting:greeting + 4], 'little')
    request = request_length(c2s)
    response = request + HEADER + c2s[request]
    return [(SERVER, s2c[:greeting]), (CLIENT, c2s[:request]),
            (SERVER, s2c[greeting:challenge]), (CLIENT, c2s[request:response]),
            (SERVER, s2c[challenge:challenge + HEADER]), (CLIENT, c2s[response:]),
            (SERVER, s2c[challenge + HEADER:])]


def conversation(streams, mss=MSS, **more):
    """The segments of a connection without any hardship."""
    at = [0, 0]
    segments = []

    def send(side, flags, place=None, data=b''):
        segments.append(Segment(side, flags, at[side] if place is None else place, at[1 - side],
                                data, **more))

    send(CLIENT, 'S', -1)
    send(SERVER, 'SA', -1)
    send(CLIENT, 'A')
    for side, data in turns(*streams):
        for i in range(0, len(data), mss):
            send(side, 'PA', data=data[i:i + mss])
            at[side] += len(data[i:i + mss])
        send(1 - side, 'A')
    send(SERVER, 'FA')
    at[SERVER] += 1
    send(CLIENT, 'FA')
    at[CLIENT] += 1
    send(SERVER, 'A')
    return timed(segments)


def timed(segments):
    return [changed(segment, time=i * 0.001) for i, segment in enumerate(segments)]


def changed(segment, **fields):
    return dataclasses.replace(segment, **fields)


def with_data(segments, side):
    return [i for i, s in enumerate(segments) if s.data and s.side == side]


# ---- hardships: each takes the segments of a session, and gives others ----

def out_of_order(segments):
    """Neighbours that go in the same direction change places, in blocks."""
    result = []
    run = []
    for segment in segments + [None]:
        if run and (segment is None or not segment.data or segment.side != run[0].side):
            for i in range(0, len(run), 4):
                result += reversed(run[i:i + 4])
            run = []
        if segment is not None:
            (run if segment.data else result).append(segment)
    return result


def shuffled(segments):
    """Behind the SYNs everything, both sides, as if several queues had captured."""
    order = random.Random(1)
    keyed = [(i + order.uniform(0, 6), s) for i, s in enumerate(segments[2:])]
    return segments[:2] + [s for _, s in sorted(keyed, key=lambda pair: pair[0])]


def retransmitted(segments):
    result = []
    for i, segment in enumerate(segments):
        result += [segment] * (3 if i % 3 == 0 else 1)
        if i % 5 == 4:
            result += segments[i - 4:i]
    return result


def overlapping(segments, spoil=False):
    """Copies that were cut into segments elsewhere; of spoiled ones not all bytes are right."""
    result = []
    for side in CLIENT, SERVER:
        stream = b''.join(s.data for s in segments if s.side == side)
        for segment in (s for s in segments if s.side == side and s.data):
            start = max(segment.at - 37, 0)
            data = stream[start:segment.end()]
            if spoil and segment.at > 1000 and len(data) > 50:
                data = bytes(20) + data[20:]
            result.append((segment.time + 0.0005, changed(segment, at=start, data=data)))
    result += [(s.time, s) for s in segments]
    return [s for _, s in sorted(result, key=lambda pair: pair[0])]


def overlapping_differs(segments):
    return overlapping(segments, True)


def keep_alives(segments):
    """One side asks whether the other is there: with an old byte, with any byte, without one."""
    result = []
    for segment in segments:
        result.append(segment)
        if segment.flags == 'A' and segment.at > 0 and segment is not segments[-1]:
            for data in (b'', b'\0', b'?'):
                result.append(changed(segment, at=segment.at - 1, data=data))
                result.append(changed(segment, side=1 - segment.side, at=segment.ack,
                                      ack=segment.at))
    return result


def sequence_wrap(segments):
    return [changed(s, isn=(2**32 - 50, 2**32 - 700)) for s in segments]


def client_half(segments):
    return [s for s in segments if s.side == CLIENT]


def server_half(segments):
    return [s for s in segments if s.side == SERVER]


def late(segments):
    """The capture begins behind the request."""
    request = with_data(segments, CLIENT)[0]
    return segments[request + 1:]


def late_server_half(segments):
    """And nothing of the client."""
    return server_half(late(segments))


def backward(segments):
    """From the last segment to the first, as a tap with the wrong idea of time may have it."""
    return timed(segments[::-1])


def backward_no_syn(segments):
    return backward(no_syn(segments))


def request_lost(segments):
    return [s for i, s in enumerate(segments) if i != with_data(segments, CLIENT)[0]]


def interleaved(segments):
    """Twenty sessions at the same time, and other traffic between them."""
    result = [changed(s, port=41000 + n, time=s.time * (1 + n / 10) + n * 1e-5,
                      isn=(n * 1000003, n * 7000007))
              for n in range(20) for s in segments]
    other = [(SERVER, b'220 mail ready\r\n'), (CLIENT, b'QUIT\r\n')]
    result += [Segment(side, 'PA', 0, 0, data, 0.01 + n / 100, 50000 + n)
               for n in range(10) for side, data in other]
    return sorted(result, key=lambda s: s.time)


def no_syn(segments):
    return segments[3:]


def reset(segments):
    """The client is gone before the server's FIN."""
    at = segments[-3]
    return segments[:-3] + [Segment(CLIENT, 'RA', at.ack, at.at, time=at.time)]


def reset_amid(segments):
    """The server breaks it off in the middle of its output."""
    index = with_data(segments, SERVER)[-3]
    at = segments[index]
    return segments[:index] + [Segment(SERVER, 'R', at.at, at.ack, time=at.time)]


def port_reuse(segments):
    """The same ports again, once after a FIN and once after nothing."""
    second = [changed(s, isn=(777777, 888888), time=s.time + 10) for s in segments]
    third = [changed(s, isn=(99, 98), time=s.time + 20) for s in segments]
    return segments + second[:-3] + third


def syn_twice(segments):
    return segments[:1] + segments[:2] + segments[1:]


def unfinished(segments):
    return segments[:-3]


# ---- losses; the places are in the body at the end of what the server sent ----

def last_body(segments):
    return max(s.end() for s in segments if s.side == SERVER) - EXIT - 1


def without(segments, first, last):
    """Loses the bytes from first to last of the server, wherever segments begin."""
    result = []
    for s in segments:
        if s.side == CLIENT or not s.data or s.end() <= first or s.at >= last:
            result.append(s)
            continue
        if s.at < first:
            result.append(changed(s, data=s.data[:first - s.at]))
        if s.end() > last:
            result.append(changed(s, at=last, data=s.data[last - s.at:]))
    return result


def lost_in_body(segments):
    end = last_body(segments)
    return without(segments, end - 600, end - 350)


def lost_end_of_body(segments):
    end = last_body(segments)
    return without(segments, end - 100, end)


def lost_header(segments):
    end = last_body(segments)
    return without(segments, end - 100, end + 2)


def lost_tail(segments):
    end = last_body(segments)
    return without(segments, end - 100, end + EXIT)


def cut_off(segments):
    """A snapshot length that is too small for a segment in the body."""
    index = with_data(segments, SERVER)[-4]
    return [changed(s, captured=14 + 20 + 20 + 30) if i == index else s
            for i, s in enumerate(segments)]


def headers_only(segments):
    """A snapshot length without any of the bytes."""
    return [changed(s, captured=54) for s in segments]


HARDSHIPS = [conversation, out_of_order, shuffled, retransmitted, overlapping, overlapping_differs,
             keep_alives, sequence_wrap, client_half, server_half, late, late_server_half,
             backward, backward_no_syn, request_lost, interleaved, no_syn, reset,
             reset_amid, port_reuse, syn_twice, unfinished, lost_in_body, lost_end_of_body,
             lost_header, lost_tail, cut_off, headers_only]
