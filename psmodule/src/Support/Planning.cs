// How a plan is made.

using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using MarsHealth.Interop;

namespace MarsHealth.Cmdlets;

/// <summary>Plans, and what parameters add to them.</summary>
internal static class Planning
{
    private const string BaselineArgument = "powershell.restore-module.baseline";

    private static readonly char[] NotInKeys = { '=', '\n', '\r' };

    /// <summary>
    /// Reads a machine and makes the plan for what is found there now. wanted: the findings that it is for; null: all of the checks'.
    /// </summary>
    public static PlanDocument Make(MarsEvidence evidence, PlanOptions options, string? baseline, IEnumerable<FoundFinding>? wanted)
    {
        using var report = evidence.Check(options.Checks, baseline);
        using var plan = report.Plan(options);
        var document = new PlanDocument(plan.Render(Format.Json));
        if (wanted != null)
        {
            document.Keep((check, subject) => wanted.Any(finding => finding.Check == check && finding.Subject == subject));
        }
        return document;
    }

    /// <summary>
    /// -Set as the library takes it: lines OPERATION.ARGUMENT=VALUE. A baseline that is given for judging also vouches for the
    /// files that are restored.
    /// </summary>
    public static string? Sets(PSCmdlet cmdlet, Hashtable? set, string? baselinePath)
    {
        var lines = new List<string>();
        if (baselinePath != null && set?.ContainsKey(BaselineArgument) != true)
        {
            lines.Add(BaselineArgument + "=" + PathResolver.One(cmdlet, baselinePath));
        }
        foreach (DictionaryEntry entry in set ?? new Hashtable())
        {
            var key = Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? "";
            if (key.IndexOf('.') <= 0 || key.IndexOfAny(NotInKeys) >= 0)
            {
                cmdlet.ThrowTerminatingError(Errors.Make("InvalidSet", Strings.InvalidSet(key), ErrorCategory.InvalidArgument, key));
            }
            lines.Add(key + "=" + Value(entry.Value));
        }
        return lines.Count == 0 ? null : string.Join("\n", lines);
    }

    private static string Value(object? value)
    {
        var plain = value is PSObject wrapped ? wrapped.BaseObject : value;
        return plain is bool flag ? (flag ? "true" : "false") : Convert.ToString(plain, CultureInfo.InvariantCulture) ?? "";
    }
}
