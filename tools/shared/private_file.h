/* SPDX-License-Identifier: ISC */
/* Files whose contents are not for others. */
#ifndef SIDEWIRE_TOOLS_PRIVATE_FILE_H
#define SIDEWIRE_TOOLS_PRIVATE_FILE_H

/* Opens a file to write to, by open(2)'s flags, and makes it, for its owner only, if it is missing. A
 * link is not followed, and the file has to be ours; it may be no one's to write but
 * ours, or a device or pipe. A descriptor, or -1 with errno: ELOOP for a link, EPERM for a file of
 * somebody else or that others may write. */
int private_file_open(const char *path, int flags);

/* May others than its owner, who is root or we, change the open file? The text says how, or is NULL. */
const char *private_file_problem(int fd);

#endif
