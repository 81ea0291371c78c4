/* A program that was held in tries what it may no longer do. Each test is a process of its own. */
#include "sandbox.h"

#include "scratch.h"
#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int has_landlock, has_seccomp;

/* Folders `read`, `write` and `other`, each with a file `old`. */
static void make_folders(void)
{
    static const char *const folders[] = { "read", "write", "other" };

    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        ck_assert_int_eq(mkdir(folders[i], 0700), 0);
        scratch_write(scratch_format("%s/old", folders[i]), "text", 4);
    }
}

static void hold_in(int with_sockets)
{
    char text[SANDBOX_TEXT_SIZE];
    sandbox s;

    make_folders();
    sandbox_begin(&s);
    sandbox_allow(&s, "read", SANDBOX_READ);
    sandbox_allow_folder_of(&s, "write/new", SANDBOX_WRITE);
    sandbox_allow(&s, "missing", SANDBOX_WRITE);
    has_landlock = s.rules >= 0;
    sandbox_enter(&s, with_sockets, text);
    has_seccomp = prctl_seccomp_mode() == 2;
    ck_assert_int_eq(text[0] == '\0', has_landlock && has_seccomp);
}

/* ---- files ---- */

/* What open() says. */
static int try_open(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC, 0600);

    if (fd < 0)
        return errno;
    close(fd);
    return 0;
}

static const struct {
    const char *path;
    int flags, error;
} opened[] = {
    { "read/old", O_RDONLY, 0 },
    { "read/old", O_WRONLY, EACCES },
    { "read/old", O_RDONLY | O_TRUNC, EACCES },
    { "read/new", O_WRONLY | O_CREAT, EACCES },
    { "write/old", O_RDWR | O_TRUNC, 0 },
    { "write/new", O_WRONLY | O_CREAT | O_EXCL, 0 },
    { "other/old", O_RDONLY, EACCES },
    { "other/old", O_WRONLY, EACCES },
    { "other/new", O_WRONLY | O_CREAT, EACCES },
    { "write/../other/old", O_RDONLY, EACCES },
    { "write/link", O_RDONLY, EACCES },
    { "/etc/passwd", O_RDONLY, EACCES },
    { "/proc/self/mem", O_RDWR, EACCES },
    { ".", O_RDONLY | O_DIRECTORY, EACCES },
};

START_TEST(test_open)
{
    ck_assert_int_eq(mkdir("write", 0700), 0);
    ck_assert_int_eq(symlink("../other/old", "write/link"), 0);
    ck_assert_int_eq(rename("write", "kept"), 0);
    hold_in(0);
    (void)0;
    ck_assert_int_eq(try_open(opened[_i].path, opened[_i].flags), has_landlock ? opened[_i].error : 0);
}
END_TEST
