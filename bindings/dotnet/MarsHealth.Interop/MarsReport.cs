using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;

namespace MarsHealth.Interop;

/// <summary>What the facts mean. Never changes; may be used from any thread.</summary>
public sealed class MarsReport : IDisposable
{
    private readonly ReportHandle _handle;
    private IReadOnlyList<Finding>? _findings;
    private Summary? _summary;

    internal MarsReport(ReportHandle handle)
    {
        _handle = handle;
    }

    /// <summary>In the order of the catalogue. They stay when the report is disposed.</summary>
    public IReadOnlyList<Finding> Findings => _findings ??= ReadFindings();

    /// <summary>How many findings are how.</summary>
    public Summary Summary => _summary ??= ReadSummary();

    /// <summary>Writes the report.</summary>
    public string Render(Format format, RenderFlags flags = RenderFlags.None)
    {
        Status.Check(NativeMethods.mars_report_render(out TextHandle text, _handle, (int)format, (uint)flags));
        return Utf8.Take(text);
    }

    /// <summary>
    /// Makes the plan that answers the report. Steps that are not to be taken stand in it with the reason.
    /// </summary>
    public unsafe MarsPlan Plan(PlanOptions? options = null)
    {
        options ??= new PlanOptions();
        using var texts = new PinnedTexts();
        var native = new NativePlanOptions
        {
            StructSize = (uint)sizeof(NativePlanOptions),
            IncludeRisk = (int)options.IncludeRisk,
            Checks = texts.Add(options.Checks, "checks"),
            Sets = texts.Add(options.Sets, "sets"),
        };
        Status.Check(NativeMethods.mars_plan_make(out PlanHandle plan, _handle, ref native));
        return new MarsPlan(plan);
    }

    /// <summary>Frees it. Plans made from it stay.</summary>
    public void Dispose() => _handle.Dispose();

    private unsafe ReadOnlyCollection<Finding> ReadFindings()
    {
        using NativeHandle.Use use = _handle.InUse();
        var findings = new Finding[checked((int)NativeMethods.mars_report_count(_handle))];
        for (int i = 0; i < findings.Length; i++)
        {
            var native = new NativeFinding { StructSize = (uint)sizeof(NativeFinding) };
            Status.Check(NativeMethods.mars_report_finding(ref native, _handle, (ulong)i));
            findings[i] = new Finding(native);
        }

        return Array.AsReadOnly(findings);
    }

    private unsafe Summary ReadSummary()
    {
        var native = new NativeSummary { StructSize = (uint)sizeof(NativeSummary) };
        Status.Check(NativeMethods.mars_report_summary(ref native, _handle));
        return new Summary(native);
    }
}
