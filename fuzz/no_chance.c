/* SPDX-License-Identifier: ISC */
/* In place of the system's: tables are seeded alike in each run, so that an input always takes the same way. */
#include <string.h>
#include <unistd.h>

int getentropy(void *buffer, size_t length);

int getentropy(void *buffer, size_t length)
{
    memset(buffer, 1, length);
    return 0;
}
