using System;
using System.IO;
using Xunit;

namespace MarsHealth.Interop.Tests;

public class LibraryTests
{
    [Fact]
    public void The_version_is_told()
    {
        VersionInfo version = MarsLibrary.Version;
        Assert.Equal(LibraryLoader.Abi, version.Abi);
        Assert.Equal(version.Text, version.Version.ToString(3));
        Assert.Equal("marshealth/evidence/1", version.EvidenceSchema);
        Assert.Equal("marshealth/report/1", version.ReportSchema);
        Assert.Equal(version.Text, typeof(MarsLibrary).Assembly.GetName().Version!.ToString(3));
    }

    [Fact]
    public void Catalogues_and_schemas_are_given()
    {
        Assert.Contains("schedule.enabled", MarsLibrary.CatalogChecks(Format.Json));
        Assert.Contains("task.enable", MarsLibrary.CatalogOperations(Format.Json));
        foreach (string name in new[] { "evidence", "report", "plan", "outcome" })
        {
            Assert.Contains("\"$schema\"", MarsLibrary.Schema(name));
        }
    }

    [Fact]
    public void The_native_library_is_looked_for_beside_the_assembly_only()
    {
        string folder = Path.GetDirectoryName(LibraryLoader.LibraryPath)!;
        Assert.Equal(Machine.IsWindows ? "win-x64" : "linux-x64", Path.GetFileName(folder));
        Assert.Equal(Machine.IsWindows ? "marshealth.dll" : "libmarshealth.so", Path.GetFileName(LibraryLoader.LibraryPath));
        Assert.Equal(
            AppDomain.CurrentDomain.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar),
            Path.GetDirectoryName(folder));
    }

    [ImageFact]
    public void A_baseline_is_made_of_a_folder()
    {
        string folder = Path.Combine(Machine.Healthy, "Program Files", "Microsoft Azure Recovery Services Agent", "bin", "Modules", "MSOnlineBackup");
        Assert.Contains("MSOnlineBackup.psd1", MarsLibrary.MakeBaseline(folder, "2.0.9999.0"));
        Assert.Throws<MarsException>(() => MarsLibrary.MakeBaseline(Path.Combine(folder, "nothing"), "1.0"));
    }
}
