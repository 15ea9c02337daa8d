namespace MarsHealth.Interop;

// The checks and repairs of the mission, each by its own name.
public sealed partial class MarsSession
{
    /// <summary>Collects what the check of the execution policy needs and judges it.</summary>
    public MarsReport CheckExecutionPolicy() => Report(NativeMethods.mars_check_execution_policy);

    /// <summary>Collects what the check of PSModulePath needs and judges it.</summary>
    public MarsReport CheckModulePath() => Report(NativeMethods.mars_check_module_path);

    /// <summary>Collects what the check of the agent's PowerShell module needs and judges it.</summary>
    public MarsReport CheckModuleIntegrity() => Report(NativeMethods.mars_check_module_integrity);

    /// <summary>Collects what all checks of scheduled tasks need and judges them.</summary>
    public MarsReport CheckScheduledTasks() => Report(NativeMethods.mars_check_scheduled_tasks);

    /// <summary>Whether tasks and their triggers are enabled.</summary>
    public MarsReport CheckTaskEnabled() => Report(NativeMethods.mars_check_task_enabled);

    /// <summary>Whose account tasks run as.</summary>
    public MarsReport CheckTaskPrincipal() => Report(NativeMethods.mars_check_task_principal);

    /// <summary>What tasks do when they run already.</summary>
    public MarsReport CheckTaskMultipleInstances() => Report(NativeMethods.mars_check_task_multiple_instances);

    /// <summary>Whether shadow copies have room.</summary>
    public MarsReport CheckShadowStorage() => Report(NativeMethods.mars_check_shadow_storage);

    /// <summary>Operation powershell.set-execution-policy: RemoteSigned or Unrestricted. Refused while group policy decides.</summary>
    public MarsOutcome SetExecutionPolicy(string policy, ApplyOptions? options = null)
    {
        byte[]? value = Utf8.Write(policy, nameof(policy));
        return Change(options, (out OutcomeHandle outcome, ref NativeApplyOptions native) =>
            NativeMethods.mars_set_execution_policy(out outcome, _handle, value, ref native));
    }

    /// <summary>Operation powershell.add-module-path: an absolute folder, appended to the machine's PSModulePath.</summary>
    public MarsOutcome AddModulePath(string folder, ApplyOptions? options = null)
    {
        byte[]? value = Utf8.Write(folder, nameof(folder));
        return Change(options, (out OutcomeHandle outcome, ref NativeApplyOptions native) =>
            NativeMethods.mars_add_module_path(out outcome, _handle, value, ref native));
    }

    /// <summary>Operation powershell.restore-module: files of the agent's module from a folder on the machine this runs on.</summary>
    /// <param name="source">The folder.</param>
    /// <param name="baseline">A baseline file that vouches for its files; null: a trusted signature has to.</param>
    /// <param name="allowUnsigned">Also files that nothing vouches for.</param>
    /// <param name="everyFile">Not only the missing and damaged ones.</param>
    /// <param name="options">How.</param>
    public MarsOutcome RestoreModule(string source, string? baseline = null, bool allowUnsigned = false, bool everyFile = false, ApplyOptions? options = null)
    {
        byte[]? from = Utf8.Write(source, nameof(source));
        byte[]? file = Utf8.Write(baseline, nameof(baseline));
        return Change(options, (out OutcomeHandle outcome, ref NativeApplyOptions native) =>
            NativeMethods.mars_restore_module(out outcome, _handle, from, file, allowUnsigned ? 1 : 0, everyFile ? 1 : 0, ref native));
    }

    /// <summary>Operation dotnet.enable-strong-crypto: runtime is v4.0.30319 or all.</summary>
    public MarsOutcome EnableStrongCrypto(string runtime, ApplyOptions? options = null)
    {
        byte[]? value = Utf8.Write(runtime, nameof(runtime));
        return Change(options, (out OutcomeHandle outcome, ref NativeApplyOptions native) =>
            NativeMethods.mars_enable_strong_crypto(out outcome, _handle, value, ref native));
    }

    /// <summary>Operation service.set-start: start is automatic, delayed or manual.</summary>
    public MarsOutcome SetServiceStart(string service, string start, ApplyOptions? options = null)
    {
        byte[]? name = Utf8.Write(service, nameof(service));
        byte[]? value = Utf8.Write(start, nameof(start));
        return Change(options, (out OutcomeHandle outcome, ref NativeApplyOptions native) =>
            NativeMethods.mars_set_service_start(out outcome, _handle, name, value, ref native));
    }

    /// <summary>Operation shadow.resize: up only, at least 320 MB. Cannot be undone.</summary>
    public MarsOutcome ResizeShadowStorage(string forVolume, string onVolume, ulong maxBytes, ApplyOptions? options = null)
    {
        byte[]? volume = Utf8.Write(forVolume, nameof(forVolume));
        byte[]? storage = Utf8.Write(onVolume, nameof(onVolume));
        return Change(options, (out OutcomeHandle outcome, ref NativeApplyOptions native) =>
            NativeMethods.mars_resize_shadow_storage(out outcome, _handle, volume, storage, maxBytes, ref native));
    }

    /// <summary>Operation task.set-multiple-instances: policy is IgnoreNew.</summary>
    public MarsOutcome SetTaskMultipleInstances(string task, string policy, ApplyOptions? options = null)
    {
        byte[]? name = Utf8.Write(task, nameof(task));
        byte[]? value = Utf8.Write(policy, nameof(policy));
        return Change(options, (out OutcomeHandle outcome, ref NativeApplyOptions native) =>
            NativeMethods.mars_set_task_multiple_instances(out outcome, _handle, name, value, ref native));
    }

    /// <summary>Operation task.enable-triggers.</summary>
    public MarsOutcome EnableTaskTriggers(string task, ApplyOptions? options = null)
    {
        byte[]? name = Utf8.Write(task, nameof(task));
        return Change(options, (out OutcomeHandle outcome, ref NativeApplyOptions native) =>
            NativeMethods.mars_enable_task_triggers(out outcome, _handle, name, ref native));
    }

    /// <summary>Operation task.set-principal: principal is SYSTEM.</summary>
    public MarsOutcome SetTaskPrincipal(string task, string principal, ApplyOptions? options = null)
    {
        byte[]? name = Utf8.Write(task, nameof(task));
        byte[]? value = Utf8.Write(principal, nameof(principal));
        return Change(options, (out OutcomeHandle outcome, ref NativeApplyOptions native) =>
            NativeMethods.mars_set_task_principal(out outcome, _handle, name, value, ref native));
    }

    /// <summary>Operation task.enable.</summary>
    public MarsOutcome EnableTask(string task, ApplyOptions? options = null)
    {
        byte[]? name = Utf8.Write(task, nameof(task));
        return Change(options, (out OutcomeHandle outcome, ref NativeApplyOptions native) =>
            NativeMethods.mars_enable_task(out outcome, _handle, name, ref native));
    }

    /// <summary>Operation service.start. Cannot be undone.</summary>
    public MarsOutcome StartService(string service, ApplyOptions? options = null)
    {
        byte[]? name = Utf8.Write(service, nameof(service));
        return Change(options, (out OutcomeHandle outcome, ref NativeApplyOptions native) =>
            NativeMethods.mars_start_service(out outcome, _handle, name, ref native));
    }

    /// <summary>Operation service.stop. Cannot be undone; wants a confirmation of its own.</summary>
    public MarsOutcome StopService(string service, ApplyOptions? options = null)
    {
        byte[]? name = Utf8.Write(service, nameof(service));
        return Change(options, (out OutcomeHandle outcome, ref NativeApplyOptions native) =>
            NativeMethods.mars_stop_service(out outcome, _handle, name, ref native));
    }

    /// <summary>Operation service.restart. Cannot be undone; wants a confirmation of its own.</summary>
    public MarsOutcome RestartService(string service, ApplyOptions? options = null)
    {
        byte[]? name = Utf8.Write(service, nameof(service));
        return Change(options, (out OutcomeHandle outcome, ref NativeApplyOptions native) =>
            NativeMethods.mars_restart_service(out outcome, _handle, name, ref native));
    }
}
