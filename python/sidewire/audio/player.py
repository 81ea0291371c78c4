# SPDX-License-Identifier: ISC
"""The rules of playing, without a player: what play, pause, stop, next, nomore, ff and jmp mean."""

from enum import IntEnum
from typing import Any, Optional

from .._library import lib
from .._structs import sw_player
from ..commands import unsigned
from ..errors import check
from .values import StatusFlag, StatusState

_NEVER = (1 << 64) - 1


class PlayerWants(IntEnum):
    """What Player.run asks for."""
    NOTHING = 0
    FILE = 1
    MOVE = 2


class Player:
    """Flags, and the place in the open file. It has no clock: `now` is milliseconds from anywhere. A server calls this
    after each command, and again when wait() is over:

        while wants := player.run(now):
            if wants == PlayerWants.FILE:
                ...                          open the next file, opened(); or stop(), if there is none
            else:
                ...                          go to position() in it, moved()

    and sends a round of status items to those who wait in `stat` whenever `events` has grown. An Error changes nothing."""

    def __init__(self) -> None:
        """Stopped, no file."""
        self._struct = sw_player()
        lib.sw_player_init(self._struct)

    def _call(self, function: Any, now: int, *more: Any) -> int:
        return check(function(self._struct, *more, unsigned('now', now, 64)))

    # ---- time and files ----

    def run(self, now: int) -> PlayerWants:
        """Brings the player up to now, and says what it wants. A file that is over, or left, is closed by any call."""
        return PlayerWants(self._call(lib.sw_player_run, now))

    def opened(self, length: int, now: int) -> None:
        """The file that was wanted is open, has `length` milliseconds, and starts now."""
        self._call(lib.sw_player_opened, now, unsigned('length', length, 64))

    def moved(self, now: int) -> None:
        """The stream goes on from position()."""
        self._call(lib.sw_player_moved, now)

    def wait(self, now: int) -> Optional[int]:
        """Milliseconds until a file ends, when run() has something to do; None: nothing does so by itself."""
        wait = int(lib.sw_player_wait(self._struct, unsigned('now', now, 64)))
        return None if wait == _NEVER else wait

    def position(self, now: int) -> int:
        """Place in the file, milliseconds; the one to be moved to, if it is to be moved; 0 without a file."""
        return int(lib.sw_player_position(self._struct, unsigned('now', now, 64)))

    # ---- commands ----

    def play(self, now: int) -> None:
        """PLAYING on, NOMORE off."""
        self._call(lib.sw_player_play, now)

    def stop(self, now: int) -> None:
        """PLAYING and REPOS off, NEXT on."""
        self._call(lib.sw_player_stop, now)

    def pause(self, now: int) -> None:
        """When playing: PLAYING and NEXT off."""
        self._call(lib.sw_player_pause, now)

    def next(self, now: int) -> None:
        """NEXT on: the file is left."""
        self._call(lib.sw_player_next, now)

    def nomore(self, now: int) -> None:
        """When playing or paused: the open file is the last."""
        self._call(lib.sw_player_nomore, now)

    def ff(self, seconds: int, backward: bool, now: int) -> None:
        """Forward, or back. Beyond the end: as next. PeerError NO_AUDIO_FILE without a file."""
        self._call(lib.sw_player_ff, now, unsigned('seconds', seconds, 32), backward)

    def jmp(self, percent: int, now: int) -> None:
        """To a place in the file. PeerError NO_AUDIO_FILE without a file."""
        self._call(lib.sw_player_jmp, now, unsigned('percent', percent, 32))

    # ---- questions ----

    @property
    def flags(self) -> StatusFlag:
        """The status item of this name."""
        return StatusFlag(self._struct.flags)

    @property
    def state(self) -> StatusState:
        """What the flags mean."""
        return StatusState(lib.sw_player_state(self._struct.flags))

    @property
    def has_file(self) -> bool:
        """Whether one is open."""
        return bool(self._struct.has_file)

    @property
    def length(self) -> int:
        """Of the open file, milliseconds; 0 without one."""
        return int(self._struct.length)

    @property
    def events(self) -> int:
        """Grows with each call that changed flags or file: a new round of `stat` is due."""
        return int(self._struct.events)

    @property
    def played(self) -> int:
        """Files that were open and are not any more."""
        return int(self._struct.played)
