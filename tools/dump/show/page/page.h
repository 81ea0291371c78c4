/* SPDX-License-Identifier: ISC */
/* The page of html.h without what is in it, as lines with their LF, ended by NULL. Made by embed.sh
 * from the files in this folder. */
#ifndef SIDEWIRE_DUMP_PAGE_H
#define SIDEWIRE_DUMP_PAGE_H

/* Markers show where the others go, the policy and the records. */
extern const char *const page_html[];
extern const char *const page_style[];
extern const char *const page_script[];

#endif
