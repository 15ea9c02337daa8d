// Files that cmdlets write.

using System;
using System.IO;
using System.Management.Automation;
using System.Text;

namespace MarsHealth.Cmdlets;

internal static class OutputFile
{
    /// <summary>
    /// Writes a document where a parameter names it, after having asked. An existing file is kept unless force is given. Gives
    /// the file, or null if nothing was written.
    /// </summary>
    public static FileInfo? Write(PSCmdlet cmdlet, string path, string text, bool force)
    {
        var file = PathResolver.One(cmdlet, path);
        if (!force && File.Exists(file))
        {
            cmdlet.WriteError(Errors.Make("PathExists", Strings.PathExists(file), ErrorCategory.ResourceExists, file));
            return null;
        }
        if (!cmdlet.ShouldProcess(Strings.WriteFile(file), Strings.WriteFileQuery(file), Strings.ConfirmCaption))
        {
            return null;
        }
        try
        {
            WriteWhole(file, text, force);
            return new FileInfo(file);
        }
        catch (Exception exception) when (exception is IOException || exception is UnauthorizedAccessException)
        {
            cmdlet.WriteError(
                Errors.Make("Unwritable", Strings.FileUnwritable(file, exception.Message), ErrorCategory.WriteError, file));
            return null;
        }
    }

    // A file that was made in between is not overwritten either.
    private static void WriteWhole(string file, string text, bool force)
    {
        using var stream = new FileStream(file, force ? FileMode.Create : FileMode.CreateNew, FileAccess.Write, FileShare.None);
        var bytes = new UTF8Encoding(false).GetBytes(text);
        stream.Write(bytes, 0, bytes.Length);
    }
}
