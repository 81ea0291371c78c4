/* SPDX-License-Identifier: ISC */
#include "arguments.h"

#include "report.h"

static const manual_section sections[] = {
    { "SYNOPSIS",
      "sidewire-dump [OPTION]... CAPTURE... [FILTER]\n"
      "sidewire-dump [OPTION]... -i INTERFACE [FILTER]\n"
      "sidewire-dump [OPTION]... --c2s FILE --s2c FILE\n"
      "sidewire-dump --help | --version\n",
      NULL },
    { "DESCRIPTION",
      "Finds the sessions in CAPTURE, a pcap or pcapng file as written by tcpdump or\n"
      "Wireshark, and prints them. '-' is standard input, which like any pipe is shown as\n"
      "it comes. A session is known by what its sides say, a server's greeting, a\n"
      "client's request, or challenge and response, on any port; other traffic is passed\n"
      "over. CAPTURE may be compressed by gzip or zstd. Packets of several are taken by\n"
      "their time. What follows and is no file is a filter, as tcpdump has it\n"
      "(pcap-filter(7)).\n"
      "\n"
      "With the private key of a user, that user's sessions are decrypted. (The protocol\n"
      "has no forward secrecy: a key opens old captures too.) So are the sessions in a\n"
      "key log, which may be in the capture; nothing else opens a sealed session. Of\n"
      "others the handshake is still shown, and how many encrypted bytes each side sent,\n"
      "or of sealed ones each record, with its number and size.\n",
      NULL },
    { "INPUT", NULL, dump_input_options },
    { "KEYS", NULL, dump_key_options },
    { "OUTPUT", "Text, unless one of these is given:\n", dump_output_options },
    { "SELECTION",
      "Each of these may be given many times, to show more. What is not shown counts all\n"
      "the same for messages and the exit status.\n",
      dump_selection_options },
    { "OTHER OPTIONS", NULL, dump_other_options },
    { "TEXT",
      "One line for each session with its addresses, when it began, the user, and what\n"
      "was agreed on; then one line for each packet:\n"
      "\n"
      "   1     0.004242 S>C OUTPUT                     40  \"ff - jump N seconds forward\"...\n"
      "\n"
      "number of the session; seconds since its first packet, to the first byte of this\n"
      "one; who sent it, client or server; band; bytes of the body; the beginning of the\n"
      "body, in quotes, or 16 bytes in hex if it is no text. On a terminal lines are cut\n"
      "to its width. A command is shown with each argument in quotes. The last line of a session,\n"
      "'end', tells how it ended. Lines of sessions that overlap are mixed.\n"
      "\n"
      "Bands have capital letters; names in small letters are what is no packet:\n"
      "greeting, request; in legacy mode also challenge, response, proceed, command, and\n"
      "text, which is all that one side sent until the other spoke or a second passed; in\n"
      "a sealed session noise, its handshake, and record, one that was not opened;\n"
      "'encrypted', 'lost' and 'undecoded' count the bytes that there is nothing to show\n"
      "of. Control characters, characters that are not seen, and bytes that are not UTF-8,\n"
      "appear as \\n, \\r, \\t and \\xNN; if the locale (LC_CTYPE) is not UTF-8, so does all\n"
      "that is not ASCII. A backslash appears as \\\\, a quote as \\\".\n",
      NULL },
    { "LIMITS",
      "TCP is found in Ethernet (with tags, MPLS, PPPoE, LLC), Linux cooked v1 and v2, BSD\n"
      "loopback, raw IP, PPP, HDLC, 802.11, NFLOG and PKTAP, and in tunnels: IP in IP, GRE,\n"
      "ERSPAN, VXLAN, Geneve, GTP, L2TP, LISP, Teredo, TZSP. Fragments of up to 64 IP\n"
      "packets at a time are put together. TCP checksums are not looked at. Of bytes that\n"
      "were sent several times the first copy counts; copies that differ are counted, as\n"
      "far as the bytes of each side are remembered (16 KiB). SYN, FIN and RST that are not\n"
      "where the stream is are counted and passed over.\n"
      "\n"
      "If neither greeting nor request of a session are in the capture, it is found by its\n"
      "challenge and response. One of these alone, or in legacy mode, is a session only\n"
      "if there are keys: a private key that opens the challenge, or a line of the key log\n"
      "that has the response, or fits what follows the challenge. A session that begins\n"
      "behind the response is not found, nor a sealed one without its request. Packets\n"
      "may come in any order, also from the last to the first, as long as 4 MiB of each side\n"
      "are enough to wait for its beginning. Where\n"
      "bytes are missing inside of a body, or of legacy text, decoding goes on behind\n"
      "them. Elsewhere what that side sent from there on is counted but not decoded.\n"
      "\n"
      "An unterminated request ends where the server's answer was captured; so does the\n"
      "challenge of a legacy session without key at the client's response.\n",
      NULL },
    { "EXIT STATUS",
      "0   Sessions were found, and all of them could be followed to the end. Being\n"
      "    encrypted without a key that fits is no fault.\n"
      "1   Something was lost or damaged, which standard error tells; or there is no\n"
      "    session; or the output could not be written.\n"
      "2   Wrong usage, or a file of keys that cannot be used.\n"
      "3   The input is not readable: no such file or interface, no right to capture, not\n"
      "    a capture, unknown link type.\n",
      NULL },
    { "EXAMPLES",
      "tcpdump -i lo -w session.pcap tcp port 2990\n"
      "    Captures what goes to and from a server on this machine.\n"
      "sidewire-dump -k ~/.paraslash/key.alice session.pcap\n"
      "    Shows it, with alice's sessions decrypted.\n"
      "ssh host tcpdump -i eth0 -U -w - tcp port 2990 | sidewire-dump -k KEYFILE -\n"
      "    Shows what happens on another machine, while it happens.\n"
      "sidewire-dump -i eth0 -w last.pcapng -C 100 -W 10 tcp port 2990\n"
      "    Keeps the latest gigabyte of what goes to and from servers.\n"
      "sidewire-dump -k KEYFILE -w alice.pcapng --user alice all.pcap\n"
      "    Takes the packets of alice's sessions out of a large capture.\n"
      "sidewire-dump --keylog keys --user alice --band command --json session.pcap\n"
      "    All commands of alice, for a program to read.\n",
      NULL },
    { NULL, NULL, NULL }
};

const manual dump_manual = { .program = "sidewire-dump",
                             .summary = "show the sessions of audio clients and servers in a capture",
                             .sections = sections,
                             .unwritten_status = STATUS_FAILURE,
                             .operands = OPERANDS_FILES };
