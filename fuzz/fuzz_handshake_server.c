/* SPDX-License-Identifier: ISC */
/* The server's handshake against a client that sends anything. */
#include "handshake_run.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    handshake_compare(1, data, size);
    return 0;
}
