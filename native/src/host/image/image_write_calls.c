#include "core/alloc.h"
#include "host/image/image_write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h> /* renameat */
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

static int call_create(int folder, const char *name) {
    return openat(folder, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
}

static bool call_write(int descriptor, bytes content) {
    size_t done = 0;
    while (done < content.size) {
        ssize_t count = write(descriptor, content.data + done, content.size - done);
        if (count < 0 && errno != EINTR) {
            return false;
        }
        done += count > 0 ? (size_t)count : 0;
    }
    return true;
}

static bool call_commit(hive_h *hive, int descriptor) {
    char name[IMAGE_DESCRIPTOR_NAME];
    image_hive_descriptor_name(descriptor, name);
    return hivex_commit(hive, name, 0) == 0;
}

/* ---- Attributes ---- */

enum { ATTRIBUTE_LIMIT = 65536 }; /* Linux' own limit */

/* ntfs-3g shows these to who asks for them by name only. */
static const char *const unlisted[] = {"system.ntfs_acl", "system.ntfs_attrib"};

/* What the system itself sets, and lets only few set. */
static bool is_the_systems(const char *name) {
    return strncmp(name, "security.", 9) == 0 || strncmp(name, "trusted.", 8) == 0;
}

static bool copy_attribute(int to, int from, const char *name) {
    static const char none[1];
    char *data = mem_alloc(ATTRIBUTE_LIMIT);
    if (data == NULL) {
        errno = ENOMEM;
        return false;
    }
    ssize_t size = fgetxattr(from, name, data, ATTRIBUTE_LIMIT);
    bool absent = size < 0 && (errno == ENODATA || errno == ENOTSUP);
    bool good = absent || (size >= 0 && fsetxattr(to, name, size > 0 ? data : none, (size_t)size, 0) == 0);
    int error = errno;
    mem_free(data);
    errno = error;
    return good;
}

static bool copy_listed(int to, int from, const char *names, size_t size) {
    bool good = true;
    for (size_t at = 0; at < size && good; at += strlen(names + at) + 1) {
        good = is_the_systems(names + at) || copy_attribute(to, from, names + at);
    }
    return good;
}

static bool copy_attributes(int to, int from) {
    char *names = mem_alloc(ATTRIBUTE_LIMIT);
    if (names == NULL) {
        errno = ENOMEM;
        return false;
    }
    ssize_t size = flistxattr(from, names, ATTRIBUTE_LIMIT - 1);
    bool good = size < 0 ? errno == ENOTSUP : copy_listed(to, from, names, (size_t)size);
    for (size_t i = 0; i < sizeof unlisted / sizeof unlisted[0] && good; i++) {
        good = copy_attribute(to, from, unlisted[i]);
    }
    int error = errno;
    mem_free(names);
    errno = error;
    return good;
}

/* Who may not give files away keeps what he wrote; the rest must be as it was. */
static bool call_dress(int descriptor, int model) {
    struct stat status;
    if (fstat(model, &status) != 0) {
        return false;
    }
    if (fchown(descriptor, status.st_uid, status.st_gid) != 0 && errno != EPERM) {
        return false;
    }
    return fchmod(descriptor, status.st_mode & 07777) == 0 && copy_attributes(descriptor, model);
}

/* ---- Names ---- */

static bool call_set_mode(int descriptor, mode_t mode) {
    return fchmod(descriptor, mode) == 0;
}

static bool call_sync(int descriptor) {
    return fsync(descriptor) == 0;
}

static bool call_link(int folder, const char *name, int to_folder, const char *to) {
    return linkat(folder, name, to_folder, to, 0) == 0;
}

static bool call_rename(int folder, const char *name, int to_folder, const char *to) {
    return renameat(folder, name, to_folder, to) == 0;
}

static bool call_remove(int folder, const char *name, bool is_folder) {
    return unlinkat(folder, name, is_folder ? AT_REMOVEDIR : 0) == 0;
}

static bool call_make_folder(int folder, const char *name, mode_t mode) {
    return mkdirat(folder, name, mode) == 0;
}

const image_calls image_calls_system = {
    .create = call_create,
    .write = call_write,
    .commit = call_commit,
    .dress = call_dress,
    .set_mode = call_set_mode,
    .sync = call_sync,
    .link = call_link,
    .rename = call_rename,
    .remove = call_remove,
    .make_folder = call_make_folder,
};
