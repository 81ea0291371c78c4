#include "arguments.h"

#include "report.h"

#include <errno.h>
#include <stdio.h>

static const char *const help[] = {
    "NAME\n"
    "    sidewire-dump - show the sessions of audio clients and servers in a capture\n"
    "\n"
    "SYNOPSIS\n"
    "    sidewire-dump [-k KEYFILE]... CAPTURE\n"
    "    sidewire-dump --help | --version\n"
    "\n"
    "DESCRIPTION\n"
    "    Reads CAPTURE, a pcap or pcapng file as written by tcpdump or Wireshark ('-' is\n"
    "    standard input), and prints the sessions found in it. A session is known by what\n"
    "    its sides say, a server's greeting and a client's 'auth rsa ', on any port; other\n"
    "    traffic is passed over.\n"
    "\n"
    "    With the private key of a user, that user's sessions are decrypted. (The protocol\n"
    "    has no forward secrecy: a key opens old captures too.) Without it, the handshake\n"
    "    is still shown, and how many encrypted bytes each side sent.\n"
    "\n"
    "OPTIONS\n"
    "    -k, --key KEYFILE\n"
    "        File of an RSA private key without passphrase, of 2048 to 8192 bits: PEM\n"
    "        (PKCS#1 or PKCS#8), or as ssh-keygen writes it. May be given many times; each\n"
    "        key is tried on each session.\n"
    "    --help, --version\n"
    "        Print this text, or the version, and exit.\n"
    "\n",

    "OUTPUT\n"
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
    "\n"
    "LIMITS\n"
    "    Link types: Ethernet with VLAN tags, Linux cooked v1 and v2, BSD loopback, raw\n"
    "    IP. IP fragments are not put together, TCP checksums are not looked at. A session\n"
    "    whose greeting and request are not in the capture is not found. Where bytes of a\n"
    "    side are missing, what that side sent from there on is counted but not decoded.\n"
    "    An unterminated request ends where the server's answer was captured; so does the\n"
    "    challenge of a legacy session without key at the client's response.\n"
    "\n",

    "EXIT STATUS\n"
    "    0   Sessions were found, and all of them could be followed to the end. Being\n"
    "        encrypted without a key that fits is no fault.\n"
    "    1   Something was lost or damaged, which standard error tells; or there is no\n"
    "        session; or the output could not be written.\n"
    "    2   Wrong usage, or a key file that cannot be used.\n"
    "    3   CAPTURE is not readable: no such file, not a capture, unknown link type.\n"
    "\n"
    "EXAMPLES\n"
    "    tcpdump -i lo -w session.pcap tcp port 2990\n"
    "        Captures what goes to and from a server on this machine.\n"
    "    sidewire-dump -k ~/.paraslash/key.alice session.pcap\n"
    "        Shows it, with alice's sessions decrypted.\n"
    "    tcpdump -i eth0 -U -w - tcp port 2990 | sidewire-dump -\n"
    "        Shows who talks to a server, without captures on disk.\n"
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
