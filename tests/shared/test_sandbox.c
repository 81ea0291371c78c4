/* SPDX-License-Identifier: ISC */
/* A program that was held in tries what it may no longer do. Attempts are made in processes of their own, each in a
 * folder with the folders `read`, `write` and `other`, in which there is a file `old`. */
#include "sandbox.h"

#include "scratch.h"
#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LANDLOCK = 1, SECCOMP };

static void make_folders(void)
{
    static const char *const folders[] = { "read", "write", "other" };

    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        ck_assert_int_eq(mkdir(folders[i], 0700), 0);
        scratch_write_text(scratch_format("%s/old", folders[i]), "text");
    }
    ck_assert_int_eq(symlink("../other/old", "write/link"), 0);
    ck_assert_int_eq(mkfifo("read/fifo", 0600), 0);
}

/* Is this part there? What was said of it is true. */
static int hold_in(int part, int with_sockets)
{
    char text[SANDBOX_TEXT_SIZE];
    int had_rules, landlock, seccomp;
    sandbox s;

    sandbox_begin(&s);
    sandbox_allow(&s, "read", SANDBOX_READ);
    sandbox_allow_folder_of(&s, "write/new", SANDBOX_WRITE);
    sandbox_allow(&s, "missing", SANDBOX_WRITE);
    had_rules = s.rules >= 0;
    sandbox_enter(&s, with_sockets, text);
    landlock = text[0] == '\0' || strstr(text, "Landlock: yes") != NULL;
    seccomp = text[0] == '\0' || strstr(text, "seccomp: yes") != NULL;
    if (landlock != had_rules || (seccomp && prctl(PR_GET_SECCOMP) != 2) ||
        (text[0] != '\0' && landlock && seccomp))
        abort();
    return part == LANDLOCK ? landlock : seccomp;
}

/* The errno of an attempt by one who is held in; 0 if it was successful, or if the system has no such part. */
static int attempt(int part, int with_sockets, int (*try)(int), int n, int expected)
{
    int status;
    pid_t child = fork();

    ck_assert_int_ge(child, 0);
    if (child == 0)
        _exit(hold_in(part, with_sockets) ? try(n) : expected);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFEXITED(status), "ended by signal %d", WTERMSIG(status));
    return WEXITSTATUS(status);
}

/* ---- files ---- */

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
    { "/etc/localtime", O_RDONLY, 0 },
    { "/dev/null", O_RDONLY, 0 },
};

static int try_open(int n)
{
    return open(opened[n].path, opened[n].flags | O_CLOEXEC, 0600) < 0 ? errno : 0;
}

START_TEST(test_open)
{
    make_folders();
    if (access(opened[_i].path, F_OK) < 0 && opened[_i].error == 0 && !(opened[_i].flags & O_CREAT))
        return; /* a machine without it */
    ck_assert_int_eq(attempt(LANDLOCK, 0, try_open, _i, opened[_i].error), opened[_i].error);
}
END_TEST

static int try_change(int n)
{
    int result = n == 0   ? unlink("read/old")
                 : n == 1 ? rename("write/old", "other/taken")
                 : n == 2 ? rename("other/old", "write/taken")
                 : n == 3 ? mkdir("write/folder", 0700)
                 : n == 4 ? symlink("/etc/passwd", "write/name")
                 : n == 5 ? link("other/old", "write/name")
                 : n == 6 ? truncate("read/old", 0)
                          : rename("write/old", "write/renamed");

    return result < 0 ? errno : 0;
}

START_TEST(test_change)
{
    static const int errors[] = { EACCES, EXDEV, EXDEV, EACCES, EACCES, EXDEV, EACCES, 0 };
    int error;

    make_folders();
    error = attempt(LANDLOCK, 0, try_change, _i, errors[_i]);
    if (error != errors[_i]) /* versions differ in which of both they say */
        ck_assert_int_eq(error, errors[_i] == EXDEV ? EACCES : errors[_i]);
}
END_TEST

/* ---- processes ---- */

static void *nothing(void *unused)
{
    return unused;
}

static int try_process(int n)
{
    char *const argv[] = { (char[]){ "true" }, NULL };
    long result;

    switch (n) {
    case 0: result = execv("/bin/true", argv); break;
    case 1: result = fork(); break;
    case 2: result = syscall(SYS_kill, getppid(), 0); break;
    case 3: result = ptrace(PTRACE_ATTACH, getppid(), NULL, NULL); break;
    case 4: result = syscall(SYS_unshare, 0x10000000 /* users */); break;
    case 5: result = setresuid(getuid(), getuid(), getuid()); break;
    case 6: result = syscall(SYS_process_vm_readv, getppid(), NULL, 0UL, NULL, 0UL, 0UL); break;
    case 7: result = syscall(SYS_bpf, 0, NULL, 0); break;
    case 8: result = syscall(SYS_mount, NULL, ".", "tmpfs", 0UL, NULL); break;
    default: result = syscall(SYS_keyctl, 0, 0); break;
    }
    return result < 0 ? errno : 0;
}

START_TEST(test_process)
{
    make_folders();
    ck_assert_int_eq(attempt(SECCOMP, 0, try_process, _i, EPERM), EPERM);
}
END_TEST

static int try_code(int n)
{
    int access = n == 0 ? PROT_READ | PROT_WRITE | PROT_EXEC : PROT_READ | PROT_WRITE;
    void *page = mmap(NULL, 4096, access, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (page == MAP_FAILED)
        return errno;
    return mprotect(page, 4096, PROT_READ | PROT_EXEC) < 0 ? errno : 0;
}

START_TEST(test_code)
{
    make_folders();
    ck_assert_int_eq(attempt(SECCOMP, 0, try_code, _i, EPERM), EPERM);
}
END_TEST

/* ---- sockets ---- */

static int try_socket(int family)
{
    return socket(family, SOCK_STREAM, 0) < 0 ? errno : 0;
}

START_TEST(test_socket)
{
    static const int families[] = { AF_INET, AF_INET6, AF_UNIX, AF_NETLINK, AF_PACKET };

    make_folders();
    ck_assert_int_eq(attempt(SECCOMP, 0, try_socket, families[_i], EPERM), EPERM);
}
END_TEST

/* For who looks up names. */
START_TEST(test_socket_allowed)
{
    make_folders();
    ck_assert_int_eq(attempt(SECCOMP, 1, try_socket, AF_UNIX, 0), 0);
}
END_TEST

/* ---- rings, before a program is held in ---- */

static int try_ring(int n)
{
    (void)n;
    return syscall(SYS_io_uring_setup, 1, NULL) < 0 ? errno : 0;
}

START_TEST(test_rings)
{
    int status;
    pid_t child = fork();

    ck_assert_int_ge(child, 0);
    if (child == 0) {
        sandbox_without_rings();
        _exit(prctl(PR_GET_SECCOMP) == 2 && (try_ring(0) != EPERM || try_socket(AF_INET) != 0));
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    make_folders();
    ck_assert_int_eq(attempt(SECCOMP, 1, try_ring, 0, EPERM), EPERM);
}
END_TEST

/* ---- what has to go on ---- */

static int go_on(int n)
{
    pthread_t thread;
    FILE *file = fopen("write/file", "w");
    void *block = malloc(1 << 22);

    (void)n;
    if (file == NULL || fputs("text", file) < 0 || fclose(file) != 0 || block == NULL)
        return 1;
    free(block);
    if (pthread_create(&thread, NULL, nothing, NULL) != 0 || pthread_join(thread, NULL) != 0)
        return 2;
    signal(SIGUSR1, SIG_IGN);
    return raise(SIGUSR1) == 0 ? 0 : 3;
}

START_TEST(test_goes_on)
{
    make_folders();
    ck_assert_int_eq(attempt(SECCOMP, 0, go_on, 0, 0), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sandbox");
    TCase *tests = suite_case(suite, "attempts");
    int status;

    if (scratch_open() < 0)
        return 1;
    tcase_add_checked_fixture(tests, scratch_enter, scratch_leave);
    tcase_add_loop_test(tests, test_open, 0, COUNT(opened));
    tcase_add_loop_test(tests, test_change, 0, 8);
    tcase_add_loop_test(tests, test_process, 0, 10);
    tcase_add_loop_test(tests, test_code, 0, 2);
    tcase_add_loop_test(tests, test_socket, 0, 5);
    tcase_add_test(tests, test_socket_allowed);
    tcase_add_test(tests, test_rings);
    tcase_add_test(tests, test_goes_on);
    status = run_suite(suite);
    scratch_close();
    return status;
}
