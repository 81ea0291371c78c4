/* SPDX-License-Identifier: ISC */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef SIDEWIRE_SECCOMP
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#endif

/* ---- Landlock; later versions than the headers of many systems know ---- */

enum { CREATE_RULES = 444, ADD_RULE, RESTRICT_SELF }; /* system calls, the same on all machines */

/* clang-format off */
enum {                           /* rights on files, by bit */
    EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, REMOVE_DIR, REMOVE_FILE, MAKE_CHAR, MAKE_DIR, MAKE_REG, MAKE_SOCK,
    MAKE_FIFO, MAKE_BLOCK, MAKE_SYM, REFER, TRUNCATE, IOCTL_DEV
};
/* clang-format on */
#define BIT(n) (UINT64_C(1) << (n))

enum { VERSION_ONLY = 1, RULE_BELOW = 1 };

typedef struct rules_attributes {
    uint64_t files;
    uint64_t ports;  /* version 4: to bind to and to connect to */
    uint64_t scopes; /* version 6: abstract sockets, signals */
} rules_attributes;

typedef struct rule_below {
    uint64_t rights;
    int32_t place; /* descriptor */
} __attribute__((packed)) rule_below;

/* All that this version knows of is forbidden, unless a rule allows it. */
static rules_attributes forbidden_by(int version)
{
    static const unsigned char last[] = { 0, MAKE_SYM, REFER, TRUNCATE, TRUNCATE, IOCTL_DEV };
    unsigned known = version < 5 ? (unsigned)version : 5;

    return (rules_attributes){ .files = BIT(last[known] + 1) - 1,
                               .ports = version >= 4 ? 3 : 0,
                               .scopes = version >= 6 ? 3 : 0 };
}

static size_t attributes_size(int version)
{
    return version >= 6 ? sizeof(rules_attributes)
                        : offsetof(rules_attributes, scopes) - (version < 4 ? sizeof(uint64_t) : 0);
}

void sandbox_begin(sandbox *s)
{
    static const char *const libraries[] = {
        "/etc/localtime",   "/etc/nsswitch.conf",  "/etc/hosts", "/etc/resolv.conf", "/etc/services",
        "/etc/ld.so.cache", "/usr/share/zoneinfo", "/usr/lib",   "/usr/lib64",       "/lib",
        "/lib64",           "/usr/local/lib",      "/dev/null",  "/dev/urandom"
    };
    rules_attributes forbidden;

    s->version = (int)syscall(CREATE_RULES, NULL, (size_t)0, VERSION_ONLY);
    s->error = s->version < 0 ? errno : 0;
    s->rules = -1;
    if (s->version < 1)
        return;
    forbidden = forbidden_by(s->version);
    s->rules = (int)syscall(CREATE_RULES, &forbidden, attributes_size(s->version), 0u);
    s->error = s->rules < 0 ? errno : 0;
    for (size_t i = 0; i < sizeof(libraries) / sizeof(libraries[0]); i++)
        sandbox_allow(s, libraries[i], SANDBOX_READ);
}

void sandbox_allow(sandbox *s, const char *path, sandbox_right right)
{
    rule_below rule = { BIT(READ_FILE), 0 };
    struct stat status;
    int place = s->rules < 0 ? -1 : open(path, O_PATH | O_CLOEXEC);

    if (place < 0)
        return;
    if (right == SANDBOX_WRITE)
        rule.rights |= BIT(WRITE_FILE) | BIT(TRUNCATE);
    if (fstat(place, &status) == 0 && S_ISDIR(status.st_mode)) {
        rule.rights |= BIT(READ_DIR);
        if (right == SANDBOX_WRITE)
            rule.rights |= BIT(MAKE_REG) | BIT(REMOVE_FILE);
    }
    rule.rights &= forbidden_by(s->version).files;
    rule.place = place;
    syscall(ADD_RULE, s->rules, RULE_BELOW, &rule, 0u);
    close(place);
}

void sandbox_allow_folder_of(sandbox *s, const char *file, sandbox_right right)
{
    const char *slash = strrchr(file, '/');
    char folder[4096];

    if (slash == NULL) {
        sandbox_allow(s, ".", right);
    } else if ((size_t)(slash - file) + 1 < sizeof(folder)) {
        memcpy(folder, file, (size_t)(slash - file) + 1); /* with the slash, for that of the root */
        folder[slash - file + 1] = '\0';
        sandbox_allow(s, folder, right);
    }
}

/* 0, or an errno. */
static int enter_landlock(sandbox *s)
{
    int error = s->error;

    if (s->rules >= 0 && syscall(RESTRICT_SELF, s->rules, 0u) < 0)
        error = errno;
    if (s->rules >= 0)
        close(s->rules);
    s->rules = -1;
    return error;
}

/* ---- seccomp ---- */

#ifdef SIDEWIRE_SECCOMP

/* Ways to run others, to look into them, and to become more. What is needed for threads, files that are open, and
 * signals to oneself stays. */
/* clang-format off */
static const int forbidden_calls[] = {
    SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(ptrace), SCMP_SYS(kill),
    SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(kcmp), SCMP_SYS(pidfd_open),
    SCMP_SYS(pidfd_getfd), SCMP_SYS(pidfd_send_signal), SCMP_SYS(mount), SCMP_SYS(umount2),
    SCMP_SYS(pivot_root), SCMP_SYS(chroot), SCMP_SYS(unshare), SCMP_SYS(setns), SCMP_SYS(open_tree),
    SCMP_SYS(move_mount), SCMP_SYS(fsopen), SCMP_SYS(fsmount), SCMP_SYS(fspick), SCMP_SYS(init_module),
    SCMP_SYS(finit_module), SCMP_SYS(delete_module), SCMP_SYS(kexec_load), SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd), SCMP_SYS(keyctl), SCMP_SYS(add_key),
    SCMP_SYS(request_key), SCMP_SYS(open_by_handle_at), SCMP_SYS(name_to_handle_at), SCMP_SYS(setuid),
    SCMP_SYS(setgid), SCMP_SYS(setreuid), SCMP_SYS(setregid), SCMP_SYS(setresuid), SCMP_SYS(setresgid),
    SCMP_SYS(setgroups), SCMP_SYS(capset), SCMP_SYS(reboot), SCMP_SYS(swapon), SCMP_SYS(swapoff), SCMP_SYS(acct),
    SCMP_SYS(sethostname), SCMP_SYS(settimeofday), SCMP_SYS(clock_settime), SCMP_SYS(adjtimex),
    SCMP_SYS(personality), SCMP_SYS(syslog), SCMP_SYS(mknod), SCMP_SYS(mknodat)
};

static const int ring_calls[] = {
    SCMP_SYS(io_uring_setup), SCMP_SYS(io_uring_enter), SCMP_SYS(io_uring_register)
};

static const int socket_calls[] = {
    SCMP_SYS(socket), SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(listen)
};
/* clang-format on */

#define FORBID(filter, calls) forbid(filter, calls, sizeof(calls) / sizeof((calls)[0]))

static int forbid(scmp_filter_ctx filter, const int *calls, size_t count)
{
    int result = 0;

    for (size_t i = 0; i < count && result == 0; i++)
        result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), calls[i], 0);
    return result;
}

/* Calls that are forbidden by their arguments: new processes, which are no threads, and code that was written.
 * The C library takes clone where there is no clone3, whose arguments cannot be looked at. */
static int forbid_by_argument(scmp_filter_ctx filter)
{
    enum { CODE = PROT_WRITE | PROT_EXEC };
#ifdef __s390x__
    const struct scmp_arg_cmp is_process = SCMP_A1(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0);
#else
    const struct scmp_arg_cmp is_process = SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0);
#endif
    const uint32_t refuse = SCMP_ACT_ERRNO(EPERM);
    int result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);

    if (result == 0)
        result = seccomp_rule_add(filter, refuse, SCMP_SYS(clone), 1, is_process);
    if (result == 0)
        result = seccomp_rule_add(filter, refuse, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, CODE, CODE));
    if (result == 0)
        result = seccomp_rule_add(filter, refuse, SCMP_SYS(mprotect), 1,
                                  SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC));
    return result;
}

/* 0, or an errno. */
static int enter_seccomp(int with_sockets)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    int result;

    if (filter == NULL)
        return ENOMEM;
    result = FORBID(filter, forbidden_calls);
    if (result == 0)
        result = FORBID(filter, ring_calls);
    if (result == 0 && !with_sockets)
        result = FORBID(filter, socket_calls);
    if (result == 0)
        result = forbid_by_argument(filter);
    if (result == 0)
        result = seccomp_load(filter);
    seccomp_release(filter);
    return -result;
}

void sandbox_without_rings(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

    if (filter == NULL)
        return;
    if (FORBID(filter, ring_calls) == 0)
        (void)seccomp_load(filter); /* where there are no filters, nothing is forbidden later */
    seccomp_release(filter);
}

#else

void sandbox_without_rings(void)
{
}

static int enter_seccomp(int with_sockets)
{
    (void)with_sockets;
    return ENOSYS;
}

#endif

/* ---- both ---- */

void sandbox_enter(sandbox *s, int with_sockets, char text[SANDBOX_TEXT_SIZE])
{
    /* without it, neither is for everybody */
    int error = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? errno : 0;
    int landlock = enter_landlock(s);
    int seccomp = error != 0 ? error : enter_seccomp(with_sockets);

    text[0] = '\0';
    if (landlock != 0 || seccomp != 0)
        snprintf(text, SANDBOX_TEXT_SIZE, "the system does not hold the program in: Landlock: %s; seccomp: %s",
                 landlock != 0 ? strerror(landlock) : "yes", seccomp != 0 ? strerror(seccomp) : "yes");
}
