#if NETFRAMEWORK
using System;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace MarsHealth.Interop;

internal static partial class LibraryLoader
{
    private const uint SearchItsFolderAndSystem32 = 0x00000100 | 0x00000800;
    private const uint SearchItsFolderFirst = 0x00000008; // for a Windows without the update that brought the flags above
    private const int InvalidParameter = 87;

    private static bool IsWindows => Environment.OSVersion.Platform == PlatformID.Win32NT;

    private static string Platform => (IsWindows ? "win" : "linux") + (IntPtr.Size == 8 ? "-x64" : "-x86");

    /// <summary>
    /// A module that is loaded already serves every later import of its name, so what is loaded here by its full path is what
    /// the functions are taken from. Elsewhere than on Windows, which is Mono, a dllmap file names the library.
    /// </summary>
    private static void Load(string path)
    {
        if (!IsWindows)
        {
            return;
        }

        IntPtr library = LoadLibraryEx(path, IntPtr.Zero, SearchItsFolderAndSystem32);
        if (library == IntPtr.Zero && Marshal.GetLastWin32Error() == InvalidParameter)
        {
            library = LoadLibraryEx(path, IntPtr.Zero, SearchItsFolderFirst);
        }

        if (library == IntPtr.Zero)
        {
            var failure = new Win32Exception(Marshal.GetLastWin32Error());
            throw Missing($"The MarsHealth library \"{path}\" cannot be loaded: {failure.Message}. {InstallAgain}.", failure);
        }

        IntPtr first = GetModuleHandle(FileName);
        if (first != library)
        {
            throw Mismatch(
                $"Another MarsHealth library, \"{PathOf(first)}\", is loaded in this process, so that \"{path}\" cannot be used."
                + " Start a new process.");
        }
    }

    private static string PathOf(IntPtr module)
    {
        var path = new char[1024];
        return new string(path, 0, GetModuleFileName(module, path, path.Length));
    }

    [DllImport("kernel32.dll", EntryPoint = "LoadLibraryExW", CharSet = CharSet.Unicode, SetLastError = true, ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern IntPtr LoadLibraryEx(string path, IntPtr reserved, uint flags);

    [DllImport("kernel32.dll", EntryPoint = "GetModuleHandleW", CharSet = CharSet.Unicode, ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern IntPtr GetModuleHandle(string name);

    [DllImport("kernel32.dll", EntryPoint = "GetModuleFileNameW", CharSet = CharSet.Unicode, ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int GetModuleFileName(IntPtr module, [Out] char[] path, int capacity);
}
#endif
