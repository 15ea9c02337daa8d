using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace MarsHealth.Interop;

/// <summary>
/// The functions of marshealth.h. Texts are NUL-ended UTF-8 in byte arrays (null is NULL), structs are blittable, handles
/// are SafeHandles. Whoever calls one of them without a handle calls <see cref="LibraryLoader.Ready"/> first.
/// </summary>
[SuppressMessage("Interoperability", "SYSLIB1054", Justification = "Source generated marshalling does not exist for .NET Framework.")]
internal static class NativeMethods
{
    internal const string Library = "marshealth";
    private const CallingConvention Convention = CallingConvention.Cdecl;

    [UnmanagedFunctionPointer(Convention)]
    internal delegate void EventFunction(IntPtr user, IntPtr told);

    [UnmanagedFunctionPointer(Convention)]
    internal delegate int ConfirmFunction(IntPtr user, IntPtr operation, IntPtr text);

    // Errors and version

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_error_copy(ref NativeError error);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_version(ref NativeVersionInfo info);

    // Texts

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern IntPtr mars_text_data(TextHandle text);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern ulong mars_text_size(TextHandle text);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern void mars_text_free(IntPtr text);

    // Sessions

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_session_open(out SessionHandle session, ref NativeSessionOptions options);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_session_cancel(SessionHandle session);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern void mars_session_close(IntPtr session);

    // Evidence

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_collect(out EvidenceHandle evidence, SessionHandle session, ref NativeCollectOptions options);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_evidence_load(out EvidenceHandle evidence, byte[] data, ulong size, byte[]? name);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_evidence_save(out TextHandle text, EvidenceHandle evidence, uint flags);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern void mars_evidence_free(IntPtr evidence);

    // Reports

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_check(out ReportHandle report, EvidenceHandle evidence, ref NativeCheckOptions options);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern ulong mars_report_count(ReportHandle report);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_report_finding(ref NativeFinding finding, ReportHandle report, ulong index);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_report_summary(ref NativeSummary summary, ReportHandle report);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_report_render(out TextHandle text, ReportHandle report, int format, uint flags);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern void mars_report_free(IntPtr report);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_check_execution_policy(out ReportHandle report, SessionHandle session);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_check_module_path(out ReportHandle report, SessionHandle session);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_check_module_integrity(out ReportHandle report, SessionHandle session);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_check_scheduled_tasks(out ReportHandle report, SessionHandle session);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_check_task_enabled(out ReportHandle report, SessionHandle session);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_check_task_principal(out ReportHandle report, SessionHandle session);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_check_task_multiple_instances(out ReportHandle report, SessionHandle session);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_check_shadow_storage(out ReportHandle report, SessionHandle session);

    // Plans

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_plan_make(out PlanHandle plan, ReportHandle report, ref NativePlanOptions options);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_plan_load(out PlanHandle plan, byte[] data, ulong size, byte[]? name);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_plan_render(out TextHandle text, PlanHandle plan, int format, uint flags);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern void mars_plan_free(IntPtr plan);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern ulong mars_plan_count(PlanHandle plan);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_plan_step_at(ref NativePlanStep step, PlanHandle plan, ulong index);

    // Changing a machine

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_plan_apply(out OutcomeHandle outcome, SessionHandle session, PlanHandle plan, ref NativeApplyOptions options);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_undo(out OutcomeHandle outcome, SessionHandle session, byte[]? runId, ref NativeApplyOptions options);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_operation_call(out OutcomeHandle outcome, SessionHandle session, byte[]? operation, byte[]? arguments, ref NativeApplyOptions options);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_outcome_state(OutcomeHandle outcome);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern IntPtr mars_outcome_run_id(OutcomeHandle outcome);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_outcome_restart_advised(OutcomeHandle outcome);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_outcome_render(out TextHandle text, OutcomeHandle outcome, int format, uint flags);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern void mars_outcome_free(IntPtr outcome);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern ulong mars_outcome_count(OutcomeHandle outcome);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_outcome_step(ref NativeStepOutcome step, OutcomeHandle outcome, ulong index);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_outcome_change(ref NativeChange change, OutcomeHandle outcome, ulong step, ulong index);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_history(out TextHandle text, SessionHandle session, int format);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_baseline_make(out TextHandle text, byte[]? folder, byte[]? agentVersion);

    // The repairs of the mission, each by its own name

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_set_execution_policy(out OutcomeHandle outcome, SessionHandle session, byte[]? policy, ref NativeApplyOptions options);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_add_module_path(out OutcomeHandle outcome, SessionHandle session, byte[]? folder, ref NativeApplyOptions options);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_restore_module(out OutcomeHandle outcome, SessionHandle session, byte[]? source, byte[]? baseline, int allowUnsigned, int everyFile, ref NativeApplyOptions options);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_enable_strong_crypto(out OutcomeHandle outcome, SessionHandle session, byte[]? runtime, ref NativeApplyOptions options);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_set_service_start(out OutcomeHandle outcome, SessionHandle session, byte[]? service, byte[]? start, ref NativeApplyOptions options);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_resize_shadow_storage(out OutcomeHandle outcome, SessionHandle session, byte[]? forVolume, byte[]? onVolume, ulong maxBytes, ref NativeApplyOptions options);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_set_task_multiple_instances(out OutcomeHandle outcome, SessionHandle session, byte[]? task, byte[]? policy, ref NativeApplyOptions options);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_enable_task_triggers(out OutcomeHandle outcome, SessionHandle session, byte[]? task, ref NativeApplyOptions options);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_set_task_principal(out OutcomeHandle outcome, SessionHandle session, byte[]? task, byte[]? principal, ref NativeApplyOptions options);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_enable_task(out OutcomeHandle outcome, SessionHandle session, byte[]? task, ref NativeApplyOptions options);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_start_service(out OutcomeHandle outcome, SessionHandle session, byte[]? service, ref NativeApplyOptions options);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_stop_service(out OutcomeHandle outcome, SessionHandle session, byte[]? service, ref NativeApplyOptions options);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_restart_service(out OutcomeHandle outcome, SessionHandle session, byte[]? service, ref NativeApplyOptions options);

    // What the library knows

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_catalog_checks(out TextHandle text, int format);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_catalog_operations(out TextHandle text, int format);

    [DllImport(Library, CallingConvention = Convention, ExactSpelling = true)]
    internal static extern int mars_schema(out TextHandle text, byte[]? name);
}
