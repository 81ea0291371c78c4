/* SPDX-License-Identifier: ISC */
#include "arguments.h"

#include "report.h"

static const manual_section sections[] = {
    { "SYNOPSIS",
      "sidewire-server -u USERLIST [-l ADDR] [-p PORT] [OPTION]...\n"
      "sidewire-server -u USERLIST --fd IN,OUT | --inetd [OPTION]...\n"
      "sidewire-server --help | --version\n",
      NULL },
    { "DESCRIPTION",
      "Authenticates clients by their RSA keys and answers one command in each\n"
      "connection, on a simulated player and simulated senders, and with a real\n"
      "database of images, lyrics, moods and playlists. That is all that someone\n"
      "needs who writes a client; nothing is ever heard. What concerns audio files\n"
      "(add, addatt, check, cpsi, init, ls, lsatt, mvatt, rm, rmatt, select,\n"
      "setatt, touch) is listed by help, but fails with 'not provided by this\n"
      "server'.\n"
      "\n"
      "One process serves all connections at a time; a client that is slow or\n"
      "silent delays nobody. Who fails to authenticate is disconnected without a\n"
      "word. The log, which says why, goes to standard error, one line an event,\n"
      "with the time, or with the level as '<N>' where that is journald's socket.\n"
      "Nobody waits for who reads it: what cannot be written is counted.\n",
      NULL },
    { "OPTIONS", NULL, server_option_rows },
    { "USER LIST",
      "One user a line, white space between the fields:\n"
      "\n"
      "    user NAME KEYFILE PERM[,PERM...]\n"
      "\n"
      "NAME     up to 255 bytes; may be there several times, for each of a user's\n"
      "         keys. Plain sessions use the first RSA key of a name\n"
      "KEYFILE  the user's public key: RSA of at least 2048 bits, as an 'ssh-rsa' line\n"
      "         or PEM, or, for sealed sessions, Ed25519 as an 'ssh-ed25519' line;\n"
      "         relative to the list's folder, and ~/ is $HOME\n"
      "PERM     AFS_READ, AFS_WRITE, VSS_READ or VSS_WRITE; - alone for none: such a\n"
      "         user may run help, si and version\n"
      "\n"
      "Blank lines, lines that begin with #, and lines with another first word are\n"
      "skipped. A user whose line is wrong or whose key cannot be used is skipped\n"
      "with a warning. The whole list is refused if it cannot be read, changes\n"
      "meanwhile, can be written by others, has a NUL byte, a line above 4096 bytes,\n"
      "more than 100000 users, or more than 16 MiB; and if its last line has no end,\n"
      "since then a part may be missing. A new list is refused if it has no users,\n"
      "too. Best write a new one beside it and rename that.\n",
      NULL },
    { "SIGNALS",
      "SIGHUP\n"
      "    Read the user list again, as the command hup does. Who is authenticated\n"
      "    already keeps his permissions. A list that is refused changes nothing.\n"
      "    Options, the host key and the secret stay what they were at the start.\n"
      "SIGINT, SIGTERM\n"
      "    Close all connections and end; with --grace, let replies end before.\n"
      "    The second one ends at once.\n",
      NULL },
    { "SANDBOX",
      "Once it has started, the server can open files only in the folders of the user\n"
      "list, of the keys in it, and, to write, in those of the database, the key log\n"
      "and the record; it runs no program, connects to nobody and cannot become\n"
      "another user. A key that a new user list has in another folder cannot be read\n"
      "before the next start. By Landlock and seccomp; where the kernel lacks one of\n"
      "them, the log says so.\n",
      NULL },
    { "ENVIRONMENT",
      "SIDEWIREKEYLOGFILE\n"
      "    If set, and not empty, the file that the keys of each session are\n"
      "    appended to. Whoever has it can read what was recorded of the sessions.\n"
      "    What --record writes meanwhile has the keys in it, too.\n",
      NULL },
    { "SERVICE MANAGERS",
      "Listening sockets are taken over from systemd (LISTEN_FDS), which then go in\n"
      "the place of --listen and --port.\n",
      NULL },
    { "EXIT STATUS",
      "0   ended by a signal or by the command term; with --fd: the session was\n"
      "    complete, whether or not its command succeeded\n"
      "2   wrong options, a user list that is refused, or a file that cannot be\n"
      "    recorded to\n"
      "3   cannot listen, or the system refuses something else; with --fd: the\n"
      "    session failed\n",
      NULL },
    { "EXAMPLES",
      "A server for this machine only:\n"
      "    sidewire-server -u ~/.sidewire/users\n"
      "One for everybody, on a port that has to be looked up:\n"
      "    sidewire-server -u users -l :: -p 0 > port\n"
      "Started for each connection, by either of:\n"
      "    socat TCP-LISTEN:2990,fork EXEC:'sidewire-server -u users --inetd'\n"
      "    tcpserver -H -R -l 0 0 2990 sidewire-server -u users --inetd\n",
      NULL },
    { NULL, NULL, NULL }
};

const manual server_manual = { .program = "sidewire-server",
                               .summary = "answer an audio server's clients",
                               .sections = sections,
                               .unwritten_status = STATUS_CONNECTION };
