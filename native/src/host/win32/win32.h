/* The machine we run on. Private to this folder.
 *
 *   host_live.c  opening, closing, the tables        services.c        reading services
 *   answer.c     what an error of Windows means      services_write.c  changing, starting and stopping them
 *   machine.c    clock, rights, names, folders       volumes.c         volumes
 *   registry.c   reading the registry                console.c         console tools
 *   registry_write.c  changing it                    iscsi.c           the iSCSI initiator's disks
 *   files.c      reading files                       journal_place.c   the journals' folder, the lock
 *   files_write.c     changing them                  tasks.c           the Task Scheduler
 *   place.c      the way to a file                   file_dress.c      owner, ACL and attributes of another file
 *   process.c    a 32-bit process                    wide.c            texts as Windows wants them
 *   place_below.c     the way below a folder named   local_folder.c    such a folder, such a file
 *   trust.c      signatures (trust_ask.c: Windows)   tasks_write.c     changing tasks (task_*.c: COM, accounts)
 *   accounts.c   names and SIDs                      administrators.c  who is one (administrators_ask.c: Windows)
 *   whose.c      who could have written a file */
#ifndef HOST_WIN32_WIN32_H
#define HOST_WIN32_WIN32_H

#include "host/host_writer.h"
#include "host/win32/wide.h"
#include "host/windows_path.h"

#include <windows.h>

/* Parts of the registry that are made durable by themselves. */
typedef enum win32_hive { HIVE_SOFTWARE, HIVE_SYSTEM, HIVE_ACCOUNT, HIVE_COUNT } win32_hive;

typedef struct win32_host {
    host base;
    arena memory;
    const wchar_t *system_folder; /* "C:\Windows\System32", the real one of this process */
    const wchar_t *root;          /* "\\?\D:\folder": its files are those below, as drive C:; NULL: the drives' */
    char system_drive[3];
    bool elevated;
    bool dirty[HIVE_COUNT];   /* changed since the last flush */
    bool environment_changed; /* programs are to be told */
    HANDLE lock;              /* NULL: not held */
} win32_host;

win32_host *win32_of(host *machine);

/* ---- Answers (answer.c) ---- */

fact_state win32_known(const char *where, const arena *memory, fact *why);
fact_state win32_absent(const char *where, const arena *memory, fact *why);
fact_state win32_unknown(unknown_reason reason, const char *where, const char *detail, fact *why);
/* FVE_E_LOCKED_VOLUME, which functions that set a Windows error give as it is. */
#define WIN32_LOCKED_BY_BITLOCKER 0x80310000UL
/* What an error code of Windows means for one who reads: absent, access denied (and to run elevated, if we
 * are not), unreadable with the code. */
fact_state win32_failure(const win32_host *self, DWORD error, const char *where, arena *memory, fact *why);
/* What it means for one who changes, where names the target; never MARS_OK. */
mars_status win32_write_failed(const win32_host *self, DWORD error, const char *where);
/* What a fact that is not known means for one who wants to change what it is about. */
mars_status win32_write_refuse(const fact *why);
mars_status win32_no_memory(void);
/* Has the session been cancelled? */
bool win32_cancelled(const win32_host *self);

/* ---- Machine (machine.c) ---- */

bool win32_is_elevated(void);
/* The running user's SID, in a buffer of this size; false if it cannot be told. */
enum { WIN32_SID_ROOM = 128 };
bool win32_user_sid(uint8_t sid[WIN32_SID_ROOM]);
/* The SID of an account that is named or given by its SID; false if there is none. May ask a domain controller. */
bool win32_account_sid(const char *account, arena *memory, uint8_t sid[WIN32_SID_ROOM]);
fact_state win32_account_of_name(host *machine, const char *name, arena *memory, const char **out, fact *why);
fact_state win32_account_is_administrator(host *machine, const char *sid, arena *memory, bool *out,
                                          fact *why);
fact_state win32_own_domain(host *machine, arena *memory, const char **out, fact *why);
/* Lends this thread a privilege of ours that is not enabled ("SeRestorePrivilege"), without enabling it for
 * others in the process; if we do not have it, nothing changes. What the thread was before is to be given
 * back. */
typedef struct win32_privilege {
    HANDLE thread_token; /* NULL: the thread was nobody else */
    bool lent;
} win32_privilege;
win32_privilege win32_privilege_borrow(const wchar_t *name);
void win32_privilege_return(win32_privilege *borrowed);
/* NULL if Windows does not say. */
const wchar_t *win32_system_folder(arena *memory);
const char *win32_computer_name(arena *memory);
fact_state win32_now(host *machine, arena *memory, int64_t *out, fact *why);
fact_state win32_elevated(host *machine, arena *memory, bool *out, fact *why);
/* Tells running programs that environment variables have changed. */
void win32_broadcast_environment(void);

/* ---- Registry ---- */

/* Opens a key in the view that the path says; to be closed with RegCloseKey. */
LSTATUS win32_key_open(const registry_path *path, REGSAM access, arena *memory, HKEY *out);
REGSAM win32_key_view(const registry_path *path);
/* The root, and the key below it as Windows wants it; NULL if memory ran out. */
HKEY win32_key_root(const registry_path *path);
const wchar_t *win32_key_name(const registry_path *path, arena *memory);

fact_state win32_registry_read(host *machine, const registry_path *path, const char *name, arena *memory,
                               registry_value *out, fact *why);
fact_state win32_registry_keys(host *machine, const registry_path *path, arena *memory, text_list *out,
                               fact *why);
fact_state win32_registry_values(host *machine, const registry_path *path, arena *memory, text_list *out,
                                 fact *why);
fact_state win32_registry_time(host *machine, const registry_path *path, arena *memory, int64_t *out,
                               fact *why);

mars_status win32_registry_set(host *machine, const registry_path *path, const char *name,
                               const registry_value *value, uint32_t *keys_created);
mars_status win32_registry_prune(host *machine, const registry_path *path, uint32_t count);
/* Makes what was changed durable; others: also where it was not this host that changed it. */
mars_status win32_registry_flush(win32_host *self, bool others);

/* ---- Files ---- */

/* A name in the file system, no folder above which is a link. */
typedef struct win32_place {
    const char *where;   /* "C:\\Program Files\\..." */
    const wchar_t *wide; /* "\\?\C:\Program Files\..." */
    DWORD attributes;    /* INVALID_FILE_ATTRIBUTES: nothing of that name is there */
    bool is_link;        /* it names another file or folder: a symbolic link, a junction */
} win32_place;

/* Takes a path apart and looks at what is there, without following links. FACT_KNOWN: something is there;
 * FACT_ABSENT: nothing, and *out says where it would be. The place of a link is known; who needs what is
 * behind it refuses. */
fact_state win32_place_find(const win32_host *self, const char *path, arena *memory, win32_place *out,
                            fact *why);
/* The same below self->root. */
fact_state win32_place_below(const win32_host *self, const windows_path *path, arena *memory,
                             win32_place *out, fact *why);
/* Whether a name that was found stands for another one. A folder into which a volume is mounted does not. */
bool win32_is_link(const WIN32_FIND_DATAW *found, const wchar_t *path, arena *memory);
/* Refuses a link: "outside". */
fact_state win32_place_no_link(const win32_place *place, fact *why);

fact_state win32_file_info(host *machine, const char *path, arena *memory, file_info *out, fact *why);
fact_state win32_file_read(host *machine, const char *path, uint64_t offset, uint64_t max, arena *memory,
                           bytes *out, fact *why);
fact_state win32_file_marks(host *machine, const char *path, arena *memory, file_marks *out, fact *why);
/* Reads up to size bytes, or to the end of a file that has become shorter. */
bool win32_read_at(HANDLE file, uint64_t offset, uint8_t *data, size_t size, size_t *got);
/* "folder\\*", for FindFirstFile; NULL if memory ran out. */
const wchar_t *win32_all_in(const wchar_t *folder, arena *memory);
fact_state win32_folder_each(host *machine, const char *path, folder_visitor visit, void *user, arena *memory,
                             fact *why);

fact_state win32_file_trust(host *machine, const char *name, bytes content, arena *memory, file_trust *out,
                            fact *why);

/* ---- Whose a file or folder is (whose.c) ---- */

typedef enum win32_others { OTHERS_MAY_NOTHING, OTHERS_MAY_READ } win32_others;
/* MARS_E_REFUSED unless it belongs to the Administrators, SYSTEM or, where we are elevated, ourselves, and
 * gives others no more than that; also not to what is made in it later. */
mars_status win32_check_opened(HANDLE opened, bool elevated, win32_others others, const char *where);
mars_status win32_check_descriptor(PSECURITY_DESCRIPTOR descriptor, bool elevated, win32_others others,
                                   const char *where);

/* ---- Changing files ---- */

enum { WIN32_SHARE_ALL = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE };
/* Gives an open file owner, ACL and attributes of another one. */
DWORD win32_dress(HANDLE file, const wchar_t *model);

/* A read-only file cannot be replaced or lose a name. Its mark is taken off and put back wherever the file is
 * then. */
typedef struct win32_writable {
    HANDLE volume; /* NULL: it was not read-only */
    FILE_ID_DESCRIPTOR id;
    DWORD attributes;
} win32_writable;
win32_writable win32_make_writable(const win32_place *place);
void win32_restore_readonly(win32_writable *made);
/* False: GetLastError() says why. */
bool win32_make_readonly(const win32_place *place);

mars_status win32_file_write(host *machine, const char *path, bytes content, const char *aside);
mars_status win32_file_rename(host *machine, const char *path, const char *new_name);
mars_status win32_file_keep(host *machine, const char *path, const char *kept);
mars_status win32_file_put_back(host *machine, const char *kept, const char *path);
mars_status win32_file_remove(host *machine, const char *path);
mars_status win32_folder_make(host *machine, const char *path);
mars_status win32_file_sweep(host *machine, const char *path);
mars_status win32_file_digest(host *machine, const char *path, digest_value *out);

/* ---- Tasks ---- */

fact_state win32_task_list(host *machine, const char *folder, arena *memory, task_entry_list *out, fact *why);
fact_state win32_task_xml(host *machine, const char *path, arena *memory, bytes *out, fact *why);
fact_state win32_task_status(host *machine, const char *path, arena *memory, task_status *out, fact *why);
mars_status win32_task_register(host *machine, const char *path, bytes xml);
mars_status win32_task_enable(host *machine, const char *path, bool enabled);

/* ---- Services ---- */

fact_state win32_service_info(host *machine, const char *name, arena *memory, service_info *out, fact *why);
fact_state win32_service_dependents(host *machine, const char *name, arena *memory, text_list *out,
                                    fact *why);
mars_status win32_service_config(host *machine, const char *name, service_config *out);
mars_status win32_service_configure(host *machine, const char *name, const service_config *config);
mars_status win32_service_start(host *machine, const char *name, uint32_t time_limit_s);
mars_status win32_service_stop(host *machine, const char *name, uint32_t time_limit_s);

/* ---- The rest ---- */

fact_state win32_volume_list(host *machine, arena *memory, volume_info_list *out, fact *why);
fact_state win32_volume_of(host *machine, const char *path, arena *memory, file_volume *out, fact *why);
fact_state win32_console(host *machine, const console_tool *tool, arena *memory, const char **out, fact *why);
fact_state win32_iscsi_disks(host *machine, arena *memory, iscsi_disk_list *out, fact *why);
fact_state win32_iscsi_persistent(host *machine, arena *memory, text_list *out, fact *why);

/* How a program ended. */
typedef struct win32_program_end {
    bytes output; /* standard output */
    DWORD exit_code;
} win32_program_end;
/* A program of the system folder. */
typedef struct win32_program {
    const char *name;
    const char *const *arguments; /* NULL-ended */
    const char *command;          /* what to call it */
    uint32_t time_limit_s;
    bool changes; /* it changes something: cancelled, it would be ended half-way through, so that it is not */
} win32_program;
/* Runs it without a shell and reads what it prints; it never outlives the call. */
fact_state win32_program_run(const win32_host *self, const win32_program *program, arena *memory,
                             win32_program_end *out, fact *why);
/* What a program has printed, as UTF-8. */
fact_state win32_program_text(const bytes *output, const char *command, arena *memory, const char **out,
                              fact *why);
mars_status win32_shadow_resize(host *machine, const char *for_volume, const char *on_volume,
                                uint64_t max_bytes);

mars_status win32_lock(host *machine);
void win32_unlock(host *machine);
mars_status win32_journal_folder(host *machine, bool make, arena *memory, journal_place *out);

#endif
