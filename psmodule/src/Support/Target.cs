// What is looked at, or changed.

using System;

namespace MarsHealth.Cmdlets;

/// <summary>The running machine, an image, or a saved evidence file.</summary>
internal sealed class Target : IEquatable<Target>
{
    private Target(string? imagePath, string? evidencePath)
    {
        ImagePath = imagePath;
        EvidencePath = evidencePath;
    }

    public static Target ThisMachine { get; } = new Target(null, null);

    public string? ImagePath { get; }

    public string? EvidencePath { get; }

    /// <summary>For progress and messages.</summary>
    public string Title => ImagePath != null ? Strings.TargetImage(ImagePath)
        : EvidencePath ?? Strings.TargetThisServer(Environment.MachineName);

    public static Target Image(string? path) => path == null ? ThisMachine : new Target(path, null);

    public static Target Evidence(string path) => new Target(null, path);

    public bool Equals(Target? other) => other != null && ImagePath == other.ImagePath && EvidencePath == other.EvidencePath;

    public override bool Equals(object? obj) => Equals(obj as Target);

    public override int GetHashCode() => (ImagePath ?? EvidencePath ?? "").GetHashCode();
}
