/* SPDX-License-Identifier: ISC */
/* The client's handshake against a server that sends anything. */
#include "handshake_run.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    handshake_compare(0, data, size);
    return 0;
}
