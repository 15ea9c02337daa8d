using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using MarsHealth.Interop;

namespace MarsHealth.Cmdlets;

/// <summary>Repairs what is found: everything, some checks, or the findings that are given.</summary>
[Cmdlet(VerbsDiagnostic.Repair, "MarsHealth", DefaultParameterSetName = CheckSet, SupportsShouldProcess = true)]
[OutputType(typeof(RepairResult))]
public sealed class RepairMarsHealthCommand : ChangingCmdlet
{
    private const string CheckSet = "Check";
    private const string FindingSet = "Finding";

    private FindingSelection? selection;

    /// <summary>Repair what these checks find: ids, groups or wildcards.</summary>
    [Parameter(ParameterSetName = CheckSet, Position = 0)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(CheckCompleter))]
    public string[]? Check { get; set; }

    /// <summary>Findings of Test-MarsHealth.</summary>
    [Parameter(ParameterSetName = FindingSet, Mandatory = true, ValueFromPipeline = true)]
    public PSObject[] Finding { get; set; } = Array.Empty<PSObject>();

    /// <summary>A folder laid out like a server's system drive, such as its mounted disk. Default: that of the findings, or this server.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ImagePath { get; set; }

    /// <summary>Take steps up to this risk.</summary>
    [Parameter]
    [ValidateSet("Low", "Medium", "High")]
    public Risk IncludeRisk { get; set; } = Risk.Low;

    /// <summary>Arguments that no check can know: operation.argument = value.</summary>
    [Parameter]
    [ValidateNotNull]
    public Hashtable? Set { get; set; }

    /// <summary>A baseline of the agent's module.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? BaselinePath { get; set; }

    /// <summary>Also where the findings are another machine's.</summary>
    [Parameter]
    public SwitchParameter AnyMachine { get; set; }

    private Target? Named => ImagePath == null ? null : Target.Image(PathResolver.One(this, ImagePath));

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        selection = new FindingSelection(this, "Repair-MarsHealth");
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() => selection!.Add(Finding);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (ParameterSetName != FindingSet)
        {
            Repair(Named ?? Target.ThisMachine, null);
            return;
        }
        foreach (var findings in selection!.ByTarget())
        {
            Repair(Named ?? findings.Key, findings.ToList());
        }
    }

    private void Repair(Target target, List<FoundFinding>? findings)
    {
        if (target.EvidencePath != null)
        {
            WriteError(Errors.Make("EvidenceNotRepairable", Strings.EvidenceNotRepairable(target.EvidencePath,
                "Get-MarsRepairPlan -EvidencePath '" + target.EvidencePath.Replace("'", "''")
                    + "' -Path plan.json; Invoke-MarsRepairPlan -Path plan.json"),
                ErrorCategory.InvalidOperation, target.EvidencePath));
            return;
        }
        var options = new PlanOptions
        {
            Checks = findings == null ? CheckCatalog.Select(this, Check, null) : string.Join(",", FindingSelection.Checks(findings)),
            IncludeRisk = IncludeRisk,
            Sets = Planning.Sets(this, Set, BaselinePath),
        };
        var baseline = BaselinePath == null ? null : PathResolver.ReadText(this, BaselinePath);
        Try(target.ImagePath, () => WithSession(target, Strings.ProgressRepair(target.Title),
            session => Repair(session, target, options, baseline, findings)));
    }

    private void Repair(MarsSession session, Target target, PlanOptions options, string? baseline, List<FoundFinding>? findings)
    {
        PlanDocument document;
        using (var evidence = session.Collect(options.Checks))
        {
            ThrowIfStopped();
            if (findings != null && !AnyMachine && !selection!.IsSameMachine(findings, MachineIdentity.FromEvidence(evidence.Save())))
            {
                return;
            }
            document = Planning.Make(evidence, options, baseline, findings);
        }
        if (document.IsEmpty)
        {
            WriteVerbose(Strings.NothingToRepair(target.Title));
            return;
        }
        ApplyPlan(session, target, document, new ApplyOptions { AnyMachine = AnyMachine, Baseline = baseline });
    }
}
