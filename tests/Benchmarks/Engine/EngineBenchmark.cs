using System.Globalization;
using System.Text.Json;
using Pipeline.Models.Evaluation;
using Pipeline.Models.Kernels;

namespace Pipeline.Benchmarks.Engine;

/// <summary>
/// The recommender engine beside reference programs, on the same interactions and in the same run. Ours and theirs take turns, each in a
/// process of its own, on two threads.
/// </summary>
/// <param name="work">Folder for data and programs; kept, so that a second run finds them.</param>
internal sealed class EngineBenchmark(string work, string? referenceFolder, FileInfo? given, int rounds)
{
    private const int Epochs = 3;
    private const int Repetitions = 3;
    private const double Million = 1e6;

    private const string Trainer = "ials_fast";
    private const string Lister = "topk_bf";
    private const string Hardware = "hw";
    private const string MultiplyAdds = "multiply-adds in registers";

    private static readonly int[] Ranks = [64, 16];
    private static readonly string[] Choices = [EnginePart.Scores, EnginePart.Diversity, EnginePart.Calibration];

    private readonly References references = new(referenceFolder ?? work, work);
    private readonly Dictionary<string, Measured> measured = new(StringComparer.Ordinal);
    private readonly List<string> notes = [];
    private readonly HashSet<string> compiled = new(StringComparer.Ordinal);

    public async Task<EngineTable> RunAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(work);
        await CompileAsync(cancellationToken);
        var text = given?.FullName ?? await GenerateAsync(cancellationToken);
        var binary = Convert(text);
        PartResult? shape = null;
        for (var round = 0; round < rounds; round++)
        {
            Of(MultiplyAdds).Seconds.Add(Machine.PeakGigaflops(threads: 2));
            if (compiled.Contains(Hardware))
                Theirs(MultiplyAdds).Seconds.Add(await references.HardwareAsync(cancellationToken));
            shape = await LoadAsync(text, binary, cancellationToken);
            foreach (var rank in Ranks)
            {
                await OursAsync(TrainName(rank), EnginePart.Train, binary, rank, Epochs, "", cancellationToken);
                if (compiled.Contains(Trainer))
                    Theirs(TrainName(rank)).Add(await references.TrainAsync(text, rank, Epochs + 1, cancellationToken));
                await OursAsync(DescentName(rank), EnginePart.Descend, binary, rank, Epochs, "", cancellationToken);
                if (compiled.Contains(References.Descent))
                    Theirs(DescentName(rank)).Add(await references.DescendAsync(text, rank, Epochs + 1, cancellationToken));
                await ListsAsync(text, binary, rank, compiled.Contains(Lister), cancellationToken);
                await OursAsync(FoldInName(rank), EnginePart.FoldIn, binary, rank, Repetitions, "", cancellationToken);
            }
            foreach (var option in Choices)
                await OursAsync(ChoiceName(option), EnginePart.Choose, binary, 64, 1, option, cancellationToken);
            await PeakAsync(text, cancellationToken);
        }
        return Table(shape!);
    }

    /// <summary>An epoch and the most memory at several sizes, of drawn interactions.</summary>
    public async Task<EngineTable> GrowAsync(CancellationToken cancellationToken)
    {
        var rows = new List<EngineRow>();
        foreach (var times in new[] { 1, 2, 5 })
        {
            var result = await PartAsync(EnginePart.Grow, (times * SyntheticInteractions.Members).ToString(CultureInfo.InvariantCulture), 64, 2, "", cancellationToken);
            var millions = result.Interactions / Million;
            rows.Add(new EngineRow($"ials epoch, {millions:F1} million interactions", "s", result.Seconds, result.CpuSeconds, [], [], "linear"));
            rows.Add(new EngineRow("… CPU per million", "s", [.. result.CpuSeconds.Select(seconds => seconds / millions)], [], [], [], "the same"));
            rows.Add(new EngineRow("… most memory, data and drawing included", "GiB", [result.PeakBytes / (double)(1 << 30)], [], [], [], "20 GiB at 100 million"));
        }
        return new EngineTable($"Growth, rank 64, two threads, {Machine.Name}", rows, notes);
    }

    private async Task CompileAsync(CancellationToken cancellationToken)
    {
        if (referenceFolder is null)
            return;
        await AddAsync(Trainer, references.CompileAsync(Trainer, cancellationToken));
        await AddAsync(Lister, references.CompileAsync(Lister, cancellationToken));
        await AddAsync(Hardware, references.CompileAsync(Hardware, cancellationToken, "-include", "algorithm"));
        await AddAsync(References.Descent, references.CompileDescentAsync(cancellationToken));

        async Task AddAsync(string name, Task<bool> compiling)
        {
            if (await compiling)
                compiled.Add(name);
            else
                notes.Add($"`{name}` did not run: {references.Missing[name]}.");
        }
    }

    private async Task<string> GenerateAsync(CancellationToken cancellationToken)
    {
        var theirs = referenceFolder is not null && await references.CompileAsync("gen_synth", cancellationToken, "-ffast-math");
        var file = theirs ? Path.Combine(work, "reference", "train.txt") : Path.Combine(work, "drawn.txt");
        notes.Add(theirs ? "Interactions: `gen_synth`." : "Interactions: drawn here.");
        if (File.Exists(file))
            return file;
        if (theirs)
        {
            await references.GenerateAsync(Path.GetDirectoryName(file)!, cancellationToken);
            return file;
        }
        var rows = new SyntheticInteractions(SyntheticInteractions.Members, SyntheticInteractions.Titles, seed: 1).Draw();
        await using (var stream = File.Create(file + ".part"))
            SyntheticInteractions.Write(rows, stream, seed: 1);
        File.Move(file + ".part", file);
        return file;
    }

    private static string Convert(string text)
    {
        var binary = text + ".rates";
        if (File.Exists(binary) && File.GetLastWriteTimeUtc(binary) >= File.GetLastWriteTimeUtc(text))
            return binary;
        TokenIds users = new(), items = new();
        using (var source = File.OpenRead(text))
        using (var target = File.Create(binary + ".part"))
            RatingFile.Write(target, new RatingReader(users, items).Read(source, text), users, items);
        File.Move(binary + ".part", binary, overwrite: true);
        return binary;
    }

    private async Task<PartResult> LoadAsync(string text, string binary, CancellationToken cancellationToken)
    {
        await OursAsync("text", EnginePart.Load, text, 1, 1, "", cancellationToken);
        return await OursAsync("binary", EnginePart.Load, binary, 1, 1, "", cancellationToken);
    }

    private async Task ListsAsync(string text, string binary, int rank, bool theirs, CancellationToken cancellationToken)
    {
        var factors = theirs ? Path.Combine(work, $"factors-{rank}.bin") : "";
        var shape = await OursAsync(ListsName(rank), EnginePart.Lists, binary, rank, Repetitions, factors, cancellationToken);
        if (theirs)
            Theirs(ListsName(rank)).Add(await references.ListsAsync(text, factors, shape.Members, shape.Titles, rank, cancellationToken));
    }

    private async Task PeakAsync(string text, CancellationToken cancellationToken)
    {
        var result = await PartAsync(EnginePart.Train, text, 64, 1, "", cancellationToken);
        Of("peak").Seconds.Add(result.PeakBytes);
    }

    private async Task<PartResult> OursAsync(
        string name, string part, string file, int rank, int repetitions, string output, CancellationToken cancellationToken)
    {
        var result = await PartAsync(part, file, rank, repetitions, output, cancellationToken);
        Of(name).Add(([.. result.Seconds], [.. result.CpuSeconds]));
        return result;
    }

    private static async Task<PartResult> PartAsync(
        string part, string file, int rank, int repetitions, string output, CancellationToken cancellationToken)
    {
        string[] arguments =
        [
            "exec", typeof(EngineBenchmark).Assembly.Location, "engine-part", part, file,
            rank.ToString(CultureInfo.InvariantCulture), repetitions.ToString(CultureInfo.InvariantCulture), output,
        ];
        var (status, json, error) = await References.RunAsync(Environment.ProcessPath!, arguments, cancellationToken);
        return status == 0
            ? JsonSerializer.Deserialize<PartResult>(json, JsonSerializerOptions.Web)!
            : throw new InvalidOperationException($"engine-part {part} ended with status {status}: {error}");
    }

    private EngineTable Table(PartResult shape)
    {
        var millions = shape.Interactions / Million;
        var rows = new List<EngineRow> { Row(MultiplyAdds, "GFLOP/s", "the processor's own limit") };
        foreach (var rank in Ranks)
        {
            rows.Add(Row(TrainName(rank), "s", "at most 1.2 of the reference"));
            rows.Add(Row(DescentName(rank), "s", "at most the reference, LIBMF"));
            rows.Add(Row(ListsName(rank), "s", "at most 1.2 of the reference"));
            rows.Add(Row(FoldInName(rank), "µs", "microseconds", 1e6));
        }
        rows.AddRange(Choices.Select(option => Row(ChoiceName(option), "µs", "measured cost", 1e6)));
        rows.Add(new EngineRow("loading text", "M/s", [.. Of("text").Seconds.Select(seconds => millions / seconds)], [], [], [], "at least 5"));
        rows.Add(new EngineRow("loading the binary form", "M/s", [.. Of("binary").Seconds.Select(seconds => millions / seconds)], [], [], [], "at least 20"));
        // Factors of both sides, ids and row starts.
        var beside = (shape.Members + shape.Titles) * (64.0 * sizeof(float) + sizeof(long) + sizeof(int));
        rows.Add(new EngineRow(
            "most memory, text loaded and trained at rank 64", "MB", [.. Of("peak").Seconds.Select(bytes => bytes / Million)], [], [], [],
            string.Create(CultureInfo.InvariantCulture, $"{((16.0 * shape.Interactions) + beside) / Million:F0}: 16 bytes an interaction, factors and index")));
        rows.Add(new EngineRow(
            "… per interaction, without factors and index", "bytes", [.. Of("peak").Seconds.Select(bytes => (bytes - beside) / shape.Interactions)], [], [], [], "at most 16"));
        notes.Add("Memory is VmHWM of a process of its own, the runtime included. CPU: processor seconds of all threads.");
        notes.Add("An epoch of sgd passes over the interactions once; LIBMF's epochs are the times between its lines, and its results depend on its threads, ours do not.");
        notes.Add("By scores, a list of 50 is the model's own; diversity and calibration (δ and κ of ½) choose it of the best 200. Wall clock of two threads over 1,000 members.");
        notes.Add("An epoch of ials solves all titles and all members. Lists: the best 50 of all titles for every member, without their own.");
        return new EngineTable(
            $"{shape.Interactions:N0} interactions of {shape.Members:N0} members with {shape.Titles:N0} titles; {rounds} rounds; two threads, {(int)VectorWidths.Chosen}-bit vectors; {Machine.Name}",
            rows, notes);
    }

    private EngineRow Row(string name, string unit, string bar, double scale = 1)
    {
        var (ours, theirs) = (Of(name), Theirs(name));
        return new EngineRow(
            name, unit, [.. ours.Seconds.Select(value => value * scale)], [.. ours.CpuSeconds.Select(value => value * scale)], theirs.Seconds, theirs.CpuSeconds, bar);
    }

    private Measured Of(string name) => measured.TryGetValue(name, out var values) ? values : measured[name] = new Measured();

    private Measured Theirs(string name) => Of(name + " of the reference");

    private static string TrainName(int rank) => $"ials epoch, rank {rank}";

    private static string DescentName(int rank) => $"sgd epoch, rank {rank}";

    private static string ChoiceName(string option) => $"a list of 50 of the best 200 by {option}, rank 64";

    private static string ListsName(int rank) => $"50 best for all, rank {rank}";

    private static string FoldInName(int rank) => $"folding a member in, rank {rank}";

    private sealed class Measured
    {
        public List<double> Seconds { get; } = [];

        public List<double> CpuSeconds { get; } = [];

        public void Add((double[] Seconds, double[] CpuSeconds) more)
        {
            Seconds.AddRange(more.Seconds);
            CpuSeconds.AddRange(more.CpuSeconds);
        }
    }
}
