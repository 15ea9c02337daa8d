/* A Windows machine seen through one small interface. Two implementations, chosen when a session is opened: the machine
 * we run on, and a folder laid out like a system drive (host/image). Nothing above asks which one it has.
 *
 * Every reader says how it went in the fact_state it returns: FACT_KNOWN fills *out, FACT_ABSENT says that the thing is
 * certainly not there, FACT_UNKNOWN that it could not be told. *why is always filled whole (state, reason, where,
 * detail), and its texts live in the arena given. Readers never change the machine. */
#ifndef HOST_HOST_H
#define HOST_HOST_H

#include "core/fact.h"
#include "marshealth.h"

typedef struct host host;
typedef struct host_writer host_writer;

/* ---- Registry ---- */

typedef enum registry_root {
    REGISTRY_MACHINE,        /* HKEY_LOCAL_MACHINE; key begins with SOFTWARE\ or SYSTEM\ (CurrentControlSet works) */
    REGISTRY_SYSTEM_ACCOUNT, /* HKEY_USERS\S-1-5-18, the account the agent's tasks run under */
} registry_root;
typedef enum registry_view { REGISTRY_64, REGISTRY_32 } registry_view;

typedef struct registry_path {
    registry_root root;
    registry_view view; /* REGISTRY_32: what a 32-bit program sees; SOFTWARE\X is SOFTWARE\WOW6432Node\X there */
    const char *key;    /* "SOFTWARE\\Microsoft\\..." below the root; never begins or ends with a backslash */
} registry_path;

enum { /* as in winnt.h */
    REGISTRY_NONE = 0,
    REGISTRY_SZ = 1,
    REGISTRY_EXPAND_SZ = 2,
    REGISTRY_BINARY = 3,
    REGISTRY_DWORD = 4,
    REGISTRY_DWORD_BIG_ENDIAN = 5,
    REGISTRY_LINK = 6,
    REGISTRY_MULTI_SZ = 7,
    REGISTRY_QWORD = 11,
};

/* A value exactly as stored: odd lengths, missing terminators and garbage behind the first NUL included. */
typedef struct registry_value {
    uint32_t type;
    bytes data;
} registry_value;

/* "HKLM\SOFTWARE\..." with the value name in brackets if there is one; for a fact's where. */
const char *registry_path_text(arena *memory, const registry_path *path, const char *value_name);

/* The text of a REG_SZ or REG_EXPAND_SZ up to its first NUL. False if the value is of another type. */
bool registry_value_text(const registry_value *value, arena *memory, const char **out);
/* REG_DWORD, REG_DWORD_BIG_ENDIAN or REG_QWORD. False if the type or the length is another. */
bool registry_value_number(const registry_value *value, int64_t *out);

/* ---- Files ---- */

typedef enum file_kind { FILE_REGULAR, FILE_FOLDER, FILE_OTHER } file_kind;

enum { /* as in winnt.h */
    FILE_ATTR_READONLY = 0x1,
    FILE_ATTR_HIDDEN = 0x2,
    FILE_ATTR_SYSTEM = 0x4,
    FILE_ATTR_DIRECTORY = 0x10,
    FILE_ATTR_SPARSE = 0x200,
    FILE_ATTR_REPARSE_POINT = 0x400,
    FILE_ATTR_COMPRESSED = 0x800,
    FILE_ATTR_OFFLINE = 0x1000,
    FILE_ATTR_ENCRYPTED = 0x4000,
};

typedef struct file_info {
    file_kind kind;
    uint64_t size;     /* of a regular file */
    int64_t modified;  /* seconds since 1970, UTC */
} file_info;

/* What only the file system of the server itself, or a capture, can tell. */
typedef struct file_marks {
    fact_number attributes; /* FILE_ATTR_... */
    fact_text security;     /* owner and DACL as SDDL */
    fact_number zone;       /* ZoneId of the Zone.Identifier stream: 3 Internet, 4 restricted; absent: no mark */
} file_marks;

/* What Windows says of the signature that a file has, embedded or in a catalog. */
typedef struct file_trust {
    bool trusted;             /* it fits the bytes, and its certificates lead to a root that this system trusts */
    const char *organization; /* O of the signer's certificate; "" if it names none */
    bool microsoft; /* trusted, and Microsoft's: by its organization, and by a root of Microsoft's own */
} file_trust;

typedef struct folder_entry {
    const char *name; /* valid during the visit */
    file_kind kind;
} folder_entry;
/* Returns false to stop. */
typedef bool (*folder_visitor)(void *user, const folder_entry *entry);

/* ---- Scheduled tasks ---- */

typedef struct task_entry {
    const char *path; /* "\\Microsoft\\OnlineBackup\\Microsoft-OnlineBackup" */
    fact_flag defined;    /* it has a definition (offline: the file below System32\Tasks) */
    fact_flag registered; /* the Task Scheduler knows it (offline: TaskCache\Tree) */
} task_entry;
typedef struct task_entry_list {
    task_entry *items;
    size_t count;
} task_entry_list;

typedef struct task_status {
    fact_time last_run;     /* absent: never ran */
    fact_number last_result; /* HRESULT as an unsigned 32-bit number */
    fact_time last_success; /* the last run that ended with result 0, where the machine keeps it */
    fact_flag running;      /* an instance of it runs right now */
} task_status;

/* ---- Services ---- */

enum { SERVICE_START_BOOT = 0, SERVICE_START_SYSTEM, SERVICE_START_AUTOMATIC, SERVICE_START_MANUAL, SERVICE_START_DISABLED };
enum { SERVICE_STATE_STOPPED = 1, SERVICE_STATE_START_PENDING, SERVICE_STATE_STOP_PENDING, SERVICE_STATE_RUNNING,
       SERVICE_STATE_CONTINUE_PENDING, SERVICE_STATE_PAUSE_PENDING, SERVICE_STATE_PAUSED };

typedef struct service_info {
    fact_text display_name;
    fact_number start;     /* SERVICE_START_... */
    fact_flag delayed;     /* delayed automatic start */
    fact_text account;     /* ObjectName */
    fact_text image_path;  /* unexpanded */
    fact_number state;     /* SERVICE_STATE_... */
    fact_number exit_code; /* Win32 exit code of the last run */
} service_info;

/* ---- iSCSI ---- */

/* A disk that the iSCSI initiator has connected. */
typedef struct iscsi_disk {
    const char *name;          /* the target's name, or what else tells it apart */
    fact_flag recovery_volume; /* Azure Backup serves it to restore files from; unknown: cannot be told */
} iscsi_disk;
typedef struct iscsi_disk_list {
    iscsi_disk *items;
    size_t count;
} iscsi_disk_list;

/* ---- Volumes ---- */

typedef struct volume_info {
    fact_text letter;      /* "C", upper case; absent: mounted without one */
    fact_text path;        /* "\\?\Volume{guid}\" */
    fact_text label;
    fact_text file_system; /* "NTFS", "ReFS", ...; absent: raw */
    fact_text drive_type;  /* "Fixed", "Removable", "CD-ROM", "Network", ... */
    fact_number size;      /* bytes */
    fact_number free;      /* bytes */
    fact_flag deduplicated;
} volume_info;
typedef struct volume_info_list {
    volume_info *items;
    size_t count;
} volume_info_list;

/* Where a file is. */
typedef struct file_volume {
    const char *path;        /* "\\\\?\\Volume{guid}\\" */
    const char *mount_point; /* by which the file's path leads there: "C:\\", "C:\\Mount\\" */
} file_volume;

/* ---- Console tools ---- */

/* One table serves both hosts: the live one runs the program, an image has its output as a capture.
 * X(enumerator, capture file, program below the system folder, arguments, time limit in seconds) */
#define CONSOLE_TOOLS(X)                                                                                     \
    X(SHADOW_STORAGE, "vssadmin-list-shadowstorage.txt", "vssadmin.exe", ARGUMENTS("list", "shadowstorage"), 120) \
    X(SHADOW_WRITERS, "vssadmin-list-writers.txt", "vssadmin.exe", ARGUMENTS("list", "writers"), 180)        \
    X(WINHTTP_PROXY, "netsh-winhttp-show-proxy.txt", "netsh.exe", ARGUMENTS("winhttp", "show", "proxy"), 30) \
    X(SERVICE_STATES, "sc-queryex.txt", "sc.exe", ARGUMENTS("queryex", "type=", "service", "state=", "all"), 60)

typedef enum console_question {
#define X(name, capture, program, arguments, limit) CONSOLE_##name,
    CONSOLE_TOOLS(X)
#undef X
    CONSOLE_COUNT
} console_question;

typedef struct console_tool {
    console_question id;
    uint32_t time_limit_s;
    const char *capture;
    const char *program;
    const char *const *arguments; /* NULL-ended */
} console_tool;
const console_tool *console_tool_of(console_question id);

enum { CONSOLE_TEXT_LIMIT = 4 * 1024 * 1024 }; /* bytes of output that are read; more is "too large" */

/* ---- The interface ---- */

typedef struct host_reader {
    /* name NULL or "": the key's default value. */
    fact_state (*registry_read)(host *, const registry_path *, const char *name, arena *, registry_value *out, fact *why);
    /* Names of the sub-keys, as stored. */
    fact_state (*registry_keys)(host *, const registry_path *, arena *, text_list *out, fact *why);
    /* Names of the values, as stored; the default value's is "". */
    fact_state (*registry_values)(host *, const registry_path *, arena *, text_list *out, fact *why);
    /* When the key was last written. Absent: no such key. */
    fact_state (*registry_time)(host *, const registry_path *, arena *, int64_t *out, fact *why);

    /* Paths are absolute Windows paths with a drive letter: "C:\\Program Files\\...". Either slash is accepted. */
    fact_state (*file_info)(host *, const char *path, arena *, file_info *out, fact *why);
    /* At most max bytes from offset on; a file that has more than max from there is "too large". */
    fact_state (*file_read)(host *, const char *path, uint64_t offset, uint64_t max, arena *, bytes *out, fact *why);
    fact_state (*file_marks)(host *, const char *path, arena *, file_marks *out, fact *why);
    /* Judges the signature of these bytes, the content of a file that need not be on this machine; name tells by its
     * ending which kind it is. Absent: they are not signed. Unknown: it cannot be judged here. May be NULL, which is
     * the same: only Windows itself can tell, a digest that fits proves no signer. */
    fact_state (*file_trust)(host *, const char *name, bytes content, arena *, file_trust *out, fact *why);
    /* Streams the names in a folder, in no order; *why's texts live in the arena. */
    fact_state (*folder_each)(host *, const char *path, folder_visitor, void *user, arena *, fact *why);

    /* Every task below a folder of the Task Scheduler ("\\Microsoft\\OnlineBackup"), hidden ones too. Absent: no such
     * folder, neither defined nor registered. */
    fact_state (*task_list)(host *, const char *folder, arena *, task_entry_list *out, fact *why);
    /* A task's definition as stored, undecoded. */
    fact_state (*task_xml)(host *, const char *path, arena *, bytes *out, fact *why);
    fact_state (*task_status)(host *, const char *path, arena *, task_status *out, fact *why);

    fact_state (*service_info)(host *, const char *name, arena *, service_info *out, fact *why);
    /* The services that depend on this one, directly or through others, and are not stopped, in the order in
     * which they can be stopped: none before those that depend on it. Known and empty: none; absent: no such
     * service. NULL: not on this host. */
    fact_state (*service_dependents)(host *, const char *name, arena *, text_list *out, fact *why);
    /* What the iSCSI initiator has connected now. Known and empty: nothing, also where the initiator is not
     * installed or does not run. NULL: not on this host. */
    fact_state (*iscsi_disks)(host *, arena *, iscsi_disk_list *out, fact *why);
    /* The names of the targets that the iSCSI initiator connects again by itself. Known and empty: none. Unknown also
     * while it does not run. NULL: not on this host. */
    fact_state (*iscsi_persistent)(host *, arena *, text_list *out, fact *why);
    fact_state (*volume_list)(host *, arena *, volume_info_list *out, fact *why);
    /* The volume that a file or folder is on, or would be: a folder on the way to it may be one into which another
     * volume is mounted than that of the drive letter. Absent: only its drive letter tells it, as for a network
     * drive. NULL: not on this host. */
    fact_state (*volume_of)(host *, const char *path, arena *, file_volume *out, fact *why);
    /* The output, decoded to UTF-8. */
    fact_state (*console)(host *, const console_tool *, arena *, const char **out, fact *why);

    /* The time against which ages are judged: live the clock; an image's is the newest time that it itself shows. */
    fact_state (*now)(host *, arena *, int64_t *out, fact *why);
    /* Whether we have the full rights of an administrator here. NULL: not on this host. */
    fact_state (*elevated)(host *, arena *, bool *out, fact *why);
    /* The SID of an account that this machine or its domain knows by that name. Absent: there is none. NULL: not on
     * this host. */
    fact_state (*account_sid)(host *, const char *name, arena *, const char **out, fact *why);
    /* Whether an account, given by its SID, is a member of the local group Administrators, directly or through a
     * group. Unknown where that cannot be told for certain. Absent: there is no such account. NULL: not on this
     * host. */
    fact_state (*account_is_administrator)(host *, const char *sid, arena *, bool *out, fact *why);
    /* The SID of the domain whose accounts this machine keeps: its own, or on a domain controller the domain's.
     * NULL: not on this host. */
    fact_state (*own_domain)(host *, arena *, const char **out, fact *why);
    void (*close)(host *);
} host_reader;

/* What the host can do. Nothing above asks for its kind. */
typedef enum host_capability { HOST_LIVE = 1 } host_capability;

/* Implementations have this as their first member. */
struct host {
    const host_reader *read;
    const host_writer *writer; /* host_writer.h; NULL where nothing can be changed */
    uint32_t capabilities;
    const char *source_kind; /* "image" or "live": for the evidence */
    const char *source_name; /* the image's path or the computer's name */
    const char *system_drive; /* "C:" */
    text_list warnings;      /* what the user should know of the source, e.g. that a hive is dirty; sentences */
    /* Asked while a reader waits for a program, which it then ends; never inside a change. NULL: nobody is
     * asked; so it is while a run changes the machine, whose reading judges what came of a change. */
    bool (*cancelled)(void *user);
    void *cancel_user;
    /* Told what a change waits for, when that begins, at each change of it and every few seconds. The text is
     * valid during the call. NULL: nobody is told. */
    void (*waiting)(void *user, const char *what);
    void *waiting_user;
};

/* Tells it, if there is somebody. */
void host_waiting(const host *machine, const char *what);

/* Opens a folder laid out like a system drive: MARS_E_NOT_AN_IMAGE, MARS_E_UNREADABLE, MARS_E_MALFORMED,
 * MARS_E_TOO_LARGE (a SYSTEM hive of more than 512 MiB). */
mars_status host_open_image(host **out, const char *folder);
/* Opens the machine we run on: MARS_E_UNSUPPORTED where that is not Windows. */
mars_status host_open_live(host **out);
void host_close(host *machine);

#endif
