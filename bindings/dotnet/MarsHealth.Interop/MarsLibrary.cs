namespace MarsHealth.Interop;

/// <summary>What the library knows.</summary>
public static class MarsLibrary
{
    /// <summary>Which library it is.</summary>
    public static VersionInfo Version => ReadVersion();

    /// <summary>Every check with its verdicts, as text or JSON.</summary>
    public static string CatalogChecks(Format format)
    {
        LibraryLoader.Ready();
        Status.Check(NativeMethods.mars_catalog_checks(out TextHandle text, (int)format));
        return Utf8.Take(text);
    }

    /// <summary>Every operation with its parameters, risk and what it needs, as text or JSON.</summary>
    public static string CatalogOperations(Format format)
    {
        LibraryLoader.Ready();
        Status.Check(NativeMethods.mars_catalog_operations(out TextHandle text, (int)format));
        return Utf8.Take(text);
    }

    /// <summary>JSON Schema of a document: evidence, report, plan or outcome.</summary>
    public static string Schema(string name)
    {
        LibraryLoader.Ready();
        Status.Check(NativeMethods.mars_schema(out TextHandle text, Utf8.Write(name, nameof(name))));
        return Utf8.Take(text);
    }

    /// <summary>A baseline of the agent's PowerShell module, from the module folder of a good machine, as JSON.</summary>
    /// <param name="folder">The module folder, of this machine or of an image mounted on it.</param>
    /// <param name="agentVersion">The version of the agent it belongs to; null: taken from cbengine.exe two folders above.</param>
    public static string MakeBaseline(string folder, string? agentVersion = null)
    {
        LibraryLoader.Ready();
        byte[]? where = Utf8.Write(folder, nameof(folder));
        byte[]? version = Utf8.Write(agentVersion, nameof(agentVersion));
        Status.Check(NativeMethods.mars_baseline_make(out TextHandle text, where, version));
        return Utf8.Take(text);
    }

    private static unsafe VersionInfo ReadVersion()
    {
        LibraryLoader.Ready();
        var native = new NativeVersionInfo { StructSize = (uint)sizeof(NativeVersionInfo) };
        Status.Check(NativeMethods.mars_version(ref native));
        return new VersionInfo(native);
    }
}
