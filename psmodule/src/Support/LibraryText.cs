// What the library says, for who reads it in PowerShell.

using System.Text.RegularExpressions;

namespace MarsHealth.Cmdlets;

internal static class LibraryText
{
    /// <summary>The library names its command line tool's way to give an argument; here it is the parameter -Set.</summary>
    public static string? ForCmdlets(string? text) =>
        text == null ? null : Regex.Replace(text, @"--set (\S+)=VALUE", "-Set @{ '$1' = VALUE }");
}
