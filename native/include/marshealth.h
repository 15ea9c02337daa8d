/* marshealth.h - health checks for Windows servers with the Microsoft Azure Recovery Services (MARS) agent.
 *
 * The only public header. A flat C ABI, usable from C, C++ and any language that can call C.
 *
 * The way through:   session -> evidence -> report -> plan -> outcome
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
#define MARS_E_OTHER_MACHINE    (-14) /* what was found on one machine is not applied to another */
#define MARS_E_CONFLICT         (-15) /* what is to be taken back was changed since */

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
    const char *text; /* progress: the evidence group being collected, the step being taken, or what it waits for;
                         log: one sentence. Valid during the call */
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
    const char *repairs; /* the operations that answer it, a JSON array as in the report */
} mars_finding;
#define MARS_FINDING_INIT                                                                                    \
    { (uint32_t)sizeof(mars_finding), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

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

/* ---- Plans: what would turn the findings good ------------------------------------------------------------------- */

typedef struct mars_plan mars_plan;

#define MARS_RISK_LOW    1 /* in the default plan */
#define MARS_RISK_MEDIUM 2 /* only when named or asked for */
#define MARS_RISK_HIGH   3 /* only when named and confirmed */

typedef struct mars_plan_options {
    uint32_t struct_size;
    int32_t include_risk; /* steps up to this risk are taken: MARS_RISK_...; 0: low */
    const char *checks;   /* plan for these only: ids and groups separated by commas; NULL: all of the report */
    const char *sets;     /* arguments that no check can know: lines OPERATION.ARGUMENT=VALUE; NULL: none */
} mars_plan_options;
#define MARS_PLAN_OPTIONS_INIT                                                                               \
    { (uint32_t)sizeof(mars_plan_options), 0, 0, 0 }

/* Makes the plan that answers a report. Steps that are not to be taken stand in it with the reason: their risk, an
 * argument they need, or that they can be taken on the running server only. */
MARS_API mars_status mars_plan_make(mars_plan **out, const mars_report *report, const mars_plan_options *options);
/* Reads a plan (JSON as MARS_FORMAT_JSON gives it, at most 4 MiB), edited or not: "take": false in a step leaves it
 * out, "take": true approves one that is held for its risk. name: what messages call it; may be NULL. */
MARS_API mars_status mars_plan_load(mars_plan **out, const char *data, uint64_t size, const char *name);
/* format: MARS_FORMAT_TEXT, MARS_FORMAT_JSON or MARS_FORMAT_JSONL; flags: MARS_RENDER_COLOR */
MARS_API mars_status mars_plan_render(mars_text **out, const mars_plan *plan, int32_t format, uint32_t flags);
MARS_API void mars_plan_free(mars_plan *plan);

typedef struct mars_plan_step {
    uint32_t struct_size;
    int32_t risk;               /* MARS_RISK_... */
    int32_t taken;              /* 1 if applying the plan takes it */
    int32_t undoable;           /* 1 if mars_undo takes it back exactly */
    int32_t asks;               /* 1 if it wants a confirmation of its own */
    int32_t reserved;           /* 0 */
    const char *operation;      /* "task.enable" */
    const char *arguments;      /* JSON object */
    const char *title;          /* what it does */
    const char *held;           /* why it is not taken; NULL if it is */
} mars_plan_step;
#define MARS_PLAN_STEP_INIT                                                                                  \
    { (uint32_t)sizeof(mars_plan_step), 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/* 0 for NULL. */
MARS_API uint64_t mars_plan_count(const mars_plan *plan);
/* Strings live as long as the plan. */
MARS_API mars_status mars_plan_step_at(mars_plan_step *out, const mars_plan *plan, uint64_t index);

/* ---- Changing a machine ----------------------------------------------------------------------------------------- */

/* What came of a change. The functions below return MARS_OK whenever a run was begun, whatever became of it:
 * mars_outcome_state tells. A negative status means that nothing was begun and nothing changed. */
typedef struct mars_outcome mars_outcome;

#define MARS_OUTCOME_APPLIED        1 /* all that was to be done is done */
#define MARS_OUTCOME_NOTHING_TO_DO  2 /* all was so already, or nothing was to be taken */
#define MARS_OUTCOME_WOULD_CHANGE   3 /* with MARS_APPLY_WHAT_IF: what would be done */
#define MARS_OUTCOME_STOPPED        4 /* a step failed or was refused; those before it are done and can be undone */
#define MARS_OUTCOME_CANCELLED      5 /* cancelled, or not confirmed; what was done before can be undone */
#define MARS_OUTCOME_NEEDS_RECOVERY 6 /* what the last change left cannot be told; the next call looks after it */

#define MARS_APPLY_WHAT_IF     1u /* change nothing: say what would be changed */
#define MARS_APPLY_ANY_MACHINE 2u /* also where the plan or the run is another machine's */
#define MARS_APPLY_CONFIRMED   4u /* without confirm: steps that want a confirmation of their own have it */
#define MARS_UNDO_FORCE        8u /* undo: overwrite what was changed since */
#define MARS_UNDO_PARTIAL     16u /* undo: leave what was changed since as it is, take back the rest */

/* Asks whether to go on: 1 yes, 0 no. operation: the step that wants a confirmation of its own; NULL: all that is to be
 * done. text: what it is and what of it cannot be undone; valid during the call. */
typedef int32_t (*mars_confirm_function)(void *user, const char *operation, const char *text);

typedef struct mars_apply_options {
    uint32_t struct_size;
    uint32_t flags;                /* MARS_APPLY_..., MARS_UNDO_... */
    const char *baseline;          /* JSON text of the module baseline that the plan was made with; NULL: none */
    mars_confirm_function confirm; /* NULL: not asked; steps that want a confirmation are then refused */
    void *user;                    /* passed to confirm */
} mars_apply_options;
#define MARS_APPLY_OPTIONS_INIT                                                                              \
    { (uint32_t)sizeof(mars_apply_options), 0, 0, 0, 0 }

/* Applies a plan: each step's findings are judged again before and after it. */
MARS_API mars_status mars_plan_apply(mars_outcome **out, mars_session *session, const mars_plan *plan,
                                     const mars_apply_options *options);
/* Takes a run back. run_id: an id or a unique beginning of one; NULL: the newest that was not taken back. */
MARS_API mars_status mars_undo(mars_outcome **out, mars_session *session, const char *run_id,
                               const mars_apply_options *options);
/* Calls one operation. arguments: a JSON object (at most 64 KiB). A wrong name, a missing, extra or unaccepted
 * argument is MARS_E_NOT_FOUND or MARS_E_INVALID_ARGUMENT naming it, and nothing is done. */
MARS_API mars_status mars_operation_call(mars_outcome **out, mars_session *session, const char *operation,
                                         const char *arguments, const mars_apply_options *options);

/* MARS_OUTCOME_...; 0 for NULL. */
MARS_API int32_t mars_outcome_state(const mars_outcome *outcome);
/* The run that recorded it, for mars_undo, which takes back what can be taken back: each change says whether it can (in
 * JSON, undoable). NULL if nothing was changed. */
MARS_API const char *mars_outcome_run_id(const mars_outcome *outcome);
/* Whether what was changed takes effect for running programs only after they restart. */
MARS_API int32_t mars_outcome_restart_advised(const mars_outcome *outcome);
/* format: MARS_FORMAT_TEXT, MARS_FORMAT_JSON or MARS_FORMAT_JSONL; flags: MARS_RENDER_COLOR */
MARS_API mars_status mars_outcome_render(mars_text **out, const mars_outcome *outcome, int32_t format, uint32_t flags);
MARS_API void mars_outcome_free(mars_outcome *outcome);

#define MARS_STEP_DONE         1
#define MARS_STEP_ALREADY_GOOD 2 /* nothing needed to be done */
#define MARS_STEP_WOULD_CHANGE 3 /* what-if */
#define MARS_STEP_HELD         4 /* not taken: its risk, an argument it needs, or it needs the running server */
#define MARS_STEP_REFUSED      5 /* a guard or a changed finding stood in its way; it changed nothing */
#define MARS_STEP_FAILED       6 /* it was begun and did not work */
#define MARS_STEP_NOT_REACHED  7 /* an earlier step stopped the run */

typedef struct mars_step_outcome {
    uint32_t struct_size;
    int32_t state;          /* MARS_STEP_... */
    uint64_t number;        /* of the plan, from 1 */
    uint64_t changes;       /* how many changes it made */
    const char *operation;
    const char *arguments;  /* JSON object */
    const char *title;      /* what it does */
    const char *message;    /* why it was held, refused, failed; NULL: nothing to say */
} mars_step_outcome;
#define MARS_STEP_OUTCOME_INIT                                                                               \
    { (uint32_t)sizeof(mars_step_outcome), 0, 0, 0, 0, 0, 0, 0 }

typedef struct mars_change {
    uint32_t struct_size;
    int32_t undoable;
    const char *kind;   /* "registry-value", "file", "task", "service", "event" */
    const char *target; /* what was changed */
    const char *before; /* readable, as is after */
    const char *after;
} mars_change;
#define MARS_CHANGE_INIT                                                                                     \
    { (uint32_t)sizeof(mars_change), 0, 0, 0, 0, 0 }

/* 0 for NULL. */
MARS_API uint64_t mars_outcome_count(const mars_outcome *outcome);
/* Strings live as long as the outcome. */
MARS_API mars_status mars_outcome_step(mars_step_outcome *out, const mars_outcome *outcome, uint64_t index);
MARS_API mars_status mars_outcome_change(mars_change *out, const mars_outcome *outcome, uint64_t step, uint64_t index);

/* The runs recorded on this machine, newest first, with what became of each. An interrupted one is looked after first,
 * where that is possible; ask before making a plan, which otherwise may be of what that run left. format: MARS_FORMAT_TEXT, MARS_FORMAT_JSON or MARS_FORMAT_JSONL */
MARS_API mars_status mars_history(mars_text **out, mars_session *session, int32_t format);

/* A baseline of the agent's PowerShell module, from the module folder of a good machine (a folder of this machine, or of
 * an image mounted on it): every file with its size and SHA-256, as JSON. agent_version: that of the agent it belongs
 * to; NULL: taken from cbengine.exe two folders above. */
MARS_API mars_status mars_baseline_make(mars_text **out, const char *folder, const char *agent_version);

/* ---- The repairs of the mission, each by its own name ------------------------------------------------------------ */

/* Each is the operation of the same name: the same validation, guards, journal and undo as mars_operation_call. */

/* powershell.set-execution-policy: policy is "RemoteSigned" or "Unrestricted". Refused while group policy decides. */
MARS_API mars_status mars_set_execution_policy(mars_outcome **out, mars_session *session, const char *policy,
                                               const mars_apply_options *options);
/* powershell.add-module-path: an absolute folder, appended to the machine's PSModulePath. Refused for a folder that
 * others than administrators can write. */
MARS_API mars_status mars_add_module_path(mars_outcome **out, mars_session *session, const char *folder,
                                          const mars_apply_options *options);
/* powershell.restore-module: files of the agent's module from source, a folder on the machine that this runs on. Only
 * what a baseline (a file; may be NULL) or a trusted signature vouches for, unless allow_unsigned is 1; only missing and
 * damaged files, unless every_file is 1. */
MARS_API mars_status mars_restore_module(mars_outcome **out, mars_session *session, const char *source,
                                         const char *baseline, int32_t allow_unsigned, int32_t every_file,
                                         const mars_apply_options *options);
/* dotnet.enable-strong-crypto: runtime is "v4.0.30319" or "all". */
MARS_API mars_status mars_enable_strong_crypto(mars_outcome **out, mars_session *session, const char *runtime,
                                               const mars_apply_options *options);
/* service.set-start: start is "automatic", "delayed" or "manual". */
MARS_API mars_status mars_set_service_start(mars_outcome **out, mars_session *session, const char *service,
                                            const char *start, const mars_apply_options *options);
/* shadow.resize: up only, max_bytes at least 320 MB. Cannot be undone. */
MARS_API mars_status mars_resize_shadow_storage(mars_outcome **out, mars_session *session, const char *for_volume,
                                                const char *on_volume, uint64_t max_bytes,
                                                const mars_apply_options *options);
/* task.set-multiple-instances: policy is "IgnoreNew". */
MARS_API mars_status mars_set_task_multiple_instances(mars_outcome **out, mars_session *session, const char *task,
                                                      const char *policy, const mars_apply_options *options);
/* task.enable-triggers */
MARS_API mars_status mars_enable_task_triggers(mars_outcome **out, mars_session *session, const char *task,
                                               const mars_apply_options *options);
/* task.set-principal: principal is "SYSTEM". */
MARS_API mars_status mars_set_task_principal(mars_outcome **out, mars_session *session, const char *task,
                                             const char *principal, const mars_apply_options *options);
/* task.enable */
MARS_API mars_status mars_enable_task(mars_outcome **out, mars_session *session, const char *task,
                                      const mars_apply_options *options);
/* service.start. Cannot be undone. */
MARS_API mars_status mars_start_service(mars_outcome **out, mars_session *session, const char *service,
                                        const mars_apply_options *options);
/* service.stop. Cannot be undone; wants a confirmation of its own. */
MARS_API mars_status mars_stop_service(mars_outcome **out, mars_session *session, const char *service,
                                       const mars_apply_options *options);
/* service.restart. Cannot be undone; wants a confirmation of its own. */
MARS_API mars_status mars_restart_service(mars_outcome **out, mars_session *session, const char *service,
                                          const mars_apply_options *options);

/* ---- What the library knows ------------------------------------------------------------------------------------ */

/* Every check with its verdicts. format: MARS_FORMAT_TEXT or MARS_FORMAT_JSON. */
MARS_API mars_status mars_catalog_checks(mars_text **out, int32_t format);
/* Every operation with its parameters, risk and what it needs. format: MARS_FORMAT_TEXT or MARS_FORMAT_JSON, where each
 * operation's "arguments" is the JSON Schema of what mars_operation_call takes. */
MARS_API mars_status mars_catalog_operations(mars_text **out, int32_t format);
/* JSON Schema of a document: name is "evidence", "report", "plan" or "outcome". */
MARS_API mars_status mars_schema(mars_text **out, const char *name);

#ifdef __cplusplus
}
#endif

#endif
