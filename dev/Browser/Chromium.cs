using System.Diagnostics;
using System.Text.Json;

namespace Pipeline.Browser;

/// <summary>A Chromium of its own, without a window and with an empty profile.</summary>
public sealed class Chromium : IAsyncDisposable
{
    private const string Announcement = "DevTools listening on ";

    private readonly Process _process;
    private readonly string _profile;
    private readonly DevTools _tools;

    private Chromium(Process process, string profile, DevTools tools) => (_process, _profile, _tools) = (process, profile, tools);

    /// <summary>The browser of this machine, or null where there is none. CHROMIUM names another.</summary>
    public static string? Find() => ((string?[])[Environment.GetEnvironmentVariable("CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"])
        .FirstOrDefault(File.Exists);

    /// <exception cref="FileNotFoundException">There is no Chromium.</exception>
    /// <exception cref="DevToolsException">It ended instead of starting; the message has its last words.</exception>
    public static async Task<Chromium> StartAsync(CancellationToken cancellationToken)
    {
        string program = Find() ?? throw new FileNotFoundException("there is no Chromium: install it, or name it in CHROMIUM");
        string profile = Directory.CreateTempSubdirectory("chromium-").FullName;
        var start = new ProcessStartInfo(program) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        string[] arguments =
        [
            "--headless=new", "--remote-debugging-port=0", $"--user-data-dir={profile}", "--no-first-run", "--disable-gpu", "--disable-dev-shm-usage",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--force-color-profile=srgb",
            // Pages that are open side by side are all looked at: none is put to sleep for being behind another.
            "--disable-background-timer-throttling", "--disable-backgrounding-occluded-windows", "--disable-renderer-backgrounding", "about:blank",
        ];
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        // Chromium's sandbox does not start as root.
        if (Environment.UserName == "root")
            start.ArgumentList.Insert(0, "--no-sandbox");
        var process = new Process { StartInfo = start };
        var (address, said) = (new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously), "");
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null)
                address.TrySetException(new DevToolsException($"Chromium did not start: {said}"));
            else if (line.Data.StartsWith(Announcement, StringComparison.Ordinal))
                address.TrySetResult(new Uri(line.Data[Announcement.Length..]));
            else
                said = line.Data;
        };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new Chromium(process, profile, await DevTools.ConnectAsync(await address.Task.WaitAsync(cancellationToken), cancellationToken));
    }

    /// <summary>Opens a page with cookies of its own, in front of somebody's eyes and with the keyboard's focus, whichever others are open.</summary>
    public async Task<BrowserPage> OpenAsync(CancellationToken cancellationToken)
    {
        var context = await _tools.SendAsync("Target.createBrowserContext", new { }, null, cancellationToken);
        string? browserContextId = context.GetProperty("browserContextId").GetString();
        var target = await _tools.SendAsync(
            "Target.createTarget", new { url = "about:blank", browserContextId, width = 1280, height = 900 }, null, cancellationToken);
        var attached = await _tools.SendAsync(
            "Target.attachToTarget", new { targetId = target.GetProperty("targetId").GetString(), flatten = true }, null, cancellationToken);
        string session = attached.GetProperty("sessionId").GetString()!;
        var complaints = new PageComplaints();
        _tools.Listen(session, complaints.Hear);
        foreach (string domain in (string[])["Runtime", "Log", "Network"])
            await _tools.SendAsync($"{domain}.enable", new { }, session, cancellationToken);
        await _tools.SendAsync("Emulation.setFocusEmulationEnabled", new { enabled = true }, session, cancellationToken);
        return new BrowserPage((method, parameters, token) => _tools.SendAsync(method, parameters, session, token), complaints, async () =>
        {
            _tools.Ignore(session);
            await _tools.SendAsync("Target.disposeBrowserContext", new { browserContextId }, null, CancellationToken.None);
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _tools.DisposeAsync();
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_profile, recursive: true);
    }
}

/// <summary>Sends a command to a page.</summary>
public delegate Task<JsonElement> PageCommand(string method, object parameters, CancellationToken cancellationToken);
