using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Pipeline.Models.Evaluation;
using Pipeline.Models.Features;
using Pipeline.Models.Ranking;
using Pipeline.Models.Training;
using Pipeline.Models.Training.Descent;

namespace Pipeline.Benchmarks.Engine;

/// <param name="Seconds">One per repetition.</param>
/// <param name="CpuSeconds">Of all threads, one per repetition.</param>
/// <param name="PeakBytes">Most resident memory of the process, loading included.</param>
internal sealed record PartResult(IReadOnlyList<double> Seconds, IReadOnlyList<double> CpuSeconds, long PeakBytes, int Members, int Titles, int Interactions);

/// <summary>What is measured in a process of its own, so that memory and warm-up are its own too.</summary>
internal static class EnginePart
{
    public const string Load = "load";
    public const string Train = "train";
    public const string Lists = "lists";
    public const string FoldIn = "fold-in";
    public const string Grow = "grow";
    public const string Descend = "descend";
    public const string Choose = "choose";

    // What Choose is asked for.
    public const string Scores = "scores";
    public const string Diversity = "diversity";
    public const string Calibration = "calibration";

    private const int Threads = 2;
    private const int ListLength = 50;

    // As the reference program has them.
    private static readonly ImplicitAlsParameters Parameters = new() { UnobservedWeight = 0.1, Regularization = 0.003 };

    /// <param name="file">The interactions; for <see cref="Grow"/> how many members to draw.</param>
    /// <param name="option">For <see cref="Lists"/>, where to leave the factors for the reference, empty for nowhere; for <see cref="Choose"/>, by what.</param>
    /// <returns>What was measured, as JSON.</returns>
    public static string Run(string part, string file, int rank, int repetitions, string option)
    {
        var clock = new Laps();
        var data = part == Grow ? Drawn(int.Parse(file, CultureInfo.InvariantCulture)) : Read(file, values: part == Descend);
        clock.Lap();
        var parameters = Parameters with { Rank = rank };
        switch (part)
        {
            case Load:
                break;
            case Train or Grow:
                clock.Restart();
                ImplicitAls.Train(data, parameters with { Iterations = repetitions + 1 }, Compute, _ => clock.Lap(), default);
                clock.DropFirst();
                break;
            case Lists:
                MakeLists(data, parameters, repetitions, option, clock);
                break;
            case FoldIn:
                FoldMembersIn(data, parameters, repetitions, clock);
                break;
            case Descend:
                clock.Restart();
                var sgd = new MatrixFactorizationOptions { ApproximationRank = rank, NumberOfIterations = repetitions + 1 };
                new MatrixFactorizationTrainer(sgd).Train(data, Compute, _ => clock.Lap(), default);
                clock.DropFirst();
                break;
            case Choose:
                ChooseLists(data, parameters, repetitions, option, clock);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(part), part, "Not a part.");
        }
        return JsonSerializer.Serialize(
            new PartResult(clock.Seconds, clock.CpuSeconds, Machine.PeakBytes, data.Users.Count, data.Contents.Count, data.Count), JsonSerializerOptions.Web);
    }

    private static ComputeOptions Compute => new() { Threads = Threads };

    private static InteractionMatrix Read(string file, bool values)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        return new RatingReader(new TokenIds(), new TokenIds()) { Threads = Threads }.Read(stream, file).TakeInteractions(values);
    }

    private static InteractionMatrix Drawn(int members)
    {
        var rows = new SyntheticInteractions(members, SyntheticInteractions.Titles, seed: 1).Draw();
        return new InteractionMatrix(Numbers(members), Numbers(SyntheticInteractions.Titles), rows, lastAt: null);

        static IdIndex Numbers(int count) => IdIndex.Of([.. Enumerable.Range(0, count).Select(number => (long)number)]);
    }

    private static void MakeLists(InteractionMatrix data, ImplicitAlsParameters parameters, int repetitions, string output, Laps clock)
    {
        var trained = ImplicitAls.Train(data, parameters with { Iterations = 2 }, Compute, null, default);
        var (users, items) = (trained.UserFactors, trained.Model.ItemFactors);
        if (output.Length > 0)
        {
            using var stream = File.Create(output);
            WriteFactors(stream, users);
            WriteFactors(stream, items);
        }
        clock.Restart();
        for (var repetition = 0; repetition <= repetitions; repetition++)
        {
            foreach (var block in TopK.Run(new PackedItems(items, excluded: null), () => Copy, data.ByUser, ListLength, Compute, default))
                GC.KeepAlive(block);
            clock.Lap();
        }
        clock.DropFirst();

        void Copy(int first, int count, FactorMatrix target)
        {
            for (var row = 0; row < count; row++)
                users.PaddedRow(first + row).CopyTo(target.PaddedRow(row));
        }
    }

    /// <summary>Seconds per list of 50, out of the best 200.</summary>
    private static void ChooseLists(InteractionMatrix data, ImplicitAlsParameters parameters, int repetitions, string option, Laps clock)
    {
        const int Members = 1_000;
        var model = ImplicitAls.Train(data, parameters with { Iterations = 2 }, Compute, null, default).Model;
        IRecommender recommender = option switch
        {
            Diversity => new RerankedRecommender(model, data, new RerankOptions { Diversity = 0.5 }),
            Calibration => new RerankedRecommender(model, data, new RerankOptions { Calibration = 0.5 }),
            _ => model,
        };
        int[] members = [.. Enumerable.Range(0, Members).Select(member => (int)((long)member * data.Users.Count / Members))];
        var histories = data.ByUser.OfRows(members);
        clock.Restart();
        for (var repetition = 0; repetition <= repetitions; repetition++)
        {
            foreach (var block in recommender.Recommend(histories, new TopKOptions(ListLength), Compute, default))
                GC.KeepAlive(block);
            clock.Lap(Members);
        }
        clock.DropFirst();
    }

    private static void WriteFactors(Stream stream, FactorMatrix factors)
    {
        for (var row = 0; row < factors.Rows; row++)
            stream.Write(MemoryMarshal.AsBytes(factors[row]));
    }

    /// <summary>Seconds per member, one at a time on one thread.</summary>
    private static void FoldMembersIn(InteractionMatrix data, ImplicitAlsParameters parameters, int repetitions, Laps clock)
    {
        const int Members = 20_000;
        var model = ImplicitAls.Train(data, parameters with { Iterations = 2 }, Compute, null, default).Model;
        var foldIn = model.CreateFoldIn(Compute, default);
        var factor = new float[parameters.Rank];
        clock.Restart();
        for (var repetition = 0; repetition <= repetitions; repetition++)
        {
            for (var member = 0; member < Members; member++)
            {
                var user = (int)((long)member * data.Users.Count / Members);
                foldIn.Solve(data.ByUser.Columns(user), data.ByUser.Values(user), factor);
            }
            clock.Lap(Members);
        }
        clock.DropFirst();
    }

    private sealed class Laps
    {
        private readonly List<double> seconds = [];
        private readonly List<double> cpuSeconds = [];
        private long began = Stopwatch.GetTimestamp();
        private double cpuBegan = Machine.CpuSeconds;

        public IReadOnlyList<double> Seconds => seconds;

        public IReadOnlyList<double> CpuSeconds => cpuSeconds;

        public void Lap(int parts = 1)
        {
            seconds.Add(Stopwatch.GetElapsedTime(began).TotalSeconds / parts);
            cpuSeconds.Add((Machine.CpuSeconds - cpuBegan) / parts);
            Mark();
        }

        public void Restart()
        {
            seconds.Clear();
            cpuSeconds.Clear();
            Mark();
        }

        // Compiled on the way.
        public void DropFirst()
        {
            seconds.RemoveAt(0);
            cpuSeconds.RemoveAt(0);
        }

        private void Mark() => (began, cpuBegan) = (Stopwatch.GetTimestamp(), Machine.CpuSeconds);
    }
}
