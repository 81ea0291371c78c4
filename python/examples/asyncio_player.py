#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""An audio server with asyncio, but for the audio: the commands that play, and `stat`, over two tracks that are only
names. What connects and logs in is asyncio_server.py's. Listens on 127.0.0.1; ends by a signal."""

import asyncio
import sys
import time

import sidewire
from asyncio_server import Connection, main
from sidewire import audio
from sidewire.audio import AudioCommand, FfArguments, JmpArguments, PlayerWants, StatArguments, StatusForm, StatusTime

TRACKS = (('/music/First Light.ogg', 214), ('/music/Second Thoughts.ogg', 187))
ROUND_AT_LEAST = 50     # seconds
PERMISSIONS = audio.Permission.VSS_READ | audio.Permission.VSS_WRITE
PLAYING = {AudioCommand.PLAY: audio.Player.play, AudioCommand.STOP: audio.Player.stop,
           AudioCommand.PAUSE: audio.Player.pause, AudioCommand.NEXT: audio.Player.next,
           AudioCommand.NOMORE: audio.Player.nomore}
OTHERS = (AudioCommand.FF, AudioCommand.JMP, AudioCommand.STAT, AudioCommand.VERSION)
COMMANDS = sidewire.CommandTable(command for command in audio.COMMANDS
                                 if command.id in PLAYING or command.id in OTHERS)


def milliseconds():
    return int(time.monotonic() * 1000)


class Jukebox:
    """The one player of all connections."""

    def __init__(self):
        self.player = audio.Player()
        self.started = 0.0          # when the file began
        self.told = 0               # events that were told
        self.timer = None
        self.waiting = set()        # of those who are in `stat`

    @property
    def track(self):
        return TRACKS[self.player.played % len(TRACKS)] if self.player.has_file else ('', 0)

    def run(self):
        """After each command, and when a track ends."""
        while wants := self.player.run(milliseconds()):
            if wants == PlayerWants.FILE:
                seconds = TRACKS[self.player.played % len(TRACKS)][1]
                self.player.opened(seconds * 1000, milliseconds())
                self.started = time.time()
            else:
                self.player.moved(milliseconds())
        if self.player.events != self.told:
            self.told = self.player.events
            for event in self.waiting:
                event.set()
        if self.timer is not None:
            self.timer.cancel()
        wait = self.player.wait(milliseconds())
        self.timer = None if wait is None else asyncio.get_running_loop().call_later(wait / 1000, self.run)

    def values(self):
        """Of the items that are not empty."""
        now, name = time.time(), self.track[0]
        return {
            'status': audio.format_state(self.player.state),
            'status_flags': audio.format_flags(self.player.flags),
            'offset': str((self.player.position(milliseconds()) + 500) // 1000),
            'stream_start': audio.format_time(StatusTime(int(self.started), int(self.started % 1 * 1e6))),
            'current_time': audio.format_time(StatusTime(int(now), int(now % 1 * 1e6))),
            'path': name, 'basename': name[name.rfind('/') + 1:], 'seconds_total': str(self.track[1] or ''),
        }


JUKEBOX = Jukebox()


class PlayerConnection(Connection):
    async def stat(self, arguments):
        form = StatusForm.PARSER if arguments.parser_friendly else StatusForm.HUMAN
        changed, left = asyncio.Event(), arguments.rounds
        JUKEBOX.waiting.add(changed)
        try:
            while True:
                changed.clear()
                values = JUKEBOX.values()
                await self.say(sidewire.Band.OUTPUT, b''.join(
                    audio.STATUS_ITEMS.write(item.name, values.get(item.name, ''), form) for item in audio.STATUS_ITEMS))
                left -= 1
                if left == 0:
                    break
                try:
                    await asyncio.wait_for(changed.wait(), ROUND_AT_LEAST)
                except asyncio.TimeoutError:
                    pass
        finally:
            JUKEBOX.waiting.remove(changed)

    async def act(self, command, arguments):
        player = JUKEBOX.player
        if command.id in PLAYING:
            PLAYING[command.id](player, milliseconds())
        elif command.id == AudioCommand.FF:
            ff = FfArguments.parse(arguments)
            player.ff(ff.seconds, ff.backward, milliseconds())
        elif command.id == AudioCommand.JMP:
            player.jmp(JmpArguments.parse(arguments).percent, milliseconds())
        elif command.id == AudioCommand.STAT:
            await self.stat(StatArguments.parse(arguments))
        else:
            await self.say(sidewire.Band.OUTPUT, b'sidewire ' + sidewire.VERSION.encode() + b'\n')
        JUKEBOX.run()

    async def run(self, event):
        """Runs a command. Its exit status."""
        refusal = event.refusal
        if event.error is None:
            try:
                JUKEBOX.run()
                await self.act(COMMANDS.check(event.arguments, PERMISSIONS), event.arguments)
                return 0
            except sidewire.PeerError as error:
                missing = error.code == sidewire.ErrorCode.NO_AUDIO_FILE
                refusal = audio.MESSAGE_NO_AUDIO_FILE if missing else sidewire.command_refusal(error)
        await self.say(sidewire.Band.ERROR_LOG, refusal + b'\n')
        return 1


if __name__ == '__main__':
    sys.exit(main(PlayerConnection, __doc__))
