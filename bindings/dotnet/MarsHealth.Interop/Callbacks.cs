using System;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Threading;

namespace MarsHealth.Interop;

/// <summary>
/// What the library calls back during the calls of one session. No exception gets into the library: the first one is
/// remembered, the call is cancelled, and it is thrown again when the call returned.
/// </summary>
internal sealed class Callbacks
{
    /// <summary>Made once and kept, so that the library never calls what was collected.</summary>
    private static readonly NativeMethods.EventFunction s_onEvent = OnEvent;
    private static readonly NativeMethods.ConfirmFunction s_onConfirm = OnConfirm;

    private readonly Action<MarsEvent>? _tell;
    private ExceptionDispatchInfo? _thrown;
    private int _thrownOn;

    internal Callbacks(Action<MarsEvent>? tell)
    {
        _tell = tell;
    }

    internal static IntPtr ConfirmPointer { get; } = Marshal.GetFunctionPointerForDelegate(s_onConfirm);

    internal static IntPtr EventPointer { get; } = Marshal.GetFunctionPointerForDelegate(s_onEvent);

    internal bool Listens => _tell is not null;

    private bool HasThrown => Volatile.Read(ref _thrown) is not null;

    /// <summary>Whose call is cancelled; null while it is being opened.</summary>
    internal SessionHandle? Session { private get; set; }

    /// <summary>
    /// What a callback threw during the call that now returns on this thread, if anything. Another thread's call, which was
    /// turned away as busy, is not concerned.
    /// </summary>
    internal ExceptionDispatchInfo? TakeThrown()
    {
        if (!HasThrown || _thrownOn != Environment.CurrentManagedThreadId)
        {
            return null;
        }

        ExceptionDispatchInfo? thrown = _thrown;
        Volatile.Write(ref _thrown, null);
        return thrown;
    }

    private static void OnEvent(IntPtr user, IntPtr told)
    {
        if (GCHandle.FromIntPtr(user).Target is Callbacks callbacks)
        {
            callbacks.Tell(told);
        }
    }

    private static int OnConfirm(IntPtr user, IntPtr operation, IntPtr text)
    {
        return GCHandle.FromIntPtr(user).Target is Confirmation { Callbacks: { } callbacks, Ask: { } ask }
            && callbacks.Confirm(ask, operation, text)
            ? 1
            : 0;
    }

    private unsafe void Tell(IntPtr told)
    {
        if (HasThrown)
        {
            return;
        }

        try
        {
            var native = (NativeEvent*)told;
            _tell?.Invoke(new MarsEvent((MarsEventKind)native->Kind, Utf8.Required(native->Text), native->Done, native->Total));
        }
        catch (Exception failure)
        {
            Remember(failure);
        }
    }

    private bool Confirm(Func<string?, string, bool> ask, IntPtr operation, IntPtr text)
    {
        if (HasThrown)
        {
            return false;
        }

        try
        {
            return ask(Utf8.Read(operation), Utf8.Required(text));
        }
        catch (Exception failure)
        {
            Remember(failure);
            return false;
        }
    }

    private void Remember(Exception failure)
    {
#if NETFRAMEWORK
        if (failure is ThreadAbortException)
        {
            Thread.ResetAbort(); // it would go on behind the catch, into the library
        }
#endif
        _thrownOn = Environment.CurrentManagedThreadId;
        Volatile.Write(ref _thrown, ExceptionDispatchInfo.Capture(failure));
        if (Session is { } session)
        {
            _ = NativeMethods.mars_session_cancel(session);
        }
    }
}

/// <summary>What one call asks; pinned for the time of that call.</summary>
internal sealed class Confirmation
{
    internal Confirmation(Callbacks callbacks, Func<string?, string, bool> ask)
    {
        Callbacks = callbacks;
        Ask = ask;
    }

    internal Callbacks Callbacks { get; }

    internal Func<string?, string, bool> Ask { get; }
}
