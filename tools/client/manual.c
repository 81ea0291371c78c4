/* SPDX-License-Identifier: ISC */
#include "arguments.h"

#include "report.h"

static const manual_section sections[] = {
    { "SYNOPSIS",
      "sidewire-client [OPTION...] COMMAND [ARG...]\n"
      "sidewire-client [OPTION...] [-i]\n"
      "sidewire-client --help | --version\n",
      NULL },
    { "DESCRIPTION",
      "Connects to the server, proves with an SSH key who the user is, sends\n"
      "COMMAND with its arguments, and passes on what the server answers: output\n"
      "to standard output, and the server's messages to standard error, each line\n"
      "with the prefix 'remote: '. Everything is written as soon as it comes.\n"
      "Without COMMAND, commands are read from standard input: see INTERACTIVE\n"
      "USE.\n"
      "\n"
      "Arguments behind COMMAND are all sent to the server, also those that begin\n"
      "with a dash. 'sidewire-client help' shows the commands of a server.\n"
      "\n"
      "A command that takes data (addimg, addlyr, addmood and addpl) gets standard\n"
      "input, up to its end; the server may refuse it earlier. Other commands never\n"
      "get it, unless --upload is given, whatever the server asks for. If standard input\n"
      "is a file and standard error a terminal, a bar there shows how much is\n"
      "sent.\n"
      "\n"
      "What a server sends cannot act on a terminal: on standard error always, and\n"
      "on standard output if that is a terminal, control characters other than\n"
      "line feed and tab, characters that are not seen, and bytes that are not\n"
      "UTF-8, appear as \\xNN. If the locale (LC_CTYPE) is not UTF-8, all that is\n"
      "not ASCII does. To a file or a pipe, output goes byte for byte.\n",
      NULL },
    { "INTERACTIVE USE",
      "If standard input is a terminal, there is a prompt. The line can be edited,\n"
      "the arrow keys fetch earlier lines, and TAB completes the names of commands\n"
      "and the arguments of help and sender. ^C gives a line up, and ends a command\n"
      "that runs. libedit does the editing; its ~/.editrc is read.\n"
      "\n"
      "If standard input is no terminal, each line of it is a command all the same,\n"
      "but nothing is prompted for.\n"
      "\n"
      "Each command has a connection of its own, with authentication; options hold\n"
      "for all of them. 'quit', 'exit' or the end of the input (^D) ends the\n"
      "program. All else goes to the server, 'help' for example.\n"
      "\n"
      "Words of a line are separated by blanks. '...', \"...\" and the backslash\n"
      "quote as they do in a shell, and '' is an empty argument. A line that begins\n"
      "with # is skipped. A command that takes data needs '< FILE' at the end of\n"
      "the line, where ~/ means the home folder. Nothing else is special: patterns\n"
      "go to the server as they are.\n",
      NULL },
    { "OPTIONS", NULL, client_options },
    { "KEYS",
      "With --key, that key is used and no other. Without it, these are tried in turn,\n"
      "each on a connection of its own, until the server takes one:\n"
      "\n"
      "    ~/.paraslash/key.USER, ~/.ssh/id_ed25519, ~/.ssh/id_rsa, if they are there;\n"
      "    the RSA and Ed25519 keys of the ssh-agent, in its order, which is asked if\n"
      "    the server seals its sessions.\n"
      "\n"
      "Six connections are the most; what is left out, or cannot be used, is told if\n"
      "none is taken. With --fd there is one connection, and so one key for it.\n"
      "\n"
      "A key file with a passphrase is used if the ssh-agent has the key, which\n"
      "'ssh-add FILE' gives it. Which key that is can be read from files that ssh-keygen\n"
      "writes; for others FILE.pub has to be there as well. If FILE is that of a public\n"
      "key, the agent's key with that public half is used, which is how to choose one of\n"
      "many. The agent has the time of --timeout to sign, as somebody may be asked.\n"
      "\n"
      "In a session that is not sealed something is to be decrypted, which agents do not\n"
      "do, and Ed25519 keys cannot: only RSA keys from files serve there.\n"
      "\n"
      "Not every library for cryptography knows Ed25519: mbedTLS does not. Where --crypto\n"
      "names none, one that does is taken for such a key. The agent needs none of them.\n",
      NULL },
    { "SEALED SESSIONS",
      "If the server offers it, the session is sealed: nobody in between can read or\n"
      "change it, not even who gets hold of keys later, and it is sure who the server\n"
      "is, by its key. That key is known from --server-key or from the file of known\n"
      "servers, which has one on each line:\n"
      "\n"
      "    music.example:2990 x25519 eHKQ...\n"
      "\n"
      "with the host and port as given to this program ('[ADDR]:PORT' for IPv6); lines\n"
      "that begin with # are comments. A server that is not known is asked about if\n"
      "there is a terminal: compare the fingerprint with what the server's log says at\n"
      "its start. Otherwise it is refused, unless --accept-new is given. A known server\n"
      "that does not seal, or has another key, is refused before it learns who you are.\n",
      NULL },
    { "DEFAULTS",
      "Options that are not given come from the environment (the variables that are\n"
      "named with them, if not empty), else from a file, see FILES. It has an option a\n"
      "line, without dashes, and its value behind blanks; # begins a comment line:\n"
      "\n"
      "    host music.example\n"
      "    user alice\n"
      "    key ~/.ssh/id_music\n"
      "    allow-legacy\n"
      "\n"
      "All may be there but --config, --fd, --interactive, --plain, --record, --upload,\n"
      "--help and --version.\n",
      NULL },
    { "FILES",
      "~/.paraslash/known_servers\n"
      "    Keys of servers, see SEALED SESSIONS. Made when it is first needed.\n"
      "~/.config/sidewire/client.conf\n"
      "    Defaults of options, if it exists, see DEFAULTS; in $XDG_CONFIG_HOME/sidewire\n"
      "    if that variable is set.\n"
      "~/.paraslash/key.USER, ~/.ssh/id_ed25519, ~/.ssh/id_rsa\n"
      "    Private keys of USER (see --user), see KEYS.\n"
      "~/.paraslash/client.history\n"
      "    Lines typed at the prompt, if the folder exists and unless --history\n"
      "    says otherwise.\n",
      NULL },
    { "ENVIRONMENT",
      "SIDEWIRE_HOST, SIDEWIRE_PORT, SIDEWIRE_USER, SIDEWIRE_KEY\n"
      "    Defaults of the options of these names.\n"
      "SSH_AUTH_SOCK\n"
      "    The socket of the ssh-agent, see KEYS.\n"
      "SIDEWIREKEYLOGFILE\n"
      "    If set, and not empty, the file that the keys of each session are\n"
      "    appended to. Whoever has it can read what was recorded of the sessions.\n"
      "    What --record writes meanwhile has the keys in it, too.\n",
      NULL },
    { "EXIT STATUS",
      "0   The command succeeded. Legacy mode: the server closed the connection.\n"
      "1   The command failed; the server said why. Legacy mode: the server closed\n"
      "    the connection before it had all data.\n"
      "2   Wrong usage, no usable key, a command that cannot be sent, or a file\n"
      "    that cannot be recorded to.\n"
      "3   No connection, the handshake failed (wrong user or key included), the\n"
      "    connection ended early, or reading or writing failed.\n"
      "If standard output is a pipe that nobody reads any more, the program ends without\n"
      "a message, by SIGPIPE, which is status 141 in a shell; if it was started with that\n"
      "signal ignored, with a message and status 3.\n"
      "Interactive use: the status of the last command, 130 if ^C ended it; 0 if\n"
      "there was no command.\n",
      NULL },
    { "EXAMPLES",
      "sidewire-client si\n"
      "    What the server on this machine is doing.\n"
      "sidewire-client -H music -u alice stat -n=1\n"
      "    One round of status of the server 'music', as user alice.\n"
      "sidewire-client addimg cover <cover.jpg\n"
      "    Sends a picture.\n"
      "sidewire-client -H music -i\n"
      "    A prompt for commands to that server, for example\n"
      "        sidewire> addimg 'front cover' < ~/pictures/cover.jpg\n"
      "sidewire-client <evening.commands\n"
      "    One command after the other from a file.\n"
      "tcpclient -RHl0 music 2990 sidewire-client --fd 6,7 ls\n"
      "    Over a connection that another program made.\n",
      NULL },
    { NULL, NULL, NULL }
};

const manual client_manual = { .program = "sidewire-client",
                               .summary = "run commands on an audio server",
                               .sections = sections,
                               .options_first = 1,
                               .unwritten_status = STATUS_CONNECTION,
                               .operands = OPERANDS_COMMANDS };
