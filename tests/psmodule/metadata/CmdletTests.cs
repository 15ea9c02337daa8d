// What the cmdlets are called, take and promise.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Reflection;
using System.Text.RegularExpressions;
using Xunit;

namespace MarsHealth.Cmdlets.Tests;

public sealed class CmdletTests
{
    /// <summary>What scripts rely on: a name that is taken away or renamed breaks them.</summary>
    private static readonly Dictionary<string, string> Contract = new()
    {
        ["Export-MarsEvidence"] = "Check Force ImagePath Path Redact",
        ["Get-MarsHealthCheck"] = "Check",
        ["Get-MarsRepairHistory"] = "ImagePath RunId",
        ["Get-MarsRepairPlan"] = "BaselinePath Check EvidencePath Finding Force ImagePath IncludeRisk Path Set",
        ["Get-MarsScheduledTask"] = "ImagePath TaskPath",
        ["Get-MarsShadowStorage"] = "ImagePath",
        ["Get-MarsVssWriter"] = "ImagePath",
        ["Invoke-MarsRepairPlan"] = "AnyMachine BaselinePath ImagePath Path Plan",
        ["New-MarsModuleBaseline"] = "AgentVersion Folder Force Path",
        ["Repair-MarsExecutionPolicy"] = "ImagePath Policy",
        ["Repair-MarsHealth"] = "AnyMachine BaselinePath Check Finding ImagePath IncludeRisk Set",
        ["Repair-MarsModule"] = "All AllowUnsigned BaselinePath ImagePath Source",
        ["Repair-MarsModulePath"] = "Folder ImagePath",
        ["Repair-MarsScheduledTask"] = "Enable EnableTriggers ImagePath MultipleInstances Principal TaskPath",
        ["Resize-MarsShadowStorage"] = "ImagePath MaximumSize StorageVolume Volume",
        ["Restart-MarsService"] = "ImagePath Name",
        ["Test-MarsHealth"] = "BaselinePath Check EvidencePath ExcludeCheck ImagePath Quiet Summary",
        ["Undo-MarsRepair"] = "AnyMachine Force ImagePath Partial RunId",
    };

    public static TheoryData<string> Names => new(Compiled.Cmdlets.Select(Compiled.NameOf));

    [Fact]
    public void Cmdlets_and_parameters_are_those_of_the_contract()
    {
        var actual = Compiled.Cmdlets.ToDictionary(Compiled.NameOf, cmdlet => string.Join(" ",
            Compiled.Parameters(cmdlet).Select(parameter => parameter.Name).Order(StringComparer.Ordinal)));
        Assert.Equal(Contract.OrderBy(entry => entry.Key, StringComparer.Ordinal), actual.OrderBy(entry => entry.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void The_manifest_exports_every_cmdlet_by_name_and_nothing_else()
    {
        var manifest = File.ReadAllText(Path.Combine(Places.Module, "MarsHealth.psd1"));
        var exported = Regex.Match(manifest, @"CmdletsToExport\s*=\s*@\(([^)]*)\)").Groups[1].Value;
        Assert.Equal(Compiled.Cmdlets.Select(Compiled.NameOf).Order(StringComparer.Ordinal),
            Regex.Matches(exported, "'([^']+)'").Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));
        foreach (var other in new[] { "Functions", "Aliases", "Variables" })
        {
            Assert.Matches(other + @"ToExport\s*=\s*@\(\)", manifest);
        }
        Assert.DoesNotMatch("ToExport.*\\*", manifest);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_class_is_public_sealed_and_called_as_its_cmdlet(string name)
    {
        var cmdlet = Of(name);
        Assert.True(cmdlet.IsPublic && cmdlet.IsSealed);
        Assert.Equal(name.Replace("-", "", StringComparison.Ordinal) + "Command", cmdlet.Name);
        Assert.StartsWith("Mars", name.Split('-')[1], StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_changes_something_asks_and_what_only_reads_does_not(string name)
    {
        var attribute = Compiled.Find<CmdletAttribute>(Of(name)).Single();
        var reads = name.StartsWith("Test-", StringComparison.Ordinal)
            || (name.StartsWith("Get-", StringComparison.Ordinal) && name != "Get-MarsRepairPlan");
        Assert.Equal(!reads, Compiled.Named(attribute, nameof(CmdletAttribute.SupportsShouldProcess)) is true);
    }

    [Fact]
    public void A_restart_is_confirmed_unless_told_otherwise()
    {
        var attribute = Compiled.Find<CmdletAttribute>(typeof(RestartMarsServiceCommand)).Single();
        Assert.Equal((int)ConfirmImpact.High, Compiled.Named(attribute, nameof(CmdletAttribute.ConfirmImpact)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_says_what_it_emits(string name) => Assert.NotEmpty(Compiled.Find<OutputTypeAttribute>(Of(name)));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_parameter_can_be_set_and_rejects_nothing_at_all(string name)
    {
        foreach (var parameter in Compiled.Parameters(Of(name)))
        {
            Assert.True(parameter.CanRead && parameter.CanWrite, parameter.Name);
            var validated = parameter.CustomAttributes.Any(attribute => attribute.AttributeType.Name.StartsWith("Validate", StringComparison.Ordinal));
            var free = parameter.PropertyType == typeof(SwitchParameter) || parameter.Name is "Finding" or "RunId"
                || (parameter.Name == "ImagePath" && Of(name).IsSubclassOf(typeof(PipedImageCmdlet)));
            Assert.True(validated || free, parameter.Name + " takes an empty string");
        }
    }

    [Theory]
    [InlineData("Check")]
    [InlineData("ExcludeCheck")]
    [InlineData("TaskPath")]
    public void Where_wildcards_are_taken_completion_helps(string parameter)
    {
        var uses = Compiled.Cmdlets.Select(cmdlet => cmdlet.GetProperty(parameter)).OfType<PropertyInfo>().ToList();
        Assert.NotEmpty(uses);
        Assert.All(uses, use =>
        {
            Assert.NotEmpty(Compiled.Find<SupportsWildcardsAttribute>(use));
            Assert.NotEmpty(Compiled.Find<ArgumentCompleterAttribute>(use));
        });
    }

    private static Type Of(string name) => Compiled.Cmdlets.Single(cmdlet => Compiled.NameOf(cmdlet) == name);
}
