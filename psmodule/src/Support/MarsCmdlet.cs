// What all cmdlets have in common.

using System;
using System.IO;
using System.Management.Automation;
using System.Runtime.ExceptionServices;
using MarsHealth.Interop;

namespace MarsHealth.Cmdlets;

/// <summary>
/// Opens sessions, shows what they tell as progress and verbose messages, ends them on Ctrl+C, and turns the library's
/// errors into error records.
/// </summary>
public abstract class MarsCmdlet : PSCmdlet
{
    private readonly object sessionLock = new object();
    private MarsSession? session;
    private ProgressRecord? progress;
    private string activity = "";
    private Exception? stopped;

    /// <summary>Asks the library for its version: if it is missing or of another version, this is the one place that says so.</summary>
    protected override void BeginProcessing()
    {
        if (IntPtr.Size == 4 && Environment.Is64BitOperatingSystem)
        {
            ThrowTerminatingError(Errors.Make("Process32Bit", Strings.Process32Bit, ErrorCategory.ResourceUnavailable));
        }
        try
        {
            WriteVerbose(Strings.VerboseLibrary(Path.GetDirectoryName(GetType().Assembly.Location) ?? "", MarsLibrary.Version.Text));
        }
        catch (MarsException exception)
        {
            ThrowTerminatingError(Errors.From(exception, null));
        }
    }

    /// <summary>Ctrl+C. Runs on another thread than the rest.</summary>
    protected override void StopProcessing()
    {
        lock (sessionLock)
        {
            session?.Cancel();
        }
    }

    /// <summary>Opens a machine for what is done with it, and shows what the library tells as of this activity.</summary>
    private protected void WithSession(Target target, string newActivity, Action<MarsSession> action)
    {
        if (target.ImagePath == null && Environment.OSVersion.Platform != PlatformID.Win32NT)
        {
            WriteError(Errors.Make("Unsupported", Strings.LiveOnlyOnWindows, ErrorCategory.NotImplemented));
            return;
        }
        activity = newActivity;
        stopped = null;
        var opened = MarsSession.Open(target.ImagePath, OnEvent);
        try
        {
            lock (sessionLock)
            {
                session = opened;
            }
            if (Stopping)
            {
                opened.Cancel();
            }
            action(opened);
        }
        finally
        {
            lock (sessionLock)
            {
                session = null;
            }
            opened.Dispose();
            CompleteProgress();
        }
    }

    /// <summary>Does something for one object of the pipeline: an error of the library is that object's, and the next one is done.</summary>
    private protected bool Try(object? target, Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (MarsException exception)
        {
            ThrowIfStopped();
            WriteError(Errors.From(exception, target));
        }
        catch (FormatException exception)
        {
            WriteError(Errors.Make("Malformed", exception.Message, ErrorCategory.InvalidData, target));
        }
        catch (Exception exception) when (exception is IOException || exception is UnauthorizedAccessException)
        {
            WriteError(Errors.Make("Unreadable", exception.Message, ErrorCategory.ReadError, target));
        }
        return false;
    }

    /// <summary>To be called when the library has returned: a stop that its event met goes on from here.</summary>
    private protected void ThrowIfStopped()
    {
        if (stopped != null)
        {
            ExceptionDispatchInfo.Capture(stopped).Throw();
        }
        if (Stopping)
        {
            throw new PipelineStoppedException();
        }
    }

    private protected void ShowProgress(string status, long done, long total)
    {
        progress ??= new ProgressRecord(1, activity, status);
        progress.StatusDescription = status;
        progress.PercentComplete = total > 0 ? (int)(100 * done / total) : -1;
        WriteProgress(progress);
    }

    private void CompleteProgress()
    {
        if (progress != null && !Stopping)
        {
            progress.RecordType = ProgressRecordType.Completed;
            WriteProgress(progress);
        }
        progress = null;
    }

    /// <summary>
    /// Called by the library on the thread of the cmdlet. Writing may fail because the pipeline is being stopped, which must
    /// not travel through the library: it is told to end instead.
    /// </summary>
    private void OnEvent(MarsEvent told)
    {
        if (stopped != null)
        {
            return;
        }
        try
        {
            if (told.Kind == MarsEventKind.Progress)
            {
                ShowProgress(Strings.ProgressCollect(told.Text, told.Done, told.Total), (long)told.Done, (long)told.Total);
            }
            else if (told.Kind == MarsEventKind.Log)
            {
                WriteVerbose(told.Text);
            }
        }
        catch (Exception exception) when (exception is PipelineStoppedException || exception is RuntimeException
            || exception is InvalidOperationException)
        {
            stopped = exception;
            StopProcessing();
        }
    }
}
