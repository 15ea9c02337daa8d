using System.Linq;
using System.Management.Automation;
using MarsHealth.Interop;

namespace MarsHealth.Cmdlets;

/// <summary>Applies a plan that was made before, and perhaps edited.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "MarsRepairPlan", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(RepairResult))]
public sealed class InvokeMarsRepairPlanCommand : ChangingCmdlet
{
    private const string PathSet = "Path";
    private const string PlanSet = "Plan";

    /// <summary>A plan's file, as Get-MarsRepairPlan -Path saves it.</summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>A plan, as Get-MarsRepairPlan emits it.</summary>
    [Parameter(ParameterSetName = PlanSet, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public RepairPlan? Plan { get; set; }

    /// <summary>A folder laid out like a server's system drive, such as its mounted disk. Default: that of the plan, or this server.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ImagePath { get; set; }

    /// <summary>The baseline that the plan was made with.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? BaselinePath { get; set; }

    /// <summary>Also where the plan is another machine's.</summary>
    [Parameter]
    public SwitchParameter AnyMachine { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var target = Target.Image(ImagePath == null ? Plan?.ImagePath : PathResolver.One(this, ImagePath));
        Try(target.ImagePath, () =>
        {
            var document = Read();
            if (document.IsEmpty)
            {
                WriteWarning(Strings.NoPlanStep);
                return;
            }
            var options = new ApplyOptions
            {
                AnyMachine = AnyMachine,
                Baseline = BaselinePath == null ? null : PathResolver.ReadText(this, BaselinePath),
            };
            WithSession(target, Strings.ProgressRepair(target.Title), session => ApplyPlan(session, target, document, options));
        });
    }

    private PlanDocument Read()
    {
        if (Plan == null)
        {
            return new PlanDocument(PathResolver.ReadText(this, Path));
        }
        var document = new PlanDocument(Plan.Json);
        var asMade = new RepairPlan(Plan.Json, null);
        foreach (var step in Plan.Steps.Zip(asMade.Steps, (now, made) => new { now, made }).Where(pair => pair.now.Take != pair.made.Take))
        {
            document.Take((ulong)step.now.Number, step.now.Take);
        }
        return document;
    }
}
