using System;

namespace MarsHealth.Interop;

/// <summary>What was read of a machine. Never changes; may be used from any thread.</summary>
public sealed class MarsEvidence : IDisposable
{
    private readonly EvidenceHandle _handle;

    internal MarsEvidence(EvidenceHandle handle)
    {
        _handle = handle;
    }

    /// <summary>Reads a saved document.</summary>
    /// <param name="json">The document, as <see cref="Save"/> writes it.</param>
    /// <param name="name">What messages call it, such as the file's name.</param>
    public static MarsEvidence Load(byte[] json, string? name = null)
    {
        LibraryLoader.Ready();
        byte[] data = json ?? throw new ArgumentNullException(nameof(json));
        byte[]? called = Utf8.Write(name, nameof(name));
        Status.Check(NativeMethods.mars_evidence_load(out EvidenceHandle evidence, data, (ulong)data.LongLength, called));
        return new MarsEvidence(evidence);
    }

    /// <summary>Reads a saved document.</summary>
    /// <param name="json">The document, as <see cref="Save"/> writes it.</param>
    /// <param name="name">What messages call it, such as the file's name.</param>
    public static MarsEvidence Load(string json, string? name = null) =>
        Load(Utf8.WriteDocument(json ?? throw new ArgumentNullException(nameof(json)), nameof(json)), name);

    /// <summary>Writes the document as JSON.</summary>
    /// <param name="redacted">Leave out names, paths and ids that tell whose server it is.</param>
    public string Save(bool redacted = false)
    {
        Status.Check(NativeMethods.mars_evidence_save(out TextHandle text, _handle, redacted ? 1u : 0u));
        return Utf8.Take(text);
    }

    /// <summary>Judges it. Never fails because a machine is ill: that is what the report says.</summary>
    /// <param name="checks">Judge only these: ids and groups separated by commas; null: all that are judged unasked.</param>
    /// <param name="baseline">JSON text of a module baseline; null: none.</param>
    public unsafe MarsReport Check(string? checks = null, string? baseline = null)
    {
        using var texts = new PinnedTexts();
        var options = new NativeCheckOptions
        {
            StructSize = (uint)sizeof(NativeCheckOptions),
            Checks = texts.Add(checks, nameof(checks)),
            Baseline = texts.Add(baseline, nameof(baseline)),
        };
        Status.Check(NativeMethods.mars_check(out ReportHandle report, _handle, ref options));
        return new MarsReport(report);
    }

    /// <summary>Frees it. Reports made from it stay.</summary>
    public void Dispose() => _handle.Dispose();
}
