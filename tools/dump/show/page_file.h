/* SPDX-License-Identifier: ISC */
/* The file of an HTML page: only its owner may read it, and it takes the place of another page when it
 * is complete, and of nothing else. */
#ifndef SIDEWIRE_DUMP_PAGE_FILE_H
#define SIDEWIRE_DUMP_PAGE_FILE_H

#include <stdio.h>

/* Zero it. */
typedef struct page_file {
    FILE *file;             /* to be written to */
    char *path, *temporary; /* where it will be; where it is meanwhile, or NULL: at its place */
} page_file;

/* in_place: it cannot be renamed later, as rights are given up before. 0, or -1 after a message. */
int page_file_open(page_file *p, const char *path, int in_place);

/* keep: puts it in its place. Otherwise, and if it is not complete, it is removed, unless it is at its
 * place. 0, or -1 after a message. */
int page_file_close(page_file *p, int keep);

#endif
