// PowerShell's paths as paths of the system.

using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.IO;
using System.Management.Automation;

namespace MarsHealth.Cmdlets;

internal static class PathResolver
{
    /// <summary>
    /// The files and folders that a path stands for, which may have wildcards; what exists under that very name is taken
    /// first. One that stands for none is an error of its own, and gives none.
    /// </summary>
    public static IEnumerable<string> Existing(PSCmdlet cmdlet, string path)
    {
        if (Literal(cmdlet, path) is string literal && (File.Exists(literal) || Directory.Exists(literal)))
        {
            return new[] { literal };
        }
        if (!WildcardPattern.ContainsWildcardCharacters(path))
        {
            cmdlet.WriteError(Errors.Make("PathNotFound", Strings.PathNotFound(path), ErrorCategory.ObjectNotFound, path));
            return Array.Empty<string>();
        }
        return Matching(cmdlet, path);
    }

    /// <summary>The one file or folder that a path of a parameter names; it need not exist. Ends the cmdlet if the path is no such name.</summary>
    public static string One(PSCmdlet cmdlet, string path)
    {
        if (Literal(cmdlet, path) is string literal)
        {
            return literal;
        }
        cmdlet.ThrowTerminatingError(
            Errors.Make("PathNotFileSystem", Strings.PathNotFileSystem(path), ErrorCategory.InvalidArgument, path));
        return "";
    }

    /// <summary>The text of a file that a parameter names.</summary>
    public static string ReadText(PSCmdlet cmdlet, string path)
    {
        var file = One(cmdlet, path);
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is FileNotFoundException || exception is DirectoryNotFoundException)
        {
            cmdlet.ThrowTerminatingError(
                Errors.Make("PathNotFound", Strings.PathNotFound(file), ErrorCategory.ObjectNotFound, file));
        }
        catch (Exception exception) when (exception is IOException || exception is UnauthorizedAccessException)
        {
            cmdlet.ThrowTerminatingError(
                Errors.Make("Unreadable", Strings.FileUnreadable(file, exception.Message), ErrorCategory.ReadError, file));
        }
        return "";
    }

    private static Collection<string> Matching(PSCmdlet cmdlet, string path)
    {
        try
        {
            var found = cmdlet.SessionState.Path.GetResolvedProviderPathFromPSPath(path, out var provider);
            if (provider.Name == "FileSystem" && found.Count > 0)
            {
                return found;
            }
        }
        catch (Exception exception) when (exception is ItemNotFoundException || exception is System.Management.Automation.DriveNotFoundException
            || exception is ProviderNotFoundException)
        {
            // Said below.
        }
        cmdlet.WriteError(Errors.Make("PathNotFound", Strings.PathNotFound(path), ErrorCategory.ObjectNotFound, path));
        return new Collection<string>();
    }

    private static string? Literal(PSCmdlet cmdlet, string path)
    {
        try
        {
            var found = cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
            return provider.Name == "FileSystem" ? found : null;
        }
        catch (Exception exception) when (exception is System.Management.Automation.DriveNotFoundException || exception is ProviderNotFoundException
            || exception is NotSupportedException || exception is ArgumentException)
        {
            return null;
        }
    }
}
