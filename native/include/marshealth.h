/* marshealth.h - health checks for Windows servers with the Microsoft Azure Recovery Services (MARS) agent.
 *
 * The only public header. A flat C ABI, usable from C, C++ and any language that can call C.
 *
 * The way through:   session -> evidence -> report
 *
 *     mars_session  *session  = NULL;
 *     mars_evidence *evidence = NULL;
 *     mars_report   *report   = NULL;
 *     mars_session_options options = MARS_SESSION_OPTIONS_INIT;
 *     options.image_path = "/mnt/server";
 *     if (mars_session_open(&session, &options) == MARS_OK && mars_collect(&evidence, session, NULL) == MARS_OK
 *         && mars_check(&report, evidence, NULL) == MARS_OK) { ... }
 *     mars_report_free(report); mars_evidence_free(evidence); mars_session_close(session);
 *
 * Conventions, for every function:
 * - A function that can fail returns mars_status: MARS_OK (0) or a negative error. Each failure records a message for
 *   the calling thread, which mars_error_copy reads. Success and the free functions never touch that record.
 * - An object returned through a pointer to a pointer is owned by the caller and freed with the type's own function.
 *   That pointer is set to NULL first. Freeing NULL does nothing.
 * - A string or struct returned from an object lives as long as that object. Nothing else needs to be freed.
 * - Text is UTF-8, NUL-ended, in and out. Invalid UTF-8 given to the library is MARS_E_INVALID_ARGUMENT, naming the
 *   parameter. A lone surrogate in a Windows name, which UTF-8 cannot hold, appears as U+001A and four hex digits.
 * - Counts and indices are uint64_t. Sizes are bytes. Times are seconds since 1970-01-01T00:00:00Z, as int64_t.
 * - Structs that the caller sees begin with struct_size, which the caller sets, for outputs too (use the *_INIT macros).
 *   The library reads or writes no more than that, and as a newer library knows more fields, it fills the older part
 *   only. A size smaller than version 1 of the struct is MARS_E_STRUCT_SIZE. Zero in an option means its default; NULL
 *   options are all defaults.
 * - Threads: one call at a time per session (a second one gets MARS_E_BUSY), any number of sessions. Evidence, reports
 *   and texts never change once made and may be read and freed from any thread. No thread outlives a call.
 * - The library is a guest: it changes no locale, working directory, signal handler or other state of the process.
 */
#ifndef MARSHEALTH_H
#define MARSHEALTH_H

#include <stdint.h>

#if defined(_WIN32)
#    if defined(MARS_BUILDING_LIBRARY)
#        define MARS_API __declspec(dllexport)
#    else
#        define MARS_API __declspec(dllimport)
#    endif
#else
#    define MARS_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Errors ---------------------------------------------------------------------------------------------------- */

typedef int32_t mars_status;

#define MARS_OK                 0
#define MARS_E_NO_MEMORY        (-1)  /* memory ran out */
#define MARS_E_INVALID_ARGUMENT (-2)  /* a parameter is NULL, out of range or not UTF-8; the message names it */
#define MARS_E_STRUCT_SIZE      (-3)  /* struct_size is smaller than version 1 of the struct */
#define MARS_E_BUSY             (-4)  /* another call on this session is running */
#define MARS_E_CANCELLED        (-5)  /* mars_session_cancel was called */
#define MARS_E_NOT_FOUND        (-6)  /* no such check, schema, format, finding or file */
#define MARS_E_NOT_AN_IMAGE     (-7)  /* the folder does not hold a Windows system drive */
#define MARS_E_UNREADABLE       (-8)  /* a file or folder could not be read */
#define MARS_E_MALFORMED        (-9)  /* input is damaged or not of the expected form */
#define MARS_E_TOO_LARGE        (-10) /* input is larger than the documented limit */
#define MARS_E_UNSUPPORTED      (-11) /* this build or this source cannot do that */
#define MARS_E_UNWRITABLE       (-12) /* a file or folder could not be written */
#define MARS_E_REFUSED          (-13) /* a change was refused, because it would not be safe as things are */

#define MARS_ERROR_MESSAGE_SIZE 512

typedef struct mars_error {
    uint32_t struct_size;
    mars_status code;
    char name[32];                         /* stable name of the code: "no-memory", "busy", ... */
    char message[MARS_ERROR_MESSAGE_SIZE]; /* one sentence, cut at a character boundary if longer */
} mars_error;
#define MARS_ERROR_INIT                                                                                      \
    { (uint32_t)sizeof(mars_error), 0, {0}, {0} }

/* Copies what failed last on this thread. error->code is MARS_OK if nothing ever failed. */
MARS_API mars_status mars_error_copy(mars_error *error);

/* ---- Version --------------------------------------------------------------------------------------------------- */

#define MARS_ABI 1

typedef struct mars_version_info {
    uint32_t struct_size;
    uint32_t abi; /* compare with MARS_ABI: equal means this header fits the library */
    uint32_t major;
    uint32_t minor;
    uint32_t patch;
    const char *text;            /* "0.1.0"; static */
    const char *evidence_schema; /* "marshealth/evidence/1"; static */
    const char *report_schema;   /* "marshealth/report/1"; static */
} mars_version_info;
#define MARS_VERSION_INFO_INIT                                                                               \
    { (uint32_t)sizeof(mars_version_info), 0, 0, 0, 0, 0, 0, 0 }

MARS_API mars_status mars_version(mars_version_info *info);

/* ---- Texts: owned output --------------------------------------------------------------------------------------- */

typedef struct mars_text mars_text;

/* NUL-ended; "" for NULL. Lives as long as the text. */
MARS_API const char *mars_text_data(const mars_text *text);
/* Bytes without the NUL. */
MARS_API uint64_t mars_text_size(const mars_text *text);
MARS_API void mars_text_free(mars_text *text);

/* ---- Sessions: access to one machine --------------------------------------------------------------------------- */

typedef struct mars_session mars_session;

#define MARS_EVENT_PROGRESS 1 /* step done of total */
#define MARS_EVENT_LOG      2 /* a message for whoever watches closely */

typedef struct mars_event {
    uint32_t struct_size;
    int32_t kind;     /* MARS_EVENT_... */
    const char *text; /* progress: the evidence group being collected; log: one sentence. Valid during the call */
    uint64_t done;
    uint64_t total;
} mars_event;

/* Called on the thread of the call that reports, during that call. Must not call into the same session, other than
 * mars_session_cancel, and must not throw or jump out. */
typedef void (*mars_event_function)(void *user, const mars_event *event);

typedef struct mars_session_options {
    uint32_t struct_size;
    uint32_t reserved;      /* 0 */
    const char *image_path; /* a folder laid out like a system drive; NULL: the machine this runs on (Windows only) */
    mars_event_function on_event; /* may be NULL */
    void *user;                   /* passed to on_event */
} mars_session_options;
#define MARS_SESSION_OPTIONS_INIT                                                                            \
    { (uint32_t)sizeof(mars_session_options), 0, 0, 0, 0 }

/* Opens a machine. MARS_E_NOT_AN_IMAGE if the folder has no Windows on it, MARS_E_UNSUPPORTED where the live machine
 * cannot be judged (not on Windows). */
MARS_API mars_status mars_session_open(mars_session **out, const mars_session_options *options);
/* From any thread: the running call ends soon with MARS_E_CANCELLED; without one, the next call does. */
MARS_API mars_status mars_session_cancel(mars_session *session);
/* Not while a call on it is running. */
MARS_API void mars_session_close(mars_session *session);

/* ---- Evidence: what was read ----------------------------------------------------------------------------------- */

typedef struct mars_evidence mars_evidence;

typedef struct mars_collect_options {
    uint32_t struct_size;
    uint32_t reserved;    /* 0 */
    const char *checks;   /* collect only what these checks need: ids separated by commas; NULL: everything */
} mars_collect_options;
#define MARS_COLLECT_OPTIONS_INIT                                                                            \
    { (uint32_t)sizeof(mars_collect_options), 0, 0 }

/* Reads the facts. A fact that cannot be read is unknown, with the reason; that is no error. */
MARS_API mars_status mars_collect(mars_evidence **out, mars_session *session, const mars_collect_options *options);

/* Reads a saved document (JSON as mars_evidence_save writes it, at most 64 MiB). name: what messages call it, e.g. the
 * file's name; may be NULL. */
MARS_API mars_status mars_evidence_load(mars_evidence **out, const char *data, uint64_t size, const char *name);

#define MARS_SAVE_REDACTED 1u /* leave out names, paths and ids that tell whose server it is */

/* Writes the document as JSON. flags: MARS_SAVE_... */
MARS_API mars_status mars_evidence_save(mars_text **out, const mars_evidence *evidence, uint32_t flags);
MARS_API void mars_evidence_free(mars_evidence *evidence);

/* ---- Reports: what the facts mean ------------------------------------------------------------------------------ */

typedef struct mars_report mars_report;

#define MARS_STATUS_PASS    1
#define MARS_STATUS_INFO    2 /* worth knowing, no action owed */
#define MARS_STATUS_WARN    3 /* backups or restores may break: someone should act */
#define MARS_STATUS_FAIL    4 /* they do break, or will */
#define MARS_STATUS_UNKNOWN 5 /* could not be judged; the finding says why */
#define MARS_STATUS_SKIPPED 6 /* does not apply to this machine; the finding says why */

typedef struct mars_check_options {
    uint32_t struct_size;
    uint32_t reserved;     /* 0 */
    const char *checks;    /* judge only these: ids separated by commas; "schedule" stands for all of its group; NULL:
                              all but those that are judged only when asked for, as mars_catalog_checks tells */
    const char *baseline;  /* JSON text of a module baseline for powershell.module-integrity; NULL: none */
} mars_check_options;
#define MARS_CHECK_OPTIONS_INIT                                                                              \
    { (uint32_t)sizeof(mars_check_options), 0, 0, 0 }

/* Judges evidence. Never fails because a machine is ill: that is what the report says. */
MARS_API mars_status mars_check(mars_report **out, const mars_evidence *evidence, const mars_check_options *options);

typedef struct mars_finding {
    uint32_t struct_size;
    int32_t status;      /* MARS_STATUS_... */
    int32_t blocking;    /* 1 if the check decides whether the next backup starts */
    int32_t reserved;    /* 0 */
    const char *check;   /* "schedule.enabled" */
    const char *subject; /* what was judged where a check judges several: a task, a volume; else NULL */
    const char *verdict; /* "schedule.enabled/disabled"; stable */
    const char *title;   /* one line */
    const char *cause;   /* why it matters; NULL if there is nothing to say */
    const char *advice;  /* what to do; NULL if nothing is owed */
    const char *where;   /* where the facts were read, one a line; NULL if nowhere */
    const char *values;  /* the figures behind it, a JSON object */
} mars_finding;
#define MARS_FINDING_INIT                                                                                    \
    { (uint32_t)sizeof(mars_finding), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

typedef struct mars_summary {
    uint32_t struct_size;
    uint32_t reserved; /* 0 */
    uint64_t pass, info, warn, fail, unknown, skipped;
    uint64_t unknown_blocking; /* how many of the unknown are of blocking checks */
} mars_summary;
#define MARS_SUMMARY_INIT                                                                                    \
    { (uint32_t)sizeof(mars_summary), 0, 0, 0, 0, 0, 0, 0, 0 }

/* 0 for NULL. */
MARS_API uint64_t mars_report_count(const mars_report *report);
/* In the order of the catalogue. Strings live as long as the report. */
MARS_API mars_status mars_report_finding(mars_finding *out, const mars_report *report, uint64_t index);
MARS_API mars_status mars_report_summary(mars_summary *out, const mars_report *report);

#define MARS_FORMAT_TEXT   1
#define MARS_FORMAT_JSON   2 /* one object, indented */
#define MARS_FORMAT_JSONL  3 /* one object on one line */
#define MARS_FORMAT_JUNIT  4 /* XML: a test case a finding */
#define MARS_FORMAT_NAGIOS 5 /* one status line and performance data */

#define MARS_RENDER_COLOR 1u /* text: ANSI colours */
#define MARS_RENDER_ALL   2u /* text: passed and skipped checks one by one, not only counted */

#define MARS_RENDER_PART  4u /* JUnit: the testsuite element only, so that several reports can stand in one document */

/* format: MARS_FORMAT_...; flags: MARS_RENDER_... */
MARS_API mars_status mars_report_render(mars_text **out, const mars_report *report, int32_t format, uint32_t flags);
MARS_API void mars_report_free(mars_report *report);

/* ---- One check, or a few that belong together, by name ---------------------------------------------------------- */

/* Collect what the check needs and judge it. */
MARS_API mars_status mars_check_execution_policy(mars_report **out, mars_session *session);
MARS_API mars_status mars_check_module_path(mars_report **out, mars_session *session);
MARS_API mars_status mars_check_module_integrity(mars_report **out, mars_session *session);
MARS_API mars_status mars_check_scheduled_tasks(mars_report **out, mars_session *session); /* all of schedule.* */
MARS_API mars_status mars_check_task_enabled(mars_report **out, mars_session *session);    /* task and triggers */
MARS_API mars_status mars_check_task_principal(mars_report **out, mars_session *session);
MARS_API mars_status mars_check_task_multiple_instances(mars_report **out, mars_session *session);
MARS_API mars_status mars_check_shadow_storage(mars_report **out, mars_session *session);

/* ---- What the library knows ------------------------------------------------------------------------------------ */

/* Every check with its verdicts. format: MARS_FORMAT_TEXT or MARS_FORMAT_JSON. */
MARS_API mars_status mars_catalog_checks(mars_text **out, int32_t format);
/* JSON Schema of a document: name is "evidence" or "report". */
MARS_API mars_status mars_schema(mars_text **out, const char *name);

#ifdef __cplusplus
}
#endif

#endif
