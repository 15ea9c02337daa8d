// The texts that cmdlets show.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace MarsHealth.Cmdlets.Tests;

public sealed class StringTests
{
    private static readonly string Folder = Path.Combine(Places.ModuleSources, "Strings");

    public static TheoryData<string> Translations => new(StringTable.Languages.Where(language => language != StringTable.English));

    [Fact]
    public void Every_text_has_a_member_and_every_member_a_text()
    {
        var members = typeof(Strings).GetMembers(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(member => member.Name != "Get" && !member.Name.StartsWith("get_", StringComparison.Ordinal))
            .Select(member => member.Name);
        Assert.Equal(Read(StringTable.English).Keys.Order(StringComparer.Ordinal), members.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_text_is_shown_somewhere()
    {
        var used = Directory.GetFiles(Places.ModuleSources, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.StartsWith(Folder, StringComparison.Ordinal))
            .SelectMany(file => Regex.Matches(File.ReadAllText(file), @"\bStrings\.(\w+)").Select(match => match.Groups[1].Value))
            .ToHashSet();
        Assert.Empty(Read(StringTable.English).Keys.Except(used));
    }

    [Theory]
    [MemberData(nameof(Translations))]
    public void A_translation_has_the_same_texts_with_the_same_parts(string language)
    {
        var english = Read(StringTable.English);
        var translated = Read(language);
        Assert.Equal(english.Keys.Order(StringComparer.Ordinal), translated.Keys.Order(StringComparer.Ordinal));
        foreach (var key in english.Keys)
        {
            Assert.Equal(Parts(english[key]), Parts(translated[key]));
            Assert.True(translated[key].Trim().Length > 0, key);
        }
    }

    [Theory]
    [InlineData("", "en")]
    [InlineData("en-GB", "en")]
    [InlineData("de-DE", "en")]
    [InlineData("zh-HK", "zh-TW")]
    [InlineData("zh-SG", "zh-CN")]
    [InlineData("ru-RU", "ru")]
    [InlineData("sv-FI", "sv")]
    public void A_culture_gets_its_language(string culture, string language)
    {
        Assert.Equal(language, StringTable.LanguageOf(culture));
        Assert.Equal(Read(language)["NoCheckLeft"], StringTable.Find(language, "NoCheckLeft"));
    }

    [Fact]
    public void The_invariant_culture_reads_English()
    {
        var before = CultureInfo.CurrentUICulture;
        try
        {
            CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;
            Assert.Equal(Read(StringTable.English)["NoCheckLeft"], Strings.NoCheckLeft);
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }

    private static Dictionary<string, string> Read(string language) =>
        XDocument.Load(Path.Combine(Folder, "Strings." + language + ".resx")).Root!.Elements("data")
            .ToDictionary(data => (string)data.Attribute("name")!, data => (string)data.Element("value")!);

    private static IEnumerable<string> Parts(string text) =>
        Regex.Matches(text, @"\{\d\}").Select(match => match.Value).Distinct().Order(StringComparer.Ordinal);
}
