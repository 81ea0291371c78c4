/* SPDX-License-Identifier: ISC */
#include "own_errors.h"

#include "scratch.h"

#include <check.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const char file[] = "own-errors";
static int real = -1;

void own_errors_begin(void)
{
    int fd = open(file, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

    ck_assert_int_ge(fd, 0);
    real = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    dup2(fd, STDERR_FILENO);
    close(fd);
}

void own_errors_end(void)
{
    dup2(real, STDERR_FILENO);
    close(real);
}

const char *own_errors(void)
{
    return scratch_read(file, NULL);
}

int own_errors_count(const char *text)
{
    const char *written = own_errors();
    int count = 0;

    while ((written = strstr(written, text)) != NULL) {
        count++;
        written += strlen(text);
    }
    return count;
}

void own_errors_expect(const char *text)
{
    ck_assert_msg(own_errors_count(text) == 1, "not once '%s' in: %s", text, own_errors());
}

void own_errors_clear(void)
{
    ck_assert_int_eq(truncate(file, 0), 0);
}
