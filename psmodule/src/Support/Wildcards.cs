// Patterns as parameters take them.

using System.Management.Automation;

namespace MarsHealth.Cmdlets;

internal static class Wildcards
{
    /// <summary>Case does not matter, and what case is does not depend on the user's language: a Turkish "I" is no other letter.</summary>
    public static WildcardPattern Of(string pattern) =>
        WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
}
