using System;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace MarsHealth.Interop;

/// <summary>
/// Access to one machine: the one this runs on, or an image of one. One call at a time: a second one throws
/// <see cref="MarsException"/> with <see cref="MarsError.Busy"/>. Only <see cref="Cancel"/> and <see cref="Dispose"/> may be
/// called meanwhile, from any thread; what is disposed during a call is closed when the call returns.
/// </summary>
/// <remarks>
/// What a callback throws cancels the call and is thrown again when the call returned. An outcome is then lost, but what was
/// changed is recorded: <see cref="History"/> tells and <see cref="Undo"/> takes it back.
/// </remarks>
public sealed partial class MarsSession : IDisposable
{
    private readonly SessionHandle _handle;
    private readonly Callbacks _callbacks;

    private MarsSession(SessionHandle handle, Callbacks callbacks)
    {
        _handle = handle;
        _callbacks = callbacks;
    }

    private delegate int ChangeCall(out OutcomeHandle outcome, ref NativeApplyOptions options);

    private delegate int ReportCall(out ReportHandle report, SessionHandle session);

    /// <summary>Opens a machine.</summary>
    /// <param name="imagePath">A folder laid out like a system drive; null: the machine this runs on (Windows only).</param>
    /// <param name="onEvent">Told of progress, on the thread of the call that reports. It must not call this session, other
    /// than <see cref="Cancel"/>.</param>
    public static unsafe MarsSession Open(string? imagePath = null, Action<MarsEvent>? onEvent = null)
    {
        LibraryLoader.Ready();
        var callbacks = new Callbacks(onEvent);
        var user = GCHandle.Alloc(callbacks, GCHandleType.Weak);
        SessionHandle? handle = null;
        int status;
        try
        {
            using var texts = new PinnedTexts();
            var options = new NativeSessionOptions
            {
                StructSize = (uint)sizeof(NativeSessionOptions),
                ImagePath = texts.Add(imagePath, "imagePath"),
                OnEvent = callbacks.Listens ? Callbacks.EventPointer : IntPtr.Zero,
                User = GCHandle.ToIntPtr(user),
            };
            status = NativeMethods.mars_session_open(out handle, ref options);
            handle.Adopt(callbacks, user);
        }
        finally
        {
            if (handle is null || handle.IsInvalid)
            {
                user.Free();
            }
        }

        ExceptionDispatchInfo? thrown = callbacks.TakeThrown();
        if (thrown is not null)
        {
            handle.Dispose();
            thrown.Throw();
        }

        Status.Check(status);
        callbacks.Session = handle;
        return new MarsSession(handle, callbacks);
    }

    /// <summary>Reads the facts. One that cannot be read is unknown, with the reason; that is no error.</summary>
    /// <param name="checks">Collect only what these checks need: ids separated by commas; null: everything.</param>
    public unsafe MarsEvidence Collect(string? checks = null)
    {
        using var texts = new PinnedTexts();
        var options = new NativeCollectOptions
        {
            StructSize = (uint)sizeof(NativeCollectOptions),
            Checks = texts.Add(checks, "checks"),
        };
        int status = NativeMethods.mars_collect(out EvidenceHandle evidence, _handle, ref options);
        Finish(status, evidence);
        return new MarsEvidence(evidence);
    }

    /// <summary>From any thread: the running call ends soon with <see cref="MarsError.Cancelled"/>; without one, the next call does.</summary>
    public void Cancel() => Status.Check(NativeMethods.mars_session_cancel(_handle));

    /// <summary>Applies a plan: each step's findings are judged again before and after it.</summary>
    public MarsOutcome Apply(MarsPlan plan, ApplyOptions? options = null)
    {
        PlanHandle handle = (plan ?? throw new ArgumentNullException(nameof(plan))).Handle;
        return Change(options, (out OutcomeHandle outcome, ref NativeApplyOptions native) =>
            NativeMethods.mars_plan_apply(out outcome, _handle, handle, ref native));
    }

    /// <summary>Takes a run back.</summary>
    /// <param name="runId">An id or a unique beginning of one; null: the newest that was not taken back.</param>
    /// <param name="options">How.</param>
    public MarsOutcome Undo(string? runId = null, ApplyOptions? options = null)
    {
        byte[]? id = Utf8.Write(runId, nameof(runId));
        return Change(options, (out OutcomeHandle outcome, ref NativeApplyOptions native) =>
            NativeMethods.mars_undo(out outcome, _handle, id, ref native));
    }

    /// <summary>Calls one operation.</summary>
    /// <param name="operation">Its name, such as task.enable.</param>
    /// <param name="argumentsJson">A JSON object.</param>
    /// <param name="options">How.</param>
    public MarsOutcome Call(string operation, string argumentsJson, ApplyOptions? options = null)
    {
        byte[]? name = Utf8.Write(operation, nameof(operation));
        byte[]? arguments = Utf8.Write(argumentsJson, nameof(argumentsJson));
        return Change(options, (out OutcomeHandle outcome, ref NativeApplyOptions native) =>
            NativeMethods.mars_operation_call(out outcome, _handle, name, arguments, ref native));
    }

    /// <summary>
    /// The runs recorded on this machine, newest first, with what became of each. An interrupted one is looked after first,
    /// where that is possible.
    /// </summary>
    public string History(Format format = Format.Json)
    {
        int status = NativeMethods.mars_history(out TextHandle text, _handle, (int)format);
        Finish(status, text);
        return Utf8.Take(text);
    }

    /// <summary>Closes the machine; during a call: when that returns.</summary>
    public void Dispose() => _handle.Dispose();

    private static uint Flags(ApplyOptions options) =>
        (options.WhatIf ? 1u : 0u)
        | (options.AnyMachine ? 2u : 0u)
        | (options.Confirmed ? 4u : 0u)
        | (options.Force ? 8u : 0u)
        | (options.Partial ? 16u : 0u);

    private MarsReport Report(ReportCall call)
    {
        int status = call(out ReportHandle report, _handle);
        Finish(status, report);
        return new MarsReport(report);
    }

    private unsafe MarsOutcome Change(ApplyOptions? options, ChangeCall call)
    {
        options ??= new ApplyOptions();
        var confirmation = options.Confirm is { } ask ? GCHandle.Alloc(new Confirmation(_callbacks, ask)) : default;
        try
        {
            using var texts = new PinnedTexts();
            var native = new NativeApplyOptions
            {
                StructSize = (uint)sizeof(NativeApplyOptions),
                Flags = Flags(options),
                Baseline = texts.Add(options.Baseline, "baseline"),
                Confirm = confirmation.IsAllocated ? Callbacks.ConfirmPointer : IntPtr.Zero,
                User = confirmation.IsAllocated ? GCHandle.ToIntPtr(confirmation) : IntPtr.Zero,
            };
            int status = call(out OutcomeHandle outcome, ref native);
            Finish(status, outcome);
            return new MarsOutcome(outcome);
        }
        finally
        {
            if (confirmation.IsAllocated)
            {
                confirmation.Free();
            }
        }
    }

    /// <summary>What a callback threw comes first; the failure it led to is only its consequence.</summary>
    private void Finish(int status, SafeHandle result)
    {
        ExceptionDispatchInfo? thrown = _callbacks.TakeThrown();
        if (thrown is not null)
        {
            result.Dispose();
            ForgetCancel();
            thrown.Throw();
        }

        Status.Check(status);
    }

    /// <summary>
    /// The call may have come to its end before it saw that it was cancelled, and the next one must not suffer from it. A
    /// call that is wrong in itself takes the cancellation and does nothing.
    /// </summary>
    private unsafe void ForgetCancel()
    {
        var options = new NativeApplyOptions { StructSize = (uint)sizeof(NativeApplyOptions) };
        byte[] noRunHasThis = [0];
        _ = NativeMethods.mars_undo(out OutcomeHandle nothing, _handle, noRunHasThis, ref options);
        nothing.Dispose();
    }
}
