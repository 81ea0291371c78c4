/* SPDX-License-Identifier: ISC */
/* What the suites about recordings share. */
#ifndef SIDEWIRE_TESTS_RECORDER_SUPPORT_H
#define SIDEWIRE_TESTS_RECORDER_SUPPORT_H

#include "recorder.h"

#include <check.h>

/* What is recorded to, in the test's folder. */
#define FILE_NAME "session.pcapng"

recorder *open_recorder(void);
/* After recordings without failure. */
void close_recorder(recorder *r);

struct sockaddr_storage ipv4(const char *address, uint16_t port);
struct sockaddr_storage ipv6(const char *address, uint16_t port);

/* No file may grow beyond so many bytes, as if the disk were full. Nothing may be asserted until
 * that is over, since Check writes to a file then. */
void limit_files(size_t size);
void unlimit_files(void);

/* A case whose tests have a folder of their own, and the main of such a suite. */
TCase *record_case(Suite *suite, const char *name);
int record_main(Suite *suite);

#endif
