// Cmdlets that look at one machine and change nothing.

using System;
using System.Management.Automation;
using MarsHealth.Interop;

namespace MarsHealth.Cmdlets;

/// <summary>Reads what checks need, from the running machine or an image.</summary>
public abstract class ReadingCmdlet : MarsCmdlet
{
    /// <summary>
    /// <para type="description">A folder laid out like a server's system drive, such as its mounted disk. Default: this server.</para>
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ImagePath { get; set; }

    private protected Target Target => Target.Image(ImagePath == null ? null : PathResolver.One(this, ImagePath));

    /// <summary>Reads what these checks need, and emits one object for each record of a list in it.</summary>
    private protected void EmitRecords(string checks, string group, string list, string typeName, Predicate<PSObject> wanted)
    {
        var target = Target;
        Try(target.ImagePath, () => WithSession(target, Strings.ProgressTest(target.Title), session =>
        {
            using var evidence = session.Collect(checks);
            ThrowIfStopped();
            var json = evidence.Save();
            var machine = MachineIdentity.FromEvidence(json);
            var fact = (JsonReader.ParseMember(json, group) as JsonObject)?.Object(list);
            if (fact?.Text("unknown") is string reason)
            {
                WriteError(Errors.Make("FactUnknown", Strings.FactUnknown(group + "." + list, fact.Text("detail") ?? reason),
                    ErrorCategory.ReadError, target.ImagePath));
                return;
            }
            foreach (var record in (fact?.Array("value") ?? new JsonArray()).Objects())
            {
                var item = EvidenceRecord.ToObject(record, typeName, target, machine);
                if (wanted(item))
                {
                    WriteObject(item);
                }
            }
        }));
    }
}
