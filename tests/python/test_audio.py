# SPDX-License-Identifier: ISC
"""The audio room of the package: tables, typed arguments, status items, the player."""

import ipaddress
import re
import unittest

import sidewire
from sidewire import ErrorCode, audio
from sidewire.audio import (FfArguments, JmpArguments, Permission, PlayerWants, SenderArguments, SenderSubcommand,
                            StatArguments, StatusFlag, StatusForm, StatusItem, StatusState, StatusTime, Target)
from support import ROOT

HTTP, DCCP, UDP = audio.SENDERS
HEADERS = ROOT / 'include' / 'sidewire' / 'audio'


class Case(unittest.TestCase):
    def fails(self, kind, code, call):
        with self.assertRaises(kind) as caught:
            call()
        self.assertEqual(caught.exception.code, code)
        return caught.exception


class Tables(Case):
    def test_commands(self):
        self.assertEqual([command.id for command in audio.COMMANDS], list(audio.AudioCommand))
        ff = audio.COMMANDS.find(b'ff')
        self.assertEqual((ff.name, ff.id, ff.permissions, ff.least, ff.most, ff.group, ff.usage),
                         ('ff', audio.AudioCommand.FF, Permission.VSS_READ | Permission.VSS_WRITE, 1, 1, 'server', 'ff N[-]'))
        self.assertIsNone(audio.COMMANDS.find('f'))
        self.assertTrue(audio.COMMANDS.find('addimg').takes_data)
        self.assertIsNone(audio.COMMANDS.find('add').most)

    def test_check(self):
        table = sidewire.CommandTable([sidewire.Command('a', 1, permissions=2, least=1, most=2), sidewire.Command('b'),
                                       sidewire.Command('a', 3)])
        self.assertEqual(table.check(['a', b'x'], 3).id, 1)
        self.assertEqual(table.check([b'b'] + 50 * ['x']).name, 'b')
        for arguments, permissions, code, told in ((['c'], 2, ErrorCode.COMMAND_UNKNOWN, b'invalid command'),
                                                   ([], 2, ErrorCode.COMMAND_UNKNOWN, b'invalid command'),
                                                   (['a'], 1, ErrorCode.COMMAND_DENIED, b'permission denied'),
                                                   (['a'], 2, ErrorCode.COMMAND_ARGUMENTS, b'syntax error in command'),
                                                   (['a', '', '', ''], 2, ErrorCode.COMMAND_ARGUMENTS,
                                                    b'syntax error in command')):
            error = self.fails(sidewire.PeerError, code, lambda: table.check(arguments, permissions))
            self.assertEqual(sidewire.command_refusal(error), told)
        self.assertEqual((len(table), [command.id for command in table]), (3, [1, 0, 3]))

    def test_numbers_that_do_not_fit(self):
        for make in (lambda: sidewire.CommandTable([sidewire.Command('a', most=65536)]),
                     lambda: sidewire.CommandTable([sidewire.Command('a', least=-1)]),
                     lambda: FfArguments(1 << 32).format(), lambda: JmpArguments(-1).format(),
                     lambda: audio.Player().play(-1), lambda: audio.StatusTable([StatusItem(256, 'x')]),
                     lambda: sidewire.Session(sidewire.ServerConfig(record_limit=65536))):
            with self.assertRaisesRegex(ValueError, 'is not between 0 and'):
                make()

    def test_permissions(self):
        self.assertEqual(audio.format_permissions(Permission.AFS_READ | Permission.VSS_WRITE), 'a--V')
        self.assertEqual(audio.parse_permissions('AFS_READ,VSS_WRITE'), Permission.AFS_READ | Permission.VSS_WRITE)
        error = self.fails(sidewire.CallerError, ErrorCode.PERMISSION, lambda: audio.parse_permissions('AFS_READ,x'))
        self.assertEqual(str(error), 'unknown permission: a name of 1 bytes, at byte 9')

    def test_messages(self):
        text = (HEADERS / 'commands.h').read_text(encoding='ascii')
        for name, message in re.findall(r'#define SW_(MESSAGE_\w+) "(.*)"', text):
            self.assertEqual(getattr(audio, name), message.encode())


class Arguments(Case):
    def test_there_and_back(self):
        for arguments, command in (
                (StatArguments(), [b'stat']), (StatArguments(3, True), [b'stat', b'-n=3', b'-p']),
                (FfArguments(30), [b'ff', b'30']), (FfArguments(30, True), [b'ff', b'30-']),
                (JmpArguments(50), [b'jmp', b'50']), (SenderArguments(), [b'sender']),
                (SenderArguments(SenderSubcommand.ON, HTTP), [b'sender', b'http', b'on']),
                (SenderArguments(SenderSubcommand.HELP, UDP), [b'sender', b'udp', b'help']),
                (SenderArguments(SenderSubcommand.DENY, HTTP, ipaddress.IPv4Interface('10.1.2.3/8')),
                 [b'sender', b'http', b'deny', b'10.1.2.3/8']),
                (SenderArguments(SenderSubcommand.ADD, UDP, target=Target(b'::1', 80, 1000, 2, 3)),
                 [b'sender', b'udp', b'add', b'[::1]:80/1000:2:3']),
                (SenderArguments(SenderSubcommand.DELETE, UDP, target=Target(b'a' * 63 + b'.' + b'b' * 63)),
                 [b'sender', b'udp', b'delete', b'a' * 63 + b'.' + b'b' * 63])):
            self.assertEqual(arguments.format(), command)
            self.assertEqual(type(arguments).parse(command), arguments)

    def test_errors(self):
        for parse, command, code in ((FfArguments.parse, ['ff'], ErrorCode.ARGUMENT_MISSING),
                                     (FfArguments.parse, ['ff', '-3'], ErrorCode.ARGUMENT_NUMBER),
                                     (FfArguments.parse, ['ff', '4294967296'], ErrorCode.ARGUMENT_LARGE),
                                     (JmpArguments.parse, ['jmp', '1', '2'], ErrorCode.ARGUMENT_EXTRA),
                                     (StatArguments.parse, ['stat', '-x'], ErrorCode.ARGUMENT_UNKNOWN),
                                     (StatArguments.parse, [], ErrorCode.COMMAND_EMPTY)):
            self.fails(sidewire.PeerError, code, lambda: parse(command))

    def test_sender_errors(self):
        for command, code, sender in ((['x', 'on'], ErrorCode.SENDER, None),
                                      (['http', 'add', 'x'], ErrorCode.SENDER_COMMAND, None),
                                      (['http', 'x'], ErrorCode.ARGUMENT_UNKNOWN, HTTP),
                                      (['http', 'allow', '1.2.3.4/33'], ErrorCode.ARGUMENT_LARGE, HTTP),
                                      (['udp', 'add', ':1'], ErrorCode.ARGUMENT_TARGET, UDP)):
            error = self.fails(audio.SenderError, code, lambda: SenderArguments.parse(['sender'] + command))
            self.assertEqual(error.sender, sender)
        own = audio.SenderTable([audio.Sender('x', audio.SenderAbility(0))])
        self.assertEqual(SenderArguments.parse(['sender', 'x', 'on'], own).sender, list(own)[0])
        self.fails(sidewire.CallerError, ErrorCode.VALUE,
                   lambda: SenderArguments(SenderSubcommand.ADD, UDP, target=Target(b'a/b')).format())


class Status(Case):
    def output(self, form, values):
        return b''.join(audio.STATUS_ITEMS.write(name, value, form) for name, value in values)

    def test_at_every_split(self):
        values = [(item.name, bytes(range(32 + number, 127))) for number, item in enumerate(audio.STATUS_ITEMS)]
        values[5] = (values[5][0], b'')
        for form in StatusForm:
            output = self.output(form, values)
            for pieces in [[output], [output[at:at + 1] for at in range(len(output))]] + [
                    [output[:at], output[at:]] for at in range(0, len(output), 7)]:
                reader, read = audio.StatusReader(form), []
                for piece in pieces:
                    reader.receive_data(piece)
                    read += [(item.name, item.value) for item in reader.items()]
                reader.end()
                self.assertEqual(read, values)

    def test_slices(self):
        reader = audio.StatusReader(StatusForm.PARSER, None)
        reader.receive_data(b'000b ff:play')
        self.assertEqual(list(reader.slices()), [audio.StatusSlice(None, 255, False, 7, 0, b'play')])
        reader.receive_data(b'ing\n0004 02:')
        self.assertEqual(list(reader.slices()), [audio.StatusSlice(None, 255, True, 7, 4, b'ing')])
        error = self.fails(sidewire.PeerError, ErrorCode.STATUS_TRUNCATED, reader.end)
        self.assertIn('in the middle of a status item', str(error))
        reader = audio.StatusReader(StatusForm.HUMAN, None)
        reader.receive_data(b'what: a: b\nwhat:\n')
        self.assertEqual([(item.name, item.number, item.value) for item in reader.items()],
                         [('what', -1, b'a: b'), ('what', -1, b'')])

    def test_errors(self):
        """What came before is told, and the error stays."""
        reader, seen = audio.StatusReader(), []
        reader.receive_data(b'0005 00:1\nx')
        with self.assertRaises(sidewire.PeerError):
            for item in reader.items():
                seen.append(item.value)
        self.assertEqual(seen, [b'1'])
        self.fails(sidewire.PeerError, ErrorCode.STATUS_LENGTH, lambda: list(reader.items()))
        self.fails(sidewire.PeerError, ErrorCode.STATUS_LENGTH, reader.end)
        reader = audio.StatusReader(StatusForm.HUMAN, None, value_max=10)
        reader.receive_data(b'x: ' + bytes(11))
        error = self.fails(sidewire.PeerError, ErrorCode.STATUS_SIZE, lambda: list(reader.items()))
        self.assertEqual((error.value, error.limit), (11, 10))

    def test_writer(self):
        table = audio.StatusTable([StatusItem(7, 'x')])
        self.assertEqual(table.write('x', b'a\nb'), b'0007 07:a\nb\n')
        self.assertEqual(table.write('x', '', StatusForm.HUMAN), b'x:\n')
        self.assertEqual(len(table.write('x', bytes(65531))), 65531 + 9)
        self.fails(sidewire.CallerError, ErrorCode.STATUS_SIZE, lambda: table.write('x', bytes(65532)))
        self.fails(sidewire.CallerError, ErrorCode.STATUS_LINE, lambda: table.write('x', 'a\nb', StatusForm.HUMAN))
        with self.assertRaises(KeyError):
            table.write('status', '')
        for items in ([StatusItem(1, 'a'), StatusItem(1, 'b')], [StatusItem(1, 'a b')], [StatusItem(1, '')]):
            self.fails(sidewire.CallerError, ErrorCode.CONFIG, lambda: audio.StatusTable(items))

    def test_values(self):
        for state, text in ((StatusState.STOPPED, 'stopped'), (StatusState.PAUSED, 'paused'), (StatusState.PLAYING, 'playing')):
            self.assertEqual((audio.format_state(state), audio.parse_state(text)), (text, state))
        for number in range(16):
            flags = StatusFlag(number)
            self.assertEqual(audio.parse_flags(audio.format_flags(flags)), flags)
        self.assertEqual(audio.format_flags(StatusFlag.PLAYING | StatusFlag.NEXT), 'P N ')
        time = StatusTime(5, 42)
        self.assertEqual([audio.format_time(time), audio.format_time(time, False)], ['5.000042', '5.42'])
        self.assertEqual(audio.parse_time('5.000042'), time)
        self.fails(sidewire.CallerError, ErrorCode.VALUE, lambda: audio.format_time(StatusTime(1, 1000000)))
        for parse in (audio.parse_state, audio.parse_flags, audio.parse_time):
            self.fails(sidewire.PeerError, ErrorCode.STATUS_VALUE, lambda: parse('x'))


class Playing(Case):
    def test_rules(self):
        player = audio.Player()
        self.assertEqual((player.state, player.wait(0)), (StatusState.STOPPED, None))
        self.fails(sidewire.PeerError, ErrorCode.NO_AUDIO_FILE, lambda: player.jmp(50, 0))
        player.play(1000)
        self.assertEqual(player.run(1000), PlayerWants.FILE)
        player.opened(60000, 1000)
        self.assertEqual((player.run(2000), player.position(2000), player.wait(2000)), (PlayerWants.NOTHING, 1000, 59000))
        player.jmp(50, 2000)
        self.assertEqual((player.run(2000), player.position(2000)), (PlayerWants.MOVE, 30000))
        player.moved(2000)
        player.ff(10, True, 2000)
        player.run(2000)
        player.moved(2000)
        self.assertEqual((player.position(3000), player.length, player.has_file), (21000, 60000, True))
        player.pause(3000)
        self.assertEqual((player.state, player.flags, player.wait(3000)), (StatusState.PAUSED, StatusFlag(0), None))
        player.play(3000)
        player.nomore(3000)
        self.assertEqual(player.flags, StatusFlag.PLAYING | StatusFlag.NOMORE)
        events = player.events
        self.assertEqual((player.run(100000), player.state), (PlayerWants.NOTHING, StatusState.STOPPED))
        self.assertEqual((player.has_file, player.length, player.played), (False, 0, 1))
        self.assertGreater(player.events, events)
        self.fails(sidewire.CallerError, ErrorCode.STATE, lambda: player.opened(1000, 100000))
        player.play(100000)
        player.next(100000)
        player.stop(100000)
        self.assertEqual(player.state, StatusState.STOPPED)


if __name__ == '__main__':
    unittest.main()
