/* Running a program of the system folder. */
#include "core/text_builder.h"
#include "host/win32/win32.h"

#include <stdio.h>
#include <string.h>

enum { LOOK_MS = 100, AFTERWARDS_MS = 2000, PIECE = 64 * 1024 };

/* ---- The command line ---- */

/* As the C run-time library takes it apart again: a backslash counts only before a quotation mark. */
static void add_argument(text_builder *line, const char *argument) {
    if (argument[0] != '\0' && strpbrk(argument, " \t\"") == NULL) {
        text_add(line, argument);
        return;
    }
    size_t backslashes = 0;
    text_add_char(line, '"');
    for (const char *at = argument; *at != '\0'; at++) {
        if (*at == '"') {
            for (size_t i = 0; i <= backslashes; i++) {
                text_add_char(line, '\\');
            }
        }
        backslashes = *at == '\\' ? backslashes + 1 : 0;
        text_add_char(line, *at);
    }
    for (size_t i = 0; i < backslashes; i++) {
        text_add_char(line, '\\');
    }
    text_add_char(line, '"');
}

static wchar_t *command_line(const char *path, const char *const *arguments, arena *memory) {
    text_builder line = {0};
    text_addf(&line, "\"%s\"", path);
    for (size_t i = 0; arguments[i] != NULL; i++) {
        text_add_char(&line, ' ');
        add_argument(&line, arguments[i]);
    }
    const wchar_t *wide = text_builder_failed(&line) ? NULL : wide_text(memory, text_builder_text(&line));
    text_builder_free(&line);
    /* CreateProcess may write into it. */
    return wide != NULL ? arena_copy(memory, wide, (wcslen(wide) + 1) * sizeof *wide) : NULL;
}

/* ---- The process ---- */

typedef struct running_program {
    HANDLE process;
    HANDLE job;  /* ends what the program has started, too; NULL: the system gave none */
    HANDLE pipe; /* where its output comes from */
    HANDLE ready;
    OVERLAPPED reading;
    text_builder output;
    uint8_t piece[PIECE];
    bool pending;
} running_program;

static void close_handle(HANDLE *handle) {
    if (*handle != NULL && *handle != INVALID_HANDLE_VALUE) {
        (void)CloseHandle(*handle);
    }
    *handle = NULL;
}

/* A pipe whose end here can be read without being stuck, and whose other end the program inherits. */
static DWORD make_pipe(running_program *program, HANDLE *other_end) {
    char text[80];
    wchar_t name[sizeof text];
    LARGE_INTEGER now;
    SECURITY_ATTRIBUTES inherited = {.nLength = sizeof inherited, .bInheritHandle = TRUE};
    (void)QueryPerformanceCounter(&now);
    int length = snprintf(text, sizeof text, "\\\\.\\pipe\\marshealth-%lu-%lu-%llx", GetCurrentProcessId(),
                          GetCurrentThreadId(), (unsigned long long)now.QuadPart);
    for (int i = 0; i <= length; i++) {
        name[i] = (wchar_t)text[i];
    }
    program->pipe =
        CreateNamedPipeW(name, PIPE_ACCESS_INBOUND | FILE_FLAG_OVERLAPPED | FILE_FLAG_FIRST_PIPE_INSTANCE,
                         PIPE_TYPE_BYTE | PIPE_REJECT_REMOTE_CLIENTS, 1, PIECE, PIECE, 0, NULL);
    if (program->pipe == INVALID_HANDLE_VALUE) {
        return GetLastError();
    }
    *other_end =
        CreateFileW(name, GENERIC_WRITE | FILE_READ_ATTRIBUTES, 0, &inherited, OPEN_EXISTING, 0, NULL);
    return *other_end != INVALID_HANDLE_VALUE ? ERROR_SUCCESS : GetLastError();
}

static HANDLE make_job(void) {
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
    HANDLE job = CreateJobObjectW(NULL, NULL);
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    if (job != NULL &&
        SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits) == FALSE) {
        close_handle(&job);
    }
    return job;
}

/* Starts it with these handles and no others of ours. */
static DWORD create(running_program *program, const wchar_t *path, wchar_t *line, const wchar_t *folder,
                    HANDLE nothing, HANDLE output, arena *memory) {
    HANDLE inherited[] = {nothing, output};
    STARTUPINFOEXW start = {.StartupInfo = {.cb = sizeof start,
                                            .dwFlags = STARTF_USESTDHANDLES,
                                            .hStdInput = nothing,
                                            .hStdOutput = output,
                                            .hStdError = nothing}};
    PROCESS_INFORMATION created = {0};
    SIZE_T size = 0;
    (void)InitializeProcThreadAttributeList(NULL, 1, 0, &size);
    start.lpAttributeList = arena_alloc(memory, size);
    if (start.lpAttributeList == NULL ||
        InitializeProcThreadAttributeList(start.lpAttributeList, 1, 0, &size) == FALSE) {
        return ERROR_NOT_ENOUGH_MEMORY;
    }
    const DWORD flags = CREATE_NO_WINDOW | CREATE_SUSPENDED | EXTENDED_STARTUPINFO_PRESENT;
    bool good = UpdateProcThreadAttribute(start.lpAttributeList, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST,
                                          inherited, sizeof inherited, NULL, NULL) != FALSE &&
                CreateProcessW(path, line, NULL, NULL, TRUE, flags, NULL, folder, &start.StartupInfo,
                               &created) != FALSE;
    DWORD error = good ? ERROR_SUCCESS : GetLastError();
    DeleteProcThreadAttributeList(start.lpAttributeList);
    if (good) {
        program->process = created.hProcess;
        program->job = make_job();
        if (program->job != NULL && AssignProcessToJobObject(program->job, created.hProcess) == FALSE) {
            close_handle(&program->job);
        }
        (void)ResumeThread(created.hThread);
        (void)CloseHandle(created.hThread);
    }
    return error;
}

static DWORD start(running_program *program, const win32_host *self, const char *path, wchar_t *line,
                   arena *memory) {
    SECURITY_ATTRIBUTES inherited = {.nLength = sizeof inherited, .bInheritHandle = TRUE};
    HANDLE output = NULL;
    HANDLE nothing = CreateFileW(L"NUL", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE,
                                 &inherited, OPEN_EXISTING, 0, NULL);
    const wchar_t *wide = wide_text(memory, path);
    DWORD error = nothing != INVALID_HANDLE_VALUE ? ERROR_SUCCESS : GetLastError();
    error = error == ERROR_SUCCESS ? make_pipe(program, &output) : error;
    program->ready = error == ERROR_SUCCESS ? CreateEventW(NULL, TRUE, FALSE, NULL) : NULL;
    program->reading.hEvent = program->ready;
    if (error == ERROR_SUCCESS && (program->ready == NULL || wide == NULL || line == NULL)) {
        error = ERROR_NOT_ENOUGH_MEMORY;
    }
    error = error == ERROR_SUCCESS ? create(program, wide, line, self->system_folder, nothing, output, memory)
                                   : error;
    close_handle(&output); /* so that the pipe breaks when the program ends */
    close_handle(&nothing);
    return error;
}

/* Ends the program and all it has started; fine if it has ended. */
static void finish(running_program *program) {
    if (program->job != NULL) {
        (void)TerminateJobObject(program->job, ERROR_CANCELLED);
    }
    if (program->process != NULL) {
        (void)TerminateProcess(program->process, ERROR_CANCELLED);
        (void)WaitForSingleObject(program->process, AFTERWARDS_MS);
    }
    if (program->pending) {
        DWORD count = 0;
        (void)CancelIo(program->pipe);
        (void)GetOverlappedResult(program->pipe, &program->reading, &count, TRUE);
    }
    close_handle(&program->pipe);
    close_handle(&program->ready);
    close_handle(&program->process);
    close_handle(&program->job);
}

/* ---- Its output ---- */

typedef enum reading_state { READING_MORE, READING_WAIT, READING_END, READING_TOO_MUCH } reading_state;

/* Takes what is there, waiting a moment for it. */
static reading_state read_some(running_program *program) {
    DWORD count = 0;
    if (!program->pending &&
        ReadFile(program->pipe, program->piece, PIECE, NULL, &program->reading) == FALSE) {
        if (GetLastError() != ERROR_IO_PENDING) {
            return READING_END;
        }
    }
    program->pending = true;
    if (WaitForSingleObject(program->ready, LOOK_MS) == WAIT_TIMEOUT) {
        return READING_WAIT;
    }
    program->pending = false;
    if (GetOverlappedResult(program->pipe, &program->reading, &count, FALSE) == FALSE) {
        return READING_END;
    }
    text_add_n(&program->output, (const char *)program->piece, count);
    return program->output.length > CONSOLE_TEXT_LIMIT ? READING_TOO_MUCH : READING_MORE;
}

/* NULL if it has ended by itself and all it printed was read, else why not. */
static const char *read_output(running_program *program, const win32_host *self, const win32_program *what,
                               unknown_reason *reason, arena *memory) {
    const ULONGLONG began = GetTickCount64();
    *reason = REASON_UNREADABLE;
    for (;;) {
        /* Asked before reading: what the program prints before it ends is there by then, what it prints while
         * a read finds nothing is not. */
        bool ended = WaitForSingleObject(program->process, 0) == WAIT_OBJECT_0;
        reading_state state = read_some(program);
        if (state == READING_END && ended) {
            return NULL;
        }
        if (state == READING_WAIT && ended) {
            return NULL; /* something that it left running holds the pipe */
        }
        if (state == READING_TOO_MUCH) {
            *reason = REASON_TOO_LARGE;
            return "it printed more than 4 MiB";
        }
        if (!what->changes && win32_cancelled(self)) {
            *reason = REASON_NOT_COLLECTED;
            return "cancelled";
        }
        if (GetTickCount64() - began >= (ULONGLONG)what->time_limit_s * 1000) {
            return arena_printf(memory, "it did not end within %u seconds", what->time_limit_s);
        }
        if (state == READING_END) {
            (void)WaitForSingleObject(program->process, LOOK_MS);
        }
    }
}

fact_state win32_program_run(const win32_host *self, const win32_program *program, arena *memory,
                             win32_program_end *out, fact *why) {
    *out = (win32_program_end){0};
    const char *command = program->command;
    const char *path =
        arena_printf(memory, "%s\\%s", text_from_wide(memory, self->system_folder), program->name);
    running_program *running = arena_alloc(memory, sizeof *running);
    if (running == NULL) {
        return win32_unknown(REASON_NO_MEMORY, command, NULL, why);
    }
    DWORD error = start(running, self, path, command_line(path, program->arguments, memory), memory);
    fact_state state = FACT_KNOWN;
    if (error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND) {
        state = win32_unknown(REASON_NOT_ON_HOST, command, arena_printf(memory, "there is no %s", path), why);
    } else if (error != ERROR_SUCCESS) {
        state = win32_failure(self, error, command, memory, why);
    } else {
        unknown_reason reason = REASON_UNREADABLE;
        const char *wrong = read_output(running, self, program, &reason, memory);
        state =
            wrong != NULL ? win32_unknown(reason, command, wrong, why) : win32_known(command, memory, why);
        (void)GetExitCodeProcess(running->process, &out->exit_code);
        size_t size = running->output.length;
        const uint8_t *data = size > 0 ? arena_copy(memory, running->output.data, size) : NULL;
        out->output = (bytes){.data = data, .size = data != NULL ? size : 0};
        if (text_builder_failed(&running->output) || arena_failed(memory)) {
            state = win32_unknown(REASON_NO_MEMORY, command, NULL, why);
        }
    }
    finish(running);
    text_builder_free(&running->output);
    return state;
}
