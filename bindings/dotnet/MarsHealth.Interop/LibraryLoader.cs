using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;

namespace MarsHealth.Interop;

/// <summary>
/// Finds the native library by the architecture of the process, in a folder next to this assembly and nowhere else, so that
/// nobody's search path decides what is loaded: win-x64\marshealth.dll, linux-x64/libmarshealth.so.
/// </summary>
internal static partial class LibraryLoader
{
    /// <summary>The interface that this assembly is written for: MARS_ABI of marshealth.h.</summary>
    internal const uint Abi = 1;

    private const string InstallAgain = "Install MarsHealth again, with all of its files from one release";

    private static readonly object Gate = new();
    private static bool s_ready;

    /// <summary>Where the library has to be.</summary>
    internal static string LibraryPath => Path.Combine(AssemblyFolder, Platform, FileName);

    private static string FileName => IsWindows ? "marshealth.dll" : "libmarshealth.so";

    private static string AssemblyFolder
    {
        get
        {
            string location = typeof(LibraryLoader).Assembly.Location; // empty in a single-file program
            return string.IsNullOrEmpty(location) ? AppContext.BaseDirectory : Path.GetDirectoryName(location)!;
        }
    }

    /// <summary>
    /// Loads the library unless that is done, and compares its interface with ours. Every function that needs no handle calls
    /// this first: a handle comes from one of them.
    /// </summary>
    internal static void Ready()
    {
        if (Volatile.Read(ref s_ready))
        {
            return;
        }

        lock (Gate)
        {
            if (s_ready)
            {
                return;
            }

            string path = LibraryPath;
            if (!File.Exists(path))
            {
                throw Missing($"The MarsHealth library for this kind of process ({Platform}) is not at \"{path}\". {InstallAgain}.");
            }

            Load(path);
            CheckInterface(path);
            Volatile.Write(ref s_ready, true);
        }
    }

    private static unsafe void CheckInterface(string path)
    {
        var info = new NativeVersionInfo { StructSize = (uint)sizeof(NativeVersionInfo) };
        try
        {
            Status.Check(NativeMethods.mars_version(ref info));
        }
        catch (EntryPointNotFoundException failure)
        {
            throw Mismatch($"\"{path}\" is no MarsHealth library. {InstallAgain}.", failure);
        }

        if (info.Abi != Abi)
        {
            throw Mismatch(
                $"The MarsHealth library \"{path}\", version {Utf8.Required(info.Text)}, has interface {info.Abi}, and this"
                + $" MarsHealth.Interop.dll needs interface {Abi}. {InstallAgain}; if it was updated just now, start a new process.");
        }
    }

    private static MarsException Missing(string message, Exception? inner = null) =>
        new(MarsError.LibraryMissing, "library-missing", message, inner);

    private static MarsException Mismatch(string message, Exception? inner = null) =>
        new(MarsError.LibraryMismatch, "library-mismatch", message, inner);
}
