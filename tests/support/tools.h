/* SPDX-License-Identifier: ISC */
/* The programs under test, as the suites use them. In every test's folder there are keys/alice,
 * keys/bob and keys/eve, each with .pub, and a user list `users` with alice, who may do all, and
 * bob, who may only read. */
#ifndef SIDEWIRE_TESTS_TOOLS_H
#define SIDEWIRE_TESTS_TOOLS_H

#include "process.h"

#include <check.h>

#define TOOL_SERVER "tools/server/sidewire-server"
#define TOOL_CLIENT "tools/client/sidewire-client"
#define TOOL_DUMP "tools/dump/sidewire-dump"
#define TOOL_EXAMPLE "examples/blocking_client"

#define PERMISSIONS_ALL "AFS_READ,AFS_WRITE,VSS_READ,VSS_WRITE"

/* ---- suites ---- */

/* A case of end-to-end tests, with their fixtures. */
TCase *e2e_case(Suite *suite, const char *name);

/* Unchecked fixture, for use after e2e_case: the keys of make-keys.sh too. */
void make_all_keys(void);

/* The main of such a suite. */
int e2e_main(Suite *suite);
/* The same, by run_suite_apart. */
int e2e_main_apart(Suite *suite);

/* ---- programs of this build ---- */

const char *tool_path(const char *relative);

/* Starts one with words behind its name. */
process *tool_start(const char *relative, const char *words);

/* ---- server ---- */

typedef struct server {
    process *process;
    const char *host; /* an address without brackets */
    const char *port;
} server;

/* Starts a server on any port of an address, with further options (words), and waits until it
 * listens. Its log has all from `info` on. */
server server_start(const char *host, const char *options);
server server_start_local(const char *options); /* on 127.0.0.1 */

/* ::1, unless whoever runs the tests on a machine without IPv6 says so: SIDEWIRE_NO_IPV6=1. */
const char *ipv6_host(void);

/* The number that follows `before` in a program's text. */
const char *port_of_line(const char *text, const char *before);

/* Ends it by SIGTERM, which has to succeed. */
void server_stop(const server *s);

/* ---- client ---- */

/* A client of alice, to be started: of a server on 127.0.0.1, with further words. */
command_line client_line(const char *port, const char *words);

/* Starts a client of alice, with further options and the command (words). */
process *client_start(const server *s, const char *options, const char *command);

/* Runs one and compares, see process_expect; the run is called by its options and command. */
void client_expect(const server *s, const char *options, const char *command, int status, const char *out,
                   const char *err);

/* What `si` says with these numbers, as a pattern. */
const char *si_pattern(const server *s, unsigned active, unsigned accepted, unsigned total, unsigned commands);

#endif
