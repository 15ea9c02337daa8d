#if NET8_0_OR_GREATER
using System;
using System.IO;
using System.Reflection;
using System.Runtime.Loader;
using Xunit;

namespace MarsHealth.Interop.Tests;

/// <summary>A native library that is missing, broken or another one: each in a copy of the binding of its own.</summary>
public sealed class LoaderTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "marshealth-" + Guid.NewGuid().ToString("N"));
    private readonly string _library;

    public LoaderTests()
    {
        _library = Machine.IsWindows ? Path.Combine(_folder, "win-x64", "marshealth.dll") : Path.Combine(_folder, "linux-x64", "libmarshealth.so");
        Directory.CreateDirectory(Path.GetDirectoryName(_library)!);
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (UnauthorizedAccessException) when (Machine.IsWindows)
        {
            // What is loaded cannot be deleted there.
        }
    }

    [CopiesFact]
    public void Without_its_native_library_the_binding_says_where_it_has_to_be()
    {
        Exception failure = Failure(3);
        Assert.Equal((MarsError.LibraryMissing, "library-missing"), Describe(failure));
        Assert.Contains(_library, failure.Message);
        Assert.Contains("Install MarsHealth again", failure.Message);
    }

    [CopiesFact]
    public void A_file_that_is_no_library_cannot_be_loaded()
    {
        File.WriteAllText(_library, "no library");
        Exception failure = Failure(2);
        Assert.Equal((MarsError.LibraryMissing, "library-missing"), Describe(failure));
        Assert.Contains("cannot be loaded", failure.Message);
    }

    [SeveralLibrariesFact]
    public void Another_library_under_the_name_is_a_mismatch()
    {
        File.Copy(Path.Combine(Machine.Stubs!, "other_library" + Path.GetExtension(_library)), _library);
        Exception failure = Failure(2);
        Assert.Equal((MarsError.LibraryMismatch, "library-mismatch"), Describe(failure));
        Assert.Contains("is no MarsHealth library", failure.Message);
    }

    [SeveralLibrariesFact]
    public void A_library_of_another_interface_is_a_mismatch_that_names_both()
    {
        File.Copy(Path.Combine(Machine.Stubs!, "other_interface" + Path.GetExtension(_library)), _library);
        Exception failure = Failure(2);
        Assert.Equal((MarsError.LibraryMismatch, "library-mismatch"), Describe(failure));
        Assert.Contains("version 9.8.7, has interface 77", failure.Message);
        Assert.Contains($"needs interface {LibraryLoader.Abi}", failure.Message);
    }

    [SeveralLibrariesFact]
    public void Once_the_library_is_there_the_binding_works()
    {
        Assembly copy = Copy();
        Assert.NotNull(Failure(copy));
        File.Copy(LibraryLoader.LibraryPath, _library);
        Assert.Null(Failure(copy));
    }

    private static (int Code, string Name) Describe(Exception failure) =>
        ((int)failure.GetType().GetProperty("Code")!.GetValue(failure)!, (string)failure.GetType().GetProperty("Name")!.GetValue(failure)!);

    private static Exception? Failure(Assembly binding) =>
        HandleTests.Try(() => binding.GetType("MarsHealth.Interop.MarsLibrary")!.GetProperty("Version")!.GetValue(null))?.InnerException;

    /// <summary>What it says, which is the same each time.</summary>
    private Exception Failure(int times)
    {
        Assembly copy = Copy();
        Exception first = Failure(copy)!;
        for (int i = 1; i < times; i++)
        {
            Assert.Equal(first.Message, Failure(copy)!.Message);
        }

        return first;
    }

    private Assembly Copy()
    {
        string file = Path.Combine(_folder, "MarsHealth.Interop.dll");
        File.Copy(Path.Combine(AppContext.BaseDirectory, "MarsHealth.Interop.dll"), file);
        return new AssemblyLoadContext(file).LoadFromAssemblyPath(file);
    }
}

/// <summary>Skipped where the binding is no file that can be copied, or nothing was made to be put beside it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal class CopiesFactAttribute : FactAttribute
{
    public CopiesFactAttribute()
    {
        Skip = !File.Exists(Path.Combine(AppContext.BaseDirectory, "MarsHealth.Interop.dll")) ? "the binding is inside the program"
            : Machine.Stubs is null ? "MARSHEALTH_STUBS is not set"
            : null;
    }
}

/// <summary>Skipped where a process can use one library only.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SeveralLibrariesFactAttribute : CopiesFactAttribute
{
    public SeveralLibrariesFactAttribute()
    {
        Skip ??= Machine.IsOneLibraryOnly ? "a process has one library of the name" : null;
    }
}
#endif
