using System;
using System.Runtime.InteropServices;

namespace MarsHealth.Interop;

// One SafeHandle a type of the library. The runtime counts the calls that use one, so that disposing it during a call, from
// another thread, takes effect when the call returns.

internal abstract class NativeHandle : SafeHandle
{
    protected NativeHandle()
        : base(IntPtr.Zero, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == IntPtr.Zero;

    /// <summary>While strings of the object are read it must not be freed, even if another thread disposes it.</summary>
    internal Use InUse() => new(this);

    internal readonly ref struct Use
    {
        private readonly NativeHandle _handle;

        internal Use(NativeHandle handle)
        {
            bool added = false;
            handle.DangerousAddRef(ref added);
            _handle = handle;
        }

        public void Dispose() => _handle.DangerousRelease();
    }
}

internal sealed class SessionHandle : NativeHandle
{
    private Callbacks? _callbacks;
    private GCHandle _user;

    /// <summary>
    /// What the library calls back lives as long as this. The library's pointer to it is weak, so that a session that nobody
    /// uses any more is closed by its finalizer, even if its own callback refers to it.
    /// </summary>
    internal void Adopt(Callbacks callbacks, GCHandle user)
    {
        _callbacks = callbacks;
        _user = user;
    }

    protected override bool ReleaseHandle()
    {
        NativeMethods.mars_session_close(handle);
        _user.Free();
        _callbacks = null;
        return true;
    }
}

internal sealed class EvidenceHandle : NativeHandle
{
    protected override bool ReleaseHandle()
    {
        NativeMethods.mars_evidence_free(handle);
        return true;
    }
}

internal sealed class ReportHandle : NativeHandle
{
    protected override bool ReleaseHandle()
    {
        NativeMethods.mars_report_free(handle);
        return true;
    }
}

internal sealed class PlanHandle : NativeHandle
{
    protected override bool ReleaseHandle()
    {
        NativeMethods.mars_plan_free(handle);
        return true;
    }
}

internal sealed class OutcomeHandle : NativeHandle
{
    protected override bool ReleaseHandle()
    {
        NativeMethods.mars_outcome_free(handle);
        return true;
    }
}

internal sealed class TextHandle : NativeHandle
{
    protected override bool ReleaseHandle()
    {
        NativeMethods.mars_text_free(handle);
        return true;
    }
}
