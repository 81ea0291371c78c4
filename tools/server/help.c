#include "help.h"

#include "options.h"
#include "report.h"

#include <errno.h>
#include <stdio.h>

static const char *const help[] = {
    "NAME\n"
    "    sidewire-server - answer an audio server's clients\n"
    "\n"
    "SYNOPSIS\n"
    "    sidewire-server -u USERLIST [-l ADDR] [-p PORT] [OPTION]...\n"
    "    sidewire-server -u USERLIST --fd IN,OUT | --inetd [OPTION]...\n"
    "    sidewire-server --help | --version\n"
    "\n"
    "DESCRIPTION\n"
    "    Authenticates clients by their RSA keys and answers one command in each\n"
    "    connection, on a simulated player and simulated senders, and with a real\n"
    "    database of images, lyrics, moods and playlists. That is all that someone\n"
    "    needs who writes a client; nothing is ever heard. What concerns audio files\n"
    "    (add, addatt, check, cpsi, init, ls, lsatt, mvatt, rm, rmatt, select,\n"
    "    setatt, touch) is listed by help, but fails with 'not provided by this\n"
    "    server'.\n"
    "\n"
    "    One process serves all connections at a time; a client that is slow or\n"
    "    silent delays nobody. Who fails to authenticate is disconnected without a\n"
    "    word. The log, which says why, goes to standard error, one line an event.\n"
    "\n",
    "OPTIONS\n"
    "    -u, --user-list FILE\n"
    "        Who may connect, see USER LIST. Required.\n"
    "    -l, --listen ADDR\n"
    "        Listen on this IPv4 or IPv6 address. Default: 127.0.0.1.\n"
    "    -p, --port PORT\n"
    "        Listen on this TCP port; 0 picks a free one. Default: 2990. As soon as\n"
    "        connections are accepted, 'listening on ADDR:PORT' is printed on\n"
    "        standard output ('[ADDR]:PORT' for IPv6).\n"
    "    --fd IN,OUT\n"
    "        Do not listen: serve one session over these open descriptors, which may\n"
    "        be two pipes, or one socket twice; blocking or not.\n"
    "    --inetd\n"
    "        As --fd 0,1: for inetd, tcpserver, socat EXEC and their like.\n"
    "        Where standard error is the session's own socket, as with inetd, there\n"
    "        is no log.\n",
    "    --features LIST\n"
    "        What to offer: some of sideband,aes_ctr128,sha256, or an empty list for\n"
    "        a legacy server. Default: all.\n"
    "    --allow-legacy\n"
    "        Serve clients that do not know sideband. Their sessions are encrypted by\n"
    "        RC4, which is broken.\n"
    "    --allow-rc4\n"
    "        Serve clients that know sideband but not aes_ctr128, by RC4.\n"
    CRYPTO_HELP
    "    --handshake-timeout SEC\n"
    "        Disconnect who has not sent a command SEC seconds after connecting, 1 to\n"
    "        86400. Default: 10.\n"
    "    --write-timeout SEC\n"
    "        Disconnect who takes no byte of waiting output for SEC seconds, 1 to\n"
    "        86400. Default: 60.\n"
    "    --upload-timeout SEC\n"
    "        Disconnect who sends nothing of an upload for SEC seconds, 1 to 86400.\n"
    "        Default: 300.\n"
    "    --upload-limit BYTES\n"
    "        Largest upload, 0 to 536870912. Uploads are held in memory until they\n"
    "        are complete, each up to this size. Default: 5242880.\n"
    "    --max-connections N\n"
    "        While there are N connections, further ones are closed at once, 1 to\n"
    "        10000. Default: 256.\n",
    "    --track NAME=SECONDS\n"
    "        A track of the simulated player, 1 to 86400 seconds long; repeatable, up\n"
    "        to 10000 of them. NAME has 1 to 255 bytes and may be a path. Tracks are\n"
    "        played in this order, the first one again after the last. Default: three\n"
    "        built-in tracks.\n"
    "    --database FILE\n"
    "        Where uploads are kept: an SQLite database, made if it is missing.\n"
    "        Default: a private one that is gone when the server ends.\n"
    "    --record FILE\n"
    "        Write a capture file (pcapng) of all that is said, still encrypted, with\n"
    "        made-up packets around it: for sidewire-dump and Wireshark. FILE is\n"
    "        emptied first, and only one server at a time can record to it. With\n"
    "        --inetd, where each connection has a server of its own, all of them\n"
    "        record to FILE, behind what is there.\n"
    "    --fake-challenge-size BYTES\n"
    "        Size of the challenge that unknown users get, 256 to 1024. That of the\n"
    "        users' keys (256 bytes for 2048 bits) hides who is known. Default: 256.\n"
    "    --banner TEXT\n"
    "        First line of the greeting.\n"
    "    --log-level LEVEL\n"
    "        Log this and what is worse: debug, info, notice, warning, error, crit or\n"
    "        emerg. Default: notice.\n"
    "    -h, --help\n"
    "        Print this text.\n"
    "    -V, --version\n"
    "        Print the version.\n"
    "\n",
    "USER LIST\n"
    "    One user a line, white space between the fields:\n"
    "\n"
    "        user NAME KEYFILE PERM[,PERM...]\n"
    "\n"
    "    NAME     up to 255 bytes; of a name that is there twice, the first counts\n"
    "    KEYFILE  the user's public RSA key of at least 2048 bits, as an 'ssh-rsa'\n"
    "             line or PEM; relative to the list's folder, and ~/ is $HOME\n"
    "    PERM     AFS_READ, AFS_WRITE, VSS_READ or VSS_WRITE; - alone for none: such a\n"
    "             user may run help, si and version\n"
    "\n"
    "    Blank lines, lines that begin with #, and lines with another first word are\n"
    "    skipped. A user whose line is wrong or whose key cannot be used is skipped\n"
    "    with a warning. The whole list is refused if it cannot be read, has a NUL\n"
    "    byte, a line above 4096 bytes, more than 4096 users, or more than 1 MiB.\n"
    "\n",
    "SIGNALS\n"
    "    SIGHUP\n"
    "        Read the user list again, as the command hup does. Who is authenticated\n"
    "        already keeps his permissions. A list that is refused changes nothing.\n"
    "    SIGINT, SIGTERM\n"
    "        Close all connections and end.\n"
    "\n"
    "ENVIRONMENT\n"
    "    SIDEWIREKEYLOGFILE\n"
    "        If set, and not empty, the file that the keys of each session are\n"
    "        appended to. Whoever has it can read what was recorded of the sessions.\n"
    "\n"
    "EXIT STATUS\n"
    "    0   ended by a signal or by the command term; with --fd: the session was\n"
    "        complete, whether or not its command succeeded\n"
    "    2   wrong options, a user list that is refused, or a file that cannot be\n"
    "        recorded to\n"
    "    3   cannot listen, or the system refuses something else; with --fd: the\n"
    "        session failed\n"
    "\n"
    "EXAMPLES\n"
    "    A server for this machine only:\n"
    "        sidewire-server -u ~/.sidewire/users\n"
    "    One for everybody, on a port that has to be looked up:\n"
    "        sidewire-server -u users -l :: -p 0 > port\n"
    "    Started for each connection, by either of:\n"
    "        socat TCP-LISTEN:2990,fork EXEC:'sidewire-server -u users --inetd'\n"
    "        tcpserver -H -R -l 0 0 2990 sidewire-server -u users --inetd\n"
};

static int printed(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return STATUS_OK;
    report_system("standard output", errno);
    return STATUS_CONNECTION;
}

int print_help(void)
{
    for (size_t i = 0; i < sizeof(help) / sizeof(help[0]); i++)
        fputs(help[i], stdout);
    return printed();
}

int print_version(void)
{
    puts("sidewire-server " SIDEWIRE_VERSION);
    return printed();
}
