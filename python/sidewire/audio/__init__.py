# SPDX-License-Identifier: ISC
"""What audio servers add to sessions: their commands and permissions, typed arguments, status items, and the rules of a
player. Beside the session, as <sidewire/audio/...> is in C; nothing of it is needed for other servers."""

from .arguments import FfArguments, JmpArguments, StatArguments
from .commands import (COMMANDS, MESSAGE_FILE_TOO_LARGE, MESSAGE_NO_AUDIO_FILE, MESSAGE_SENDER_COMMAND, AudioCommand,
                       Permission, format_permissions, parse_permissions)
from .player import Player, PlayerWants
from .sender import (SENDERS, Sender, SenderAbility, SenderArguments, SenderError, SenderSubcommand, SenderTable, Target)
from .status import (STATUS_ITEMS, StatusForm, StatusItem, StatusReader, StatusSlice, StatusTable, StatusValue)
from .values import (StatusFlag, StatusState, StatusTime, format_flags, format_state, format_time, parse_flags,
                     parse_state, parse_time)

__all__ = [
    'AudioCommand', 'COMMANDS', 'FfArguments', 'JmpArguments', 'MESSAGE_FILE_TOO_LARGE', 'MESSAGE_NO_AUDIO_FILE',
    'MESSAGE_SENDER_COMMAND', 'Permission', 'Player', 'PlayerWants', 'SENDERS', 'STATUS_ITEMS', 'Sender', 'SenderAbility',
    'SenderArguments', 'SenderError', 'SenderSubcommand', 'SenderTable', 'StatArguments', 'StatusFlag', 'StatusForm',
    'StatusItem', 'StatusReader', 'StatusSlice', 'StatusState', 'StatusTable', 'StatusTime', 'StatusValue', 'Target',
    'format_flags', 'format_permissions', 'format_state', 'format_time', 'parse_flags', 'parse_permissions', 'parse_state',
    'parse_time',
]
