// How parameters name tasks.

using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using MarsHealth.Interop;

namespace MarsHealth.Cmdlets;

internal static class TaskPaths
{
    /// <summary>Patterns are whole paths, or the names behind the last backslash; null stands for all.</summary>
    public static bool Match(string path, string[]? patterns)
    {
        var name = path.Substring(path.LastIndexOf('\\') + 1);
        return patterns == null || patterns.Any(pattern => Like(path, pattern) || Like(name, pattern));
    }

    /// <summary>The agent's tasks on a machine.</summary>
    public static IEnumerable<string> Of(string evidenceJson)
    {
        var tasks = (JsonReader.ParseMember(evidenceJson, "schedule") as JsonObject)?.Object("tasks")?.Array("value") ?? new JsonArray();
        return tasks.Objects().Select(task => task.Object("path")?.Text("value")).OfType<string>();
    }

    // Backslashes separate folders here; a pattern takes them as they are.
    private static bool Like(string text, string pattern) => Wildcards.Of(pattern).IsMatch(text);
}
