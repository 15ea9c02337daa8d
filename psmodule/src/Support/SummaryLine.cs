// A report in one line.

using System.Collections.Generic;
using System.Linq;
using System.Text;
using MarsHealth.Interop;

namespace MarsHealth.Cmdlets;

/// <summary>For consoles that show the last line of what a script says.</summary>
internal static class SummaryLine
{
    /// <summary>In UTF-8: what such consoles keep is 2,048 bytes, a line end among them.</summary>
    private const int MostBytes = 2000;

    public static string Of(MarsReport report)
    {
        var summary = report.Summary;
        var machine = JsonReader.ParseMember(report.Render(Format.Jsonl), "machine") as JsonObject;
        var line = Strings.SummaryLine(machine?.Text("computer_name") ?? "-", summary.Fail, summary.Warn, summary.Unknown, summary.Pass,
            Verdict(summary, report.Findings));
        var failed = report.Findings.Where(finding => finding.Status == FindingStatus.Fail)
            .Select(finding => finding.Check).Distinct().ToList();
        if (failed.Count > 0)
        {
            line = Strings.SummaryFindings(line, Listed(failed, MostBytes - Encoding.UTF8.GetByteCount(line) - 200));
        }
        return OneLine(line);
    }

    private static string Verdict(Summary summary, IEnumerable<Interop.Finding> findings) =>
        findings.Any(finding => finding.Blocking && finding.Status == FindingStatus.Fail) ? Strings.SummaryFails
            : summary.UnknownBlocking > 0 ? Strings.SummaryUnknown
            : Strings.SummaryStarts;

    private static string Listed(List<string> names, int mostBytes)
    {
        var shown = new List<string>();
        foreach (var name in names)
        {
            mostBytes -= name.Length + 2;
            if (mostBytes < 0)
            {
                shown.Add(Strings.SummaryMore(names.Count - shown.Count));
                break;
            }
            shown.Add(name);
        }
        return string.Join(", ", shown);
    }

    private static string OneLine(string text)
    {
        var builder = new StringBuilder(text.Length);
        var bytes = 0;
        foreach (var character in text)
        {
            bytes += character < 0x80 ? 1 : 3;
            if (bytes > MostBytes)
            {
                break;
            }
            builder.Append(char.IsControl(character) ? ' ' : character);
        }
        return builder.ToString();
    }
}
