/* Preloaded into a program, counts its calls that change what is on disk, and lets one of them be the last or
 * fail.
 *
 *   DISK_CALLS_COUNT   a file: how many there were is written into it when the program ends
 *   DISK_CALLS_AT      the number of the call, from 1
 *   DISK_CALLS_HOW     kill    the process is killed before it
 *                      tear    likewise, but half of what it writes is on disk
 *                      EIO, ENOSPC, EROFS    it fails so
 *                      from:EIO, from:ENOSPC, from:EROFS    it and all behind it; a full disk lets names go
 *   DISK_CALLS_LINKS   no: the file system has no second names for files
 *
 * What a program prints is not counted: stdio's own calls do not come by here, and the first three
 * descriptors are left alone. */
/* fallocate, open64 */
// NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

static long calls; /* of the one thread that changes anything */

static bool starts(const char *text, const char *start) {
    return text != NULL && strncmp(text, start, strlen(start)) == 0;
}

static int error_named(const char *name) {
    return strcmp(name, "EIO") == 0 ? EIO : strcmp(name, "ENOSPC") == 0 ? ENOSPC : EROFS;
}

typedef enum need { NEEDS_ROOM, NEEDS_NONE } need;

/* Counts a call. *error: how it is to fail; 0: it is to be made. True: it is to be torn, and is the last. */
static bool count(need room, int *error) {
    const char *at = getenv("DISK_CALLS_AT");
    const char *how = getenv("DISK_CALLS_HOW");
    long number = at != NULL ? strtol(at, NULL, 10) : 0;
    *error = 0;
    calls++;
    if (how == NULL || number == 0 || calls < number) {
        return false;
    }
    if (starts(how, "from:")) {
        int wanted = error_named(how + 5);
        *error = wanted == ENOSPC && room == NEEDS_NONE ? 0 : wanted;
        return false;
    }
    if (calls > number) {
        return false;
    }
    if (strcmp(how, "tear") == 0) {
        return true;
    }
    if (strcmp(how, "kill") == 0) {
        (void)raise(SIGKILL);
    }
    *error = error_named(how);
    return false;
}

/* Whether a call that cannot be torn is to be made. */
static bool may(need room) {
    int error = 0;
    if (count(room, &error)) {
        (void)raise(SIGKILL);
    }
    errno = error != 0 ? error : errno;
    return error == 0;
}

__attribute__((destructor)) static void tell(void) {
    const char *file = getenv("DISK_CALLS_COUNT");
    char text[32];
    int length = snprintf(text, sizeof text, "%ld\n", calls);
    long out = file != NULL ? syscall(SYS_open, file, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
    if (out >= 0) {
        (void)syscall(SYS_write, out, text, (size_t)length);
        (void)syscall(SYS_close, out);
    }
}

/* ---- Contents ---- */

static bool is_on_disk(int file) {
    struct stat status;
    return file > STDERR_FILENO && fstat(file, &status) == 0 && S_ISREG(status.st_mode);
}

ssize_t disk_write(int file, const void *data, size_t size) __asm__("write");
ssize_t disk_write(int file, const void *data, size_t size) {
    int error = 0;
    if (!is_on_disk(file)) {
        return syscall(SYS_write, file, data, size);
    }
    if (count(NEEDS_ROOM, &error)) {
        (void)syscall(SYS_write, file, data, size / 2);
        (void)raise(SIGKILL);
    }
    if (error == ENOSPC && size > 1) { /* what there is room for is written */
        const char *at = getenv("DISK_CALLS_AT");
        if (at != NULL && strtol(at, NULL, 10) == calls && starts(getenv("DISK_CALLS_HOW"), "from:")) {
            return syscall(SYS_write, file, data, size / 2);
        }
    }
    if (error != 0) {
        errno = error;
        return -1;
    }
    return syscall(SYS_write, file, data, size);
}

static bool is_for_writing(int flags) {
    return (flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) != 0;
}

static int open_at(int folder, const char *path, int flags, mode_t mode) {
    if (is_for_writing(flags) && !may((flags & O_CREAT) != 0 ? NEEDS_ROOM : NEEDS_NONE)) {
        return -1;
    }
    return (int)syscall(SYS_openat, folder, path, flags, mode);
}

/* What a program calls by the system's names stands here under names of its own. */
#define OPEN(NAME)                                                                                           \
    int disk_##NAME(const char *path, int flags, ...) __asm__(#NAME);                                        \
    int disk_##NAME(const char *path, int flags, ...) {                                                      \
        va_list arguments;                                                                                   \
        va_start(arguments, flags);                                                                          \
        mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;                                \
        va_end(arguments);                                                                                   \
        return open_at(AT_FDCWD, path, flags, mode);                                                         \
    }
#define OPENAT(NAME)                                                                                         \
    int disk_##NAME(int folder, const char *path, int flags, ...) __asm__(#NAME);                            \
    int disk_##NAME(int folder, const char *path, int flags, ...) {                                          \
        va_list arguments;                                                                                   \
        va_start(arguments, flags);                                                                          \
        mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;                                \
        va_end(arguments);                                                                                   \
        return open_at(folder, path, flags, mode);                                                           \
    }
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

#define ACT(NAME, ROOM, PARAMETERS, NUMBER, ...)                                                             \
    int disk_##NAME PARAMETERS __asm__(#NAME);                                                               \
    int disk_##NAME PARAMETERS {                                                                             \
        return may(ROOM) ? (int)syscall(NUMBER, __VA_ARGS__) : -1;                                           \
    }
ACT(fallocate, NEEDS_ROOM, (int file, int mode, off_t at, off_t size), SYS_fallocate, file, mode, at, size)
ACT(fallocate64, NEEDS_ROOM, (int file, int mode, off64_t at, off64_t size), SYS_fallocate, file, mode, at,
    size)
ACT(ftruncate, NEEDS_ROOM, (int file, off_t size), SYS_ftruncate, file, size)
ACT(ftruncate64, NEEDS_ROOM, (int file, off64_t size), SYS_ftruncate, file, size)
ACT(fsync, NEEDS_ROOM, (int file), SYS_fsync, file)
ACT(fdatasync, NEEDS_ROOM, (int file), SYS_fdatasync, file)

/* ---- Names and attributes ---- */

ACT(mkdirat, NEEDS_ROOM, (int folder, const char *path, mode_t mode), SYS_mkdirat, folder, path, mode)
ACT(mkdir, NEEDS_ROOM, (const char *path, mode_t mode), SYS_mkdirat, AT_FDCWD, path, mode)
/* As on FAT, where a file has one name. */
static bool may_link(void) {
    const char *links = getenv("DISK_CALLS_LINKS");
    bool refused = links != NULL && strcmp(links, "no") == 0;
    if (!may(NEEDS_ROOM)) {
        return false;
    }
    errno = refused ? EPERM : errno;
    return !refused;
}

int disk_linkat(int folder, const char *path, int to_folder, const char *to, int flags) __asm__("linkat");
int disk_linkat(int folder, const char *path, int to_folder, const char *to, int flags) {
    return may_link() ? (int)syscall(SYS_linkat, folder, path, to_folder, to, flags) : -1;
}

int disk_link(const char *path, const char *to) __asm__("link");
int disk_link(const char *path, const char *to) {
    return disk_linkat(AT_FDCWD, path, AT_FDCWD, to, 0);
}

ACT(renameat, NEEDS_NONE, (int folder, const char *path, int to_folder, const char *to), SYS_renameat, folder,
    path, to_folder, to)
ACT(rename, NEEDS_NONE, (const char *path, const char *to), SYS_renameat, AT_FDCWD, path, AT_FDCWD, to)
ACT(unlinkat, NEEDS_NONE, (int folder, const char *path, int flags), SYS_unlinkat, folder, path, flags)
ACT(unlink, NEEDS_NONE, (const char *path), SYS_unlinkat, AT_FDCWD, path, 0)
ACT(fchmod, NEEDS_NONE, (int file, mode_t mode), SYS_fchmod, file, mode)
ACT(fchown, NEEDS_NONE, (int file, uid_t owner, gid_t group), SYS_fchown, file, owner, group)
ACT(fsetxattr, NEEDS_ROOM, (int file, const char *name, const void *value, size_t size, int flags),
    SYS_fsetxattr, file, name, value, size, flags)
ACT(futimens, NEEDS_NONE, (int file, const struct timespec times[2]), SYS_utimensat, file, NULL, times, 0)
