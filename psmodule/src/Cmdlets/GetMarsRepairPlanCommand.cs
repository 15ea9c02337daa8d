using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using MarsHealth.Interop;

namespace MarsHealth.Cmdlets;

/// <summary>Plans the repair of what is found, without changing anything.</summary>
[Cmdlet(VerbsCommon.Get, "MarsRepairPlan", DefaultParameterSetName = ImageSet, SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(RepairPlan))]
public sealed class GetMarsRepairPlanCommand : MarsCmdlet
{
    private const string ImageSet = "Image";
    private const string EvidenceSet = "Evidence";
    private const string FindingSet = "Finding";

    private FindingSelection? selection;

    /// <summary>A folder laid out like a server's system drive. Default: this server.</summary>
    [Parameter(ParameterSetName = ImageSet)]
    [Parameter(ParameterSetName = FindingSet)]
    [ValidateNotNullOrEmpty]
    public string? ImagePath { get; set; }

    /// <summary>An evidence file, as Export-MarsEvidence writes it.</summary>
    [Parameter(ParameterSetName = EvidenceSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string? EvidencePath { get; set; }

    /// <summary>Findings of Test-MarsHealth.</summary>
    [Parameter(ParameterSetName = FindingSet, Mandatory = true, ValueFromPipeline = true)]
    public PSObject[] Finding { get; set; } = Array.Empty<PSObject>();

    /// <summary>Plan for these checks only: ids, groups or wildcards.</summary>
    [Parameter(ParameterSetName = ImageSet, Position = 0)]
    [Parameter(ParameterSetName = EvidenceSet, Position = 0)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(CheckCompleter))]
    public string[]? Check { get; set; }

    /// <summary>Arguments that no check can know: operation.argument = value.</summary>
    [Parameter]
    [ValidateNotNull]
    public Hashtable? Set { get; set; }

    /// <summary>Take steps up to this risk.</summary>
    [Parameter]
    [ValidateSet("Low", "Medium", "High")]
    public Risk IncludeRisk { get; set; } = Risk.Low;

    /// <summary>A baseline of the agent's module.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? BaselinePath { get; set; }

    /// <summary>Save the plan there too, as JSON.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Overwrite the file.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        selection = new FindingSelection(this, "Get-MarsRepairPlan");
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() => selection!.Add(Finding);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (ParameterSetName == FindingSet)
        {
            foreach (var findings in selection!.ByTarget())
            {
                PlanFor(ImagePath == null ? findings.Key : Target.Image(PathResolver.One(this, ImagePath)), findings.ToList());
            }
        }
        else
        {
            PlanFor(EvidencePath != null ? Target.Evidence(PathResolver.One(this, EvidencePath))
                : Target.Image(ImagePath == null ? null : PathResolver.One(this, ImagePath)), null);
        }
    }

    private void PlanFor(Target target, List<FoundFinding>? findings)
    {
        var options = new PlanOptions
        {
            Checks = findings == null ? CheckCatalog.Select(this, Check, null) : string.Join(",", FindingSelection.Checks(findings)),
            IncludeRisk = IncludeRisk,
            Sets = Planning.Sets(this, Set, BaselinePath),
        };
        Try(target.ImagePath ?? target.EvidencePath, () =>
        {
            if (target.EvidencePath != null)
            {
                using var evidence = MarsEvidence.Load(File.ReadAllBytes(target.EvidencePath), target.EvidencePath);
                Emit(evidence, target, options, findings);
                return;
            }
            WithSession(target, Strings.ProgressPlan(target.Title), session =>
            {
                using var evidence = session.Collect(options.Checks);
                ThrowIfStopped();
                Emit(evidence, target, options, findings);
            });
        });
    }

    private void Emit(MarsEvidence evidence, Target target, PlanOptions options, List<FoundFinding>? findings)
    {
        if (findings != null && !selection!.IsSameMachine(findings, MachineIdentity.FromEvidence(evidence.Save())))
        {
            return;
        }
        var baseline = BaselinePath == null ? null : PathResolver.ReadText(this, BaselinePath);
        var document = Planning.Make(evidence, options, baseline, findings);
        if (Path == null || OutputFile.Write(this, Path, document.Text + "\n", Force) != null)
        {
            WriteObject(new RepairPlan(document.Text, target.ImagePath));
        }
    }
}
