// What Get-MarsScheduledTask, Get-MarsShadowStorage and Get-MarsVssWriter emit: parts of the evidence.

using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace MarsHealth.Cmdlets;

/// <summary>
/// Turns a record of the evidence, in which each fact is known, absent or unknown, into an object with a property a fact:
/// its value, or null. Which facts are unknown, and why, stands in the property UnknownFacts.
/// </summary>
internal static class EvidenceRecord
{
    public static PSObject ToObject(JsonObject record, string typeName, Target target, MachineIdentity machine)
    {
        var unknown = new List<string>();
        var result = Build(record, unknown);
        result.TypeNames.Insert(0, typeName);
        Add(result, "UnknownFacts", unknown.ToArray());
        Add(result, "ComputerName", machine.ComputerName);
        Add(result, "ImagePath", target.ImagePath);
        return result;
    }

    private static PSObject Build(JsonObject record, List<string> unknown)
    {
        var result = new PSObject();
        foreach (var member in record.Members)
        {
            Add(result, JsonProperties.PascalCase(member.Key), Value(member.Key, member.Value as JsonObject, unknown));
        }
        return result;
    }

    private static object? Value(string name, JsonObject? fact, List<string> unknown)
    {
        if (fact?.Text("unknown") is string reason)
        {
            var detail = fact.Text("detail");
            unknown.Add(JsonProperties.PascalCase(name) + ": " + reason + (detail == null ? "" : " (" + detail + ")"));
        }
        return fact?["value"] is JsonArray items
            ? items.Select(item => item is JsonObject record ? Build(record, unknown) : JsonProperties.ToObject(item)).ToArray()
            : JsonProperties.ToObject(fact?["value"]);
    }

    private static void Add(PSObject result, string name, object? value) => result.Properties.Add(new PSNoteProperty(name, value));
}
