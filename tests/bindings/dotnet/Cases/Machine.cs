using System;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using Xunit;

namespace MarsHealth.Interop.Tests;

/// <summary>What there is to test on. run.sh sets the variables.</summary>
internal static class Machine
{
    internal static bool IsWindows { get; } = Environment.OSVersion.Platform == PlatformID.Win32NT;

    internal static bool IsMono { get; } = Type.GetType("Mono.Runtime") is not null;

    /// <summary>What the binding was built for, such as ".NETFramework,Version=v4.6.2"; another runtime may run it.</summary>
    internal static string BindingFramework { get; } =
        typeof(MarsLibrary).Assembly.GetCustomAttribute<TargetFrameworkAttribute>()!.FrameworkName;

    /// <summary>Built for .NET Framework, it takes its functions from the one library of the name in the process.</summary>
    internal static bool IsOneLibraryOnly { get; } =
        IsWindows && BindingFramework.StartsWith(".NETFramework", StringComparison.Ordinal);

    internal static string? Repository { get; } = Environment.GetEnvironmentVariable("MARSHEALTH_SOURCES");

    internal static string? Layout { get; } = Environment.GetEnvironmentVariable("MARSHEALTH_LAYOUT");

    internal static string? Stubs { get; } = Environment.GetEnvironmentVariable("MARSHEALTH_STUBS");

    private static string? Images { get; } = Environment.GetEnvironmentVariable("MARSHEALTH_IMAGES");

    internal static string Header => File.ReadAllText(Path.Combine(Repository!, "native", "include", "marshealth.h"));

    /// <summary>Null, or why there are no images to test on.</summary>
    internal static string? NoImages =>
        IsWindows ? "the library for Windows reads no images" : Images is null ? "MARSHEALTH_IMAGES is not set" : null;

    /// <summary>Null, or why there is no saved evidence to judge.</summary>
    internal static string? NoEvidence => SavedEvidence is null ? "MARSHEALTH_EVIDENCE is not set" : null;

    private static string? SavedEvidence { get; } = Environment.GetEnvironmentVariable("MARSHEALTH_EVIDENCE");

    internal static string Broken => Path.Combine(Images!, "broken");

    internal static string Healthy => Path.Combine(Images!, "healthy");

    /// <summary>What was collected of the broken example image.</summary>
    internal static MarsEvidence Evidence() => MarsEvidence.Load(File.ReadAllBytes(SavedEvidence!), "broken.json");

    /// <summary>Where there are images, one of them, else the machine this runs on.</summary>
    internal static MarsSession Open(Action<MarsEvent>? onEvent = null) => MarsSession.Open(IsWindows ? null : Broken, onEvent);
}

/// <summary>Skipped where there are no images.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ImageFactAttribute : FactAttribute
{
    public ImageFactAttribute()
    {
        Skip = Machine.NoImages;
    }
}

/// <summary>Skipped where there is no saved evidence.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class EvidenceFactAttribute : FactAttribute
{
    public EvidenceFactAttribute()
    {
        Skip = Machine.NoEvidence;
    }
}

/// <summary>Skipped where a file is missing that the build makes.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BuildFactAttribute : FactAttribute
{
    public BuildFactAttribute()
    {
        Skip = Machine.IsWindows ? "the same sources are compared on Linux"
            : Machine.Repository is null || Machine.Layout is null || Machine.Stubs is null ? "tests/bindings/run.sh did not start this"
            : null;
    }
}

/// <summary>A copy of the broken example image in a folder of its own, whose name is far from ASCII.</summary>
internal sealed class ImageCopy : IDisposable
{
    private readonly string _folder = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "marshealth-" + Guid.NewGuid().ToString("N"));

    internal ImageCopy()
    {
        Path = System.IO.Path.Combine(_folder, "Αντίγραφο ασφαλείας 🚑 备份");
        Copy(new DirectoryInfo(Machine.Broken), Path);
    }

    internal string Path { get; }

    /// <summary>Every file with its bytes' digest. MarsHealth's own folder, with its journal and lock, is left out.</summary>
    internal string Contents()
    {
        using var digest = SHA256.Create();
        return string.Join("\n", Directory.GetFiles(Path, "*", SearchOption.AllDirectories)
            .Where(file => file.IndexOf("/ProgramData/MarsHealth/", StringComparison.Ordinal) < 0)
            .OrderBy(file => file, StringComparer.Ordinal)
            .Select(file => $"{file} {Convert.ToBase64String(digest.ComputeHash(File.ReadAllBytes(file)))}"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void Copy(DirectoryInfo from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (FileInfo file in from.GetFiles())
        {
            file.CopyTo(System.IO.Path.Combine(to, file.Name));
        }

        foreach (DirectoryInfo folder in from.GetDirectories())
        {
            Copy(folder, System.IO.Path.Combine(to, folder.Name));
        }
    }
}

/// <summary>The library's functions as the binding does not call them.</summary>
internal static class Raw
{
    internal static int ErrorCode()
    {
        var error = new NativeError { StructSize = (uint)Marshal.SizeOf<NativeError>() };
        Assert.Equal(0, NativeMethods.mars_error_copy(ref error));
        return error.Code;
    }
}
