using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;

namespace MarsHealth.Interop;

/// <summary>What would turn findings good. Never changes; may be used from any thread.</summary>
public sealed class MarsPlan : IDisposable
{
    private IReadOnlyList<PlanStep>? _steps;

    internal MarsPlan(PlanHandle handle)
    {
        Handle = handle;
    }

    /// <summary>In the order in which they are taken. They stay when the plan is disposed.</summary>
    public IReadOnlyList<PlanStep> Steps => _steps ??= ReadSteps();

    internal PlanHandle Handle { get; }

    /// <summary>Reads a plan, edited or not.</summary>
    /// <param name="json">The document, as <see cref="Render"/> writes it. "take": false in a step leaves it out, "take": true
    /// approves one that is held for its risk.</param>
    /// <param name="name">What messages call it, such as the file's name.</param>
    public static MarsPlan Load(byte[] json, string? name = null)
    {
        LibraryLoader.Ready();
        byte[] data = json ?? throw new ArgumentNullException(nameof(json));
        byte[]? called = Utf8.Write(name, nameof(name));
        Status.Check(NativeMethods.mars_plan_load(out PlanHandle plan, data, (ulong)data.LongLength, called));
        return new MarsPlan(plan);
    }

    /// <summary>Reads a plan, edited or not.</summary>
    /// <param name="json">The document, as <see cref="Render"/> writes it.</param>
    /// <param name="name">What messages call it, such as the file's name.</param>
    public static MarsPlan Load(string json, string? name = null) =>
        Load(Utf8.WriteDocument(json ?? throw new ArgumentNullException(nameof(json)), nameof(json)), name);

    /// <summary>Writes the plan: text, JSON or JSON on one line.</summary>
    public string Render(Format format, bool color = false)
    {
        uint flags = color ? (uint)RenderFlags.Color : 0u;
        Status.Check(NativeMethods.mars_plan_render(out TextHandle text, Handle, (int)format, flags));
        return Utf8.Take(text);
    }

    /// <summary>Frees it.</summary>
    public void Dispose() => Handle.Dispose();

    private unsafe ReadOnlyCollection<PlanStep> ReadSteps()
    {
        using NativeHandle.Use use = Handle.InUse();
        var steps = new PlanStep[checked((int)NativeMethods.mars_plan_count(Handle))];
        for (int i = 0; i < steps.Length; i++)
        {
            var native = new NativePlanStep { StructSize = (uint)sizeof(NativePlanStep) };
            Status.Check(NativeMethods.mars_plan_step_at(ref native, Handle, (ulong)i));
            steps[i] = new PlanStep((ulong)i + 1, native);
        }

        return Array.AsReadOnly(steps);
    }
}
