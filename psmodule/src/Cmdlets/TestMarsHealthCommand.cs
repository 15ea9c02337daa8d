using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Runtime.ExceptionServices;
using System.Threading.Tasks;
using MarsHealth.Interop;

namespace MarsHealth.Cmdlets;

/// <summary>Judges machines, images and saved evidence. Never fails because a machine is ill: that is what its output says.</summary>
[Cmdlet(VerbsDiagnostic.Test, "MarsHealth", DefaultParameterSetName = ImageSet)]
[OutputType(typeof(Finding), typeof(bool), typeof(string))]
public sealed class TestMarsHealthCommand : MarsCmdlet
{
    private const string ImageSet = "Image";
    private const string EvidenceSet = "Evidence";

    private const int FilesPerProcessor = 4;

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
            JudgeEvidence(EvidencePath.SelectMany(path => PathResolver.Existing(this, path)).ToList());
        }
        else if (ImagePath == null)
        {
            EmitOrSay(Target.ThisMachine, () => JudgeMachine(Target.ThisMachine));
        }
        else
        {
            foreach (var folder in ImagePath.SelectMany(path => PathResolver.Existing(this, path)))
            {
                EmitOrSay(Target.Image(folder), () => JudgeMachine(Target.Image(folder)));
            }
        }
    }

    /// <summary>Files are judged by all processors, so many at a time that memory does not grow with their number, and told in order.</summary>
    private void JudgeEvidence(List<string> files)
    {
        var batch = new Action[Environment.ProcessorCount * FilesPerProcessor];
        for (var first = 0; first < files.Count && !Stopping; first += batch.Length)
        {
            var count = Math.Min(batch.Length, files.Count - first);
            var start = first;
            if (!Summary)
            {
                Parallel.For(0, count, index => batch[index] = JudgeFile(Target.Evidence(files[start + index])));
            }
            for (var index = 0; index < count; index++)
            {
                var target = Target.Evidence(files[start + index]);
                // A line is in the language of this thread, so it is made on it.
                EmitOrSay(target, Summary ? JudgeFile(target) : batch[index]);
            }
        }
    }

    /// <summary>Judges on any thread. What it returns tells the result, or throws what went wrong, on the cmdlet's own.</summary>
    private Action JudgeFile(Target target)
    {
        try
        {
            var bytes = File.ReadAllBytes(target.EvidencePath!);
            using var evidence = MarsEvidence.Load(bytes, target.EvidencePath);
            var judgement = Judge(evidence, target, () => MachineIdentity.FromEvidence(bytes));
            return () => Emit(judgement);
        }
        catch (Exception exception)
        {
            var failure = ExceptionDispatchInfo.Capture(exception);
            return () => failure.Throw();
        }
    }

    private void EmitOrSay(Target target, Action emit)
    {
        var before = judged;
        Try(target.ImagePath ?? target.EvidencePath, emit);
        if (Quiet && judged == before)
        {
            WriteObject(false);
        }
    }

    private void JudgeMachine(Target target) => WithSession(target, Strings.ProgressTest(target.Title), session =>
    {
        using var evidence = session.Collect(checks);
        ThrowIfStopped();
        var json = evidence.Save();
        Emit(Judge(evidence, target, () => MachineIdentity.FromEvidence(json)));
        WarnOfRights(target, json);
    });

    /// <summary>A truth value, a line, or findings: what needs attention first, within a status in the catalogue's order.</summary>
    private object Judge(MarsEvidence evidence, Target target, Func<MachineIdentity> identify)
    {
        using var report = evidence.Check(checks, baseline);
        if (Quiet)
        {
            return report.Summary.Fail == 0 && report.Summary.UnknownBlocking == 0;
        }
        if (Summary)
        {
            return SummaryLine.Of(report);
        }
        var machine = identify();
        return report.Findings.Select(finding => new Finding(finding, machine, target)).OrderBy(finding => finding.Urgency).ToList();
    }

    private void Emit(object judgement)
    {
        judged++;
        WriteObject(judgement, true);
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
