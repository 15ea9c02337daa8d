// Tab completion.

using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using MarsHealth.Interop;

namespace MarsHealth.Cmdlets;

/// <summary>Offers what begins as the word does. A completer that fails offers nothing: it must not disturb who is typing.</summary>
public abstract class Completer : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete,
        CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            var pattern = Wildcards.Of((wordToComplete ?? "").Trim('\'', '"') + "*");
            return Candidates(fakeBoundParameters["ImagePath"] as string)
                .Where(candidate => pattern.IsMatch(candidate.Key))
                .Select(candidate => new CompletionResult(Quote(candidate.Key), candidate.Key, CompletionResultType.ParameterValue,
                    candidate.Value))
                .ToList();
        }
        catch (Exception exception) when (exception is MarsException || exception is FormatException)
        {
            return Array.Empty<CompletionResult>();
        }
    }

    /// <summary>Each with its tool tip.</summary>
    private protected abstract IEnumerable<KeyValuePair<string, string>> Candidates(string? imagePath);

    /// <summary>The document of what these checks need, of the running machine or an image.</summary>
    private protected static string Evidence(string? imagePath, string checks)
    {
        using var session = MarsSession.Open(imagePath);
        using var evidence = session.Collect(checks);
        return evidence.Save();
    }

    private protected static IEnumerable<JsonObject> Records(string evidence, string group, string list) =>
        ((JsonReader.ParseMember(evidence, group) as JsonObject)?.Object(list)?.Array("value") ?? new JsonArray()).Objects();

    private static string Quote(string text) =>
        text.All(character => char.IsLetterOrDigit(character) || "-_.:\\*".IndexOf(character) >= 0) ? text
            : "'" + text.Replace("'", "''") + "'";
}

/// <summary>Ids of checks.</summary>
public sealed class CheckCompleter : Completer
{
    private protected override IEnumerable<KeyValuePair<string, string>> Candidates(string? imagePath) =>
        CheckCatalog.All().Select(check => new KeyValuePair<string, string>(check.Check, check.Title));
}

/// <summary>The agent's tasks on the machine.</summary>
public sealed class TaskCompleter : Completer
{
    private protected override IEnumerable<KeyValuePair<string, string>> Candidates(string? imagePath) =>
        TaskPaths.Of(Evidence(imagePath, "schedule"))
            .SelectMany(path => new[] { path.Substring(path.LastIndexOf('\\') + 1), path })
            .Select(name => new KeyValuePair<string, string>(name, name));
}

/// <summary>Volumes that have shadow storage.</summary>
public sealed class VolumeCompleter : Completer
{
    private protected override IEnumerable<KeyValuePair<string, string>> Candidates(string? imagePath) =>
        Records(Evidence(imagePath, "shadow.storage"), "shadow", "storage")
            .Select(storage => GetMarsShadowStorageCommand.VolumeName(storage.Object("source_letter")?["value"],
                storage.Object("source_volume")?["value"])).OfType<string>().Distinct()
            .Select(volume => new KeyValuePair<string, string>(volume, volume));
}

/// <summary>Services that backups and restores depend on.</summary>
public sealed class ServiceCompleter : Completer
{
    private protected override IEnumerable<KeyValuePair<string, string>> Candidates(string? imagePath) =>
        Records(Evidence(imagePath, "services"), "services", "services")
            .Select(service => new KeyValuePair<string, string>(service.Object("name")?.Text("value") ?? "",
                service.Object("display_name")?.Text("value") ?? "-"))
            .Where(candidate => candidate.Key.Length > 0);
}
