/* SPDX-License-Identifier: ISC */
#include "page_file.h"

#include "report.h"
#include "watch/allocate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* May it be replaced? Files that are no pages are keys and captures, named by mistake. */
static int may_replace(const char *path)
{
    static const char doctype[] = "<!DOCTYPE html>";
    char begin[sizeof(doctype) - 1];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t n = fd < 0 ? -1 : read(fd, begin, sizeof(begin));

    if (fd >= 0)
        close(fd);
    return n == 0 || (n == (ssize_t)sizeof(begin) && memcmp(begin, doctype, sizeof(begin)) == 0);
}

/* 1: there is a regular file, which may be replaced. 0: there is none, or something that is written to
 * where it is, a pipe for example. -1 after a message. */
static int check_place(const char *path, int *is_special)
{
    struct stat status;

    *is_special = 0;
    if (stat(path, &status) < 0)
        return 0;
    *is_special = !S_ISREG(status.st_mode);
    if (*is_special || may_replace(path))
        return !*is_special;
    report("%s: there is a file that is no page; it is left as it is", path);
    return -1;
}

int page_file_open(page_file *p, const char *path, int in_place)
{
    static const char suffix[] = ".XXXXXX";
    int is_special;
    int exists = check_place(path, &is_special);
    char *real = exists > 0 ? realpath(path, NULL) : NULL;
    int fd;

    if (exists < 0)
        return -1;
    p->path = real != NULL ? real : strdup(path);
    if (p->path == NULL)
        allocation_failed();
    if (in_place || is_special) {
        fd = open(p->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
        if (fd >= 0 && !is_special)
            (void)fchmod(fd, S_IRUSR | S_IWUSR);
    } else {
        size_t size = strlen(p->path) + sizeof(suffix);

        p->temporary = allocate(size);
        snprintf(p->temporary, size, "%s%s", p->path, suffix);
        fd = mkostemp(p->temporary, O_CLOEXEC);
    }
    p->file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (p->file != NULL)
        return 0;
    report_system(path, errno);
    free(p->path);
    free(p->temporary);
    return -1;
}

int page_file_close(page_file *p, int keep)
{
    int failed = ferror(p->file);
    int result = fclose(p->file) == 0 && !failed ? 0 : -1;

    if (result == 0 && keep && p->temporary != NULL)
        result = rename(p->temporary, p->path);
    if (result < 0)
        report_system(p->path, errno);
    if ((result < 0 || !keep) && p->temporary != NULL)
        unlink(p->temporary);
    free(p->path);
    free(p->temporary);
    return result;
}
