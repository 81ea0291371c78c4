#include "arguments.h"

#include "options.h"
#include "report.h"

#include <errno.h>
#include <stdio.h>

static const char *const help[] = {
    "NAME\n"
    "    sidewire-client - run commands on an audio server\n"
    "\n"
    "SYNOPSIS\n"
    "    sidewire-client [OPTION...] COMMAND [ARG...]\n"
    "    sidewire-client [OPTION...] [-i]\n"
    "    sidewire-client --help | --version\n"
    "\n"
    "DESCRIPTION\n"
    "    Connects to the server, proves with an RSA key who the user is, sends\n"
    "    COMMAND with its arguments, and passes on what the server answers: output\n"
    "    to standard output, and the server's messages to standard error, each line\n"
    "    with the prefix 'remote: '. Everything is written as soon as it comes.\n"
    "    Without COMMAND, commands are read from standard input: see INTERACTIVE\n"
    "    USE.\n"
    "\n"
    "    Arguments behind COMMAND are all sent to the server, also those that begin\n"
    "    with a dash. 'sidewire-client help' shows the commands of a server.\n"
    "\n"
    "    A command that takes data (addimg, addlyr, addmood and addpl) gets standard\n"
    "    input, up to its end; the server may refuse it earlier. If standard input\n"
    "    is a file and standard error a terminal, a bar there shows how much is\n"
    "    sent.\n"
    "\n"
    "    What a server sends cannot act on a terminal: on standard error always, and\n"
    "    on standard output if that is a terminal, control characters other than\n"
    "    line feed and tab, and bytes that are not UTF-8, appear as \\xNN. A\n"
    "    terminal whose locale is not UTF-8 gets ASCII only. To a file or a pipe,\n"
    "    output goes byte for byte.\n"
    "\n",

    "INTERACTIVE USE\n"
    "    If standard input is a terminal, there is a prompt. The line can be edited,\n"
    "    the arrow keys fetch earlier lines, and TAB completes the names of commands\n"
    "    and the arguments of help and sender. ^C gives a line up, and ends a command\n"
    "    that runs. libedit does the editing; its ~/.editrc is read.\n"
    "\n"
    "    If standard input is no terminal, each line of it is a command all the same,\n"
    "    but nothing is prompted for.\n"
    "\n"
    "    Each command has a connection of its own, with authentication; options hold\n"
    "    for all of them. 'quit', 'exit' or the end of the input (^D) ends the\n"
    "    program. All else goes to the server, 'help' for example.\n"
    "\n"
    "    Words of a line are separated by blanks. '...', \"...\" and the backslash\n"
    "    quote as they do in a shell, and '' is an empty argument. A line that begins\n"
    "    with # is skipped. A command that takes data needs '< FILE' at the end of\n"
    "    the line, where ~/ means the home folder. Nothing else is special: patterns\n"
    "    go to the server as they are.\n"
    "\n",

    "OPTIONS\n"
    "    -H, --host HOST\n"
    "        Name or address of the server, IPv4 or IPv6; all addresses of a name\n"
    "        are tried. Default: localhost.\n"
    "    -p, --port PORT\n"
    "        TCP port of the server, 1 to 65535. Default: 2990.\n"
    "    -u, --user USER\n"
    "        User name on the server. Default: the login name.\n"
    "    -k, --key KEYFILE\n"
    "        File of the user's RSA private key, without passphrase, of 2048 to 8192\n"
    "        bits: PEM (PKCS#1 or PKCS#8), or as ssh-keygen writes it. Default: see\n"
    "        FILES.\n"
    "    --fd IN,OUT\n"
    "        Use a connection that exists: read from descriptor IN, write to\n"
    "        descriptor OUT, which may be the same, but not 0, 1 or 2. --host and\n"
    "        --port have no effect then. It takes one COMMAND, which must be given.\n"
    "    --features LIST\n"
    "        Features to ask for if the server offers them, separated by commas.\n"
    "        Default: sideband,aes_ctr128,sha256. An empty list means legacy mode.\n"
    "    --allow-legacy\n"
    "        Accept a server that knows no features (from before 2012). The cipher\n"
    "        is RC4 then, which is broken, messages are part of the output, and\n"
    "        nothing tells whether the command succeeded.\n"
    "    --allow-rc4\n"
    "        Accept a server that knows features, but no cipher better than RC4.\n"
    CRYPTO_HELP
    "    --timeout SECONDS\n"
    "        How long connecting and authentication may take together. 0: for ever.\n"
    "        Default: 30.\n",

    "    --legacy-wait MILLISECONDS\n"
    "        With --allow-legacy: for how long nothing may follow the first line of\n"
    "        a greeting until it is taken for that of a legacy server. Default:\n"
    "        1000.\n"
    "    --raw\n"
    "        Output byte for byte even if standard output is a terminal.\n"
    "    -i, --interactive\n"
    "        Read commands from standard input, which is the default if there is no\n"
    "        COMMAND.\n"
    "    --history FILE\n"
    "        Keep the lines typed at the prompt in FILE, the last 1000 of them, for\n"
    "        the next time. An empty name: do not keep them. Default: see FILES.\n"
    "    --record FILE\n"
    "        Write a capture file (pcapng) of all that is said, still encrypted, with\n"
    "        made-up packets around it: for sidewire-dump and Wireshark. FILE is\n"
    "        emptied first.\n"
    "    -v, --verbose\n"
    "        Tell the steps on standard error: address, features, cipher, exit\n"
    "        status.\n"
    "    --help, --version\n"
    "        Print this text, or the version, and exit.\n"
    "\n"
    "FILES\n"
    "    ~/.paraslash/key.USER\n"
    "        Private key of USER (see --user), if the file exists.\n"
    "    ~/.ssh/id_rsa\n"
    "        Otherwise this one.\n"
    "    ~/.paraslash/client.history\n"
    "        Lines typed at the prompt, if the folder exists and unless --history\n"
    "        says otherwise.\n"
    "\n"
    "ENVIRONMENT\n"
    "    SIDEWIREKEYLOGFILE\n"
    "        If set, and not empty, the file that the keys of each session are\n"
    "        appended to. Whoever has it can read what was recorded of the sessions.\n"
    "\n"
    "EXIT STATUS\n"
    "    0   The command succeeded. Legacy mode: the server closed the connection.\n"
    "    1   The command failed; the server said why. Legacy mode: the server closed\n"
    "        the connection before it had all data.\n"
    "    2   Wrong usage, no usable key, a command that cannot be sent, or a file\n"
    "        that cannot be recorded to.\n"
    "    3   No connection, the handshake failed (wrong user or key included), the\n"
    "        connection ended early, or reading or writing failed.\n"
    "    Interactive use: the status of the last command, 130 if ^C ended it; 0 if\n"
    "    there was no command.\n"
    "\n"
    "EXAMPLES\n"
    "    sidewire-client si\n"
    "        What the server on this machine is doing.\n"
    "    sidewire-client -H music -u alice stat -n=1\n"
    "        One round of status of the server 'music', as user alice.\n"
    "    sidewire-client addimg cover <cover.jpg\n"
    "        Sends a picture.\n"
    "    sidewire-client -H music -i\n"
    "        A prompt for commands to that server, for example\n"
    "            sidewire> addimg 'front cover' < ~/pictures/cover.jpg\n"
    "    sidewire-client <evening.commands\n"
    "        One command after the other from a file.\n"
    "    tcpclient -RHl0 music 2990 sidewire-client --fd 6,7 ls\n"
    "        Over a connection that another program made.\n"
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
    printf("sidewire-client %s\n", SIDEWIRE_VERSION);
    return printed();
}
