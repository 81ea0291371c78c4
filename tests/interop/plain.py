# SPDX-License-Identifier: ISC
"""Plain sessions, both roles and modes [protocol.md, sections 2 to 9]."""

import hashlib
import hmac
import os

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from packets import Band, PacketStream, ProtocolError, Rc4, aes_ctr

FEATURES = ('sideband', 'aes_ctr128', 'sha256')
NOTICE = b'NOISE_NX'  # of servers that seal [sealed.md, section 5]
PROCEED = b'Proceed.'
AWAITING_DATA = b'\nAwaiting Data.'
END_OF_COMMAND = b'\nEnd of Command.\n'


def oaep():
    return padding.OAEP(mgf=padding.MGF1(hashes.SHA1()), algorithm=hashes.SHA1(), label=None)


def response_to(challenge, features):
    name = 'sha256' if 'sha256' in features else 'sha1'
    return hashlib.new(name, challenge[:64]).digest()


def session_ciphers(challenge, features):
    """Client to server, and server to client."""
    cipher = aes_ctr if 'aes_ctr128' in features else Rc4
    return cipher(challenge[64:96]), cipher(challenge[96:128])


# ---- client ----

def read_greeting(wire):
    """The greeting and its features. A server without a features line is asked for legacy."""
    greeting = wire.receive(1)
    while greeting.count(b'\n') < 2:
        greeting += wire.receive(1)
        if len(greeting) > 4096:
            raise ProtocolError('no end of the greeting')
    line = greeting.split(b'\n')[1].decode()
    if not line.startswith('Features: '):
        raise ProtocolError(f'no features: {line}')
    return greeting, line.removeprefix('Features: ').split(',')


def log_in(wire, user, key, wanted):
    """Sends the request and answers the challenge. The list of wanted features may be empty: legacy."""
    wire.send(f'auth rsa {user} {",".join(wanted)}'.rstrip().encode())
    packets = PacketStream(wire)
    if wanted:
        block = packets.expect(Band.CHALLENGE)
    else:
        block = wire.receive(key.key_size // 8)
    challenge = key.decrypt(block, oaep())
    response = response_to(challenge, wanted)
    outgoing, incoming = session_ciphers(challenge, wanted)
    if wanted:
        packets.send(Band.CHALLENGE_RESPONSE, response)
    else:
        wire.send(response)
    wire.set_ciphers(outgoing, incoming)
    if wanted:
        packets.expect(Band.PROCEED)
    elif wire.receive(len(PROCEED)) != PROCEED:
        raise ProtocolError('no proceed')
    return challenge


def command_legacy(wire, arguments, upload):
    """Output up to the end of the stream."""
    wire.send(b''.join(b'\n' + a.encode() for a in arguments) + END_OF_COMMAND)
    if upload is not None:
        request = wire.receive(len(AWAITING_DATA))
        if request != AWAITING_DATA:
            raise ProtocolError(f'no request for data, but {request!r}')
        wire.send(upload)
        wire.connection.shutdown(1)
    output = b''
    while more := wire.receive_some(65536):
        output += more
    return output


def command(packets, arguments, upload):
    """Exit status, output, and what the logs said."""
    packets.send(Band.COMMAND, b''.join(a.encode() + b'\0' for a in arguments))
    return read_reply(packets, upload)


def read_reply(packets, upload):
    output = log = b''
    while True:
        band, body = packets.receive()
        if band == Band.OUTPUT:
            output += body
        elif Band.OUTPUT < band < Band.EXIT_SUCCESS:
            log += body
        elif band == Band.AWAITING_DATA and upload is not None:
            for start in range(0, len(upload), 10000):
                packets.send(Band.BLOB_DATA, upload[start:start + 10000])
            packets.send(Band.BLOB_DATA)
        elif band in (Band.EXIT_SUCCESS, Band.EXIT_FAILURE) and not body:
            return band - Band.EXIT_SUCCESS, output, log
        else:
            raise ProtocolError(f'band {band} in a reply')


# ---- server ----

def read_request(wire):
    """User and features. The end is what one read gave, as deployed servers have it."""
    request = wire.receive_some(4096).decode()
    words = request.removeprefix('auth rsa ').rstrip('\0\r\n').split(' ')
    if not request.startswith('auth rsa ') or not words[0] or len(words) > 2:
        raise ProtocolError(f'not a request: {request!r}')
    features = words[1].split(',') if len(words) == 2 and words[1] else []
    if not set(features) <= set(FEATURES):
        raise ProtocolError(f'unknown features: {features}')
    return words[0], features


def admit(wire, users, seals):
    """The server's part from the request to PROCEED. Returns the features asked for."""
    user, features = read_request(wire)
    challenge = os.urandom(128)
    if seals:
        challenge = challenge[:56] + NOTICE + challenge[64:]
    block = users[user].encrypt(challenge, oaep())
    incoming, outgoing = session_ciphers(challenge, features)
    wanted = response_to(challenge, features)
    packets = PacketStream(wire)
    if features:
        packets.send(Band.CHALLENGE, block)
        response = packets.expect(Band.CHALLENGE_RESPONSE)
    else:
        wire.send(block)
        response = wire.receive(len(wanted))
    if not hmac.compare_digest(response, wanted):
        raise ProtocolError('wrong response')
    wire.set_ciphers(outgoing, incoming)
    if features:
        packets.send(Band.PROCEED)
    else:
        wire.send(PROCEED)
    return features


def read_command(body):
    if not body.endswith(b'\0'):
        raise ProtocolError('a command without its last NUL')
    return [argument.decode() for argument in body[:-1].split(b'\0')]


def read_command_legacy(wire):
    text = b''
    while not text.endswith(END_OF_COMMAND):
        text += wire.receive(1)
    return [a.decode() for a in text.removesuffix(END_OF_COMMAND)[1:].split(b'\n')]


def read_upload(packets):
    data = b''
    while body := packets.expect(Band.BLOB_DATA, 1 << 20):
        data += body
    return data


def read_upload_legacy(wire):
    wire.send(AWAITING_DATA)
    data = b''
    while more := wire.receive_some(65536):
        data += more
    return data
