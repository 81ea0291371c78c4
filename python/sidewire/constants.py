# SPDX-License-Identifier: ISC
"""Numbers of the protocol and of the library, as in the C headers, which describe each of them."""

from enum import IntEnum, IntFlag


class Feature(IntFlag):
    """What a server announces and a client asks for."""
    SIDEBAND = 1
    AES_CTR128 = 2
    SHA256 = 4
    NOISE_AESGCM = 8
    NOISE_CHACHAPOLY = 16


#: All of plain sessions, and both suites of sealed ones.
FEATURES_ALL = Feature.SIDEBAND | Feature.AES_CTR128 | Feature.SHA256
FEATURES_SEALED = Feature.NOISE_AESGCM | Feature.NOISE_CHACHAPOLY


class Band(IntEnum):
    """What a packet is."""
    ANY = 0
    CHALLENGE = 1
    CHALLENGE_RESPONSE = 2
    PROCEED = 3
    COMMAND = 4
    AWAITING_DATA = 5
    OUTPUT = 6
    DEBUG_LOG = 7
    INFO_LOG = 8
    NOTICE_LOG = 9
    WARNING_LOG = 10
    ERROR_LOG = 11
    CRIT_LOG = 12
    EMERG_LOG = 13
    EXIT_SUCCESS = 14
    EXIT_FAILURE = 15
    BLOB_DATA = 16
    AFS_CB_FAILURE = 17


class Want(IntFlag):
    """What would move a session on."""
    READ = 1
    WRITE = 2
    APPLICATION = 4
    SHUTDOWN = 8
    NEXT = 16


class EventType(IntEnum):
    """What sw_session_next returns; here each is a class of events."""
    NEED_MORE = 0
    KEY = 1
    READY = 2
    COMMAND = 3
    DATA = 4
    AWAITING_DATA = 5
    EXIT = 6
    CLOSED = 7
    SERVER_KEY = 8
    SIGN = 9
    REFUSED = 10


class KeyType(IntEnum):
    """What a key is of."""
    NONE = 0
    RSA = 1
    ED25519 = 2


class Side(IntEnum):
    """Who sent what an observer tells of."""
    CLIENT = 0
    SERVER = 1


class Observed(IntEnum):
    """What an observer tells of."""
    GREETING = 1
    REQUEST = 2
    NOISE = 3
    CHALLENGE = 4
    RESPONSE = 5
    PROCEED = 6
    COMMAND = 7
    PACKET = 8
    RECORD = 9
    TEXT = 10
    WRONG_KEYS = 11
    ENCRYPTED = 12
    LOST = 13
    UNDECODED = 14
    RESUMED = 15
    CANDIDATE = 16


class Verdict(IntEnum):
    """Whether a response was the right one."""
    UNKNOWN = 0
    RIGHT = 1
    WRONG = 2


class Wait(IntEnum):
    """What bytes that an observer did not take wait for."""
    MORE = 0
    OTHER = 1
    KEYS = 2


class ErrorCode(IntEnum):
    """One code for each cause."""
    OK = 0
    # the peer did it
    PACKET_SIZE = -100
    TRUNCATED = -101
    BAND = -102
    NOT_EMPTY = -103
    GREETING_SIZE = -104
    REQUEST_SIZE = -105
    REQUEST_PREFIX = -106
    REQUEST_NAME = -107
    FEATURE = -108
    FEATURE_OFFER = -109
    FEATURE_SET = -110
    LEGACY_REFUSED = -111
    RC4_REFUSED = -112
    CHALLENGE_SIZE = -113
    CHALLENGE = -114
    AUTH = -115
    AUTH_REFUSED = -116
    PROCEED = -117
    CLOSED = -118
    NO_EXIT = -119
    COMMAND_EMPTY = -120
    COMMAND_SYNTAX = -121
    COMMAND_SIZE = -122
    COMMAND_COUNT = -123
    NO_COMMAND = -124
    UPLOAD = -125
    UNEXPECTED = -126
    COMMAND_UNKNOWN = -127
    COMMAND_DENIED = -128
    COMMAND_ARGUMENTS = -129
    FRAME_SIZE = -170
    NOISE = -171
    LOW_ORDER = -172
    RECORD_LIMIT = -173
    RECORD_SIZE = -174
    RECORD = -175
    NOT_SEALED = -176
    STRIPPED = -177
    USER_REFUSED = -178
    USER_PACKET = -179
    SHA1_REFUSED = -180
    # the caller did it, or handed it in
    NULL = -200
    STATE = -201
    SPACE = -202
    OVERLAP = -203
    BODY = -204
    CONFIG = -205
    USER_NAME = -206
    LEGACY_ARGUMENT = -207
    CIPHER = -208
    KEY_FORMAT = -220
    KEY_TRUNCATED = -221
    KEY_DAMAGED = -222
    KEY_PASSPHRASE = -223
    KEY_OTHER = -224
    KEY_SMALL = -225
    KEY_LARGE = -226
    KEY_IS_PRIVATE = -227
    KEY_IS_PUBLIC = -228
    BANNER = -240
    DECOY_SECRET = -241
    ARGUMENT_NUL = -243
    BACKEND = -242
    KEY_UNSUPPORTED = -229
    KEY_NOT_RSA = -230
    KEY_NOT_X25519 = -231
    SERVER_KEY = -250
    KEY_BACKEND = -251
    SIGNATURE = -252
    COUNTER = -253
    # the crypto backend failed
    RANDOM = -300
    HASH = -301
    RSA_ENCRYPT = -302
    RSA_DECRYPT = -303
    AES = -304
    X25519 = -305
    AEAD = -306
    SIGN = -307
    VERIFY = -308
    # sidewire.audio: what the peer wrote
    ARGUMENT_MISSING = -400
    ARGUMENT_EXTRA = -401
    ARGUMENT_UNKNOWN = -402
    ARGUMENT_NUMBER = -403
    ARGUMENT_SMALL = -404
    ARGUMENT_LARGE = -405
    ARGUMENT_ADDRESS = -406
    ARGUMENT_TARGET = -407
    SENDER = -408
    SENDER_COMMAND = -409
    NO_AUDIO_FILE = -410
    STATUS_LENGTH = -420
    STATUS_SHORT = -421
    STATUS_BLANK = -422
    STATUS_NUMBER = -423
    STATUS_UNKNOWN = -424
    STATUS_COLON = -425
    STATUS_NAME = -426
    STATUS_NAME_SIZE = -427
    STATUS_END = -428
    STATUS_TRUNCATED = -429
    STATUS_VALUE = -430
    # sidewire.audio: what the caller handed in
    PERMISSION = -450
    VALUE = -451
    STATUS_SIZE = -452
    STATUS_LINE = -453
