// What the module's folder and its packages hold.

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using Xunit;

namespace MarsHealth.Cmdlets.Tests;

public sealed class PackageTests
{
    private static readonly string[] Files =
    {
        "LICENSE",
        "MarsHealth.psd1",
        "en-US/MarsHealth.Cmdlets.dll-Help.xml",
        "en-US/about_MarsHealth.help.txt",
        "net462/MarsHealth.Cmdlets.dll",
        "net462/MarsHealth.Interop.dll",
        "net8.0/MarsHealth.Cmdlets.dll",
        "net8.0/MarsHealth.Interop.dll",
        "net8.0/linux-x64/libmarshealth.so",
    };

    /// <summary>Only there where the Windows build was made.</summary>
    private static readonly string[] WindowsFiles = { "net462/win-x64/marshealth.dll", "net8.0/win-x64/marshealth.dll" };

    private static string Version =>
        Regex.Match(File.ReadAllText(Path.Combine(Places.Sources, "CMakeLists.txt")), @"project\(marshealth VERSION ([0-9.]+)").Groups[1].Value;

    private static IEnumerable<string> Expected =>
        Files.Concat(File.Exists(Path.Combine(Places.Build, "win-x64", "marshealth.dll")) ? WindowsFiles : Array.Empty<string>())
            .Order(StringComparer.Ordinal);

    [Fact]
    public void The_folder_holds_what_is_needed_and_nothing_else()
    {
        var actual = Directory.GetFiles(Places.Module, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Places.Module, file).Replace('\\', '/'));
        Assert.Equal(Expected, actual.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_script_is_in_it_that_an_execution_policy_could_stop() =>
        Assert.DoesNotContain(Files, file => Regex.IsMatch(file, @"\.(ps1|psm1|ps1xml|cdxml)$"));

    [Theory]
    [InlineData("net462", new[] { "mscorlib", "System", "System.Core", "System.Management.Automation", "MarsHealth.Interop" })]
    [InlineData("net8.0", new[] { "System.*", "MarsHealth.Interop" })]
    public void An_assembly_refers_to_what_is_there(string framework, string[] allowed)
    {
        foreach (var name in new[] { "MarsHealth.Cmdlets.dll", "MarsHealth.Interop.dll" })
        {
            var others = References(Path.Combine(Places.Module, framework, name)).Where(reference => !allowed.Any(pattern =>
                pattern.EndsWith('*') ? reference.StartsWith(pattern.TrimEnd('*'), StringComparison.Ordinal) : reference == pattern));
            Assert.Empty(others);
        }
    }

    [Fact]
    public void PowerShell_is_referred_to_by_the_version_that_all_have()
    {
        foreach (var framework in new[] { "net462", "net8.0" })
        {
            using var file = new PEReader(File.OpenRead(Path.Combine(Places.Module, framework, "MarsHealth.Cmdlets.dll")));
            var reader = file.GetMetadataReader();
            var version = reader.AssemblyReferences.Select(reader.GetAssemblyReference)
                .Single(reference => reader.GetString(reference.Name) == "System.Management.Automation").Version;
            Assert.Equal(new Version(3, 0, 0, 0), version);
        }
    }

    [Fact]
    public void The_manifest_the_assemblies_and_the_library_have_one_version()
    {
        Assert.Contains("ModuleVersion          = '" + Version + "'", File.ReadAllText(Path.Combine(Places.Module, "MarsHealth.psd1")),
            StringComparison.Ordinal);
        foreach (var file in Expected.Where(file => file.EndsWith(".dll", StringComparison.Ordinal) && !file.Contains("win-", StringComparison.Ordinal)))
        {
            Assert.StartsWith(Version, FileVersionInfo.GetVersionInfo(Path.Combine(Places.Module, file)).ProductVersion ?? "", StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_zip_file_holds_the_folder()
    {
        using var zip = ZipFile.OpenRead(Path.Combine(Places.Build, "MarsHealth-" + Version + ".zip"));
        AssertHolds(zip, "MarsHealth/", Array.Empty<string>());
    }

    [Fact]
    public void The_NuGet_package_holds_the_folder_and_its_description()
    {
        using var package = ZipFile.OpenRead(Path.Combine(Places.Build, "MarsHealth." + Version + ".nupkg"));
        AssertHolds(package, "", new[] { "MarsHealth.nuspec", "[Content_Types].xml", "_rels/.rels" });
        using var reader = new StreamReader(package.GetEntry("MarsHealth.nuspec")!.Open());
        Assert.Contains("<version>" + Version + "</version>", reader.ReadToEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public void Sources_are_ASCII_so_that_no_encoding_is_guessed()
    {
        var files = Directory.GetFiles(Path.Combine(Places.Sources, "psmodule", "MarsHealth"), "*", SearchOption.AllDirectories)
            .Concat(Directory.GetFiles(Places.ModuleSources, "*.cs", SearchOption.AllDirectories))
            .Concat(Directory.GetFiles(Path.Combine(Places.Sources, "tests", "psmodule"), "*.ps1"));
        Assert.All(files, file => Assert.DoesNotContain(File.ReadAllBytes(file), value => value >= 0x80));
    }

    private static void AssertHolds(ZipArchive archive, string prefix, string[] more)
    {
        var entries = archive.Entries.Where(entry => !entry.FullName.EndsWith('/')).ToDictionary(entry => entry.FullName);
        Assert.Equal(Expected.Select(file => prefix + file).Concat(more).Order(StringComparer.Ordinal),
            entries.Keys.Order(StringComparer.Ordinal));
        foreach (var file in Expected)
        {
            Assert.Equal(new FileInfo(Path.Combine(Places.Module, file)).Length, entries[prefix + file].Length);
        }
    }

    private static IEnumerable<string> References(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var reader = file.GetMetadataReader();
        return reader.AssemblyReferences.Select(handle => reader.GetString(reader.GetAssemblyReference(handle).Name)).ToList();
    }
}
