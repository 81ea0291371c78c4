#include "arguments.h"

#include "options.h"
#include "report.h"

#include <errno.h>
#include <stdio.h>

static const char *const help[] = {
    "NAME\n"
    "    sidewire-dump - show the sessions of audio clients and servers in a capture\n"
    "\n"
    "SYNOPSIS\n"
    "    sidewire-dump [OPTION]... CAPTURE\n"
    "    sidewire-dump [OPTION]... -i INTERFACE\n"
    "    sidewire-dump [OPTION]... --c2s FILE --s2c FILE\n"
    "    sidewire-dump --help | --version\n"
    "\n"
    "DESCRIPTION\n"
    "    Finds the sessions in CAPTURE, a pcap or pcapng file as written by tcpdump or\n"
    "    Wireshark, and prints them. '-' is standard input, which like any pipe is shown as\n"
    "    it comes. A session is known by what its sides say, a server's greeting and a\n"
    "    client's 'auth rsa ', on any port; other traffic is passed over.\n"
    "\n"
    "    With the private key of a user, that user's sessions are decrypted. (The protocol\n"
    "    has no forward secrecy: a key opens old captures too.) So are the sessions in a\n"
    "    key log. Of others the handshake is still shown, and how many encrypted bytes each\n"
    "    side sent.\n"
    "\n",

    "INPUT\n"
    "    -i, --interface INTERFACE\n"
    "        Captures from a network interface, or from all by the name 'any', until\n"
    "        SIGINT or SIGTERM, and shows what comes. Needs the right to capture.\n"
    "    --c2s FILE, --s2c FILE\n"
    "        What the client and what the server of a single session sent, as tcpflow or\n"
    "        socat write it. One of them may be missing. No times are known then.\n"
    "\n"
    "KEYS\n"
    "    -k, --key KEYFILE\n"
    "        File of an RSA private key without passphrase, of 2048 to 8192 bits: PEM\n"
    "        (PKCS#1 or PKCS#8), or as ssh-keygen writes it. May be given many times; each\n"
    "        key is tried on each session.\n"
    "    --keylog FILE\n"
    "        File with keys of sessions, as sidewire's client and server write it when the\n"
    "        environment variable SIDEWIREKEYLOGFILE names it. That variable is also where\n"
    "        the file is looked for without this option. The file may grow while a capture\n"
    "        is running.\n"
    CRYPTO_HELP
    "\n",

    "OUTPUT\n"
    "    Text, unless one of these is given:\n"
    "    --json\n"
    "        A JSON object on a line for each session and packet, with whole bodies.\n"
    "    --follow\n"
    "        What the clients would have printed.\n"
    "    --stats\n"
    "        A table of durations, packets and bytes for each session, and one for all.\n"
    "    --html FILE\n"
    "        Writes a page for a browser. Nothing is printed then, unless one of the other\n"
    "        options is given too.\n"
    "    -x, --hex\n"
    "        Text with all bytes of the bodies in hex.\n"
    "    --color[=WHEN]\n"
    "        Colours in text: 'always', 'never', or 'auto', the default: on a terminal,\n"
    "        unless the environment variable NO_COLOR is set.\n"
    "\n"
    "    Each of these may be given many times, to show more:\n"
    "    --session NUMBER\n"
    "        Only this session. Numbers stay the same.\n"
    "    --user NAME\n"
    "        Only sessions of this user.\n"
    "    --band NAME\n"
    "        Of packets only those of this band, or of a name in small letters (below).\n"
    "    What is not shown counts all the same for messages and the exit status.\n"
    "\n"
    "    --help, --version\n"
    "        Print this text, or the version, and exit.\n"
    "\n",

    "TEXT\n"
    "    One line for each session with its addresses, when it began, the user, and what\n"
    "    was agreed on; then one line for each packet:\n"
    "\n"
    "       1     0.004242 S>C OUTPUT                     40  \"ff - jump N seconds forward\"...\n"
    "\n"
    "    number of the session; seconds since its first packet, to the first byte of this\n"
    "    one; who sent it, client or server; band; bytes of the body; the beginning of the\n"
    "    body. A command is shown with each argument in quotes. The last line of a session,\n"
    "    'end', tells how it ended. Lines of sessions that overlap are mixed.\n"
    "\n"
    "    Bands have capital letters; names in small letters are what is no packet:\n"
    "    greeting, request; in legacy mode also challenge, response, proceed, command, and\n"
    "    text, which is all that one side sent until the other spoke or a second passed;\n"
    "    'encrypted', 'lost' and 'undecoded' count the bytes that there is nothing to show\n"
    "    of. Control characters, and bytes that are not ASCII, appear as \\n, \\r, \\t and\n"
    "    \\xNN, a backslash as \\\\, a quote as \\\".\n"
    "\n",

    "LIMITS\n"
    "    Link types: Ethernet with VLAN tags, Linux cooked v1 and v2, BSD loopback, raw\n"
    "    IP; all interfaces of a pcapng file must have the same. IP fragments are not put\n"
    "    together, TCP checksums are not looked at. Of bytes that were sent several times\n"
    "    the first copy counts; copies that differ are counted, as far as the bytes of each\n"
    "    side are remembered (16 KiB).\n"
    "\n"
    "    A session whose greeting and request are not in the capture is not found. Where\n"
    "    bytes are missing inside of a body, or of legacy text, decoding goes on behind\n"
    "    them. Elsewhere what that side sent from there on is counted but not decoded.\n"
    "\n"
    "    An unterminated request ends where the server's answer was captured; so does the\n"
    "    challenge of a legacy session without key at the client's response.\n"
    "\n",

    "EXIT STATUS\n"
    "    0   Sessions were found, and all of them could be followed to the end. Being\n"
    "        encrypted without a key that fits is no fault.\n"
    "    1   Something was lost or damaged, which standard error tells; or there is no\n"
    "        session; or the output could not be written.\n"
    "    2   Wrong usage, or a file of keys that cannot be used.\n"
    "    3   The input is not readable: no such file or interface, no right to capture, not\n"
    "        a capture, unknown link type.\n"
    "\n"
    "EXAMPLES\n"
    "    tcpdump -i lo -w session.pcap tcp port 2990\n"
    "        Captures what goes to and from a server on this machine.\n"
    "    sidewire-dump -k ~/.paraslash/key.alice session.pcap\n"
    "        Shows it, with alice's sessions decrypted.\n"
    "    ssh host tcpdump -i eth0 -U -w - tcp port 2990 | sidewire-dump -k KEYFILE -\n"
    "        Shows what happens on another machine, while it happens.\n"
    "    sidewire-dump --keylog keys --user alice --band command --json session.pcap\n"
    "        All commands of alice, for a program to read.\n"
};

static int printed(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return STATUS_OK;
    report_system("standard output", errno);
    return STATUS_FAILURE;
}

int print_help(void)
{
    for (size_t i = 0; i < sizeof(help) / sizeof(help[0]); i++)
        fputs(help[i], stdout);
    return printed();
}

int print_version(void)
{
    printf("sidewire-dump %s\n", SIDEWIRE_VERSION);
    return printed();
}
