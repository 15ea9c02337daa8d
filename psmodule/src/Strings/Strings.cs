// The texts of the cmdlets in the user's language.

using System.Collections.Concurrent;
using System.Globalization;

namespace MarsHealth.Cmdlets;

/// <summary>
/// Every text that a cmdlet shows, in the language of the thread, which is that of the PowerShell session. One member a
/// key; Strings.en.resx says what each is for and what its numbered parts are. What the library says comes from the
/// library, in English.
/// </summary>
internal static class Strings
{
    private static readonly ConcurrentDictionary<string, string> Texts = new ConcurrentDictionary<string, string>();

    public static string ConfirmCaption => Get(nameof(ConfirmCaption));
    public static string ChangeValue(object? target, object? before, object? after) =>
        Get(nameof(ChangeValue), target, before, after);
    public static string ChangeValueQuery(object? target, object? before, object? after) =>
        Get(nameof(ChangeValueQuery), target, before, after);
    public static string CreateValue(object? target, object? after) => Get(nameof(CreateValue), target, after);
    public static string CreateValueQuery(object? target, object? after) =>
        Get(nameof(CreateValueQuery), target, after);
    public static string RemoveValue(object? target, object? before) => Get(nameof(RemoveValue), target, before);
    public static string RemoveValueQuery(object? target, object? before) =>
        Get(nameof(RemoveValueQuery), target, before);
    public static string DoOnce(object? action) => Get(nameof(DoOnce), action);
    public static string DoOnceQuery(object? action) => Get(nameof(DoOnceQuery), action);
    public static string TakeStep(object? number, object? title) => Get(nameof(TakeStep), number, title);
    public static string TakeStepQuery(object? number, object? title) => Get(nameof(TakeStepQuery), number, title);
    public static string UndoRun(object? runId) => Get(nameof(UndoRun), runId);
    public static string UndoRunQuery(object? runId) => Get(nameof(UndoRunQuery), runId);
    public static string WriteFile(object? path) => Get(nameof(WriteFile), path);
    public static string WriteFileQuery(object? path) => Get(nameof(WriteFileQuery), path);
    public static string TargetThisServer(object? computer) => Get(nameof(TargetThisServer), computer);
    public static string TargetImage(object? path) => Get(nameof(TargetImage), path);
    public static string ProgressTest(object? target) => Get(nameof(ProgressTest), target);
    public static string ProgressCollect(object? group, object? number, object? total) =>
        Get(nameof(ProgressCollect), group, number, total);
    public static string ProgressPlan(object? target) => Get(nameof(ProgressPlan), target);
    public static string ProgressRepair(object? target) => Get(nameof(ProgressRepair), target);
    public static string ProgressUndo(object? target) => Get(nameof(ProgressUndo), target);
    public static string NotElevated => Get(nameof(NotElevated));
    public static string NothingToRepair(object? target) => Get(nameof(NothingToRepair), target);
    public static string RestartAdvised => Get(nameof(RestartAdvised));
    public static string RunStopped(object? runId) => Get(nameof(RunStopped), runId);
    public static string RunNeedsRecovery => Get(nameof(RunNeedsRecovery));
    public static string RemoteFinding(object? computer, object? command) =>
        Get(nameof(RemoteFinding), computer, command);
    public static string OtherMachine(object? found, object? here, object? command) =>
        Get(nameof(OtherMachine), found, here, command);
    public static string EvidenceNotRepairable(object? path, object? command) =>
        Get(nameof(EvidenceNotRepairable), path, command);
    public static string LiveOnlyOnWindows => Get(nameof(LiveOnlyOnWindows));
    public static string Process32Bit => Get(nameof(Process32Bit));
    public static string LibraryMissing(object? detail) => Get(nameof(LibraryMissing), detail);
    public static string LibraryMismatch(object? detail) => Get(nameof(LibraryMismatch), detail);
    public static string CheckNotFound(object? pattern) => Get(nameof(CheckNotFound), pattern);
    public static string NoCheckLeft => Get(nameof(NoCheckLeft));
    public static string TaskNotFound(object? pattern, object? target) => Get(nameof(TaskNotFound), pattern, target);
    public static string RunNotFound(object? runId, object? target) => Get(nameof(RunNotFound), runId, target);
    public static string PathNotFound(object? path) => Get(nameof(PathNotFound), path);
    public static string PathNotFileSystem(object? path) => Get(nameof(PathNotFileSystem), path);
    public static string PathExists(object? path) => Get(nameof(PathExists), path);
    public static string FileUnreadable(object? path, object? reason) => Get(nameof(FileUnreadable), path, reason);
    public static string FileUnwritable(object? path, object? reason) => Get(nameof(FileUnwritable), path, reason);
    public static string InvalidSet(object? key) => Get(nameof(InvalidSet), key);
    public static string NoPlanStep => Get(nameof(NoPlanStep));
    public static string StepFailed(object? title, object? reason) => Get(nameof(StepFailed), title, reason);
    public static string StepRefused(object? title, object? reason) => Get(nameof(StepRefused), title, reason);
    public static string VerboseLibrary(object? path, object? version) => Get(nameof(VerboseLibrary), path, version);
    public static string VerboseRun(object? runId) => Get(nameof(VerboseRun), runId);
    public static string SummaryLine(object? computer, object? fail, object? warn, object? unknown, object? pass, object? verdict) =>
        Get(nameof(SummaryLine), computer, fail, warn, unknown, pass, verdict);
    public static string SummaryStarts => Get(nameof(SummaryStarts));
    public static string SummaryFails => Get(nameof(SummaryFails));
    public static string SummaryUnknown => Get(nameof(SummaryUnknown));
    public static string SummaryFindings(object? line, object? checks) => Get(nameof(SummaryFindings), line, checks);
    public static string SummaryMore(object? count) => Get(nameof(SummaryMore), count);

    public static string FactUnknown(object fact, object reason) => Get(nameof(FactUnknown), fact, reason);
    public static string NotAFinding(object? item) => Get(nameof(NotAFinding), item ?? "null");
    public static string ConfirmationNeeded(object title) => Get(nameof(ConfirmationNeeded), title);

    /// <summary>The text of a key, with its parts filled in. A key that a language lacks is taken from English.</summary>
    public static string Get(string key, params object?[] parts)
    {
        var culture = CultureInfo.CurrentUICulture;
        var text = Texts.GetOrAdd(StringTable.LanguageOf(culture.Name) + "/" + key, Load);
        return parts.Length == 0 ? text : string.Format(CultureInfo.CurrentCulture, text, parts);
    }

    private static string Load(string languageAndKey)
    {
        var slash = languageAndKey.IndexOf('/');
        var key = languageAndKey.Substring(slash + 1);
        return StringTable.Find(languageAndKey.Substring(0, slash), key) ?? StringTable.Find(StringTable.English, key) ?? key;
    }
}
