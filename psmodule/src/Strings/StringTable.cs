// The texts of one language.

using System;
using System.Globalization;
using System.Resources;

namespace MarsHealth.Cmdlets;

/// <summary>
/// Finds the table of texts for a culture. Every language is a resource of this assembly itself: satellite assemblies
/// would depend on folders and on the host's rules for probing them, which differ between .NET Framework and .NET.
/// </summary>
internal static class StringTable
{
    public const string English = "en";

    /// <summary>Every language there is a table for; the name of its file is Strings.LANGUAGE.resx.</summary>
    public static readonly string[] Languages = { English, "zh-TW", "zh-CN", "ru", "sv" };

    // Cultures by the beginning of their names, the more particular ones first; then its language. Names, not CultureInfo.Parent: that needs
    // culture data, which a process under the invariant mode of .NET does not have.
    private static readonly string[][] Cultures =
    {
        new[] { "zh-Hant", "zh-TW" },
        new[] { "zh-TW", "zh-TW" },
        new[] { "zh-HK", "zh-TW" },
        new[] { "zh-MO", "zh-TW" },
        new[] { "zh-CHT", "zh-TW" },
        new[] { "zh", "zh-CN" },
        new[] { "ru", "ru" },
        new[] { "sv", "sv" },
    };

    /// <summary>The language for a culture such as "zh-HK"; English for one that has none, and for the invariant one.</summary>
    public static string LanguageOf(string culture)
    {
        foreach (var pair in Cultures)
        {
            if ((culture + "-").StartsWith(pair[0] + "-", StringComparison.OrdinalIgnoreCase))
            {
                return pair[1];
            }
        }
        return English;
    }

    /// <summary>The text of a key, or null.</summary>
    public static string? Find(string language, string key)
    {
        var resources = new ResourceManager("MarsHealth.Strings." + language, typeof(StringTable).Assembly);
        return resources.GetString(key, CultureInfo.InvariantCulture);
    }
}
