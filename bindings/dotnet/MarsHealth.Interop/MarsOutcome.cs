using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;

namespace MarsHealth.Interop;

/// <summary>What came of a change. Never changes; may be used from any thread.</summary>
public sealed class MarsOutcome : IDisposable
{
    private readonly OutcomeHandle _handle;
    private IReadOnlyList<StepOutcome>? _steps;

    internal MarsOutcome(OutcomeHandle handle)
    {
        _handle = handle;
        State = (OutcomeState)NativeMethods.mars_outcome_state(handle);
        RunId = Utf8.Read(NativeMethods.mars_outcome_run_id(handle));
        RestartAdvised = NativeMethods.mars_outcome_restart_advised(handle) != 0;
    }

    /// <summary>What became of the run.</summary>
    public OutcomeState State { get; }

    /// <summary>The run that recorded it, for <see cref="MarsSession.Undo"/>; null if nothing was changed.</summary>
    public string? RunId { get; }

    /// <summary>Whether what was changed takes effect for running programs only after they restart.</summary>
    public bool RestartAdvised { get; }

    /// <summary>Step by step. They stay when the outcome is disposed.</summary>
    public IReadOnlyList<StepOutcome> Steps => _steps ??= ReadSteps();

    /// <summary>Writes the outcome: text, JSON or JSON on one line.</summary>
    public string Render(Format format, bool color = false)
    {
        uint flags = color ? (uint)RenderFlags.Color : 0u;
        Status.Check(NativeMethods.mars_outcome_render(out TextHandle text, _handle, (int)format, flags));
        return Utf8.Take(text);
    }

    /// <summary>Frees it.</summary>
    public void Dispose() => _handle.Dispose();

    private unsafe ReadOnlyCollection<StepOutcome> ReadSteps()
    {
        using NativeHandle.Use use = _handle.InUse();
        var steps = new StepOutcome[checked((int)NativeMethods.mars_outcome_count(_handle))];
        for (int i = 0; i < steps.Length; i++)
        {
            var native = new NativeStepOutcome { StructSize = (uint)sizeof(NativeStepOutcome) };
            Status.Check(NativeMethods.mars_outcome_step(ref native, _handle, (ulong)i));
            steps[i] = new StepOutcome(native, ReadChanges((ulong)i, native.Changes));
        }

        return Array.AsReadOnly(steps);
    }

    private unsafe ReadOnlyCollection<Change> ReadChanges(ulong step, ulong count)
    {
        var changes = new Change[checked((int)count)];
        for (int i = 0; i < changes.Length; i++)
        {
            var native = new NativeChange { StructSize = (uint)sizeof(NativeChange) };
            Status.Check(NativeMethods.mars_outcome_change(ref native, _handle, step, (ulong)i));
            changes[i] = new Change(native);
        }

        return Array.AsReadOnly(changes);
    }
}
