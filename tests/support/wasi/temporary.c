/* SPDX-License-Identifier: ISC */
/* Temporary files, which wasi-libc does not have and Check keeps the results of tests in. Only what is open is used,
 * so names are free again at once. */
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

/* wasi-libc declares neither */
FILE *tmpfile(void);
char *tempnam(const char *folder, const char *prefix);

FILE *tmpfile(void)
{
    static const char name[] = "/tmp/sidewire-wasi-check";
    FILE *file = fopen(name, "w+b");

    if (file != NULL)
        unlink(name);
    return file;
}

/* Asked when the other failed. */
char *tempnam(const char *folder, const char *prefix)
{
    (void)folder;
    (void)prefix;
    return NULL;
}
