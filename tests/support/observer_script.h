/* SPDX-License-Identifier: ISC */
/* What an observer tells of a session that is written down, with every value of every event. A script is text:
 *
 *     # TEXT             comment; empty lines are skipped as well
 *     == MODE TITLE      a session begins: legacy, rc4 or aes is its cipher and its response's size; or it is sealed
 *     > END WHAT...      end 0 or 1 is offered what it has left, and behind that WHAT:
 *                        "TEXT"     these bytes; \n \r \0 \" \\ and \xNN are one each
 *                        N*"TEXT"   N times
 *                        ~"TEXT"    encrypted (~N* as well), or sealed as one record; end 0 is the client for that,
 *                                   after `swap` it is end 1
 *                        !"TEXT"    sealed, but the record is damaged
 *                        -"TEXT"    encrypted or sealed, and missing (-N* as well)
 *                        missing N, ended, full: as in sw_observer_input; `ended` holds from there on
 *                        hold N     the last N bytes come with the next step of this end
 *                        lose N     they are missing
 *                        What follows what is missing is offered in a later step.
 *     > handshake        up to the response; nothing of that is told here. Of legacy mode the challenge is 256 bytes
 *     > open [WORDS]     sw_observer_open with the session's keys; wrong: with others; half: with another one of the
 *                        client; bare: without a response; other: with another response; short: with a byte of it; block N
 *     > answer [WORDS]   the same is done when a challenge is told
 *     > believe SIDE [WORDS]  candidates are believed to be that side, and keys are given, as by open
 *     > abandon END, wipe, swap
 *     > fail             the observer's backend does, from there on
 *     > secrets          what is left of keys and ciphers
 *     > number N         the next record of either side is the Nth; below 65536
 *     > credit END       bytes that may still be tried for where a record begins
 *
 * and all other lines are what has to come of the line before them: a line for each event, and one for what is left. */
#ifndef SIDEWIRE_TESTS_OBSERVER_SCRIPT_H
#define SIDEWIRE_TESTS_OBSERVER_SCRIPT_H

#include <sidewire/crypto.h>

/* Runs all sessions of a file of the source tree, and fails the running test unless everything comes as it is written
 * there, and all that was begun to decrypt is wiped in the end. Returns how many there are. */
int observer_script_run(const char *file, const sw_crypto *crypto);

#endif
