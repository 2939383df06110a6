using Pipeline.Services.Processes;
using Pipeline.Services.Root;

namespace Pipeline.Services.Local;

/// <summary>What the servers in the services root have in common: the data folder, and the way in.</summary>
internal abstract class RootedProgram(ServicesRoot root, StateFolder state, string name, string user) : IProgram
{
    public string Name { get; } = name;

    public virtual int StopSignal => Signals.Terminate;

    protected ServicesRoot Root { get; } = root;

    protected StateFolder State { get; } = state;

    protected string Folder { get; } = state.Data(name);

    public abstract Task PrepareAsync(CancellationToken cancellationToken);

    public IReadOnlyList<string> Command() => Enter(Arguments());

    public abstract Task CheckAsync(int pid, CancellationToken cancellationToken);

    protected abstract IReadOnlyList<string> Arguments();

    protected IReadOnlyList<string> Enter(IReadOnlyList<string> arguments) =>
        ["/bin/sh", Shell.Script("enter-root.sh"), Root.Tree, Folder, user, .. arguments];

    /// <summary>Copies the fresh data folder, unless there is one; a copy cut short is made again.</summary>
    protected async Task CopyTemplateAsync(string template, CancellationToken cancellationToken)
    {
        var data = Path.Combine(Folder, "data");
        if (Directory.Exists(data))
            return;
        Directory.CreateDirectory(Folder);
        var unfinished = data + ".new";
        if (Directory.Exists(unfinished))
            Directory.Delete(unfinished, recursive: true);
        var source = Path.Combine(Root.Template(template), "data");
        var copied = await Shell.RunAsync("cp", ["--archive", "--sparse=always", "--reflink=auto", source, unfinished], cancellationToken);
        if (!copied.Ok)
            throw new ServerException($"cannot copy the fresh {template} data folder: {copied.Tail}");
        await FinishTemplateAsync(unfinished, cancellationToken);
        Directory.Move(unfinished, data);
    }

    /// <summary>What a copied data folder needs before it counts as made.</summary>
    protected virtual Task FinishTemplateAsync(string data, CancellationToken cancellationToken) => Task.CompletedTask;
}
