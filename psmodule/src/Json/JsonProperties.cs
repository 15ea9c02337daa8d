// JSON as the objects of a pipeline.

using System;
using System.Linq;
using System.Management.Automation;
using System.Text;

namespace MarsHealth.Cmdlets;

/// <summary>Turns JSON into objects with properties, whose names are written as PowerShell writes them.</summary>
internal static class JsonProperties
{
    public static object? ToObject(object? value)
    {
        switch (value)
        {
            case JsonObject record:
                var result = new PSObject();
                foreach (var member in record.Members)
                {
                    result.Properties.Add(new PSNoteProperty(PascalCase(member.Key), ToObject(member.Value)));
                }
                return result;
            case JsonArray array:
                return array.Select(ToObject).ToArray();
            default:
                return value;
        }
    }

    /// <summary>"start_boundary" and "start-boundary" become "StartBoundary".</summary>
    public static string PascalCase(string name)
    {
        var builder = new StringBuilder(name.Length);
        var upper = true;
        foreach (var character in name)
        {
            if (character == '_' || character == '-')
            {
                upper = true;
                continue;
            }
            builder.Append(upper ? char.ToUpperInvariant(character) : character);
            upper = false;
        }
        return builder.ToString();
    }

    /// <summary>A time as the library writes it; null if it is none.</summary>
    public static DateTime? Time(string? text) =>
        DateTime.TryParse(text, System.Globalization.CultureInfo.InvariantCulture,
            System.Globalization.DateTimeStyles.AdjustToUniversal | System.Globalization.DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : (DateTime?)null;
}
