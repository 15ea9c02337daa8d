#if NET8_0_OR_GREATER
using System;
using System.Reflection;
using System.Runtime.InteropServices;

namespace MarsHealth.Interop;

internal static partial class LibraryLoader
{
    private static IntPtr s_library;
    private static bool s_resolving;

    private static bool IsWindows => OperatingSystem.IsWindows();

    private static string Platform
    {
        get
        {
            string system = IsWindows ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
            string processor = RuntimeInformation.ProcessArchitecture switch
            {
                Architecture.X64 => "x64",
                Architecture.X86 => "x86",
                Architecture.Arm64 => "arm64",
                Architecture.Arm => "arm",
                Architecture other => other.ToString(),
            };
            return $"{system}-{processor}";
        }
    }

    private static void Load(string path)
    {
        try
        {
            s_library = NativeLibrary.Load(path);
        }
        catch (Exception failure) when (failure is DllNotFoundException or BadImageFormatException)
        {
            throw Missing($"The MarsHealth library \"{path}\" cannot be loaded: {failure.Message.Trim()}. {InstallAgain}.", failure);
        }

        if (!s_resolving)
        {
            NativeLibrary.SetDllImportResolver(typeof(LibraryLoader).Assembly, Resolve);
            s_resolving = true;
        }
    }

    private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) =>
        name == NativeMethods.Library ? s_library : IntPtr.Zero;
}
#endif
