using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text;
using MarsHealth.Interop;

namespace MarsHealth.Cmdlets;

/// <summary>Judges machines, images and saved evidence. Never fails because a machine is ill: that is what its output says.</summary>
[Cmdlet(VerbsDiagnostic.Test, "MarsHealth", DefaultParameterSetName = ImageSet)]
[OutputType(typeof(Finding), typeof(bool), typeof(string))]
public sealed class TestMarsHealthCommand : MarsCmdlet
{
    private const string ImageSet = "Image";
    private const string EvidenceSet = "Evidence";

    private string? checks;
    private string? baseline;
    private int judged;

    /// <summary>Ids, groups or wildcards.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(CheckCompleter))]
    public string[]? Check { get; set; }

    /// <summary>Checks that are left out.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(CheckCompleter))]
    public string[]? ExcludeCheck { get; set; }

    /// <summary>Folders laid out like a server's system drive.</summary>
    [Parameter(ParameterSetName = ImageSet)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[]? ImagePath { get; set; }

    /// <summary>Evidence files, as Export-MarsEvidence writes them.</summary>
    [Parameter(ParameterSetName = EvidenceSet, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [Alias("FullName")]
    public string[] EvidencePath { get; set; } = Array.Empty<string>();

    /// <summary>A baseline of the agent's module.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? BaselinePath { get; set; }

    /// <summary>Emit only whether nothing fails.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <summary>Emit one line.</summary>
    [Parameter]
    public SwitchParameter Summary { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        checks = CheckCatalog.Select(this, Check, ExcludeCheck);
        baseline = BaselinePath == null ? null : PathResolver.ReadText(this, BaselinePath);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == EvidenceSet)
        {
            foreach (var file in EvidencePath.SelectMany(path => PathResolver.Existing(this, path)))
            {
                JudgeOrSay(Target.Evidence(file), JudgeEvidence);
            }
        }
        else if (ImagePath == null)
        {
            JudgeOrSay(Target.ThisMachine, JudgeMachine);
        }
        else
        {
            foreach (var folder in ImagePath.SelectMany(path => PathResolver.Existing(this, path)))
            {
                JudgeOrSay(Target.Image(folder), JudgeMachine);
            }
        }
    }

    private void JudgeOrSay(Target target, Action<Target> judge)
    {
        var before = judged;
        Try(target.ImagePath ?? target.EvidencePath, () => judge(target));
        if (Quiet && judged == before)
        {
            WriteObject(false);
        }
    }

    private void JudgeEvidence(Target target)
    {
        var bytes = File.ReadAllBytes(target.EvidencePath!);
        using var evidence = MarsEvidence.Load(bytes, target.EvidencePath);
        Emit(evidence, target, () => Encoding.UTF8.GetString(bytes));
    }

    private void JudgeMachine(Target target) => WithSession(target, Strings.ProgressTest(target.Title), session =>
    {
        using var evidence = session.Collect(checks);
        ThrowIfStopped();
        Emit(evidence, target, () => evidence.Save());
    });

    private void Emit(MarsEvidence evidence, Target target, Func<string> document)
    {
        using var report = evidence.Check(checks, baseline);
        judged++;
        if (Quiet)
        {
            WriteObject(report.Summary.Fail == 0 && report.Summary.UnknownBlocking == 0);
            return;
        }
        if (Summary)
        {
            WriteObject(SummaryLine.Of(report));
            return;
        }
        var json = document();
        var machine = MachineIdentity.FromEvidence(json);
        var findings = report.Findings.Select(finding => new Finding(finding, machine, target)).ToList();
        // What needs attention comes first; within a status the order is the catalogue's.
        WriteObject(findings.OrderBy(finding => finding.Urgency), true);
        WarnOfRights(target, json);
    }

    private void WarnOfRights(Target target, string json)
    {
        if (target.Equals(Target.ThisMachine) && JsonReader.ParseMember(json, "machine") is JsonObject machine
            && machine.Object("elevated")?["value"] is false)
        {
            WriteWarning(Strings.NotElevated);
        }
    }
}
