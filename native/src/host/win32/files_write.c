#include "core/alloc.h"
#include "core/error.h"
#include "core/unicode.h"
#include "host/win32/win32.h"

#include <string.h>

/* The one name under which a new file is written before it is whole; no run leaves it behind, and the next
 * one takes it away. */
#define NEW_NAME "~marshealth.new"
enum { PIECE = 256 * 1024 };

/* ---- Places ---- */

static bool exists(const win32_place *place) {
    return place->attributes != INVALID_FILE_ATTRIBUTES;
}

static bool is_folder(const win32_place *place) {
    return exists(place) && (place->attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
}

static mars_status find(const win32_host *self, const char *path, arena *memory, win32_place *out) {
    fact why;
    *out = (win32_place){.attributes = INVALID_FILE_ATTRIBUTES};
    fact_state state = win32_place_find(self, path, memory, out, &why);
    if (state == FACT_KNOWN) {
        state = win32_place_no_link(out, &why);
    }
    return state == FACT_UNKNOWN ? win32_write_refuse(&why) : MARS_OK;
}

/* Another name in the same folder. */
static mars_status find_beside(const win32_host *self, const win32_place *place, const char *name,
                               arena *memory, win32_place *out) {
    const char *last = strrchr(place->where, '\\');
    *out = (win32_place){.attributes = INVALID_FILE_ATTRIBUTES};
    if (last == NULL || last[1] == '\0' || name[0] == '\0' || strpbrk(name, "\\/") != NULL) {
        return error_set(MARS_E_INVALID_ARGUMENT, "\"%s\" is no name for a file beside %s", name,
                         place->where);
    }
    int folder = (int)(last - place->where) + 1;
    return find(self, arena_printf(memory, "%.*s%s", folder, place->where, name), memory, out);
}

static mars_status must_be_file(const win32_place *place) {
    if (!exists(place)) {
        return error_set(MARS_E_NOT_FOUND, "%s does not exist", place->where);
    }
    return is_folder(place) ? error_set(MARS_E_REFUSED, "%s is not a regular file", place->where) : MARS_OK;
}

static bool identity_of(const win32_place *place, BY_HANDLE_FILE_INFORMATION *out) {
    HANDLE file = CreateFileW(place->wide, FILE_READ_ATTRIBUTES, WIN32_SHARE_ALL, NULL, OPEN_EXISTING,
                              FILE_FLAG_BACKUP_SEMANTICS, NULL);
    bool told = file != INVALID_HANDLE_VALUE && GetFileInformationByHandle(file, out) != FALSE;
    if (file != INVALID_HANDLE_VALUE) {
        (void)CloseHandle(file);
    }
    return told;
}

static bool same_file(const win32_place *a, const win32_place *b) {
    BY_HANDLE_FILE_INFORMATION first;
    BY_HANDLE_FILE_INFORMATION second;
    return exists(a) && exists(b) && identity_of(a, &first) && identity_of(b, &second) &&
           first.dwVolumeSerialNumber == second.dwVolumeSerialNumber &&
           first.nFileIndexHigh == second.nFileIndexHigh && first.nFileIndexLow == second.nFileIndexLow;
}

/* A second name that the file has already is left from an act that was cut short. */
static mars_status must_be_free_for(const win32_place *other, const win32_place *place) {
    return !exists(other) || same_file(place, other)
               ? MARS_OK
               : error_set(MARS_E_REFUSED, "%s exists already", other->where);
}

/* The place of the new file beside a name, where nothing is left of an earlier one. */
static mars_status sweep(const win32_host *self, const win32_place *place, arena *memory,
                         win32_place *fresh) {
    mars_status status = find_beside(self, place, NEW_NAME, memory, fresh);
    if (status == MARS_OK && exists(fresh)) {
        win32_writable writable = win32_make_writable(fresh);
        bool good = DeleteFileW(fresh->wide) != FALSE;
        status = good ? MARS_OK : win32_write_failed(self, GetLastError(), fresh->where);
        win32_restore_readonly(&writable);
    }
    return status;
}

/* ---- Acts: each returns an error code of Windows ---- */

static DWORD done_or_error(bool done) {
    return done ? ERROR_SUCCESS : GetLastError();
}

static DWORD write_all(HANDLE file, bytes content) {
    for (size_t at = 0; at < content.size;) {
        size_t left = content.size - at;
        DWORD written = 0;
        if (WriteFile(file, content.data + at, left < PIECE ? (DWORD)left : PIECE, &written, NULL) == FALSE) {
            return GetLastError();
        }
        at += written;
    }
    return done_or_error(FlushFileBuffers(file) != FALSE);
}

/* model: whose owner, ACL and attributes it gets; NULL: those that its folder gives. */
static DWORD write_new(const win32_place *fresh, bytes content, const wchar_t *model) {
    DWORD access = GENERIC_READ | GENERIC_WRITE | (model != NULL ? WRITE_DAC | WRITE_OWNER : 0);
    HANDLE file = CreateFileW(fresh->wide, access, 0, NULL, CREATE_NEW,
                              FILE_ATTRIBUTE_NORMAL | FILE_FLAG_WRITE_THROUGH, NULL);
    if (file == INVALID_HANDLE_VALUE) {
        return GetLastError();
    }
    DWORD error = write_all(file, content);
    error = error == ERROR_SUCCESS && model != NULL ? win32_dress(file, model) : error;
    (void)CloseHandle(file);
    return error;
}

/* Gives a file a name, which replaces what has it now. */
static DWORD move_over(const wchar_t *from, const win32_place *to) {
    win32_writable writable = win32_make_writable(to);
    bool done = MoveFileExW(from, to->wide, MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH) != FALSE;
    win32_restore_readonly(&writable);
    return done_or_error(done);
}

static DWORD move_free(const wchar_t *from, const wchar_t *to) {
    return done_or_error(MoveFileExW(from, to, MOVEFILE_WRITE_THROUGH) != FALSE);
}

static DWORD delete_name(const win32_place *place) {
    win32_writable writable = win32_make_writable(place);
    bool done = is_folder(place) ? RemoveDirectoryW(place->wide) != FALSE : DeleteFileW(place->wide) != FALSE;
    win32_restore_readonly(&writable);
    return done_or_error(done);
}

/* Not every file system keeps its names in order by itself; one that needs no flush, or has none, is fine. */
static void flush_folder_of(const win32_place *place, arena *memory) {
    size_t length = wcslen(place->wide);
    wchar_t *folder = arena_copy(memory, place->wide, (length + 1) * sizeof *folder);
    wchar_t *last = folder != NULL ? wcsrchr(folder, L'\\') : NULL;
    if (last == NULL) {
        return;
    }
    last[1] = L'\0';
    HANDLE opened = CreateFileW(folder, GENERIC_WRITE, WIN32_SHARE_ALL, NULL, OPEN_EXISTING,
                                FILE_FLAG_BACKUP_SEMANTICS, NULL);
    if (opened != INVALID_HANDLE_VALUE) {
        (void)FlushFileBuffers(opened);
        (void)CloseHandle(opened);
    }
}

static bool has_no_second_names(DWORD error) {
    return error == ERROR_INVALID_FUNCTION || error == ERROR_NOT_SUPPORTED ||
           error == ERROR_NOT_SAME_DEVICE || error == ERROR_TOO_MANY_LINKS ||
           error == ERROR_CALL_NOT_IMPLEMENTED;
}

/* A whole copy with streams, times, owner, ACL and attributes; it has its name only once it is whole. */
static DWORD copy_whole(const win32_place *from, const win32_place *fresh, const win32_place *to) {
    DWORD error = done_or_error(
        CopyFileExW(from->wide, fresh->wide, NULL, NULL, NULL, COPY_FILE_FAIL_IF_EXISTS) != FALSE);
    if (error != ERROR_SUCCESS) {
        return error;
    }
    win32_place written = *fresh;
    written.attributes = from->attributes;
    win32_writable writable = win32_make_writable(&written);
    HANDLE file = CreateFileW(fresh->wide, GENERIC_READ | GENERIC_WRITE | WRITE_DAC | WRITE_OWNER, 0, NULL,
                              OPEN_EXISTING, FILE_FLAG_WRITE_THROUGH, NULL);
    error = done_or_error(file != INVALID_HANDLE_VALUE);
    if (error == ERROR_SUCCESS) {
        error = done_or_error(FlushFileBuffers(file) != FALSE);
        error = error == ERROR_SUCCESS ? win32_dress(file, from->wide) : error;
        (void)CloseHandle(file);
    }
    win32_restore_readonly(&writable);
    error = error == ERROR_SUCCESS ? move_over(fresh->wide, to) : error;
    if (error != ERROR_SUCCESS) {
        written.attributes = GetFileAttributesW(fresh->wide);
        (void)delete_name(&written);
    }
    return error;
}

/* ---- What went wrong ---- */

/* A program or library that is loaded cannot be replaced or removed. Windows then speaks of access that is
 * denied; but asked to open it for writing, it says what is the matter. */
static bool is_loaded(const win32_place *place) {
    HANDLE file = CreateFileW(place->wide, FILE_WRITE_DATA, WIN32_SHARE_ALL, NULL, OPEN_EXISTING, 0, NULL);
    DWORD error = file != INVALID_HANDLE_VALUE ? ERROR_SUCCESS : GetLastError();
    if (file != INVALID_HANDLE_VALUE) {
        (void)CloseHandle(file);
    }
    return error == ERROR_SHARING_VIOLATION || error == ERROR_USER_MAPPED_FILE;
}

static mars_status failed(const win32_host *self, DWORD error, const win32_place *place) {
    if (error != ERROR_ACCESS_DENIED || !exists(place) || is_folder(place)) {
        return win32_write_failed(self, error, place->where);
    }
    if (is_loaded(place)) {
        return win32_write_failed(self, ERROR_SHARING_VIOLATION, place->where);
    }
    return self->elevated
               ? error_set(MARS_E_UNWRITABLE,
                           "%s: access was denied, also to this elevated process: a program may be "
                           "using it, or the file's rights do not allow it",
                           place->where)
               : win32_write_failed(self, error, place->where);
}

/* ---- Writing ---- */

/* Keeps the old file under its second name; on a volume without such names it is moved there. */
static DWORD set_aside(const win32_place *place, const win32_place *aside, bool *moved) {
    if (same_file(place, aside)) {
        return ERROR_SUCCESS;
    }
    DWORD error = done_or_error(CreateHardLinkW(aside->wide, place->wide, NULL) != FALSE);
    if (has_no_second_names(error)) {
        error = move_free(place->wide, aside->wide);
        *moved = error == ERROR_SUCCESS;
    }
    return error;
}

static mars_status replace(const win32_host *self, const win32_place *place, const win32_place *fresh,
                           const win32_place *aside, bytes content) {
    bool moved = false;
    bool kept = false;
    DWORD error = write_new(fresh, content, exists(place) ? place->wide : NULL);
    if (error == ERROR_SUCCESS && aside != NULL && exists(place)) {
        error = set_aside(place, aside, &moved);
        kept = error == ERROR_SUCCESS && !exists(aside);
    }
    error = error == ERROR_SUCCESS ? move_over(fresh->wide, place) : error;
    if (error == ERROR_SUCCESS) {
        return MARS_OK;
    }
    if (moved) {
        (void)move_free(aside->wide, place->wide);
    } else if (kept) {
        (void)delete_name(aside);
    }
    win32_place left = *fresh;
    left.attributes = GetFileAttributesW(fresh->wide);
    if (exists(&left)) {
        (void)delete_name(&left);
    }
    return failed(self, error, place);
}

mars_status win32_file_write(host *machine, const char *path, bytes content, const char *aside) {
    const win32_host *self = win32_of(machine);
    arena memory = {0};
    win32_place place;
    win32_place fresh;
    win32_place other;
    mars_status status = find(self, path, &memory, &place);
    status = status == MARS_OK && exists(&place) ? must_be_file(&place) : status;
    if (status == MARS_OK && aside != NULL) {
        status = find_beside(self, &place, aside, &memory, &other);
        status = status == MARS_OK ? must_be_free_for(&other, &place) : status;
    }
    status = status == MARS_OK ? sweep(self, &place, &memory, &fresh) : status;
    if (status == MARS_OK) {
        status = replace(self, &place, &fresh, aside != NULL ? &other : NULL, content);
        flush_folder_of(&place, &memory);
    }
    arena_free(&memory);
    return status;
}

/* ---- Names ---- */

static mars_status settle(const win32_host *self, DWORD error, const win32_place *place, arena *memory) {
    flush_folder_of(place, memory);
    return error == ERROR_SUCCESS ? MARS_OK : failed(self, error, place);
}

mars_status win32_file_rename(host *machine, const char *path, const char *new_name) {
    const win32_host *self = win32_of(machine);
    arena memory = {0};
    win32_place place;
    win32_place other;
    mars_status status = find(self, path, &memory, &place);
    status = status == MARS_OK ? must_be_file(&place) : status;
    status = status == MARS_OK ? find_beside(self, &place, new_name, &memory, &other) : status;
    if (status == MARS_OK && exists(&other)) {
        status = error_set(MARS_E_REFUSED, "%s exists already", other.where);
    }
    if (status == MARS_OK) {
        status = settle(self, move_free(place.wide, other.wide), &place, &memory);
    }
    arena_free(&memory);
    return status;
}

/* Two places, the first of which is a file. */
static mars_status find_two(const win32_host *self, const char *path, const char *other_path, arena *memory,
                            win32_place *place, win32_place *other) {
    mars_status status = find(self, path, memory, place);
    status = status == MARS_OK ? must_be_file(place) : status;
    return status == MARS_OK ? find(self, other_path, memory, other) : status;
}

static DWORD keep(const win32_place *place, const win32_place *fresh, const win32_place *kept) {
    if (same_file(place, kept)) {
        return ERROR_SUCCESS;
    }
    DWORD error = done_or_error(CreateHardLinkW(kept->wide, place->wide, NULL) != FALSE);
    return has_no_second_names(error) ? copy_whole(place, fresh, kept) : error;
}

/* ---- Read-only files that are kept ---- */

/* To replace a read-only file it is made writable for a moment, and so is what was kept of it where that is
 * its second name. A mark beside the kept name says what it is to be when the process ends meanwhile. */
static mars_status find_mark(const win32_host *self, const char *kept, arena *memory, win32_place *out) {
    return find(self, arena_printf(memory, "%s.readonly", kept), memory, out);
}

static mars_status mark_readonly(const win32_host *self, const win32_place *place, const char *kept,
                                 arena *memory) {
    win32_place mark;
    if ((place->attributes & FILE_ATTRIBUTE_READONLY) == 0) {
        return MARS_OK;
    }
    mars_status status = find_mark(self, kept, memory, &mark);
    if (status == MARS_OK && !exists(&mark)) {
        HANDLE file = CreateFileW(mark.wide, GENERIC_WRITE, 0, NULL, CREATE_NEW,
                                  FILE_ATTRIBUTE_NORMAL | FILE_FLAG_WRITE_THROUGH, NULL);
        status =
            file != INVALID_HANDLE_VALUE ? MARS_OK : win32_write_failed(self, GetLastError(), mark.where);
        if (status == MARS_OK) {
            (void)CloseHandle(file);
        }
    }
    return status;
}

static mars_status restore_marked(const win32_host *self, const win32_place *place, const char *path,
                                  arena *memory) {
    win32_place mark;
    mars_status status = find_mark(self, path, memory, &mark);
    if (status == MARS_OK && exists(&mark) && exists(place) && !win32_make_readonly(place)) {
        status = win32_write_failed(self, GetLastError(), place->where);
    }
    return status;
}

mars_status win32_file_keep(host *machine, const char *path, const char *kept) {
    const win32_host *self = win32_of(machine);
    arena memory = {0};
    win32_place place;
    win32_place fresh;
    win32_place other;
    mars_status status = find_two(self, path, kept, &memory, &place, &other);
    status = status == MARS_OK ? must_be_free_for(&other, &place) : status;
    status = status == MARS_OK ? sweep(self, &other, &memory, &fresh) : status;
    status = status == MARS_OK ? mark_readonly(self, &place, kept, &memory) : status;
    if (status == MARS_OK) {
        status = settle(self, keep(&place, &fresh, &other), &other, &memory);
    }
    arena_free(&memory);
    return status;
}

/* Where both names are the same file's, nothing was changed after it was kept. */
static DWORD put_back(const win32_place *kept, const win32_place *fresh, const win32_place *place) {
    if (same_file(kept, place)) {
        return delete_name(kept);
    }
    DWORD error = move_over(kept->wide, place);
    if (error == ERROR_NOT_SAME_DEVICE) {
        error = copy_whole(kept, fresh, place);
        error = error == ERROR_SUCCESS ? delete_name(kept) : error;
    }
    return error;
}

mars_status win32_file_put_back(host *machine, const char *kept, const char *path) {
    const win32_host *self = win32_of(machine);
    arena memory = {0};
    win32_place from;
    win32_place fresh;
    win32_place to;
    mars_status status = find_two(self, kept, path, &memory, &from, &to);
    status = status == MARS_OK && exists(&to) ? must_be_file(&to) : status;
    status = status == MARS_OK ? sweep(self, &to, &memory, &fresh) : status;
    if (status == MARS_OK) {
        status = settle(self, put_back(&from, &fresh, &to), &to, &memory);
        flush_folder_of(&from, &memory);
    }
    arena_free(&memory);
    return status;
}

mars_status win32_file_remove(host *machine, const char *path) {
    const win32_host *self = win32_of(machine);
    arena memory = {0};
    win32_place place;
    mars_status status = find(self, path, &memory, &place);
    if (status == MARS_OK && exists(&place)) {
        status = settle(self, delete_name(&place), &place, &memory);
    }
    arena_free(&memory);
    return status;
}

mars_status win32_folder_make(host *machine, const char *path) {
    const win32_host *self = win32_of(machine);
    arena memory = {0};
    win32_place place;
    mars_status status = find(self, path, &memory, &place);
    if (status == MARS_OK && exists(&place)) {
        status = is_folder(&place) ? MARS_OK : error_set(MARS_E_REFUSED, "%s exists already", place.where);
    } else if (status == MARS_OK) {
        status = settle(self, done_or_error(CreateDirectoryW(place.wide, NULL) != FALSE), &place, &memory);
    }
    arena_free(&memory);
    return status;
}

mars_status win32_file_sweep(host *machine, const char *path) {
    const win32_host *self = win32_of(machine);
    arena memory = {0};
    win32_place place;
    win32_place fresh;
    mars_status status = find(self, path, &memory, &place);
    status = status == MARS_OK ? sweep(self, &place, &memory, &fresh) : status;
    status = status == MARS_OK ? restore_marked(self, &place, path, &memory) : status;
    arena_free(&memory);
    return status;
}

/* ---- Digest ---- */

static DWORD add_content(HANDLE file, digest *running) {
    uint8_t *piece = mem_alloc(PIECE);
    DWORD count = 1;
    DWORD error = piece != NULL ? ERROR_SUCCESS : ERROR_NOT_ENOUGH_MEMORY;
    while (error == ERROR_SUCCESS && count > 0) {
        error = done_or_error(ReadFile(file, piece, PIECE, &count, NULL) != FALSE);
        digest_add(running, piece, error == ERROR_SUCCESS ? count : 0);
    }
    mem_free(piece);
    return error;
}

static mars_status digest_place(const win32_host *self, const win32_place *place, digest_value *out) {
    HANDLE file = CreateFileW(place->wide, GENERIC_READ, WIN32_SHARE_ALL, NULL, OPEN_EXISTING,
                              FILE_FLAG_SEQUENTIAL_SCAN, NULL);
    digest running = {0};
    if (file == INVALID_HANDLE_VALUE) {
        fact why;
        arena memory = {0};
        (void)win32_failure(self, GetLastError(), place->where, &memory, &why);
        mars_status status = win32_write_refuse(&why);
        arena_free(&memory);
        return status;
    }
    DWORD error = ERROR_NOT_ENOUGH_MEMORY;
    if (digest_start(&running, DIGEST_SHA256)) {
        error = add_content(file, &running);
        error = digest_finish(&running, out) || error != ERROR_SUCCESS ? error : ERROR_NOT_ENOUGH_MEMORY;
    }
    (void)CloseHandle(file);
    return error == ERROR_SUCCESS
               ? MARS_OK
               : error_set(MARS_E_UNREADABLE, "%s could not be read (error %lu)", place->where, error);
}

mars_status win32_file_digest(host *machine, const char *path, digest_value *out) {
    const win32_host *self = win32_of(machine);
    arena memory = {0};
    win32_place place;
    *out = (digest_value){0};
    mars_status status = find(self, path, &memory, &place);
    status = status == MARS_OK ? must_be_file(&place) : status;
    status = status == MARS_OK ? digest_place(self, &place, out) : status;
    arena_free(&memory);
    return status;
}
