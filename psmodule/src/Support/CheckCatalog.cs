// The checks that the library knows, and how parameters name them.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using MarsHealth.Interop;

namespace MarsHealth.Cmdlets;

internal static class CheckCatalog
{
    public static IEnumerable<HealthCheck> All()
    {
        var checks = JsonReader.Parse(MarsLibrary.CatalogChecks(Format.Json)) as JsonArray ?? new JsonArray();
        return checks.Objects().Select(check => new HealthCheck(check));
    }

    /// <summary>
    /// The checks to judge, as the library takes them: ids separated by commas, or null for its default. Names are ids, groups
    /// ("schedule") and wildcards; one that stands for no check ends the cmdlet.
    /// </summary>
    public static string? Select(PSCmdlet cmdlet, string[]? included, string[]? excluded)
    {
        if (included == null && excluded == null)
        {
            return null;
        }
        var all = All().ToList();
        var chosen = included == null ? all.Where(check => !check.OnlyWhenAsked).ToList() : Named(cmdlet, all, included);
        foreach (var check in excluded == null ? new List<HealthCheck>() : Named(cmdlet, all, excluded))
        {
            chosen.Remove(check);
        }
        if (chosen.Count == 0)
        {
            cmdlet.ThrowTerminatingError(Errors.Make("NoCheckLeft", Strings.NoCheckLeft, ErrorCategory.InvalidArgument));
        }
        return string.Join(",", chosen.Select(check => check.Check));
    }

    public static bool Matches(HealthCheck check, string pattern) =>
        check.Check.StartsWith(pattern + ".", StringComparison.OrdinalIgnoreCase)
        || Wildcards.Of(pattern).IsMatch(check.Check);

    public static ErrorRecord NotFound(string pattern) =>
        Errors.Make("CheckNotFound", Strings.CheckNotFound(pattern), ErrorCategory.ObjectNotFound, pattern);

    private static List<HealthCheck> Named(PSCmdlet cmdlet, List<HealthCheck> all, string[] patterns)
    {
        var chosen = new List<HealthCheck>();
        foreach (var pattern in patterns)
        {
            var matching = all.Where(check => Matches(check, pattern)).ToList();
            if (matching.Count == 0)
            {
                cmdlet.ThrowTerminatingError(NotFound(pattern));
            }
            chosen.AddRange(matching.Except(chosen));
        }
        return chosen;
    }
}
