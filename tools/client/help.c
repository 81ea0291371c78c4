#include "arguments.h"

#include "report.h"

#include <errno.h>
#include <stdio.h>

static const char *const help[] = {
    "NAME\n"
    "    sidewire-client - run one command on an audio server\n"
    "\n"
    "SYNOPSIS\n"
    "    sidewire-client [-H HOST] [-p PORT] [-u USER] [-k KEYFILE] [--fd IN,OUT]\n"
    "        [--features LIST] [--allow-legacy] [--allow-rc4] [--timeout SECONDS]\n"
    "        [--legacy-wait MILLISECONDS] [--raw] [-v] COMMAND [ARG...]\n"
    "    sidewire-client --help | --version\n"
    "\n"
    "DESCRIPTION\n"
    "    Connects to the server, proves with an RSA key who the user is, sends\n"
    "    COMMAND with its arguments, and passes on what the server answers: output\n"
    "    to standard output, and the server's messages to standard error, each line\n"
    "    with the prefix 'remote: '. Everything is written as soon as it comes. A\n"
    "    command that takes data (addimg, for example) gets standard input, up to\n"
    "    its end.\n"
    "\n"
    "    Arguments behind COMMAND are all sent to the server, also those that begin\n"
    "    with a dash. 'sidewire-client help' shows the commands of a server.\n"
    "\n"
    "    What a server sends cannot act on a terminal: on standard error always, and\n"
    "    on standard output if that is a terminal, control characters other than\n"
    "    line feed and tab, and bytes that are not UTF-8, appear as \\xNN. A\n"
    "    terminal whose locale is not UTF-8 gets ASCII only. To a file or a pipe,\n"
    "    output goes byte for byte.\n"
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
    "        --port have no effect then.\n"
    "    --features LIST\n"
    "        Features to ask for if the server offers them, separated by commas.\n"
    "        Default: sideband,aes_ctr128,sha256. An empty list means legacy mode.\n"
    "    --allow-legacy\n"
    "        Accept a server that knows no features (from before 2012). The cipher\n"
    "        is RC4 then, which is broken, messages are part of the output, and\n"
    "        nothing tells whether the command succeeded. Data cannot be sent.\n"
    "    --allow-rc4\n"
    "        Accept a server that knows features, but no cipher better than RC4.\n"
    "    --timeout SECONDS\n"
    "        How long connecting and authentication may take together. 0: for ever.\n"
    "        Default: 30.\n",

    "    --legacy-wait MILLISECONDS\n"
    "        With --allow-legacy: for how long nothing may follow the first line of\n"
    "        a greeting until it is taken for that of a legacy server. Default:\n"
    "        1000.\n"
    "    --raw\n"
    "        Output byte for byte even if standard output is a terminal.\n"
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
    "\n"
    "EXIT STATUS\n"
    "    0   The command succeeded. Legacy mode: the server closed the connection.\n"
    "    1   The command failed; the server said why.\n"
    "    2   Wrong usage, no usable key, or a command that cannot be sent.\n"
    "    3   No connection, the handshake failed (wrong user or key included), the\n"
    "        connection ended early, or reading or writing failed.\n"
    "\n"
    "EXAMPLES\n"
    "    sidewire-client si\n"
    "        What the server on this machine is doing.\n"
    "    sidewire-client -H music -u alice stat -n=1\n"
    "        One round of status of the server 'music', as user alice.\n"
    "    sidewire-client addimg cover <cover.jpg\n"
    "        Sends a picture.\n"
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
