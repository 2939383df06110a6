using System.Buffers;
using System.Buffers.Text;
using Pipeline.Models.Features;

namespace Pipeline.Benchmarks.Engine;

/// <summary>
/// Interactions shaped like MovieLens-20M, the same for the same seed: 20 + a log-normal number per member, titles by Zipf and
/// Mandelbrot's law of popularity times a member's taste in 24 planted factors. A draw is proposed by popularity and taken by taste.
/// </summary>
internal sealed class SyntheticInteractions(int members, int titles, ulong seed)
{
    public const int Members = 138_493;
    public const int Titles = 26_744;

    private const int Factors = 24;
    private const int MostTitles = 8000;
    private const double TasteStrength = 1.5;

    // Tastes above this are all taken alike: e² is the taste of one title in nine.
    private const double TasteCap = 2;

    private readonly double[] popularity = Popularity(titles, seed);
    private readonly float[][] tastes = Tastes(titles, seed);

    /// <summary>One row per member: the titles, ascending.</summary>
    public SparseMatrix Draw()
    {
        var rows = new int[members][];
        Parallel.For(0, members, member => rows[member] = DrawMember(member));
        var starts = new int[members + 1];
        for (var member = 0; member < members; member++)
            starts[member + 1] = starts[member] + rows[member].Length;
        var columns = new int[starts[^1]];
        for (var member = 0; member < members; member++)
            rows[member].CopyTo(columns, starts[member]);
        return new SparseMatrix(titles, starts, columns, values: null);
    }

    /// <summary>Writes lines of "member title plays".</summary>
    public static void Write(SparseMatrix rows, Stream target, ulong seed)
    {
        var random = new Draws(seed);
        var line = new ArrayBufferWriter<byte>(1 << 20);
        for (var member = 0; member < rows.RowCount; member++)
        {
            foreach (var title in rows.Columns(member))
            {
                Append(line, member, (byte)' ');
                Append(line, title, (byte)' ');
                Append(line, 1 + (int)(-2 * Math.Log(random.Next())), (byte)'\n');
            }
            if (line.WrittenCount < 1 << 19)
                continue;
            target.Write(line.WrittenSpan);
            line.ResetWrittenCount();
        }
        target.Write(line.WrittenSpan);
    }

    private int[] DrawMember(int member)
    {
        var random = new Draws(seed ^ (0xA5A5A5A5UL * (ulong)(member + 1)));
        var taste = new float[Factors];
        foreach (ref var value in taste.AsSpan())
            value = (float)(random.NextNormal() * TasteStrength / Math.Sqrt(Factors));
        var wanted = Math.Min(20 + (int)Math.Exp(3.87 + (1.38 * random.NextNormal())), Math.Min(MostTitles, titles / 2));
        var drawn = new HashSet<int>(wanted);
        while (drawn.Count < wanted)
        {
            var title = Array.BinarySearch(popularity, random.Next());
            title = Math.Min(title < 0 ? ~title : title, titles - 1);
            if (random.Next() < Math.Exp(Math.Min(Dot(taste, tastes[title]), TasteCap) - TasteCap))
                drawn.Add(title);
        }
        int[] row = [.. drawn];
        Array.Sort(row);
        return row;
    }

    /// <summary>Cumulative, of titles in an order of chance.</summary>
    private static double[] Popularity(int titles, ulong seed)
    {
        var weights = Enumerable.Range(0, titles).Select(rank => Math.Pow(rank + 101, -1.9)).ToArray();
        new Random((int)seed).Shuffle(weights);
        var sum = 0.0;
        foreach (ref var weight in weights.AsSpan())
            weight = sum += weight;
        return [.. weights.Select(weight => weight / sum)];
    }

    private static float[][] Tastes(int titles, ulong seed)
    {
        var random = new Draws(seed);
        return [.. Enumerable.Range(0, titles).Select(_ => Enumerable.Range(0, Factors).Select(_ => (float)random.NextNormal()).ToArray())];
    }

    private static float Dot(float[] x, float[] y)
    {
        var sum = 0f;
        for (var n = 0; n < x.Length; n++)
            sum += x[n] * y[n];
        return sum;
    }

    private static void Append(ArrayBufferWriter<byte> target, int number, byte end)
    {
        var span = target.GetSpan(12);
        Utf8Formatter.TryFormat(number, span, out var length);
        span[length] = end;
        target.Advance(length + 1);
    }

    /// <summary>SplitMix64.</summary>
    private sealed class Draws(ulong seed)
    {
        private ulong state = seed;

        /// <summary>Above 0, below 1.</summary>
        public double Next()
        {
            var z = state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return (((z ^ (z >> 31)) >> 11) + 0.5) / (1UL << 53);
        }

        public double NextNormal() => Math.Sqrt(-2 * Math.Log(Next())) * Math.Cos(2 * Math.PI * Next());
    }
}
