// A plan as a document that is edited before it is applied.

using System;
using System.Collections.Generic;
using System.Linq;
using MarsHealth.Interop;

namespace MarsHealth.Cmdlets;

/// <summary>Takes steps out of a plan, or into it, as a person would in the file.</summary>
internal sealed class PlanDocument
{
    private readonly JsonObject plan;

    public PlanDocument(string json) => plan = JsonReader.ParseObject(json);

    private IEnumerable<JsonObject> Steps => plan.Array("steps").Objects();

    public bool IsEmpty => !Steps.Any();

    public string Text => JsonWriter.Write(plan);

    /// <summary>Removes the steps that answer none of what is wanted: check and subject of a finding.</summary>
    public void Keep(Func<string?, string?, bool> wanted)
    {
        var kept = new JsonArray();
        kept.AddRange(Steps.Where(step => step.Array("for").Objects().Any(reason => wanted(reason.Text("check"), reason.Text("subject")))));
        plan["steps"] = kept;
    }

    /// <summary>Sets whether the step of this number is taken.</summary>
    public void Take(ulong number, bool take)
    {
        var step = Steps.FirstOrDefault(candidate => candidate["number"] is long found && (ulong)found == number);
        if (step != null)
        {
            step["take"] = take;
        }
    }

    public MarsPlan Load(string name) => MarsPlan.Load(Text, name);
}
